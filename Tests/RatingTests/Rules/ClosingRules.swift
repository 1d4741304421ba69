import Agreements
import Rating
import Testing
import Values

@Suite("X2 closed months") struct X2 {
    /// January closed with 4:30 of 5:00 used.
    static func closedJanuary(_ policy: LateTime = .adjust) -> Story {
        var story = Story()
        story.terms = [Story.terms { $0.policies.lateTime = policy }]
        story.contract(plan: "care-5")
        story.work("e1", "4:30", on: "2026-01-20")
        story.close("2026-01", at: "2026-02-02T12:00:00Z")
        return story
    }

    @Test("E9: late time finds that month's unused half hour; the other half is on the next statement, and only it")
    func lateTime() throws {
        var story = X2.closedJanuary()
        story.work("e2", "1:00", on: "2026-01-30", recorded: "2026-02-03")
        let february = try story.statement("2026-02")
        #expect(
            february.briefAdjustments == ["2026-01 time entry e2: plan c 0:30, worked 1:00, charged 0:30 $70.00"])
        #expect(february.adjustments.map { $0.causes[0].reason } == [.lateTime(EntryID("e2"))])
        #expect(february.total == Story.money("570.00"))
        // What was issued for January does not change.
        #expect(story.facts.closings[0].positions.map(\.amount).map(\.minorUnits).reduce(0, +) == 50_000)
    }

    @Test("E9: the alternatives give late time away, or refuse it")
    func policies() throws {
        var waived = X2.closedJanuary(.waive)
        waived.work("e2", "1:00", on: "2026-01-30", recorded: "2026-02-03")
        #expect(
            try waived.statement("2026-02").briefAdjustments == [
                "2026-01 time entry e2: worked 1:00, waived 1:00 $0.00"
            ])
        // It stays given after later closings have issued that.
        waived.close("2026-02", at: "2026-03-02")
        #expect(try waived.statement("2026-03").adjustments.isEmpty)

        var refused = X2.closedJanuary(.refuse)
        refused.work("e2", "1:00", on: "2026-01-30", recorded: "2026-02-03")
        #expect(try refused.statement("2026-02").adjustments.isEmpty)
        #expect(try refused.statement("2026-01").setAside.map(\.entry) == [EntryID("e2")])
    }

    @Test("E12: a correction in a closed month gives just the difference, linked to the entry with its reason")
    func correction() throws {
        var story = X2.closedJanuary()
        story.correct("e1", to: "6:00", on: "2026-01-20", recorded: "2026-02-03")
        let february = try story.statement("2026-02")
        #expect(
            february.briefAdjustments == ["2026-01 time entry e1: plan c 0:30, worked 1:30, charged 1:00 $140.00"])
        #expect(february.adjustments.map { $0.causes[0].reason } == [.correction(EntryID("e1"), reason: "misread")])
    }

    @Test("E13: a withdrawal in a closed month is credited")
    func void() throws {
        var story = Story()
        story.contract()
        story.work("e1", "3:00", on: "2026-01-20")
        story.close("2026-01", at: "2026-02-02")
        story.void("e1", recorded: "2026-02-03")
        let february = try story.statement("2026-02")
        #expect(
            february.briefAdjustments == ["2026-01 time entry e1: plan c -2:00, worked -3:00, charged -1:00 -$150.00"])
        #expect(february.total == Story.money("50.00"))
    }

    @Test("E27: a rate agreed late re-prices what was invoiced, as an adjustment")
    func rateAgreedLate() throws {
        var story = Story()
        story.contract()
        story.work("e1", "3:00", on: "2026-01-20")
        story.close("2026-01", at: "2026-02-02")
        story.negotiate(from: "2026-01-01", recorded: "2026-02-05") { $0.overageRate = Story.rate("120.00") }
        let february = try story.statement("2026-02")
        #expect(february.briefAdjustments == ["2026-01 time entry e1:  -$30.00"])
        #expect(february.adjustments.map { $0.causes[0].reason } == [.agreed(ContractID("c"))])
    }

    @Test("A plan change dated into a closed month changes its fee, but covers no overage that was invoiced")
    func planChangeAgreedLate() throws {
        var story = Story()
        story.contract()
        story.work("e1", "3:00", on: "2026-01-20")
        story.close("2026-01", at: "2026-02-02")
        story.change(to: "care-5", on: "2026-01-15", recorded: "2026-02-05")
        // The hour stays overage, at the bigger plan's rate; the fee goes up by its difference.
        #expect(
            try story.statement("2026-02").briefAdjustments == [
                "2026-01 fee of contract c:  $300.00", "2026-01 time entry e1:  -$10.00",
            ])
        story.work("e2", "1:00", on: "2026-01-25", recorded: "2026-02-06")
        #expect(
            try story.statement("2026-02").briefAdjustments.last
                == "2026-01 time entry e2: plan c 1:00, worked 1:00 $0.00")
    }

    @Test("Late time takes no block hours that a later statement was issued as using")
    func laterIssued() throws {
        var story = Story()
        story.block("b", until: "2026-03-31")
        story.work("e1", "1:00", on: "2026-01-10")
        story.close("2026-01", at: "2026-02-02")
        story.work("e2", "3:00", on: "2026-02-10")
        story.close("2026-02", at: "2026-03-02")
        story.work("late", "2:00", on: "2026-01-11", recorded: "2026-03-03")
        let march = try story.statement("2026-03")
        #expect(march.briefAdjustments == ["2026-01 time entry late: block b 1:00, worked 2:00, charged 1:00 $165.00"])
        #expect(march.grant("b") == nil)
    }

    @Test("What was adjusted once is not adjusted again")
    func once() throws {
        var story = X2.closedJanuary()
        story.work("e2", "1:00", on: "2026-01-30", recorded: "2026-02-03")
        story.close("2026-02", at: "2026-03-02")
        #expect(story.facts.closings[1].positions.contains { $0.period == Story.period("2026-01") })
        #expect(try story.statement("2026-03").adjustments.isEmpty)
        #expect(try story.statement("2026-02").adjustments.isEmpty)
    }

    @Test("Late time that was issued keeps its place when more arrives: each closing is a layer")
    func layers() throws {
        var story = Story()
        story.contract()
        story.work("e1", "2:00", on: "2026-01-20")
        story.work("e2", "1:00", on: "2026-01-30")
        story.close("2026-01", at: "2026-02-02")
        // Earlier work, but later knowledge: it is overage, and e1 and e2 stay as they were issued.
        story.work("late1", "1:00", on: "2026-01-10", recorded: "2026-02-03")
        #expect(
            try story.statement("2026-02").briefAdjustments
                == ["2026-01 time entry late1: worked 1:00, charged 1:00 $150.00"])
        story.close("2026-02", at: "2026-03-02")
        // A block dated back pays for what nobody was billed for, and for nothing else.
        story.block("b", bought: "2026-01-01", until: "2026-02-28", recorded: "2026-03-03")
        story.work("late2", "1:00", on: "2026-01-09", recorded: "2026-03-04")
        #expect(
            try story.statement("2026-03").briefAdjustments == [
                "2026-01 price of block b:  $750.00", "2026-01 time entry late2: block b 1:00, worked 1:00 $0.00",
            ])
        story.close("2026-03", at: "2026-04-02")
        #expect(try story.statement("2026-04").adjustments.isEmpty)
    }

    @Test("A closed month rated again from what was known at its closing comes to what was issued")
    func asKnownAtClosing() throws {
        var story = X2.closedJanuary()
        story.work("e2", "1:00", on: "2026-01-30", recorded: "2026-02-03")
        story.facts = story.facts.known(at: Story.at("2026-02-02T12:00:00Z"))
        let january = try story.statement("2026-01")
        #expect(january.brief == ["e1 4:30 = plan c 4:30"])
        #expect(try story.statement("2026-02").adjustments.isEmpty)
    }

    @Test("E45: nothing left is shown as nothing, and what is over as charged; no grant is ever negative")
    func neverNegative() throws {
        var story = X2.closedJanuary()
        story.work("e2", "9:00", on: "2026-01-30", recorded: "2026-02-03")
        let january = try story.statement("2026-01")
        #expect(january.grant("c")?.lapsed == .zero)
        #expect(january.grants.allSatisfy { $0.opening >= .zero && $0.lapsed >= .zero && $0.left >= .zero })
    }
}

@Suite("X1 closing and reopening") struct X1 {
    /// January and February closed, each with an hour of overage.
    static func closed() -> Story {
        var story = Story()
        story.contract()
        story.work("e1", "3:00", on: "2026-01-20")
        story.close("2026-01", at: "2026-02-02")
        story.work("e2", "3:00", on: "2026-02-20")
        story.close("2026-02", at: "2026-03-02")
        return story
    }

    @Test("A closed month has a statement and issues it, even with nothing to pay")
    func nothingToPay() throws {
        var story = Story()
        story.contract(plan: "care-0")
        story.close("2026-01", at: "2026-02-02")
        let january = try story.statement("2026-01")
        #expect(january.closedAt == Story.at("2026-02-02"))
        #expect(january.issuedTotal == Story.money("0"))
    }

    @Test("A reopened month is open, as if it had never been closed: late time is no longer late")
    func reopened() throws {
        var story = X1.closed()
        story.work("late", "1:00", on: "2026-02-21", recorded: "2026-03-03")
        #expect(try story.statement("2026-03").adjustments.count == 1)
        story.reopen("2026-02", at: "2026-03-04")
        let february = try story.statement("2026-02")
        #expect(february.closedAt == nil)
        #expect(february.issuedTotal == nil)
        #expect(february.brief == ["e2 3:00 = plan c 2:00 + charged 1:00 $150.00", "late 1:00 = charged 1:00 $150.00"])
        #expect(try story.statement("2026-03").adjustments.isEmpty)
        #expect(story.problems.isEmpty)
        var never = story
        never.facts.closings.removeLast()
        never.facts.reopenings = []
        #expect(try never.statement("2026-02").brief == february.brief)
        #expect(try never.statement("2026-02").billed == february.billed)
    }

    @Test("A month that is closed again stands as it was closed last")
    func closedAgain() throws {
        var story = X1.closed()
        story.work("late", "1:00", on: "2026-02-21", recorded: "2026-03-03")
        story.reopen("2026-02", at: "2026-03-04")
        story.close("2026-02", at: "2026-03-05")
        let february = try story.statement("2026-02")
        #expect(february.closedAt == Story.at("2026-03-05"))
        #expect(february.issuedTotal == Story.money("500.00"))
        #expect(try story.statement("2026-03").adjustments.isEmpty)
        #expect(story.facts.closingsInForce.map(\.recordedAt) == ["2026-02-02", "2026-03-05"].map { Story.at($0) })
        #expect(story.problems.isEmpty)
        // What was known before it was reopened has the first closing.
        story.facts = story.facts.known(at: Story.at("2026-03-03"))
        #expect(try story.statement("2026-02").issuedTotal == Story.money("350.00"))
    }

    @Test("What a withdrawn closing issued for an earlier month is withdrawn with it, and due again")
    func adjustmentsWithdrawn() throws {
        var story = Story()
        story.contract()
        story.work("e1", "2:00", on: "2026-01-20")
        story.close("2026-01", at: "2026-02-02")
        story.work("late", "1:00", on: "2026-01-21", recorded: "2026-02-03")
        story.close("2026-02", at: "2026-03-02")
        #expect(try story.statement("2026-03").adjustments.isEmpty)
        story.reopen("2026-02", at: "2026-03-03")
        #expect(
            try story.statement("2026-02").briefAdjustments == [
                "2026-01 time entry late: worked 1:00, charged 1:00 $150.00"
            ])
        story.close("2026-02", at: "2026-03-04")
        #expect(try story.statement("2026-03").adjustments.isEmpty)
    }

    @Test("Months are reopened from the last one on")
    func oneAfterTheOther() throws {
        var story = X1.closed()
        story.reopen("2026-02", at: "2026-03-04")
        story.reopen("2026-01", at: "2026-03-04")
        #expect(story.problems.isEmpty)
        #expect(story.facts.closingsInForce.isEmpty)
        #expect(try story.statement("2026-01").closedAt == nil)
    }

    @Test("Reopening a month before the last closed one, or one that is not closed, is refused")
    func refused() {
        var early = X1.closed()
        early.reopen("2026-01", at: "2026-03-04")
        #expect(
            early.problems.map { "\($0.subject): \($0.message) -> \($0.fix)" } == [
                "reopening of acme 2026-01: 2026-02, a later period, is closed at that time -> reopen 2026-02 first: "
                    + "only the last closed period can be reopened"
            ])
        for (period, instant) in [("2026-03", "2026-03-04"), ("2026-02", "2026-03-01")] {
            var story = X1.closed()
            story.reopen(period, at: instant)
            #expect(
                story.problems.map { "\($0.subject): \($0.message)" } == [
                    "reopening of acme \(period): the period is not closed at that time"
                ])
        }
        var twice = X1.closed()
        twice.reopen("2026-02", at: "2026-03-04")
        twice.reopen("2026-02", at: "2026-03-05")
        #expect(twice.problems.count == 1)
        var unknown = X1.closed()
        unknown.facts.reopenings.append(
            Reopening(
                client: ClientID("nobody"), period: Story.period("2026-02"), by: "mara", reason: "",
                recordedAt: Story.at("2026-03-04")))
        #expect(unknown.problems.contains { $0.message == "there is no client \"nobody\"" })
    }

    @Test("Two closings of a month without a reopening between them are refused")
    func closedTwice() {
        var story = X1.closed()
        var again = story.facts.closings[1]
        again.recordedAt = Story.at("2026-03-05")
        story.facts.closings.append(again)
        #expect(story.problems.map(\.message) == ["the period is closed twice"])
        story.reopen("2026-02", at: "2026-03-03")
        #expect(story.problems.isEmpty)
        // After both, a reopening withdraws the later one.
        story.facts.reopenings[0].recordedAt = Story.at("2026-03-06")
        #expect(story.problems.map(\.message) == ["the period is closed twice"])
        #expect(story.facts.closingsInForce.map(\.recordedAt) == ["2026-02-02", "2026-03-02"].map { Story.at($0) })
    }
}
