public import Agreements

/// One way to have paid for the same work (design P6).
public struct Alternative: Hashable, Sendable {
    /// Which way.
    public enum Way: Hashable, Sendable {
        /// As agreed now.
        case asAgreed
        /// Without the contract, all by the hour.
        case hourly(without: ContractID)
        /// Without the contract, with the blocks bought each month that make it cost least.
        case blocks(without: ContractID)
        /// As agreed, with so many hours bought ahead for this period.
        case blockAhead(Hours)
        /// Another plan on the contract.
        case plan(PlanID, ContractID)
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
}

/// Compares ways to pay, by rating the same work again under each.
///
/// Ways to pay are compared for all of the work, as if the client agreed to all overage: of two ways the one under which
/// more is withheld would else look cheaper (design O1).
public struct Advisor: Sendable {
    private let rater: Rater
    private let client: ClientID
    private let facts: Facts
    /// The facts with all overage agreed to.
    private let consenting: Facts

    /// An advisor for one client.
    public init(terms: TermsHistory, facts: Facts, client: ClientID) {
        rater = Rater(terms: terms)
        self.client = client
        let facts = facts.only(client)
        self.facts = facts
        consenting = Advisor.consenting(facts)
    }

    private static func consenting(_ facts: Facts) -> Facts {
        var facts = facts
        for index in facts.negotiatedTerms.indices { facts.negotiatedTerms[index].overageConsent = nil }
        for contract in facts.contracts {
            var consent = NegotiatedTerms(contract: contract.id, from: contract.from, recordedAt: contract.recordedAt)
            consent.overageConsent = .allow
            facts.negotiatedTerms.append(consent)
        }
        return facts
    }

    private func statements(_ facts: Facts, through last: Period) -> [Statement] {
        rater.accounts(of: facts, through: last).first?.statements ?? []
    }

    private func sum(_ way: Alternative.Way, _ statements: [Statement]) -> Alternative {
        let nothing = Money.zero(rater.terms.currency)
        var sum = Alternative(
            way: way, fees: nothing, blocks: nothing, charges: nothing, charged: .zero, lapsed: .zero, left: .zero)
        for statement in statements {
            for contract in statement.contracts { sum.fees.minorUnits += contract.fee.minorUnits }
            for purchase in statement.purchases { sum.blocks.minorUnits += purchase.price.minorUnits }
            for line in statement.lines {
                sum.charges.minorUnits += line.amount.minorUnits
                sum.charged += line.charged
            }
            for grant in statement.grants { sum.lapsed += grant.lapsed }
        }
        sum.left = statements.last?.grants.reduce(.zero) { $0 + $1.left } ?? .zero
        return sum
    }

    // MARK: The history

    /// What the work of some periods would have cost in each way, the agreed one first, the others cheapest first.
    ///
    /// Closings are left out of account: it asks what the work would have come to, not what was invoiced.
    public func history(_ range: ClosedRange<Period>) -> [Alternative] {
        var open = consenting
        open.closings = []
        open.reopenings = []
        let asAgreed = sum(.asAgreed, within(range, statements(open, through: range.upperBound)))
        var others: [Alternative] = []
        for contract in open.contracts.sorted(by: { $0.id < $1.id }) {
            let without = Advisor.without(contract.id, in: open)
            let hourly = within(range, statements(without, through: range.upperBound))
            others.append(sum(.hourly(without: contract.id), hourly))
            if let withBlocks = buyingBlocks(without, range) {
                others.append(sum(.blocks(without: contract.id), withBlocks))
            }
            for plan in plans(on: contract.serviceLine, range) {
                let changed = Advisor.with(plan, on: contract, in: open)
                if changed == open { continue }
                others.append(
                    sum(
                        .plan(plan, contract.id), within(range, statements(changed, through: range.upperBound))))
            }
        }
        return [asAgreed] + others.sorted { ($0.total.minorUnits, "\($0.way)") < ($1.total.minorUnits, "\($1.way)") }
    }

    private func within(_ range: ClosedRange<Period>, _ statements: [Statement]) -> [Statement] {
        statements.filter { range.contains($0.period) }
    }

    /// The plans on a line that every version of the terms in force in some periods offers.
    private func plans(on serviceLine: ServiceLineID, _ range: ClosedRange<Period>) -> [PlanID] {
        let first = rater.terms.index(on: range.lowerBound.firstDay) ?? 0
        let last = rater.terms.index(on: range.upperBound.lastDay) ?? 0
        let versions = rater.terms.versions[first...max(first, last)]
        let offered = versions[last].plans.filter { $0.value.serviceLine == serviceLine }.keys
        return offered.filter { plan in versions.allSatisfy { $0.plans[plan] != nil } }.sorted()
    }

    private static func without(_ contract: ContractID, in facts: Facts) -> Facts {
        var facts = facts
        facts.contracts.removeAll { $0.id == contract }
        return facts
    }

    /// Another plan from the first day. What was negotiated for the old plan's hours and fee falls away with it.
    private static func with(_ plan: PlanID, on contract: Contract, in facts: Facts) -> Facts {
        var facts = facts
        for index in facts.contracts.indices where facts.contracts[index].id == contract.id {
            facts.contracts[index].plan = plan
        }
        facts.planChanges.removeAll { $0.contract == contract.id }
        guard contract.plan != plan else { return facts }
        for index in facts.negotiatedTerms.indices where facts.negotiatedTerms[index].contract == contract.id {
            facts.negotiatedTerms[index].hours = nil
            facts.negotiatedTerms[index].fee = nil
        }
        return facts
    }

    /// Month by month buys the blocks that are cheaper than the hour, from the month's first day; nil where the terms sell
    /// none.
    private func buyingBlocks(_ facts: Facts, _ range: ClosedRange<Period>) -> [Statement]? {
        var facts = facts
        var soldAny = false
        for index in range.lowerBound.index...range.upperBound.index {
            let period = Period(index: index)
            guard let sale = rater.terms.inForce(on: period.firstDay)?.blocks else { continue }
            soldAny = true
            let hours = worthwhile(facts, sale, period)
            if hours > .zero { facts.blocks.append(block(hours, sale, period, number: index)) }
        }
        return soldAny ? within(range, statements(facts, through: range.upperBound)) : nil
    }

    /// The block hours that make the period cost least, found by rating it with them. Each further step pays for work that
    /// is no dearer than what the one before paid for, so the first step that saves nothing is the end.
    private func worthwhile(_ facts: Facts, _ sale: BlockTerms, _ period: Period) -> Hours {
        func total(_ hours: Int) -> Int {
            var what = facts
            if hours > 0 { what.blocks.append(block(Hours(seconds: hours), sale, period, number: period.index)) }
            let statement = statements(what, through: period).last { $0.period == period }
            let price = sale.pricePerHour.amount(for: Hours(seconds: hours)).minorUnits
            return price + (statement?.lines.reduce(0) { $0 + $1.amount.minorUnits } ?? 0)
        }
        let (step, least) = (sale.step.seconds, sale.minimum.seconds)
        let charged = statements(facts, through: period).last { $0.period == period }?.totals.charged.seconds ?? 0
        guard charged > 0, step > 0 else { return .zero }
        // Between the smallest block and one for all that is charged: where the next step stops saving.
        var low = 0
        var high = max(0, (charged - least + step - 1) / step)
        while low < high {
            let middle = (low + high) / 2
            if total(least + (middle + 1) * step) < total(least + middle * step) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        let best = least + low * step
        return total(best) < total(0) ? Hours(seconds: best) : .zero
    }

    private func block(_ hours: Hours, _ sale: BlockTerms, _ period: Period, number: Int) -> Block {
        Block(
            id: BlockID("advice-\(number)"), client: client, scope: .client, hours: hours,
            pricePerHour: sale.pricePerHour, boughtOn: period.firstDay,
            lastDay: sale.expiry.lastDay(boughtOn: period.firstDay), paidOn: period.firstDay,
            recordedAt: Instant(seconds: 0))
    }

    // MARK: One open period

    /// The lawful ways to pay for one open period, cheapest first: as agreed, with a block bought ahead, with a bigger plan
    /// where the terms let an upgrade hold at once. Empty for a closed period: invoiced overage is final.
    ///
    /// - Parameter date: when the plan would be changed, which matters where a fee is shared by days; the second day of the
    ///   period if nil.
    public func ways(for period: Period, on date: CivilDate? = nil) -> [Alternative] {
        guard !facts.closingsInForce.contains(where: { $0.period == period }),
            let agreed = statements(consenting, through: period).last(where: { $0.period == period })
        else { return [] }
        var ways = [sum(.asAgreed, [agreed])]
        if let sale = rater.terms.inForce(on: period.firstDay)?.blocks {
            let most = agreed.totals.charged.seconds
            let needed = (most + sale.step.seconds - 1) / sale.step.seconds
            // The best is to round the charged hours down or up to a step; scopes and rates may shift it by one.
            let sizes = Set([needed - 2, needed - 1, needed].map { max($0 * sale.step.seconds, sale.minimum.seconds) })
            for size in sizes.sorted() where most > 0 {
                var what = consenting
                what.blocks.append(block(Hours(seconds: size), sale, period, number: period.index))
                guard let statement = statements(what, through: period).last(where: { $0.period == period })
                else { continue }
                ways.append(sum(.blockAhead(Hours(seconds: size)), [statement]))
            }
        }
        for account in agreed.contracts {
            guard case .atOnce = account.policies.upgrade else { continue }
            for plan in plans(on: account.serviceLine, period...period) {
                guard let statement = upgraded(account, to: plan, on: date ?? period.firstDay + 1, period)
                else { continue }
                ways.append(sum(.plan(plan, account.contract), [statement]))
            }
        }
        return ways.sorted { ($0.total.minorUnits, "\($0.way)") < ($1.total.minorUnits, "\($1.way)") }
    }

    private func upgraded(
        _ account: ContractAccount, to plan: PlanID, on date: CivilDate, _ period: Period
    ) -> Statement? {
        guard let terms = rater.terms.inForce(on: account.from), let new = terms.plans[plan],
            let old = terms.plans[account.plan], new.isBigger(than: old)
        else { return nil }
        var what = consenting
        what.planChanges.append(
            PlanChange(
                contract: account.contract, plan: plan, on: max(date, account.from + 1),
                recordedAt: Instant(seconds: .max)))
        return statements(what, through: period).last { $0.period == period }
    }

    // MARK: A change of plan

    /// One way to time and price a change of plan (design L1).
    public struct PlanChangeOption: Hashable, Sendable {
        /// When it takes effect and what of it is shared.
        public var upgrade: Upgrade
        /// Whether the contract provides for this one.
        public var isAgreed: Bool
        /// The fee of the period of the change.
        public var fee: Money
        /// The hours of that period.
        public var hours: Hours
        /// What the period then comes to in all.
        public var total: Money
        /// The fee from the next period on.
        public var nextFee: Money
    }

    /// What a change of plan on a date would cost in each way, for showing before choosing. A downgrade has one way: from
    /// the next period.
    public func planChange(_ contract: ContractID, to plan: PlanID, on date: CivilDate) -> [PlanChangeOption] {
        let period = Period(containing: date)
        guard let now = account(of: contract, in: statements(facts, through: period), period),
            let terms = rater.terms.inForce(on: now.from), let new = terms.plans[plan],
            let old = terms.plans[now.plan]
        else { return [] }
        let upgrades: [Upgrade] =
            new.isBigger(than: old)
            ? [.atOnce(.full), .atOnce(.prorateFee), .atOnce(.prorateFeeAndHours), .nextPeriod] : [.nextPeriod]
        return upgrades.compactMap { upgrade in
            var what = facts
            what.planChanges.append(
                PlanChange(contract: contract, plan: plan, on: date, recordedAt: Instant(seconds: .max)))
            var override = NegotiatedTerms(contract: contract, from: date, recordedAt: Instant(seconds: .max))
            override.upgrade = upgrade
            what.negotiatedTerms.append(override)
            let rated = statements(what, through: period.next)
            guard let account = account(of: contract, in: rated, period),
                let next = self.account(of: contract, in: rated, period.next),
                let statement = rated.first(where: { $0.period == period })
            else { return nil }
            return PlanChangeOption(
                upgrade: upgrade, isAgreed: upgrade == now.policies.upgrade || upgrades.count == 1, fee: account.fee,
                hours: account.hours, total: statement.total, nextFee: next.fee)
        }
    }

    private func account(
        of contract: ContractID, in statements: [Statement], _ period: Period
    ) -> ContractAccount? {
        statements.first { $0.period == period }?.contracts.first { $0.contract == contract }
    }
}
