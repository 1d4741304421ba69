import Agreements
import Database
import Formats
import Foundation
import Rating
import Storage
import Values
import Wording

/// Calendars that people subscribe to by a secret address: of a member of staff what comes back to them and is due, of a
/// person at a client what of their company's hours lapses when.
extension SignIn {
    /// Makes the address of somebody's calendar anew; the one before stops working.
    ///
    /// - Returns: its token, which is kept nowhere.
    package func makeFeed(for person: SignedIn) throws -> String {
        let token = newToken()
        try desk.save { connection in
            try connection.run("DELETE FROM feed WHERE owner = $1", [.text(person.actor.id)])
            try connection.run(
                "INSERT INTO feed (owner, token_hash) VALUES ($1, $2)",
                [.text(person.actor.id), .bytes(SignIn.hash(token))])
            try note("feed.make", by: person.actor.id, about: person.actor.id, connection)
        }
        return token
    }

    /// Ends the address of somebody's calendar.
    package func endFeed(of person: SignedIn) throws {
        try desk.save { connection in
            try connection.run("DELETE FROM feed WHERE owner = $1", [.text(person.actor.id)])
            try note("feed.end", by: person.actor.id, about: person.actor.id, connection)
        }
    }

    /// Whether somebody's calendar has an address.
    package func hasFeed(_ person: SignedIn) throws -> Bool {
        try desk.store.read { connection in
            try connection.first("SELECT COUNT(*) FROM feed WHERE owner = $1", [.text(person.actor.id)]) {
                $0.integer(0)
            }
                ?? 0
        } > 0
    }

    /// The calendar behind a token; nil where it is none, or its owner's access has ended.
    ///
    /// - Parameter publicURL: where the site is, for links.
    package func feed(_ token: String, publicURL: String) throws -> String? {
        let found = try desk.store.read { connection -> Actor? in
            let owner = try connection.first(
                "SELECT owner FROM feed WHERE token_hash = $1", [.bytes(SignIn.hash(token))]
            ) { $0.text(0) }
            return try owner.flatMap { try SignIn.actor($0, connection)?.actor }
        }
        guard let actor = found else { return nil }
        return try desk.preview(by: actor) { transaction in
            let events = FeedEvents(transaction, publicURL: publicURL)
            let list = try actor.client.map { try events.ofClient($0) } ?? events.ofPerson(actor.id)
            let host = URLComponents(string: publicURL)?.host ?? "mainstay.invalid"
            return ICalendar(name: actor.client == nil ? "Mainstay" : "Support hours", host: host, events: list)
                .document(at: transaction.now)
        }
    }
}

/// What is in calendars.
struct FeedEvents {
    private let desk: DeskTransaction
    private let publicURL: String

    init(_ desk: DeskTransaction, publicURL: String) {
        self.desk = desk
        self.publicURL = publicURL
    }

    /// So many months are looked ahead.
    private static let months = 3

    /// When plan hours lapse, blocks end and contracts end.
    func ofClient(_ client: ClientID) throws -> [ICalendar.Event] {
        let facts = try desk.standing(of: client)
        let today = try desk.today(of: client, facts)
        let words = Wording(try desk.terms())
        let month = Period(containing: today)
        let statement = try desk.account(of: client, through: month, wanting: month...month)?.statements
            .last { $0.period == month }
        var events: [ICalendar.Event] = []
        for contract in facts.contracts.sorted(by: { $0.id < $1.id }) {
            let end = facts.contractEnds.last { $0.contract == contract.id }.map { Period(containing: $0.on) }
            let name = words.serviceLine(contract.serviceLine)
            for index in 0..<FeedEvents.months {
                let period = month + index
                guard period >= Period(containing: contract.from), end.map({ period <= $0 }) ?? true else { continue }
                let left = statement?.grants.first { $0.id == .allotment(contract.id, period) }
                    .map { "\(($0.opening - $0.drawn).inWords) left so far." }
                events.append(
                    ICalendar.Event(
                        id: "lapse-\(contract.id)-\(period)", when: .day(period.lastDay),
                        title: "\(name): hours of \(period.written) lapse", text: left ?? "", url: "\(publicURL)/portal"
                    ))
            }
            if let end {
                events.append(
                    ICalendar.Event(
                        id: "end-\(contract.id)", when: .day(end.lastDay), title: "\(name): the contract ends",
                        url: "\(publicURL)/portal/plan"))
            }
        }
        for grant in statement?.grants ?? [] {
            guard case .block(let block) = grant.id, let day = grant.lastDay, grant.opening > grant.drawn else {
                continue
            }
            events.append(
                ICalendar.Event(
                    id: "block-\(block)", when: .day(day), title: "Hours bought ahead end",
                    text: "\((grant.opening - grant.drawn).inWords) left so far.", url: "\(publicURL)/portal"))
        }
        return events
    }

    /// When requests of a member of staff come back, and when their first answers are due.
    func ofPerson(_ person: String) throws -> [ICalendar.Event] {
        let rows = try RequestBoard(desk.connection).requests(.init(assignee: person), limit: 200)
        let clocks = try ResponseClock.clocks(of: rows, desk)
        return rows.sorted { $0.id < $1.id }.flatMap { row -> [ICalendar.Event] in
            let url = "\(publicURL)/requests/\(row.id)"
            var events: [ICalendar.Event] = []
            if let day = row.snoozedUntil {
                events.append(
                    ICalendar.Event(
                        id: "back-\(row.id)", when: .day(day), title: "Back: \(row.title)", text: row.id.text, url: url)
                )
            }
            if let clock = clocks[row.id], clock.state == .running || clock.state == .overdue, !clock.isAnswered,
                let due = clock.due
            {
                events.append(
                    ICalendar.Event(
                        id: "answer-\(row.id)", when: .at(due), title: "Answer: \(row.title)", text: row.id.text,
                        url: url))
            }
            return events
        }
    }
}
