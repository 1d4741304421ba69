/// How charts look: colours of the tokens, and hatching besides, so that no colour alone tells two things apart.
enum ChartStyle {
    static let css = #"""
        .chart { width: 100%; }
        .chart text { font-size: 11px; fill: var(--chart-text); font-family: var(--sans); }
        @media (max-width: 44rem) { .chart text { font-size: 22px; } }
        .chart .grid { stroke: var(--chart-grid); stroke-width: 1; }
        .chart .plan { fill: var(--chart-plan); }
        .chart .block { fill: var(--chart-block); }
        .chart .over { fill: var(--chart-over); }
        .chart .left { fill: var(--chart-left); }
        .chart .lapse { fill: none; stroke: var(--chart-lapse); stroke-width: 1.5; stroke-dasharray: 3 2; }
        .chart .line { fill: none; stroke: var(--chart-plan); stroke-width: 2.5; stroke-linejoin: round; }
        .chart .pace { fill: none; stroke: var(--chart-plan); stroke-width: 2; stroke-dasharray: 2 4; }
        .chart .limit { stroke: var(--chart-over); stroke-width: 1.5; stroke-dasharray: 7 4; }
        .chart .today { stroke: var(--chart-text); stroke-width: 1; }
        .chart .hatch { stroke: var(--surface); stroke-width: 1.5; }
        .bar-chart { width: 8rem; height: .75rem; }
        .legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .8125rem; color: var(--muted); }
        .legend li { display: inline-flex; align-items: center; gap: .35rem; }
        .legend svg { width: 1.1rem; height: .7rem; flex: none; }
        @media (forced-colors: active) { .chart .plan, .chart .block { fill: CanvasText; } .chart .over { fill: Highlight; } .chart .left { fill: GrayText; } }
        """#
}

/// Numbers as SVG has them: tenths, without floating point.
package enum Tenths {
    package static func text(_ tenths: Int) -> String {
        let whole = abs(tenths) / 10
        let rest = abs(tenths) % 10
        return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
    }
}
