import Agreements
import Testing
import Values

@testable import Rating
@testable import Wording

/// Reasons that can be followed by hand: each figure is a sum whose terms stand below it.
@Suite("Followed by hand") struct FollowedByHand {
    private let words = Wording(TermsHistory(always: Story.terms()))

    private func lines(_ explanation: Explanation, _ indent: String = "") -> [String] {
        [indent + explanation.text] + explanation.because.flatMap { lines($0, indent + "  ") }
    }

    private func explained(_ statement: Statement, _ key: PositionKey) throws -> [String] {
        lines(try Explainer(statement, words: words).position(key).orThrow())
    }

    @Test("A fee and hours after an upgrade name both plans, both figures and what was added")
    func upgrade() throws {
        var story = Story()
        story.terms = [Story.terms { $0.policies.upgrade = .atOnce(.prorateFeeAndHours) }]
        story.contract(plan: "care-2")
        story.change(to: "care-5", on: "2026-04-16")
        #expect(
            try explained(story.statement("2026-04"), .fee(ContractID("c"))) == [
                "Contract c, Website maintenance: $350.00 for 3:30",
                "  fee $350.00 = $200.00 plan Care 2 + ($500.00 plan Care 5 − $200.00 plan Care 2) × 15/30 days",
                "    upgraded from Care 2 to Care 5 on 16 April 2026: $150.00 added",
                "  hours 3:30 = 2:00 plan Care 2 + (5:00 plan Care 5 − 2:00 plan Care 2) × 15/30 days",
                "    upgraded from Care 2 to Care 5 on 16 April 2026: 1:30 added",
                "    shares are rounded half up, in steps of 0:01", "  terms of 1 January 2020",
            ])
    }

    @Test("A partial first month says the full fee and the share")
    func firstMonth() throws {
        var story = Story()
        story.terms = [Story.terms { $0.policies.firstPeriod = .prorateFee }]
        story.contract(plan: "care-2", from: "2026-04-16")
        let fee = try explained(story.statement("2026-04"), .fee(ContractID("c")))
        #expect(fee[1] == "  fee $100.00 = $200.00 plan Care 2 × 15/30 days")
        #expect(fee[2] == "    first month, in part: $100.00 of $200.00")
        #expect(fee[3] == "  hours 2:00: plan Care 2")
    }

    @Test("A block's opening says what each other month draws or holds of it")
    func block() throws {
        var story = Story()
        story.block("b", "5", bought: "2026-01-01")
        story.work("e1", "1:00", on: "2026-01-05")
        story.work("e2", "1:30", on: "2026-02-05")
        story.work("e3", "0:30", on: "2026-03-05")
        let march = try story.statement("2026-03")
        #expect(
            lines(Explainer(march, words: words).grant(0)) == [
                "block b: 2:30 = 0:30 drawn + 0:00 lapsed + 2:00 left",
                "  for any work, from 1 January 2026 with no last day",
                "  2:30 at the start = 5:00 bought − 1:00 drawn in January 2026 − 1:30 drawn in February 2026",
                "  0:30 drawn by time entry e3", "  2:00 left for later months",
            ])
        story.close("2026-01", at: "2026-04-01")
        story.close("2026-02", at: "2026-04-01")
        let january = try #require(story.statements().first)
        let use = try #require(january.grants[0].use)
        #expect(use.later == [MonthHours(period: Story.period("2026-02"), hours: Hours(1, 30))])
        #expect(january.grants[0].opening == Hours(3, 30))
        // As it was issued it knew of no later month; and the next one knows of it what was issued.
        let issued = try Rater(terms: story.history).asIssued(
            Story.period("2026-02"), of: story.client, in: story.facts
        ).orThrow()
        #expect(
            issued.grants[0].use
                == BlockUse(
                    bought: Hours(5), earlier: [MonthHours(period: Story.period("2026-01"), hours: Hours(1))], later: []
                )
        )
    }

    @Test("Rounding says the group, its total and its courtesy, and the one amount that is shared")
    func rounding() throws {
        var story = Story()
        story.terms = [
            Story.terms(list: "148.50") {
                $0.policies.increment = Increment(step: Hours(0, 30), group: .requestAndDay)
            }
        ]
        for (id, hours) in [("e1", "0:07"), ("e2", "0:07"), ("e3", "0:10")] { story.work(id, hours, on: "2026-01-10") }
        story.courtesy("e3", "0:03", recorded: "2026-01-11")
        let january = try story.statement("2026-01")
        let key = PositionKey.dayRounding(RequestID("r"), Story.date("2026-01-10"))
        let explained = try explained(january, key)
        #expect(
            explained.filter { !$0.contains("yes:") && !$0.contains("no:") } == [
                "rounding of request r on 10 January 2026: 0:09 = 0:09 not covered, $22.27",
                "  0:09 added by rounding: steps of 0:30, rounded up for each request and day",
                "    dated 10 January 2026, 0:10", "    logged 2026-01-10 15:00",
                "    0:30 billed = 0:07 + 0:07 + 0:07 + 0:09 added, in steps of 0:30",
                "      0:07: time entry e1 on 10 January 2026", "      0:07: time entry e2 on 10 January 2026",
                "      0:07: time entry e3 on 10 January 2026, 0:10 worked − 0:03 courtesy",
                "  covered by no contract: charged at the list rate",
                "  $22.27 for 0:09 of 0:30 × $148.50/h = $74.25",
                "    0:30 × $148.50/h = $74.25: billed as one, for 0:07 + 0:07 + 0:07 + 0:09",
                "    list rate, terms of 1 January 2020",
                "    the shares are whole, and sum to it: the largest remainders have one more",
            ])
    }

    @Test("Tolerance says its margin, where that comes from, the overage found and what of it is waived")
    func tolerance() throws {
        var story = Story()
        story.terms = [Story.terms { $0.policies.tolerance = Tolerance(margin: .percent(25), beyond: .excess) }]
        story.contract(plan: "care-2")
        story.work("e1", "3:00", on: "2026-01-05")
        let explained = try explained(story.statement("2026-01"), .entry(EntryID("e1")))
        let place = try #require(explained.firstIndex { $0.contains("waived: within") })
        #expect(
            explained[place...(place + 2)] == [
                "  0:30 waived: within the contract's tolerance", "    margin 0:30 = 25% of 2:00",
                "    overage in the month: 1:00 = 0:30 waived, the dearest work first + 0:30 more",
            ])
    }

    @Test("Withheld hours say what was agreed, what earlier work used, and what permits allowed")
    func consent() throws {
        for (consent, reason) in [
            (OverageConsent.allowUpTo(Hours(1)), "    1:00 agreed to = 0:30 used by earlier work + 0:30 charged here"),
            (
                .ask,
                "    1:00 approved for work until 31 January 2026 = 0:00 used in earlier months + 1:00 for this one, "
                    + "earliest work first"
            ),
        ] {
            var story = Story()
            story.terms = [Story.terms { $0.policies.overageConsent = consent }]
            story.contract(plan: "care-2")
            story.permit("1:00", until: "2026-01-31")
            story.work("e1", "2:30", on: "2026-01-05")
            story.work("e2", "2:00", on: "2026-01-06")
            let explained = try explained(story.statement("2026-01"), .entry(EntryID("e2")))
            #expect(explained.contains(reason), "\(explained)")
        }
    }

    @Test("An adjustment says hours, rate and clause before and after each fact")
    func adjustment() throws {
        var story = Story()
        story.contract(plan: "care-2")
        story.work("e1", "3:00", on: "2026-01-05")
        story.close("2026-01", at: "2026-02-02")
        story.correct("e1", to: "4:00", on: "2026-01-05", recorded: "2026-02-03")
        let february = try story.statement("2026-02")
        #expect(
            lines(Explainer(february, words: words).adjustment(february.adjustments[0])) == [
                "adjustment of January 2026, time entry e1: $150.00", "  corrected: misread: $150.00",
                "    +1:00 worked", "    +1:00 charged", "    now $300.00", "      2:00 × $150.00/h = $300.00",
                "        rate of plan Care 2, terms of 1 January 2020", "    less, before $150.00",
                "      1:00 × $150.00/h = $150.00", "        rate of plan Care 2, terms of 1 January 2020",
            ])
        #expect(
            Explainer(february, words: words).total.text
                == "Acme, February 2026: $350.00 = $200.00 fees + $150.00 adjustments")
    }

    @Test("A multiplier says what it multiplies")
    func multipliers() throws {
        for (target, expected) in [
            (MultiplierTarget.price, "$247.50/h = $165.00/h × 1.50, rounded half up"),
            (.hours, "1:30 = 1:00 × 1.50: 0:30 added by that"),
        ] {
            var story = Story()
            story.terms = [
                Story.terms {
                    $0.policies.multiplierTarget = target
                    $0.workTypes[WorkTypeID("development")]?.multiplierPercent = 150
                }
            ]
            story.work("e1", "1:00", on: "2026-01-05")
            let explained = try explained(story.statement("2026-01"), .entry(EntryID("e1")))
            #expect(explained.contains { $0.hasSuffix(expected) }, "\(explained)")
        }
    }
}
