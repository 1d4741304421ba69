package import Values

/// The hours of a month as they are used, day by day, against what there is: where the line stands today, and where it goes
/// at the pace so far.
package struct BurnChart {
    package let period: Period
    /// The seconds used on each day of the month.
    package let usedByDay: [Int]
    /// What there is.
    package let granted: Hours
    /// The place of today among the days; nil where the month is over, or to come.
    package let today: Int?

    package init(period: Period, usedByDay: [Int], granted: Hours, today: Int?) {
        self.period = period
        self.usedByDay = usedByDay
        self.granted = granted
        self.today = today
    }

    // In tenths of a unit.
    private static let (width, height, left, right, top, bottom) = (6400, 2000, 600, 120, 240, 300)

    /// The seconds used up to the end of each day.
    var cumulative: [Int] {
        var sum = 0
        return usedByDay.map { used in
            sum += used
            return sum
        }
    }

    /// What would be used by the end of the month at the pace so far; nil where the month is not this one.
    var projected: Int? {
        guard let today, usedByDay.indices.contains(today) else { return nil }
        let used = cumulative[today]
        let (product, overflow) = used.multipliedReportingOverflow(by: usedByDay.count)
        return overflow ? nil : product / (today + 1)
    }

    /// The hour that the top of the chart stands for: a round one.
    private var topHours: Int {
        let most = min(max(granted.seconds, cumulative.last ?? 0, projected ?? 0, 3600), Hours.limit.seconds)
        let hours = (most + 3599) / 3600
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20_000].first { $0 * 5 >= hours } ?? 100_000
        return (hours + step - 1) / step * step
    }

    private func x(_ day: Int) -> Int {
        let room = BurnChart.width - BurnChart.left - BurnChart.right
        return BurnChart.left + day * room / max(1, usedByDay.count)
    }

    private func y(_ seconds: Int) -> Int {
        let room = BurnChart.height - BurnChart.top - BurnChart.bottom
        let (product, overflow) = seconds.multipliedReportingOverflow(by: room)
        return BurnChart.height - BurnChart.bottom - min(room, overflow ? room : product / (topHours * 3600))
    }

    package var html: HTML {
        let last = today ?? usedByDay.count - 1
        let sums = cumulative
        let shown = usedByDay.isEmpty ? [] : Array(sums[...min(last, sums.count - 1)])
        var path = "M\(Tenths.text(x(0))) \(Tenths.text(y(0)))"
        for (day, sum) in shown.enumerated() {
            // A step each day: hours are used on it, not between two of them.
            path += "V\(Tenths.text(y(sum)))H\(Tenths.text(x(day + 1)))"
        }
        let pace: HTML =
            projected.map { projected in
                let from = (x(last + 1), y(shown.last ?? 0))
                return
                    "<path class=\"pace\" d=\"M\(Tenths.text(from.0)) \(Tenths.text(from.1))L\(Tenths.text(x(usedByDay.count))) \(Tenths.text(y(projected)))\"/>"
            } ?? .empty
        let now: HTML =
            today == nil
            ? .empty
            : "<line class=\"today\" x1=\"\(Tenths.text(x(last + 1)))\" x2=\"\(Tenths.text(x(last + 1)))\" y1=\"\(Tenths.text(BurnChart.top))\" y2=\"\(Tenths.text(BurnChart.height - BurnChart.bottom))\"/>"
        let limit: HTML =
            granted == .zero
            ? .empty
            : """
            <line class="limit" x1="\(Tenths.text(x(0)))" x2="\(Tenths.text(x(usedByDay.count)))" y1="\(Tenths.text(y(granted.seconds)))" y2="\(Tenths.text(y(granted.seconds)))"/><text x="\(Tenths.text(x(0) + 40))" y="\(Tenths.text(y(granted.seconds) - 40))">\(granted) included</text>
            """
        return """
            <svg class="chart" viewBox="0 0 \(BurnChart.width / 10) \(BurnChart.height / 10)" role="img" aria-label="\(summary)">\(scale)\(limit)<path class="line" d="\(path)"/>\(pace)\(now)\(days)</svg>
            """
    }

    /// The chart in a sentence.
    package var summary: String {
        let used = Hours(seconds: cumulative.last ?? 0)
        let pace = projected.map { ", \(Hours(seconds: $0 - $0 % 60)) by its end at this pace" } ?? ""
        return "\(period.written): \(used) used of \(granted)\(pace)"
    }

    private var scale: HTML {
        let steps = 4
        return (0...steps).map { step -> HTML in
            let hours = topHours * step / steps
            let exact = topHours * 3600 * step / steps
            return """
                <line class="grid" x1="\(Tenths.text(BurnChart.left))" x2="\(Tenths.text(BurnChart.width - BurnChart.right))" y1="\(Tenths.text(y(exact)))" y2="\(Tenths.text(y(exact)))"/>\(topHours * step % steps == 0 ? "<text x=\"\(Tenths.text(BurnChart.left - 60))\" y=\"\(Tenths.text(y(exact) + 40))\" text-anchor=\"end\">\(hours) h</text>" as HTML : .empty)
                """
        }.joined(separator: .empty)
    }

    private var days: HTML {
        let marks = [0, 6, 13, 20, usedByDay.count - 1].filter { usedByDay.indices.contains($0) }
        return marks.map { day -> HTML in
            let middle = (x(day) + x(day + 1)) / 2
            return
                "<text x=\"\(Tenths.text(middle))\" y=\"\(Tenths.text(BurnChart.height - 80))\" text-anchor=\"middle\">\(day + 1)</text>"
        }.joined(separator: .empty)
    }

    /// The same figures for those who would rather read them: the days on which hours were used.
    package var table: HTML {
        var table = DataTable(
            summary, isCaptionHidden: false,
            [
                .init(title: "Day", kind: .heading), .init(title: "Used", kind: .number),
                .init(title: "So far", kind: .number),
            ])
        for (day, sum) in cumulative.enumerated() where usedByDay[day] != 0 {
            table.add([
                "\((period.firstDay + day).written)", "\(Hours(seconds: usedByDay[day]))", "\(Hours(seconds: sum))",
            ])
        }
        return table.isEmpty ? "<p>Nothing was used.</p>" : table.html
    }
}
