import Agreements
import Rating
import Testing
import Values
import Wording

/// The cheapest lawful way over a month, in cases made by hand.
@Suite("P6 cheapest way") struct CheapestWay {
    static let january = Story.period("2026-01")

    /// A story in which no upgrade holds at once.
    static func story(_ change: (inout Terms) -> Void = { _ in }) -> Story {
        var story = Story()
        story.terms = [
            Story.terms {
                $0.policies.upgrade = .nextPeriod
                change(&$0)
            }
        ]
        return story
    }

    static func ways(_ story: Story, on date: String? = nil) -> [Alternative] {
        Advisor(terms: story.history, facts: story.facts, client: story.client)
            .ways(for: january, on: date.map { Story.date($0) })
    }

    /// The cheapest way in words, and what it comes to.
    static func cheapest(_ story: Story, on date: String? = nil) -> String {
        ways(story, on: date).first.map { "\(Wording(story.history).way($0.way)): \($0.total)" } ?? "none"
    }

    @Test(
        "E28: five hours at $150.00 beat $165.00 an hour from 4:33 on, and not before",
        arguments: [
            ("4:32", "as agreed: $748.00"), ("4:33", "as agreed, with 5 hours bought ahead for any work: $750.00"),
            ("5:00", "as agreed, with 5 hours bought ahead for any work: $750.00"),
            // 0:33 over are $90.75.
            ("5:33", "as agreed, with 5 hours bought ahead for any work: $840.75"),
            ("9:33", "as agreed, with 10 hours bought ahead for any work: $1,500.00"),
        ])
    func breakEven(_ hours: String, _ expected: String) {
        var story = CheapestWay.story()
        story.contract(plan: "care-0")
        story.work("e1", hours, on: "2026-01-05")
        #expect(CheapestWay.cheapest(story) == expected)
    }

    @Test(
        "E28: in steps of 0:30 what counts is the time as it is billed",
        arguments: [
            ("4:30", "as agreed: $742.50"), ("4:31", "as agreed, with 5 hours bought ahead for any work: $750.00"),
        ])
    func increments(_ hours: String, _ expected: String) {
        var story = CheapestWay.story { $0.policies.increment = Increment(step: Hours(0, 30), group: .entry) }
        story.contract(plan: "care-0")
        story.work("e1", hours, on: "2026-01-05")
        #expect(CheapestWay.cheapest(story) == expected)
    }

    @Test("Of two ways that cost the same the one with fewer hours bought comes first")
    func tie() {
        var story = CheapestWay.story()
        story.contract()
        story.work("e1", "7:00", on: "2026-01-05")
        let ways = CheapestWay.ways(story)
        #expect(ways.map(\.total) == [Story.money("950.00"), Story.money("950.00")])
        #expect(ways.first?.way == .asAgreed)
    }

    @Test(
        "Where hours go to the earliest work, a block for one line keeps them for the dearer work",
        arguments: [
            (DrawOrder.soonestExpiry, "as agreed, with 5 hours bought ahead for Website maintenance: $1,825.00"),
            (.bestForClient, "as agreed, with 5 hours bought ahead for any work: $1,825.00"),
        ])
    func line(_ order: DrawOrder, _ expected: String) {
        var story = CheapestWay.dear(order)
        story.request("s", line: Story.sync)
        story.work("cheap", "5:00", on: "2026-01-05", "research", request: "s")
        story.work("dear", "5:00", on: "2026-01-20")
        #expect(CheapestWay.cheapest(story) == expected)
    }

    /// Development is dearer than a block, all else is cheaper.
    static func dear(_ order: DrawOrder) -> Story {
        var story = CheapestWay.story {
            $0.policies.drawOrder = order
            $0.blocks?.pricePerHour = Story.rate("200.00")
            $0.workTypes[WorkTypeID("development")]?.listRate = Story.rate("225.00")
        }
        story.contract(plan: "care-0")
        return story
    }

    @Test("Two blocks for two scopes, where together they are the cheapest")
    func severalBlocks() {
        var story = CheapestWay.dear(.soonestExpiry)
        story.project("shop")
        story.request("p", project: "shop")
        story.request("s", line: Story.sync)
        story.work("cheap", "5:00", on: "2026-01-05", "research")
        story.work("dear", "5:00", on: "2026-01-20", request: "p")
        story.work("early", "5:00", on: "2026-01-06", "research", request: "s")
        story.work("dearer", "5:00", on: "2026-01-21", request: "s")
        // 4 × 5:00 come to 2 × $825.00 and 2 × $1125.00. The block for the line must pay for its early work first.
        #expect(
            CheapestWay.cheapest(story) == "as agreed, with 5 hours bought ahead for project shop: $3,775.00")
        story.void("early", recorded: "2026-01-30")
        #expect(
            CheapestWay.cheapest(story)
                == "as agreed, with 5 hours bought ahead for Integration support and 5 hours for project shop: $2,825.00"
        )
    }

    @Test("A bigger plan with hours bought besides, where neither alone is as cheap")
    func planAndBlock() {
        var story = Story()
        story.terms = [Story.terms { $0.blocks?.pricePerHour = Story.rate("120.00") }]
        story.contract(plan: "care-list")
        story.work("e1", "10:45", on: "2026-01-05")
        // $500.00, 5:00 at $120.00 and 0:45 at $140.00.
        #expect(CheapestWay.cheapest(story) == "Care 5 on c, with 5 hours bought ahead for any work: $1,205.00")
    }

    @Test("Bigger plans on two contracts, where both are needed")
    func twoPlans() {
        var story = Story()
        story.terms = [
            Story.terms {
                $0.plans[PlanID("sync-5")] = Plan(
                    name: "Sync 5", serviceLine: Story.sync, hours: Hours(5), fee: Story.money("300.00"))
            }
        ]
        story.contract("s", plan: "sync-1")
        story.contract("w", plan: "care-list")
        story.request("q", line: Story.sync)
        story.work("e1", "5:00", on: "2026-01-05")
        story.work("e2", "5:00", on: "2026-01-06", "research", request: "q")
        #expect(CheapestWay.cheapest(story) == "Sync 5 on s and Care 5 on w: $800.00")
    }

    @Test("Tolerance makes the cost go up and down with the size: every size is tried")
    func tolerance() {
        var story = CheapestWay.story {
            $0.policies.tolerance = Tolerance(margin: .hours(Hours(2)), beyond: .all)
            $0.blocks?.minimum = Hours(1)
            $0.blocks?.step = Hours(1)
        }
        story.contract()
        story.work("e1", "8:00", on: "2026-01-05")
        // 6:00 over at $150.00. One, two and three hours save nothing; four bring the rest within the margin.
        #expect(CheapestWay.cheapest(story) == "as agreed, with 4 hours bought ahead for any work: $800.00")
    }

    @Test("Hours are bought for work that blocks may not pay for, where they set plan hours free")
    func setsFree() {
        var story = CheapestWay.story { $0.workTypes[WorkTypeID("content")]?.isPaidByBlocks = false }
        story.contract(plan: "care-5")
        story.negotiate(from: "2026-01-01") { $0.overageRate = Story.rate("165.00") }
        story.work("e1", "5:00", on: "2026-01-05")
        story.work("e2", "5:00", on: "2026-01-06", "content")
        #expect(
            CheapestWay.cheapest(story) == "as agreed, with 5 hours bought ahead for any work: $1,250.00")
        story.void("e1", recorded: "2026-01-30")
        story.work("e3", "5:00", on: "2026-01-06", "content")
        #expect(CheapestWay.cheapest(story) == "as agreed: $1,325.00")
        #expect(CheapestWay.ways(story).count == 1)
    }

    @Test("Only sizes that are sold are named, and none where none are")
    func sold() {
        var story = CheapestWay.story {
            $0.blocks?.minimum = Hours(4)
            $0.blocks?.step = Hours(3)
            $0.blocks?.pricePerHour = Story.rate("100.00")
        }
        story.contract(plan: "care-0")
        story.work("e1", "4:00", on: "2026-01-05")
        #expect(CheapestWay.cheapest(story) == "as agreed, with 6 hours bought ahead for any work: $600.00")
        story.terms[0].blocks = nil
        #expect(CheapestWay.ways(story).map(\.way) == [.asAgreed])
    }

    @Test("Hours that must be paid for first are for no work before they are")
    func paidFirst() {
        var story = CheapestWay.story { $0.blocks?.usableBeforePaid = false }
        story.contract(plan: "care-0")
        story.work("e1", "5:00", on: "2026-01-10")
        let bought = "as agreed, with 5 hours bought ahead for any work: $750.00"
        #expect(CheapestWay.cheapest(story, on: "2026-01-10") == bought)
        #expect(CheapestWay.cheapest(story, on: "2026-01-11") == "as agreed: $825.00")
        story.terms[0].blocks?.usableBeforePaid = true
        #expect(CheapestWay.cheapest(story, on: "2026-01-11") == bought)
    }

    @Test("Hours are priced as the terms in force on the day of the decision say")
    func price() {
        var story = CheapestWay.story()
        var later = story.terms[0]
        later.effective = Story.date("2026-01-15")
        later.blocks?.pricePerHour = Story.rate("160.00")
        story.terms.append(later)
        story.contract(plan: "care-0")
        story.work("e1", "5:00", on: "2026-01-10")
        #expect(CheapestWay.ways(story, on: "2026-01-14").first?.total == Story.money("750.00"))
        #expect(CheapestWay.ways(story, on: "2026-01-15").first?.total == Story.money("800.00"))
    }

    @Test("On a past month what is agreed is compared with hours bought, too")
    func past() throws {
        var story = CheapestWay.story()
        story.contract(plan: "care-list")
        story.work("e1", "7:00", on: "2026-01-05")
        story.close("2026-01", at: "2026-02-03")
        let history = Advisor(terms: story.history, facts: story.facts, client: story.client)
            .history(CheapestWay.january...CheapestWay.january)
        #expect(history[0].total == Story.money("1090.00"))
        let bought = history.first { $0.way.agreement == .asAgreed && !$0.way.ahead.isEmpty }
        #expect(bought?.total == Story.money("1015.00"))
        #expect(bought.map { $0.blocks } == Story.money("750.00"))
    }

    @Test("Hours of several months are told together")
    func words() {
        var story = Story()
        story.contract()
        let words = Wording(story.history)
        func ahead(_ hours: String, _ scope: Block.Scope, _ date: String) -> Alternative.HoursAhead {
            .init(hours: Story.hours(hours), scope: scope, boughtOn: Story.date(date))
        }
        let way = Alternative.Way(
            .without(ContractID("c")),
            ahead: [
                ahead("5:00", .client, "2026-01-01"), ahead("2:30", .project(ProjectID("shop")), "2026-01-01"),
                ahead("10:00", .client, "2026-03-01"),
            ])
        #expect(
            words.way(way)
                == "by the hour, without c, with 15 hours bought ahead for any work and 2 h 30 min for project shop, over 2 months"
        )
        #expect(words.way(.hourly(without: ContractID("c"))) { _ in "" } == "by the hour")
        #expect(
            words.way(.init(.asAgreed, ahead: [ahead("1:00", .client, "2026-01-01")])).hasSuffix(
                "1 hour bought ahead for any work"))
    }
}
