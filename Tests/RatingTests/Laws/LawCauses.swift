import Agreements
import Rating
import Testing
import Values
import Wording

/// What each new fact changed: the facts after the client's last standing closing, replayed in their order.
extension Laws {
    struct Change {
        var fact: String
        /// By month and position.
        var positions: [String: Oracle.Difference]
    }

    /// By the oracle, from the start for every fact. A closing that is withdrawn later stands until then.
    static func replayed(_ history: LawHistory) -> [Change] {
        guard
            let last = history.facts.closingsInForce.filter({ $0.client == history.client }).max(by: {
                $0.recordedAt < $1.recordedAt
            })
        else { return [] }
        let closed = Set(history.facts.closingsInForce.filter { $0.client == history.client }.map(\.period))
        func now(_ instant: Instant) -> [String: Oracle.Difference] {
            var known = history
            known.facts = history.facts.known(at: instant)
            var positions: [String: Oracle.Difference] = [:]
            for month in LawSubject.oracle.months(known, through: last.period) where closed.contains(month.period) {
                for (key, position) in month.positions { positions["\(month.period) \(key)"] = position }
            }
            return positions
        }
        var before = now(last.recordedAt)
        var changes: [Change] = []
        for event in history.events where event.at > last.recordedAt {
            let after = now(event.at)
            var change = Change(fact: event.text, positions: [:])
            for key in Set(before.keys).union(after.keys) {
                var difference = after[key] ?? .init()
                difference.add(before[key] ?? .init(), -1)
                if !difference.isNothing { change.positions[key] = difference }
            }
            if !change.positions.isEmpty { changes.append(change) }
            before = after
        }
        return changes
    }

    /// What the changes come to for each month and position.
    static func sum(_ changes: [Change]) -> [String: Oracle.Difference] {
        var sum: [String: Oracle.Difference] = [:]
        for change in changes {
            for (key, difference) in change.positions { sum[key, default: .init()].add(difference, 1) }
        }
        return sum.filter { !$0.value.isNothing }
    }

    /// Cause: every adjustment is the sum of what the new facts changed.
    static func cause(_ history: LawHistory) -> String? {
        guard let last = history.lastClosed else { return nil }
        let adjustments = history.months.first { $0.period == last.next }?.adjustments ?? [:]
        let changes = history.changes
        if sum(changes) != adjustments {
            return "adjusted\n\(text(adjustments))\nwhat facts changed\n\(text(changes))"
        }
        return nil
    }

    static func text(_ changes: [Change]) -> String {
        changes.map { "  \($0.fact)\n" + text($0.positions) }.joined(separator: "\n")
    }

    /// Cause: the engine names each new fact's share of each adjustment.
    static func namedCauses(_ history: LawHistory) -> String? {
        guard let last = history.lastClosed, let terms = try? TermsHistory(history.versions) else { return nil }
        let account = Rater(terms: terms).accounts(of: history.facts, through: last.next)
            .first { $0.client.id == history.client }
        guard let month = account?.statements.first(where: { $0.period == last.next }) else { return nil }
        let plain = Rater(terms: terms).accounts(of: history.facts, through: last.next, causes: false)
            .first { $0.client.id == history.client }?.statements.first { $0.period == last.next }
        if plain?.adjustments.map(\.position) != month.adjustments.map(\.position) {
            return "without causes the adjustments are others"
        }
        // A closing that was withdrawn is as if it had not been.
        var standing = history
        if !history.facts.reopenings.isEmpty {
            standing.facts.closings = history.facts.closingsInForce
            standing.facts.reopenings = []
        }
        let changes = standing.changes
        for adjustment in month.adjustments {
            let key = "\(adjustment.position.period) \(adjustment.position.key)"
            // One cause for each fact that changed it, in the order of the facts.
            let found = adjustment.causes.map { Oracle.difference($0.difference) }
            let expected = changes.compactMap { $0.positions[key] }
            guard found != expected else { continue }
            let facts = changes.filter { $0.positions[key] != nil }.map(\.fact)
            return """
                \(key)
                 engine \(adjustment.causes.map { "\($0.reason)" }) \(found.map(\.text))
                 oracle \(facts) \(expected.map(\.text))
                """
        }
        return nil
    }
}
