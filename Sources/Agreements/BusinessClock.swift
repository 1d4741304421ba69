public import Values

/// Counts business hours on a clock on the wall: an hour in which the agency is closed does not count, one that the clock
/// skips or repeats counts as it passes.
public struct BusinessClock: Sendable {
    private let hours: BusinessHours?
    private let zone: Zone

    /// - Parameter hours: when the agency is open; nil for always.
    public init(hours: BusinessHours?, zone: Zone) {
        self.hours = hours
        self.zone = zone
    }

    /// The business hours between two instants; zero where the second is not after the first. Linear in the days between.
    public func elapsed(from start: Instant, to end: Instant) -> Hours {
        guard end > start else { return .zero }
        guard hours != nil else { return end - start }
        var elapsed = Hours.zero
        var day = zone.date(of: start)
        let last = zone.date(of: end)
        while day <= last {
            if let open = opening(on: day) {
                let (from, to) = (max(open.lowerBound, start), min(open.upperBound, end))
                if to > from { elapsed += to - from }
            }
            day = day + 1
        }
        return elapsed
    }

    /// The instant at which so many business hours have passed; nil where that is over ten years away. For none, the start,
    /// or the next opening after it. Linear in the days between.
    public func due(from start: Instant, after length: Hours) -> Instant? {
        guard hours != nil else { return start + length }
        var left = length
        var day = zone.date(of: start)
        for _ in 0..<3660 {
            if let open = opening(on: day) {
                let from = max(open.lowerBound, start)
                if open.upperBound > from {
                    let room = open.upperBound - from
                    if left <= room { return from + left }
                    left -= room
                }
            }
            day = day + 1
        }
        return nil
    }

    /// When the agency is open on a date; nil where it is not.
    private func opening(on day: CivilDate) -> Range<Instant>? {
        guard let hours, hours.days.contains(day.weekday) else { return nil }
        let opens = zone.instant(ofLocal: day.day * 86_400 + hours.opens)
        let closes = zone.instant(ofLocal: day.day * 86_400 + hours.closes)
        return opens < closes ? opens..<closes : nil
    }
}
