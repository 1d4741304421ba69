import Foundation
import Testing

@testable import Values

@Suite("Hours") struct HoursTests {
    @Test(
        "Durations are read as people type them",
        arguments: [
            ("1:30", 5400), ("1:30:12", 5412), ("90m", 5400), ("2h", 7200), ("1h30", 5400), ("1h30m", 5400),
            ("1.5", 5400),
            ("1,5", 5400), ("0.33", 1188), (".25", 900), ("0.0001", 0), ("0.00014", 1), ("100:00", 360_000),
            ("1h 30m", 5400), ("1 h 30 min", 5400), ("1h30min", 5400), ("90 min", 5400), ("1.5h", 5400),
            ("1,5 h", 5400),
            ("45 m", 2700), ("45 sec", 45), ("18:25 min", 1105), ("1:32:11", 5531), ("1:30 h", 5400), ("2 Std.", 7200),
            ("1 hour 5 minutes 7 seconds", 3907), ("1h 30", 5400), ("90.5 min", 5430), ("1\u{A0}h", 3600),
            ("1.4166666666667", 5100), ("0.33333333333333", 1200), ("0.00013888888888888888888888", 0),
            ("0.00013888888888888888888889", 1), ("1.00000000000000000000", 3600),
        ])
    func read(_ text: String, _ seconds: Int) { #expect(Hours(text: text)?.seconds == seconds) }

    @Test(
        "And nothing else is",
        arguments: [
            "", "-1", "1:5", "1:60", "1:30:60", "h", "1.2.3", "1h90", "one", "1e3", " 1", "9999999999999", "1:30:00:00",
            ".", "1 30", "30m 1h", "1h 90m", "1h 1h", "1.5h 30m", "5m 30", "1:30 sec", "1:30:00 min", "h 1", "1h,",
            "1 d",
            "99999999 h 1m", "0.1.2 h", "-1h", "1 h ",
        ])
    func refuse(_ text: String) { #expect(Hours(text: text) == nil) }

    @Test("What is printed reads back")
    func roundTrip() {
        for seconds in [0, 1, 59, 60, 3599, 3600, 86_399, 1_000_000] {
            #expect(Hours(text: "\(Hours(seconds: seconds))")?.seconds == seconds)
        }
        #expect("\(Hours(seconds: -5400))" == "-1:30")
    }
}

@Suite("Money") struct MoneyTests {
    @Test(
        "Amounts are printed with their currency, thousands and decimals",
        arguments: [
            ("USD", 123_456_789, "$1,234,567.89"), ("USD", -5, "-$0.05"), ("JPY", 1500, "JPY 1,500"),
            ("KWD", 1500, "KWD 1.500"),
        ])
    func print(_ code: String, _ units: Int, _ text: String) throws {
        #expect("\(Money(minorUnits: units, try #require(Currency(code: code))))" == text)
    }

    @Test(
        "Amounts are read exactly, or not at all",
        arguments: [
            ("165", 16_500), ("165.5", 16_550), ("0.29", 29), ("165.005", nil), ("1,65", nil), ("-1", nil), ("$1", nil),
            ("99999999999", nil),
        ] as [(String, Int?)])
    func read(_ text: String, _ units: Int?) { #expect(Money(text: text, .usd)?.minorUnits == units) }
}

@Suite("Dates") struct DateTests {
    @Test("Every day of two centuries agrees with the system's calendar, and has its weekday")
    func calendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        let weekdays: [Weekday] = [.sunday, .monday, .tuesday, .wednesday, .thursday, .friday, .saturday]
        for day in stride(from: -36_500, through: 36_500, by: 1) {
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            let date = CivilDate(day: day)
            #expect(date.parts == (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0))
            #expect(date.weekday == weekdays[(parts.weekday ?? 1) - 1])
            #expect(CivilDate("\(date)") == date)
        }
    }

    @Test(
        "Days that do not exist are refused",
        arguments: ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "2100-02-29", "26-01-01"])
    func refuse(_ text: String) { #expect(CivilDate(text) == nil) }

    @Test("Months follow each other over the turn of a year")
    func months() throws {
        let december = try #require(Period("2026-12"))
        #expect("\(december.next)" == "2027-01")
        #expect("\(december.lastDay)" == "2026-12-31")
        #expect(try #require(Period("2024-02")).dayCount == 29)
    }
}

@Suite("Instants and zones") struct ZoneTests {
    @Test(
        "Instants are read with any offset",
        arguments: [
            ("2026-01-31T09:00:00-08:00", "2026-01-31T17:00:00Z"), ("2026-01-31T17:00:00.987Z", "2026-01-31T17:00:00Z"),
            ("2026-02-01T00:30:00+05:30", "2026-01-31T19:00:00Z"),
        ])
    func read(_ text: String, _ utc: String) { #expect(Instant(text)?.description == utc) }

    @Test(
        "And refused without one, or out of range",
        arguments: ["2026-01-31T17:00:00", "2026-01-31", "2026-01-31T25:00:00Z", "2026-01-31T17:00:00+24:00"])
    func refuse(_ text: String) { #expect(Instant(text) == nil) }

    @Test(
        "The table of offsets agrees with the system, hour by hour",
        arguments: [
            "America/Los_Angeles", "Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana",
            "Asia/Kathmandu",
            "Africa/Casablanca", "Europe/Moscow",
        ])
    func offsets(_ name: String) throws {
        let zone = try #require(Zone(identifier: name))
        let system = try #require(TimeZone(identifier: name))
        // From 2005 to 2030, every seven hours.
        for second in stride(from: 1_104_537_600, to: 1_893_456_000, by: 25_200) {
            let offset = system.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
            #expect(zone.local(Instant(seconds: second)) - second == offset)
        }
    }

    @Test(
        "A zone that nobody knows, or that has no rules, is refused",
        arguments: ["Mars/Olympus", "PST", "", "../etc/passwd", "+01:00"])
    func unknown(_ name: String) { #expect(Zone(identifier: name) == nil) }
}

@Suite("Nearest names") struct NearestNameTests {
    @Test(
        "A slip of the fingers finds the name that was meant; anything else finds none",
        arguments: [
            ("negotable", "negotiable"), ("plnas", "plans"), ("lsit_rate", "list_rate"), ("zzz", nil),
        ] as [(String, String?)])
    func nearest(_ text: String, _ expected: String?) {
        #expect(nearestName(to: text, among: ["plans", "list_rate", "negotiable", "blocks"]) == expected)
    }
}
