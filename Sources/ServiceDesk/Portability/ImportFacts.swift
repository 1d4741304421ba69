import Database
import Exchange
package import Rating
import Storage
import Values

/// Takes over the facts of a file, with the times at which they were recorded, where nothing later is recorded yet.
package struct ImportFacts: DeskOperation {
    package static let name = "import.facts"
    package static let role = Role.owner

    package var facts: Facts
    /// The file's content, which makes two imports the same.
    package var digest: String

    package init(facts: Facts, digest: String) {
        self.facts = facts
        self.digest = digest
    }

    package var about: (client: String, subject: String) { ("", "facts") }
    package var content: RequestContent { ["files": digest] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let pieces = FactPieces.pieces(of: facts)
        guard let first = pieces.first, let last = pieces.last else {
            throw Problems([Problem("facts", "there are none", fix: "give a file with facts in it")])
        }
        let latest =
            try desk.connection.first("SELECT MAX(recorded_at) FROM fact WHERE client <> ''") {
                $0.optionalInteger(0)
            } ?? nil
        if let latest, first.recordedAt.seconds < latest {
            throw Problems([
                Problem(
                    "facts",
                    "the first was recorded \(first.recordedAt), and something here \(Instant(seconds: latest))",
                    fix: "take over facts into an empty database; what happens now is recorded now")
            ])
        }
        guard last.recordedAt <= desk.now else {
            throw Problems([
                Problem("facts", "the last was recorded \(last.recordedAt), in the future", fix: "correct its date")
            ])
        }
        let known = try desk.facts().all()
        try desk.record(facts, knowing: known, allowsLongEntries: true)
        return Recorded(id: "facts", remarks: ["\(pieces.count) facts"])
    }
}
