public import Values

/// What of one grant would lapse unused, if the work went on at the pace of the period so far.
public struct LapseForecast: Hashable, Sendable {
    /// Which grant.
    public var grant: GrantID
    /// When its hours lapse.
    public var lastDay: CivilDate
    /// The days until then, the day of asking not counted.
    public var daysLeft: Int
    /// The hours it has left now.
    public var left: Hours
    /// The hours that would lapse.
    public var wouldLapse: Hours
}

extension Statement {
    /// What would lapse of each grant that lapses within this period or the next, asked on a date of this period.
    ///
    /// The pace is what the grant gave since the period's start, for each day gone by, that of asking counted; the hours
    /// used until the last day are rounded down to the second.
    public func lapseForecast(on date: CivilDate) -> [LapseForecast] {
        guard Period(containing: date) == period else { return [] }
        // Work dated later, in a month that is over, tells nothing about the pace so far.
        var drawn = [Hours](repeating: .zero, count: grants.count)
        for line in lines where line.date <= date {
            for draw in draws(of: line) { drawn[draw.grant] += draw.hours }
        }
        return grants.enumerated().compactMap { place, grant in
            guard let lastDay = grant.lastDay, lastDay >= date, lastDay <= period.next.lastDay else { return nil }
            let start = max(grant.from, period.firstDay)
            let daysGone = max(1, date.day - start.day + 1)
            let daysLeft = lastDay.day - date.day
            let left = grant.opening - drawn[place]
            let (paced, overflow) = drawn[place].seconds.multipliedReportingOverflow(by: daysLeft)
            let further = overflow ? left : Hours(seconds: paced / daysGone)
            return LapseForecast(
                grant: grant.id, lastDay: lastDay, daysLeft: daysLeft, left: left,
                wouldLapse: max(.zero, left - further))
        }
    }
}
