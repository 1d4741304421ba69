public import Values

/// From where on a block is cheaper than paying overage by the hour (design P6, edge case E28).
public struct BreakEven: Hashable, Sendable {
    /// What the block costs.
    public let price: Money
    /// The hours of the block.
    public let block: Hours
    /// The least overage, in whole steps, that costs more by the hour than the block; nil where none within the block's
    /// hours does.
    public let beatsFrom: Hours?
    /// The last step before it: where to warn, because the next step would have been cheaper as a block.
    public let warnAt: Hours?

    /// - Parameter step: the increment in which overage is billed, or a minute where it is billed to the second.
    public init(block: Hours, pricePerHour: HourlyRate, overage: HourlyRate, step: Hours) {
        self.block = block
        price = pricePerHour.amount(for: block)
        var length = Hours.zero
        var found: Hours?
        while length < block, found == nil {
            length += step
            if overage.amount(for: length).minorUnits > price.minorUnits { found = length }
        }
        beatsFrom = found
        warnAt = found.map { $0 - step }
    }
}
