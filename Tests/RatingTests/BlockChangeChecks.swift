import Agreements
import Rating
import Testing
import Values

@Suite("E19 in facts: each change of a block is judged by what was issued before it")
struct BlockChangeChecks {
    /// A block of 5 hours that closings issue as drawn.
    private struct Case {
        var story = FactsCheckTests.sound()

        init(endsWithProject: Bool = false, usableBeforePaid: Bool = true) {
            story.block(
                "u", scope: endsWithProject ? .project(ProjectID("shop")) : .client, endsWithProject: endsWithProject,
                usableBeforePaid: usableBeforePaid)
        }

        mutating func close(_ period: String, for earlier: String? = nil, _ hours: Hours, at instant: String) {
            var closing = Closing(
                client: ClientID("acme"), period: Story.period(period), positions: [], available: [:],
                recordedAt: Story.at(instant))
            closing.positions = [
                IssuedPosition(
                    period: Story.period(earlier ?? period), key: .entry(EntryID("e")), worked: hours,
                    draws: [.block(BlockID("u")): hours], amount: .zero(.usd))
            ]
            story.facts.closings.append(closing)
        }

        mutating func change(
            hours: Hours? = nil, until lastDay: String? = nil, paid: String? = nil, at instant: String
        ) {
            story.facts.blockChanges.append(
                BlockChange(
                    block: BlockID("u"), hours: hours, lastDay: lastDay.map(Story.date), paidOn: paid.map(Story.date),
                    reason: "x", recordedAt: Story.at(instant)))
        }

        var problems: [String] {
            FactsCheck(terms: story.history).problems(in: story.facts).map { "\($0)" }
        }
    }

    @Test("Taken back, given anew and used later: each step was lawful")
    func steps() {
        var change = Case()
        change.change(hours: .zero, at: "2026-01-10")
        change.change(hours: Hours(10), at: "2026-01-20")
        change.close("2026-02", Hours(7), at: "2026-03-02")
        #expect(change.problems == [])
        change.change(hours: Hours(5), at: "2026-03-03")
        #expect(change.problems.count == 1)
        #expect(change.problems.first?.contains("it leaves 5:00, and closed months used 7:00 of it") == true)
    }

    @Test("What a later closing took back counts no more, nor what a reopening withdrew; what it issued anew does")
    func net() {
        var change = Case()
        change.close("2026-02", Hours(4), at: "2026-03-02")
        change.close("2026-03", for: "2026-02", -Hours(3), at: "2026-04-02")
        change.change(hours: Hours(1), at: "2026-04-03")
        #expect(change.problems == [])
        change.change(hours: .zero, at: "2026-04-04")
        #expect(change.problems.count == 1)

        var reopened = Case()
        reopened.close("2026-02", Hours(4), at: "2026-03-02")
        reopened.story.facts.reopenings.append(
            Reopening(
                client: ClientID("acme"), period: Story.period("2026-02"), by: "olga", reason: "x",
                recordedAt: Story.at("2026-03-03")))
        reopened.close("2026-02", Hours(4), at: "2026-03-04")
        reopened.change(hours: Hours(4), at: "2026-03-05")
        #expect(reopened.problems == [])
        reopened.change(hours: Hours(3), at: "2026-03-06")
        #expect(reopened.problems.count == 1)
    }

    @Test("Nor does its end come before what it paid for, nor its payment after")
    func dates() {
        var ended = Case()
        ended.change(until: "2026-01-31", at: "2026-02-20")
        ended.change(until: "2026-06-30", at: "2026-02-21")
        ended.close("2026-02", Hours(1), at: "2026-03-02")
        #expect(ended.problems == [])
        ended.change(until: "2026-01-31", at: "2026-03-03")
        #expect(ended.problems.count == 1)
        #expect(ended.problems.first?.contains("block u would end on 2026-01-31, and 2026-02, which is closed") == true)

        var paid = Case(usableBeforePaid: false)
        paid.change(paid: "2026-01-05", at: "2026-01-05")
        paid.close("2026-02", Hours(1), at: "2026-03-02")
        #expect(paid.problems == [])
        paid.change(paid: "2026-03-01", at: "2026-03-03")
        #expect(paid.problems.first?.contains("it would be paid on 2026-03-01, and 2026-02, which is closed") == true)

        var project = Case(endsWithProject: true)
        project.close("2026-02", Hours(1), at: "2026-03-02")
        #expect(project.problems == [])
        project.story.facts.projectsDone.append(
            ProjectDone(
                project: ProjectID("shop"), on: Story.date("2026-01-31"), recordedAt: Story.at("2026-03-03")))
        #expect(project.problems.first?.hasPrefix("end of project shop: block u would end on 2026-01-31") == true)
    }

    @Test("The order of the facts makes no difference")
    func order() {
        var change = Case()
        change.change(hours: .zero, at: "2026-01-10")
        change.change(hours: Hours(10), at: "2026-01-20")
        change.close("2026-02", Hours(7), at: "2026-03-02")
        change.change(hours: Hours(5), at: "2026-03-03")
        let problems = change.problems
        change.story.facts.blockChanges.reverse()
        #expect(change.problems == problems)
    }
}
