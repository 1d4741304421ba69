package import Database
import Formats
import Foundation
package import Storage
package import Values

/// The endpoints that are told what happens.
package struct Webhooks {
    /// An endpoint, without its secret.
    package struct Endpoint: Hashable, Sendable {
        /// Its id.
        package var id: String
        /// Where messages go.
        package var url: String
        /// What it is told of; all where there is none.
        package var events: Set<DeskEvent>
        /// Who made it.
        package var createdBy: String
        /// When.
        package var createdAt: Instant
        /// Why it is off; nil while it is on.
        package var offReason: String?

        /// What it is told of, in words.
        package var eventsInWords: String {
            events.isEmpty ? "everything" : events.map(\.rawValue).sorted().joined(separator: " ")
        }
    }

    /// A message to one endpoint, as the log has it.
    package struct Line: Hashable, Sendable {
        /// Its number.
        package var id: Int
        /// The message, the same for every endpoint: ``Webhooks/messageID(_:)``.
        package var message: String
        /// What it tells.
        package var event: String
        /// Whom it is about.
        package var client: String
        /// waiting, sent or failed.
        package var state: String
        /// How often it was tried.
        package var attempts: Int
        /// When it was tried last.
        package var triedAt: Instant?
        /// When it is tried next, while it waits.
        package var nextAt: Instant?
        /// What came of the last try.
        package var result: String
    }

    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// What a message is called in its header, the same at every try and for every endpoint.
    package static func messageID(_ message: Outbox.Message) -> String { messageID(message.id, message.mark) }

    private static func messageID(_ number: Int, _ mark: String) -> String { "msg_\(number)_\(mark)" }

    /// All of them, in the order in which they were made.
    package func all() throws -> [Endpoint] { try endpoints("1 = 1", []) }

    /// One of them; nil where none has the id.
    package func endpoint(_ id: String) throws -> Endpoint? { try endpoints("id = $1", [.text(id)]).first }

    /// Its secret, as its receiver needs it.
    package func secret(of id: String) throws -> String? {
        try connection.first("SELECT secret FROM webhook WHERE id = $1", [.text(id)]) { $0.text(0) }
    }

    /// What its messages are signed with now: its secret, and for a while after a change the one before.
    func secrets(of id: String, at now: Instant) throws -> [WebhookSecret] {
        let texts = try connection.first(
            "SELECT secret, old_secret, old_until FROM webhook WHERE id = $1", [.text(id)]
        ) { row in
            let until = Instant(seconds: row.optionalInteger(2) ?? 0)
            let isGood = until > now && until <= now + ChangeWebhookSecret.both + Clocks.skew
            return [row.text(0), isGood ? row.optionalText(1) : nil]
        }
        return (texts ?? []).compactMap { $0.flatMap { WebhookSecret(text: $0) } }
    }

    /// The messages to an endpoint, the latest first.
    ///
    /// - Parameter last: the last one of the page before.
    package func log(of id: String, before last: Int? = nil, limit: Int) throws -> [Line] {
        try connection.all(
            """
            SELECT d.id, d.outbox_id, o.kind, o.client, d.state, d.attempts, d.tried_at, d.next_at, d.result,
                o.hash
            FROM webhook_delivery d JOIN outbox o ON o.id = d.outbox_id
            WHERE d.webhook = $1 AND d.id < $2 ORDER BY d.id DESC LIMIT \(limit)
            """, [.text(id), .integer(last ?? Int(Int32.max))]
        ) { row in
            Line(
                id: row.integer(0),
                message: Webhooks.messageID(row.integer(1), String(Hex.text(row.bytes(9)).prefix(12))),
                event: row.text(2),
                client: row.text(3), state: row.text(4), attempts: row.integer(5),
                triedAt: row.optionalInteger(6).map { Instant(seconds: $0) },
                nextAt: row.text(4) == "waiting" ? Instant(seconds: row.integer(7)) : nil, result: row.text(8))
        }
    }

    private func endpoints(_ condition: String, _ values: [SQLValue]) throws -> [Endpoint] {
        try connection.all(
            """
            SELECT id, url, kinds, created_by, created_at, off_reason FROM webhook
            WHERE \(condition) ORDER BY created_at, id
            """, values
        ) { row in
            Endpoint(
                id: row.text(0), url: row.text(1),
                events: Set(row.text(2).split(separator: " ").compactMap { DeskEvent(rawValue: String($0)) }),
                createdBy: row.text(3), createdAt: Instant(seconds: row.integer(4)), offReason: row.optionalText(5))
        }
    }

    /// Whether any endpoint that is on is told of something.
    func isWanted(_ event: DeskEvent) throws -> Bool { try !wanting(event).isEmpty }

    /// Sets a message of the outbox to be sent to each endpoint that is told of it.
    func fanOut(_ event: DeskEvent, _ outbox: Int, at now: Instant) throws {
        for endpoint in try wanting(event) { try add(outbox, to: endpoint, at: now) }
    }

    /// Sets a message of the outbox to be sent to an endpoint.
    func add(_ outbox: Int, to endpoint: String, at now: Instant) throws {
        let id = (try connection.first("SELECT MAX(id) FROM webhook_delivery") { $0.optionalInteger(0) ?? 0 } ?? 0) + 1
        try connection.run(
            """
            INSERT INTO webhook_delivery (id, outbox_id, webhook, state, attempts, next_at, tried_at, result)
            VALUES ($1, $2, $3, 'waiting', 0, $4, $5, '')
            """, [.integer(id), .integer(outbox), .text(endpoint), .integer(now.seconds), .null])
    }

    private func wanting(_ event: DeskEvent) throws -> [String] {
        guard DeskEvent.offered.contains(event) else { return [] }
        return try connection.all(
            "SELECT id FROM webhook WHERE off_reason IS NULL AND (kinds = '' OR kinds LIKE $1) ORDER BY id",
            [.text("% \(event.rawValue) %")]
        ) { $0.text(0) }
    }
}
