import Agreements
import Testing
import Values

@Suite("Business hours on a clock")
struct BusinessClockTests {
    private static let weekdays = BusinessHours(
        days: [.monday, .tuesday, .wednesday, .thursday, .friday], opens: 9 * 3600, closes: 17 * 3600)

    private func at(_ text: String) -> Instant { Instant(text) ?? Instant(seconds: 0) }
    private func hours(_ text: String) -> Hours { Hours(text: text) ?? .zero }

    /// Counts open minutes one by one, with the zone's own dates and times of day alone.
    private func minutes(_ hours: BusinessHours, _ zone: Zone, from start: Instant, to end: Instant) -> Int {
        var count = 0
        var at = start
        while at < end {
            let (date, second) = (zone.date(of: at), zone.local(at) - zone.date(of: at).day * 86_400)
            if hours.days.contains(date.weekday), second >= hours.opens, second < hours.closes { count += 1 }
            at = at + Hours(seconds: 60)
        }
        return count
    }

    @Test(
        "Elapsed hours are the open minutes counted one by one, across changes of the clock too",
        arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
    func elapsed(name: String) throws {
        let zone = try #require(Zone(identifier: name))
        // Nights and Sundays as well: the clock changes when few are open.
        let nights = BusinessHours(days: Set(Weekday.allCases), opens: 1 * 3600, closes: 5 * 3600 + 1800)
        for hours in [Self.weekdays, nights] {
            let clock = BusinessClock(hours: hours, zone: zone)
            // The weeks in which these clocks change, in spring and in autumn.
            for first in [
                at("2026-03-07T00:00:00Z"), at("2026-03-28T00:00:00Z"), at("2026-10-03T00:00:00Z"),
                at("2026-10-24T00:00:00Z"),
                at("2026-10-31T00:00:00Z"),
            ] {
                for _ in 0..<6 {
                    let start = first + Hours(seconds: Int.random(in: 0..<2 * 1440) * 60)
                    let end = start + Hours(seconds: Int.random(in: 0..<3 * 1440) * 60)
                    let expected = minutes(hours, zone, from: start, to: end)
                    #expect(clock.elapsed(from: start, to: end).seconds == expected * 60, "\(start) \(end)")
                    // What is due after as many is there when they have just passed.
                    guard expected > 0 else { continue }
                    let length = Hours(seconds: expected * 60)
                    let due = try #require(clock.due(from: start, after: length))
                    #expect(due <= end)
                    #expect(clock.elapsed(from: start, to: due) == length)
                    #expect(clock.elapsed(from: start, to: due + Hours(seconds: -60)) < length)
                }
            }
        }
    }

    @Test("Friday evening to Monday morning is an hour")
    func weekend() throws {
        let clock = BusinessClock(hours: Self.weekdays, zone: .utc)
        #expect(clock.elapsed(from: at("2026-11-20T16:30:00Z"), to: at("2026-11-23T09:30:00Z")) == hours("1:00"))
        #expect(clock.due(from: at("2026-11-20T16:30:00Z"), after: hours("1:00")) == at("2026-11-23T09:30:00Z"))
        #expect(clock.due(from: at("2026-11-21T12:00:00Z"), after: .zero) == at("2026-11-23T09:00:00Z"))
        #expect(clock.elapsed(from: at("2026-11-23T09:30:00Z"), to: at("2026-11-20T16:30:00Z")) == .zero)
    }

    @Test("Without business hours every hour counts; where nobody is ever there, nothing is ever due")
    func edges() {
        let always = BusinessClock(hours: nil, zone: .utc)
        #expect(always.elapsed(from: at("2026-11-20T16:30:00Z"), to: at("2026-11-23T16:30:00Z")) == hours("72:00"))
        #expect(always.due(from: at("2026-11-20T16:30:00Z"), after: hours("4:00")) == at("2026-11-20T20:30:00Z"))
        let never = BusinessClock(hours: BusinessHours(days: [], opens: 0, closes: 3600), zone: .utc)
        #expect(never.due(from: at("2026-11-20T16:30:00Z"), after: hours("4:00")) == nil)
        #expect(never.elapsed(from: at("2026-11-20T16:30:00Z"), to: at("2027-11-20T16:30:00Z")) == .zero)
    }
}
