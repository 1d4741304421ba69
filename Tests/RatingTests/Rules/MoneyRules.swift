import Agreements
import Rating
import Testing
import Values
import Wording

@Suite("P1 money") struct P1 {
    @Test("E33: one rounding per printed line, and printed hours × printed rate = printed amount")
    func rounding() throws {
        var story = Story()
        // 0.33 h is 19:48 min; at $165.00 it is $54.45.
        story.work("e1", "0.33", on: "2026-01-05")
        story.work("e2", "0:00:11", on: "2026-01-06")
        // 11 s × $165/h = 50.41… cents: half up to 50. 12 s would be 55 cents.
        #expect(
            try story.statement("2026-01").brief == [
                "e1 0:19:48 = charged 0:19:48 $54.45", "e2 0:00:11 = charged 0:00:11 $0.50",
            ])
    }

    @Test("Halves go up", arguments: [(1, 1800, 1), (1, 1799, 0), (3, 1800, 2), (7, 900, 2)])
    func halves(_ seconds: Int, _ rate: Int, _ cents: Int) {
        let rate = HourlyRate(perHour: Money(minorUnits: rate, .usd))
        #expect(rate.amount(for: Hours(seconds: seconds)).minorUnits == cents)
    }

    @Test("The largest length times the largest rate does not overflow")
    func large() {
        let rate = HourlyRate(perHour: Money(minorUnits: Money.limit, .usd))
        #expect(rate.amount(for: Hours.limit).minorUnits == 87_600_000 * Money.limit)
    }
}

@Suite("P2 overage rate") struct P2 {
    @Test("E26: negotiated beats plan beats list, and the line names the clause")
    func precedence() throws {
        var story = Story()
        story.contract(plan: "care-list")
        story.work("e1", "2:00", on: "2026-01-05")
        func said(_ story: Story) throws -> String {
            let statement = try story.statement("2026-01")
            let workClass = statement.workClass(of: statement.lines[0])
            return "\(workClass.rate) \(Wording(story.history).clause(workClass.clause))"
        }
        #expect(try said(story) == "$165.00/h list rate, terms of 1 January 2020")
        story.facts.contracts[0].plan = PlanID("care-2")
        #expect(try said(story) == "$150.00/h rate of plan Care 2, terms of 1 January 2020")
        story.negotiate(from: "2026-01-01") { $0.overageRate = Story.rate("120.00") }
        #expect(try said(story) == "$120.00/h negotiated on contract c from 1 January 2026")
    }

    @Test("E27: a rate that changes on the 15th holds by work date")
    func midMonth() throws {
        var story = Story()
        story.contract(plan: "care-0")
        story.negotiate(from: "2026-01-15") { $0.overageRate = Story.rate("120.00") }
        story.work("e1", "1:00", on: "2026-01-14")
        story.work("e2", "1:00", on: "2026-01-15")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 1:00 = charged 1:00 $165.00", "e2 1:00 = charged 1:00 $120.00",
            ])
    }

    @Test("E47: a plan that changes size in new terms keeps its old size in the months before")
    func planSize() throws {
        var story = Story()
        story.terms = [
            Story.terms(),
            Story.terms(effective: "2026-03-01") { $0.plans[PlanID("care-2")]?.hours = Hours(3) },
        ]
        story.contract()
        let hours = story.statements(through: "2026-03").map { $0.contracts[0].hours }
        #expect(hours == [Hours(2), Hours(2), Hours(3)])
    }

    @Test("A client who stayed lives under each version in its time")
    func threeVersions() throws {
        var story = Story()
        story.terms = [
            Story.terms(list: "125.00"), Story.terms(effective: "2026-02-01", list: "135.00"),
            Story.terms(effective: "2026-03-01", list: "165.00"),
        ]
        story.contract(plan: "care-0")
        for month in ["2026-01", "2026-02", "2026-03"] { story.work("e\(month)", "1:00", on: "\(month)-10") }
        let amounts = story.statements().map { $0.lines[0].amount }
        #expect(amounts == [Story.money("125.00"), Story.money("135.00"), Story.money("165.00")])
    }
}

@Suite("P3 increments") struct P3 {
    static func story(_ group: Increment.Group, mayCauseOverage: Bool = true, minimum: String = "0") -> Story {
        var story = Story()
        story.terms = [
            Story.terms {
                $0.policies.increment = Increment(
                    step: Hours(0, 30), group: group, minimum: Story.hours(minimum), mayCauseOverage: mayCauseOverage)
            }
        ]
        story.contract()
        return story
    }

    @Test(
        "E29: three 10-minute entries of one request and day",
        arguments: [
            (Increment.Group.entry, "1:30"), (.requestAndDay, "0:30"), (.requestAndPeriod, "0:30"),
        ])
    func groups(_ group: Increment.Group, _ billed: String) throws {
        var story = P3.story(group)
        for id in ["e1", "e2", "e3"] { story.work(id, "0:10", on: "2026-01-05") }
        let totals = try story.statement("2026-01").totals
        #expect(totals.worked == Hours(0, 30))
        #expect(totals.worked + totals.rounding == Story.hours(billed))
        #expect(totals.drawn == Story.hours(billed))
    }

    @Test("Work of two days on one request is rounded up once for the month, or once for each day")
    func days() throws {
        for (group, billed) in [(Increment.Group.requestAndDay, "1:00"), (.requestAndPeriod, "0:30")] {
            var story = P3.story(group)
            story.work("e1", "0:10", on: "2026-01-05")
            story.work("e2", "0:10", on: "2026-01-06")
            #expect(try story.statement("2026-01").totals.drawn == Story.hours(billed))
        }
    }

    @Test(
        "E31: in every draw order rounding that may cause no overage takes only what work leaves",
        arguments: DrawOrder.allCases)
    func roundingStandsBack(order: DrawOrder) throws {
        var story = P3.story(.entry, mayCauseOverage: false)
        story.terms[0].policies.drawOrder = order
        story.work("e1", "1:05", on: "2026-01-05", request: "r1")
        story.work("e2", "0:50", on: "2026-01-06", request: "r2")
        let totals = try story.statement("2026-01").totals
        #expect(totals.worked == Hours(1, 55))
        #expect(totals.drawn == Hours(2))
        #expect(totals.charged == .zero)
    }

    @Test("E31: rounding alone need not cause overage: it takes what is left, and the rest is waived")
    func noOverageByRounding() throws {
        for (mayCauseOverage, expected) in [
            (false, ["e1 1:45 = plan c 1:45", "rounding 0:15 = rounding waived 0:15", "e2 0:05 = plan c 0:05"]),
            (true, ["e1 1:45 = plan c 1:45", "rounding 0:15 = plan c 0:15"]),
        ] {
            var story = P3.story(.entry, mayCauseOverage: mayCauseOverage)
            story.work("e1", "1:45", on: "2026-01-05", request: "r1")
            story.work("e2", "0:05", on: "2026-01-06", request: "r2")
            let brief = try story.statement("2026-01").brief
            if mayCauseOverage {
                #expect(Array(brief.prefix(2)) == expected)
                #expect(brief[2] == "e2 0:05 = charged 0:05 $12.50")
            } else {
                // Real work is covered before any rounding draws: 1:45 + 0:05, and 0:10 are left for the rounding of e1.
                #expect(
                    brief == [
                        "e1 1:45 = plan c 1:45", "rounding 0:15 = plan c 0:10 + rounding waived 0:05",
                        "e2 0:05 = plan c 0:05", "rounding 0:25 = rounding waived 0:25",
                    ])
            }
        }
    }

    @Test("E30: a minimum is applied once for each group, and never to server work")
    func minimum() throws {
        var story = P3.story(.requestAndPeriod, minimum: "1")
        story.work("e1", "0:10", on: "2026-01-05", request: "r1")
        story.work("e2", "0:10", on: "2026-01-06", request: "r1")
        story.work("e3", "0:10", on: "2026-01-06", "server", request: "r2")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 0:10 = plan c 0:10", "e2 0:10 = plan c 0:10", "rounding 0:40 = plan c 0:40", "e3 0:10 = free 0:10",
            ])
    }
}

@Suite("P4 multipliers") struct P4 {
    static func story(_ target: MultiplierTarget) -> Story {
        var story = Story(zone: "UTC")
        story.terms = [
            Story.terms {
                $0.businessHours = BusinessHours(
                    days: [.monday, .tuesday, .wednesday, .thursday, .friday], opens: 9 * 3600, closes: 17 * 3600)
                $0.policies.outsideHoursPercent = 150
                $0.policies.multiplierTarget = target
                $0.workTypes[WorkTypeID("training")]?.multiplierPercent = 125
            }
        ]
        story.contract(plan: "care-3")
        return story
    }

    @Test("E34: 16:30 to 18:30 with the day ending at 17:00 and × 1.5 is 165 weighted minutes")
    func weighted() throws {
        var story = P4.story(.hours)
        story.work("e1", from: "2026-01-05T16:30:00Z", to: "2026-01-05T18:30:00Z")
        let statement = try story.statement("2026-01")
        #expect(statement.brief == ["e1 0:30 = plan c 0:30", "e1 1:30 weighted 0:45 = plan c 2:15"])
        #expect(statement.totals.drawn == Hours(0, 165))
    }

    @Test("E35: with price it is the rate that is weighed, never both")
    func price() throws {
        var story = P4.story(.price)
        story.work("e1", "3:00", on: "2026-01-05")
        story.work("e2", from: "2026-01-06T18:00:00Z", to: "2026-01-06T19:00:00Z")
        // The dearer hour is covered first, so an hour of e1 is overage at the plain rate.
        #expect(
            try story.statement("2026-01").brief == [
                "e1 3:00 = plan c 2:00 + charged 1:00 $150.00", "e2 1:00 = plan c 1:00",
            ])
    }

    @Test("E34: of several multipliers the largest applies, never the product")
    func largest() throws {
        var story = P4.story(.hours)
        story.work("e1", from: "2026-01-05T18:00:00Z", to: "2026-01-05T19:00:00Z", "training")
        story.work("e2", from: "2026-01-06T10:00:00Z", to: "2026-01-06T11:00:00Z", "training")
        #expect(
            try story.statement("2026-01").brief == [
                "e1 1:00 weighted 0:30 = plan c 1:30", "e2 1:00 weighted 0:15 = plan c 1:15",
            ])
    }

    @Test("A dated entry on a day that is no business day is outside")
    func weekend() throws {
        var story = P4.story(.hours)
        story.work("e1", "1:00", on: "2026-01-10")
        #expect(try story.statement("2026-01").brief == ["e1 1:00 weighted 0:30 = plan c 1:30"])
    }
}

@Suite("P5 given time") struct P5 {
    @Test("E37: courtesy is shown as courtesy and draws nothing")
    func courtesy() throws {
        var story = Story()
        story.contract()
        story.work("e1", "1:30", on: "2026-01-05")
        story.work("e2", "1:00", on: "2026-01-06")
        story.courtesy("e1", "0:30")
        story.courtesy("e2", nil)
        #expect(
            try story.statement("2026-01").brief == [
                "e1 1:30 = plan c 1:00 + courtesy 0:30", "e2 1:00 = courtesy 1:00",
            ])
    }

    @Test(
        "E38: overage within the tolerance is waived; beyond it all is charged, or only the excess",
        arguments: [
            ("3:15", Tolerance.Beyond.all, "plan c 3:00 + tolerance 0:15"),
            ("3:15", .excess, "plan c 3:00 + tolerance 0:15"),
            ("3:30", .all, "plan c 3:00 + charged 0:30 $75.00"),
            ("3:30", .excess, "plan c 3:00 + charged 0:15 + tolerance 0:15 $37.50"),
        ])
    func tolerance(_ hours: String, _ beyond: Tolerance.Beyond, _ expected: String) throws {
        var story = Story()
        story.terms = [
            Story.terms { $0.policies.tolerance = Tolerance(margin: .hours(Hours(0, 15)), beyond: beyond) }
        ]
        story.contract(plan: "care-3")
        story.work("e1", hours, on: "2026-01-05")
        #expect(try story.statement("2026-01").brief == ["e1 \(Story.hours(hours)) = \(expected)"])
    }

    @Test("A tolerance in percent is a share of the month's hours")
    func percent() throws {
        var story = Story()
        story.terms = [Story.terms { $0.policies.tolerance = Tolerance(margin: .percent(10), beyond: .excess) }]
        story.contract(plan: "care-5")
        story.work("e1", "6:00", on: "2026-01-05")
        #expect(
            try story.statement("2026-01").brief == ["e1 6:00 = plan c 5:00 + charged 0:30 + tolerance 0:30 $70.00"])
    }
}

@Suite("P6 advice") struct P6 {
    @Test("E28: a block beats $165 an hour from 4:33 on; in half hours 4:30 still wins, and there is the warning")
    func breakEven() {
        func breakEven(_ step: String) -> BreakEven {
            BreakEven(
                block: Hours(5), pricePerHour: Story.rate("150.00"), overage: Story.rate("165.00"),
                step: Story.hours(step))
        }
        #expect(breakEven("1m").beatsFrom == Hours(4, 33))
        #expect(Story.rate("165.00").amount(for: Hours(4, 33)) == Story.money("750.75"))
        #expect(breakEven("30m").beatsFrom == Hours(5))
        #expect(breakEven("30m").warnAt == Hours(4, 30))
        #expect(Story.rate("165.00").amount(for: Hours(4, 30)) == Story.money("742.50"))
    }

    @Test("The cheapest lawful way of an open month is named: by the hour, by a block, by a bigger plan")
    func ways() throws {
        var story = Story()
        story.contract(plan: "care-list")
        story.work("e1", "5:45", on: "2026-01-05")
        let advisor = Advisor(terms: story.history, facts: story.facts, client: story.client)
        let ways = advisor.ways(for: Story.period("2026-01"))
        // 4:45 over at $165.00 is $783.75; a block is $750.00; Care 5 costs $400.00 more and leaves 0:45 at $140.00.
        #expect(ways.first?.way == .plan(PlanID("care-5"), ContractID("c")))
        #expect(ways.first?.total == Story.money("605.00"))
        #expect(ways.first { $0.way == .asAgreed }?.total == Story.money("883.75"))
        let block = ways.first { $0.way.agreement == .asAgreed && $0.way.hoursAhead == Hours(5) }
        #expect(block?.total == Story.money("850.00"))
    }

    @Test("Blocks are advised for work that they may pay for, and only as far as each saves anything")
    func blocks() throws {
        var story = Story()
        story.terms = [
            Story.terms {
                $0.workTypes[WorkTypeID("training")]?.isPaidByBlocks = false
                $0.workTypes[WorkTypeID("content")]?.listRate = Story.rate("100.00")
                $0.workTypes[WorkTypeID("development")]?.listRate = Story.rate("225.00")
            }
        ]
        story.contract(plan: "care-list")
        func byBlocks() -> Alternative? {
            let advisor = Advisor(terms: story.history, facts: story.facts, client: story.client)
            let ways = advisor.history(Story.period("2026-01")...Story.period("2026-01"))
            return ways.first { $0.way.agreement == .without(ContractID("c")) && !$0.way.ahead.isEmpty }
        }
        story.work("e1", "11:00", on: "2026-01-05", "training")
        #expect(byBlocks() == nil)
        // 5:00 at $225.00 are worth a block of $750.00, 5:00 at $100.00 are not.
        story.void("e1", recorded: "2026-01-06")
        story.work("e2", "5:00", on: "2026-01-06", "development")
        story.work("e3", "5:00", on: "2026-01-07", "content")
        #expect(byBlocks()?.blocks == Story.money("750.00"))
        #expect(byBlocks()?.total == Story.money("1250.00"))
    }

    @Test("A closed month has no ways left: what was invoiced is final")
    func closed() {
        var story = Story()
        story.contract()
        story.work("e1", "5:00", on: "2026-01-05")
        story.close("2026-01", at: "2026-02-03")
        let advisor = Advisor(terms: story.history, facts: story.facts, client: story.client)
        #expect(advisor.ways(for: Story.period("2026-01")).isEmpty)
    }

    @Test("On a history each way is the same work rated again")
    func history() throws {
        var story = Story()
        story.contract()
        for month in 1...6 { story.work("e\(month)", "4:00", on: "2026-0\(month)-10") }
        let advisor = Advisor(terms: story.history, facts: story.facts, client: story.client)
        let ways = advisor.history(Story.period("2026-01")...Story.period("2026-06"))
        #expect(ways[0].way == .asAgreed)
        // 6 × $200.00 and 6 × 2:00 at $150.00.
        #expect(ways[0].total == Story.money("3000.00"))
        #expect(ways.first { $0.way == .plan(PlanID("care-5"), ContractID("c")) }?.total == Story.money("3000.00"))
        #expect(ways.first { $0.way == .plan(PlanID("care-3"), ContractID("c")) }?.total == Story.money("2700.00"))
        #expect(ways.first { $0.way == .hourly(without: ContractID("c")) }?.total == Story.money("3960.00"))
        // Months of 4:00: 660.00 by the hour against 750.00 for 5:00, so alone no month is worth a block. But what one leaves
        // serves the next: 20:00 pay for five of the months, and one is paid by the hour.
        let blocks = ways.first { $0.way.agreement == .without(ContractID("c")) && !$0.way.ahead.isEmpty }
        #expect(blocks?.total == Story.money("3660.00"))
        #expect(blocks?.way.hoursAhead == Hours(20))
    }

    @Test("The lapse forecast goes on at the pace of the month so far")
    func lapse() throws {
        var story = Story()
        story.contract(plan: "care-5")
        story.work("e1", "1:00", on: "2026-01-05")
        // 1:00 in 10 days; 21 days to go at that pace take 2:06; 5:00 − 1:00 − 2:06 = 1:54.
        let forecast = try story.statement("2026-01").lapseForecast(on: Story.date("2026-01-10"))
        #expect(forecast.map(\.wouldLapse) == [Hours(1, 54)])
        #expect(forecast.map(\.daysLeft) == [21])
    }
}
