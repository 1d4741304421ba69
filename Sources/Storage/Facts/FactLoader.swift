package import Agreements
package import Database
import Exchange
package import Rating
package import Values

/// Reads facts for rating: of one client or all, of some periods or all, as known up to some fact.
package struct FactLoader {
    private let connection: any SQLConnection
    private let currency: Currency
    /// The last fact that is read.
    private let lastSeq: Int

    /// - Parameter lastSeq: the last fact that counts: what was known once it was recorded; nil for all.
    package init(_ connection: any SQLConnection, currency: Currency, upTo lastSeq: Int? = nil) {
        self.connection = connection
        self.currency = currency
        self.lastSeq = lastSeq ?? .max
    }

    /// All facts of all clients. Linear in the history.
    package func all() throws -> Facts {
        var rows = Rows()
        try read(&rows, "shelf <= $1 AND seq + 0 <= $2 ORDER BY seq", [.integer(Shelf.closing.rawValue)])
        return try assemble(rows)
    }

    /// All facts of one client. Linear in the client's history.
    package func all(of client: ClientID) throws -> Facts {
        var rows = Rows()
        try read(
            &rows, "client = $1 AND shelf <= $2 AND seq + 0 <= $3",
            [.text(client.text), .integer(Shelf.closing.rawValue)])
        try readMovedIn(&rows, nil)
        try read(&rows, "parent = $1 AND seq + 0 <= $2", [.text(Placement.movedFrom(client.text))])
        try readOtherVersions(&rows)
        try readRequests(&rows)
        return try assemble(rows)
    }

    /// Hands over all facts of one client as they were known before each of some facts, which come in the order of their
    /// numbers. Reads the history once.
    package func forEachHistory(
        of client: ClientID, before seqs: [Int], _ body: (_ place: Int, Facts) throws -> Void
    ) throws {
        var rows = Rows()
        try read(
            &rows, "client = $1 AND shelf <= $2 AND seq + 0 <= $3",
            [.text(client.text), .integer(Shelf.closing.rawValue)])
        try readMovedIn(&rows, nil)
        try read(&rows, "parent = $1 AND seq + 0 <= $2", [.text(Placement.movedFrom(client.text))])
        try readOtherVersions(&rows)
        try readRequests(&rows)
        var assembly = FactAssembly(currency: currency, source: "database")
        var rest = rows.bySeq.sorted { $0.key < $1.key }[...]
        for (place, seq) in seqs.enumerated() {
            while let (next, row) = rest.first, next < seq {
                assembly.add(kind: row.kind, recordedAt: row.recordedAt, body: row.body, words: row.words, seq: next)
                rest = rest.dropFirst()
            }
            try body(place, try assembly.facts())
        }
    }

    /// The facts of one client that a rating of these periods needs: what stands, and the time, requests and closings of
    /// the periods. Its cost grows with them, not with the client's history.
    package func facts(of client: ClientID, in periods: [ClosedRange<Period>]) throws -> Facts {
        var rows = Rows()
        try readStanding(&rows, client)
        for range in periods {
            let (first, last) = (SQLValue.integer(range.lowerBound.index), SQLValue.integer(range.upperBound.index))
            try read(
                &rows,
                """
                client = $1 AND shelf = $2 AND first_period >= $3 AND first_period <= $4 AND last_period >= $5
                AND seq + 0 <= $6
                """,
                [
                    .text(client.text), .integer(Shelf.time.rawValue), .integer(range.lowerBound.index - 1), last,
                    first,
                ])
            try read(
                &rows, "client = $1 AND shelf = $2 AND first_period <= $3 AND last_period >= $4 AND seq + 0 <= $5",
                [.text(client.text), .integer(Shelf.longTime.rawValue), last, first])
            try read(
                &rows, "client = $1 AND shelf = $2 AND first_period <= $3 AND last_period >= $4 AND seq + 0 <= $5",
                [.text(client.text), .integer(Shelf.closing.rawValue), last, first])
            try readMovedIn(&rows, range)
        }
        try readOtherVersions(&rows)
        try readRequests(&rows)
        return try assemble(rows)
    }

    /// What stands for a client: contracts, blocks, projects and what was agreed about them.
    package func standing(of client: ClientID) throws -> Facts {
        var rows = Rows()
        try readStanding(&rows, client)
        var facts = try assemble(rows)
        // Requests that came or went stand with the requests, not with what was agreed.
        facts.requestMoves = []
        return facts
    }

    /// A request as it was opened, moved and approved.
    package func request(_ id: RequestID) throws -> Facts {
        var rows = Rows()
        try readRequests(&rows, [id.text])
        return try assemble(rows)
    }

    /// A client's requests, without their time.
    package func requests(of client: ClientID) throws -> Facts {
        var rows = Rows()
        try read(
            &rows, "client = $1 AND shelf = $2 AND seq + 0 <= $3",
            [.text(client.text), .integer(Shelf.request.rawValue)])
        return try assemble(rows)
    }

    /// A request with all its time.
    package func work(on request: RequestID) throws -> Facts {
        var rows = Rows()
        try readRequests(&rows, [request.text])
        try read(
            &rows, "parent = $1 AND shelf < \(Shelf.desk.rawValue) AND seq + 0 <= $2", [.text(request.text)])
        try readOtherVersions(&rows)
        try readRequests(&rows)
        return try assemble(rows)
    }

    /// Which of some time entries were recorded.
    package func entryIDs(among ids: [EntryID]) throws -> Set<EntryID> {
        var found: Set<EntryID> = []
        let size = 500
        for start in stride(from: 0, to: ids.count, by: size) {
            let some = ids[start..<min(start + size, ids.count)]
            let places = some.indices.map { "$\($0 - start + 1)" }.joined(separator: ", ")
            try connection.forEachRow(
                "SELECT subject FROM fact WHERE subject IN (\(places)) AND kind = 'time'", some.map { .text($0.text) }
            ) { found.insert(EntryID($0.text(0))) }
        }
        return found
    }

    /// A time entry with its corrections and withdrawals, and its requests.
    package func entry(_ id: EntryID) throws -> Facts {
        var rows = Rows()
        try read(
            &rows, "subject = $1 AND shelf IN (\(Shelf.time.rawValue), \(Shelf.longTime.rawValue)) AND seq + 0 <= $2",
            [.text(id.text)])
        try readRequests(&rows)
        return try assemble(rows)
    }

    // MARK: Rows

    private struct Stored {
        var kind: String
        var recordedAt: Instant
        var body: String
        var words: String?
    }

    /// Rows as they are gathered, each once.
    private struct Rows {
        var bySeq: [Int: Stored] = [:]
        /// The requests that time was found for, and those found.
        var parents: Set<String> = []
        var requests: Set<String> = []
        /// The entries of which a correction was found, so that all their versions are wanted.
        var corrected: Set<String> = []
        /// The requests that moved to the client.
        var moved: Set<String> = []
    }

    /// Reads rows by a condition whose last parameter is the last fact that counts. It compares a sum with it, so that no
    /// planner takes the order of all facts for a way to find a few.
    private func read(_ rows: inout Rows, _ condition: String, _ values: [SQLValue]) throws {
        try connection.forEachRow(
            "SELECT seq, kind, recorded_at, body, words, subject, parent FROM fact WHERE \(condition)",
            values + [.integer(lastSeq)]
        ) { row in
            let seq = row.integer(0)
            guard rows.bySeq[seq] == nil else { return }
            let kind = row.text(1)
            rows.bySeq[seq] = Stored(
                kind: kind, recordedAt: Instant(seconds: row.integer(2)), body: row.text(3), words: row.optionalText(4))
            switch kind {
            case "request": rows.requests.insert(row.text(5))
            case "request-move": rows.moved.insert(row.text(5))
            default:
                guard let parent = row.optionalText(6) else { return }
                rows.parents.insert(parent)
                if kind != "time" { rows.corrected.insert(row.text(5)) }
            }
        }
    }

    private func readStanding(_ rows: inout Rows, _ client: ClientID) throws {
        try read(
            &rows, "client = $1 AND shelf = $2 AND seq + 0 <= $3",
            [.text(client.text), .integer(Shelf.standing.rawValue)])
    }

    /// The time on requests that moved to the client, which lies where it was recorded.
    private func readMovedIn(_ rows: inout Rows, _ range: ClosedRange<Period>?) throws {
        for request in rows.moved.sorted() {
            if let range {
                try read(
                    &rows,
                    "parent = $1 AND shelf < \(Shelf.desk.rawValue) AND first_period <= $2 AND last_period >= $3 AND seq + 0 <= $4",
                    [.text(request), .integer(range.upperBound.index), .integer(range.lowerBound.index)])
            } else {
                try read(&rows, "parent = $1 AND shelf < \(Shelf.desk.rawValue) AND seq + 0 <= $2", [.text(request)])
            }
        }
    }

    /// All that was said about the entries of which something was found beside the entry itself.
    private func readOtherVersions(_ rows: inout Rows) throws {
        try read(&rows, subjects: rows.corrected, "shelf IN (\(Shelf.time.rawValue), \(Shelf.longTime.rawValue))")
    }

    private func readRequests(_ rows: inout Rows) throws {
        try readRequests(&rows, rows.parents.union(rows.moved).subtracting(rows.requests))
    }

    private func readRequests(_ rows: inout Rows, _ requests: Set<String>) throws {
        try read(&rows, subjects: requests, "(shelf = \(Shelf.request.rawValue) OR kind = 'request-move')")
    }

    /// Reads what is about any of some subjects, a hundred at a time: each question to a server takes its time.
    private func read(_ rows: inout Rows, subjects: Set<String>, _ condition: String) throws {
        let sorted = subjects.sorted()
        let size = 100
        for start in stride(from: 0, to: sorted.count, by: size) {
            let some = sorted[start..<min(start + size, sorted.count)]
            // In whole hundreds, so that there are few statements to prepare: the last one is asked for again.
            let padded =
                some + Array(repeating: some[some.endIndex - 1], count: (some.count == 1 ? 1 : size) - some.count)
            let places = padded.indices.map { "$\($0 - padded.startIndex + 1)" }.joined(separator: ", ")
            try read(
                &rows, "subject IN (\(places)) AND \(condition) AND seq + 0 <= $\(padded.count + 1)",
                padded.map { .text($0) })
        }
    }

    private func assemble(_ rows: Rows) throws -> Facts {
        var assembly = FactAssembly(currency: currency, source: "database")
        for (seq, row) in rows.bySeq.sorted(by: { $0.key < $1.key }) {
            assembly.add(kind: row.kind, recordedAt: row.recordedAt, body: row.body, words: row.words, seq: seq)
        }
        return try assembly.facts()
    }
}
