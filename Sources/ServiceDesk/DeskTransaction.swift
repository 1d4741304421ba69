package import Agreements
package import Database
import Exchange
package import Rating
package import Storage
package import Values
import Wording

/// One operation's transaction: what it reads and what it records.
package final class DeskTransaction {
    /// Who asks.
    package let actor: Actor
    /// The time now, by the clock, whatever was recorded before: what day it is, what people measure, and what is written
    /// as the time of recording. Which of two facts came first their numbers say.
    package let now: Instant
    /// Reads what was recorded.
    package let connection: any SQLConnection

    /// What an account or a webhook is after what was done, for the line of the audit trail.
    private(set) var state: String?

    /// Whom and what it is about, where the operation found that out.
    private(set) var about: (client: String, subject: String)?

    private let store: Store
    private let random: () -> [UInt8]
    private var ledger: Ledger
    private let firstSeq: Int

    init(_ store: Store, _ connection: any SQLConnection, actor: Actor, clock: Instant, random: @escaping () -> [UInt8])
        throws
    {
        self.store = store
        self.connection = connection
        self.actor = actor
        self.random = random
        ledger = try Ledger(connection, store.engine.dialect, actor: actor.id)
        now = clock
        firstSeq = ledger.lastSeq + 1
    }

    /// The numbers of the facts recorded so far.
    var recorded: ClosedRange<Int>? { ledger.lastSeq >= firstSeq ? firstSeq...ledger.lastSeq : nil }

    /// The versions of the terms.
    package func terms() throws -> TermsHistory { try store.terms(connection) }

    /// Reads the facts that rating reads.
    package func facts() throws -> FactLoader { FactLoader(connection, currency: try terms().currency) }

    /// A client's account, as the store has it.
    package func account(
        of client: ClientID, through last: Period, wanting wanted: ClosedRange<Period>, adding extra: Facts = Facts()
    ) throws -> ClientAccount? {
        try store.account(connection, of: client, through: last, wanting: wanted, adding: extra)
    }

    // MARK: Recording

    /// Records facts that rating reads, once they are checked together with what they refer to.
    ///
    /// - Parameter known: what was recorded before that they refer to.
    /// - Throws: `Problems` with everything that is wrong with them.
    package func record(_ facts: Facts, knowing known: Facts, allowsLongEntries: Bool = false) throws {
        let check = FactsCheck(terms: try terms(), now: latest, allowsLongEntries: allowsLongEntries)
        var all = known
        // They will have the next numbers, and so come after all that is known, whatever the clock says.
        all.append(facts.isNumbered ? facts : facts.asked)
        var found = check.problems(in: all)
        if !found.isEmpty {
            // What was wrong before is not this operation's fault: terms may have changed since.
            let before = Set(check.problems(in: known))
            found.removeAll(where: before.contains)
        }
        guard found.isEmpty else { throw Problems(found) }
        try ledger.append(FactPieces.pieces(of: facts), salt: random)
    }

    /// Records facts that were made here, or checked already.
    func recordUnchecked(_ facts: Facts) throws {
        try ledger.append(FactPieces.pieces(of: facts), salt: random)
    }

    /// Records a fact of texts, which rating does not read.
    package func record(_ kind: String, _ texts: [(String, String?)]) throws {
        let texts = texts.compactMap { text in text.1.map { (text.0, $0) } }
        try ledger.append([FactPieces(kind: kind, recordedAt: now, texts: texts)], salt: random)
    }

    /// Has the line of the audit trail say what an account is from now on.
    func note(_ state: AccountState) { self.state = state.text }

    /// Has the line of the audit trail say what a webhook is from now on.
    func note(_ state: WebhookState) { self.state = state.text }

    /// Has the line of the audit trail say whom and what it is about. Where one operation runs another, the last call
    /// counts.
    func note(about client: ClientID, _ subject: String) { about = (client.text, subject) }

    /// A salt for the state of an account.
    func newSalt() -> [UInt8] { random() }

    /// Takes what is searched of somebody away.
    func forget(_ subject: String) throws {
        try Derived(connection, store.engine.dialect).forget(subject: subject)
    }

    /// Puts a message for others into the outbox, and sets it to be sent to the webhooks that want it, once the
    /// transaction is done. What nobody is mailed about and no webhook wants is not written down.
    ///
    /// - Returns: the message's number; 0 where there is none.
    @discardableResult
    package func tell(_ event: DeskEvent, client: String, _ texts: [(String, String)]) throws -> Int {
        // Nobody is mailed about what they did themselves.
        let by = MailKind(of: event.rawValue) == .requests ? [(Telling.by, actor.id)] : []
        return try Telling.tell(event, client: client, texts + by, connection, at: now)
    }

    /// The latest that work can have ended: now, or, where another server's clock is a little ahead, what that has recorded.
    private var latest: Instant {
        guard let last = ledger.lastRecordedAt, last > now, last - now <= Clocks.skew else { return now }
        return last
    }

    /// Takes away the snapshots that what was recorded may have changed, and makes those of closed periods anew.
    func keepSnapshots() throws {
        try ledger.finish(from: firstSeq)
        let touched = ledger.touched
        guard !touched.isEmpty else { return }
        try Snapshots(connection).drop(touched)
        for client in Set(touched.map(\.client)).sorted() where touched.contains(where: { $0.client == client }) {
            guard try closedPeriod(of: client, from: touched) else { continue }
            try store.keepSnapshots(connection, of: ClientID(client))
        }
    }

    /// Whether what was recorded lies in a closed period of a client, or concerns all of them.
    private func closedPeriod(of client: String, from touched: Set<Touch>) throws -> Bool {
        let first =
            try connection.first(
                "SELECT MAX(last_period) FROM fact WHERE client = $1 AND shelf = $2",
                [.text(client), .integer(Shelf.closing.rawValue)]
            ) { $0.optionalInteger(0) } ?? nil
        guard let first else { return false }
        return touched.contains { $0.client == client && ($0.from.map { $0 <= first } ?? true) }
    }

    // MARK: Names

    /// Whether something of a kind was recorded under an id.
    package func exists(_ kind: String, _ id: String) throws -> Bool {
        try connection.first(
            "SELECT COUNT(*) FROM fact WHERE subject = $1 AND kind = $2", [.text(id), .text(kind)]
        ) { $0.integer(0) > 0 } ?? false
    }

    /// The id given, or a new one made of a letter and the number of the fact.
    package func name(_ given: String?, _ kind: String, letter: String) throws -> String {
        if let given {
            guard try !exists(kind, given) else {
                throw Problems([
                    Problem("\(kind) \(given)", "the id is taken", fix: "choose another, or leave it out")
                ])
            }
            return given
        }
        var number = ledger.lastSeq + 1
        while try exists(kind, "\(letter)-\(number)") { number += 1 }
        return "\(letter)-\(number)"
    }

    /// Everything that was recorded about a client of which nothing was yet: nothing; else what stands for them.
    ///
    /// - Throws: a problem where there is no such client, with the nearest that there is.
    package func standing(of client: ClientID) throws -> Facts {
        let facts = try facts().standing(of: client)
        guard facts.clients.contains(where: { $0.id == client }) else { throw try unknown("client", client.text) }
        return facts
    }

    /// A request as it stands, with all that was said about it.
    package func request(_ id: RequestID) throws -> (request: Request, facts: Facts) {
        let facts = try facts().request(id)
        guard let opened = facts.requests.first else { throw try unknown("request", id.text) }
        let moved = facts.requestMoves.last?.request
        return (moved ?? opened, facts)
    }

    /// A problem that says that there is no such thing, and names the nearest.
    package func unknown(_ kind: String, _ id: String) throws -> Problems {
        let known = try connection.all(
            "SELECT subject FROM fact WHERE kind = $1 ORDER BY seq DESC LIMIT 1000", [.text(kind)]
        ) { $0.text(0) }
        return Problems([
            Problem("\(kind) \(id)", "there is no such \(kind)", fix: suggestion(for: id, among: known))
        ])
    }
}

extension DeskTransaction {
    /// The client that a project, contract or block belongs to.
    package func client(of kind: String, _ id: String) throws -> ClientID {
        let client = try connection.first(
            "SELECT MAX(client) FROM fact WHERE subject = $1 AND kind = $2", [.text(id), .text(kind)]
        ) { $0.optionalText(0) }
        guard let client = client ?? nil else { throw try unknown(kind, id) }
        return ClientID(client)
    }

    /// An entry as it stands, with all that was said about it and its request.
    package func entry(_ id: EntryID) throws -> (facts: Facts, entry: TimeEntry) {
        let facts = try self.facts().entry(id)
        guard let logged = facts.timeEntries.first else { throw try unknown("time", id.text) }
        guard facts.timeVoids.isEmpty else {
            throw Problems([Problem("time entry \(id)", "it was withdrawn", fix: "log the time anew")])
        }
        return (facts, facts.timeCorrections.last?.entry ?? logged)
    }

    /// A request as it stands, with all that a check of something about it needs.
    package func work(on id: RequestID) throws -> (request: Request, facts: Facts) {
        let (request, said) = try request(id)
        var facts = try standing(of: request.client)
        facts.append(said)
        return (request, facts)
    }

    /// An entry as it stands and its request, with all that a check of something about it needs.
    package func work(of id: EntryID) throws -> (entry: TimeEntry, request: Request, facts: Facts) {
        let (said, entry) = try entry(id)
        let (request, _) = try request(entry.request)
        var facts = try standing(of: request.client)
        facts.append(said)
        return (entry, request, facts)
    }

    /// The date where a client is.
    package func today(of client: ClientID, _ facts: Facts) throws -> CivilDate {
        zones(of: client, facts).date(of: now)
    }

    /// The terms that hold today where a client is: what they may be offered.
    package func offered(to client: ClientID) throws -> Terms {
        try terms().offered(on: today(of: client, standing(of: client)))
    }

    /// A client's zones through time.
    package func zones(of client: ClientID, _ facts: Facts) -> ZoneTimeline {
        ZoneTimeline(
            first: facts.clients.first { $0.id == client }?.zone ?? .utc,
            changes: facts.zoneChanges.filter { $0.client == client })
    }

    /// Throws where somebody without the right acts for another person.
    package func mayActFor(_ person: String?) throws {
        guard let person, person != actor.id, !actor.may(.manager) else { return }
        throw Refusal.notAllowed("this is the time of \(person): only they or a manager may do this")
    }

    /// What somebody who logs time should know: that its month is closed.
    package func remarks(on when: TimeEntry.When, of client: ClientID, _ facts: Facts) throws -> [String] {
        let period: Period
        switch when {
        case .dated(let date, _): period = Period(containing: date)
        case .clocked(let start, _): period = zones(of: client, facts).period(containing: start)
        }
        let closed = try StandingClosings(connection, of: client)
        guard let last = closed.last?.period, closed.byPeriod[period] != nil else { return [] }
        return ["\(period) is closed: what this changes goes on the statement of \(last.next)"]
    }
}
