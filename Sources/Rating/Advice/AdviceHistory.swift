import Agreements
import Values

/// Finds the hours that, bought month by month, make some periods cost least together.
///
/// Hours that one month leaves may serve the next, so the cheapest purchase of each month by itself may be dearer in all.
/// What a month hands on is what is left of its blocks, and nothing else: of all ways to get to the same hours left only the
/// cheapest is kept. In each month it goes on with nothing bought, with what costs that month least, and, for each scope,
/// with the smallest block that pays for all that it can pay for: the one that leaves hours over.
struct AdviceHistory {
    /// Where one way of buying has got to.
    private struct State {
        var ahead: [Alternative.HoursAhead] = []
        /// The blocks that are there, or will be, with what is left of them.
        var blocks: [Block]
        /// Prices and charges so far.
        var cost = 0
        /// What the hours left of what was bought cost.
        var worth = 0

        var hours: Hours { ahead.reduce(.zero) { $0 + $1.hours } }

        func isBefore(_ other: State) -> Bool {
            (cost, hours, ahead.count) < (other.cost, other.hours, other.ahead.count)
        }
    }

    /// How many ways are followed at once, and how many lines these may have in all.
    private static let most = (states: 6, lines: 240)

    private let facts: Facts
    private let statements: [Statement]
    private let rater: Rater
    private let client: ClientID

    /// - Parameter statements: the periods with nothing bought.
    init(_ facts: Facts, _ statements: [Statement], _ rater: Rater, client: ClientID) {
        self.facts = facts
        self.statements = statements
        self.rater = rater
        self.client = client
    }

    /// What to buy; nothing where that does not pay.
    func cheapest() -> [Alternative.HoursAhead] {
        var states = [State(blocks: blocks)]
        for (place, statement) in statements.enumerated() {
            let month = AdviceMonth(statement, facts, rater)
            let isLast = place == statements.count - 1
            var next: [[Block]: State] = [:]
            for state in states {
                for after in following(state, month, isLast: isLast) {
                    if let known = next[after.blocks], !after.isBefore(known) { continue }
                    next[after.blocks] = after
                }
            }
            // Hours that are left are counted at their price here, or no way that has some would be followed.
            let all = next.values.sorted {
                let (a, b) = ($0.cost - $0.worth, $1.cost - $1.worth)
                return a != b ? a < b : $0.isBefore($1)
            }
            let (most, lines) = (AdviceHistory.most, max(1, statement.lines.count))
            states = Array(all.prefix(max(1, min(most.states, most.lines / lines))))
            if isLast { states = all.min { $0.isBefore($1) }.map { [$0] } ?? [] }
        }
        return states.first?.ahead ?? []
    }

    /// The blocks of the facts, each with what it has when it is first there.
    private var blocks: [Block] {
        var first: [BlockID: Block] = [:]
        for statement in statements {
            for block in statement.openBlocks(facts) where first[block.id] == nil { first[block.id] = block }
        }
        return first.values.sorted { $0.id < $1.id }
    }

    private func following(_ state: State, _ month: AdviceMonth, isLast: Bool) -> [State] {
        guard let statement = month.statement(state.blocks) else { return [state] }
        let date = month.period.firstDay
        guard let sale = rater.terms.inForce(on: date)?.blocks, statement.charges > 0 else {
            return [after(AdviceSearch.Choice(ahead: [], statement: statement, cost: statement.charges), state, nil)]
        }
        let search = AdviceSearch(
            month, statement, blocks: state.blocks, sale, client: client, boughtOn: date, isQuick: statements.count > 1)
        return ([search.nothing, search.best] + (isLast ? [] : search.ample)).map { after($0, state, sale) }
    }

    private func after(_ choice: AdviceSearch.Choice, _ state: State, _ sale: BlockTerms?) -> State {
        var next = state
        next.cost += choice.cost
        next.ahead += choice.ahead
        if let sale { next.blocks += choice.ahead.map { Block($0, sale, client: client) } }
        for grant in choice.statement.grants {
            guard case .block(let id) = grant.id, let place = next.blocks.firstIndex(where: { $0.id == id }) else {
                continue
            }
            next.blocks[place].hours = grant.left
        }
        next.blocks.removeAll { $0.hours == .zero }
        next.blocks.sort { $0.id < $1.id }
        next.worth = next.blocks.reduce(0) { sum, block in
            Block.isAdvised(block.id) ? sum + block.price.minorUnits : sum
        }
        return next
    }
}
