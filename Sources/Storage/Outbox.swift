package import Database
import Exchange
import Formats
package import Values

/// What others are to be told, written with the facts that it tells of and sent once these are on the disk.
package struct Outbox {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// Puts a message in.
    ///
    /// - Parameter body: a JSON object.
    /// - Returns: its number.
    package func add(_ kind: String, client: String, body: String, at now: Instant) throws -> Int {
        let id = (try connection.first("SELECT MAX(id) FROM outbox") { $0.optionalInteger(0) ?? 0 } ?? 0) + 1
        try connection.run(
            "INSERT INTO outbox (id, at, kind, client, body, hash) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                .integer(id), .integer(now.seconds), .text(kind), .text(client), .text(body),
                .bytes(FactHash.of(row: ["\(id)", "\(now.seconds)", kind, client, body])),
            ])
        return id
    }

    /// A message.
    package struct Message: Hashable, Sendable {
        /// Its number.
        package var id: Int
        /// When it was written.
        package var at: Instant
        /// What it tells: `request.answered`.
        package var kind: String
        /// Whom it is about.
        package var client: String
        /// Its texts.
        package var texts: [String: String]
        /// What no other message of that number has: a database that is restored gives numbers again.
        package var mark: String
    }

    /// The messages that nobody has taken yet, the earliest first.
    package func waiting(limit: Int) throws -> [Message] {
        try connection.all(
            "SELECT id, at, kind, client, body, hash FROM outbox WHERE delivered_at IS NULL ORDER BY id LIMIT \(limit)",
            [],
            Outbox.message)
    }

    /// A message; nil where there is none of the number.
    package func message(_ id: Int) throws -> Message? {
        try connection.first(
            "SELECT id, at, kind, client, body, hash FROM outbox WHERE id = $1", [.integer(id)], Outbox.message)
    }

    /// Notes that a message was taken.
    package func take(_ id: Int, at now: Instant) throws {
        try connection.run(
            "UPDATE outbox SET delivered_at = $1 WHERE id = $2", [.integer(now.seconds), .integer(id)])
    }

    private static func message(_ row: any SQLRow) throws -> Message {
        try Message(
            id: row.integer(0), at: Instant(seconds: row.integer(1)), kind: row.text(2), client: row.text(3),
            texts: row.texts(4),
            mark: String(Hex.text(row.bytes(5)).prefix(12)))
    }

    /// What is wrong with a message; nil where each is as it was written.
    package func fault() throws -> String? {
        var fault: String?
        let columns: [SQLColumn] = [
            .number("id"), .number("at"), .text("kind"), .text("client"), .text("body"), .bytes("hash"),
        ]
        try connection.forEachRow(of: "outbox", columns, keys: 1) { row in
            let texts = ["\(row.integer(0))", "\(row.integer(1))", row.text(2), row.text(3), row.text(4)]
            if fault == nil, FactHash.of(row: texts) != row.bytes(5) {
                fault = "message \(row.integer(0)) of the outbox is not as it was written"
            }
        }
        return fault
    }
}
