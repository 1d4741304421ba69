import Values

/// A date as an export writes it, its parts read but their order not yet settled.
struct RawDate: CustomStringConvertible, Sendable {
    private let a: Int32
    private let b: Int32
    private let c: Int32
    private let separator: UInt8
    /// Whether the last number has two digits: a year of this century.
    private let isShort: Bool

    /// Three numbers with one separator: `2026-01-31`, `31/01/2026`, `31.01.2026`, `31/01/26`.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var parts = (0, 0, 0)
        var count = 0
        var digits = 0
        var separator: UInt8 = 0
        guard bytes.count <= 10 else { return nil }
        for byte in bytes {
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                digits += 1
                let value = Int(byte - UInt8(ascii: "0"))
                switch count {
                case 0: parts.0 = parts.0 * 10 + value
                case 1: parts.1 = parts.1 * 10 + value
                default: parts.2 = parts.2 * 10 + value
                }
            } else {
                guard digits > 0, separator == 0 || separator == byte, count < 2,
                    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
                else { return nil }
                separator = byte
                digits = 0
                count += 1
            }
        }
        guard count == 2, digits > 0 else { return nil }
        (a, b, c) = (
            Int32(truncatingIfNeeded: parts.0), Int32(truncatingIfNeeded: parts.1), Int32(truncatingIfNeeded: parts.2)
        )
        self.separator = separator
        isShort = digits == 2
    }

    /// The year where it comes last, or nil.
    private var lastYear: Int? { c > 31 && !isShort ? Int(c) : isShort && a < 100 ? 2000 + Int(c) : nil }

    /// The date, or nil where it is not written that way.
    func date(_ format: TimeExport.DateFormat) -> CivilDate? {
        switch format {
        case .iso: a > 999 ? CivilDate(year: Int(a), month: Int(b), day: Int(c)) : nil
        case .dayFirst: lastYear.flatMap { CivilDate(year: $0, month: Int(b), day: Int(a)) }
        case .monthFirst:
            separator == UInt8(ascii: ".")
                ? nil : lastYear.flatMap { CivilDate(year: $0, month: Int(a), day: Int(b)) }
        }
    }

    var description: String {
        let mark = String(decoding: [separator], as: UTF8.self)
        return [a, b, c].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: mark)
    }

    /// The way of writing that fits the most rows. Where day first and month first fit all rows alike, the file does not say
    /// which is meant, and nobody may guess.
    static func format(of dates: some Sequence<RawDate>, file: String) throws(Problems) -> TimeExport.DateFormat {
        var (iso, day, month) = (0, 0, 0)
        var differ = false
        for date in dates {
            if date.date(.iso) != nil {
                iso += 1
                continue
            }
            let (dayFirst, monthFirst) = (date.date(.dayFirst), date.date(.monthFirst))
            day += dayFirst == nil ? 0 : 1
            month += monthFirst == nil ? 0 : 1
            if let dayFirst, let monthFirst, dayFirst != monthFirst { differ = true }
        }
        if iso >= day, iso >= month { return .iso }
        if day == month, differ {
            throw Problems([
                Problem(
                    "dates", "every date can be read with the day or with the month first",
                    fix: "write date_format: day-first or month-first in the mapping", file: file)
            ])
        }
        return day >= month ? .dayFirst : .monthFirst
    }
}

/// Times of day as exports write them.
enum ClockTime {
    /// Seconds since midnight of `09:30`, `09:30:15`, `9:30 AM` or `12:05:00 pm`, and whether it is cut off to the minute.
    static func read(_ text: String) -> (second: Int, isToMinute: Bool)? {
        var text = text.lowercased().trimmingBlanks
        var shift: Int?
        for (suffix, hours) in [("am", 0), ("pm", 12), ("a.m.", 0), ("p.m.", 12)] where text.hasSuffix(suffix) {
            text = String(text.dropLast(suffix.count))
            shift = hours
            break
        }
        while text.last == " " || text.last == "\u{202F}" || text.last == "\u{A0}" { text.removeLast() }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { part in
            (1...2).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
        }
        guard parts.count == 2 || parts.count == 3, var hour = parts[0], let minute = parts[1], minute < 60 else {
            return nil
        }
        var second = 0
        if parts.count == 3 {
            guard let found = parts[2], found < 60 else { return nil }
            second = found
        }
        if let shift {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + shift
        }
        return hour < 24 ? (hour * 3600 + minute * 60 + second, parts.count == 2) : nil
    }
}
