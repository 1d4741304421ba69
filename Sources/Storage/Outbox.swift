package import Agreements

/// What others are to be told, written with the facts that it tells of and sent once these are on the disk.
package struct Outbox {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// Puts a message in.
    ///
    /// - Parameter body: a JSON object.
    package func add(_ kind: String, client: String, body: String, at now: Instant) throws {
        let id = (try connection.first("SELECT MAX(id) FROM outbox") { $0.integer(0) } ?? 0) + 1
        try connection.run(
            "INSERT INTO outbox (id, at, kind, client, body, hash) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                .integer(id), .integer(now.seconds), .text(kind), .text(client), .text(body),
                .bytes(FactHash.of(row: ["\(id)", "\(now.seconds)", kind, client, body])),
            ])
    }

    /// What is wrong with a message; nil where each is as it was written.
    package func fault() throws -> String? {
        var fault: String?
        try connection.forEachRow("SELECT id, at, kind, client, body, hash FROM outbox ORDER BY id", []) { row in
            let texts = ["\(row.integer(0))", "\(row.integer(1))", row.text(2), row.text(3), row.text(4)]
            if fault == nil, FactHash.of(row: texts) != row.bytes(5) {
                fault = "message \(row.integer(0)) of the outbox is not as it was written"
            }
        }
        return fault
    }
}
