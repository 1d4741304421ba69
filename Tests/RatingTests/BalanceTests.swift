import Agreements
import Rating
import Testing
import Values

@Suite("What is left, pool by pool") struct BalanceTests {
    @Test("A plan's hours are left until the month's last day")
    func plan() throws {
        var story = Story()
        story.contract(plan: "care-5")
        story.work("e1", "1:30", on: "2026-01-10")
        let balances = try story.statement("2026-01").balances
        #expect(balances.map(\.sentence) == ["3 h 30 min left until 31 January 2026"])
        #expect(balances.map(\.granted) == [Story.hours("5:00")])
    }

    @Test("What is over is told first, never as less than nothing, beside hours that may not pay for it")
    func over() throws {
        var story = Story()
        story.contract()
        story.contract("s", plan: "sync-1")
        story.project("p")
        story.block("b", "5", scope: .project(ProjectID("p")), until: "2026-06-30")
        story.work("e1", "2:30", on: "2026-01-10")
        let balances = try story.statement("2026-01").balances
        #expect(
            balances.map(\.sentence) == [
                "0:30 over", "All 2 h used", "1 h left until 31 January 2026",
                "5 h left until 30 June 2026",
            ])
        #expect(balances[0].pool == .over(Story.web))
        #expect(balances.allSatisfy { $0.hours >= .zero })
    }

    @Test("Never charged and not covered work is nobody's pool; a block used up is gone")
    func others() throws {
        var story = Story()
        story.block("b", "5", until: "2026-06-30")
        story.work("e1", "5:00", on: "2026-01-10")
        story.work("e2", "3:00", on: "2026-01-11", "server")
        #expect(try story.statement("2026-01").balances.map(\.sentence) == [])
    }

    @Test("Lengths in words", arguments: [("6:30", "6 h 30 min"), ("0:45", "45 min"), ("7", "7 h"), ("0", "0 h")])
    func words(hours: String, words: String) {
        #expect(Story.hours(hours).inWords == words)
    }
}
