import Database
import Exchange
import Formats
import Storage
import Values

/// The tables that a backup has beside the facts.
enum BackupTables {
    /// The tables beside the facts, with their columns, of which the first are the key. Snapshots are a cache: they are made anew.
    static let all: [(name: String, keys: Int, columns: [SQLColumn])] = [
        (
            "audit", 1,
            [
                .number("id"), .number("at"), .text("actor"), .text("operation"), .text("client"), .text("subject"),
                .number("first_seq"), .number("last_seq"), .bytes("hash"), .text("state"),
            ]
        ),
        (
            "outbox", 1,
            [
                .number("id"), .number("at"), .text("kind"), .text("client"), .text("body"), .bytes("hash"),
                .number("delivered_at"),
            ]
        ),
        (
            "idempotency", 2,
            [
                .text("actor"), .text("key"), .text("operation"), .bytes("digest"), .text("answer"), .number("at"),
                .bytes("hash"),
            ]
        ),
        (
            "account", 1,
            [
                .text("user_id"), .text("email"), .text("password"), .bytes("totp_secret"), .number("totp_step"),
                .number("single_keys"), .bytes("salt"),
            ]
        ),
        ("content", 1, [.bytes("sha256"), .bytes("body")]),
        (
            "api_token", 1,
            [
                .bytes("token_hash"), .text("id"), .text("owner"), .text("name"), .text("scopes"),
                .number("created_at"), .number("expires_at"), .number("used_at"),
            ]
        ),
        ("feed", 1, [.text("owner"), .bytes("token_hash")]),
        ("address_change", 1, [.number("id"), .text("person"), .text("email"), .text("old"), .number("expires_at")]),
        ("hours_alert", 4, [.text("client"), .text("service_line"), .number("period"), .number("mark")]),
        (
            "delivery", 1,
            [
                .number("id"), .number("outbox_id"), .text("person"), .text("state"), .number("attempts"),
                .number("next_at"), .text("result"), .text("token"),
            ]
        ),
        (
            "mail_in", 1,
            [
                .number("id"), .number("at"), .text("person"), .text("outcome"), .text("request"), .text("reason"),
            ]
        ),
        (
            "mail_waiting", 1,
            [.number("id"), .number("at"), .text("sender"), .text("reason"), .text("body")]
        ),
        (
            "webhook", 1,
            [
                .text("id"), .text("url"), .text("kinds"), .text("secret"), .text("old_secret"),
                .number("old_until"), .text("created_by"), .number("created_at"), .text("off_reason"),
            ]
        ),
        (
            "webhook_delivery", 1,
            [
                .number("id"), .number("outbox_id"), .text("webhook"), .text("state"), .number("attempts"),
                .number("next_at"), .number("tried_at"), .text("result"),
            ]
        ),
    ]

    /// Whether a row goes into a backup. Of changes of addresses those do that an old address is yet to be told; what waits to
    /// be proved is a link, and links are in none: whoever changed a backup could have one sent to themselves.
    static func isKept(_ table: String, _ row: any SQLRow) -> Bool { table != "address_change" || !row.isNull(3) }

    /// The line of a row.
    static func line(_ table: String, _ columns: [SQLColumn], _ row: any SQLRow) -> String {
        var texts = [("table", table)]
        for (place, column) in columns.enumerated() where !row.isNull(place) {
            switch column {
            case .number(let name): texts.append((name, String(row.integer(place))))
            case .text(let name): texts.append((name, row.text(place)))
            case .bytes(let name): texts.append((name, Hex.text(row.bytes(place))))
            }
        }
        return FactPieces.object(texts)
    }

    /// Far beyond every number of a row, and every second until the year 36,000.
    private static let mostNumber = 1 << 40

    /// Puts the row of a line into its table.
    ///
    /// - Throws: `Problems` where there is no such table.
    static func insert(_ texts: [String: String], _ name: String, _ connection: any SQLConnection) throws {
        guard let table = all.first(where: { $0.name == name }) else {
            throw Problems([Problem("backup", "there is no table \"\(name)\"", fix: "use a newer mainstay")])
        }
        let values = try table.columns.map { column -> SQLValue in
            guard let text = texts[column.name] else { return .null }
            switch column {
            case .number:
                // So far no sum or product of what is read later can overflow.
                guard let number = Int(text), (-mostNumber...mostNumber).contains(number) else {
                    throw Problems([
                        Problem(
                            "backup", "\(name): \(column.name) is no number that mainstay writes",
                            fix: "use another backup: this one was changed")
                    ])
                }
                return .integer(number)
            case .text: return .text(text)
            case .bytes: return Hex.bytes(text).map { .bytes($0) } ?? .null
            }
        }
        let columns = table.columns.map(\.name).joined(separator: ", ")
        let places = table.columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        try connection.run("INSERT INTO \(name) (\(columns)) VALUES (\(places))", values)
    }
}
