package import Agreements
package import Values

/// A client's zones through time: which zone each period is counted in, and so where each period starts (design T1,
/// edge case E48).
package struct ZoneTimeline {
    private let first: Zone
    /// Changes, earliest first.
    private let changes: [(from: Period, zone: Zone)]

    /// The zone of the client's record, and the changes since.
    package init(first: Zone, changes: [ZoneChange]) {
        self.first = first
        self.changes =
            changes
            .sorted { ($0.from, $0.recorded, $0.zone.identifier) < ($1.from, $1.recorded, $1.zone.identifier) }
            .map { ($0.from, $0.zone) }
    }

    /// The zone that a period is counted in.
    package func zone(of period: Period) -> Zone { changes.last { $0.from <= period }?.zone ?? first }

    /// The zone in which an instant is counted.
    package func zone(at instant: Instant) -> Zone {
        changes.isEmpty ? first : zone(of: period(containing: instant))
    }

    /// The instant at which a clock shows a second of a date.
    package func instant(of date: CivilDate, second: Int) -> Instant {
        zone(of: Period(containing: date)).instant(ofLocal: date.day * 86_400 + second)
    }

    /// The date on the wall at an instant.
    package func date(of instant: Instant) -> CivilDate {
        changes.isEmpty ? first.date(of: instant) : zone(of: period(containing: instant)).date(of: instant)
    }

    /// The first instant of a period.
    package func start(of period: Period) -> Instant { zone(of: period).start(of: period) }

    /// The period that an instant lies in: the last one that has started.
    package func period(containing instant: Instant) -> Period {
        var period = Period(containing: first.date(of: instant))
        while start(of: period) > instant { period = period + -1 }
        while start(of: period.next) <= instant { period = period.next }
        return period
    }
}
