public import Agreements
import Foundation
public import Rating

/// Facts as JSON or JSON Lines: see docs/facts.md for every fact.
///
/// JSON is one object, `{"mainstay_facts": 1, "facts": [ … ]}`. JSON Lines has `{"mainstay_facts": 1}` on its first line and
/// a fact on each further one, so that a file can be appended to.
public enum FactsFile {
    /// The version of the format that this program reads and writes.
    package static let version = 1

    /// Reads a file in either form, told apart by its first line.
    ///
    /// - Parameter currency: that of the terms, which all amounts are in.
    /// - Throws: every problem of the file at once, each with its line, or in one JSON object with its place among the facts.
    public static func read(_ bytes: [UInt8], file: String, currency: Currency) throws(Problems) -> Facts {
        let log = ProblemLog(file: file)
        let facts = read(bytes, currency, log)
        try log.throwIfAny()
        return facts
    }

    private static func read(_ bytes: [UInt8], _ currency: Currency, _ log: ProblemLog) -> Facts {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4).contains(0) {
            log.add("facts", "the file is in UTF-16", fix: "save it as UTF-8", line: 1)
            return Facts()
        }
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard bytes.contains(where: { !isBlank($0) }) else {
            log.add("facts", "the file is empty", fix: "begin it with {\"mainstay_facts\": 1}", line: 1)
            return Facts()
        }
        let firstLine = bytes.prefix { $0 != UInt8(ascii: "\n") }
        if let header = object(firstLine), header["mainstay_facts"] != nil, header["facts"] == nil {
            guard check(header, log) else { return Facts() }
            return readLines(bytes.dropFirst(firstLine.count), currency, log)
        }
        return readDocument(bytes, currency, log)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func object(_ bytes: ArraySlice<UInt8>) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
    }

    private static func check(_ header: [String: Any], _ log: ProblemLog) -> Bool {
        let node = FactNode(header, log, subject: "facts", line: 1)
        guard let found = node.wholeNumber("mainstay_facts", 1...1_000_000) else {
            if !node.has("mainstay_facts") {
                node.problem("\"mainstay_facts\" is missing", fix: "add \"mainstay_facts\": \(version)")
            }
            return false
        }
        guard found == version else {
            node.problem(
                "they are of version \(found), and this program reads version \(version)", fix: "use a newer mainstay")
            return false
        }
        _ = node.has("facts") ? node.children("facts") : []
        node.finish()
        return node.isWhole
    }

    private static func readDocument(_ bytes: ArraySlice<UInt8>, _ currency: Currency, _ log: ProblemLog) -> Facts {
        var reader = FactReader(currency: currency)
        do {
            guard let document = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
                log.add(
                    "facts", "the file is no JSON object", fix: "write {\"mainstay_facts\": 1, \"facts\": […]}", line: 1
                )
                return Facts()
            }
            guard check(document, log) else { return Facts() }
            for (index, fields) in (document["facts"] as? [[String: Any]] ?? []).enumerated() {
                reader.read(fields, log, place: "facts[\(index)]", line: nil)
            }
        } catch {
            log.add("facts", "the JSON cannot be read: \(reason(error))", fix: "mend it there; is it whole?", line: nil)
        }
        return reader.facts
    }

    private static func readLines(_ bytes: ArraySlice<UInt8>, _ currency: Currency, _ log: ProblemLog) -> Facts {
        var reader = FactReader(currency: currency)
        var line = 1
        var rest = bytes.dropFirst()
        while !rest.isEmpty {
            line += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let text = rest[rest.startIndex..<end]
            rest = rest[end...].dropFirst()
            guard text.contains(where: { !isBlank($0) }) else { continue }
            do {
                if let fields = try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any] {
                    reader.read(fields, log, place: "fact", line: line)
                } else {
                    log.add("fact", "it is no JSON object", fix: "write one {…} on each line", line: line)
                }
            } catch {
                log.add(
                    "fact", "the JSON cannot be read: \(reason(error))", fix: "mend it; is the line whole?", line: line)
            }
        }
        return reader.facts
    }

    private static func reason(_ error: any Error) -> String {
        let text = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? "it is not well formed"
        return String(text.trimmingCharacters(in: CharacterSet(charactersIn: ". ")).prefix(160))
    }

    // MARK: Writing

    /// The facts as one JSON document. The same facts in any order give the same text.
    public static func document(_ facts: Facts) -> String {
        JSONText.object([
            ("mainstay_facts", .number(version)), ("facts", .list(FactWriter.records(facts))),
        ]).pretty + "\n"
    }

    /// The facts as lines to append to a JSON Lines file, without its first line.
    public static func lines(_ facts: Facts) -> [String] { FactWriter.records(facts).map(\.line) }

    /// The facts as a JSON Lines file.
    public static func jsonLines(_ facts: Facts) -> String {
        (["{\"mainstay_facts\":\(version)}"] + lines(facts)).joined(separator: "\n") + "\n"
    }
}
