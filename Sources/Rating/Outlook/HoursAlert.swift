public import Agreements
public import Values

/// A share of a line's hours that was used up in a month, of which the client is told once (design O2).
public struct HoursAlert: Hashable, Comparable, Sendable {
    /// The line.
    public var serviceLine: ServiceLineID
    /// 50, 80 or 100 per cent; 0 for hours that are about to lapse.
    public var mark: Int

    /// An alert.
    public init(serviceLine: ServiceLineID, mark: Int) {
        self.serviceLine = serviceLine
        self.mark = mark
    }

    /// By line, then by mark.
    public static func < (a: HoursAlert, b: HoursAlert) -> Bool {
        (a.serviceLine, a.mark) < (b.serviceLine, b.mark)
    }

    /// The shares of which clients are told.
    public static let marks = [50, 80, 100]
    /// Hours that would lapse are told so many days before the month ends, the last day counted.
    public static let daysBeforeLapse = 4
    /// Fewer hours than these are not worth a mail.
    public static let leastToLapse = Hours(1)

    /// What is to be told now, and which told alerts count no more because hours were added.
    ///
    /// Of several shares reached at once only the largest is told; the smaller ones count as told with it.
    ///
    /// - Parameter told: what was told before for this month.
    public static func due(_ forecasts: [RiskForecast], told: Set<HoursAlert>) -> (
        tell: [HoursAlert], reached: Set<HoursAlert>, rearmed: Set<HoursAlert>
    ) {
        var tell: [HoursAlert] = []
        var reached: Set<HoursAlert> = []
        for forecast in forecasts where forecast.granted > .zero {
            let used = forecast.usedOfGranted
            let mine = marks.filter { mark in
                let (part, overflow) = used.seconds.multipliedReportingOverflow(by: 100)
                return overflow || part >= forecast.granted.seconds * mark
            }.map { HoursAlert(serviceLine: forecast.serviceLine, mark: $0) }
            reached.formUnion(mine)
            if let last = mine.last, !told.contains(last) { tell.append(last) }
            let lapse = HoursAlert(serviceLine: forecast.serviceLine, mark: 0)
            if forecast.daysLeft <= daysBeforeLapse, forecast.wouldLapse >= leastToLapse {
                reached.insert(lapse)
                if !told.contains(lapse) { tell.append(lapse) }
            }
        }
        // What lapses is told once a month, whatever happens after.
        return (tell.sorted(), reached, told.filter { $0.mark != 0 && !reached.contains($0) })
    }
}
