import Agreements
import Rating
import Testing
import Values

@Suite("L1 plan changes") struct L1 {
    @Test("E22: an upgrade in mid-month holds at once, for the whole month, and re-rates uninvoiced overage")
    func upgrade() throws {
        var story = Story()
        story.contract()
        story.work("e1", "4:00", on: "2026-01-05")
        story.change(to: "care-5", on: "2026-01-15")
        let statement = try story.statement("2026-01")
        #expect(statement.brief == ["e1 4:00 = plan c 4:00"])
        #expect(statement.contracts[0].fee == Story.money("500.00"))
        #expect(statement.contracts[0].hours == Hours(5))
    }

    @Test(
        "E22: the alternatives share the fee, or fee and hours, by days, or wait for the next month",
        arguments: [
            (Upgrade.atOnce(.full), "500.00", "5:00"),
            // 17 of 31 days of $300.00 and of 3:00.
            (Upgrade.atOnce(.prorateFee), "364.52", "5:00"), (Upgrade.atOnce(.prorateFeeAndHours), "364.52", "3:39"),
            (Upgrade.nextPeriod, "200.00", "2:00"),
        ])
    func alternatives(_ upgrade: Upgrade, _ fee: String, _ hours: String) throws {
        var story = Story()
        story.terms = [Story.terms { $0.policies.upgrade = upgrade }]
        story.contract()
        story.change(to: "care-5", on: "2026-01-15")
        let account = try story.statement("2026-01").contracts[0]
        #expect(account.fee == Story.money(fee))
        #expect(account.hours == Story.hours(hours))
        #expect(try story.statement("2026-02").contracts[0].fee == Story.money("500.00"))
    }

    @Test("E22: all prices are shown before choosing, and choosing gives just that price")
    func prices() throws {
        var story = Story()
        story.contract()
        story.work("e1", "4:00", on: "2026-01-05")
        let advisor = Advisor(terms: story.history, facts: story.facts, client: story.client)
        let options = advisor.planChange(ContractID("c"), to: PlanID("care-5"), on: Story.date("2026-01-15"))
        #expect(options.map(\.fee) == ["500.00", "364.52", "364.52", "200.00"].map { Story.money($0) })
        #expect(options.map(\.isAgreed) == [true, false, false, false])
        for option in options {
            var chosen = story
            chosen.change(to: "care-5", on: "2026-01-15")
            chosen.negotiate(from: "2026-01-15") { $0.upgrade = option.upgrade }
            #expect(try chosen.statement("2026-01").total == option.total)
        }
    }

    @Test("E23: a downgrade holds from the next month")
    func downgrade() throws {
        var story = Story()
        story.contract(plan: "care-5")
        story.change(to: "care-2", on: "2026-01-15")
        #expect(try story.statement("2026-01").contracts[0].hours == Hours(5))
        #expect(try story.statement("2026-02").contracts[0].hours == Hours(2))
    }

    @Test(
        "E24: the first, partial month is full, or its fee is shared, or fee and hours",
        arguments: [
            (Proration.full, "200.00", "2:00"),
            // 17 of 31 days.
            (Proration.prorateFee, "109.68", "2:00"), (Proration.prorateFeeAndHours, "109.68", "1:06"),
        ])
    func firstPeriod(_ proration: Proration, _ fee: String, _ hours: String) throws {
        var story = Story()
        story.terms = [Story.terms { $0.policies.firstPeriod = proration }]
        story.contract(from: "2026-01-15")
        let account = try story.statement("2026-01").contracts[0]
        #expect(account.fee == Story.money(fee))
        #expect(account.hours == Story.hours(hours))
        #expect(try story.statement("2026-02").contracts[0].fee == Story.money("200.00"))
    }

    @Test("E24: shared hours are rounded to the increment")
    func firstPeriodIncrement() throws {
        var story = Story()
        story.terms = [
            Story.terms {
                $0.policies.firstPeriod = .prorateFeeAndHours
                $0.policies.increment = Increment(step: Hours(0, 30), group: .entry)
            }
        ]
        story.contract(from: "2026-01-15")
        #expect(try story.statement("2026-01").contracts[0].hours == Hours(1))
    }

    @Test("E25: a cancellation runs to the month's end; plan hours lapse, block hours live on, later work is at list")
    func cancellation() throws {
        var story = Story()
        story.contract()
        story.block("b", until: "2026-02-28")
        story.end(on: "2026-01-10")
        story.work("e1", "1:00", on: "2026-01-20")
        story.work("e2", "6:00", on: "2026-02-05")
        #expect(try story.statement("2026-01").brief == ["e1 1:00 = plan c 1:00"])
        #expect(try story.statement("2026-01").grant("c")?.lapsed == Hours(1))
        let february = try story.statement("2026-02")
        #expect(february.contracts.isEmpty)
        #expect(february.brief == ["e2 6:00 = block b 5:00 + charged 1:00 $165.00"])
    }

    @Test("Negotiated hours and fees end with the plan they were negotiated for")
    func negotiated() throws {
        var story = Story()
        story.contract()
        story.negotiate(from: "2026-01-10") {
            $0.hours = Hours(4)
            $0.fee = Story.money("250.00")
        }
        story.change(to: "care-5", on: "2026-03-01")
        let accounts = story.statements(through: "2026-03").map { $0.contracts[0] }
        #expect(accounts.map(\.hours) == [Hours(4), Hours(4), Hours(5)])
        #expect(accounts.map(\.fee) == ["250.00", "250.00", "500.00"].map { Story.money($0) })
        #expect(accounts[0].feeReason.source == .negotiated(Story.date("2026-01-10")))
    }
}
