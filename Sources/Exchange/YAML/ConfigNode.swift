import Agreements
import Yams

/// Collects the problems of one file as it is read.
final class ProblemLog {
    let file: String
    private(set) var all: [Problem] = []

    init(file: String) { self.file = file }

    func add(_ subject: String, _ message: String, fix: String, line: Int?) {
        all.append(Problem(subject, message, fix: fix, file: file, line: line))
    }

    /// Adds what another log of the same file collected.
    func add(_ other: ProblemLog) { all += other.all }

    /// Throws what was collected, in the order of the lines.
    func throwIfAny() throws(Problems) {
        guard !all.isEmpty else { return }
        throw Problems(
            all.enumerated().sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }.map(
                \.element))
    }
}

/// A place in a YAML document: it reads what is there, and logs what is wrong with file and line, so that reading goes on
/// and every problem is found in one go.
struct ConfigNode {
    private let node: Node
    private let log: ProblemLog
    /// What it is, in words: `plan care-2`.
    let subject: String

    private init(_ node: Node, _ log: ProblemLog, _ subject: String) {
        self.node = node
        self.log = log
        self.subject = subject
    }

    /// The document of a file, or nil where it is none; what is wrong is logged.
    static func document(_ bytes: [UInt8], _ log: ProblemLog, subject: String) -> ConfigNode? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4).contains(0) {
            log.add(subject, "the file is in UTF-16", fix: "save it as UTF-8", line: 1)
            return nil
        }
        guard bytes.count <= 4 << 20 else {
            log.add(subject, "the file has \(bytes.count) bytes", fix: "keep it under 4 MiB", line: nil)
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            log.add(subject, "the file is not UTF-8", fix: "save it as UTF-8", line: nil)
            return nil
        }
        do {
            guard let node = try Yams.compose(yaml: text) else {
                log.add(subject, "the file is empty", fix: "see docs for what belongs in it", line: 1)
                return nil
            }
            return ConfigNode(node, log, subject)
        } catch let error as YamlError {
            let (line, message) = describe(error)
            log.add(subject, message, fix: "mend the YAML there", line: line)
        } catch {
            log.add(subject, "the YAML cannot be read", fix: "mend the YAML", line: nil)
        }
        return nil
    }

    private static func describe(_ error: YamlError) -> (Int?, String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let while_ = context.map { " (\($0.text))" } ?? ""
            return (mark.line, "the YAML cannot be read: \(problem)\(while_)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.sorted().joined(separator: ", ")
            return (context.mark.line, "a key is there twice: \(names)")
        default: return (nil, "the YAML cannot be read")
        }
    }

    /// The line it starts on.
    var line: Int? { node.mark?.line }

    /// Logs a problem with it.
    func problem(_ message: String, fix: String) { log.add(subject, message, fix: fix, line: line) }

    // MARK: Mappings

    private var pairs: [(key: String, keyNode: Node, value: Node)]? {
        guard case .mapping(let mapping) = node else { return nil }
        return mapping.compactMap { pair in pair.key.scalar.map { ($0.string, pair.key, pair.value) } }
    }

    /// Whether it is a mapping.
    var isMapping: Bool {
        if case .mapping = node { true } else { false }
    }

    /// Whether it is a mapping; logged where it is not.
    func requireMapping() -> Bool {
        if case .mapping(let mapping) = node {
            for (key, _) in mapping where key.scalar == nil {
                log.add(subject, "a key is not plain text", fix: "write a plain name", line: key.mark?.line)
            }
            return true
        }
        problem("here belong keys with values, not \(kind)", fix: "write \"key: value\" lines, indented alike")
        return false
    }

    /// Logs every key that is not known, with the nearest one that is.
    func allow(_ known: String...) {
        for (key, keyNode, _) in pairs ?? [] where !known.contains(key) {
            log.add(
                subject, "there is no key \"\(key)\"", fix: suggestion(for: key, among: known), line: keyNode.mark?.line
            )
        }
    }

    /// The value of a key, or nil where it is not there or is empty.
    func child(_ key: String, as subject: String? = nil) -> ConfigNode? {
        guard let value = pairs?.first(where: { $0.key == key })?.value else { return nil }
        if let scalar = value.scalar, scalar.style == .plain, ["", "~", "null"].contains(scalar.string) { return nil }
        return ConfigNode(value, log, subject ?? (key == self.subject ? key : "\(self.subject), \(key)"))
    }

    /// The value of a key that must be there.
    func required(_ key: String, _ example: String) -> ConfigNode? {
        if let child = child(key) { return child }
        problem("\"\(key)\" is missing", fix: "add \"\(key): \(example)\"")
        return nil
    }

    /// The entries of a mapping from names to values, each with a subject of its own.
    func entries(_ kind: String) -> [(name: String, node: ConfigNode)] {
        guard requireMapping() else { return [] }
        return (pairs ?? []).map { ($0.key, ConfigNode($0.value, log, "\(kind) \($0.key)")) }
    }

    /// The elements of a list; a lone value counts as a list of one.
    var elements: [ConfigNode] {
        switch node {
        case .sequence(let sequence): return sequence.map { ConfigNode($0, log, subject) }
        case .scalar: return [self]
        default:
            problem("here belongs a list, not \(kind)", fix: "write [a, b, c]")
            return []
        }
    }

    // MARK: Scalars

    /// Its text, or nil, logged, where it is no plain value.
    func text(_ example: String) -> String? {
        if let scalar = node.scalar { return scalar.string }
        problem("here belongs one value, not \(kind)", fix: "write something like \(example)")
        return nil
    }

    /// What a parser makes of its text; logged where it makes nothing of it.
    func value<Value>(_ example: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = text(example) else { return nil }
        if let value = parse(text) { return value }
        problem("\"\(text.prefix(60))\" cannot be read", fix: "write something like \(example)")
        return nil
    }

    /// Yes or no.
    func flag() -> Bool? {
        value("yes or no") { ["yes": true, "true": true, "no": false, "false": false][$0.lowercased()] }
    }

    /// One of some words; logged with the nearest where it is none of them.
    func choice<Choice>(_ choices: [(name: String, value: Choice)]) -> Choice? {
        guard let text = text(choices[0].name) else { return nil }
        if let found = choices.first(where: { $0.name == text }) { return found.value }
        problem("\"\(text.prefix(60))\" is none of the choices", fix: suggestion(for: text, among: choices.map(\.name)))
        return nil
    }

    /// One of the cases of a type that is written as its raw value.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(_: Choice.Type) -> Choice? {
        choice(Choice.allCases.map { ($0.rawValue, $0) })
    }

    /// A date.
    func date() -> CivilDate? { value("2026-01-31") { CivilDate($0) } }

    /// A length of time.
    func hours() -> Hours? { value("2, 2:30 or 30m") { Hours(text: $0) } }

    /// An amount that is not negative.
    func money(_ currency: Currency) -> Money? {
        guard let text = text("165.00") else { return nil }
        if let money = Money(text: text, currency) { return money }
        let digits = text.drop { $0 == "-" || $0 == "$" }
        if text.hasPrefix("-") {
            problem("the amount is negative: \(text.prefix(40))", fix: "write an amount of 0 or more")
        } else if let mark = digits.firstIndex(of: "."), digits[mark...].count - 1 > currency.minorDigits,
            digits[mark...].dropFirst().allSatisfy(\.isNumber)
        {
            problem(
                "\(text.prefix(40)) has more decimals than \(currency.code) has",
                fix: "write at most \(currency.minorDigits)")
        } else {
            problem(
                "\"\(text.prefix(40))\" is no amount of \(currency.code)", fix: "write a plain number such as 165.00")
        }
        return nil
    }

    /// A whole number from a range.
    func number(_ range: ClosedRange<Int>) -> Int? {
        value("\(range.lowerBound) to \(range.upperBound)") { Int($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    private var kind: String {
        switch node {
        case .mapping: "a set of keys"
        case .sequence: "a list"
        default: node.scalar.map { "\"\($0.string.prefix(40))\"" } ?? "this"
        }
    }
}
