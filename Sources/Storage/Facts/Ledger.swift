package import Agreements
package import Database
package import Exchange
package import Values

/// Appends facts, each chained to the one before. One for each transaction that writes.
package struct Ledger {
    private let connection: any SQLConnection
    private let actor: String
    private var placer: Placer
    private let derived: Derived
    private var head: (seq: Int, hash: [UInt8], recordedAt: Int)

    /// - Parameter actor: who records the facts.
    package init(_ connection: any SQLConnection, _ dialect: SQLDialect, actor: String) throws {
        self.connection = connection
        self.actor = actor
        derived = Derived(connection, dialect)
        placer = Placer(connection)
        head =
            try connection.first("SELECT seq, hash, recorded_at FROM fact ORDER BY seq DESC LIMIT 1") {
                ($0.integer(0), $0.bytes(1), $0.integer(2))
            } ?? (0, FactHash.beginning, .min)
    }

    /// The number and the hash of the last fact; nil before the first.
    package static func head(_ connection: any SQLConnection) throws -> (seq: Int, hash: [UInt8])? {
        try connection.first("SELECT seq, hash FROM fact ORDER BY seq DESC LIMIT 1") { ($0.integer(0), $0.bytes(1)) }
    }

    /// The number of the last fact; 0 before the first.
    package var lastSeq: Int { head.seq }

    /// When the last fact was recorded; nil before the first.
    package var lastRecordedAt: Instant? { head.seq == 0 ? nil : Instant(seconds: head.recordedAt) }

    /// The moment that ends an instant: after the last fact that was recorded at or before it, whatever the clock said in
    /// between. What was known then are the facts before it.
    package static func moment(of instant: Instant, _ connection: any SQLConnection) throws -> Moment {
        let last = try connection.first(
            "SELECT MAX(seq) FROM fact WHERE recorded_at <= $1", [.integer(instant.seconds)]
        ) { $0.optionalInteger(0) ?? 0 }
        return Moment(number: (last ?? 0) + 1, at: instant, place: .max)
    }

    /// Appends facts in this order.
    ///
    /// - Parameter salt: 16 random bytes for each fact whose words could be erased later.
    /// - Throws: ``StorageError``.
    package mutating func append(_ facts: [FactPieces], salt: () -> [UInt8]) throws {
        let first = head.seq
        var rows: [[SQLValue]] = []
        var taken: [(seq: Int, fact: FactPieces)] = []
        for fact in facts {
            rows.append(row(fact, try placer.place(fact), salt: salt))
            taken.append((head.seq, fact))
            if rows.count == Ledger.batch {
                WorkProgress.now("recording", head.seq - first, of: facts.count)
                try connection.runMany(Ledger.insert, rows)
                try derived.take(taken)
                rows.removeAll(keepingCapacity: true)
                taken.removeAll(keepingCapacity: true)
            }
        }
        try connection.runMany(Ledger.insert, rows)
        try derived.take(taken)
    }

    /// Takes over facts of another ledger as they are, numbers and hashes included.
    ///
    /// - Throws: ``LedgerFault`` where one does not follow from what is here, and the chain would break; ``StorageError``.
    package mutating func takeOver(_ records: [LedgerRecord]) throws {
        var chain = ChainCheck(after: (head.seq, head.hash))
        var rows: [[SQLValue]] = []
        var taken: [(seq: Int, fact: FactPieces)] = []
        for record in records {
            if let fault = chain.fault(of: record) { throw LedgerFault(description: fault) }
            let pieces = try record.pieces()
            rows.append(Ledger.row(record, try placer.place(pieces)))
            taken.append((record.seq, pieces))
            head = (record.seq, record.hash, record.recordedAt)
        }
        try connection.runMany(Ledger.insert, rows)
        try derived.take(taken)
    }

    /// Lets the engine look at what is there, where so much was appended that what it knows is out of date.
    package func finish(from firstSeq: Int) throws {
        if head.seq - firstSeq >= Ledger.many { try connection.runScript("ANALYZE fact") }
    }

    private static let many = 5000

    /// Whose figures the facts appended so far may change, and from which period on.
    package var touched: Set<Touch> { placer.touched }

    private static let batch = 500
    private static let insert = """
        INSERT INTO fact (seq, recorded_at, actor, kind, body, words, salt, words_hash, hash,
            client, shelf, first_period, last_period, subject, parent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """

    private mutating func row(_ fact: FactPieces, _ place: Placement, salt: () -> [UInt8]) -> [SQLValue] {
        let salt = fact.words == nil ? nil : salt()
        var wordsHash: [UInt8]?
        if let words = fact.words, let salt { wordsHash = FactHash.of(words: words, salt: salt) }
        let seq = head.seq + 1
        let hash = FactHash.of(
            previous: head.hash, seq: seq, recordedAt: fact.recordedAt.seconds, actor: actor, kind: fact.kind,
            body: fact.body, wordsHash: wordsHash)
        head = (seq, hash, fact.recordedAt.seconds)
        return Ledger.row(
            LedgerRecord(
                seq: seq, recordedAt: fact.recordedAt.seconds, actor: actor, kind: fact.kind, body: fact.body,
                words: fact.words, salt: salt, wordsHash: wordsHash, hash: hash), place)
    }

    private static func row(_ record: LedgerRecord, _ place: Placement) -> [SQLValue] {
        [
            .integer(record.seq), .integer(record.recordedAt), .text(record.actor), .text(record.kind),
            .text(record.body), .optional(record.words), record.salt.map { .bytes($0) } ?? .null,
            record.wordsHash.map { .bytes($0) } ?? .null, .bytes(record.hash), .text(place.client),
            .integer(place.shelf.rawValue), .integer(place.firstPeriod),
            .integer(place.lastPeriod), .text(place.subject), .optional(place.parent),
        ]
    }
}
