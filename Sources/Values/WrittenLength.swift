/// A length of time as somebody wrote it: how long it is, and how exactly it says so.
///
/// This is the one reader of lengths: commands, pages, the API, files and exports all come to it.
///
/// - `1:30`, `1:30:12`: hours, minutes, seconds. `18:25 min`: minutes and seconds.
/// - `1.5`, `1,5`, `1.4166666666667`: hours, with any number of decimals, rounded half up to the second.
/// - `90 min`, `1.5 h`, `45 sec`, `1h30`, `1h 30m`, `1 h 30 min`: numbers with their units, the larger first.
package struct WrittenLength: Hashable, Sendable {
    /// The length.
    package let seconds: Int
    /// The lengths that are written this way when they are rounded to its last digit: a minute for `1:30`, which may also be
    /// cut off, half of 0.01 h to either side for `0.33`, and nothing but itself for `0:20:00`.
    package let range: ClosedRange<Int>
    /// The number, where it is a whole one without a unit: hours to people, and seconds in some exports.
    package let number: Int?
    /// Whether it is a decimal number of hours.
    package let isDecimal: Bool

    /// Reads a length. Returns nil for anything else, for a negative length and for one over ``Hours/limit``.
    package init?(_ text: [UInt8]) {
        guard let length = WrittenLength.read(text), length.seconds <= Hours.limit.seconds else { return nil }
        self = length
    }

    /// Reads a number of at most four digits before and three after the mark, as most rows of exports have, without making
    /// anything of its text. Returns nil for everything else, which may be a length, too.
    package init?(plainNumber text: UnsafeBufferPointer<UInt8>) {
        guard text.count <= 8, text.count > 0 else { return nil }
        var whole = 0
        var scale = 0
        var count = 0
        for byte in text {
            if WrittenLength.isDigit(byte) {
                whole = whole * 10 + Int(byte - 0x30)
                scale *= 10
                count += 1
            } else if scale == 0, count > 0, byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") {
                guard count <= 4 else { return nil }
                scale = 1
            } else {
                return nil
            }
        }
        guard scale <= 1000, scale > 0 || count <= 4 else { return nil }
        let parts = max(1, scale)
        let (low, high) = (max(0, (whole * 2 - 1) * 3600), (whole * 2 + 1) * 3600)
        seconds = (whole * 7200 + parts) / (2 * parts)
        range = ((low + 2 * parts - 1) / (2 * parts))...(high / (2 * parts))
        number = scale == 0 ? whole : nil
        isDecimal = true
    }

    private init(exactly seconds: Int) {
        self.init(seconds: seconds, range: seconds...seconds)
    }

    private init(toTheMinute seconds: Int) {
        self.init(seconds: seconds, range: max(0, seconds - 30)...(seconds + 59))
    }

    private init(seconds: Int, range: ClosedRange<Int>, number: Int? = nil, isDecimal: Bool = false) {
        self.seconds = seconds
        self.range = range
        self.number = number
        self.isDecimal = isDecimal
    }

    // MARK: Parts

    private enum Unit: Int {
        case seconds = 1
        case minutes = 60
        case hours = 3600

        init?(_ name: ArraySlice<UInt8>) {
            switch String(decoding: name, as: UTF8.self) {
            case "h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heure", "heures": self = .hours
            case "m", "min", "mins", "minute", "minutes", "minuten": self = .minutes
            case "s", "sec", "secs", "second", "seconds", "sek", "sekunde", "sekunden": self = .seconds
            default: return nil
            }
        }
    }

    /// A number, and the unit behind it.
    private struct Part {
        var number: ArraySlice<UInt8>
        var unit: Unit?
    }

    private static func read(_ text: [UInt8]) -> WrittenLength? {
        guard let parts = parts(plain(text)), let first = parts.first else { return nil }
        if parts.count > 1 { return sum(parts) }
        if first.number.contains(UInt8(ascii: ":")) { return clock(first) }
        return decimal(first)
    }

    /// Small letters, and every blank of one byte: spreadsheets put unbreakable ones before units.
    private static func plain(_ text: [UInt8]) -> [UInt8] {
        if text.allSatisfy({ $0 < 0x41 }) { return text }
        var plain: [UInt8] = []
        plain.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            let byte = text[place]
            if byte == 0xC2, place + 1 < text.count, text[place + 1] == 0xA0 {
                plain.append(UInt8(ascii: " "))
                place += 2
            } else if byte == 0xE2, place + 2 < text.count, text[place + 1] == 0x80,
                text[place + 2] == 0xAF || text[place + 2] == 0x89
            {
                plain.append(UInt8(ascii: " "))
                place += 3
            } else {
                plain.append(byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte)
                place += 1
            }
        }
        return plain
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func parts(_ text: [UInt8]) -> [Part]? {
        var parts: [Part] = []
        var rest = text[...]
        while !rest.isEmpty {
            let number = rest.prefix {
                isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ":")
            }
            guard !number.isEmpty, parts.count < 3 else { return nil }
            rest = rest.dropFirst(number.count)
            let blanks = rest.prefix { $0 == UInt8(ascii: " ") }
            let name = rest.dropFirst(blanks.count).prefix { $0 >= 0x61 && $0 <= 0x7A }
            if name.isEmpty {
                // Only the last number may stand without a unit, and nothing stands behind it.
                guard rest.isEmpty else { return nil }
                parts.append(Part(number: number, unit: nil))
                break
            }
            guard let unit = Unit(name) else { return nil }
            parts.append(Part(number: number, unit: unit))
            rest = rest.dropFirst(blanks.count + name.count)
            if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst() }
            let gap = rest.prefix { $0 == UInt8(ascii: " ") }
            guard gap.isEmpty || gap.count < rest.count else { return nil }
            rest = rest.dropFirst(gap.count)
        }
        return parts
    }

    /// `1h 30m`, `1h30`: whole numbers, the larger unit first.
    private static func sum(_ parts: [Part]) -> WrittenLength? {
        var seconds = 0
        var last: Unit?
        for part in parts {
            // A number without a unit follows hours, and is minutes.
            guard let unit = part.unit ?? (last == .hours ? .minutes : nil), let value = wholeNumber(part.number)
            else { return nil }
            if let last { guard unit.rawValue < last.rawValue, value < 60 else { return nil } }
            seconds += value * unit.rawValue
            last = unit
        }
        return last == .seconds ? WrittenLength(exactly: seconds) : WrittenLength(toTheMinute: seconds)
    }

    /// `1:30`, `1:30:12`, and `18:25 min`.
    private static func clock(_ part: Part) -> WrittenLength? {
        let numbers = part.number.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard numbers.count == 2 || numbers.count == 3, let first = wholeNumber(numbers[0]), numbers[1].count == 2,
            let second = wholeNumber(numbers[1]), second < 60
        else { return nil }
        if part.unit == .minutes {
            return numbers.count == 2 ? WrittenLength(exactly: first * 60 + second) : nil
        }
        guard part.unit != .seconds else { return nil }
        if numbers.count == 2 { return WrittenLength(toTheMinute: first * 3600 + second * 60) }
        guard numbers[2].count == 2, let third = wholeNumber(numbers[2]), third < 60 else { return nil }
        return WrittenLength(exactly: first * 3600 + second * 60 + third)
    }

    /// `1.5`, `90 min`, `45 sec`.
    private static func decimal(_ part: Part) -> WrittenLength? {
        let unit = part.unit?.rawValue ?? 3600
        let mark = part.number.firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
        let whole = part.number[..<(mark ?? part.number.endIndex)]
        let fraction = mark.map { part.number[($0 + 1)...] } ?? []
        guard !(whole.isEmpty && fraction.isEmpty), fraction.allSatisfy(isDigit),
            let units = whole.isEmpty ? 0 : wholeNumber(whole)
        else { return nil }
        // Twice the seconds of the fraction, multiplied out digit by digit from the last: exact, however many there are.
        var carry = 0
        for digit in fraction.reversed() { carry = (Int(digit - 0x30) * unit * 2 + carry) / 10 }
        let seconds = units * unit + (carry + 1) / 2
        if part.unit == .minutes || part.unit == .seconds {
            guard mark == nil, part.unit == .minutes else { return WrittenLength(exactly: seconds) }
            return WrittenLength(toTheMinute: seconds)
        }
        if part.unit == .hours, mark == nil { return WrittenLength(toTheMinute: seconds) }
        return WrittenLength(
            seconds: seconds, range: rounding(units, fraction, seconds), number: mark == nil ? units : nil,
            isDecimal: true)
    }

    /// The whole seconds that come to a decimal number of hours when they are rounded to its last digit.
    private static func rounding(_ units: Int, _ fraction: ArraySlice<UInt8>, _ seconds: Int) -> ClosedRange<Int> {
        // From four decimals on, that is one second.
        guard fraction.count < 4, units <= Hours.limit.seconds, let part = fraction.isEmpty ? 0 : wholeNumber(fraction)
        else { return seconds...seconds }
        var scale = 1
        for _ in fraction { scale *= 10 }
        let twice = (units * scale + part) * 2
        let low = max(0, (twice - 1) * 3600)
        let high = (twice + 1) * 3600
        return ((low + 2 * scale - 1) / (2 * scale))...(high / (2 * scale))
    }
}
