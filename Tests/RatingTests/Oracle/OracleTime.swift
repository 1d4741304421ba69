import Foundation

/// Time as the oracle sees it: by Foundation's calendar alone, minute by minute where it must find something.
final class OracleTime {
    private var calendars: [String: Calendar] = [:]
    private var starts: [String: Int] = [:]

    private func calendar(_ zone: String) -> Calendar {
        if let known = calendars[zone] { return known }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone) ?? .gmt
        calendars[zone] = calendar
        return calendar
    }

    struct Wall: Equatable {
        var date: String
        var second: Int
        /// 1 is Sunday.
        var weekday: Int
    }

    /// What the wall clock shows.
    func wall(_ second: Int, _ zone: String) -> Wall {
        let parts = calendar(zone).dateComponents(
            [.year, .month, .day, .hour, .minute, .second, .weekday],
            from: Date(timeIntervalSince1970: Double(second)))
        return Wall(
            date: OracleTime.date(parts.year ?? 0, parts.month ?? 0, parts.day ?? 0),
            second: (parts.hour ?? 0) * 3600 + (parts.minute ?? 0) * 60 + (parts.second ?? 0),
            weekday: parts.weekday ?? 0)
    }

    static func date(_ year: Int, _ month: Int, _ day: Int) -> String {
        func pad(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
    }

    /// The first instant at which the wall clock shows a date or a later one.
    func start(of date: String, _ zone: String) -> Int {
        let key = "\(date) \(zone)"
        if let known = starts[key] { return known }
        let midnight = calendar("GMT").date(from: OracleTime.parts(date)) ?? Date()
        var second = Int(midnight.timeIntervalSince1970) - 40 * 3600
        // No zone is further than a day from UTC, and all change on whole minutes.
        while wall(second, zone).date < date { second += wall(second + 3600, zone).date < date ? 3600 : 60 }
        starts[key] = second
        return second
    }

    private static func parts(_ date: String) -> DateComponents {
        let numbers = date.split(separator: "-").compactMap { Int($0) }
        return DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// Days between two dates.
    static func days(_ a: String, _ b: String) -> Int {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        guard let first = calendar.date(from: parts(a)), let second = calendar.date(from: parts(b)) else { return 0 }
        return calendar.dateComponents([.day], from: first, to: second).day ?? 0
    }

    /// 1 is Sunday.
    static func weekday(_ date: String) -> Int {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(from: parts(date)).map { calendar.component(.weekday, from: $0) } ?? 0
    }

    static func month(_ date: String) -> String { String(date.prefix(7)) }

    static func next(_ month: String) -> String {
        let numbers = month.split(separator: "-").compactMap { Int($0) }
        return numbers[1] == 12
            ? String(date(numbers[0] + 1, 1, 1).prefix(7)) : String(date(numbers[0], numbers[1] + 1, 1).prefix(7))
    }

    static func lastDay(_ month: String) -> String {
        let count = days("\(month)-01", "\(next(month))-01")
        return "\(month)-\(count)"
    }
}
