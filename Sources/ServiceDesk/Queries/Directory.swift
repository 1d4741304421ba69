package import Agreements
import Exchange
package import Rating
package import Storage

/// Lists of what is there.
package struct Directory {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// The clients' ids, sorted.
    package func clientIDs() throws -> [ClientID] {
        try connection.all("SELECT subject FROM fact WHERE kind = 'client' ORDER BY subject") { ClientID($0.text(0)) }
            .sorted()
    }

    /// A line of the audit trail.
    package struct AuditLine: Hashable, Sendable {
        /// Its number.
        package var id: Int
        /// When.
        package var at: Instant
        /// Who.
        package var actor: String
        /// What they did: `time.log`.
        package var operation: String
        /// Whom it was about.
        package var client: String
        /// What it was about.
        package var subject: String
        /// The numbers of the facts recorded.
        package var facts: ClosedRange<Int>?
    }

    /// The audit trail, the latest first.
    package func audit(client: String? = nil, limit: Int) throws -> [AuditLine] {
        try connection.all(
            """
            SELECT id, at, actor, operation, client, subject, first_seq, last_seq FROM audit
            \(client == nil ? "" : "WHERE client = $1 ")ORDER BY id DESC LIMIT \(limit)
            """, client.map { [.text($0)] } ?? []
        ) { row in
            var facts: ClosedRange<Int>?
            if let first = row.optionalInteger(6), let last = row.optionalInteger(7) { facts = first...last }
            return AuditLine(
                id: row.integer(0), at: Instant(seconds: row.integer(1)), actor: row.text(2), operation: row.text(3),
                client: row.text(4), subject: row.text(5), facts: facts)
        }
    }

    /// A message of a request's conversation.
    package struct Message: Hashable, Sendable {
        /// Its id.
        package var id: String
        /// Who wrote it.
        package var from: String
        /// When.
        package var at: Instant
        /// Whether only staff may read it.
        package var isInternal: Bool
        /// What it says.
        package var text: String
    }

    /// A request's conversation, the earliest first.
    package func messages(of request: RequestID) throws -> [Message] {
        try connection.all(
            "SELECT recorded_at, body, words FROM fact WHERE parent = $1 AND kind = 'message' ORDER BY seq",
            [.text(request.text)]
        ) { row in
            let texts = FactPieces.texts(body: row.text(1), words: row.optionalText(2))
            return Message(
                id: texts["id"] ?? "", from: texts["from"] ?? "", at: Instant(seconds: row.integer(0)),
                isInternal: texts["for"] == "staff", text: texts["text"] ?? FactPieces.erased)
        }
    }
}
