import Agreements
import Values

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
        let moment =
            lastClosing ?? closings.max { $0.period < $1.period }?.recorded ?? Moment(at: Instant(seconds: .min))
        facts = all.known(before: moment)
        // Only what stands counts: a closing that was withdrawn is as if it had not been.
        facts.closings = closings
        facts.reopenings = []
        let lastClosed = (closings.map(\.period) + settled.keys).max() ?? Period(index: 0)
        news = NewFact.all(all, from: moment, touching: all.entries(upTo: lastClosed))
            .sorted { ($0.recorded, $0.order) < ($1.recorded, $1.order) }
    }

    /// The differences with their causes: one rating for each new fact.
    func adjustments(_ months: ClosedMonths) -> [Adjustment] {
        var causes: [ClosedMonths.Place: [AdjustmentCause]] = [:]
        var last = rater.closedMonths(of: facts, client: client, settled: settled)
        for (place, step) in last.differences where !step.isNothing {
            causes[place, default: []].append(last.rerated(step, at: place))
        }
        var known = facts
        for (number, fact) in news.enumerated() {
            fact.add(&known)
            let isLast = number == news.count - 1
            let now = isLast ? months : rater.closedMonths(of: known, client: client, settled: settled)
            for (place, step) in now.steps(from: last) where !step.isNothing {
                var cause = AdjustmentCause(reason: fact.reason, difference: step)
                if step.amount.minorUnits != 0 {
                    (cause.before, cause.after) = (last.prices(at: place), now.prices(at: place))
                }
                causes[place, default: []].append(cause)
            }
            last = now
        }
        return months.changes.map { change in
            let place = ClosedMonths.Place(period: change.period, key: change.key)
            return Adjustment(position: change, causes: causes[place] ?? [months.rerated(change, at: place)])
        }
    }
}

/// What closed months come to with some facts, and less what was issued for them.
struct ClosedMonths {
    struct Place: Hashable {
        var period: Period
        var key: PositionKey
    }

    let changes: [IssuedPosition]
    private let statements: [Period: Statement]

    init(_ changes: [IssuedPosition], _ statements: [Statement]) {
        self.changes = changes
        self.statements = Dictionary(
            statements.lazy.filter { $0.closedAt != nil }.map { ($0.period, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    var differences: [Place: IssuedPosition] {
        Dictionary(uniqueKeysWithValues: changes.map { (Place(period: $0.period, key: $0.key), $0) })
    }

    /// What changed since other facts.
    func steps(from last: ClosedMonths) -> [Place: IssuedPosition] {
        var steps = differences
        for (place, before) in last.differences { steps[place, default: before.nothing].add(before, times: -1) }
        return steps
    }

    /// What the amount of a position is made of.
    func prices(at place: Place) -> [PriceReason] { statements[place.period]?.prices(of: place.key) ?? [] }

    /// A difference that no fact made.
    func rerated(_ difference: IssuedPosition, at place: Place) -> AdjustmentCause {
        var cause = AdjustmentCause(reason: .rerated, difference: difference)
        guard difference.amount.minorUnits != 0 else { return cause }
        cause.after = prices(at: place)
        let now = cause.after.reduce(0) { $0 + $1.amount.minorUnits }
        cause.before = [
            .issued(Money(minorUnits: now - difference.amount.minorUnits, difference.amount.currency))
        ]
        return cause
    }
}

/// A fact that became known after a closing, and how it is added to others.
private struct NewFact {
    var recorded: Moment
    /// Settles the order of facts of one second without numbers: things before what is about them, then by content.
    var order: String
    var reason: AdjustmentCause.Reason
    var add: (inout Facts) -> Void

    /// What became known from a moment on and may be the cause of a change: of time and requests, what is about these
    /// entries.
    static func all(_ facts: Facts, from moment: Moment, touching entries: Set<EntryID>) -> [NewFact] {
        var news: [NewFact] = []
        let versions = facts.timeEntries + facts.timeCorrections.map(\.entry)
        let requests = Set(versions.lazy.filter { entries.contains($0.id) }.map(\.request))
        func look<Kind: Fact>(
            _ list: WritableKeyPath<Facts, [Kind]>, _ order: String, of entry: ((Kind) -> EntryID)? = nil,
            at request: ((Kind) -> RequestID)? = nil, _ reason: (Kind) -> AdjustmentCause.Reason
        ) {
            for fact in facts[keyPath: list] where !(fact.recorded < moment) {
                if let entry, !entries.contains(entry(fact)) { continue }
                if let request, !requests.contains(request(fact)) { continue }
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
        look(\.requests, "h", at: \.id) { _ in .rerated }
        look(\.requestMoves, "i", at: \.request.id) { .moved($0.request.id, reason: $0.reason) }
        look(\.requestApprovals, "i", at: \.request) { .requested($0.request, by: $0.by) }
        look(\.permits, "i", at: \.request) { .permitted($0.request, by: $0.by) }
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
