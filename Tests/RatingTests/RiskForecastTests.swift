import Agreements
import Rating
import Testing
import Values

@Suite("Lines at risk") struct RiskForecastTests {
    private func forecasts(_ story: Story, on date: String) throws -> [RiskForecast] {
        try story.statement(String(date.prefix(7))).riskForecasts(on: Story.date(date))
    }

    private func only(_ story: Story, on date: String) throws -> RiskForecast {
        let all = try forecasts(story, on: date)
        #expect(all.count == 1)
        return try all.first.orThrow()
    }

    @Test("The pace of the month so far says on which day the hours run out")
    func pace() throws {
        var story = Story()
        story.contract(plan: "care-5")
        story.work("e1", "3:00", on: "2026-01-10")
        let line = try only(story, on: "2026-01-15")
        // 3:00 in 15 days are 0:12 a day: the 2:00 left do for ten days, and on the eleventh more is used.
        #expect(line.overOn == Story.date("2026-01-26"))
        #expect(line.granted == Story.hours("5:00"))
        #expect(line.usedOfPlan == Story.hours("3:00"))
        #expect(line.left == Story.hours("2:00"))
        #expect(line.daysLeft == 17)
        #expect(line.over == .zero)
        #expect(line.amount == Story.money("0.00"))
        #expect(line.wouldLapse == .zero)
    }

    @Test("Hours that last are not over; what of them would lapse is told, with the day")
    func lasts() throws {
        var story = Story()
        story.contract(plan: "care-5")
        story.work("e1", "1:00", on: "2026-01-10")
        let line = try only(story, on: "2026-01-15")
        #expect(line.overOn == nil)
        // 1:00 in 15 days: 1:04 more in the 16 days after, of the 4:00 left.
        #expect(line.wouldLapse == Story.hours("2:56"))
        #expect(line.lapsesOn == Story.date("2026-01-31"))
    }

    @Test("Hours that were bought for a project are none of the line's: its client is over all the same")
    func projectBlock() throws {
        var story = Story()
        story.contract(plan: "care-5")
        story.project("relaunch")
        story.block("b1", scope: .project(ProjectID("relaunch")))
        story.work("e1", "6:00", on: "2026-01-10")
        let line = try only(story, on: "2026-01-15")
        #expect(line.granted == Story.hours("5:00"))
        #expect(line.left == .zero)
        #expect(line.over == Story.hours("1:00"))
        #expect(line.usedOfGranted == Story.hours("6:00"))
        #expect(line.left(for: ProjectID("relaunch")) == Story.hours("5:00"))
        #expect(HoursAlert.due([line], told: []).tell.map(\.mark) == [100])
    }

    @Test("What is over is told with its amount, and no day on which it will be")
    func over() throws {
        var story = Story()
        story.contract()
        story.work("e1", "2:30", on: "2026-01-10")
        let line = try only(story, on: "2026-01-15")
        #expect(line.over == Story.hours("0:30"))
        #expect(line.amount == Story.money("75.00"))
        #expect(line.overOn == nil)
        #expect(line.left == .zero)
        #expect(line.used == Story.hours("2:30"))
    }

    @Test("Hours used up on the day of asking run out on the next; on the last day of a month nothing does")
    func edges() throws {
        var story = Story()
        story.contract()
        story.work("e1", "2:00", on: "2026-01-10")
        #expect(try only(story, on: "2026-01-10").overOn == Story.date("2026-01-11"))
        #expect(try only(story, on: "2026-01-31").overOn == nil)
        #expect(try only(story, on: "2026-01-31").daysLeft == 1)
        #expect(try only(story, on: "2026-02-10").overOn == nil)
        #expect(try story.statement("2026-01").riskForecasts(on: Story.date("2026-02-01")).isEmpty)
    }

    @Test("Work dated later this month is used, and tells nothing about the pace so far")
    func later() throws {
        var story = Story()
        story.contract()
        story.work("e1", "1:00", on: "2026-01-28", recorded: "2026-01-02")
        let line = try only(story, on: "2026-01-10")
        #expect(line.usedOfPlan == Story.hours("1:00"))
        #expect(line.overOn == nil)
    }

    @Test("A block that may pay for the line lengthens it; one of another line does not")
    func blocks() throws {
        var story = Story()
        story.contract()
        story.block("b", "5", until: "2026-06-30")
        story.work("e1", "2:30", on: "2026-01-10")
        let line = try only(story, on: "2026-01-10")
        #expect(line.usedOfPlan == Story.hours("2:00"))
        #expect(line.usedOfBlocks == Story.hours("0:30"))
        #expect(line.granted == Story.hours("7:00"))
        // 0:15 a day: the 4:30 left do for eighteen days.
        #expect(line.overOn == Story.date("2026-01-29"))
        story.facts.blocks[0].scope = .serviceLine(Story.sync)
        #expect(try only(story, on: "2026-01-10").left == .zero)
        #expect(try only(story, on: "2026-01-10").over == Story.hours("0:30"))
    }

    @Test("Hours of a project are left for its work alone")
    func projects() throws {
        var story = Story()
        story.contract()
        story.project("p")
        story.block("b", "5", scope: .project(ProjectID("p")), until: "2026-06-30")
        story.work("e1", "1:30", on: "2026-01-10")
        let line = try only(story, on: "2026-01-15")
        #expect(line.left == Story.hours("0:30"))
        #expect(line.left(for: nil) == Story.hours("0:30"))
        #expect(line.left(for: ProjectID("p")) == Story.hours("5:30"))
        #expect(line.left(for: ProjectID("q")) == Story.hours("0:30"))
    }

    @Test("Lines are kept apart, and work that no contract covers is told apart")
    func lines() throws {
        var story = Story()
        story.contract()
        story.contract("s", plan: "sync-1")
        story.work("e1", "1:30", on: "2026-01-10")
        story.request("rs", line: Story.sync)
        story.work("e2", "0:20", on: "2026-01-10", "troubleshooting", request: "rs")
        story.work("e3", "1:00", on: "2026-01-10", "third-party")
        let all = try forecasts(story, on: "2026-01-15")
        #expect(all.map(\.serviceLine) == [Story.sync, Story.web])
        #expect(all.map(\.usedOfPlan) == ["0:20", "1:30"].map { Story.hours($0) })
        #expect(all.map(\.notCovered) == ["0", "1:00"].map { Story.hours($0) })
        #expect(all.map(\.over) == [.zero, .zero])
        #expect(all[1].amount == Story.money("165.00"))
        // At list rate: no reason to warn of the plan.
        #expect(all[1].overOn == Story.date("2026-01-20") + 1)
    }

    @Test("Never charged work makes no line, and uses nothing")
    func server() throws {
        var story = Story()
        story.work("e1", "4:00", on: "2026-01-10", "server")
        #expect(try forecasts(story, on: "2026-01-15").isEmpty)
        story.contract()
        #expect(try only(story, on: "2026-01-15").used == .zero)
    }
}
