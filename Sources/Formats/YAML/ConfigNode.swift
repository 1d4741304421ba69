package import Values
import Yams

/// Collects the problems of one file as it is read.
package final class ProblemLog {
    package let file: String
    package private(set) var all: [Problem] = []
    private var known: Set<Problem> = []

    package init(file: String) { self.file = file }

    /// Adds a problem; what was said once is not said again.
    package func add(_ subject: String, _ message: String, fix: String, line: Int?) {
        let problem = Problem(subject, message, fix: fix, file: file, line: line)
        if known.insert(problem).inserted { all.append(problem) }
    }

    /// Adds what another log of the same file collected.
    package func add(_ other: ProblemLog) { all += other.all }

    /// Throws what was collected, in the order of the lines.
    package func throwIfAny() throws(Problems) {
        guard !all.isEmpty else { return }
        throw Problems(
            all.enumerated().sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }.map(
                \.element))
    }
}

/// A place in a YAML document: it reads what is there, and logs what is wrong with file and line, so that reading goes on
/// and every problem is found in one go.
///
/// Scalars are read by their text, whatever YAML would take it for: `165.00` is never a floating-point number, `2:30`
/// never a number of base 60, `no` never surprises as a name.
package struct ConfigNode {
    private let node: Node
    private let log: ProblemLog
    /// What it is, in words: `plan care-2`.
    package let subject: String
    /// The line of the key it belongs to, or else the line it starts on.
    package let line: Int?

    private init(_ node: Node, _ log: ProblemLog, _ subject: String, line: Int?) {
        self.node = node
        self.log = log
        self.subject = subject
        self.line = line
    }

    /// The document of a file, or nil where it is none; what is wrong is logged.
    package static func document(_ bytes: [UInt8], _ log: ProblemLog, subject: String) -> ConfigNode? {
        YAMLText.root(bytes, log, subject: subject).map { ConfigNode($0, log, subject, line: 1) }
    }

    /// Logs a problem with it.
    package func problem(_ message: String, fix: String) { log.add(subject, message, fix: fix, line: line) }

    // MARK: Mappings

    private typealias Pair = (key: String, line: Int?, value: Node)

    private var pairs: [Pair] {
        guard case .mapping(let mapping) = node else { return [] }
        return mapping.compactMap { key, value in
            key.scalar.map { (YAMLText.key($0.string), key.mark?.line, value) }
        }
    }

    /// Whether it is a mapping.
    package var isMapping: Bool {
        if case .mapping = node { true } else { false }
    }

    /// Whether it is a mapping with plain keys, each there once; logged where it is not.
    package func requireMapping() -> Bool {
        guard case .mapping(let mapping) = node else {
            problem("here belong keys with values, not \(kind)", fix: "write \"key: value\" lines, indented alike")
            return false
        }
        checkTag()
        for (key, _) in mapping where key.scalar == nil {
            log.add(subject, "a key is not plain text", fix: "write a plain name", line: key.mark?.line ?? line)
        }
        var firstLines: [String: Int?] = [:]
        for pair in pairs {
            guard let first = firstLines.updateValue(pair.line, forKey: pair.key) else { continue }
            firstLines[pair.key] = first
            let place = first.map { ", first on line \($0)" } ?? ""
            log.add(
                subject, "\"\(excerpt(pair.key))\" is there twice\(place)", fix: "keep one of them", line: pair.line)
        }
        return true
    }

    /// How many unknown keys of one mapping are told with their lines: more are not misspelt, but of another file.
    private static let unknownKeyLimit = 100

    /// Logs every key that is not known, with the nearest one that is, and every key that has no value.
    package func allow(_ known: String...) {
        var unknown = 0
        for pair in pairs {
            if known.contains(pair.key) {
                if ConfigNode.isNothing(pair.value) { logNoValue(of: pair) }
            } else if pair.key == "<<" {
                log.add(subject, "merge keys (<<) are not read", fix: "write the keys out", line: pair.line)
            } else {
                unknown += 1
                guard unknown <= ConfigNode.unknownKeyLimit else { continue }
                log.add(
                    subject, "there is no key \"\(excerpt(pair.key))\"", fix: suggestion(for: pair.key, among: known),
                    line: pair.line)
            }
        }
        if unknown > ConfigNode.unknownKeyLimit {
            problem("\(unknown) of its keys are unknown", fix: "see whether it is the right file")
        }
    }

    private func logNoValue(of pair: Pair) {
        log.add(subject, "\"\(pair.key)\" has no value", fix: "write it after the colon", line: pair.line)
    }

    /// The value of a key, or nil where it is not there or is empty.
    package func child(_ key: String, as subject: String? = nil) -> ConfigNode? {
        guard let pair = pairs.first(where: { $0.key == key }), !ConfigNode.isNothing(pair.value) else { return nil }
        return ConfigNode(
            pair.value, log, subject ?? (key == self.subject ? key : "\(self.subject), \(key)"), line: pair.line)
    }

    /// The value of a key that must be there.
    package func required(_ key: String, _ example: String) -> ConfigNode? {
        if let child = child(key) { return child }
        if let pair = pairs.first(where: { $0.key == key }) {
            logNoValue(of: pair)
        } else {
            problem("\"\(key)\" is missing", fix: "add \"\(key): \(example)\"")
        }
        return nil
    }

    /// The entries of a mapping from names to values, each with a subject of its own.
    package func entries(_ kind: String) -> [(name: String, node: ConfigNode)] {
        guard requireMapping() else { return [] }
        return pairs.map { ($0.key, ConfigNode($0.value, log, "\(kind) \(excerpt($0.key))", line: $0.line)) }
    }

    /// The elements of a list; a lone value counts as a list of one.
    package var elements: [ConfigNode] {
        switch node {
        case .sequence(let sequence):
            checkTag()
            return sequence.map { ConfigNode($0, log, subject, line: $0.mark?.line ?? line) }
        case .scalar: return [self]
        default:
            problem("here belongs a list, not \(kind)", fix: "write [a, b, c]")
            return []
        }
    }

    // MARK: Scalars

    /// Its text, or nil, logged, where it is no plain value.
    package func text(_ example: String) -> String? {
        guard let scalar = node.scalar, !ConfigNode.isNothing(node) else {
            problem("here belongs one value, not \(kind)", fix: "write something like \(example)")
            return nil
        }
        checkTag()
        return scalar.string
    }

    /// A name for people to read: not empty, on one line, at most so many characters. Runs of spaces count as one.
    package func name(_ example: String, atMost limit: Int = 200) -> String? {
        guard let text = text(example) else { return nil }
        let name = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if name.isEmpty {
            problem("it is empty", fix: "write something like \(example)")
        } else if name.count > limit {
            problem("it has \(name.count) characters", fix: "write at most \(limit)")
        } else if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            problem("it has a control character: \"\(excerpt(name))\"", fix: "write plain text")
        } else {
            return name
        }
        return nil
    }

    /// What a parser makes of its text; logged where it makes nothing of it.
    package func value<Value>(_ example: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = text(example) else { return nil }
        if let value = parse(text) { return value }
        problem("\"\(excerpt(text))\" cannot be read", fix: "write something like \(example)")
        return nil
    }

    /// Yes or no.
    package func flag() -> Bool? {
        value("yes or no") { ["yes": true, "true": true, "no": false, "false": false][$0.lowercased()] }
    }

    /// One of some words; logged with the nearest where it is none of them.
    package func choice<Choice>(_ choices: [(name: String, value: Choice)]) -> Choice? {
        guard let text = text(choices[0].name) else { return nil }
        if let found = choices.first(where: { $0.name == text }) { return found.value }
        problem("\"\(excerpt(text))\" is none of the choices", fix: suggestion(for: text, among: choices.map(\.name)))
        return nil
    }

    /// One of the cases of a type that is written as its raw value.
    package func choice<Choice: CaseIterable & RawRepresentable<String>>(_: Choice.Type) -> Choice? {
        choice(Choice.allCases.map { ($0.rawValue, $0) })
    }

    /// A list of words, each one of some; logged where one is there twice.
    package func choices<Choice: CaseIterable & RawRepresentable<String> & Hashable>(_ type: Choice.Type) -> [Choice] {
        distinct { $0.choice(type) }
    }

    /// What is read from the elements of a list; logged where two are the same.
    package func distinct<Value: Hashable>(_ read: (ConfigNode) -> Value?) -> [Value] {
        var seen: Set<Value> = []
        return elements.compactMap { element in
            guard let value = read(element) else { return nil }
            if seen.insert(value).inserted { return value }
            element.problem("\"\(excerpt(element.node.scalar?.string ?? ""))\" is there twice", fix: "keep one of them")
            return nil
        }
    }

    /// A date.
    package func date() -> CivilDate? {
        value("2026-01-31, a date of the calendar as year-month-day") { CivilDate($0) }
    }

    /// A length of time, within limits: negative and over-large ones are logged.
    package func hours(_ range: ClosedRange<Hours> = .zero...Hours.limit) -> Hours? {
        guard let text = text("2, 2:30 or 30m") else { return nil }
        guard let hours = Hours(text: text) else {
            if text.hasPrefix("-") {
                problem("the time is negative: \(excerpt(text))", fix: "write 0 or more")
            } else if text.utf8.allSatisfy({ (48...57).contains($0) }) {
                problem("\(excerpt(text)) hours are too many", fix: "write at most \(Hours.limit)")
            } else {
                problem("\"\(excerpt(text))\" is no length of time", fix: "write something like 2, 2:30 or 30m")
            }
            return nil
        }
        if range.contains(hours) { return hours }
        let isShort = hours < range.lowerBound
        problem(
            "\(hours) is too \(isShort ? "short" : "long")",
            fix: isShort ? "write at least \(range.lowerBound)" : "write at most \(range.upperBound)")
        return nil
    }

    /// An amount that is not negative, read digit by digit.
    package func money(_ currency: Currency) -> Money? {
        guard let text = text("165.00") else { return nil }
        if let money = Money(text: text, currency) { return money }
        let plain = "write a plain number such as 165.00"
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.joined()
        if text.hasPrefix("-") {
            problem("the amount is negative: \(excerpt(text))", fix: "write an amount of 0 or more")
        } else if parts.count > 2 || digits.isEmpty || !digits.utf8.allSatisfy({ (48...57).contains($0) }) {
            problem("\"\(excerpt(text))\" is no amount", fix: "\(plain), without a currency or thousands separators")
        } else if parts.count == 2, parts[1].utf8.count > currency.minorDigits {
            problem(
                "\(excerpt(text)) has more decimals than \(currency.code) has",
                fix: "write at most \(currency.minorDigits)")
        } else {
            let limit = Money(minorUnits: Money.limit, currency)
            problem("\(excerpt(text)) is more than any rate or fee may be", fix: "write at most \(limit.decimalText)")
        }
        return nil
    }

    /// A whole number from a range.
    package func number(_ range: ClosedRange<Int>) -> Int? {
        guard let text = text("\(range.lowerBound)") else { return nil }
        if let number = Int(text), range.contains(number) { return number }
        problem(
            "\"\(excerpt(text))\" is no whole number from \(range.lowerBound) to \(range.upperBound)",
            fix: "write something like \(range.lowerBound)")
        return nil
    }

    /// Whether it is a word alone, such as `none`.
    package func isWord(_ word: String) -> Bool { node.scalar?.string == word }

    // MARK: Kinds

    /// Whether there is nothing where a value belongs.
    private static func isNothing(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private var kind: String {
        switch node {
        case .mapping: "a set of keys"
        case .sequence: "a list"
        case .alias: "an alias"
        case .scalar(let scalar): ConfigNode.isNothing(node) ? "nothing" : "\"\(excerpt(scalar.string))\""
        }
    }

    /// Logs a tag: no file of ours needs any, and what one asks for is not done.
    private func checkTag() {
        let tag = node.tag.description
        guard !tag.isEmpty, tag != "!", !ConfigNode.plainTags.contains(tag) else { return }
        problem("the tag \"\(excerpt(tag))\" is not read", fix: "remove it")
    }

    private static let plainTags = Set(
        ["str", "int", "float", "bool", "timestamp", "seq", "map"].map { "tag:yaml.org,2002:" + $0 })
}

/// The beginning of a text, on one line, to be shown in a message.
package func excerpt(_ text: some StringProtocol) -> String {
    let start = text.unicodeScalars.prefix(60)
    var shown = String.UnicodeScalarView()
    for scalar in start {
        let isPlain = scalar.properties.generalCategory != .control && !scalar.properties.isWhitespace
        shown.append(isPlain ? scalar : " ")
    }
    return String(shown) + (start.endIndex < text.unicodeScalars.endIndex ? "…" : "")
}
