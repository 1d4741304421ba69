import Agreements
import Rating
import Values

/// Random numbers that a seed repeats (SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }
}

/// Small random histories that are lawful and full of trouble: grants that run out, work at the edges of months, days and
/// business hours, corrections, late time, all policies.
struct HistoryGenerator {
    private var random: Seeded
    private(set) var versions: [Terms] = []
    private(set) var facts = Facts()
    let client = ClientID("acme")
    private let other = ClientID("other")
    private let zone: String
    private let first = Period(index: 2026 * 12)
    private var clock = 0
    private var early = 0
    private let close: LawCloser
    /// Much work in few months on one contract and few blocks, so that its hours run out and lines vie for them.
    private let isDense: Bool

    static let zones = [
        "America/Los_Angeles", "America/Los_Angeles", "Europe/Paris", "UTC", "Asia/Kolkata", "Asia/Manila",
        "America/Santiago", "Asia/Beirut", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe", "America/St_Johns",
        "Pacific/Apia",
    ]

    /// Closings are made by the engine, faults and all, unless another closer is given.
    init(seed: UInt64, close: @escaping LawCloser = Laws.engineCloser) {
        random = Seeded(seed)
        self.close = close
        isDense = random.chance(50)
        zone = random.pick(HistoryGenerator.zones)
        makeTerms()
        makeAgreements()
        makeWork()
        makeTrouble()
    }

    /// An instant before everything that happens, and no other fact's.
    private mutating func before() -> Instant {
        early += 1
        return Instant(seconds: early)
    }

    /// An instant later than all before it, in the months of the history.
    private mutating func later() -> Instant {
        clock += Int.random(in: 1...50_000, using: &random)
        return Instant(seconds: Story.at("2026-01-01").seconds - 40 * 86_400 + clock)
    }

    /// A day in the first months, more often in the earlier of them.
    private mutating func date(in months: ClosedRange<Int>? = nil) -> CivilDate {
        let months = months ?? (isDense ? random.pick([0...0, 0...1]) : random.pick([0...1, 0...2, 0...3]))
        let period = first + Int.random(in: months, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return period.firstDay
        case 1: return period.lastDay
        default: return period.firstDay + Int.random(in: 0..<period.dayCount, using: &random)
        }
    }

    private mutating func hours(_ range: ClosedRange<Int>) -> Hours {
        // Mostly quarters, so that ties and full grants are common; sometimes odd seconds.
        let quarters = Int.random(in: range, using: &random) * 900
        return Hours(seconds: max(1, quarters + (random.chance(20) ? Int.random(in: -899...899, using: &random) : 0)))
    }

    // MARK: Terms

    private mutating func policies() -> Policies {
        var policies = Policies()
        if random.chance(40) { policies.increment = increment() }
        policies.multiplierTarget = random.pick([.price, .hours])
        policies.outsideHoursPercent = random.pick([100, 100, 150, 200, 175])
        if random.chance(25) { policies.tolerance = tolerance() }
        policies.overageConsent = consent()
        policies.lateTime = random.pick([.adjust, .adjust, .adjust, .waive, .refuse])
        policies.drawOrder = random.pick([
            .bestForClient, .bestForClient, .bestForClient, .soonestExpiry, .narrowestScope, .allotmentFirst,
        ])
        policies.firstPeriod = random.pick([.full, .prorateFee, .prorateFeeAndHours])
        policies.upgrade = random.pick([
            .atOnce(.full), .atOnce(.prorateFee), .atOnce(.prorateFeeAndHours), .nextPeriod,
        ])
        return policies
    }

    private mutating func increment() -> Increment {
        Increment(
            step: random.pick([Hours(0, 15), Hours(0, 30), Hours(1), Hours(seconds: 360)]),
            group: random.pick(Increment.Group.allCases), minimum: random.pick([.zero, .zero, Hours(0, 20), Hours(1)]),
            mayCauseOverage: random.chance(60))
    }

    private mutating func tolerance() -> Tolerance {
        Tolerance(
            margin: random.chance(50) ? .hours(hours(0...4)) : .percent(random.pick([5, 10, 33])),
            beyond: random.pick([.all, .excess]))
    }

    private mutating func consent() -> OverageConsent {
        random.pick([.allow, .allow, .allow, .allowUpTo(hours(0...6)), .ask, .ask, .stop])
    }

    private mutating func permit() {
        facts.permits.append(
            Permit(
                request: random.pick(facts.requests).id, hours: hours(1...8), until: date(), by: "Kim",
                recordedAt: later()))
    }

    private mutating func makeTerms() {
        let count = random.pick([1, 1, 2, 3])
        // One draw order for all versions and contracts of a client, as the terms want.
        let drawOrder = policies().drawOrder
        var effective = Story.date("2020-01-01")
        for number in 0..<count {
            if number > 0 { effective = date(in: number...number) }
            let list = random.pick(["100.00", "165.00", "99.99"])
            var made = Story.terms(effective: "\(effective)", list: list)
            made.policies = policies()
            made.policies.drawOrder = drawOrder
            if random.chance(50) {
                made.businessHours = BusinessHours(
                    days: [.monday, .tuesday, .wednesday, .thursday, .friday], opens: 9 * 3600, closes: 17 * 3600 + 1800
                )
            }
            made.approvalRequired = random.chance(10)
            for type in ["research", "training"] where random.chance(30) {
                made.workTypes[WorkTypeID(type)]?.multiplierPercent = random.pick([50, 125, 150])
            }
            if random.chance(30) { made.workTypes[WorkTypeID("development")]?.listRate = Story.rate("225.00") }
            if random.chance(30) { made.workTypes[WorkTypeID("content")]?.isPaidByBlocks = false }
            if random.chance(20) { made.serviceLines[Story.web]?.covers.remove(WorkTypeID("training")) }
            for id in made.plans.keys.sorted() where random.chance(30) {
                made.plans[id]?.hours = hours(0...8)
                made.plans[id]?.overageRate = random.pick([nil, Story.rate("140.00"), Story.rate("120.50")])
            }
            versions.append(made)
        }
    }

    // MARK: Agreements

    private mutating func makeAgreements() {
        for id in [client, other] {
            facts.clients.append(
                Client(id: id, name: id.text, zone: Story.zone(zone), currency: .usd, recordedAt: before()))
        }
        if random.chance(15) {
            facts.zoneChanges.append(
                ZoneChange(
                    client: client, zone: Story.zone(random.pick(HistoryGenerator.zones)),
                    from: first + Int.random(in: 0...2, using: &random), recordedAt: later()))
        }
        for id in ["p1", "p2"] {
            facts.projects.append(Project(id: ProjectID(id), client: client, name: id, recordedAt: before()))
        }
        if random.chance(30) {
            facts.projectsDone.append(ProjectDone(project: ProjectID("p1"), on: date(), recordedAt: later()))
        }
        makeContracts()
        for number in 0..<random.pick([0, 1, 1, 2, 3]) { makeBlock(number) }
    }

    private mutating func makeContracts() {
        let webPlans = ["care-0", "care-2", "care-3", "care-5", "care-list"].map { PlanID($0) }
        let style = isDense ? random.pick([1, 1, 1, 3]) : Int.random(in: 0..<5, using: &random)
        var made: [(id: String, plans: [PlanID], line: ServiceLineID, projects: Set<ProjectID>, rank: Int?)] = []
        switch style {
        case 0: break
        case 1: made = [("a", webPlans, Story.web, [], nil)]
        case 2: made = [("a", webPlans, Story.web, [], nil), ("s", [PlanID("sync-1")], Story.sync, [], nil)]
        case 3: made = [("a", webPlans, Story.web, [], 2), ("b", webPlans, Story.web, [ProjectID("p1")], 1)]
        default:
            made = [
                ("a", webPlans, Story.web, [ProjectID("p1")], nil), ("b", webPlans, Story.web, [ProjectID("p2")], nil),
            ]
        }
        for contract in made {
            let id = ContractID(contract.id)
            let from = random.chance(50) ? first.firstDay : date(in: 0...1)
            facts.contracts.append(
                Contract(
                    id: id, client: client, serviceLine: contract.line, plan: random.pick(contract.plans), from: from,
                    projects: contract.projects, rank: contract.rank, recordedAt: before()))
            for _ in 0..<random.pick([0, 0, 1, 2]) {
                facts.planChanges.append(
                    PlanChange(
                        contract: id, plan: random.pick(contract.plans), on: max(from, date()), recordedAt: later()))
            }
            if random.chance(15) {
                facts.contractEnds.append(ContractEnd(contract: id, on: max(from, date()), recordedAt: later()))
            }
            if random.chance(35) { negotiate(id) }
        }
    }

    private mutating func negotiate(_ contract: ContractID) {
        var terms = NegotiatedTerms(contract: contract, from: date(), recordedAt: later())
        switch Int.random(in: 0..<9, using: &random) {
        case 0: terms.hours = hours(0...8)
        case 1: terms.fee = Story.money("123.45")
        case 2: terms.increment = random.chance(50) ? .some(nil) : .some(increment())
        case 3: terms.tolerance = random.chance(50) ? .some(nil) : .some(tolerance())
        case 4: terms.lateTime = random.pick(LateTime.allCases)
        case 5: terms.overageConsent = consent()
        case 6: terms.upgrade = random.pick([.atOnce(.full), .atOnce(.prorateFeeAndHours), .nextPeriod])
        case 7: terms.firstPeriod = random.pick([.full, .prorateFee, .prorateFeeAndHours])
        default: terms.overageRate = Story.rate("111.11")
        }
        facts.negotiatedTerms.append(terms)
    }

    private mutating func makeBlock(_ number: Int) {
        let bought = date(in: 0...1)
        let scope: Block.Scope =
            isDense
            ? random.pick([.client, .serviceLine(Story.web)])
            : random.pick([
                .client, .serviceLine(Story.web), .serviceLine(Story.sync), .project(ProjectID("p1")),
                .project(ProjectID("p2")),
            ])
        let lastDay = random.pick([BlockExpiry.months(1).lastDay(boughtOn: bought), bought + 10, nil])
        let id = BlockID("b\(number)")
        facts.blocks.append(
            Block(
                id: id, client: client, scope: scope, hours: hours(1...10), pricePerHour: Story.rate("150.00"),
                boughtOn: bought, effective: random.chance(25) ? first.firstDay : nil, lastDay: lastDay,
                endsWithProject: random.chance(20), usableBeforePaid: random.chance(85), recordedAt: later()))
        if random.chance(25) {
            facts.blockChanges.append(
                BlockChange(
                    block: id, hours: random.chance(40) ? hours(0...10) : nil,
                    lastDay: random.chance(30) ? bought + 40 : nil, paidOn: random.chance(50) ? bought + 5 : nil,
                    reason: "agreed", recordedAt: later()))
        }
    }

    // MARK: Work

    private mutating func makeWork() {
        let lines = [Story.web, Story.web, Story.sync]
        for number in 0..<3 {
            let project = random.pick([nil, ProjectID("p1"), ProjectID("p2")])
            facts.requests.append(
                Request(
                    id: RequestID("r\(number)"), client: client, serviceLine: lines[number], project: project,
                    title: "t",
                    recordedAt: before()))
        }
        if random.chance(50) {
            facts.requestApprovals.append(RequestApproval(request: RequestID("r2"), by: "Kim", recordedAt: later()))
        }
        for _ in 0..<random.pick([0, 0, 1, 2, 4]) { permit() }
        for number in 0..<Int.random(in: isDense ? 3...8 : 0...9, using: &random) {
            facts.timeEntries.append(entry("e\(number)", recordedAt: later()))
        }
    }

    private mutating func entry(_ id: String, recordedAt: Instant) -> TimeEntry {
        let request = isDense ? random.pick(Array(facts.requests.prefix(2))) : random.pick(facts.requests)
        let types =
            isDense
            ? ["research", "development", "training"]
            : request.serviceLine == Story.sync
                ? ["research", "troubleshooting", "custom-rule", "third-party", "server"]
                : ["research", "development", "training", "content", "server", "third-party"]
        return TimeEntry(
            id: EntryID(id), request: request.id, person: "ann", workType: WorkTypeID(random.pick(types)), when: when(),
            note: "", recordedAt: recordedAt)
    }

    private mutating func when() -> TimeEntry.When {
        if random.chance(50) { return .dated(date(), hours(1...12)) }
        // Clocked work starts near midnight, near the edges of business hours, near the changes of the clocks, or anywhere.
        let day =
            random.chance(15) ? random.pick(["2026-03-08", "2026-03-29", "2026-02-28"].map { Story.date($0) }) : date()
        let hour = random.pick([0, 0, 1, 8, 9, 16, 17, 22, 23, 12])
        let start = day.day * 86_400 + hour * 3600 + random.pick([0, 0, 1800, 2700, 601])
        // As the wall clock of some zone, which need not be the client's.
        let shift = random.pick([0, 8, -1, -8]) * 3600
        return .clocked(start: Instant(seconds: start + shift), end: Instant(seconds: start + shift) + hours(1...14))
    }

    // MARK: Trouble

    /// Closings, and after them everything that must not change what was issued.
    private mutating func makeTrouble() {
        guard random.chance(70) else {
            somethingLater(2)
            return
        }
        let closed = random.pick([1, 1, 2, 2, 3, 3, 4, 5])
        for number in 0..<closed {
            somethingLater(random.pick([0, 1, 2, 3]))
            close(first + number)
            guard random.chance(15) else { continue }
            // Now and then once more, or for good.
            somethingLater(1)
            reopen(first + number)
            somethingLater(2)
            if random.chance(30) { break }
            close(first + number)
        }
        somethingLater(4)
    }

    private mutating func reopen(_ period: Period) {
        // Only the last closed month can be.
        guard facts.closingsInForce.map(\.period).max() == period else { return }
        facts.reopenings.append(
            Reopening(client: client, period: period, by: "mara", reason: "too early", recordedAt: later()))
    }

    private mutating func close(_ period: Period) {
        let now = later()
        if let closing = close(facts, versions, client, period, now) { facts.closings.append(closing) }
    }

    private mutating func somethingLater(_ most: Int) {
        for _ in 0..<Int.random(in: 0...most, using: &random) {
            switch isDense && random.chance(40) ? random.pick([0, 3, 6]) : Int.random(in: 0..<20, using: &random) {
            case 0...2 where facts.timeEntries.count < 14:
                facts.timeEntries.append(entry("late\(facts.timeEntries.count)", recordedAt: later()))
            case 3...5: correct()
            case 6, 7: withdraw()
            case 8: give()
            case 9: makeBlock(facts.blocks.count)
            case 10, 11: changeBlock()
            case 12: if let contract = facts.contracts.randomElement(using: &random) { negotiate(contract.id) }
            case 13: changePlan()
            case 14: move()
            case 15: permit()
            case 16:
                facts.requestApprovals.append(
                    RequestApproval(request: random.pick(facts.requests).id, by: "Kim", recordedAt: later()))
            case 17 where random.chance(30):
                facts.projectsDone.append(ProjectDone(project: ProjectID("p1"), on: date(), recordedAt: later()))
            default:
                if let entry = facts.timeEntries.randomElement(using: &random) {
                    facts.timeApprovals.append(TimeApproval(entry: entry.id, by: "mara", recordedAt: later()))
                }
            }
        }
    }

    /// Another length, date, request or kind of work, now and then all of them.
    private mutating func correct() {
        guard let original = facts.timeEntries.randomElement(using: &random) else { return }
        var entry = facts.timeCorrections.last { $0.entry.id == original.id }?.entry ?? original
        switch (entry.when, Int.random(in: 0..<5, using: &random)) {
        case (.dated(let date, _), 0): entry.when = .dated(date, hours(1...12))
        case (.clocked(let start, _), 0): entry.when = .clocked(start: start, end: start + hours(1...14))
        case (.dated(_, let hours), 1): entry.when = .dated(date(), hours)
        case (_, 2): entry.request = random.pick(facts.requests).id
        case (_, 3): entry.workType = WorkTypeID(random.pick(["research", "development", "server", "third-party"]))
        default:
            entry.when = when()
            if random.chance(30) { entry.request = random.pick(facts.requests).id }
        }
        entry.recordedAt = later()
        facts.timeCorrections.append(TimeCorrection(to: entry, reason: "misread"))
    }

    private mutating func withdraw() {
        guard let entry = facts.timeEntries.randomElement(using: &random) else { return }
        if facts.timeVoids.contains(where: { $0.entry == entry.id }) { return }
        facts.timeVoids.append(TimeVoid(entry: entry.id, reason: "twice", recordedAt: later()))
    }

    private mutating func give() {
        guard let entry = facts.timeEntries.randomElement(using: &random) else { return }
        let hours = random.chance(50) ? nil : self.hours(1...4)
        facts.courtesies.append(
            Courtesy(entry: entry.id, hours: hours, by: "mara", reason: "sorry", recordedAt: later()))
    }

    /// More hours, fewer (never fewer than closed months used), a later last day, or its payment.
    private mutating func changeBlock() {
        guard let block = facts.blocks.randomElement(using: &random) else { return }
        var change = BlockChange(block: block.id, reason: "agreed", recordedAt: later())
        switch Int.random(in: 0..<4, using: &random) {
        case 0: change.hours = block.hours + hours(1...8)
        case 1:
            var used = Hours.zero
            let issued = facts.closingsInForce.flatMap(\.positions)
            for position in issued { used += position.draws[.block(block.id)] ?? .zero }
            change.hours = max(used, random.chance(30) ? used : hours(0...8))
        case 2: change.lastDay = max(block.lastDay ?? block.effective, block.effective) + random.pick([1, 20, 45])
        default: change.paidOn = block.boughtOn + random.pick([0, 5, 30])
        }
        facts.blockChanges.append(change)
    }

    private mutating func changePlan() {
        guard let contract = facts.contracts.randomElement(using: &random), contract.serviceLine == Story.web
        else { return }
        facts.planChanges.append(
            PlanChange(
                contract: contract.id, plan: PlanID(random.pick(["care-2", "care-3", "care-5"])),
                on: max(contract.from, date()), recordedAt: later()))
    }

    private mutating func move() {
        guard var request = facts.requests.randomElement(using: &random) else { return }
        request.client = random.chance(40) ? other : client
        if request.client == other {
            request.project = nil
        } else {
            request.project = random.pick([nil, ProjectID("p1"), ProjectID("p2")])
        }
        request.recordedAt = later()
        facts.requestMoves.append(RequestMove(to: request, reason: "misfiled"))
    }
}
