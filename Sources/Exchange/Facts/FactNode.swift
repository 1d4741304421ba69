import Agreements
import Foundation

/// One JSON object of a facts file as it is read: what is wrong is logged with its place, and reading goes on.
///
/// Reading a key marks it as known; what is left at the end was written by mistake.
final class FactNode {
    private var fields: [String: Any]
    private let allKeys: Set<String>
    private let log: ProblemLog
    private let line: Int?
    /// What it is, in words: `time e-17`.
    var subject: String
    private var known: [String] = []
    private(set) var isWhole = true

    init(_ fields: [String: Any], _ log: ProblemLog, subject: String, line: Int?) {
        self.fields = fields
        allKeys = Set(fields.keys)
        self.log = log
        self.subject = subject
        self.line = line
    }

    func problem(_ message: String, fix: String) {
        isWhole = false
        log.add(subject, message, fix: fix, line: line)
    }

    /// Logs the keys that nobody asked for.
    func finish() {
        for key in fields.keys.sorted() {
            let others = known.filter { !allKeys.contains($0) }
            let near = nearestName(to: key, among: others)
            let fix =
                near.map { "did you mean \"\($0)\"?" } ?? "leave it out; it may have \(known.joined(separator: ", "))"
            problem("there is no key \"\(key.prefix(60))\"", fix: fix)
        }
    }

    private func take(_ key: String) -> Any? {
        known.append(key)
        guard let value = fields.removeValue(forKey: key), !(value is NSNull) else { return nil }
        return value
    }

    func has(_ key: String) -> Bool { allKeys.contains(key) }

    // MARK: Values

    /// A text, or nil where it is not there.
    func optionalText(_ key: String, limit: Int = 100_000) -> String? {
        guard let value = take(key) else { return nil }
        guard let text = value as? String else {
            problem("\"\(key)\" is not a text", fix: "write it in quotes")
            return nil
        }
        guard text.utf8.count <= limit else {
            problem("\"\(key)\" has \(text.utf8.count) bytes", fix: "write at most \(limit)")
            return nil
        }
        return text
    }

    func text(_ key: String) -> String { optionalText(key) ?? missing(key, "") }

    private func missing<Value>(_ key: String, _ value: Value) -> Value {
        if !allKeys.contains(key) { problem("\"\(key)\" is missing", fix: "add it") }
        return value
    }

    /// What a parser makes of a text.
    func optional<Value>(_ key: String, _ example: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = optionalText(key) else { return nil }
        if let value = parse(text) { return value }
        problem("\"\(key)\" is \"\(text.prefix(60))\"", fix: "write something like \"\(example)\"")
        return nil
    }

    func required<Value>(_ key: String, _ example: String, _ parse: (String) -> Value?) -> Value? {
        let value = optional(key, example, parse)
        return value == nil ? missing(key, value) : value
    }

    func identifier<Kind>(_ key: String) -> Identifier<Kind> { optionalIdentifier(key) ?? missing(key, Identifier("")) }

    func optionalIdentifier<Kind>(_ key: String) -> Identifier<Kind>? {
        guard let text = optionalText(key, limit: 200) else { return nil }
        if text.isEmpty || text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            problem("\"\(key)\" is no id", fix: "write a name of 1 to 200 bytes without control characters")
            return nil
        }
        return Identifier(text)
    }

    func date(_ key: String) -> CivilDate { required(key, "2026-01-31") { CivilDate($0) } ?? CivilDate(day: 0) }
    func optionalDate(_ key: String) -> CivilDate? { optional(key, "2026-01-31") { CivilDate($0) } }
    func period(_ key: String) -> Period { required(key, "2026-01") { Period($0) } ?? Period(index: 0) }
    func instant(_ key: String) -> Instant {
        required(key, "2026-01-31T17:00:00Z") { Instant($0) } ?? Instant(seconds: 0)
    }
    func optionalInstant(_ key: String) -> Instant? { optional(key, "2026-01-31T17:00:00Z") { Instant($0) } }
    func zone(_ key: String) -> Zone { required(key, "America/Los_Angeles") { Zone(identifier: $0) } ?? .utc }

    func hours(_ key: String) -> Hours { optionalHours(key) ?? missing(key, .zero) }
    func optionalHours(_ key: String) -> Hours? { optional(key, "1:30") { Hours(text: $0) } }

    /// Hours that may be negative: a difference.
    func difference(_ key: String) -> Hours {
        optional(key, "1:30 or -0:30") { text in
            text.hasPrefix("-") ? Hours(text: text.dropFirst()).map { -$0 } : Hours(text: text)
        } ?? .zero
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
            let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
            let bytes = Array(digits.utf8)
            let decimals = bytes.firstIndex(of: UInt8(ascii: ".")).map { bytes.count - $0 - 1 } ?? 0
            guard decimals <= currency.minorDigits, !bytes.contains(UInt8(ascii: ",")),
                let units = decimal(bytes[...], unitsPerWhole: currency.minorUnitsPerUnit)
            else { return nil }
            return Money(minorUnits: text.hasPrefix("-") ? -units : units, currency)
        } ?? .zero(currency)
    }

    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ key: String, _: Choice.Type) -> Choice? {
        guard let text = optionalText(key) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        problem(
            "\"\(key)\" is \"\(text.prefix(60))\"", fix: suggestion(for: text, among: Choice.allCases.map(\.rawValue)))
        return nil
    }

    func flag(_ key: String) -> Bool? {
        guard let value = take(key) else { return nil }
        // A number is no flag, though Foundation would take 1 for true.
        if let number = value as? NSNumber, CFBooleanLike.isBoolean(number) { return number.boolValue }
        problem("\"\(key)\" is neither true nor false", fix: "write true or false, without quotes")
        return nil
    }

    func wholeNumber(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = take(key) else { return nil }
        if let number = value as? NSNumber, !CFBooleanLike.isBoolean(number),
            let whole = Int(exactly: number.doubleValue),
            range.contains(whole)
        {
            return whole
        }
        problem(
            "\"\(key)\" is no whole number",
            fix: "write one from \(range.lowerBound) to \(range.upperBound), without quotes")
        return nil
    }

    /// The elements of a list of texts.
    func texts(_ key: String) -> [String] {
        guard let value = take(key) else { return [] }
        if let texts = value as? [String] { return texts }
        problem("\"\(key)\" is no list of texts", fix: "write [\"a\", \"b\"]")
        return []
    }

    /// The objects in a list.
    func children(_ key: String) -> [FactNode] {
        guard let value = take(key) else { return missing(key, []) }
        guard let objects = value as? [[String: Any]] else {
            problem("\"\(key)\" is no list of objects", fix: "write [{…}, {…}]")
            return []
        }
        return objects.enumerated().map { index, fields in
            FactNode(fields, log, subject: "\(subject), \(key)[\(index)]", line: line)
        }
    }

    /// An object, or nil where it is not there or is `"none"`, which `isNone` then says.
    func optionalChild(_ key: String) -> (node: FactNode?, isNone: Bool)? {
        guard let value = take(key) else { return nil }
        if let fields = value as? [String: Any] {
            return (FactNode(fields, log, subject: "\(subject), \(key)", line: line), false)
        }
        if value as? String == "none" { return (nil, true) }
        problem("\"\(key)\" is no object", fix: "write {…}, or \"none\"")
        return nil
    }

    /// The texts of an object by its keys.
    func textsByKey(_ key: String) -> [String: String] {
        guard let value = take(key) else { return [:] }
        if let texts = value as? [String: String] { return texts }
        problem("\"\(key)\" is no object of texts", fix: "write {\"a\": \"1:30\"}")
        return [:]
    }
}

/// Tells JSON's true and false from its numbers, which Foundation both hands over as NSNumber.
private enum CFBooleanLike {
    static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
