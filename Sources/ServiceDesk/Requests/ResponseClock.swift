import Agreements
package import Rating
package import Storage
package import Values

/// How far the first answer to a request is, in business hours of the plan that promises it.
package struct ResponseClock: Hashable, Sendable {
    /// Where it stands.
    package enum State: Hashable, Sendable {
        /// Nothing is promised.
        case none
        /// The client was answered in time.
        case met
        /// It runs.
        case running
        /// The answer is late, or came late.
        case overdue
    }

    /// Where it stands.
    package var state: State
    /// The business hours from opening to the first answer, or until now.
    package var elapsed: Hours
    /// The business hours that were promised; nil where none were.
    package var target: Hours?
    /// When they are over.
    package var due: Instant?
    /// Whether the client was answered.
    package var isAnswered: Bool

    /// The business hours left; less than zero where it is late.
    package var remaining: Hours { (target ?? .zero) - elapsed }

    init(_ row: RequestRow, target: Hours?, clock: BusinessClock, now: Instant) {
        let end = row.firstAnswerAt ?? now
        elapsed = clock.elapsed(from: row.openedAt, to: end)
        self.target = target
        isAnswered = row.firstAnswerAt != nil
        due = target.flatMap { clock.due(from: row.openedAt, after: $0) }
        guard let target, isAnswered || !row.state.isOver else {
            state = .none
            return
        }
        state = elapsed > target ? .overdue : isAnswered ? .met : .running
    }

    /// The clocks of requests, by their ids.
    package static func clocks(of rows: [RequestRow], _ desk: DeskTransaction) throws -> [RequestID: ResponseClock] {
        let terms = try desk.terms()
        var standing: [ClientID: Facts] = [:]
        var clocks: [RequestID: ResponseClock] = [:]
        for row in rows {
            let facts = try standing[row.client] ?? desk.standing(of: row.client)
            standing[row.client] = facts
            let zone = desk.zones(of: row.client, facts).zone(at: row.openedAt)
            let date = zone.date(of: row.openedAt)
            let inForce = terms.inForce(on: date)
            clocks[row.id] = ResponseClock(
                row, target: target(row, facts, inForce, on: date),
                clock: BusinessClock(hours: inForce?.businessHours, zone: zone), now: desk.now)
        }
        return clocks
    }

    /// What the plan promises on the day of opening: of several contracts on the line, the quickest.
    private static func target(_ row: RequestRow, _ facts: Facts, _ terms: Terms?, on date: CivilDate) -> Hours? {
        facts.contracts.filter { contract in
            contract.serviceLine == row.serviceLine && contract.from <= date
                && !facts.contractEnds.contains {
                    $0.contract == contract.id && Period(containing: $0.on) < Period(containing: date)
                }
        }.compactMap { contract in
            let change = facts.planChanges.filter { $0.contract == contract.id && $0.on <= date }.max { $0.on < $1.on }
            return terms?.plans[change?.plan ?? contract.plan]?.firstResponse
        }.min()
    }
}
