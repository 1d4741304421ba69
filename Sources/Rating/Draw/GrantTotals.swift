public import Values

/// What the grants of some consecutive periods came to: granted = drawn + lapsed + left, to the second.
public struct GrantTotals: Hashable, Sendable {
    /// The hours of every allotment of the periods, and of every block as it stood when it first appears in them.
    public var granted = Hours.zero
    /// What work drew.
    public var drawn = Hours.zero
    /// What lapsed.
    public var lapsed = Hours.zero
    /// What is left after the last period.
    public var left = Hours.zero

    /// Nothing yet.
    public init() {}

    /// The totals of one client's statements of consecutive periods, earliest first.
    ///
    /// Where closed periods were rated again a block may hold hours back for a later one; the totals count each block's
    /// hours once all the same.
    public init(_ statements: [Statement]) {
        var blocks: [GrantID: Hours] = [:]
        for statement in statements {
            for grant in statement.grants {
                drawn += grant.drawn
                lapsed += grant.lapsed
                switch grant.id {
                case .allotment: granted += grant.opening
                case .block:
                    if let last = blocks[grant.id] {
                        granted += grant.opening - last
                    } else {
                        granted += grant.opening
                    }
                    blocks[grant.id] = grant.left
                }
            }
        }
        left = blocks.values.reduce(.zero, +)
    }

    /// Adds the totals of another client.
    public static func += (a: inout GrantTotals, b: GrantTotals) {
        a.granted += b.granted
        a.drawn += b.drawn
        a.lapsed += b.lapsed
        a.left += b.left
    }
}

extension HourTotals {
    /// Adds other totals.
    public static func += (a: inout HourTotals, b: HourTotals) {
        a.worked += b.worked
        a.rounding += b.rounding
        a.weighting += b.weighting
        a.drawn += b.drawn
        a.charged += b.charged
        a.courtesy += b.courtesy
        a.waived += b.waived
        a.notCharged += b.notCharged
        a.withheld += b.withheld
    }

    /// Whether every second is accounted for: worked + rounding + weighting = drawn + charged + courtesy + waived + not
    /// charged + withheld.
    public var isWhole: Bool {
        worked + rounding + weighting == drawn + charged + courtesy + waived + notCharged + withheld
    }
}
