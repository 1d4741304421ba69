import Agreements
import Database
import Exchange
import Rating
package import Storage
import Values

/// What a check of the whole database found (design X3).
package struct VerificationReport: Hashable, Sendable {
    /// The number of facts, and the hash of the last.
    package var facts = 0
    /// The hash of the last fact, in hexadecimal digits.
    package var hash = ""
    /// How far the records go, for a later check to expect.
    package var anchor = ""
    /// How many anchors were held against the records.
    package var anchors = 0
    /// How many accounts and webhooks were last changed by a version that did not say in the audit trail what they are.
    package var unstated = 0
    /// How many closed periods were rebuilt from what was known at their closing.
    package var closings = 0
    /// How many statements were rated from the first fact on.
    package var statements = 0
    /// How many snapshots were compared.
    package var snapshots = 0
    /// The seconds worked on all of them.
    package var worked = 0
    /// Everything that is not as it should be, with its place.
    package var faults: [String] = []
}

/// Checks that a database is whole: its records, every closing against the facts known then, every snapshot against a rating
/// from scratch, and that every second is accounted for once.
package struct Verification {
    private let store: Store
    private var report = VerificationReport()
    /// After so many faults the rest are not told.
    private static let most = 100

    package init(_ store: Store) { self.store = store }

    /// Checks everything, in one state of the database. Linear in the facts, and for each client in its closings times its
    /// facts.
    ///
    /// - Parameter anchors: what is known from elsewhere of how far the records went.
    package mutating func run(
        anchors: [Anchor] = [], progress: (String) -> Void = { _ in }
    ) throws -> VerificationReport {
        progress("Checking the files")
        for found in try store.engine.damage() { fault(found) }
        try store.read { connection in
            try checkRecords(connection, anchors, progress)
            // What the facts say is worth a look only where they are as they were recorded.
            guard report.faults.isEmpty else { return }
            for client in try Directory(connection).clientIDs() {
                progress("Checking \(client)")
                do {
                    try checkClient(connection, client)
                } catch let problems as Problems {
                    for problem in problems.all { fault("client \(client): \(problem)") }
                }
                if report.faults.count >= Verification.most { return }
            }
        }
        return report
    }

    private mutating func fault(_ text: String) {
        if report.faults.count < Verification.most { report.faults.append(text) }
    }

    private mutating func checkRecords(
        _ connection: any SQLConnection, _ anchors: [Anchor], _ progress: (String) -> Void
    ) throws {
        var records = RecordsCheck(connection)
        try records.run(anchors: anchors, progress)
        for found in records.faults { fault(found) }
        report.facts = records.facts
        report.hash = records.hash
        report.unstated = records.unstated
        report.anchor = try Anchor(connection, at: Instant(seconds: 0)).text
        report.anchors = anchors.count
    }

    private mutating func checkClient(_ connection: any SQLConnection, _ client: ClientID) throws {
        let terms = try store.terms(connection)
        let loader = FactLoader(connection, currency: terms.currency)
        let facts = try loader.all(of: client)
        let last = facts.closings.map(\.period).max()
        guard
            let account = Rater(terms: terms).accounts(of: facts, causes: false).first(where: { $0.client.id == client }
            )
        else { return }
        for statement in account.statements { checkConservation(statement, client) }
        report.statements += account.statements.count
        try checkWorked(account, facts, client)

        var snapshots: [Period: SettledPeriod] = [:]
        do {
            snapshots = try Snapshots(connection).all(of: client)
        } catch StorageError.internalFault {
            fault("client \(client): a snapshot cannot be read")
        }
        report.snapshots += snapshots.count
        for (period, settled) in snapshots.sorted(by: { $0.key < $1.key })
        where account.settled[period].map({ ($0.draws, $0.permits) != (settled.draws, settled.permits) }) ?? true {
            fault("client \(client), \(period): the snapshot is not what a rating from the first fact gives")
        }
        guard last != nil else { return }
        try checkClosings(connection, client)
    }

    /// Every second worked is drawn, charged, given, waived or never charged; every hour granted is drawn, lapsed or left.
    private mutating func checkConservation(_ statement: Statement, _ client: ClientID) {
        let hours = statement.totals
        let made = hours.worked + hours.rounding + hours.weighting
        let used = hours.drawn + hours.charged + hours.courtesy + hours.waived + hours.notCharged + hours.withheld
        if made != used {
            fault("client \(client), \(statement.period): \(made) came in and \(used) are accounted for")
        }
        for grant in statement.grants where grant.opening != grant.drawn + grant.lapsed + grant.left {
            fault("client \(client), \(statement.period): the hours of \(grant.id) do not add up")
        }
    }

    /// Every entry is counted once, over all statements.
    private mutating func checkWorked(_ account: ClientAccount, _ facts: Facts, _ client: ClientID) throws {
        let counted = account.statements.reduce(0) { sum, statement in
            sum + statement.totals.worked.seconds + statement.setAside.reduce(0) { $0 + $1.hours.seconds }
        }
        let voided = Set(facts.timeVoids.map(\.entry))
        let mine = facts.only(client)
        var corrected: [EntryID: TimeEntry] = [:]
        for correction in mine.timeCorrections { corrected[correction.entry.id] = correction.entry }
        let requests = Set(mine.requests.map(\.id))
        let worked = mine.timeEntries.reduce(0) { sum, entry in
            let now = corrected[entry.id] ?? entry
            return voided.contains(entry.id) || !requests.contains(now.request) ? sum : sum + now.worked.seconds
        }
        report.worked += counted
        if worked != counted {
            fault("client \(client): \(Hours(seconds: worked)) were worked and \(Hours(seconds: counted)) are counted")
        }
    }

    /// Rebuilds each closing from the facts that were known when it was recorded, and compares the two byte for byte.
    private mutating func checkClosings(_ connection: any SQLConnection, _ client: ClientID) throws {
        let closings = try connection.all(
            "SELECT seq, last_period, recorded_at, body FROM fact WHERE client = $1 AND shelf = $2 AND kind = 'closing' ORDER BY seq",
            [.text(client.text), .integer(Shelf.closing.rawValue)]
        ) {
            (
                seq: $0.integer(0), period: Period(index: $0.integer(1)), at: Instant(seconds: $0.integer(2)),
                body: $0.text(3)
            )
        }
        let current = try TermsStore(connection).versions()
        let loader = FactLoader(connection, currency: try store.terms(connection).currency)
        try loader.forEachHistory(of: client, before: closings.map(\.seq)) { place, facts in
            let closing = closings[place]
            // A closing is rated under the terms known before it, like everything else.
            let terms = try TermsHistory(current.filter { $0.seq < closing.seq }.map(\.terms))
            let statement = Rater(terms: terms).accounts(of: facts, through: closing.period, causes: false)
                .first { $0.client.id == client }?.statements.last { $0.period == closing.period }
            var rebuilt = Facts()
            if let statement { rebuilt.closings = [Closing(of: statement, recordedAt: closing.at)] }
            if FactPieces.pieces(of: rebuilt).first?.body != closing.body {
                fault(
                    "client \(client), \(closing.period): the closing (fact \(closing.seq)) is not what its facts give")
            }
            report.closings += 1
        }
    }
}
