package import Database
package import Values

/// A line of the audit trail: who did what, and which facts it recorded.
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
    /// What an account or a webhook is after it, as digests; nil where it changed none.
    package var state: String?

    package init(
        id: Int, at: Instant, actor: String, operation: String, client: String, subject: String,
        facts: ClosedRange<Int>?, state: String? = nil
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.operation = operation
        self.client = client
        self.subject = subject
        self.facts = facts
        self.state = state
    }
}

/// Which lines of the audit trail somebody wants.
package struct AuditFilter: Hashable, Sendable {
    /// Who did it.
    package var actor: String?
    /// What was done: `time.log`, or `time` for all that begins so.
    package var operation: String?
    /// Whom it was about.
    package var client: String?
    /// What it was about.
    package var subject: String?
    /// Not before.
    package var from: Instant?
    /// Before.
    package var to: Instant?

    package init(
        actor: String? = nil, operation: String? = nil, client: String? = nil, subject: String? = nil,
        from: Instant? = nil, to: Instant? = nil
    ) {
        self.actor = actor
        self.operation = operation
        self.client = client
        self.subject = subject
        self.from = from
        self.to = to
    }
}

/// Who did what. Each line is chained to the one before, as facts are.
package struct AuditTrail {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// Appends a line; its number is set here.
    package func append(_ line: AuditLine) throws {
        let last = try connection.first("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1") {
            (id: $0.integer(0), hash: $0.bytes(1))
        }
        var line = line
        line.id = (last?.id ?? 0) + 1
        try connection.run(
            """
            INSERT INTO audit (id, at, actor, operation, client, subject, first_seq, last_seq, hash, state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .integer(line.id), .integer(line.at.seconds), .text(line.actor), .text(line.operation),
                .text(line.client), .text(line.subject), .optional(line.facts?.lowerBound),
                .optional(line.facts?.upperBound),
                .bytes(FactHash.of(previous: last?.hash ?? FactHash.beginning, audit: line)),
                .optional(line.state),
            ])
    }

    /// The lines, the latest first.
    package func latest(limit: Int) throws -> [AuditLine] { try lines(matching: AuditFilter(), limit: limit) }

    /// The lines that a filter lets through, the latest first.
    ///
    /// - Parameter before: only lines of smaller numbers: the last of the page before.
    package func lines(matching filter: AuditFilter, before: Int? = nil, limit: Int) throws -> [AuditLine] {
        var conditions = ["id > 0"]
        var values: [SQLValue] = []
        func add(_ condition: String, _ value: SQLValue) {
            values.append(value)
            conditions.append(condition.replacing("?", with: "$\(values.count)"))
        }
        func joinLast(_ count: Int) {
            let joined = conditions.suffix(count).joined(separator: " ")
            conditions.removeLast(count)
            conditions.append(joined)
        }
        if let before { add("id < ?", .integer(before)) }
        if let actor = filter.actor { add("actor = ?", .text(actor)) }
        if let client = filter.client {
            // Older lines name no client, nor do imports for several: for these the facts that they recorded say it.
            add("(client = ?", .text(client))
            add(
                "OR EXISTS (SELECT 1 FROM fact f WHERE f.seq BETWEEN first_seq AND last_seq AND (f.client = ?",
                .text(client))
            add("OR f.parent = ?)))", .text(Placement.movedFrom(client)))
            joinLast(3)
        }
        if let subject = filter.subject { add("subject = ?", .text(subject)) }
        if let from = filter.from { add("at >= ?", .integer(from.seconds)) }
        if let to = filter.to { add("at < ?", .integer(to.seconds)) }
        if let operation = filter.operation {
            // "time" stands for all that begins with "time.".
            add("(operation = ?", .text(operation))
            add("OR (operation >= ?", .text(operation + "."))
            add("AND operation < ?))", .text(operation + "/"))
            joinLast(3)
        }
        return try connection.all(
            "SELECT \(AuditTrail.columns) FROM audit WHERE \(conditions.joined(separator: " AND ")) ORDER BY id DESC LIMIT \(limit)",
            values, AuditTrail.line)
    }

    /// The number and the hash of the last line; nil before the first.
    package func head() throws -> (id: Int, hash: [UInt8])? {
        try connection.first("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1") { ($0.integer(0), $0.bytes(1)) }
    }

    /// What is wrong with the trail; nil where every line is as it was written.
    ///
    /// - Parameter body: given each line that is, with its hash, from the first to the last.
    package func fault(_ body: (AuditLine, [UInt8]) throws -> Void = { _, _ in }) throws -> String? {
        var hash = FactHash.beginning
        var count = 0
        var fault: String?
        // In parts, so that a trail of any length takes little memory.
        while fault == nil {
            let before = count
            try connection.forEachRow(
                """
                SELECT \(AuditTrail.columns), hash FROM audit WHERE id > $1 ORDER BY id LIMIT \(AuditTrail.batch)
                """, [.integer(before)]
            ) { row in
                guard fault == nil else { return }
                let line = AuditTrail.line(row)
                count += 1
                hash = FactHash.of(previous: hash, audit: line)
                if line.id != count {
                    fault = "line \(count) of the audit trail is missing"
                } else if hash != row.bytes(9) {
                    fault = "line \(line.id) of the audit trail is not as it was written"
                } else {
                    try body(line, hash)
                }
            }
            if count - before < AuditTrail.batch { break }
        }
        return fault
    }

    private static let batch = 5000

    private static let columns = "id, at, actor, operation, client, subject, first_seq, last_seq, state"

    private static func line(_ row: any SQLRow) -> AuditLine {
        var facts: ClosedRange<Int>?
        if let first = row.optionalInteger(6), let last = row.optionalInteger(7), first <= last { facts = first...last }
        return AuditLine(
            id: row.integer(0), at: Instant(seconds: row.integer(1)), actor: row.text(2), operation: row.text(3),
            client: row.text(4), subject: row.text(5), facts: facts, state: row.optionalText(8))
    }
}
