package import Agreements
import Exchange
import Foundation
package import Storage

/// Sends what is in the outbox by mail: finds who is to be told, tries until it is out or too late, and keeps a log.
///
/// Several servers on one database share the work: each mail is claimed before it is tried. A mail whose server dies
/// between handing it over and noting that is sent again.
package struct MailRoom: Sendable {
    private let desk: ServiceDesk
    private let mail: MailCommand
    private let publicURL: String
    private let host: String

    /// - Parameter publicURL: where the site is, for links and message ids.
    package init(desk: ServiceDesk, mail: MailCommand, publicURL: String) {
        self.desk = desk
        self.mail = mail
        self.publicURL = publicURL
        host = URLComponents(string: publicURL)?.host ?? "mainstay.invalid"
    }

    /// What a round did.
    package struct Round: Hashable, Sendable {
        package var sent = 0
        package var failed = 0
    }

    /// The waits after each failed try, in seconds; after the last it is given up.
    static let waits = [60, 300, 1800, 7200, 28_800, 86_400]
    /// What is older when mail is first looked at is news no more.
    private static let newsLasts = Hours(3 * 24)
    /// How long a claimed mail is left to who claimed it.
    private static let lease = 300

    /// Finds readers of new messages, and tries what is due.
    ///
    /// Writes only where there is something to write: nobody waits for a round that finds nothing.
    package func round() throws -> Round {
        while try !desk.store.read({ try Outbox($0).waiting(limit: 1) }).isEmpty {
            try desk.store.write { try takeMessages($0) }
        }
        var round = Round()
        while try desk.store.read({ try due($0) }) != nil {
            guard let (delivery, message) = try desk.store.write({ try claim($0) }) else { break }
            let result = try attempt(delivery, message)
            try desk.store.write { try note(result, delivery, $0) }
            if result == nil { round.sent += 1 } else { round.failed += 1 }
        }
        return round
    }

    // MARK: From messages to mails

    private func takeMessages(_ connection: any SQLConnection) throws {
        let letters = Letters(connection, desk: desk, publicURL: publicURL)
        let outbox = Outbox(connection)
        for message in try outbox.waiting(limit: 200) {
            if desk.now - message.at < MailRoom.newsLasts {
                for reader in try letters.readers(of: message) {
                    let id =
                        (try connection.first("SELECT MAX(id) FROM delivery") { $0.optionalInteger(0) ?? 0 } ?? 0) + 1
                    try connection.run(
                        """
                        INSERT INTO delivery (id, outbox_id, person, state, attempts, next_at, result, token)
                        VALUES ($1, $2, $3, 'waiting', 0, $4, '', $5)
                        """,
                        [
                            .integer(id), .integer(message.id), .text(reader.person), .integer(desk.now.seconds),
                            .text(desk.secretWord(bytes: MailIDs.tokenBytes)),
                        ])
                }
            }
            try outbox.take(message.id, at: desk.now)
        }
    }

    /// A mail to try.
    struct Delivery: Hashable {
        var id: Int
        var person: String
        var attempts: Int
        var token: String
    }

    /// The mail to try next, and its message's number; nil where none is due.
    private func due(_ connection: any SQLConnection) throws -> (delivery: Delivery, outbox: Int)? {
        try connection.first(
            """
            SELECT id, outbox_id, person, attempts, token FROM delivery
            WHERE state = 'waiting' AND next_at <= $1 ORDER BY id LIMIT 1
            """, [.integer(desk.now.seconds)]
        ) { row in
            (
                Delivery(
                    id: row.integer(0), person: row.text(2), attempts: row.integer(3),
                    token: row.optionalText(4) ?? ""), row.integer(1)
            )
        }
    }

    private func claim(_ connection: any SQLConnection) throws -> (Delivery, Outbox.Message)? {
        let now = desk.now.seconds
        guard let (delivery, outbox) = try due(connection), let message = try Outbox(connection).message(outbox) else {
            return nil
        }
        try connection.run(
            "UPDATE delivery SET next_at = $1 WHERE id = $2", [.integer(now + MailRoom.lease), .integer(delivery.id)])
        return (delivery, message)
    }

    /// Hands a mail over; what went wrong, or nil.
    private func attempt(_ delivery: Delivery, _ message: Outbox.Message) throws -> String? {
        if let purpose = Letters.purpose(message) { return try attempt(delivery, message, link: purpose) }
        let made = try desk.store.read { connection -> (Letters.Reader, Letter)? in
            let letters = Letters(connection, desk: desk, publicURL: publicURL)
            guard let reader = try letters.reader(delivery.person, of: message),
                let letter = try letters.letter(of: message, to: reader)
            else { return nil }
            return (reader, letter)
        }
        // Who is gone, or does without, is not told any more.
        guard let (reader, written) = made else { return nil }
        var letter = written
        if mail.replyTo != nil, letter.thread != nil {
            letter.answer =
                reader.isStaff
                ? "Answer this mail, and the client reads your answer."
                : "Answer this mail, and it goes on the request."
        }
        return hand(letter, to: reader, delivery, message)
    }

    /// Hands over a mail with a one-time link, which is made for it: nobody else ever had it.
    private func attempt(_ delivery: Delivery, _ message: Outbox.Message, link purpose: Accounts.LinkPurpose) throws
        -> String?
    {
        let token = desk.secretWord(bytes: 32)
        let made = try desk.store.write { connection -> (Letters.Reader, Letter)? in
            let letters = Letters(connection, desk: desk, publicURL: publicURL)
            guard let reader = try letters.reader(delivery.person, of: message) else { return nil }
            try Accounts(connection).addAnotherLink(SignIn.hash(token), for: reader.person, purpose, at: desk.now)
            return (reader, letters.link(purpose, to: reader, token: token))
        }
        return made.flatMap { hand($1, to: $0, delivery, message) }
    }

    private func hand(_ letter: Letter, to reader: Letters.Reader, _ delivery: Delivery, _ message: Outbox.Message)
        -> String?
    {
        let id = MailIDs.mail(message: message.id, delivery: delivery.id, token: delivery.token, host: host)
        return mail.deliver(
            letter.message(
                id: id, to: reader.email, from: mail.sender, called: mail.name, replyTo: mail.replyTo, host: host,
                date: Date(timeIntervalSince1970: Double(desk.now.seconds))), to: reader.email)
    }

    private func note(_ failure: String?, _ delivery: Delivery, _ connection: any SQLConnection) throws {
        let wait = MailRoom.waits.indices.contains(delivery.attempts) ? MailRoom.waits[delivery.attempts] : nil
        let state = failure == nil ? "sent" : wait == nil ? "failed" : "waiting"
        try connection.run(
            "UPDATE delivery SET state = $1, attempts = $2, next_at = $3, result = $4 WHERE id = $5",
            [
                .text(state), .integer(delivery.attempts + 1), .integer(desk.now.seconds + (wait ?? 0)),
                .text(String((failure ?? "").prefix(200))), .integer(delivery.id),
            ])
    }

    // MARK: The log

    /// A mail as the log has it.
    package struct Line: Hashable, Sendable {
        package var id: Int
        package var kind: String
        package var client: String
        package var person: String
        package var state: String
        package var attempts: Int
        package var result: String
    }

    /// The mails, the latest first.
    package static func log(_ connection: any SQLConnection, limit: Int) throws -> [Line] {
        try connection.all(
            """
            SELECT d.id, o.kind, o.client, d.person, d.state, d.attempts, d.result
            FROM delivery d JOIN outbox o ON o.id = d.outbox_id ORDER BY d.id DESC LIMIT \(limit)
            """
        ) { row in
            Line(
                id: row.integer(0), kind: row.text(1), client: row.text(2), person: row.text(3), state: row.text(4),
                attempts: row.integer(5), result: row.text(6))
        }
    }

    /// Sets a mail to be sent again; false where there is none.
    package static func replay(_ id: Int, _ connection: any SQLConnection, at now: Instant) throws -> Bool {
        try connection.run(
            "UPDATE delivery SET state = 'waiting', attempts = 0, next_at = $1 WHERE id = $2",
            [.integer(now.seconds), .integer(id)]) == 1
    }
}
