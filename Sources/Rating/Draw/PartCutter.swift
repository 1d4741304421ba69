import Agreements
import Values

/// Cuts entries at the start of periods and, where the terms weigh work outside business hours, at the start and end of
/// these (design T3, P4).
struct PartCutter {
    private let zones: ZoneTimeline
    private let terms: KnownTerms
    private let weighsOutsideHours: Bool
    /// The period last met: entries mostly come in order.
    private var current = Period(index: 0)
    private var currentZone = Zone.utc
    private var currentStart = Instant(seconds: 0)
    private var currentEnd = Instant(seconds: 0)
    private var datedPeriod = Period(index: 0)
    private var datedFirst = CivilDate(day: 1)
    private var datedLast = CivilDate(day: 0)

    init(zones: ZoneTimeline, terms: KnownTerms) {
        self.zones = zones
        self.terms = terms
        weighsOutsideHours = terms.all.versions.contains { PartCutter.hours(weighedIn: $0) != nil }
    }

    /// The business hours of terms that weigh work outside of them.
    static func hours(weighedIn terms: Terms) -> BusinessHours? {
        terms.policies.outsideHoursPercent == 100 ? nil : terms.businessHours
    }

    private func hours(on date: CivilDate) -> BusinessHours? {
        guard weighsOutsideHours else { return nil }
        let terms = terms.known(in: Period(containing: date))
        return PartCutter.hours(weighedIn: terms.inForce(on: date) ?? terms.versions[0])
    }

    /// Hands over the parts of an entry's time, earliest first, with whether each lies outside business hours.
    ///
    /// Entry, request and kind of the parts are left for the caller to fill in.
    mutating func forEachPart(
        of when: TimeEntry.When, courtesy: Hours, _ body: (inout WorkPart, _ isOutside: Bool) -> Void
    ) {
        switch when {
        case .dated(let date, let hours):
            let isOutside = hours > .zero && (self.hours(on: date).map { !$0.days.contains(date.weekday) } ?? false)
            var part = WorkPart(
                period: period(containing: date), isDated: true, date: date, start: Instant(seconds: 0), worked: hours,
                courtesy: min(courtesy, hours))
            body(&part, isOutside)
        case .clocked(let start, let end):
            move(to: start)
            if end <= currentEnd, !weighsOutsideHours {
                // Most work lies within one period.
                var part = WorkPart(
                    period: current, isDated: false, date: current.day(nearest: currentZone.date(of: start)),
                    start: start, worked: end - start, courtesy: courtesy)
                body(&part, false)
                return
            }
            let cuts = cuts(from: start, to: end)
            var left = courtesy
            for (index, cut) in cuts.enumerated() {
                let worked = (index + 1 < cuts.count ? cuts[index + 1].start : end) - cut.start
                var part = WorkPart(
                    period: cut.period, part: Int32(clamping: index + 1), parts: Int32(clamping: cuts.count),
                    isDated: false, date: cut.date, start: cut.start, worked: worked, courtesy: min(left, worked))
                left = left - part.courtesy
                body(&part, cut.isOutside)
            }
        }
    }

    private struct Cut {
        var period: Period
        var date: CivilDate
        var start: Instant
        var isOutside: Bool
    }

    private mutating func cuts(from start: Instant, to end: Instant) -> [Cut] {
        var cuts: [Cut] = []
        var instant = start
        repeat {
            move(to: instant)
            let date = currentZone.date(of: instant)
            let hours = hours(on: date)
            let second = currentZone.local(instant) - date.day * 86_400
            cuts.append(
                Cut(
                    period: current, date: current.day(nearest: date), start: instant,
                    isOutside: hours.map { !$0.days.contains(date.weekday) || second < $0.opens || second >= $0.closes }
                        ?? false))
            var next = min(end, currentEnd)
            if let hours { next = min(next, nextEdge(after: instant, on: date, currentZone, hours)) }
            instant = next
        } while instant < end
        return cuts
    }

    /// The next opening or closing after an instant: of its date or of the business days that follow.
    private func nextEdge(after instant: Instant, on date: CivilDate, _ zone: Zone, _ hours: BusinessHours) -> Instant {
        var date = date
        for _ in 0...7 {
            if hours.days.contains(date.weekday) {
                for second in [hours.opens, hours.closes] {
                    let edge = zone.instant(ofLocal: date.day * 86_400 + second)
                    if edge > instant { return edge }
                }
            }
            date = date + 1
        }
        return Instant(seconds: .max)
    }

    private mutating func period(containing date: CivilDate) -> Period {
        if date >= datedFirst, date <= datedLast { return datedPeriod }
        datedPeriod = Period(containing: date)
        (datedFirst, datedLast) = (datedPeriod.firstDay, datedPeriod.lastDay)
        return datedPeriod
    }

    /// Makes the period that holds an instant the current one.
    private mutating func move(to instant: Instant) {
        if currentStart <= instant, instant < currentEnd { return }
        current = zones.period(containing: instant)
        currentZone = zones.zone(of: current)
        (currentStart, currentEnd) = (zones.start(of: current), zones.start(of: current.next))
    }
}

extension WorkPart {
    /// A part whose entry, request and kind are yet to be filled in.
    fileprivate init(
        period: Period, part: Int32 = 1, parts: Int32 = 1, isDated: Bool, date: CivilDate, start: Instant,
        worked: Hours, courtesy: Hours
    ) {
        self.init(
            entry: 0, period: period, request: 0, kind: 0, part: part, parts: parts, isDated: isDated, date: date,
            start: start, worked: worked, courtesy: courtesy)
    }
}

extension Period {
    /// A date, or the nearest one in this period where a change of zone or a midnight that comes twice puts it outside.
    fileprivate func day(nearest date: CivilDate) -> CivilDate { min(max(date, firstDay), lastDay) }
}
