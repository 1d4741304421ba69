import Agreements

extension Statement {
    /// What each position of this closed period comes to now, less what was issued for it, where that is anything
    /// (design X2). In the order of the positions.
    func changes(since issued: [PositionKey: IssuedPosition]) -> [IssuedPosition] {
        var differences = Dictionary(uniqueKeysWithValues: positions.map { ($0.key, $0) })
        for (key, position) in issued {
            differences[key, default: position.nothing].add(position, times: -1)
        }
        return differences.values.filter { !$0.isNothing }.sorted { $0.key < $1.key }
    }
}

/// Replays what is new, fact by fact, and puts each change of a closed period to the fact that made it (docs/rules.md,
/// law of cause).
struct Replay {
    private let rater: Rater
    private let client: ClientID
    private let settled: [Period: SettledPeriod]
    /// What was known at the last closing.
    private var facts: Facts
    /// What became known since, in its order.
    private var news: [NewFact] = []

    /// - Parameter lastClosing: when the client's last standing closing was recorded; nil where the facts have it.
    init(
        rater: Rater, facts all: Facts, client: ClientID, settled: [Period: SettledPeriod], lastClosing: Moment?
    ) {
        self.rater = rater
        self.client = client
        self.settled = settled
        let all = all.about(client)
        let closings = all.closingsInForce
        let moment = lastClosing ?? closings.map(\.recorded).max() ?? Moment(at: Instant(seconds: .min))
        facts = all.known(before: moment)
        // Only what stands counts: a closing that was withdrawn is as if it had not been.
        facts.closings = closings
        facts.reopenings = []
        let lastClosed = (closings.map(\.period) + settled.keys).max() ?? Period(index: 0)
        news = NewFact.all(all, from: moment, touching: all.entries(upTo: lastClosed))
            .sorted { ($0.recorded, $0.order) < ($1.recorded, $1.order) }
    }

    /// The differences with their causes. Where one fact is new, it is the cause; else one rating for each.
    func adjustments(_ changes: [IssuedPosition]) -> [Adjustment] {
        var causes: [Place: [AdjustmentCause]] = [:]
        var last = differences(rater.changes(of: facts, client: client, settled: settled))
        note(last, .rerated, &causes)
        if let only = news.first, news.count == 1, last.isEmpty {
            note(differences(changes), only.reason, &causes)
            return adjustments(changes, causes)
        }
        var known = facts
        for (place, fact) in news.enumerated() {
            fact.add(&known)
            let isLast = place == news.count - 1
            let now = differences(isLast ? changes : rater.changes(of: known, client: client, settled: settled))
            var steps = now
            for (place, before) in last { steps[place, default: before.nothing].add(before, times: -1) }
            note(steps, fact.reason, &causes)
            last = now
        }
        return adjustments(changes, causes)
    }

    private struct Place: Hashable {
        var period: Period
        var key: PositionKey
    }

    private func differences(_ changes: [IssuedPosition]) -> [Place: IssuedPosition] {
        Dictionary(uniqueKeysWithValues: changes.map { (Place(period: $0.period, key: $0.key), $0) })
    }

    private func note(
        _ steps: [Place: IssuedPosition], _ reason: AdjustmentCause.Reason, _ causes: inout [Place: [AdjustmentCause]]
    ) {
        for (place, step) in steps where !step.isNothing {
            causes[place, default: []].append(AdjustmentCause(reason: reason, difference: step))
        }
    }

    private func adjustments(_ changes: [IssuedPosition], _ causes: [Place: [AdjustmentCause]]) -> [Adjustment] {
        changes.map { change in
            let found = causes[Place(period: change.period, key: change.key)] ?? []
            return Adjustment(
                position: change,
                causes: found.isEmpty ? [AdjustmentCause(reason: .rerated, difference: change)] : found)
        }
    }
}

/// A fact that became known after a closing, and how it is added to others.
private struct NewFact {
    var recorded: Moment
    /// Settles the order of facts of one second without numbers: things before what is about them, then by content.
    var order: String
    var reason: AdjustmentCause.Reason
    var add: (inout Facts) -> Void

    /// What became known from a moment on and may be the cause of a change: of time, what is about these entries.
    static func all(_ facts: Facts, from moment: Moment, touching entries: Set<EntryID>) -> [NewFact] {
        var news: [NewFact] = []
        func look<Kind: Fact>(
            _ list: WritableKeyPath<Facts, [Kind]>, _ order: String, of entry: ((Kind) -> EntryID)? = nil,
            _ reason: (Kind) -> AdjustmentCause.Reason
        ) {
            for fact in facts[keyPath: list] where !(fact.recorded < moment) {
                if let entry, !entries.contains(entry(fact)) { continue }
                news.append(
                    NewFact(recorded: fact.recorded, order: "\(order) \(reason(fact))", reason: reason(fact)) {
                        $0[keyPath: list].append(fact)
                    })
            }
        }
        look(\.zoneChanges, "a") { _ in .zoneChanged }
        look(\.projects, "b") { _ in .rerated }
        look(\.projectsDone, "c") { .projectDone($0.project) }
        look(\.contracts, "d") { .agreed($0.id) }
        look(\.planChanges, "e") { .agreed($0.contract) }
        look(\.contractEnds, "e") { .agreed($0.contract) }
        look(\.negotiatedTerms, "e") { .agreed($0.contract) }
        look(\.blocks, "f") { .blockBought($0.id) }
        look(\.blockChanges, "g") { .blockChanged($0.block, reason: $0.reason) }
        look(\.requests, "h") { _ in .rerated }
        look(\.requestMoves, "i") { .moved($0.request.id, reason: $0.reason) }
        look(\.requestApprovals, "i") { .requested($0.request, by: $0.by) }
        look(\.permits, "i") { .permitted($0.request, by: $0.by) }
        look(\.timeEntries, "j", of: \.id) { .lateTime($0.id) }
        look(\.timeCorrections, "k", of: \.entry.id) { .correction($0.entry.id, reason: $0.reason) }
        look(\.timeVoids, "l", of: \.entry) { .void($0.entry, reason: $0.reason) }
        look(\.timeApprovals, "m", of: \.entry) { .approved($0.entry, by: $0.by) }
        look(\.courtesies, "l", of: \.entry) { .courtesy($0.entry, by: $0.by, reason: $0.reason) }
        return news
    }
}

extension Facts {
    /// The entries of which some version may touch a period or an earlier one, whatever the client's zone is.
    fileprivate func entries(upTo period: Period) -> Set<EntryID> {
        let last = period.lastDay + 1
        func touches(_ entry: TimeEntry) -> Bool {
            switch entry.when {
            case .dated(let date, _): date <= last
            case .clocked(let start, _): Zone.utc.date(of: start) <= last
            }
        }
        return Set(
            timeEntries.lazy.filter(touches).map(\.id) + timeCorrections.lazy.map(\.entry).filter(touches).map(\.id))
    }
}
