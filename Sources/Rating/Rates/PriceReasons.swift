public import Agreements
public import Values

/// What an amount is made of.
public enum PriceReason: Hashable, Sendable {
    /// A plan's fee.
    case fee(Money, FigureReason, plan: PlanID)
    /// A block's price.
    case block(BlockPurchase)
    /// Charged work.
    case work(PricedWork)
    /// What was issued, by other rules than now.
    case issued(Money)

    /// The amount.
    public var amount: Money {
        switch self {
        case .fee(let fee, _, _): fee
        case .block(let purchase): purchase.price
        case .work(let work): work.amount
        case .issued(let amount): amount
        }
    }
}

/// Charged work at one rate.
public struct PricedWork: Hashable, Sendable {
    /// What is charged.
    public var charged: Hours
    /// The rate that the clause sets.
    public var baseRate: HourlyRate
    /// What multiplies it, in hundredths.
    public var ratePercent: Int
    /// What an hour costs.
    public var rate: HourlyRate
    /// What set the rate.
    public var clause: RateClause
    /// What it costs.
    public var amount: Money
    /// What it is priced with; nil where it is priced by itself.
    public var whole: PricedWhole?
}

/// What is priced as one: the amount of all its hours is shared among its lines (docs/rules.md, "Amounts").
public struct PricedWhole: Hashable, Sendable {
    /// The lines' places in ``Statement/lines``.
    public var lines: [Int]
    /// What each line is charged, in the order of work.
    public var charged: [Hours]
    /// What an hour costs.
    public var rate: HourlyRate
    /// What it costs in all.
    public var amount: Money
    /// What was issued for each line, where it keeps that if it can.
    public var kept: [Money?]
    /// Whose share is meant: a place in ``charged``.
    public var place: Int
}

extension WorkClass {
    /// What multiplies the price, in hundredths.
    public var ratePercent: Int { multiplierTarget == .price ? multiplierPercent : 100 }
}

extension Statement {
    /// What a group is priced as: once for each of its rates, dearest first.
    public func prices(of group: BilledGroup) -> [PricedWhole] {
        let charged = group.lines.filter { lines[$0].charged > .zero }
        return Dictionary(grouping: charged) { workClass(of: lines[$0]).rate }
            .sorted { $0.key.perHour.minorUnits > $1.key.perHour.minorUnits }
            .map { rate, places in
                PricedWhole(
                    lines: places, charged: places.map { lines[$0].charged }, rate: rate,
                    amount: Money(
                        minorUnits: places.reduce(0) { $0 + lines[$1].amount.minorUnits }, client.currency),
                    kept: places.map { keptAmounts[$0].map { Money(minorUnits: $0, client.currency) } }, place: 0)
            }
    }

    /// What a line's amount is made of; nil where nothing of it is charged.
    public func price(of line: WorkLine) -> PricedWork? {
        guard line.charged > .zero else { return nil }
        let workClass = workClass(of: line)
        func isMeant(_ place: Int) -> Bool {
            let other = lines[place]
            return other.entryIndex == line.entryIndex && other.part == line.part && other.kind == line.kind
        }
        var whole = group(of: line).flatMap { prices(of: $0).first { $0.lines.contains(where: isMeant) } }
        if let share = whole?.lines.firstIndex(where: isMeant) { whole?.place = share }
        return PricedWork(
            charged: line.charged, baseRate: workClass.baseRate, ratePercent: workClass.ratePercent,
            rate: workClass.rate, clause: workClass.clause, amount: line.amount, whole: whole)
    }

    /// What the amount of a position is made of.
    func prices(of key: PositionKey) -> [PriceReason] {
        switch key {
        case .fee(let contract):
            contracts.filter { $0.contract == contract }.map { .fee($0.fee, $0.feeReason, plan: $0.plan) }
        case .block(let block): purchases.filter { $0.block == block }.map { .block($0) }
        case .entry, .entryRounding, .requestRounding, .dayRounding:
            lines.filter { $0.charged > .zero && positionKey(of: $0) == key }.compactMap { price(of: $0) }
                .map { .work($0) }
        }
    }
}
