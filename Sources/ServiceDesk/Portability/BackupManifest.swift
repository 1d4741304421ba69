import Crypto
import Exchange
import Formats
import Storage
import Values

/// What a backup holds, as its last lines say.
package struct BackupManifest: Hashable, Sendable {
    /// A part of it: the facts, or a table.
    struct Part: Hashable, Sendable {
        var rows = 0
        var bytes = 0
        /// The SHA-256 of its lines, in hexadecimal digits.
        var digest = ""
    }

    /// The number of facts.
    package var facts = 0
    /// The hash of the last fact, in hexadecimal digits.
    package var hash = ""
    /// The number of lines of the audit trail.
    package var lines = 0
    /// The hash of the last, in hexadecimal digits.
    package var lineHash = ""
    /// The number of the schema of the database it was made of.
    package var schema = 0
    /// The rows of the other tables.
    package var rows = 0
    /// The SHA-256 of all lines before, in hexadecimal digits.
    package var digest = ""
    /// What each part has; of backups of the first version nothing.
    var parts: [String: Part] = [:]

    /// The last line of a backup.
    func line(version: Int) -> String {
        FactPieces.object([
            ("manifest", "\(version)"), ("schema", "\(schema)"), ("facts", "\(facts)"), ("hash", hash),
            ("audit", "\(lines)"), ("audit_hash", lineHash), ("rows", "\(rows)"), ("sha256", digest),
        ])
    }

    /// How far the records in it go, for a restore to expect.
    package var anchor: String {
        [(facts, hash), (lines, lineHash)].filter { $0.0 > 0 }.map { "\($0.0):\($0.1)" }.joined(separator: ",")
    }
}

/// Counts and hashes the lines of a backup as they are written or read, so that both make the same manifest.
struct BackupTally {
    private(set) var manifest = BackupManifest()
    private var all = SHA256()
    private var hashers: [String: SHA256] = [:]

    static let facts = "facts"

    init(schema: Int) { manifest.schema = schema }

    /// Takes a line that is of no part: the first.
    mutating func take(_ line: some Collection<UInt8>) {
        all.update(data: Array(line))
        all.update(data: [0x0A])
    }

    /// Takes a line of a part.
    mutating func take(_ line: some Collection<UInt8>, of part: String) {
        take(line)
        let bytes = Array(line) + [0x0A]
        hashers[part, default: SHA256()].update(data: bytes)
        manifest.parts[part, default: .init()].rows += 1
        manifest.parts[part, default: .init()].bytes += bytes.count
        if part != BackupTally.facts { manifest.rows += 1 }
    }

    mutating func take(fact seq: Int, hash: [UInt8]) { (manifest.facts, manifest.hash) = (seq, Hex.text(hash)) }

    mutating func take(line id: Int, hash: String) { (manifest.lines, manifest.lineHash) = (id, hash) }

    /// Ends the parts.
    ///
    /// - Returns: what the manifest says of each.
    @discardableResult mutating func endParts() -> [String] {
        for (part, hasher) in hashers { manifest.parts[part]?.digest = Hex.text(Array(hasher.finalize())) }
        return manifest.parts.sorted { $0.key < $1.key }.map { part, has in
            FactPieces.object([
                ("part", part), ("rows", "\(has.rows)"), ("bytes", "\(has.bytes)"), ("sha256", has.digest),
            ])
        }
    }

    /// What was tallied, with the digest of all lines so far.
    var whole: BackupManifest {
        var manifest = manifest
        manifest.digest = Hex.text(Array(all.finalize()))
        return manifest
    }
}
