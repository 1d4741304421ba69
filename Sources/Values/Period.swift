/// A calendar month, the unit that plans, statements and closings count in (design T1).
///
/// Which instants belong to it depends on the client's time zone: see ``Zone/start(of:)``.
@frozen
public struct Period: Hashable, Comparable, Sendable {
    /// Months since January of year 0.
    public var index: Int

    /// The month so many months after January of year 0.
    @inlinable
    public init(index: Int) { self.index = index }

    /// A month of a year, or nil where the month is not 1 to 12 or the year not 1 to 9999.
    public init?(year: Int, month: Int) {
        guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
        index = year * 12 + month - 1
    }

    /// The month that a date lies in.
    public init(containing date: CivilDate) {
        let (year, month, _) = date.parts
        index = year * 12 + month - 1
    }

    /// Whether a month is earlier.
    @inlinable public static func < (a: Period, b: Period) -> Bool { a.index < b.index }
    /// The month so many months later.
    @inlinable public static func + (a: Period, months: Int) -> Period { Period(index: a.index + months) }

    /// The month after this one.
    @inlinable public var next: Period { Period(index: index + 1) }
    /// The year, as in `2026`.
    public var year: Int { floorDivide(index, 12) }
    /// The month of the year, 1 to 12.
    public var month: Int { index - year * 12 + 1 }
    /// Its first day.
    public var firstDay: CivilDate { CivilDate(day: CivilDate.firstDay(year: year, month: month)) }
    /// Its last day.
    public var lastDay: CivilDate { next.firstDay + -1 }
    /// How many days it has.
    public var dayCount: Int { next.firstDay.day - firstDay.day }
}

extension Period: CustomStringConvertible, LosslessStringConvertible {
    /// `2026-01`.
    public var description: String { "\(fourDigits(year))-\(twoDigits(month))" }

    /// Reads `2026-01`, and nothing else.
    public init?(_ description: String) {
        let text = Array(description.utf8)
        guard text.count == 7, text[4] == UInt8(ascii: "-"), let year = wholeNumber(text[..<4]),
            let month = wholeNumber(text[5...])
        else { return nil }
        self.init(year: year, month: month)
    }

    /// `January 2026`.
    public var written: String { "\(Period.monthNames[month - 1]) \(year)" }

    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
