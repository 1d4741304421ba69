import Agreements
import Rating
import Testing
import Values
import Wording

@Suite("What new terms change")
struct TermsDifferenceTests {
    private static func dollars(_ amount: Int) -> HourlyRate {
        HourlyRate(perHour: Money(minorUnits: amount * 100, .usd))
    }

    private static let web = ServiceLineID("web")
    private static let sync = ServiceLineID("sync")
    private static let research = WorkTypeID("research")
    private static let training = WorkTypeID("training")
    private static let care = PlanID("care-2")

    private static let terms = Terms(
        name: "Terms", effective: CivilDate(day: 0), currency: .usd, listRate: dollars(125),
        serviceLines: [
            web: ServiceLine(name: "Website", covers: [research, training], about: "your website"),
            sync: ServiceLine(name: "Sync", covers: [research]),
        ],
        workTypes: [
            research: WorkType(name: "Research"), training: WorkType(name: "Training"),
            WorkTypeID("server"): WorkType(name: "Server work", isCharged: false),
        ],
        plans: [
            care: Plan(
                name: "Care 2", serviceLine: web, hours: Hours(2), fee: Money(minorUnits: 210_00, .usd),
                overageRate: dollars(100))
        ],
        blocks: BlockTerms(pricePerHour: dollars(110)), policies: Policies(increment: nil),
        licensing: LicensingTerms(billing: [.monthly], upgradesAreFree: false))

    /// One change to the terms, and what is said of it: `topic: sentence`.
    struct Step: Sendable, CustomTestStringConvertible {
        var change: @Sendable (inout Terms) -> Void
        var said: [String]

        init(_ said: String..., change: @escaping @Sendable (inout Terms) -> Void) {
            (self.said, self.change) = (said, change)
        }

        var testDescription: String { said.joined(separator: " ") }
    }

    private func said(from old: Terms, to new: Terms) -> [String] {
        TermsDifference(from: old, to: new).changes.map { "\($0.topic): \($0.sentence)" }
    }

    @Test("Each change is said in a sentence, and nothing else is", arguments: steps)
    func each(_ step: Step) {
        var new = TermsDifferenceTests.terms
        step.change(&new)
        #expect(said(from: TermsDifferenceTests.terms, to: new) == step.said)
    }

    @Test("The way back is said too", arguments: steps)
    func back(_ step: Step) {
        var new = TermsDifferenceTests.terms
        step.change(&new)
        #expect(!said(from: new, to: TermsDifferenceTests.terms).isEmpty)
    }

    static let steps: [Step] = [
        Step(
            "list rate: The list rate goes up from $125.00/h to $165.00/h: what an hour costs where neither your contract "
                + "nor your plan says otherwise."
        ) { $0.listRate = dollars(165) },
        Step("work type training: Training without a plan goes up from $125.00/h to $225.00/h.") {
            $0.workTypes[training]?.listRate = dollars(225)
        },
        Step("work type server: Server work is now charged.") {
            $0.workTypes[WorkTypeID("server")]?.isCharged = true
        },
        Step("work type training: Hours bought ahead no longer pay for Training.") {
            $0.workTypes[training]?.isPaidByBlocks = false
        },
        Step("work type training: Training now counts 1.05 times instead of 1 times.") {
            $0.workTypes[training]?.multiplierPercent = 105
        },
        Step("work type training: Training is now called Lessons.") { $0.workTypes[training]?.name = "Lessons" },
        Step("work type content: Content is a new kind of work: $90.00/h without a plan.") {
            $0.workTypes[WorkTypeID("content")] = WorkType(name: "Content", listRate: dollars(90))
        },
        Step("work type training: Training is no kind of work of its own any more.") {
            $0.workTypes[training] = nil
            $0.serviceLines[web]?.covers.remove(training)
        },
        Step("plan care-2: Care 2 includes 3:00 a month instead of 2:00.") { $0.plans[care]?.hours = Hours(3) },
        Step("plan care-2: Care 2 goes down from $210.00 to $200.00 a month.") {
            $0.plans[care]?.fee = Money(minorUnits: 200_00, .usd)
        },
        Step("plan care-2: An hour over the hours of Care 2 goes up from $100.00/h to $125.00/h.") {
            $0.plans[care]?.overageRate = nil
        },
        Step("plan care-2: Care 2 is now a plan for Sync.") { $0.plans[care]?.serviceLine = sync },
        Step("plan care-5: New plan Care 5: 5:00 a month for $500.00, $125.00/h beyond that.") {
            $0.plans[PlanID("care-5")] = Plan(
                name: "Care 5", serviceLine: web, hours: Hours(5), fee: Money(minorUnits: 500_00, .usd))
        },
        Step("plan care-2: Plan Care 2 is no longer offered.") { $0.plans[care] = nil },
        Step("service line sync: Sync now covers Training.") { $0.serviceLines[sync]?.covers.insert(training) },
        Step("service line web: Website no longer covers Training: it costs $125.00/h.") {
            $0.serviceLines[web]?.covers.remove(training)
        },
        Step("service line web: Website covers Training only where you asked for the work.") {
            $0.serviceLines[web]?.covers.remove(training)
            $0.serviceLines[web]?.coversWhenApproved = [training]
        },
        Step("service line sync: Sync now covers Training where you asked for the work.") {
            $0.serviceLines[sync]?.coversWhenApproved = [training]
        },
        Step("service line web: Website is now for this: your website and shop.") {
            $0.serviceLines[web]?.about = "your website and shop"
        },
        Step("service line sync: Sync is no longer offered.") { $0.serviceLines[sync] = nil },
        Step("blocks: An hour bought ahead goes up from $110.00/h to $150.00/h.") {
            $0.blocks?.pricePerHour = dollars(150)
        },
        Step("blocks: Hours are now sold from 10:00 in steps of 5:00.") { $0.blocks?.minimum = Hours(10) },
        Step(
            "blocks: Hours bought from now on are usable until the end of the following month instead of until their "
                + "project is done."
        ) { $0.blocks?.expiry = .months(1) },
        Step("blocks: Hours can be used once they are paid for.") { $0.blocks?.usableBeforePaid = false },
        Step("blocks: Hours can no longer be bought ahead. Those you have keep their price and their last day.") {
            $0.blocks = nil
        },
        Step("increment: Time is now billed in steps of 0:30, rounded up for each request and day.") {
            $0.policies.increment = Increment(step: Hours(0, 30), group: .requestAndDay)
        },
        Step("multipliers: Work outside business hours now counts 1.5 times.") {
            $0.policies.outsideHoursPercent = 150
        },
        Step("tolerance: Up to 0:15 over your hours is not charged; only what goes beyond it is.") {
            $0.policies.tolerance = Tolerance(margin: .hours(Hours(0, 15)), beyond: .excess)
        },
        Step(
            "when hours run out: When your hours run out, no overage is charged: work stops until there are hours again."
        ) {
            $0.policies.overageConsent = .stop
        },
        Step("negotiable: A contract may now set its own rule for when hours run out.") {
            $0.negotiable = [.overageConsent]
        },
        Step("late time: Time logged after its month was closed is not charged.") { $0.policies.lateTime = .waive },
        Step("draw order: Hours are now used in the order of work, from plan hours first.") {
            $0.policies.drawOrder = .allotmentFirst
        },
        Step(
            "first period: A contract's first, partial month now has the fee of the days that are left and the full hours."
        ) { $0.policies.firstPeriod = .prorateFee },
        Step("upgrade: A bigger plan now holds from the next month.") { $0.policies.upgrade = .nextPeriod },
        Step("negotiable: A contract may now set its own overage rate.") { $0.negotiable = [.overageRate] },
        Step("approval: Time now counts only once a second person has approved it.") { $0.approvalRequired = true },
        Step("licensing: Licenses are now billed monthly or annually.") {
            $0.licensing?.billing = [.annually, .monthly]
        },
        Step("licensing: Upgrades are now free while the license is current.") { $0.licensing?.upgradesAreFree = true },
        Step("licensing: Licenses are no longer part of the terms.") { $0.licensing = nil },
    ]

    @Test("A new name and date alone change nothing for a client, and neither do opening hours that nothing depends on")
    func nothing() {
        var new = TermsDifferenceTests.terms
        new.name = "Other terms"
        new.effective = CivilDate(day: 9000)
        new.businessHours = BusinessHours(days: [.monday], opens: 9 * 3600, closes: 17 * 3600)
        new.policies.multiplierTarget = .hours
        #expect(said(from: TermsDifferenceTests.terms, to: new) == [])
    }

    @Test("Opening hours are said where work outside them counts for more")
    func businessHours() {
        var old = TermsDifferenceTests.terms
        old.policies.outsideHoursPercent = 150
        old.businessHours = BusinessHours(days: [.monday, .friday], opens: 9 * 3600, closes: 17 * 3600)
        var new = old
        new.businessHours?.closes = 18 * 3600
        new.policies.multiplierTarget = .hours
        #expect(
            said(from: old, to: new) == [
                "business hours: Business hours are now 9:00 to 18:00 on Monday, Friday.",
                "multipliers: Such work now takes more hours instead of a higher price for each.",
            ])
    }

    @Test("All changes come at once in one order: prices, work, plans, coverage, the rest, each by id")
    func order() {
        var new = TermsDifferenceTests.terms
        for step in TermsDifferenceTests.steps.reversed() { step.change(&new) }
        let topics = TermsDifference(from: TermsDifferenceTests.terms, to: new).changes.map(\.topic)
        #expect(topics == TermsDifference(from: TermsDifferenceTests.terms, to: new).changes.map(\.topic))
        let places = topics.map { topic in
            [
                "list", "work", "plan", "service", "block", "incr", "multi", "tole", "when", "late", "draw", "first",
                "upgr",
                "nego",
            ]
            .firstIndex { topic.hasPrefix($0) } ?? 99
        }
        #expect(places == places.sorted())
    }
}
