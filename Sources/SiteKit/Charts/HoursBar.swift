package import Values

/// The hours of a line as one bar: from the plan, from blocks, over, and left.
package struct HoursBar {
    package let plan: Hours
    package let block: Hours
    package let over: Hours
    package let left: Hours
    /// The same in words, for those who hear it.
    package let name: String

    package init(plan: Hours, block: Hours, over: Hours, left: Hours, name: String) {
        self.plan = plan
        self.block = block
        self.over = over
        self.left = left
        self.name = name
    }

    private static let width = 1200

    package var html: HTML {
        let parts = [("plan", plan), ("block", block), ("over", over), ("left", left)]
        let whole = parts.reduce(0) { $0 + max(0, $1.1.seconds) }
        guard whole > 0 else { return .empty }
        var x = 0
        var sum = 0
        let rects = parts.map { style, hours -> HTML in
            sum += max(0, hours.seconds)
            // Each edge from the sum, so that the parts fill the bar.
            let (product, overflow) = sum.multipliedReportingOverflow(by: HoursBar.width)
            let end = overflow ? HoursBar.width : product / whole
            defer { x = end }
            guard end > x else { return .empty }
            return
                "<rect class=\"\(style)\" x=\"\(Tenths.text(x))\" y=\"0\" width=\"\(Tenths.text(end - x))\" height=\"12\"/>"
        }
        return """
            <svg class="chart bar-chart" viewBox="0 0 120 12" preserveAspectRatio="none" role="img" aria-label="\(name)">\(rects)</svg>
            """
    }
}
