import ServiceDesk
import SiteKit
import Values

/// Months side by side: what the plan paid, what blocks paid, what was charged, what lapsed.
struct YearColumns {
    private let months: [MonthHours]
    // In tenths of a unit.
    private static let (width, height, left, bottom, top) = (6400, 2000, 780, 300, 160)

    init(_ months: [MonthHours]) { self.months = months }

    private var most: Int { max(3600, months.map(\.total).max() ?? 0) }

    private func height(_ seconds: Int) -> Int {
        let room = YearColumns.height - YearColumns.bottom - YearColumns.top
        let (product, overflow) = seconds.multipliedReportingOverflow(by: room)
        return overflow ? room : product / most
    }

    var html: HTML {
        let base = YearColumns.height - YearColumns.bottom
        let step = (YearColumns.width - YearColumns.left) / max(1, months.count)
        let columns = months.enumerated().map { place, month -> HTML in
            let x = YearColumns.left + place * step + step / 8
            var below = 0
            let rects = month.parts.map { style, _, hours -> HTML in
                let from = height(below)
                below += max(0, hours.seconds)
                let to = height(below)
                guard to > from else { return .empty }
                return
                    "<rect class=\"\(style)\" x=\"\(Tenths.text(x))\" y=\"\(Tenths.text(base - to))\" width=\"\(Tenths.text(step * 3 / 4))\" height=\"\(Tenths.text(to - from))\"/>"
            }
            let name = String(month.period.written.prefix(3))
            return
                "\(rects)<text x=\"\(Tenths.text(x + step * 3 / 8))\" y=\"\(Tenths.text(YearColumns.height - 80))\" text-anchor=\"middle\">\(name)</text>"
        }
        let top = height(most)
        return """
            <svg class="chart" viewBox="0 0 \(YearColumns.width / 10) \(YearColumns.height / 10)" role="img" aria-label="\(summary)"><line class="grid" x1="\(Tenths.text(YearColumns.left))" x2="\(YearColumns.width / 10)" y1="\(Tenths.text(base))" y2="\(Tenths.text(base))"/><line class="grid" x1="\(Tenths.text(YearColumns.left))" x2="\(YearColumns.width / 10)" y1="\(Tenths.text(base - top))" y2="\(Tenths.text(base - top))"/><text x="\(Tenths.text(YearColumns.left - 60))" y="\(Tenths.text(base - top + 40))" text-anchor="end">\(Hours(seconds: most - most % 60))</text>\(columns)</svg>\(legend)
            """
    }

    private var summary: String {
        guard let first = months.first, let last = months.last else { return "No months" }
        return "Hours of each month from \(first.period.written) to \(last.period.written)"
    }

    private var legend: HTML {
        let items = (months.first?.parts ?? []).map { style, name, _ -> HTML in
            "<li><svg class=\"chart\" viewBox=\"0 0 22 14\" aria-hidden=\"true\"><rect class=\"\(style)\" x=\"1\" y=\"1\" width=\"20\" height=\"12\"/></svg>\(name)</li>"
        }
        return "<ul class=\"legend\">\(items)</ul>"
    }

    /// The same figures as a table.
    var table: HTML {
        var table = DataTable(
            summary, isCaptionHidden: false,
            [
                .init(title: "Month", kind: .heading), .init(title: "From the plan", kind: .number),
                .init(title: "From blocks", kind: .number), .init(title: "Charged", kind: .number),
                .init(title: "Lapsed", kind: .number),
            ])
        for month in months.reversed() {
            table.add([
                "\(month.period.written)", "\(month.plan)", "\(month.block)", "\(month.charged)", "\(month.lapsed)",
            ])
        }
        return table.html
    }
}

extension MonthHours {
    fileprivate var parts: [(style: String, name: String, hours: Hours)] {
        [
            ("plan", "from the plan", plan), ("block", "from blocks", block), ("over", "charged", charged),
            ("lapse", "lapsed", lapsed),
        ]
    }
    fileprivate var total: Int { parts.reduce(0) { $0 + max(0, $1.hours.seconds) } }
}
