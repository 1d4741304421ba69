package import Agreements
package import Database
package import Rating
package import Values

/// The agency's database, of either kind: facts appended, figures derived (design section 4).
public final class Store: Sendable {
    package let engine: any SQLEngine
    private let writer: GroupCommit
    /// Whether what is written can be saved.
    package let saving = Saving()
    private let terms = TermsCache()

    /// Opens a database that is set up; an older schema is brought to the newest.
    ///
    /// - Throws: ``StorageError``.
    package convenience init(opening engine: any SQLEngine) throws {
        try Schema.check(engine)
        self.init(engine)
    }

    /// Opens an empty database and makes its tables.
    ///
    /// - Throws: ``StorageError``.
    package convenience init(settingUp engine: any SQLEngine) throws {
        try Schema.update(engine)
        self.init(engine)
    }

    private init(_ engine: any SQLEngine) {
        self.engine = engine
        writer = GroupCommit(engine, saving)
    }

    /// Runs a closure in a transaction that writes; those of several threads may share one wait for the disk.
    @discardableResult package func write<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        try writer.perform(body)
    }

    /// Runs a closure that reads one state of the database.
    package func read<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value { try engine.read(body) }

    /// The versions of the terms, read once as long as none is added.
    package func terms(_ connection: any SQLConnection) throws -> TermsHistory { try terms.history(connection) }

    /// A client's account up to a period: the statements of the period and of those that had to be rated for it. Its cost
    /// grows with the open periods, not with the client's history, as long as closed ones have their snapshots.
    ///
    /// - Parameters:
    ///   - last: the last period wanted.
    ///   - wanted: closed periods whose statements are wanted too.
    ///   - usesSnapshots: false rates from the first fact on.
    ///   - extra: what is asked about, as if it had been recorded.
    ///   - causes: whether adjustments name their causes, which takes a rating for each new fact.
    /// - Returns: nil where there is no such client.
    package func account(
        _ connection: any SQLConnection, of client: ClientID, through last: Period, wanting wanted: ClosedRange<Period>,
        usesSnapshots: Bool = true, adding extra: Facts = Facts(), causes: Bool = false
    ) throws -> ClientAccount? {
        try rated(
            connection, of: client, through: last, wanting: wanted, usesSnapshots: usesSnapshots, adding: extra,
            causes: causes
        ).account
    }

    /// The account, and the periods that were taken as settled for it.
    private func rated(
        _ connection: any SQLConnection, of client: ClientID, through last: Period, wanting wanted: ClosedRange<Period>,
        usesSnapshots: Bool = true, adding extra: Facts = Facts(), causes: Bool = false
    ) throws -> (account: ClientAccount?, settled: Set<Period>) {
        let terms = try terms(connection)
        let loader = FactLoader(connection, currency: terms.currency)
        var settled = usesSnapshots ? try Snapshots(connection).all(of: client) : [:]
        settled = settled.filter { !wanted.contains($0.key) }
        let lastClosing = try StandingClosings(connection, of: client).last?.recorded
        while let lastSettled = settled.keys.max() {
            // Closed periods after the last wanted one count too: what was issued for them is theirs.
            WorkProgress.now("reading the time")
            var facts = try loader.facts(of: client, in: Store.gaps(settled, through: max(last, lastSettled)))
            WorkProgress.now("working out what it comes to")
            facts.append(extra.without(facts).asked)
            let account = Rater(terms: terms).account(
                of: facts, through: last, settled: settled, lastClosing: lastClosing, causes: causes)
            guard let first = account?.unsettled else { return (account, Set(settled.keys)) }
            // Hours were freed that an earlier month may use: it has to be rated after all, and all later ones.
            settled = settled.filter { $0.key < first }
        }
        WorkProgress.now("reading the time")
        var all = try loader.all(of: client)
        WorkProgress.now("working out what it comes to")
        all.append(extra.without(all).asked)
        let account = Rater(terms: terms).account(
            of: all, through: last, settled: [:], lastClosing: lastClosing, causes: causes)
        return (account, [])
    }

    /// A client's statement of a period, as people see it: as it was issued where the period is closed, with what was
    /// adjusted since; as it comes to now where it is open. Nil where there is none.
    package func statement(
        _ connection: any SQLConnection, of client: ClientID, _ period: Period
    ) throws -> Statement? {
        let closings = try StandingClosings(connection, of: client)
        guard let closing = closings.byPeriod[period] else {
            return try account(connection, of: client, through: period, wanting: period...period, causes: true)?
                .statements.last { $0.period == period }
        }
        let terms = try terms(connection)
        let now = try FactLoader(connection, currency: terms.currency).facts(of: client, in: [period...period])
        guard var statement = try asIssued(connection, closing, of: client, period, now) else { return nil }
        if let next = closings.last.map({ $0.period.next }) {
            let open = try account(connection, of: client, through: next, wanting: next...next)
            statement.adjustedSince += open?.pending(for: period) ?? []
        }
        return statement
    }

    /// - Parameter now: the facts of the period as known now, with the closings that issued something for it.
    private func asIssued(
        _ connection: any SQLConnection, _ closing: StandingClosings.Place, of client: ClientID, _ period: Period,
        _ now: Facts
    ) throws -> Statement? {
        guard let fact = now.closings.first(where: { $0.number == closing.recorded.number }) else { return nil }
        let rater = Rater(terms: try terms(connection))
        // A closing that adjusted earlier months, or asked for permits, rests on more than its own month.
        if rater.needsEarlierMonths(fact, now) {
            return rater.asIssued(
                period, of: client, in: try FactLoader(connection, currency: rater.terms.currency).all(of: client))
        }
        return rater.asIssued(period, of: client, in: now)
    }

    /// A client's statement of a period as it was known at an instant.
    package func statement(
        _ connection: any SQLConnection, of client: ClientID, _ period: Period, knownAt instant: Instant
    ) throws -> Statement? {
        let moment = try Ledger.moment(of: instant, connection)
        let terms = try terms(connection)
        let facts = try FactLoader(connection, currency: terms.currency, upTo: moment.number - 1).all(of: client)
        let rater = Rater(terms: terms.known(before: moment))
        return rater.asIssued(period, of: client, in: facts)
            ?? rater.accounts(of: facts, through: period).first { $0.client.id == client }?
            .statements.last { $0.period == period }
    }

    /// The periods up to the last that are not settled, in ranges.
    static func gaps(_ settled: [Period: SettledPeriod], through last: Period) -> [ClosedRange<Period>] {
        var gaps: [ClosedRange<Period>] = []
        var next = Int(Int32.min)
        for period in settled.keys.sorted() where period.index <= last.index {
            if next < period.index { gaps.append(Period(index: next)...Period(index: period.index - 1)) }
            next = period.index + 1
        }
        if next <= last.index { gaps.append(Period(index: next)...last) }
        return gaps
    }

    /// Keeps the snapshots of every client, where facts were taken over without them.
    package func keepAllSnapshots(_ connection: any SQLConnection) throws {
        let clients = try connection.all("SELECT subject FROM fact WHERE kind = 'client'") { ClientID($0.text(0)) }
        let hasTerms = try connection.first("SELECT seq FROM fact WHERE kind = 'terms' LIMIT 1") { _ in true } ?? false
        if hasTerms, !clients.isEmpty {
            let loader = FactLoader(connection, currency: try terms(connection).currency)
            for client in clients {
                let far = try FactsCheck.farDates(in: loader.all(of: client))
                guard far.isEmpty else { throw Problems(far) }
            }
        }
        for client in clients { try keepSnapshots(connection, of: client) }
    }

    /// Rates a client again and keeps the snapshots that are lacking.
    package func keepSnapshots(_ connection: any SQLConnection, of client: ClientID) throws {
        guard let last = try StandingClosings(connection, of: client).byPeriod.keys.max() else { return }
        let known = try Snapshots(connection).all(of: client)
        let (account, settled) = try rated(connection, of: client, through: last, wanting: last.next...last.next)
        guard let account else { return }
        try Snapshots(connection).keep(
            account.settled.filter { known[$0.key] != $0.value }, of: client,
            without: known.keys.filter { !settled.contains($0) && account.settled[$0] == nil })
    }
}

/// The closings of a client that stand: which periods are closed, and by which facts.
package struct StandingClosings {
    /// One of them.
    package struct Place {
        package var period: Period
        package var recorded: Moment
    }

    /// By their periods.
    package private(set) var byPeriod: [Period: Place] = [:]

    /// Reads them. Linear in the closings, not in what they say.
    package init(_ connection: any SQLConnection, of client: ClientID) throws {
        var byPeriod: [Period: Place] = [:]
        try connection.forEachRow(
            "SELECT seq, kind, last_period, recorded_at FROM fact WHERE client = $1 AND shelf = $2 ORDER BY seq",
            [.text(client.text), .integer(Shelf.closing.rawValue)]
        ) { row in
            let period = Period(index: row.integer(2))
            guard row.text(1) == "closing" else {
                byPeriod[period] = nil
                return
            }
            let recorded = Moment(number: row.integer(0), at: Instant(seconds: row.integer(3)))
            byPeriod[period] = Place(period: period, recorded: recorded)
        }
        self.byPeriod = byPeriod
    }

    /// The one of the last period: it issued what was to be adjusted by then.
    package var last: Place? { byPeriod.values.max { $0.period < $1.period } }
}

extension Facts {
    /// These facts without what others have about the same requests, which would count twice.
    fileprivate func without(_ known: Facts) -> Facts {
        var rest = self
        rest.requests.removeAll(where: known.requests.contains)
        rest.requestMoves.removeAll(where: known.requestMoves.contains)
        rest.requestApprovals.removeAll(where: known.requestApprovals.contains)
        rest.permits.removeAll(where: known.permits.contains)
        return rest
    }
}

extension Store {
    /// Tries to save something small, which is taken away again by the next try: what it comes to is in ``saving``.
    ///
    /// - Throws: ``StorageError``.
    package func trySaving(at second: Int) throws {
        try write { connection in
            try connection.run("DELETE FROM throttle WHERE subject = $1", [.text("saving")])
            try connection.run(
                "INSERT INTO throttle (subject, failures, at) VALUES ($1, 0, $2)", [.text("saving"), .integer(second)])
        }
        saving.succeeded()
    }
}
