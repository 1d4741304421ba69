import Agreements
import Values

/// One period of one client by itself, to be rated under many ways to pay without rating what came before each time.
///
/// An earlier period matters to a later one by what it leaves of the blocks, and by nothing else: plan hours lapse, and
/// the advisor asks nobody for permits. So the period's own entries, with the blocks as they then stand, give the statement
/// that all the facts give.
struct AdviceMonth {
    let period: Period
    private let rater: Rater
    /// The facts without blocks, and of the work only what is on the statement.
    private var facts: Facts

    /// - Parameter statement: the period as the facts have it.
    init(_ statement: Statement, _ facts: Facts, _ rater: Rater) {
        period = statement.period
        self.rater = rater
        var facts = facts
        facts.closings = []
        facts.reopenings = []
        facts.permits = []
        facts.blocks = []
        facts.blockChanges = []
        let entries = Set(statement.lines.lazy.map { statement.entry(of: $0).id })
        facts.timeEntries.removeAll { !entries.contains($0.id) }
        facts.timeCorrections.removeAll { !entries.contains($0.entry.id) }
        facts.timeVoids.removeAll { !entries.contains($0.entry) }
        facts.timeApprovals.removeAll { !entries.contains($0.entry) }
        facts.courtesies.removeAll { !entries.contains($0.entry) }
        let requests = Set(facts.timeEntries.map(\.request) + facts.timeCorrections.map(\.entry.request))
        facts.requests.removeAll { !requests.contains($0.id) }
        facts.requestMoves.removeAll { !requests.contains($0.request.id) }
        facts.requestApprovals.removeAll { !requests.contains($0.request) }
        self.facts = facts
    }

    /// The order in which the period draws.
    func drawOrder(_ statement: Statement) -> DrawOrder {
        let terms = rater.terms.inForce(on: period.firstDay) ?? rater.terms.versions[0]
        return statement.contracts.first?.policies.drawOrder ?? terms.policies.drawOrder
    }

    /// The same with a change of plan in it.
    func changing(_ change: PlanChange) -> AdviceMonth {
        var month = self
        month.facts.planChanges.append(change)
        return month
    }

    /// The period's statement, where the blocks have these hours for it.
    func statement(_ blocks: [Block]) -> Statement? {
        var facts = facts
        facts.blocks = blocks.map { block in
            var block = block
            // Work of an entry that began in the period before draws nothing here.
            block.effective = max(block.effective, period.firstDay)
            return block
        }
        return rater.accounts(of: facts, through: period, causes: false).first?.statements.last { $0.period == period }
    }
}

extension Statement {
    /// The blocks that are there for the period, each with the hours it has for it.
    func openBlocks(_ facts: Facts) -> [Block] {
        let known = Dictionary(facts.blocks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return grants.compactMap { grant in
            guard case .block(let id) = grant.id, var block = known[id] else { return nil }
            block.hours = grant.opening
            block.effective = grant.from
            block.lastDay = grant.lastDay
            block.endsWithProject = false
            block.usableBeforePaid = true
            return block
        }
    }

    /// What its hours beyond come to.
    var charges: Int { lines.reduce(0) { $0 + $1.amount.minorUnits } }
}
