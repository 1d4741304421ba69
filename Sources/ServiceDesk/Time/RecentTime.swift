import Agreements
package import Database
import Exchange
package import Rating
import Storage
package import Values

/// The time that somebody worked, as it was logged lately.
package struct RecentTime {
    private let connection: any SQLConnection
    private let currency: Currency

    package init(_ connection: any SQLConnection, currency: Currency) {
        self.connection = connection
        self.currency = currency
    }

    /// The entries of a person's work that were logged last and that still stand, the latest first, whoever logged them. Only the
    /// latest lines of the audit trail are looked through, so that the cost does not grow with the years.
    package func entries(of person: String, limit: Int) throws -> [TimeEntry] {
        let own = try logged(
            "a.actor = $1 AND a.operation IN ('time.log', 'timer.stop')", person, lines: RecentTime.own, limit: limit)
        let byOthers = try logged(
            "a.actor <> $1 AND a.operation = 'time.log'", person, lines: RecentTime.ofOthers, limit: limit)
        let latest = (own + byOthers).sorted { $0.line > $1.line }.prefix(limit)
        return try latest.compactMap { _, id in
            let facts = try FactLoader(connection, currency: currency).entry(id)
            guard facts.timeVoids.isEmpty, let entry = facts.timeCorrections.last?.entry ?? facts.timeEntries.first,
                entry.person == person
            else { return nil }
            return entry
        }
    }

    /// How many lines of the audit trail are looked through for what they logged themselves, which an index finds.
    private static let own = 200_000
    /// The same for what others logged.
    private static let ofOthers = 2_000

    private func logged(_ condition: String, _ person: String, lines: Int, limit: Int) throws -> [(
        line: Int, id: EntryID
    )] {
        let field = FactPieces.object([("person", person)]).dropFirst().dropLast()
        let pattern = field.map { "\\%_".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        return try connection.all(
            """
            SELECT a.id, f.subject FROM audit a JOIN fact f ON f.seq = a.last_seq
            WHERE \(condition) AND a.id > (SELECT COALESCE(MAX(id), 0) FROM audit) - \(lines) AND f.kind = 'time' AND f.words LIKE $2 ESCAPE '\\' ORDER BY a.id DESC LIMIT \(limit)
            """, [.text(person), .text("%\(pattern)%")]
        ) { ($0.integer(0), EntryID($0.text(1))) }
    }
}
