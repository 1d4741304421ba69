/// Numbers, dates and lengths of time as people type them and programs send them: what comes from outside is read here, within
/// bounds, so that no sum or product of it can pass 64 bits, and no month takes the work of a thousand years.
package enum TypedInput {
    /// A whole number within bounds, in plain digits.
    package static func whole(_ text: some StringProtocol, in bounds: ClosedRange<Int>) -> Int? {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        guard let size = wholeNumber(Array(text.utf8.dropFirst(isNegative ? 1 : 0))[...]) else { return nil }
        let number = isNegative ? -size : size
        return bounds.contains(number) ? number : nil
    }

    /// The number of a record: where a list goes on, what is sent again.
    package static func recordNumber(_ text: some StringProtocol) -> Int? { whole(text, in: 1...Int(Int32.max)) }

    /// A month that somebody may ask for: of this century or the one before, and at most two years ahead.
    package static func month(_ text: String, today: CivilDate) -> Period? {
        guard let period = Period(text), period.year >= 1900, period <= Period(containing: today) + monthsAhead else {
            return nil
        }
        return period
    }

    private static let monthsAhead = 24

    /// A date that somebody may mean: from 1900 to twenty years from now. Each month up to it may have to be worked out.
    package static func day(_ text: String, today: CivilDate) -> CivilDate? {
        guard let date = CivilDate(text), date.parts.year >= 1900, date.parts.year <= today.parts.year + yearsAhead
        else {
            return nil
        }
        return date
    }

    private static let yearsAhead = 20

    /// `1:30`, `1.5`, `1,5`, `90m`, `1h30`, `1h 30m`, `90 min`.
    package static func hours(_ text: String) throws(Problems) -> Hours {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if let hours = Hours(text: words) { return hours }
        throw Problems([Problem("\"\(text)\"", "it is no length of time", fix: "write 1:30, 1.5, 90m or 1h30")])
    }

    /// `2026-11-02`, `today`, `yesterday`, `tomorrow`, `monday` (the last one), or `-3` for three days ago.
    package static func date(_ text: String, today: CivilDate) throws(Problems) -> CivilDate {
        let word = text.lowercased()
        if let date = day(word, today: today) { return date }
        if CivilDate(word) != nil {
            throw Problems([
                Problem("\"\(text)\"", "it is too far away", fix: "give a date from 1900 to twenty years from now")
            ])
        }
        if word == "today" { return today }
        if word == "yesterday" { return today + -1 }
        if word == "tomorrow" { return today + 1 }
        if word.hasPrefix("-"), let days = whole(word.dropFirst(), in: 0...999) { return today + -days }
        let days = Weekday.allCases.filter { $0.rawValue.hasPrefix(word) }
        if word.count >= 3, let day = days.first {
            // The last one that was, today included.
            for back in 0..<7 where (today + -back).weekday == day { return today + -back }
        }
        throw Problems([
            Problem("\"\(text)\"", "it is no date", fix: "write 2026-11-02, today, yesterday, monday or -3")
        ])
    }

    /// A date as it was understood: Monday, 2 November 2026.
    package static func written(_ date: CivilDate) -> String {
        let day = date.weekday.rawValue
        return day.prefix(1).uppercased() + day.dropFirst() + ", " + date.written
    }

    /// `9:30`, `09:30` or `17:05`, as the second of a day.
    package static func clock(_ text: String) throws(Problems) -> Int {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, let hour = whole(parts[0], in: 0...23), let minute = whole(parts[1], in: 0...59),
            parts[1].count == 2
        {
            return hour * 3600 + minute * 60
        }
        throw Problems([Problem("\"\(text)\"", "it is no time of day", fix: "write 9:30 or 17:05")])
    }

    /// `2026-09`, `this` or `last`.
    package static func period(_ text: String, today: CivilDate) throws(Problems) -> Period {
        if let period = month(text, today: today) { return period }
        if Period(text) != nil {
            throw Problems([
                Problem("\"\(text)\"", "it is too far away", fix: "give a month from 1900 to two years from now")
            ])
        }
        let current = Period(containing: today)
        switch text.lowercased() {
        case "this": return current
        case "last": return current + -1
        default:
            throw Problems([Problem("\"\(text)\"", "it is no month", fix: "write 2026-09, this or last")])
        }
    }

    /// A time zone by its name.
    package static func zone(_ text: String) throws(Problems) -> Zone {
        if let zone = Zone(identifier: text) { return zone }
        throw Problems([
            Problem("zone \"\(text)\"", "there is no such time zone", fix: "write Europe/Oslo or America/New_York")
        ])
    }

    /// An amount: `120`, `120.50`.
    package static func money(_ text: String, _ currency: Currency) throws(Problems) -> Money {
        if let money = Money(text: text, currency) { return money }
        throw Problems([Problem("\"\(text)\"", "it is no amount", fix: "write 120 or 120.50")])
    }
}
