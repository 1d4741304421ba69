/// A date of the Gregorian calendar, without time or zone: what a contract, a block's last day or a dated time entry
/// is about.
@frozen
public struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01. One integer, so that dates compare and subtract without a calendar.
    public var day: Int

    /// The date so many days after 1970-01-01.
    @inlinable
    public init(day: Int) { self.day = day }

    /// A date by its parts, or nil where the calendar has no such date. Years 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= CivilDate.length(month: month, year: year)
        else { return nil }
        self.day = CivilDate.firstDay(year: year, month: month) + day - 1
    }

    /// Whether a date is earlier.
    @inlinable public static func < (a: CivilDate, b: CivilDate) -> Bool { a.day < b.day }
    /// The date so many days later, or earlier where the number is negative.
    @inlinable public static func + (a: CivilDate, days: Int) -> CivilDate { CivilDate(day: a.day + days) }

    /// The days in a month.
    static func length(month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The day number of a month's first day. Months are counted from March, so that the leap day comes last: see
    /// E. G. Richards, "Calendars", in Explanatory Supplement to the Astronomical Almanac (2013), section 15.11.
    static func firstDay(year: Int, month: Int) -> Int {
        let shifted = (month + 9) % 12
        let y = shifted >= 10 ? year - 1 : year
        let leaps = floorDivide(y, 4) - floorDivide(y, 100) + floorDivide(y, 400)
        return 365 * y + leaps + (153 * shifted + 2) / 5 - 719_468
    }

    /// Year, month and day of the month.
    public var parts: (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
    }

    /// The day of the week.
    public var weekday: Weekday {
        let index = (day + 3) - floorDivide(day + 3, 7) * 7
        return Weekday.allCases[index]
    }
}

extension CivilDate: CustomStringConvertible, LosslessStringConvertible {
    /// `2026-01-31`.
    public var description: String {
        let (year, month, day) = parts
        return "\(fourDigits(year))-\(twoDigits(month))-\(twoDigits(day))"
    }

    /// Reads `2026-01-31`, and nothing else.
    public init?(_ description: String) {
        let text = Array(description.utf8)
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = wholeNumber(text[..<4]), let month = wholeNumber(text[5..<7]), let day = wholeNumber(text[8...])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `31 January 2026`, as pages and statements write it.
    public var written: String {
        let (year, month, day) = parts
        return "\(day) \(Period.monthNames[month - 1]) \(year)"
    }
}

/// A day of the week, Monday first.
public enum Weekday: String, CaseIterable, Sendable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday
}

/// The quotient rounded towards negative infinity.
@inlinable
package func floorDivide(_ a: Int, _ b: Int) -> Int {
    let quotient = a / b
    return a % b < 0 ? quotient - 1 : quotient
}

/// A year with leading zeros.
func fourDigits(_ year: Int) -> String {
    let text = String(year)
    return String(repeating: "0", count: max(0, 4 - text.count)) + text
}
