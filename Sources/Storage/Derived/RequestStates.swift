import Database
import Exchange
import Values

/// The table of requests as they stand.
struct RequestStates {
    private let connection: any SQLConnection
    private static let kinds: Set<String> = ["request", "request-move", "request-triage", "message"]

    init(_ connection: any SQLConnection) { self.connection = connection }

    func take(_ facts: [(seq: Int, fact: FactPieces)]) throws {
        var rows: [String: RequestRow] = [:]
        var isNew: Set<String> = []
        for (seq, fact) in facts where RequestStates.kinds.contains(fact.kind) {
            if let row = try RequestRow(fact, seq: seq) {
                rows[row.id.text] = row
                isNew.insert(row.id.text)
                continue
            }
            guard let id = fact.fields["request"], let known = try rows[id] ?? row(id) else { continue }
            var row = known
            try row.take(fact, seq: seq)
            rows[id] = row
        }
        let changed = rows.filter { !isNew.contains($0.key) }.sorted { $0.key < $1.key }
        for (id, _) in changed { try connection.run("DELETE FROM request_state WHERE id = $1", [.text(id)]) }
        guard !rows.isEmpty else { return }
        try connection.runMany(
            """
            INSERT INTO request_state (\(RequestRow.columns), is_over)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """, rows.sorted { $0.key < $1.key }.map(\.value.values))
    }

    func clear() throws { try connection.run("DELETE FROM request_state") }

    private func row(_ id: String) throws -> RequestRow? {
        try connection.first(
            "SELECT \(RequestRow.columns) FROM request_state WHERE id = $1", [.text(id)], RequestRow.init)
    }

    /// The first request that is not as the facts say; nil where all are.
    func fault() throws -> String? {
        var rows: [String: RequestRow] = [:]
        let columns: [SQLColumn] = [
            .number("seq"), .text("kind"), .number("recorded_at"), .text("body"), .text("words"),
        ]
        try connection.forEachRow(of: "fact", columns, keys: 1, atATime: 5000) { stored in
            guard RequestStates.kinds.contains(stored.text(1)) else { return }
            let fact = try stored.fact(kind: 1, recordedAt: 2, body: 3, words: 4)
            if let row = try RequestRow(fact, seq: stored.integer(0)) {
                rows[row.id.text] = row
            } else if let id = fact.fields["request"] {
                try rows[id]?.take(fact, seq: stored.integer(0))
            }
        }
        var fault: String?
        try connection.forEachRow("SELECT \(RequestRow.columns), is_over FROM request_state", []) { stored in
            let row = RequestRow(stored)
            let isRight =
                rows.removeValue(forKey: row.id.text) == row && stored.integer(13) == (row.state.isOver ? 1 : 0)
            if !isRight, fault == nil { fault = "the state of request \(row.id) is not what the facts say" }
        }
        return fault ?? rows.keys.min().map { "the state of request \($0) is missing" }
    }
}
