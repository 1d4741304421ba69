import Agreements
import Rating
import Testing
import Values
import Wording

@Suite("D1 draw order") struct D1 {
    @Test(
        "E6: a project's block serves its project, plan hours the rest, and a project over its hours may use plan hours"
    )
    func projectBlock() throws {
        var story = Story()
        story.contract()
        story.project("p")
        story.request("rp", project: "p")
        story.block("b", scope: .project(ProjectID("p")), until: "2026-02-28")
        story.work("e1", "1:30", on: "2026-01-05")
        story.work("e2", "5:15", on: "2026-01-06", request: "rp")
        // The plan hours lapse first and are used most: 1:30 for e1, 0:30 for the project; the block gives the rest.
        #expect(
            try story.statement("2026-01").brief == [
                "e1 1:30 = plan c 1:30", "e2 5:15 = plan c 0:30 + block b 4:45",
            ])
    }

    @Test("No client pays for overage while hours that could have covered the work lapse or lie idle")
    func noIdleHours() throws {
        var story = Story()
        story.contract()
        story.project("p")
        story.request("rp", project: "p")
        story.block("b", scope: .project(ProjectID("p")), until: "2026-02-28")
        // In the order of work the project would take the plan hours, and e2 would be overage.
        story.work("e1", "2:00", on: "2026-01-05", request: "rp")
        story.work("e2", "2:00", on: "2026-01-06")
        #expect(try story.statement("2026-01").brief == ["e1 2:00 = block b 2:00", "e2 2:00 = plan c 2:00"])
    }

    @Test("Dearer work is covered before cheaper")
    func dearerFirst() throws {
        var story = Story()
        story.terms = [
            Story.terms { $0.workTypes[WorkTypeID("training")]?.multiplierPercent = 200 }
        ]
        story.contract()
        story.work("cheap", "2:00", on: "2026-01-05")
        story.work("dear", "1:00", on: "2026-01-06", "training")
        #expect(
            try story.statement("2026-01").brief == [
                "cheap 2:00 = plan c 1:00 + charged 1:00 $150.00", "dear 1:00 = plan c 1:00",
            ])
    }

    @Test("Of the hours that fit, those that lapse soonest are used most, then narrower, then older ones, then by id")
    func soonestLapse() throws {
        var story = Story()
        story.block("d", until: "2026-03-31")
        story.block("c", bought: "2025-12-31", until: "2026-03-31")
        story.block("b", scope: .serviceLine(Story.web), until: "2026-03-31")
        story.block("a", until: "2026-02-28")
        story.work("e1", "16:00", on: "2026-01-05")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 16:00 = block a 5:00 + block b 5:00 + block c 5:00 + block d 1:00"
            ])
    }

    @Test(
        "The greedy orders take work as it comes",
        arguments: [
            (DrawOrder.soonestExpiry, ["e1 2:00 = plan c 2:00", "e2 2:00 = charged 2:00 $300.00"]),
            (DrawOrder.narrowestScope, ["e1 2:00 = block b 2:00", "e2 2:00 = plan c 2:00"]),
            (DrawOrder.allotmentFirst, ["e1 2:00 = plan c 2:00", "e2 2:00 = charged 2:00 $300.00"]),
            (DrawOrder.bestForClient, ["e1 2:00 = block b 2:00", "e2 2:00 = plan c 2:00"]),
        ])
    func greedy(_ order: DrawOrder, _ expected: [String]) throws {
        var story = Story()
        story.terms = [Story.terms { $0.policies.drawOrder = order }]
        story.contract()
        story.project("p")
        story.request("rp", project: "p")
        story.block("b", scope: .project(ProjectID("p")), until: "2026-02-28")
        story.work("e1", "2:00", on: "2026-01-05", request: "rp")
        story.work("e2", "2:00", on: "2026-01-06")
        #expect(try story.statement("2026-01").brief == expected)
    }

    @Test("E46: each grant keeps an account of its own, and none is added to another")
    func accounts() throws {
        var story = Story()
        story.contract()
        story.contract("s", plan: "sync-1")
        story.block("b", until: "2026-02-28")
        story.work("e1", "3:00", on: "2026-01-05")
        let statement = try story.statement("2026-01")
        #expect(statement.grant("c")?.drawn == Hours(2))
        #expect(statement.grant("s")?.lapsed == Hours(1))
        #expect(statement.grant("b")?.left == Hours(4))
    }

    @Test("Every grant tried says why it gave hours or none")
    func trail() throws {
        var story = Story()
        story.contract()
        story.contract("s", plan: "sync-1")
        story.project("p")
        story.block("b1", scope: .project(ProjectID("p")), until: "2026-02-28")
        story.block("b2", bought: "2026-01-20", until: "2026-03-31")
        story.block("b3", until: "2026-04-30")
        story.block("b4", until: "2026-05-31")
        story.work("e0", "2:00", on: "2026-01-04")
        story.work("e1", "1:00", on: "2026-01-05")
        let statement = try story.statement("2026-01")
        let words = Wording(story.history)
        let said = statement.trail(of: statement.lines[1]).map {
            "\(words.shortGrant(statement.grants[$0.grant].id)): \(words.outcome($0.outcome))"
        }
        #expect(
            said == [
                "plan c: skipped: its hours went to e0 2:00 (dearer, earlier, or with no other hours)",
                "plan s: skipped: not for this work", "block b1: skipped: not for this work",
                "block b2: skipped: only for work dated from 20 January 2026 until 31 March 2026",
                "block b3: 1:00 taken", "block b4: not needed",
            ])
    }
}

@Suite("D2 parts of one entry") struct D2 {
    @Test("E7: 3:00 with 1:15 of plan and 1:00 of a block left is 1:15 + 1:00 + 0:45 overage, three visible parts")
    func three() throws {
        var story = Story()
        story.contract()
        story.block("b", until: "2026-02-28")
        story.work("before", "4:45", on: "2026-01-04")
        story.work("e", "3:00", on: "2026-01-05")
        #expect(
            try story.statement("2026-01").brief == [
                "before 4:45 = plan c 2:00 + block b 2:45", "e 3:00 = block b 2:15 + charged 0:45 $112.50",
            ])
        var other = Story()
        other.terms = [Story.terms { $0.plans[PlanID("care-2")]?.hours = Hours(1, 15) }]
        other.contract()
        other.block("b", until: "2026-02-28")
        other.facts.blocks[0].hours = Hours(1)
        other.work("e", "3:00", on: "2026-01-05")
        #expect(
            try other.statement("2026-01").brief == ["e 3:00 = plan c 1:15 + block b 1:00 + charged 0:45 $112.50"])
    }
}

@Suite("D3 allotments lapse") struct D3 {
    @Test("E53: unused plan hours lapse at the month's end, and a month without work has a statement that says so")
    func lapse() throws {
        var story = Story()
        story.contract()
        story.work("e1", "0:45", on: "2026-01-05")
        let months = story.statements(through: "2026-02")
        #expect(months.map(\.period) == [Story.period("2026-01"), Story.period("2026-02")])
        #expect(months[0].grant("c")?.lapsed == Hours(1, 15))
        #expect(months[1].grant("c")?.opening == Hours(2))
        #expect(months[1].grant("c")?.lapsed == Hours(2))
        #expect(months[1].total == Story.money("200.00"))
    }
}

@Suite("D4 blocks") struct D4 {
    @Test("A block is of at least 5 hours, in steps of 5", arguments: ["2", "7", "5:01"])
    func sizes(_ hours: String) {
        var story = Story()
        story.block("b", hours)
        #expect(story.problems.map(\.message) == ["it has \(Story.hours(hours))"])
        #expect(story.problems.map(\.fix) == ["blocks are sold from 5:00 in steps of 5:00"])
    }

    @Test("E16: a block bought on 12 January and usable in the following month pays for work dated to 28 February")
    func followingMonth() throws {
        let lastDay = BlockExpiry.months(1).lastDay(boughtOn: Story.date("2026-01-12"))
        #expect(lastDay == Story.date("2026-02-28"))
        var story = Story()
        story.block("b", bought: "2026-01-12", until: "2026-02-28")
        story.work("e1", from: "2026-02-28T23:00:00-08:00", to: "2026-03-01T01:00:00-08:00")
        #expect(try story.statement("2026-02").brief == ["e1 1:00 = block b 1:00"])
        #expect(try story.statement("2026-03").brief == ["e1 1:00 = charged 1:00 $165.00"])
        #expect(try story.statement("2026-02").grant("b")?.lapsed == Hours(4))
    }

    @Test("E17: work of February logged in March is covered: expiry compares with the work date")
    func loggedLater() throws {
        var story = Story()
        story.block("b", until: "2026-02-28")
        story.work("e1", "1:00", on: "2026-02-27", recorded: "2026-03-02")
        #expect(try story.statement("2026-02").brief == ["e1 1:00 = block b 1:00"])
    }

    @Test("A block that ends with its project pays until the day the project is done")
    func projectDone() throws {
        var story = Story()
        story.project("p", done: "2026-01-10")
        story.request("r", project: "p")
        story.block("b", scope: .project(ProjectID("p")), endsWithProject: true)
        story.work("e1", "1:00", on: "2026-01-10")
        story.work("e2", "1:00", on: "2026-01-11")
        let statement = try story.statement("2026-01")
        #expect(statement.brief == ["e1 1:00 = block b 1:00", "e2 1:00 = charged 1:00 $165.00"])
        #expect(statement.grant("b")?.lapsed == Hours(4))
    }

    @Test("E20: where the terms want payment first, an unpaid block pays for nothing, a paid one from that day on")
    func paidFirst() throws {
        var story = Story()
        story.block("b", until: "2026-02-28", usableBeforePaid: false)
        story.work("e1", "1:00", on: "2026-01-05")
        story.work("e2", "1:00", on: "2026-01-09")
        #expect(try story.statement("2026-01").lines.map(\.drawn) == [.zero, .zero])
        story.facts.blockChanges.append(
            BlockChange(
                block: BlockID("b"), paidOn: Story.date("2026-01-09"), reason: "paid",
                recordedAt: Story.at("2026-01-09")))
        #expect(try story.statement("2026-01").lines.map(\.drawn) == [.zero, Hours(1)])
    }

    @Test("E13: a withdrawn entry's hours return to the block; expired ones stay expired unless somebody extends it")
    func withdrawn() throws {
        var story = Story()
        story.block("b", until: "2026-02-28")
        story.work("e1", "3:00", on: "2026-01-05")
        story.work("e2", "4:00", on: "2026-03-05")
        story.void("e1", recorded: "2026-03-06")
        #expect(try story.statement("2026-02").grant("b")?.lapsed == Hours(5))
        #expect(try story.statement("2026-03").brief == ["e2 4:00 = charged 4:00 $660.00"])
        story.facts.blockChanges.append(
            BlockChange(
                block: BlockID("b"), lastDay: Story.date("2026-03-31"), reason: "as a kindness",
                recordedAt: Story.at("2026-03-07")))
        #expect(try story.statement("2026-03").brief == ["e2 4:00 = block b 4:00"])
    }
}

@Suite("D5 hours bought afterwards") struct D5 {
    @Test("E14: a block bought afterwards covers uninvoiced overage only from an explicit effective date")
    func effectiveDate() throws {
        var story = Story()
        story.contract()
        story.work("e1", "3:00", on: "2026-01-05")
        story.block("b", bought: "2026-01-20", until: "2026-02-28")
        #expect(try story.statement("2026-01").brief == ["e1 3:00 = plan c 2:00 + charged 1:00 $150.00"])
        story.facts.blocks[0].effective = Story.date("2026-01-01")
        #expect(try story.statement("2026-01").brief == ["e1 3:00 = plan c 2:00 + block b 1:00"])
    }

    @Test("E15: a block dated back after the invoice does not touch it, but pays for late time")
    func afterTheInvoice() throws {
        var story = Story()
        story.contract()
        story.work("e1", "3:00", on: "2026-01-05")
        story.close("2026-01", at: "2026-02-03")
        story.block("b", bought: "2026-01-01", until: "2026-02-28", recorded: "2026-02-04")
        #expect(try story.statement("2026-02").briefAdjustments == ["2026-01 price of block b:  $750.00"])
        story.work("e2", "1:00", on: "2026-01-06", recorded: "2026-02-05")
        #expect(
            try story.statement("2026-02").briefAdjustments == [
                "2026-01 price of block b:  $750.00", "2026-01 time entry e2: block b 1:00, worked 1:00 $0.00",
            ])
    }

    @Test("Hours of a later month never pay for overage of an earlier one")
    func laterHours() throws {
        var story = Story()
        story.contract()
        story.work("e1", "3:00", on: "2026-01-05")
        story.block("b", bought: "2026-02-01", until: "2026-03-31")
        #expect(try story.statement("2026-01").brief == ["e1 3:00 = plan c 2:00 + charged 1:00 $150.00"])
    }
}

@Suite("D6 overlaps") struct D6 {
    @Test("E40: two contracts that cover the same work are refused at signing")
    func refused() {
        var story = Story()
        story.contract("a")
        story.contract("b", plan: "care-5", from: "2026-03-01")
        #expect(
            story.problems.map(\.description) == [
                "contracts a and b: both cover website-maintenance from 2026-03-01. End one before the other begins, limit "
                    + "them to different projects, or give each a rank of its own."
            ])
        story.end("a", on: "2026-02-10")
        #expect(story.problems.isEmpty)
    }

    @Test("E40: or ranked: the lower rank is drawn on first and sets the overage")
    func ranked() throws {
        var story = Story()
        story.contract("a", plan: "care-5", rank: 2)
        story.contract("b", plan: "care-2", rank: 1)
        story.work("e1", "8:00", on: "2026-01-05")
        #expect(story.problems.isEmpty)
        #expect(
            try story.statement("2026-01").brief == ["e1 8:00 = plan b 2:00 + plan a 5:00 + charged 1:00 $150.00"])
    }

    @Test("E41: extra hours inside a month keep their own identity")
    func extraHours() throws {
        var story = Story()
        story.contract()
        story.block("x", bought: "2026-01-03", until: "2026-01-31")
        story.block("y", bought: "2026-01-04", until: "2026-01-31")
        story.work("e1", "8:00", on: "2026-01-05")
        #expect(try story.statement("2026-01").brief == ["e1 8:00 = plan c 2:00 + block x 5:00 + block y 1:00"])
    }
}
