import Agreements
import Rating
import Testing
import Values

/// The laws of closed months (docs/rules.md), each on a month that broke it.
@Suite("X2 laws") struct ClosedMonthRules {
    /// What the adjustments on a period's statement say.
    private func adjustments(_ story: Story, _ period: String) throws -> [String] {
        try story.statement(period).briefAdjustments
    }

    @Test("Hours that a withdrawal frees pay for earlier work at once, and a closing with nothing new changes nothing")
    func freedHoursFindEarlierWork() throws {
        var story = Story()
        story.block("b", bought: "2026-07-01", until: nil)
        story.work("other", "0:15", on: "2026-07-02", "server")
        story.close("2026-07", at: "2026-08-02")
        story.work("august", "5:00", on: "2026-08-10")
        story.close("2026-08", at: "2026-09-02")
        story.work("late", "2:00", on: "2026-07-20", recorded: "2026-09-03")
        #expect(
            try adjustments(story, "2026-09") == ["2026-07 time entry late: worked 2:00, charged 2:00 $330.00"])
        story.close("2026-09", at: "2026-10-02")
        story.void("august", recorded: "2026-10-03")
        #expect(
            try adjustments(story, "2026-10") == [
                "2026-07 time entry late: block b 2:00, charged -2:00 -$330.00",
                "2026-08 time entry august: block b -5:00, worked -5:00 $0.00",
            ])
        let october = try story.statement("2026-10")
        #expect(october.total == Story.money("330.00").negative)
        #expect(october.grants.map(\.opening) == [Hours(3)])
        #expect(
            october.adjustments[0].causes.map(\.reason) == [.void(EntryID("august"), reason: "twice")],
            "the withdrawal of August's entry freed the hours")
        story.close("2026-10", at: "2026-11-02")
        let november = try story.statement("2026-11")
        #expect(november.adjustments.isEmpty)
        #expect(november.grants.map(\.opening) == [Hours(3)])
        story.close("2026-11", at: "2026-12-02")
        #expect(try story.statement("2026-12").adjustments.isEmpty)
    }

    @Test("A withheld hour stays where it is, closing after closing")
    func withheldStays() throws {
        var story = Story()
        story.contract()
        story.negotiate(from: "2026-01-01") { $0.overageConsent = .ask }
        story.request("q5")
        story.request("q7")
        story.work("base", "0:30", on: "2026-01-03", "server")
        story.close("2026-01", at: "2026-02-02")
        story.work("e1", "1:00", on: "2026-01-05", recorded: "2026-02-03")
        story.close("2026-02", at: "2026-03-02")
        story.work("e5", "2:00", on: "2026-01-10", request: "q5", recorded: "2026-03-03")
        story.work("e7", "1:00", on: "2026-01-12", request: "q7", recorded: "2026-03-04")
        story.close("2026-03", at: "2026-04-02")
        story.void("e1", recorded: "2026-04-03")
        let april = try adjustments(story, "2026-04")
        #expect(
            april == [
                "2026-01 time entry e1: plan c -1:00, worked -1:00 $0.00",
                "2026-01 time entry e5: plan c 1:00, withheld -1:00 $0.00",
            ])
        story.close("2026-04", at: "2026-05-02")
        #expect(try adjustments(story, "2026-05").isEmpty)
        story.close("2026-05", at: "2026-06-02")
        #expect(try adjustments(story, "2026-06").isEmpty)
    }

    @Test("Late work on an earlier day leaves what was invoiced as it was")
    func leastChange() throws {
        for order in DrawOrder.allCases {
            var story = Story()
            story.contract()
            story.negotiate(from: "2026-01-01") { $0.drawOrder = order }
            story.work("x", "2:00", on: "2026-01-20")
            story.close("2026-01", at: "2026-02-02")
            story.work("y", "2:00", on: "2026-01-05", recorded: "2026-02-03")
            #expect(
                try adjustments(story, "2026-02") == ["2026-01 time entry y: worked 2:00, charged 2:00 $300.00"],
                "\(order)")
        }
    }

    @Test(
        "A closed statement stays as it was issued, with the late time that it billed; what came later stands beside it"
    )
    func memory() throws {
        var story = Story()
        story.work("july", "1:00", on: "2026-07-02")
        story.close("2026-07", at: "2026-08-02")
        story.work("late", "2:00", on: "2026-07-20", recorded: "2026-08-03")
        let before = try story.statement("2026-08")
        story.close("2026-08", at: "2026-09-02")
        story.work("later", "1:00", on: "2026-08-20", recorded: "2026-09-03")
        let rater = Rater(terms: story.history)
        let issued = try rater.asIssued(Story.period("2026-08"), of: story.client, in: story.facts).orThrow()
        #expect(issued.total == Story.money("330.00"))
        #expect(issued.billed == issued.total)
        #expect(issued.adjustments == before.adjustments)
        #expect(issued.lines.isEmpty)
        let july = try rater.asIssued(Story.period("2026-07"), of: story.client, in: story.facts).orThrow()
        #expect(july.total == Story.money("165.00"))
        #expect(july.adjustedSince.map(\.shownOn) == [Story.period("2026-08")])
        let shown = rater.statements(of: story.facts)[0].statements
        let august = try shown.first { $0.period == Story.period("2026-08") }.orThrow()
        #expect(august.adjustedSince.map(\.isIssued) == [false])
        #expect(august.adjustedSince.map(\.position.amount) == [Story.money("165.00")])
    }

    @Test("One rounding group is one quantity and one amount; a late entry changes the group and its own share alone")
    func roundingGroup() throws {
        var story = Story()
        story.terms[0].policies.increment = Increment(step: Hours(0, 30), group: .requestAndDay)
        story.terms[0].listRate = Story.rate("148.50")
        for number in 1...3 { story.work("e\(number)", "0:07", on: "2026-01-10") }
        let open = try story.statement("2026-01")
        #expect(open.total == Story.money("74.25"))
        #expect(open.groups.map(\.billed) == [Hours(0, 30)])
        #expect(open.lines.map(\.amount.minorUnits) == [1733, 1733, 1732, 2227])
        story.close("2026-01", at: "2026-02-02")
        story.work("e4", "0:20", on: "2026-01-10", recorded: "2026-02-03")
        let february = try story.statement("2026-02")
        // 0:41 are 1:00: $148.50.
        #expect(february.total == Story.money("74.25"))
        #expect(
            Set(february.adjustments.map(\.position.key)) == [
                .entry(EntryID("e4")), .dayRounding(RequestID("r"), Story.date("2026-01-10")),
            ])
    }

    @Test("0:11:39 in steps of 0:06 at $30.00 cost $6.00, shared by entry and rounding")
    func tenthsOfAnHour() throws {
        var story = Story()
        story.terms[0].policies.increment = Increment(step: Hours(0, 6), group: .entry)
        story.terms[0].listRate = Story.rate("30.00")
        story.work("e1", "0:11:39", on: "2026-01-10")
        let january = try story.statement("2026-01")
        #expect(january.total == Story.money("6.00"))
        #expect(january.lines.map(\.amount.minorUnits) == [583, 17])
    }

    @Test("A version of the terms that was recorded later touches no closed month")
    func laterTerms() throws {
        var story = Story()
        story.work("e1", "1:00", on: "2026-01-10")
        story.close("2026-01", at: "2026-02-02")
        var later = Story.terms(effective: "2026-01-05", list: "200.00")
        later.recorded = Moment(at: Story.at("2026-02-03"))
        story.terms.append(later)
        #expect(try story.statement("2026-02").adjustments.isEmpty)
        #expect(try story.statement("2026-01").total == Story.money("165.00"))
    }

    @Test("Numbers of facts put together from several files are one order, or refused")
    func numbersOfSeveralFiles() throws {
        var story = Story()
        story.work("e1", "1:00", on: "2026-01-10")
        #expect(story.facts.numberingProblems.isEmpty)
        story.facts.clients[0].number = 1
        #expect(story.facts.numberingProblems.map(\.message) == ["2 of them have no number, and others have"])
        story.facts.requests[0].number = 2
        story.facts.timeEntries[0].number = 2
        #expect(story.facts.numberingProblems.map(\.message) == ["several have the number 2"])
        story.facts.timeEntries[0].number = 3
        #expect(story.facts.numberingProblems.isEmpty)
    }

    @Test("What was known goes by numbers where there are some, whatever the clock said")
    func numbersDecide() throws {
        var story = Story()
        story.work("e1", "1:00", on: "2026-01-10", recorded: "2026-02-02")
        story.close("2026-01", at: "2026-02-02")
        // In the second of the closing, and after it.
        story.work("late", "1:00", on: "2026-01-11", recorded: "2026-02-02")
        story.facts.clients[0].number = 1
        for place in story.facts.requests.indices { story.facts.requests[place].number = 2 }
        story.facts.timeEntries[0].number = 3
        story.facts.closings[0].number = 4
        story.facts.timeEntries[1].number = 5
        #expect(
            try adjustments(story, "2026-02") == ["2026-01 time entry late: worked 1:00, charged 1:00 $165.00"])
    }

    @Test("Of several new facts each adjustment names the one that made it")
    func eachFactIsItsOwnCause() throws {
        var story = Story()
        story.work("e1", "1:00", on: "2026-01-10")
        story.work("e2", "1:00", on: "2026-01-11")
        story.close("2026-01", at: "2026-02-02")
        story.void("e1", recorded: "2026-02-03")
        story.correct("e2", to: "2:00", on: "2026-01-11", recorded: "2026-02-04")
        story.work("e3", "1:00", on: "2026-01-12", recorded: "2026-02-05")
        let causes = try story.statement("2026-02").adjustments.map { $0.causes.map(\.reason) }
        #expect(
            causes == [
                [.void(EntryID("e1"), reason: "twice")], [.correction(EntryID("e2"), reason: "misread")],
                [.lateTime(EntryID("e3"))],
            ])
    }

    @Test("A closed statement is shown under the terms known at its closing")
    func issuedUnderTheTermsOfItsTime() throws {
        var story = Story()
        story.work("e1", "1:00", on: "2026-01-10")
        story.close("2026-01", at: "2026-02-02")
        var later = Story.terms(effective: "2026-01-05", list: "200.00")
        later.recorded = Moment(at: Story.at("2026-02-03"))
        story.terms.append(later)
        let issued = try Rater(terms: story.history).asIssued(
            Story.period("2026-01"), of: story.client, in: story.facts
        ).orThrow()
        #expect(issued.brief == ["e1 1:00 = charged 1:00 $165.00"])
    }

    @Test("Of two corrections the one recorded last counts, in whatever order they stand")
    func lastCorrectionCounts() throws {
        var story = Story()
        story.work("e1", "1:00", on: "2026-01-10")
        story.close("2026-01", at: "2026-02-02")
        story.correct("e1", to: "3:00", on: "2026-01-10", recorded: "2026-02-04")
        story.correct("e1", to: "2:00", on: "2026-01-10", recorded: "2026-02-03")
        #expect(try adjustments(story, "2026-02") == ["2026-01 time entry e1: worked 2:00, charged 2:00 $330.00"])
        story.facts.timeCorrections.reverse()
        #expect(try adjustments(story, "2026-02") == ["2026-01 time entry e1: worked 2:00, charged 2:00 $330.00"])
    }

    @Test("Hours that are freed call for a settled month that found none left")
    func freedHoursUnsettle() throws {
        var story = Story()
        story.block("b", bought: "2026-07-01", until: "2026-09-30")
        story.work("july", "5:00", on: "2026-07-10")
        story.close("2026-07", at: "2026-08-02")
        story.work("august", "2:00", on: "2026-08-10")
        story.close("2026-08", at: "2026-09-02")
        let (july, august, september) = (Story.period("2026-07"), Story.period("2026-08"), Story.period("2026-09"))
        let rater = Rater(terms: story.history)
        var settled = rater.accounts(of: story.facts, through: september)[0].settled
        #expect(Set(settled.keys) == [july, august])
        settled[july] = nil
        let before = try rater.account(of: story.facts, through: september, settled: settled).orThrow()
        #expect(before.unsettled == nil)
        story.void("july", recorded: "2026-09-03")
        let after = try rater.account(of: story.facts, through: september, settled: settled).orThrow()
        #expect(after.unsettled == august)
    }
}

extension Money {
    fileprivate var negative: Money { Money(minorUnits: -minorUnits, currency) }
}
