package import Agreements
package import Rating

/// The agency's database, of either kind: facts appended, figures derived (design section 4).
public final class Store: Sendable {
    package let engine: any SQLEngine
    private let writer: GroupCommit
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
        writer = GroupCommit(engine)
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
    /// - Returns: nil where there is no such client.
    package func account(
        _ connection: any SQLConnection, of client: ClientID, through last: Period, wanting wanted: ClosedRange<Period>,
        usesSnapshots: Bool = true, adding extra: Facts = Facts()
    ) throws -> ClientAccount? {
        let terms = try terms(connection)
        let loader = FactLoader(connection, currency: terms.currency)
        var settled = usesSnapshots ? try Snapshots(connection).all(of: client) : [:]
        settled = settled.filter { !wanted.contains($0.key) }
        guard let lastSettled = settled.keys.max() else {
            var all = try loader.all(of: client)
            all.append(extra.without(all))
            return Rater(terms: terms).account(of: all, through: last, settled: [:])
        }
        // Closed periods after the last wanted one count too: what was issued for them is theirs.
        var facts = try loader.facts(of: client, in: Store.gaps(settled, through: max(last, lastSettled)))
        facts.append(extra.without(facts))
        return Rater(terms: terms).account(of: facts, through: last, settled: settled)
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
        for client in clients { try keepSnapshots(connection, of: client) }
    }

    /// Rates a client again and keeps the snapshots that are lacking.
    package func keepSnapshots(_ connection: any SQLConnection, of client: ClientID) throws {
        let closed =
            try connection.first(
                "SELECT MAX(last_period) FROM fact WHERE client = $1 AND shelf = $2",
                [.text(client.text), .integer(Shelf.closing.rawValue)]
            ) { $0.optionalInteger(0) } ?? nil
        guard let closed else { return }
        let last = Period(index: closed)
        let known = try Snapshots(connection).all(of: client)
        let account = try account(connection, of: client, through: last, wanting: last.next...last.next)
        try Snapshots(connection).keep(
            (account?.settled ?? [:]).filter { known[$0.key] == nil }, of: client)
    }
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
