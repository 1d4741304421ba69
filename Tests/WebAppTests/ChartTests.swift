import Testing
import TestSupport
import Values

@testable import SiteKit

@Suite("Charts")
struct ChartTests {
    /// The numbers of an attribute, in the order of the elements.
    private func numbers(_ name: String, in svg: String) -> [Double] {
        svg.matches(of: /([a-z0-9]+)="(-?[0-9.]+)"/).filter { $0.1 == name }.compactMap { Double($0.2) }
    }

    private func bar(_ plan: Hours, _ block: Hours, _ over: Hours, _ left: Hours) -> String {
        HoursBar(plan: plan, block: block, over: over, left: left, name: "so").html.markup
    }

    @Test("The parts of a bar fill it, whatever they are")
    func bars() {
        for _ in 0..<500 {
            let parts = (0..<4).map { _ in Hours(seconds: Int.random(in: 0...3) == 0 ? 0 : Int.random(in: 0...400_000))
            }
            let svg = bar(parts[0], parts[1], parts[2], parts[3])
            guard parts.contains(where: { $0 > .zero }) else {
                #expect(svg.isEmpty)
                continue
            }
            let (starts, widths) = (numbers("x", in: svg), numbers("width", in: svg))
            #expect(starts.first == 0)
            #expect(zip(starts.dropFirst(), zip(starts, widths)).allSatisfy { abs($0 - ($1.0 + $1.1)) < 0.01 })
            #expect(abs((starts.last ?? 0) + (widths.last ?? 0) - 120) < 0.01)
            #expect(widths.allSatisfy { $0 > 0 })
        }
    }

    @Test("Hours beyond reason draw something and stop nothing")
    func extremes() {
        let most = Hours(seconds: .max / 8)
        #expect(bar(most, .zero, .zero, most).contains("<rect"))
        #expect(bar(.zero, .zero, .zero, .zero).isEmpty)
        for days in [[], [0], Array(repeating: 0, count: 31), Array(repeating: .max / 64, count: 31)] as [[Int]] {
            for today in [nil, 0, 30] as [Int?] {
                for granted in [Hours.zero, "2:00", most] {
                    let chart = BurnChart(period: "2026-02", usedByDay: days, granted: granted, today: today)
                    #expect(chart.html.markup.hasPrefix("<svg"))
                    #expect(chart.summary.hasPrefix("February 2026: "))
                }
            }
        }
    }

    @Test("What is used adds up day by day, and the pace goes on as it was")
    func burn() {
        let chart = BurnChart(
            period: "2026-11", usedByDay: [3600, 0, 1800] + Array(repeating: 0, count: 27), granted: "5:00", today: 2)
        #expect(Array(chart.cumulative.prefix(4)) == [3600, 3600, 5400, 5400])
        // 1:30 in three days: ten times as much in thirty.
        #expect(chart.projected == 54_000)
        #expect(chart.summary == "November 2026: 1:30 used of 5:00, 15:00 by its end at this pace")
        #expect(chart.table.markup.contains("2 November 2026") == false)
        #expect(chart.table.markup.contains("3 November 2026"))
        let heights = chart.html.markup.matches(of: /V([0-9.]+)/).compactMap { Double($0.1) }
        #expect(heights == heights.sorted(by: >))
        #expect(heights.count == 3)
    }

    @Test("Everything drawn is within the picture")
    func within() {
        for _ in 0..<200 {
            let days = (0..<31).map { _ in Int.random(in: 0...3) == 0 ? Int.random(in: 0...200_000) : 0 }
            let svg = BurnChart(
                period: "2026-12", usedByDay: days, granted: Hours(seconds: Int.random(in: 0...400_000)),
                today: Int.random(in: 0..<31)
            ).html.markup
            let heights = svg.matches(of: /[VML ]([0-9.]+)(?=[HL"])/).compactMap { Double($0.1) }
            #expect(heights.allSatisfy { (0...640).contains($0) })
            #expect(numbers("y1", in: svg).allSatisfy { (0...200).contains($0) })
        }
    }
}
