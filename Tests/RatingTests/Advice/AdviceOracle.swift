import Agreements
import Rating
import Values

/// What is cheapest for a month, found by trying everything: it makes the facts of each way itself, rates all of them, and
/// knows nothing of how the advisor looks.
struct AdviceOracle {
    /// One way: some upgrades, and at most one block for each scope.
    struct Way {
        var plans: [(contract: ContractID, plan: PlanID)] = []
        var blocks: [(scope: Block.Scope, hours: Hours)] = []
    }

    let versions: [Terms]
    let facts: Facts
    let client: ClientID
    let period: Period
    /// The date of the decision.
    let date: CivilDate
    private let history: TermsHistory

    /// - Parameter isOpen: whether closings count, as they do for what can still be decided.
    init?(_ versions: [Terms], _ facts: Facts, _ client: ClientID, _ period: Period, date: CivilDate, isOpen: Bool) {
        var versions = versions
        for index in versions.indices { versions[index].policies.overageConsent = .allow }
        var facts = facts
        for index in facts.negotiatedTerms.indices { facts.negotiatedTerms[index].overageConsent = nil }
        if !isOpen { (facts.closings, facts.reopenings) = ([], []) }
        guard let history = try? TermsHistory(versions) else { return nil }
        (self.versions, self.facts, self.client) = (versions, facts, client)
        (self.period, self.date, self.history) = (period, date, history)
    }

    // MARK: Rating one way

    /// The statement of the month under a way, or nil where there is none.
    func statement(_ way: Way = Way()) -> Statement? {
        var what = facts
        for (contract, plan) in way.plans {
            guard let from = what.contracts.first(where: { $0.id == contract })?.from else { return nil }
            what.planChanges.append(
                PlanChange(
                    contract: contract, plan: plan, on: max(date, max(from, period.firstDay) + 1),
                    recordedAt: Instant(seconds: .max)))
        }
        for (number, block) in way.blocks.enumerated() {
            what.blocks.append(self.block(block.scope, block.hours, "advice-z\(number)"))
        }
        return Rater(terms: history).accounts(of: what, through: period).first { $0.client.id == client }?
            .statements.last { $0.period == period }
    }

    private func block(_ scope: Block.Scope, _ hours: Hours, _ id: String, on day: CivilDate? = nil) -> Block {
        let date = day ?? date
        let period = Period(containing: date)
        let sale = history.inForce(on: date)?.blocks ?? BlockTerms(pricePerHour: Story.rate("1000000.00"))
        var endsWithProject = false
        if case .project = scope, sale.expiry == .projectDone { endsWithProject = true }
        return Block(
            id: BlockID(id), client: client, scope: scope, hours: hours, pricePerHour: sale.pricePerHour,
            boughtOn: date, effective: period.firstDay, lastDay: sale.expiry.lastDay(boughtOn: date),
            endsWithProject: endsWithProject, usableBeforePaid: sale.usableBeforePaid, paidOn: date,
            recordedAt: Instant(seconds: 0))
    }

    /// What a statement comes to, adjustments of other months left out.
    static func total(_ statement: Statement) -> Int {
        statement.total.minorUnits - statement.adjustments.reduce(0) { $0 + $1.position.amount.minorUnits }
    }

    // MARK: Rating what the advisor says

    /// The figures of a way, added up from statements.
    struct Figures {
        var fees = 0, blocks = 0, charges = 0
        var charged = Hours.zero, lapsed = Hours.zero, left = Hours.zero
        var total: Int { fees + blocks + charges }
    }

    /// What a way of the advisor comes to, from a period to the oracle's, by facts that say just that.
    func figures(_ way: Alternative.Way, since first: Period? = nil) -> Figures? {
        var what = facts
        for (number, ahead) in way.ahead.enumerated() {
            what.blocks.append(block(ahead.scope, ahead.hours, "advice-y\(number)", on: ahead.boughtOn))
        }
        guard let history = try? TermsHistory(versions) else { return nil }
        switch way.agreement {
        case .asAgreed: break
        case .without: return nil
        case .plans(let plans):
            for plan in plans {
                guard let from = what.contracts.first(where: { $0.id == plan.contract })?.from else { return nil }
                what.planChanges.append(
                    PlanChange(
                        contract: plan.contract, plan: plan.plan, on: max(date, max(from, period.firstDay) + 1),
                        recordedAt: Instant(seconds: .max)))
            }
        }
        let statements = Rater(terms: history).accounts(of: what, through: period).first { $0.client.id == client }?
            .statements.filter { ((first ?? period)...period).contains($0.period) }
        guard let statements else { return nil }
        var figures = Figures()
        for statement in statements {
            figures.fees += statement.contracts.reduce(0) { $0 + $1.fee.minorUnits }
            figures.blocks += statement.purchases.reduce(0) { $0 + $1.price.minorUnits }
            figures.charges += statement.lines.reduce(0) { $0 + $1.amount.minorUnits }
            figures.charged += statement.totals.charged
            figures.lapsed += statement.grants.reduce(.zero) { $0 + $1.lapsed }
            figures.left = statement.grants.reduce(.zero) { $0 + $1.left }
        }
        return figures
    }

    /// Facts in which something else was agreed from the first day.
    static func facts(_ facts: Facts, _ agreement: Alternative.Agreement) -> Facts {
        var facts = facts
        switch agreement {
        case .asAgreed: break
        case .without(let contract): facts.contracts.removeAll { $0.id == contract }
        case .plans(let plans):
            for plan in plans {
                for index in facts.contracts.indices where facts.contracts[index].id == plan.contract {
                    let isOther = facts.contracts[index].plan != plan.plan
                    facts.contracts[index].plan = plan.plan
                    for place in facts.negotiatedTerms.indices
                    where isOther && facts.negotiatedTerms[place].contract == plan.contract {
                        facts.negotiatedTerms[place].hours = nil
                        facts.negotiatedTerms[place].fee = nil
                    }
                }
                facts.planChanges.removeAll { $0.contract == plan.contract }
            }
        }
        return facts
    }

    // MARK: All ways

    /// What the month's work asks for in all: more than that no block is of use for.
    static func asked(_ statement: Statement) -> Hours {
        statement.lines.reduce(.zero) {
            $0 + $1.worked + $1.rounding + $1.weighting - $1.courtesy - $1.lateWaived - $1.notCharged
        }
    }

    /// Every set of upgrades that the terms let hold at once.
    var upgrades: [[(contract: ContractID, plan: PlanID)]] {
        var all: [[(contract: ContractID, plan: PlanID)]] = [[]]
        for account in statement()?.contracts ?? [] {
            guard case .atOnce = account.policies.upgrade else { continue }
            var more: [[(contract: ContractID, plan: PlanID)]] = []
            for plan in history.latestPlans(in: period, on: account.serviceLine) {
                let changed = statement(Way(plans: [(account.contract, plan)]))
                let now = changed?.contracts.first { $0.contract == account.contract }
                // An upgrade is what the terms call one: it holds in this very month.
                if plan != account.plan, now?.plan == plan { more += all.map { $0 + [(account.contract, plan)] } }
            }
            all += more
        }
        return all
    }

    /// The sizes that are sold, up to the one for all that is asked for.
    var sizes: [Hours] {
        guard let sale = history.inForce(on: date)?.blocks, let asked = statement().map(AdviceOracle.asked),
            asked > .zero
        else { return [] }
        var sizes: [Hours] = []
        var size = sale.step
        while sizes.last.map({ $0 < asked }) ?? true {
            if size >= sale.minimum { sizes.append(size) }
            size += sale.step
        }
        return sizes
    }

    var scopes: [Block.Scope] {
        [.client] + versions[0].serviceLines.keys.sorted().map { .serviceLine($0) }
            + facts.projects.filter { $0.client == client }.map { .project($0.id) }
    }

    /// Every choice of at most so many blocks, one for a scope.
    func purchases(atMost count: Int) -> [[(scope: Block.Scope, hours: Hours)]] {
        let sizes = sizes
        var all: [[(scope: Block.Scope, hours: Hours)]] = [[]]
        for scope in scopes {
            for chosen in all where chosen.count < count { all += sizes.map { chosen + [(scope, $0)] } }
        }
        return all
    }

    /// The least that the month can come to, and how.
    func cheapest(blocks count: Int, changingPlans: Bool = true) -> (total: Int, way: Way)? {
        var best: (total: Int, way: Way)?
        let purchases = purchases(atMost: count)
        for plans in changingPlans ? upgrades : [[]] {
            for blocks in purchases {
                let way = Way(plans: plans, blocks: blocks)
                guard let total = statement(way).map(AdviceOracle.total) else { continue }
                if best.map({ total < $0.total }) ?? true { best = (total, way) }
            }
        }
        return best
    }
}

extension TermsHistory {
    /// The plans on a line that every version in force in a period has.
    func latestPlans(in period: Period, on line: ServiceLineID) -> [PlanID] {
        let inForce = (0..<period.dayCount).compactMap { index(on: period.firstDay + $0) }
        let places = Set(inForce).sorted()
        guard let last = places.last else { return [] }
        return versions[last].plans.filter { id, plan in
            plan.serviceLine == line && places.allSatisfy { versions[$0].plans[id] != nil }
        }.keys.sorted()
    }
}

extension Alternative {
    /// Whether its figures are those that rating gives.
    func isLike(_ figures: AdviceOracle.Figures) -> Bool {
        fees.minorUnits == figures.fees && blocks.minorUnits == figures.blocks && charges.minorUnits == figures.charges
            && charged == figures.charged && lapsed == figures.lapsed && left == figures.left
    }
}
