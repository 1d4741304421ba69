package import Database
import Formats
package import Foundation
package import Storage
package import Values

/// How far the records went at a moment: the number and the hash of the last fact and of the last line of the audit trail.
///
/// Kept elsewhere, it proves that nothing of what was there then is gone or was made anew: a chain that somebody made anew
/// has other hashes.
package struct Anchor: Hashable, Sendable {
    /// A place in a chain.
    package struct Mark: Hashable, Sendable {
        /// The number of the fact or line.
        package var number: Int
        /// Its hash, in hexadecimal digits.
        package var hash: String

        /// - Parameter text: `57:` and 64 hexadecimal digits.
        init?(_ text: some StringProtocol) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let number = Int(parts[0]), number > 0, parts[1].utf8.count == 64,
                Hex.bytes(String(parts[1])) != nil
            else { return nil }
            self.number = number
            hash = parts[1].lowercased()
        }

        init(_ number: Int, _ hash: [UInt8]) {
            self.number = number
            self.hash = Hex.text(hash)
        }

        var text: String { "\(number):\(hash)" }
    }

    /// When it was noted; nil where a person gave it.
    package var at: Instant?
    /// The last fact; nil before the first.
    package var fact: Mark?
    /// The last line of the audit trail; nil before the first.
    package var line: Mark?

    /// How far the records go now.
    package init(_ connection: any SQLConnection, at now: Instant) throws {
        at = now
        fact = try Ledger.head(connection).map { Mark($0.seq, $0.hash) }
        line = try AuditTrail(connection).head().map { Mark($0.id, $0.hash) }
    }

    /// What a person gives: the last fact, and maybe a comma and the last line of the audit trail.
    ///
    /// - Throws: a problem where it is none.
    package init(expected text: String) throws {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let marks = parts.map { Mark($0) }
        guard (1...2).contains(parts.count), !marks.contains(nil) else {
            throw Problems([
                Problem(
                    "what is expected", "\"\(text.prefix(80))\" is no number and hash",
                    fix: "give what `mainstay verify` or `mainstay backup` printed: NUMBER:HASH,NUMBER:HASH")
            ])
        }
        fact = marks[0]
        line = marks.count > 1 ? marks[1] : nil
    }

    /// A line of an anchor file; nil where it is none.
    init?(fileLine text: some StringProtocol) {
        let words = text.split(separator: " ")
        guard words.count == 3, let at = Instant(String(words[0])), let fact = Mark(words[1]), let line = Mark(words[2])
        else { return nil }
        (self.at, self.fact, self.line) = (at, fact, line)
    }

    /// What a person keeps, and gives to a later check.
    package var text: String { [fact, line].compactMap { $0?.text }.joined(separator: ",") }

    /// Its line in an anchor file; nil where nothing is there to be noted.
    var fileLine: String? {
        guard let at, let fact, let line else { return nil }
        return "\(at) \(fact.text) \(line.text)"
    }
}

/// A file that a server adds a line to whenever there are new records: when, the last fact, the last line of the audit trail.
/// It is worth what its place is worth: one that whoever can change the database cannot change.
package struct AnchorFile: Sendable {
    private let path: String

    package init(_ path: String) { self.path = path }

    /// The anchors of a file.
    ///
    /// - Throws: a problem with the first line that is none.
    package static func read(_ data: Data, file: String) throws -> [Anchor] {
        var number = 0
        return try data.split(separator: 0x0A).map { line in
            number += 1
            guard let anchor = Anchor(fileLine: String(decoding: line, as: UTF8.self)) else {
                throw Problems([
                    Problem(
                        "anchors", "the line is no anchor", fix: "give a file that a server wrote", file: file,
                        line: number)
                ])
            }
            return anchor
        }
    }

    /// Adds a line, and returns once it is on the disk.
    ///
    /// - Throws: a problem where the file cannot be written.
    package func append(_ anchor: Anchor) throws {
        guard let line = anchor.fileLine else { return }
        try add(line + "\n")
    }

    /// - Throws: a problem where the file cannot be written.
    package func check() throws { try add("") }

    private func add(_ text: String) throws {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Problems([
                Problem(path, "anchors cannot be added to it", fix: "give a file that this user may add to")
            ])
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard !text.isEmpty else { return }
        // In one go, so that several servers may share a file.
        try file.write(contentsOf: Data(text.utf8))
        try file.synchronize()
    }
}

/// Notes anchors as time goes by: one where there are new records.
package final class AnchorRoom: @unchecked Sendable {
    private let store: Store
    private let file: AnchorFile
    /// Of the one thread that makes rounds alone.
    private var last = ""

    package init(store: Store, file: AnchorFile) {
        self.store = store
        self.file = file
    }

    /// Notes an anchor where there are records that the last one did not have.
    package func round(at now: Instant) throws {
        let anchor = try store.read { try Anchor($0, at: now) }
        guard anchor.text != last else { return }
        try file.append(anchor)
        last = anchor.text
    }
}

/// Holds the chains against anchors, record by record.
struct AnchorCheck {
    private enum Chain: String {
        case fact, line
        var words: String { self == .fact ? "fact" : "line of the audit trail" }
    }

    private var wanted: [Chain: [Int: [(hash: String, at: Instant?)]]] = [:]
    private var last: [Chain: Int] = [:]
    private(set) var count: Int

    init(_ anchors: [Anchor]) {
        count = anchors.count
        for anchor in anchors {
            for (chain, mark) in [(Chain.fact, anchor.fact), (.line, anchor.line)] {
                guard let mark else { continue }
                var here = wanted[chain, default: [:]][mark.number, default: []]
                if !here.contains(where: { $0.hash == mark.hash }) { here.append((mark.hash, anchor.at)) }
                wanted[chain, default: [:]][mark.number] = here
            }
        }
    }

    /// What is wrong with a fact; nil where it is the one that was there.
    mutating func fault(fact seq: Int, hash: [UInt8]) -> String? { fault(.fact, seq, hash) }

    /// What is wrong with a line of the audit trail; nil where it is the one that was there.
    mutating func fault(line id: Int, hash: [UInt8]) -> String? { fault(.line, id, hash) }

    private mutating func fault(_ chain: Chain, _ number: Int, _ hash: [UInt8]) -> String? {
        last[chain] = number
        guard let kept = wanted[chain]?[number], let other = kept.first(where: { $0.hash != Hex.text(hash) })
        else { return nil }
        return
            "\(chain.words) \(number) is not the one that was there\(AnchorCheck.when(other.at)): the chain was made anew"
    }

    /// What was there and is not any more.
    var missing: [String] {
        [Chain.fact, .line].compactMap { chain in
            let end = last[chain] ?? 0
            guard let first = wanted[chain]?.filter({ $0.key > end }).max(by: { $0.key < $1.key }) else { return nil }
            let what = chain == .fact ? "the facts end" : "the audit trail ends"
            return
                "\(what) at \(end), and there were \(first.key)\(AnchorCheck.when(first.value.first?.at)): the last were deleted"
        }
    }

    private static func when(_ at: Instant?) -> String { at.map { " at \($0)" } ?? " by what you expect" }
}
