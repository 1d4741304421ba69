import Formats
import Rating
import Values

/// One JSON object of a facts file as it is read: what is wrong is logged with its place, and reading goes on.
///
/// Reading a key marks it as known; what is left at the end was written by mistake. A key whose value is null counts as
/// not there.
final class FactNode {
    /// The most keys an object is searched for: no fact has half as many.
    private static let mostKeys = 64

    private let members: [JSONMember]
    private let log: ProblemLog
    private let line: Int
    /// What it is, in words: `time e-17`.
    var subject: String
    /// The keys that were asked for.
    private var known: [String] = []
    /// The places among the members of the keys that were asked for.
    private var taken: UInt64 = 0
    private(set) var isWhole = true

    init(_ members: [JSONMember], _ log: ProblemLog, subject: String, line: Int) {
        if members.count > FactNode.mostKeys {
            self.members = []
            isWhole = false
            log.add(subject, "it has \(members.count) keys", fix: "no fact has so many: mend it", line: line)
        } else {
            self.members = members
        }
        self.log = log
        self.subject = subject
        self.line = line
        known.reserveCapacity(12)
    }

    func problem(_ message: String, fix: String, line: Int? = nil) {
        isWhole = false
        log.add(subject, message, fix: fix, line: line ?? self.line)
    }

    /// Logs the keys that nobody asked for.
    func finish() {
        guard taken.nonzeroBitCount < members.count else { return }
        for (place, member) in members.enumerated() where taken & (1 << place) == 0 {
            let key = member.key
            let near = nearestName(to: key, among: known.filter { name in !members.contains { $0.key == name } })
            let fix =
                near.map { "did you mean \"\($0)\"?" } ?? "leave it out; it may have \(known.joined(separator: ", "))"
            problem("there is no key \"\(key.prefix(60))\"", fix: fix, line: member.value.line)
        }
    }

    /// The value of a key, or nil where there is none.
    private func take(_ key: String) -> JSONValue? {
        if !known.contains(key) { known.append(key) }
        var found: JSONValue?
        for (place, member) in members.enumerated() where member.key == key {
            taken |= 1 << place
            if found != nil { problem("\"\(key)\" is there twice", fix: "keep one of them", line: member.value.line) }
            found = member.value
        }
        if case .null? = found?.content { return nil }
        return found
    }

    /// Whether a key is there with a value; it is then known.
    func has(_ key: String) -> Bool {
        if !known.contains(key) { known.append(key) }
        var isThere = false
        for (place, member) in members.enumerated() where member.key == key {
            taken |= 1 << place
            if case .null = member.value.content { continue }
            isThere = true
        }
        return isThere
    }

    /// The text of a key, for naming the fact in what is said about it.
    func peekText(_ key: String) -> String? {
        guard case .text(let text)? = members.first(where: { $0.key == key })?.value.content else { return nil }
        return text
    }

    // MARK: Values

    /// A text with its line, or nil where it is not there.
    private func textAndLine(_ key: String, limit: Int) -> (text: String, line: Int)? {
        guard let value = take(key) else { return nil }
        guard case .text(let text) = value.content else {
            var fix = "write it in double quotes"
            if case .number(let number) = value.content { fix += ": \"\(number.prefix(40))\"" }
            problem("\"\(key)\" is not a text", fix: fix, line: value.line)
            return nil
        }
        guard text.utf8.count <= limit else {
            problem("\"\(key)\" has \(text.utf8.count) bytes", fix: "write at most \(limit)", line: value.line)
            return nil
        }
        return (text, value.line)
    }

    /// A text, or nil where it is not there.
    func optionalText(_ key: String) -> String? { textAndLine(key, limit: 100_000)?.text }
    func text(_ key: String) -> String { optionalText(key) ?? missing(key, "") }

    private func missing<Value>(_ key: String, _ value: Value) -> Value {
        if !has(key) { problem("\"\(key)\" is missing", fix: "add it") }
        return value
    }

    /// What a parser makes of a text.
    func optional<Value>(_ key: String, _ example: String, _ parse: (String) -> Value?) -> Value? {
        guard let (text, line) = textAndLine(key, limit: 100_000) else { return nil }
        if let value = parse(text) { return value }
        problem("\"\(key)\" is \"\(text.prefix(60))\"", fix: "write something like \"\(example)\"", line: line)
        return nil
    }

    func required<Value>(_ key: String, _ example: String, _ parse: (String) -> Value?) -> Value? {
        let value = optional(key, example, parse)
        return value == nil ? missing(key, value) : value
    }

    func identifier<Kind>(_ key: String) -> Identifier<Kind> { optionalIdentifier(key) ?? missing(key, Identifier("")) }

    func optionalIdentifier<Kind>(_ key: String) -> Identifier<Kind>? {
        guard let (text, line) = textAndLine(key, limit: 200) else { return nil }
        let identifier = Identifier<Kind>(text)
        if identifier.isFit { return identifier }
        problem("\"\(key)\" is no id", fix: "write a name of 1 to 200 bytes without control characters", line: line)
        return nil
    }

    func date(_ key: String) -> CivilDate { required(key, "2026-01-31") { CivilDate($0) } ?? CivilDate(day: 0) }
    func optionalDate(_ key: String) -> CivilDate? { optional(key, "2026-01-31") { CivilDate($0) } }
    func period(_ key: String) -> Period { required(key, "2026-01") { Period($0) } ?? Period(index: 0) }
    func instant(_ key: String) -> Instant {
        required(key, "2026-01-31T17:00:00Z") { Instant($0) } ?? Instant(seconds: 0)
    }
    func zone(_ key: String) -> Zone { required(key, "America/Los_Angeles") { Zone(identifier: $0) } ?? .utc }

    func hours(_ key: String) -> Hours { optionalHours(key) ?? missing(key, .zero) }
    func optionalHours(_ key: String) -> Hours? { optional(key, "1:30") { Hours(text: $0) } }

    /// Hours that may be negative: a difference.
    func difference(_ key: String) -> Hours { optional(key, "1:30 or -0:30", FactNode.difference) ?? .zero }

    private static func difference(_ text: String) -> Hours? {
        text.hasPrefix("-") ? Hours(text: text.dropFirst()).map { -$0 } : Hours(text: text)
    }

    func optionalMoney(_ key: String, _ currency: Currency) -> Money? {
        optional(key, "165.00") { Money(text: $0, currency) }
    }

    func money(_ key: String, _ currency: Currency) -> Money {
        optionalMoney(key, currency) ?? missing(key, .zero(currency))
    }

    /// An amount that may be negative, and larger than a price: a sum of a closing.
    func moneyDifference(_ key: String, _ currency: Currency) -> Money {
        required(key, "123.75 or -12.00") { text in
            let digits = Array((text.hasPrefix("-") ? text.dropFirst() : text[...]).utf8)
            let decimals = digits.firstIndex(of: UInt8(ascii: ".")).map { digits.count - $0 - 1 } ?? 0
            guard decimals <= currency.minorDigits, !digits.contains(UInt8(ascii: ",")),
                let units = decimal(digits[...], unitsPerWhole: currency.minorUnitsPerUnit)
            else { return nil }
            return Money(minorUnits: text.hasPrefix("-") ? -units : units, currency)
        } ?? .zero(currency)
    }

    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ key: String, _: Choice.Type) -> Choice? {
        guard let (text, line) = textAndLine(key, limit: 100_000) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        problem(
            "\"\(key)\" is \"\(text.prefix(60))\"", fix: suggestion(for: text, among: Choice.allCases.map(\.rawValue)),
            line: line)
        return nil
    }

    func flag(_ key: String) -> Bool? {
        guard let value = take(key) else { return nil }
        if case .flag(let flag) = value.content { return flag }
        problem("\"\(key)\" is neither true nor false", fix: "write true or false, without quotes", line: value.line)
        return nil
    }

    func wholeNumber(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = take(key) else { return nil }
        if case .number(let text) = value.content, let whole = Int(text), range.contains(whole) { return whole }
        problem(
            "\"\(key)\" is no whole number from \(range.lowerBound) to \(range.upperBound)",
            fix: "write one, without quotes", line: value.line)
        return nil
    }

    // MARK: Lists and objects

    /// The elements of a list of names.
    func identifiers<Kind>(_ key: String) -> [Identifier<Kind>] {
        guard let value = take(key) else { return [] }
        guard case .list(let elements) = value.content else {
            problem("\"\(key)\" is no list", fix: "write [\"a\", \"b\"]", line: value.line)
            return []
        }
        return elements.compactMap { element in
            if case .text(let text) = element.content, Identifier<Kind>(text).isFit { return Identifier(text) }
            problem(
                "\"\(key)\" holds something that is no id", fix: "write names of 1 to 200 bytes: [\"a\", \"b\"]",
                line: element.line)
            return nil
        }
    }

    /// The objects in a list.
    func children(_ key: String) -> [FactNode] {
        guard let value = take(key) else { return missing(key, []) }
        guard case .list(let elements) = value.content else {
            problem("\"\(key)\" is no list", fix: "write [{…}, {…}]", line: value.line)
            return []
        }
        return elements.enumerated().compactMap { index, element in
            let subject = "\(subject), \(key)[\(index)]"
            if case .object(let members) = element.content {
                return FactNode(members, log, subject: subject, line: element.line)
            }
            log.add(subject, "it is no object", fix: "write {…}", line: element.line)
            return nil
        }
    }

    /// An object, or nil where it is not there or is `"none"`, which `isNone` then says.
    func optionalChild(_ key: String) -> (node: FactNode?, isNone: Bool)? {
        guard let value = take(key) else { return nil }
        switch value.content {
        case .object(let members):
            return (FactNode(members, log, subject: "\(subject), \(key)", line: value.line), false)
        case .text("none"): return (nil, true)
        default:
            problem("\"\(key)\" is no object", fix: "write {…}, or \"none\"", line: value.line)
            return nil
        }
    }

    /// A word or an object, or nil where there is none of them.
    func optionalWordOrChild(_ key: String) -> (word: String?, node: FactNode?)? {
        guard let value = take(key) else { return nil }
        switch value.content {
        case .object(let members):
            return (nil, FactNode(members, log, subject: "\(subject), \(key)", line: value.line))
        case .text(let word): return (word, nil)
        default:
            problem("\"\(key)\" is neither a text nor an object", fix: "write \"…\" or {…}", line: value.line)
            return nil
        }
    }

    /// Hours by grant, which may be negative where they are differences.
    func hoursByGrant(_ key: String, isDifference: Bool = false) -> [GrantID: Hours] {
        guard let value = take(key) else { return [:] }
        guard case .object(let members) = value.content else {
            problem("\"\(key)\" is no object", fix: "write {\"block:b-1\": \"1:30\"}", line: value.line)
            return [:]
        }
        var hoursByGrant: [GrantID: Hours] = [:]
        for member in members {
            let (name, line) = (member.key.prefix(60), member.value.line)
            guard let grant = GrantID(fileText: member.key) else {
                problem(
                    "\"\(key)\" has \"\(name)\"", fix: "write \"allotment:2026-01:CONTRACT\" or \"block:BLOCK\"",
                    line: line)
                continue
            }
            guard case .text(let text) = member.value.content,
                let hours = isDifference ? FactNode.difference(text) : Hours(text: text)
            else {
                problem("\"\(key)\" has no hours for \(name)", fix: "write hours: \"1:30\"", line: line)
                continue
            }
            if hoursByGrant.updateValue(hours, forKey: grant) != nil {
                problem("\"\(key)\" has \(name) twice", fix: "keep one of them", line: line)
            }
        }
        return hoursByGrant
    }
}
