package import Agreements

/// Dates and lengths of time as people type them.
package enum TypedInput {
    /// `1:30`, `1.5`, `1,5`, `90m`, `1h30`, `1h 30m`, `90 min`.
    package static func hours(_ text: String) throws(Problems) -> Hours {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if let hours = Hours(text: words) { return hours }
        throw Problems([Problem("\"\(text)\"", "it is no length of time", fix: "write 1:30, 1.5, 90m or 1h30")])
    }

    /// `2026-11-02`, `2.11.`, `today`, `yesterday`, `monday` (the last one), or `-3` for three days ago.
    package static func date(_ text: String, today: CivilDate) throws(Problems) -> CivilDate {
        let word = text.lowercased()
        if let date = CivilDate(word) { return date }
        if word == "today" { return today }
        if word == "yesterday" { return today + -1 }
        if word == "tomorrow" { return today + 1 }
        if let number = word.split(separator: "-", omittingEmptySubsequences: false).last, word.hasPrefix("-"),
            let days = Int(number), days < 1000
        {
            return today + -days
        }
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
        if parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), parts[1].count == 2,
            (0..<24).contains(hour), (0..<60).contains(minute)
        {
            return hour * 3600 + minute * 60
        }
        throw Problems([Problem("\"\(text)\"", "it is no time of day", fix: "write 9:30 or 17:05")])
    }

    /// `2026-09`, `this` or `last`.
    package static func period(_ text: String, today: CivilDate) throws(Problems) -> Period {
        if let period = Period(text) { return period }
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
