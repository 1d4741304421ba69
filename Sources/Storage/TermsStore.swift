package import Agreements
import Exchange
import Foundation

/// The versions of the terms, which are facts like any other: their YAML text, as it was given.
package struct TermsStore {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// The texts of the versions, in the order in which they were recorded.
    package func texts(upTo lastSeq: Int? = nil) throws -> [String] {
        try connection.all(
            "SELECT body FROM fact WHERE client = '' AND shelf = $1 AND kind = 'terms' AND seq <= $2 ORDER BY seq",
            [.integer(Shelf.agency.rawValue), .integer(lastSeq ?? .max)]
        ) { FactPieces.texts(body: $0.text(0), words: nil)["yaml"] ?? "" }
    }

    /// The versions of the terms.
    ///
    /// - Throws: `Problems` where there is none yet.
    package func history(upTo lastSeq: Int? = nil) throws -> TermsHistory {
        let versions = try texts(upTo: lastSeq).map {
            try TermsFile.read([UInt8]($0.utf8), file: "the database's terms")
        }
        guard !versions.isEmpty else {
            throw Problems([Problem("terms", "there are none yet", fix: "run `mainstay terms add FILE`")])
        }
        return try TermsHistory(versions)
    }
}

/// Keeps the terms that were read last: they change a few times in ten years.
final class TermsCache: @unchecked Sendable {
    private let lock = NSLock()
    /// Guarded by the lock.
    private var last: (seq: Int, terms: TermsHistory)?

    func history(_ connection: any SQLConnection) throws -> TermsHistory {
        let seq =
            try connection.first(
                "SELECT MAX(seq) FROM fact WHERE client = '' AND shelf = $1 AND kind = 'terms'",
                [.integer(Shelf.agency.rawValue)]
            ) { $0.integer(0) } ?? 0
        if let known = lock.withLock({ last }), known.seq == seq { return known.terms }
        let terms = try TermsStore(connection).history()
        lock.withLock { last = (seq, terms) }
        return terms
    }
}
