public import Agreements
public import Values

/// One way to have paid for the same work (design P6).
public struct Alternative: Hashable, Sendable {
    /// What the client has agreed to in it.
    public enum Agreement: Hashable, Sendable {
        /// What they have agreed to now.
        case asAgreed
        /// The same without one contract: its work is paid by the hour.
        case without(ContractID)
        /// The same with other plans, in the order of the contracts.
        case plans([PlanOnContract])
    }

    /// Another plan on a contract.
    public struct PlanOnContract: Hashable, Sendable {
        /// The plan.
        public var plan: PlanID
        /// The contract.
        public var contract: ContractID

        /// Another plan on a contract.
        public init(plan: PlanID, contract: ContractID) {
            self.plan = plan
            self.contract = contract
        }
    }

    /// Hours bought ahead, as one block.
    public struct HoursAhead: Hashable, Sendable {
        /// How many.
        public var hours: Hours
        /// What they may pay for.
        public var scope: Block.Scope
        /// When they are bought. They pay for work from the 1st of that month on, or, where the terms want payment first,
        /// from this day on.
        public var boughtOn: CivilDate

        /// Hours bought ahead.
        public init(hours: Hours, scope: Block.Scope, boughtOn: CivilDate) {
            self.hours = hours
            self.scope = scope
            self.boughtOn = boughtOn
        }
    }

    /// Which way: what is agreed, and what is bought ahead besides.
    public struct Way: Hashable, Sendable {
        /// What is agreed.
        public var agreement: Agreement
        /// What is bought ahead, in the order of the purchases.
        public var ahead: [HoursAhead]

        /// A way.
        public init(_ agreement: Agreement, ahead: [HoursAhead] = []) {
            self.agreement = agreement
            self.ahead = ahead
        }

        /// As agreed now, with nothing bought.
        public static let asAgreed = Way(.asAgreed)

        /// Without a contract, all by the hour.
        public static func hourly(without contract: ContractID) -> Way { Way(.without(contract)) }

        /// Another plan on a contract, with nothing bought.
        public static func plan(_ plan: PlanID, _ contract: ContractID) -> Way {
            Way(.plans([PlanOnContract(plan: plan, contract: contract)]))
        }

        /// All the hours bought.
        public var hoursAhead: Hours { ahead.reduce(.zero) { $0 + $1.hours } }
    }

    /// Which way.
    public var way: Way
    /// Fees of plans.
    public var fees: Money
    /// Prices of blocks.
    public var blocks: Money
    /// Charges for hours beyond.
    public var charges: Money
    /// The hours charged.
    public var charged: Hours
    /// The plan hours that lapsed unused.
    public var lapsed: Hours
    /// The block hours left at the end.
    public var left: Hours

    /// What it comes to.
    public var total: Money {
        Money(minorUnits: fees.minorUnits + blocks.minorUnits + charges.minorUnits, fees.currency)
    }

    /// What the statements of a way come to together.
    init(_ way: Way, _ statements: [Statement], _ currency: Currency) {
        let nothing = Money.zero(currency)
        self.init(
            way: way, fees: nothing, blocks: nothing, charges: nothing, charged: .zero, lapsed: .zero, left: .zero)
        for statement in statements {
            for contract in statement.contracts { fees.minorUnits += contract.fee.minorUnits }
            for purchase in statement.purchases { blocks.minorUnits += purchase.price.minorUnits }
            for line in statement.lines {
                charges.minorUnits += line.amount.minorUnits
                charged += line.charged
            }
            for grant in statement.grants { lapsed += grant.lapsed }
        }
        left = statements.last?.grants.reduce(.zero) { $0 + $1.left } ?? .zero
    }

    private init(
        way: Way, fees: Money, blocks: Money, charges: Money, charged: Hours, lapsed: Hours, left: Hours
    ) {
        self.way = way
        self.fees = fees
        self.blocks = blocks
        self.charges = charges
        self.charged = charged
        self.lapsed = lapsed
        self.left = left
    }

    /// The cheaper first; of ways that cost the same the one in which the fewest hours are bought, then what is agreed,
    /// then the one with the fewest changes.
    func isBefore(_ other: Alternative) -> Bool {
        if total.minorUnits != other.total.minorUnits { return total.minorUnits < other.total.minorUnits }
        let (hours, otherHours) = (way.hoursAhead, other.way.hoursAhead)
        if hours != otherHours { return hours < otherHours }
        let (changes, otherChanges) = (way.changes, other.way.changes)
        if changes != otherChanges { return changes < otherChanges }
        if way.ahead.count != other.way.ahead.count { return way.ahead.count < other.way.ahead.count }
        return "\(way)" < "\(other.way)"
    }
}

extension Alternative.Way {
    /// How many contracts it changes; one that is left out counts as more than any.
    fileprivate var changes: Int {
        switch agreement {
        case .asAgreed: 0
        case .plans(let plans): plans.count
        case .without: .max
        }
    }
}
