/// A point in time, in whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
@frozen
public struct Instant: Hashable, Comparable, Sendable {
    /// Seconds since the epoch.
    public var seconds: Int

    /// The instant so many seconds after the epoch.
    @inlinable
    public init(seconds: Int) { self.seconds = seconds }

    /// Whether an instant is earlier.
    @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.seconds < b.seconds }
    /// The elapsed time from one instant to another, whatever the wall clock did between them (design T2).
    @inlinable public static func - (a: Instant, b: Instant) -> Hours { Hours(seconds: a.seconds - b.seconds) }
    /// The instant a length of time later.
    @inlinable public static func + (a: Instant, length: Hours) -> Instant {
        Instant(seconds: a.seconds + length.seconds)
    }
}

extension Instant: CustomStringConvertible, LosslessStringConvertible {
    /// `2026-01-31T17:00:00Z` (RFC 3339, in UTC).
    public var description: String {
        let date = CivilDate(day: floorDivide(seconds, 86_400))
        return "\(date)T\(Instant.clock(seconds - date.day * 86_400))Z"
    }

    static func clock(_ secondOfDay: Int) -> String {
        "\(twoDigits(secondOfDay / 3600)):\(twoDigits(secondOfDay / 60 % 60)):\(twoDigits(secondOfDay % 60))"
    }

    /// Reads RFC 3339 with whole seconds and an offset: `2026-01-31T09:00:00-08:00`, `2026-01-31T17:00:00Z`.
    ///
    /// A fraction of a second is cut off, as clocks that record one do not mean it. Years 1900 to 9999.
    public init?(_ description: String) {
        let text = Array(description.utf8)
        guard text.count >= 20, let date = CivilDate(String(decoding: text[..<10], as: UTF8.self)),
            date.parts.year >= 1900, text[10] == UInt8(ascii: "T") || text[10] == UInt8(ascii: " "),
            let clock = Instant.secondOfDay(text[11..<19])
        else { return nil }
        var rest = text[19...]
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = Instant.offset(rest) else { return nil }
        seconds = date.day * 86_400 + clock - offset
        // An offset can carry it out of the years that can be written.
        guard (Instant.firstSecond..<Instant.endSecond).contains(seconds) else { return nil }
    }

    /// 1900-01-01 and 10000-01-01, in UTC.
    private static let firstSecond = CivilDate.firstDay(year: 1900, month: 1) * 86_400
    private static let endSecond = CivilDate.firstDay(year: 10_000, month: 1) * 86_400

    /// Seconds since midnight of `23:59:59`, or nil.
    package static func secondOfDay(_ text: ArraySlice<UInt8>) -> Int? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.count == 2 }), let hour = wholeNumber(parts[0]), hour < 24,
            let minute = wholeNumber(parts[1]), minute < 60, let second = wholeNumber(parts[2]), second < 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func offset(_ text: ArraySlice<UInt8>) -> Int? {
        if text.count == 1, text.first == UInt8(ascii: "Z") { return 0 }
        guard text.count == 6, let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            text[text.startIndex + 3] == UInt8(ascii: ":"),
            let hours = wholeNumber(text[(text.startIndex + 1)..<(text.startIndex + 3)]), hours < 24,
            let minutes = wholeNumber(text[(text.startIndex + 4)...]), minutes < 60
        else { return nil }
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
