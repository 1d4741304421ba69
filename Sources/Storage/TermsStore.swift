package import Agreements
package import Database
import Exchange
import Foundation
import Synchronization
package import Values

/// The versions of the terms, which are facts like any other: their YAML text, as it was given.
package struct TermsStore {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// The versions, each with the number of its fact, in the order in which they were recorded.
    package func versions() throws -> [(seq: Int, terms: Terms)] {
        try connection.all(
            "SELECT seq, body, recorded_at FROM fact WHERE client = '' AND shelf = $1 AND kind = 'terms' ORDER BY seq",
            [.integer(Shelf.agency.rawValue)]
        ) { row in
            let yaml = try row.texts(1)["yaml"] ?? ""
            var terms = try TermsFile.read([UInt8](yaml.utf8), file: "the database's terms")
            terms.recorded = Moment(number: row.integer(0), at: Instant(seconds: row.integer(2)))
            return (row.integer(0), terms)
        }
    }

    /// The file of a version as it was given; nil where there is none of that date.
    package func yaml(of effective: CivilDate) throws -> String? {
        try connection.first(
            "SELECT body FROM fact WHERE subject = $1 AND shelf = $2 AND kind = 'terms'",
            [.text("\(effective)"), .integer(Shelf.agency.rawValue)]
        ) { try $0.texts(0)["yaml"] } ?? nil
    }

    /// The versions of the terms.
    ///
    /// - Throws: `Problems` where there is none yet.
    package func history() throws -> TermsHistory {
        let versions = try versions().map(\.terms)
        guard !versions.isEmpty else {
            throw Problems([Problem("terms", "there are none yet", fix: "run `mainstay terms add FILE`")])
        }
        return try TermsHistory(versions)
    }
}

/// Keeps the terms that were read last: they change a few times in ten years.
final class TermsCache: Sendable {
    private let last = Mutex<(seq: Int, terms: TermsHistory)?>(nil)

    func history(_ connection: any SQLConnection) throws -> TermsHistory {
        let seq =
            try connection.first(
                // The sum keeps PostgreSQL from walking all facts backwards until it meets terms.
                "SELECT MAX(seq + 0) FROM fact WHERE client = '' AND shelf = $1 AND kind = 'terms'",
                [.integer(Shelf.agency.rawValue)]
            ) { $0.optionalInteger(0) ?? 0 } ?? 0
        if let known = last.withLock({ $0 }), known.seq == seq { return known.terms }
        let terms = try TermsStore(connection).history()
        last.withLock { $0 = (seq, terms) }
        return terms
    }
}
