import Crypto
import Values

/// The chain over all facts: each fact's hash covers its content and the hash before it, so that nothing recorded can be
/// changed, taken out or put between without it showing (design section 4).
///
/// What people wrote (names, notes) is covered by a hash of its own with a salt, so that it can be erased while the chain
/// stays whole.
enum FactHash {
    /// The hash before the first fact.
    static let beginning = [UInt8](repeating: 0, count: 32)

    /// The hash of a fact.
    static func of(
        previous: [UInt8], seq: Int, recordedAt: Int, actor: String, kind: String, body: String, wordsHash: [UInt8]?
    ) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(body.utf8.count + 160)
        content += previous
        for number in [seq, recordedAt] { withUnsafeBytes(of: Int64(number).bigEndian) { content += $0 } }
        // Each text behind its length, so that no two contents give the same bytes.
        for text in [actor, kind, body] {
            withUnsafeBytes(of: Int64(text.utf8.count).bigEndian) { content += $0 }
            content += text.utf8
        }
        content += wordsHash ?? []
        return Array(SHA256.hash(data: content))
    }

    /// The hash of a line of the audit trail, which is a chain of its own.
    static func of(previous: [UInt8], audit line: AuditLine) -> [UInt8] {
        var content = previous
        for number in [line.id, line.at.seconds, line.facts?.lowerBound ?? -1, line.facts?.upperBound ?? -1] {
            withUnsafeBytes(of: Int64(number).bigEndian) { content += $0 }
        }
        for text in [line.actor, line.operation, line.client, line.subject] + (line.state.map { [$0] } ?? []) {
            withUnsafeBytes(of: Int64(text.utf8.count).bigEndian) { content += $0 }
            content += text.utf8
        }
        return Array(SHA256.hash(data: content))
    }

    /// The hash of a row that is in no chain, each text behind its length.
    static func of(row texts: [String]) -> [UInt8] {
        var content: [UInt8] = []
        for text in texts {
            withUnsafeBytes(of: Int64(text.utf8.count).bigEndian) { content += $0 }
            content += text.utf8
        }
        return Array(SHA256.hash(data: content))
    }

    /// The hash of what people wrote.
    static func of(words: String, salt: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: salt + words.utf8)) }
}
