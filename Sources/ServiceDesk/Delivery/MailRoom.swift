package import Database
import Foundation
import Storage
package import Values

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
        /// Mails that their readers may not get any more, or do without.
        package var notSent = 0
    }

    /// What became of a mail.
    private enum Outcome {
        case sent
        /// It went with another.
        case joined
        case failed(String)
        case notSent(String)
    }

    /// The waits after each failed try, in seconds; after the last it is given up.
    static let waits = [60, 300, 1800, 7200, 28_800, 86_400]
    /// What is put off for longer was put off by a clock that was wrong.
    private static let longestWait = Hours(24) + Clocks.skew
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
            let batch = try desk.store.write { try claim($0) }
            guard !batch.isEmpty else { continue }
            let outcomes = try attempt(batch)
            try desk.store.write { connection in
                for (delivery, outcome) in outcomes { try note(outcome, delivery, connection) }
            }
            // What goes together is one mail.
            switch outcomes.last(where: { if case .notSent = $0.1 { false } else { true } })?.1 {
            case .sent, .joined: round.sent += 1
            case .failed: round.failed += 1
            case .notSent, nil: break
            }
            round.notSent += outcomes.count { if case .notSent = $0.1 { true } else { false } }
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

    /// A mail to try, and what it is about.
    private typealias Item = (delivery: Delivery, message: Outbox.Message)

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
            WHERE state = 'waiting' AND (next_at <= $1 OR next_at > $2) ORDER BY id LIMIT 1
            """, [.integer(desk.now.seconds), .integer((desk.now + MailRoom.longestWait).seconds)]
        ) { row in
            (
                Delivery(
                    id: row.integer(0), person: row.text(2), attempts: row.integer(3),
                    token: row.optionalText(4) ?? ""), row.integer(1)
            )
        }
    }

    /// Takes the mail that is due; where it is about requests with all of its kind for its person, which go with it. None
    /// where it is to wait for more of them.
    private func claim(_ connection: any SQLConnection) throws -> [Item] {
        let now = desk.now.seconds
        let outbox = Outbox(connection)
        guard let (delivery, number) = try due(connection) else { return [] }
        guard let message = try outbox.message(number) else {
            try note(.notSent("what it was about is not there any more"), delivery, connection)
            return []
        }
        guard MailKind(of: message.kind) == .requests else {
            // Whoever closes and opens months all day fills nobody's mailbox: what is too much waits.
            if MailKind(of: message.kind) != nil, try isTooMuch(delivery.person, message, connection) {
                try put([delivery.id], off: now + 2 * MailRoom.pauseSeconds, connection)
                return []
            }
            try put([delivery.id], off: now + MailRoom.lease, connection)
            return [(delivery, message)]
        }
        let all = try together(delivery.person, message.kind, connection)
        if let later = try pause(delivery.person, message, connection) {
            try put(all.map(\.delivery.id), off: later, connection)
            return []
        }
        try put(all.map(\.delivery.id), off: now + MailRoom.lease, connection)
        return try all.compactMap { item in try outbox.message(item.outbox).map { (item.delivery, $0) } }
    }

    private func put(_ deliveries: [Int], off later: Int, _ connection: any SQLConnection) throws {
        for id in deliveries {
            try connection.run("UPDATE delivery SET next_at = $1 WHERE id = $2", [.integer(later), .integer(id)])
        }
    }

    /// The mails of a kind that are due for a person, the earliest first.
    private func together(_ person: String, _ kind: String, _ connection: any SQLConnection) throws
        -> [(delivery: Delivery, outbox: Int)]
    {
        try connection.all(
            """
            SELECT d.id, d.outbox_id, d.person, d.attempts, d.token FROM delivery d JOIN outbox o ON o.id = d.outbox_id
            WHERE d.state = 'waiting' AND d.next_at <= $1 AND d.person = $2 AND o.kind = $3 ORDER BY d.id LIMIT 1000
            """, [.integer(desk.now.seconds), .text(person), .text(kind)]
        ) { row in
            (
                Delivery(
                    id: row.integer(0), person: row.text(2), attempts: row.integer(3),
                    token: row.optionalText(4) ?? ""), row.integer(1)
            )
        }
    }

    /// Until when mail about requests waits: a few minutes after the last of its kind to its person, and longer where a
    /// person or a company had many within an hour. Nil where it need not.
    private func pause(_ person: String, _ message: Outbox.Message, _ connection: any SQLConnection) throws -> Int? {
        let now = desk.now.seconds
        func sent(_ condition: String, _ values: [SQLValue], since: Int) throws -> (count: Int, last: Int?) {
            try connection.first(
                """
                SELECT COUNT(*), MAX(d.next_at) FROM delivery d JOIN outbox o ON o.id = d.outbox_id
                WHERE d.state = 'sent' AND d.next_at > $1 AND o.kind LIKE 'request.%' AND \(condition)
                """, [.integer(since)] + values
            ) { ($0.integer(0), $0.optionalInteger(1)) } ?? (0, nil)
        }
        if let last = try sent(
            "d.person = $2 AND o.kind = $3", [.text(person), .text(message.kind)], since: now - MailRoom.pauseSeconds
        ).last {
            return last + MailRoom.pauseSeconds
        }
        let isMuch =
            try sent("d.person = $2", [.text(person)], since: now - 3600).count >= MailRoom.most.toPerson
            || sent("o.client = $2", [.text(message.client)], since: now - 3600).count >= MailRoom.most.aboutCompany
        return isMuch ? now + 2 * MailRoom.pauseSeconds : nil
    }

    /// Whether a person, or a company, had so many mails about hours and statements within an hour that more wait.
    private func isTooMuch(_ person: String, _ message: Outbox.Message, _ connection: any SQLConnection) throws -> Bool
    {
        func sent(_ condition: String, _ value: String) throws -> Int {
            try connection.first(
                """
                SELECT COUNT(*) FROM delivery d JOIN outbox o ON o.id = d.outbox_id
                WHERE d.state = 'sent' AND d.next_at > $1 AND o.kind IN ('hours.alert', 'period.closed') AND \(condition)
                """, [.integer(desk.now.seconds - 3600), .text(value)]
            ) { $0.integer(0) } ?? 0
        }
        return try sent("d.person = $2", person) >= MailRoom.most.toPerson
            || sent("o.client = $2", message.client) >= MailRoom.most.aboutCompany
    }

    /// So long after a mail about requests the next of its kind goes to the same person, with all that came meanwhile.
    static let pauseSeconds = 300
    /// The most mails about requests within an hour: to a person, and about a company. What is more waits, and goes together.
    /// As many may be about hours and statements.
    static let most = (toPerson: 30, aboutCompany: 200)

    /// Hands over a mail, or several as one, and says what became of each.
    private func attempt(_ batch: [Item]) throws -> [(Delivery, Outcome)] {
        guard let (delivery, message) = batch.last else { return [] }
        if let purpose = Letters.purpose(message) {
            return [(delivery, try attempt(delivery, message, link: purpose))]
        }
        if message.kind == DeskEvent.addressAsked.rawValue { return [(delivery, try attemptProof(delivery, message))] }
        let (made, left) = try desk.store.read {
            connection -> ([(Item, Letters.Reader, Letter)], [(Delivery, Outcome)]) in
            let letters = Letters(connection, desk: desk, publicURL: publicURL)
            var made: [(Item, Letters.Reader, Letter)] = []
            var left: [(Delivery, Outcome)] = []
            for item in batch {
                // Who is gone, or does without, is not told any more.
                if let reader = try letters.reader(item.delivery.person, of: item.message) {
                    if let letter = try letters.letter(of: item.message, to: reader) {
                        made.append((item, reader, letter))
                    } else {
                        left.append((item.delivery, .notSent("there is nothing left to tell them")))
                    }
                } else {
                    let why = try letters.whyNot(item.delivery.person, of: item.message)
                    left.append((item.delivery, .notSent(why)))
                }
            }
            return (made, left)
        }
        guard let (last, reader, _) = made.last,
            var letter = Digest.letter(made.map(\.2), kind: message.kind, to: reader, publicURL: publicURL)
        else { return left }
        if mail.replyTo != nil, letter.thread != nil {
            letter.answer =
                reader.isStaff
                ? "Answer this mail, and the client reads your answer."
                : "Answer this mail, and it goes on the request."
        }
        let outcome = hand(letter, to: reader, last.delivery, last.message)
        return left
            + made.map { item, _, _ in
                if case .sent = outcome, item.delivery != last.delivery { return (item.delivery, .joined) }
                return (item.delivery, outcome)
            }
    }

    /// Hands over a mail with a one-time link, which is made for it: nobody else ever had it.
    private func attempt(_ delivery: Delivery, _ message: Outbox.Message, link purpose: Accounts.LinkPurpose) throws
        -> Outcome
    {
        let token = desk.secretWord(bytes: 32)
        let made = try desk.store.write { connection -> (Letters.Reader, Letter)? in
            let letters = Letters(connection, desk: desk, publicURL: publicURL)
            guard let reader = try letters.reader(delivery.person, of: message) else { return nil }
            try Accounts(connection).addAnotherLink(
                SignIn.hash(token), for: reader.person, purpose, at: desk.now, byMail: true)
            return (reader, letters.link(purpose, to: reader, token: token))
        }
        guard let (reader, letter) = made else { return .notSent(try whyNot(delivery, message)) }
        return hand(letter, to: reader, delivery, message)
    }

    /// Asks a new address whether its owner wants it, by a link that is made for this mail.
    private func attemptProof(_ delivery: Delivery, _ message: Outbox.Message) throws -> Outcome {
        let token = desk.secretWord(bytes: 32)
        let made = try desk.store.write { connection -> (Letters.Reader, Letter)? in
            let letters = Letters(connection, desk: desk, publicURL: publicURL)
            guard let reader = try letters.reader(delivery.person, of: message),
                let change = Int(message.texts["change"] ?? "")
            else { return nil }
            try AddressChanges(connection).setToken(SignIn.hash(token), of: change)
            return (reader, letters.proof(token: token))
        }
        guard let (reader, letter) = made else { return .notSent(try whyNot(delivery, message)) }
        return hand(letter, to: reader, delivery, message)
    }

    private func whyNot(_ delivery: Delivery, _ message: Outbox.Message) throws -> String {
        try desk.store.read {
            try Letters($0, desk: desk, publicURL: publicURL).whyNot(delivery.person, of: message)
        }
    }

    private func hand(_ letter: Letter, to reader: Letters.Reader, _ delivery: Delivery, _ message: Outbox.Message)
        -> Outcome
    {
        // What is about several requests is no proof of having read one: an answer to it must not go to the last one's client.
        let token = letter.isAboutSeveral ? "" : delivery.token
        let id = MailIDs.mail(message: message.id, delivery: delivery.id, token: token, host: host)
        let failure = mail.deliver(
            letter.message(
                id: id, to: reader.email, from: mail.sender, called: mail.name,
                replyTo: letter.isAboutSeveral ? nil : mail.replyTo, host: host,
                date: Date(timeIntervalSince1970: Double(desk.now.seconds))), to: reader.email)
        return failure.map { .failed($0) } ?? .sent
    }

    /// Notes what became of a mail, or of one that went with others.
    private func note(_ outcome: Outcome, _ delivery: Delivery, _ connection: any SQLConnection) throws {
        let wait = MailRoom.waits.indices.contains(delivery.attempts) ? MailRoom.waits[delivery.attempts] : nil
        let (state, result): (String, String) =
            switch outcome {
            case .sent: ("sent", "")
            case .joined: ("joined", "")
            case .notSent(let why): ("not sent", why)
            case .failed(let why): (wait == nil ? "failed" : "waiting", why)
            }
        // Of what was sent it is when that was, by which later mails wait.
        let next = desk.now.seconds + (state == "waiting" ? wait ?? 0 : 0)
        try connection.run(
            "UPDATE delivery SET state = $1, attempts = $2, next_at = $3, result = $4 WHERE id = $5",
            [
                .text(state), .integer(delivery.attempts + 1), .integer(next),
                .text(result.cut(toBytes: 200)), .integer(delivery.id),
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
