public import Agreements
public import Values

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
        rater.accounts(of: facts, through: last, causes: false).first?.statements ?? []
    }

    // MARK: The history

    /// What the work of some periods would have cost in each way, the agreed one first, the others cheapest first: each
    /// with nothing bought ahead and, where that costs less, with hours bought month by month.
    ///
    /// Closings are left out of account: it asks what the work would have come to, not what was invoiced.
    public func history(_ range: ClosedRange<Period>) -> [Alternative] {
        var open = consenting
        open.closings = []
        open.reopenings = []
        var agreements = [(Alternative.Agreement.asAgreed, open)]
        for contract in open.contracts.sorted(by: { $0.id < $1.id }) {
            agreements.append((.without(contract.id), Advisor.without(contract.id, in: open)))
            for plan in plans(on: contract.serviceLine, range) {
                let changed = Advisor.with(plan, on: contract, in: open)
                if changed == open { continue }
                agreements.append((.plans([.init(plan: plan, contract: contract.id)]), changed))
            }
        }
        var ways: [Alternative] = []
        for (agreement, facts) in agreements {
            let statements = within(range, statements(facts, through: range.upperBound))
            let plain = Alternative(.init(agreement), statements, rater.terms.currency)
            ways.append(plain)
            let ahead = AdviceHistory(facts, statements, rater, client: client).cheapest()
            guard !ahead.isEmpty else { continue }
            let withHours = leanest(agreement, ahead, facts, range)
            if withHours.isBefore(plain) { ways.append(withHours) }
        }
        return [ways[0]] + ways.dropFirst().sorted { $0.isBefore($1) }
    }

    /// Buying these hours, without any purchase that makes it no cheaper: rounding and hours that are left over can make a
    /// later month's purchase useless for all of them together.
    private func leanest(
        _ agreement: Alternative.Agreement, _ ahead: [Alternative.HoursAhead], _ facts: Facts,
        _ range: ClosedRange<Period>
    ) -> Alternative {
        func buying(_ ahead: [Alternative.HoursAhead]) -> Alternative {
            let statements = within(range, statements(self.buying(ahead, in: facts), through: range.upperBound))
            return Alternative(.init(agreement, ahead: ahead), statements, rater.terms.currency)
        }
        var best = buying(ahead)
        var place = 0
        while place < best.way.ahead.count {
            var fewer = best.way.ahead
            fewer.remove(at: place)
            let leaner = buying(fewer)
            if leaner.isBefore(best) {
                best = leaner
                place = 0
            } else {
                place += 1
            }
        }
        return best
    }

    private func within(_ range: ClosedRange<Period>, _ statements: [Statement]) -> [Statement] {
        statements.filter { range.contains($0.period) }
    }

    private func buying(_ ahead: [Alternative.HoursAhead], in facts: Facts) -> Facts {
        var facts = facts
        for hours in ahead {
            guard let sale = rater.terms.inForce(on: hours.boughtOn)?.blocks else { continue }
            facts.blocks.append(Block(hours, sale, client: client))
        }
        return facts
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

    // MARK: One open period

    /// How many choices of plans for several contracts are looked at, more or less.
    private static let mostPlans = 200

    /// The lawful ways to pay for one open period, cheapest first. Empty for a closed period: invoiced overage is final.
    ///
    /// Looked at is every choice of plans that the terms let hold at once, and with each of them nothing bought, a block of
    /// every size for every scope, and blocks for several scopes together (``AdviceSearch``). Listed are: as agreed; the
    /// cheapest size of a block for any work; each bigger plan; and with each of these the hours that make it cost least,
    /// where they make it cost less. Plans for several contracts at once, where nothing else is as cheap.
    ///
    /// - Parameter date: when the plan would be changed and the hours bought, which matters where a fee is shared by days,
    ///   or hours can be used only when they are paid for; if nil, the first day of the period for hours and the second for
    ///   a plan.
    public func ways(for period: Period, on date: CivilDate? = nil) -> [Alternative] {
        guard !facts.closingsInForce.contains(where: { $0.period == period }),
            let agreed = statements(consenting, through: period).last(where: { $0.period == period })
        else { return [] }
        let month = AdviceMonth(agreed, consenting, rater)
        let open = OpenPeriod(
            statement: agreed, blocks: agreed.openBlocks(consenting),
            boughtOn: date.flatMap { Period(containing: $0) == period ? $0 : nil } ?? period.firstDay)
        var ways = self.ways(.asAgreed, month, agreed, open)
        var several: [Alternative] = []
        for plans in upgrades(agreed, on: date ?? period.firstDay + 1, period) {
            var changed = month
            for change in plans { changed = changed.changing(change) }
            guard let statement = changed.statement(open.blocks),
                plans.allSatisfy({ change in
                    statement.contracts.contains { $0.contract == change.contract && $0.plan == change.plan }
                })
            else { continue }
            let agreement = Alternative.Agreement.plans(plans.map { .init(plan: $0.plan, contract: $0.contract) })
            let found = self.ways(agreement, changed, statement, open)
            if plans.count > 1 { several += found } else { ways += found }
        }
        if let best = several.min(by: { $0.isBefore($1) }), ways.allSatisfy({ best.isBefore($0) }) { ways.append(best) }
        return ways.sorted { $0.isBefore($1) }
    }

    /// What is the same for all ways over an open period.
    private struct OpenPeriod {
        var statement: Statement
        var blocks: [Block]
        var boughtOn: CivilDate
    }

    /// The ways that share what is agreed: with nothing bought, with a block for any work where nothing else is agreed, and
    /// with the hours that make it cost least.
    private func ways(
        _ agreement: Alternative.Agreement, _ month: AdviceMonth, _ statement: Statement, _ open: OpenPeriod
    ) -> [Alternative] {
        func way(_ choice: AdviceSearch.Choice) -> Alternative {
            var way = Alternative(
                .init(agreement, ahead: choice.ahead), [choice.statement], rater.terms.currency)
            // The period alone knows blocks by what is left of them: what was paid for them, all the facts do.
            way.blocks.minorUnits = open.statement.purchases.reduce(0) { $0 + $1.price.minorUnits }
            way.blocks.minorUnits += choice.cost - choice.statement.charges
            return way
        }
        let search = rater.terms.inForce(on: open.boughtOn)?.blocks.map {
            AdviceSearch(month, statement, blocks: open.blocks, $0, client: client, boughtOn: open.boughtOn)
        }
        let plain = AdviceSearch.Choice(ahead: [], statement: statement, cost: statement.charges)
        var choices = [plain]
        if let search {
            if search.best.isBefore(plain) { choices.append(search.best) }
            if agreement == .asAgreed, let anyWork = search.single.first(where: { $0.ahead[0].scope == .client }),
                anyWork.ahead != search.best.ahead
            {
                choices.append(anyWork)
            }
        }
        return choices.map(way)
    }

    /// Every choice of bigger plans that the terms let hold at once, for one contract or for several.
    private func upgrades(_ agreed: Statement, on date: CivilDate, _ period: Period) -> [[PlanChange]] {
        var all: [[PlanChange]] = [[]]
        for account in agreed.contracts {
            guard case .atOnce = account.policies.upgrade, let terms = rater.terms.inForce(on: account.from),
                let old = terms.plans[account.plan]
            else { continue }
            let changes = plans(on: account.serviceLine, period...period).filter {
                terms.plans[$0]?.isBigger(than: old) ?? false
            }.map {
                PlanChange(
                    contract: account.contract, plan: $0, on: max(date, account.from + 1),
                    recordedAt: Instant(seconds: .max))
            }
            // Each change with all choices so far, or by itself where these are too many.
            let before = all.count * changes.count > Advisor.mostPlans ? [[]] : all
            all += before.flatMap { chosen in changes.map { chosen + [$0] } }
        }
        return Array(all.dropFirst())
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
