/// A length of working time, in whole seconds (design T2).
///
/// It is called hours because that is what a plan, a block and a statement count; it never holds a fraction of a
/// second and never a floating-point number.
@frozen
public struct Hours: Hashable, Comparable, Sendable, AdditiveArithmetic {
    /// The length in seconds. Negative only in differences.
    public var seconds: Int

    /// A length of so many seconds.
    @inlinable
    public init(seconds: Int) { self.seconds = seconds }

    /// A length of hours and minutes.
    @inlinable
    public init(_ hours: Int, _ minutes: Int = 0) { seconds = hours * 3600 + minutes * 60 }

    /// No time at all.
    @inlinable public static var zero: Hours { Hours(seconds: 0) }

    /// The sum.
    @inlinable public static func + (a: Hours, b: Hours) -> Hours { Hours(seconds: a.seconds + b.seconds) }
    /// The difference, negative where the second is longer.
    @inlinable public static func - (a: Hours, b: Hours) -> Hours { Hours(seconds: a.seconds - b.seconds) }
    /// The same length, taken away.
    @inlinable public static prefix func - (a: Hours) -> Hours { Hours(seconds: -a.seconds) }
    /// Whether a length is shorter.
    @inlinable public static func < (a: Hours, b: Hours) -> Bool { a.seconds < b.seconds }
}

extension Hours: CustomStringConvertible {
    /// `1:30`, or `1:30:12` where the seconds are not zero; a minus sign before a negative difference.
    public var description: String {
        let size = seconds.magnitude
        let sign = seconds < 0 ? "-" : ""
        let minutes = twoDigits(Int(size / 60 % 60))
        let rest = Int(size % 60)
        return "\(sign)\(size / 3600):\(minutes)" + (rest == 0 ? "" : ":\(twoDigits(rest))")
    }
}

extension Hours {
    /// The longest length this software accepts for one quantity: ten thousand years of hours, which keeps every
    /// product of a length and a rate inside 64 bits.
    public static let limit = Hours(seconds: 87_600_000 * 3600)

    /// Reads a length as people and trackers write it: `1:30`, `1:30:12`, `1.5` or `1,5` (hours), `90m`, `2h`, `1h30`,
    /// `1 h 30 min`, `1.5 h`, `45 sec`, `18:25 min`. See ``WrittenLength``.
    ///
    /// A decimal that is not a whole number of seconds is rounded half up to the second. Returns nil for anything
    /// else, for a negative length and for one over ``limit``.
    public init?(text: some StringProtocol) {
        guard let length = WrittenLength(Array(text.utf8)) else { return nil }
        self.init(seconds: length.seconds)
    }
}

/// The value of an unsigned decimal such as `12.75` in units of which `unitsPerWhole` make one, rounded half up.
///
/// At most twelve digits before the mark and nine after it are read, so that nothing overflows; more give nil. The
/// mark may be `.` or `,`.
package func decimal(_ text: ArraySlice<UInt8>, unitsPerWhole: Int) -> Int? {
    let mark = text.firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
    let whole = text[..<(mark ?? text.endIndex)]
    var fraction = mark.map { text[($0 + 1)...] } ?? []
    guard !(whole.isEmpty && fraction.isEmpty), whole.count <= 12 else { return nil }
    while fraction.last == UInt8(ascii: "0") { fraction = fraction.dropLast() }
    guard fraction.count <= 9 else { return nil }
    guard let units = whole.isEmpty ? 0 : wholeNumber(whole) else { return nil }
    guard let part = fraction.isEmpty ? 0 : wholeNumber(fraction) else { return nil }
    var scale = 1
    for _ in fraction { scale *= 10 }
    return units * unitsPerWhole + (part * unitsPerWhole * 2 + scale) / (scale * 2)
}

/// The value of one to twelve decimal digits, or nil.
package func wholeNumber(_ text: ArraySlice<UInt8>) -> Int? {
    guard !text.isEmpty, text.count <= 12 else { return nil }
    var value = 0
    for byte in text {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
}

/// A number of at most two digits, with a leading zero.
package func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
