import Crypto
package import Database
import Exchange
import Formats
import Values

/// A fact as the ledger has it, whole, for carrying it elsewhere and for checking the chain.
package struct LedgerRecord: Hashable, Sendable {
    /// Its number.
    package var seq: Int
    /// When it was recorded, in seconds.
    package var recordedAt: Int
    /// Who recorded it.
    package var actor: String
    /// What kind of fact it is.
    package var kind: String
    /// What it says.
    package var body: String
    /// What people wrote; nil where nothing, or erased.
    package var words: String?
    /// What makes the hash of the words unguessable; nil where nothing, or erased.
    package var salt: [UInt8]?
    /// The hash of the words, which stays when they are erased.
    package var wordsHash: [UInt8]?
    /// The hash of all this and of the fact before.
    package var hash: [UInt8]
}

/// Why a fact cannot be taken over, or is not as it was recorded.
package struct LedgerFault: Error, Hashable, CustomStringConvertible {
    package let description: String
}

extension LedgerRecord {
    /// What it says.
    ///
    /// - Throws: ``LedgerFault`` where that cannot be read.
    func pieces() throws(LedgerFault) -> FactPieces {
        do {
            return try FactPieces(
                stored: kind, recordedAt: Instant(seconds: recordedAt), body: body, words: words)
        } catch {
            throw LedgerFault(description: "fact \(seq) (\(kind)) cannot be read: \(error.message)")
        }
    }
}

extension SQLRow {
    /// The texts of a body and of the words beside it, by their columns.
    ///
    /// - Throws: ``StorageError/internalFault(_:)`` where they are not as they were written.
    package func texts(_ body: Int, _ words: Int? = nil) throws -> [String: String] {
        do {
            return try FactPieces.texts(body: text(body), words: words.flatMap { optionalText($0) })
        } catch {
            throw StorageError.internalFault("what was recorded cannot be read: \(error.message)")
        }
    }

    /// A fact, by the columns of its parts.
    ///
    /// - Throws: ``StorageError/internalFault(_:)`` where it is not as it was written.
    func fact(kind: Int, recordedAt: Int, body: Int, words: Int) throws -> FactPieces {
        do {
            return try FactPieces(
                stored: text(kind), recordedAt: Instant(seconds: integer(recordedAt)), body: text(body),
                words: optionalText(words))
        } catch {
            throw StorageError.internalFault("a fact (\(text(kind))) cannot be read: \(error.message)")
        }
    }
}

/// Reads the ledger from its first fact to its last.
package struct LedgerReader {
    private let connection: any SQLConnection
    /// How many rows are in memory at a time.
    private static let batch = 5000

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// Hands over every fact with where it lies, in the order of their numbers.
    package func forEach(_ body: (LedgerRecord, Placement) throws -> Void) throws {
        var last = 0
        while true {
            var count = 0
            try connection.forEachRow(
                """
                SELECT seq, recorded_at, actor, kind, body, words, salt, words_hash, hash,
                    client, shelf, first_period, last_period, subject, parent
                FROM fact WHERE seq > $1 ORDER BY seq LIMIT \(LedgerReader.batch)
                """, [.integer(last)]
            ) { row in
                let record = LedgerRecord(
                    seq: row.integer(0), recordedAt: row.integer(1), actor: row.text(2), kind: row.text(3),
                    body: row.text(4), words: row.optionalText(5), salt: row.isNull(6) ? nil : row.bytes(6),
                    wordsHash: row.isNull(7) ? nil : row.bytes(7), hash: row.bytes(8))
                let place = Placement(
                    client: row.text(9), shelf: Shelf(rawValue: row.integer(10)) ?? .agency,
                    firstPeriod: row.integer(11), lastPeriod: row.integer(12), subject: row.text(13),
                    parent: row.optionalText(14))
                last = record.seq
                count += 1
                try body(record, place)
            }
            if count < LedgerReader.batch { return }
        }
    }
}

/// Checks the chain, fact by fact.
package struct ChainCheck {
    private var seq = 0
    private var hash = FactHash.beginning

    package init() {}

    /// - Parameter head: the number and the hash of the fact before.
    init(after head: (seq: Int, hash: [UInt8])) { (seq, hash) = head }

    /// How many facts were good so far, and the hash of the last.
    package var head: (seq: Int, hash: [UInt8]) { (seq, hash) }

    /// What is wrong with the next fact; nil where it is as it was recorded.
    package mutating func fault(of record: LedgerRecord) -> String? {
        if record.seq != seq + 1 { return "fact \(seq + 1) is missing: the next is \(record.seq)" }
        let expected = FactHash.of(
            previous: hash, seq: record.seq, recordedAt: record.recordedAt, actor: record.actor, kind: record.kind,
            body: record.body, wordsHash: record.wordsHash)
        guard expected == record.hash else { return "fact \(record.seq) (\(record.kind)) is not as it was recorded" }
        if let words = record.words {
            guard let salt = record.salt, FactHash.of(words: words, salt: salt) == record.wordsHash else {
                return "the words of fact \(record.seq) (\(record.kind)) are not as they were recorded"
            }
        } else if record.salt != nil {
            return "the words of fact \(record.seq) (\(record.kind)) are gone, but were not erased as they should be"
        }
        (seq, hash) = (record.seq, record.hash)
        return nil
    }
}

/// Checks that every fact lies where it belongs, so that no statement misses it.
package struct PlacementCheck {
    private var placer: Placer

    /// - Parameter most: of how many things it remembers the places; others it looks up.
    package init(_ connection: any SQLConnection, remembering most: Int = Placer.most) {
        placer = Placer(connection, remembering: most)
    }

    /// What is wrong with where a fact lies; nil where that is right. Facts come in the order of their numbers.
    package mutating func fault(of record: LedgerRecord, at place: Placement) throws -> String? {
        do {
            guard try placer.place(record.pieces(), at: record.seq) == place else {
                return "fact \(record.seq) (\(record.kind)) does not lie where it belongs"
            }
        } catch let fault as LedgerFault {
            return fault.description
        }
        return nil
    }
}
