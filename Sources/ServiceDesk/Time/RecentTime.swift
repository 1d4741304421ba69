package import Database
package import Rating
import Storage
package import Values

/// What somebody logged lately.
package struct RecentTime {
    private let connection: any SQLConnection
    private let currency: Currency

    package init(_ connection: any SQLConnection, currency: Currency) {
        self.connection = connection
        self.currency = currency
    }

    /// The entries that a person logged last and that still stand, the latest first.
    package func entries(of user: String, limit: Int) throws -> [TimeEntry] {
        let seqs = try connection.all(
            """
            SELECT last_seq FROM audit WHERE actor = $1 AND operation IN ('time.log', 'timer.stop') ORDER BY id DESC LIMIT \(limit)
            """, [.text(user)]
        ) { $0.integer(0) }
        return try seqs.compactMap { seq in
            guard
                let id = try connection.first(
                    "SELECT subject FROM fact WHERE seq = $1 AND kind = 'time'", [.integer(seq)],
                    { EntryID($0.text(0)) })
            else { return nil }
            let facts = try FactLoader(connection, currency: currency).entry(id)
            guard facts.timeVoids.isEmpty else { return nil }
            return facts.timeCorrections.last?.entry ?? facts.timeEntries.first
        }
    }
}
