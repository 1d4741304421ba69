import Agreements
import Rating
import Values
import Wording

/// A small story to rate: an agency's terms, one client, what they agreed to and what was done. Everything has a plain
/// default, so that a test says only what it is about.
struct Story {
    var terms: [Terms] = [Story.terms()]
    var facts = Facts()
    let client = ClientID("acme")

    init(zone: String = "America/Los_Angeles") {
        facts.clients = [
            Client(id: client, name: "Acme", zone: Story.zone(zone), currency: .usd, recordedAt: Story.at("2020-01-01"))
        ]
    }

    // MARK: Values as people write them

    static func zone(_ name: String) -> Zone { Zone(identifier: name) ?? .utc }
    static func date(_ text: String) -> CivilDate { CivilDate(text) ?? CivilDate(day: 0) }
    static func hours(_ text: String) -> Hours { Hours(text: text) ?? .zero }
    static func money(_ text: String) -> Money { Money(text: text, .usd) ?? .zero(.usd) }
    static func rate(_ text: String) -> HourlyRate { HourlyRate(perHour: money(text)) }
    static func period(_ text: String) -> Period { Period(text) ?? Period(index: 0) }
    /// Midnight UTC of a date, or an instant.
    static func at(_ text: String) -> Instant { Instant(text) ?? Instant(seconds: date(text).day * 86_400) }

    static let web = ServiceLineID("website-maintenance")
    static let sync = ServiceLineID("integration-support")

    static func terms(
        effective: String = "2020-01-01", list: String = "165.00", _ change: (inout Terms) -> Void = { _ in }
    ) -> Terms {
        func plan(_ name: String, _ line: ServiceLineID, _ hours: String, _ fee: String, _ rate: String?) -> Plan {
            Plan(
                name: name, serviceLine: line, hours: self.hours(hours), fee: money(fee),
                overageRate: rate.map { self.rate($0) })
        }
        var terms = Terms(
            name: "Terms of \(effective)", effective: date(effective), currency: .usd, listRate: rate(list),
            serviceLines: [
                web: ServiceLine(
                    name: "Website maintenance",
                    covers: ["research", "development", "training", "content", "server"].ids()),
                sync: ServiceLine(
                    name: "Integration support", covers: ["research", "troubleshooting"].ids(),
                    coversWhenApproved: ["custom-rule"].ids()),
            ],
            workTypes: [
                "research": WorkType(name: "Research"), "development": WorkType(name: "Custom development"),
                "training": WorkType(name: "Training"), "content": WorkType(name: "Content"),
                "troubleshooting": WorkType(name: "Troubleshooting"), "custom-rule": WorkType(name: "Custom rule"),
                "third-party": WorkType(name: "Third-party software"),
                "server": WorkType(name: "Server work", isCharged: false),
            ].byID(),
            plans: [
                "care-0": plan("Care 0", web, "0", "0.00", nil), "care-2": plan("Care 2", web, "2", "200.00", "150.00"),
                "care-3": plan("Care 3", web, "3", "300.00", "150.00"),
                "care-5": plan("Care 5", web, "5", "500.00", "140.00"),
                "care-list": plan("Care list", web, "1", "100.00", nil),
                "sync-1": plan("Sync 1", sync, "1", "120.00", "155.00"),
            ].byID(),
            blocks: BlockTerms(pricePerHour: rate("150.00"), expiry: .months(1)),
            negotiable: Set(Negotiable.allCases))
        change(&terms)
        return terms
    }

    // MARK: What happens

    mutating func contract(
        _ id: String = "c", plan: String = "care-2", from: String = "2026-01-01", projects: [String] = [],
        rank: Int? = nil, recorded: String = "2020-01-02"
    ) {
        let line = plan.hasPrefix("sync") ? Story.sync : Story.web
        facts.contracts.append(
            Contract(
                id: ContractID(id), client: client, serviceLine: line, plan: PlanID(plan), from: Story.date(from),
                projects: Set(projects.map { ProjectID($0) }), rank: rank, recordedAt: Story.at(recorded)))
    }

    mutating func change(_ contract: String = "c", to plan: String, on date: String, recorded: String = "2020-01-03") {
        facts.planChanges.append(
            PlanChange(
                contract: ContractID(contract), plan: PlanID(plan), on: Story.date(date), recordedAt: Story.at(recorded)
            ))
    }

    mutating func end(_ contract: String = "c", on date: String) {
        facts.contractEnds.append(
            ContractEnd(contract: ContractID(contract), on: Story.date(date), recordedAt: Story.at("2020-01-03")))
    }

    mutating func negotiate(
        _ contract: String = "c", from: String, recorded: String = "2020-01-03", _ set: (inout NegotiatedTerms) -> Void
    ) {
        var terms = NegotiatedTerms(
            contract: ContractID(contract), from: Story.date(from), recordedAt: Story.at(recorded))
        set(&terms)
        facts.negotiatedTerms.append(terms)
    }

    mutating func project(_ id: String, done: String? = nil) {
        facts.projects.append(
            Project(id: ProjectID(id), client: client, name: id, recordedAt: Story.at("2020-01-02")))
        if let done {
            facts.projectsDone.append(
                ProjectDone(project: ProjectID(id), on: Story.date(done), recordedAt: Story.at("2020-01-03")))
        }
    }

    mutating func block(
        _ id: String, _ hours: String = "5", scope: Block.Scope = .client, bought: String = "2026-01-01",
        effective: String? = nil, until lastDay: String? = nil, endsWithProject: Bool = false,
        usableBeforePaid: Bool = true, recorded: String = "2020-01-02"
    ) {
        facts.blocks.append(
            Block(
                id: BlockID(id), client: client, scope: scope, hours: Story.hours(hours),
                pricePerHour: Story.rate("150.00"), boughtOn: Story.date(bought),
                effective: effective.map { Story.date($0) }, lastDay: lastDay.map { Story.date($0) },
                endsWithProject: endsWithProject, usableBeforePaid: usableBeforePaid, recordedAt: Story.at(recorded)))
    }

    mutating func request(_ id: String, line: ServiceLineID = Story.web, project: String? = nil, approved: Bool = false)
    {
        facts.requests.append(
            Request(
                id: RequestID(id), client: client, serviceLine: line, project: project.map { ProjectID($0) }, title: id,
                recordedAt: Story.at("2020-01-02")))
        if approved {
            facts.requestApprovals.append(
                RequestApproval(request: RequestID(id), by: "Kim", recordedAt: Story.at("2020-01-03")))
        }
    }

    /// Overage that the client approved.
    mutating func permit(
        _ hours: String, for request: String = "r", until date: String, recorded: String = "2020-01-04"
    ) {
        if !facts.requests.contains(where: { $0.id.text == request }) { self.request(request) }
        facts.permits.append(
            Permit(
                request: RequestID(request), hours: Story.hours(hours), until: Story.date(date), by: "Kim",
                recordedAt: Story.at(recorded)))
    }

    /// Work dated on a day.
    mutating func work(
        _ id: String, _ hours: String, on date: String, _ type: String = "development", request: String = "r",
        recorded: String? = nil
    ) {
        add(
            id, .dated(Story.date(date), Story.hours(hours)), type, request,
            recorded ?? "\(Story.date(date))T23:00:00Z")
    }

    /// Work clocked from one instant to another.
    mutating func work(
        _ id: String, from start: String, to end: String, _ type: String = "development", request: String = "r"
    ) {
        add(id, .clocked(start: Story.at(start), end: Story.at(end)), type, request, end)
    }

    private mutating func add(
        _ id: String, _ when: TimeEntry.When, _ type: String, _ request: String, _ recorded: String
    ) {
        if !facts.requests.contains(where: { $0.id.text == request }) { self.request(request) }
        facts.timeEntries.append(
            TimeEntry(
                id: EntryID(id), request: RequestID(request), person: "ann", workType: WorkTypeID(type), when: when,
                note: "", recordedAt: Story.at(recorded)))
    }

    mutating func void(_ entry: String, recorded: String) {
        facts.timeVoids.append(TimeVoid(entry: EntryID(entry), reason: "twice", recordedAt: Story.at(recorded)))
    }

    mutating func correct(_ entry: String, to hours: String, on date: String, recorded: String) {
        guard var corrected = facts.timeEntries.first(where: { $0.id.text == entry }) else { return }
        corrected.when = .dated(Story.date(date), Story.hours(hours))
        corrected.recordedAt = Story.at(recorded)
        facts.timeCorrections.append(TimeCorrection(to: corrected, reason: "misread"))
    }

    mutating func courtesy(_ entry: String, _ hours: String?, recorded: String = "2020-02-01") {
        facts.courtesies.append(
            Courtesy(
                entry: EntryID(entry), hours: hours.map { Story.hours($0) }, by: "mara", reason: "our typo",
                recordedAt: Story.at(recorded)))
    }

    /// Closes a period with what is known by then.
    mutating func close(_ period: String, at instant: String) {
        let known = facts.known(at: Story.at(instant))
        let rated = Rater(terms: history).accounts(of: known, through: Story.period(period))[0].statements
        guard let statement = rated.first(where: { $0.period == Story.period(period) }) else { return }
        facts.closings.append(Closing(of: statement, recordedAt: Story.at(instant)))
    }

    /// Reopens a period.
    mutating func reopen(_ period: String, at instant: String) {
        facts.reopenings.append(
            Reopening(
                client: client, period: Story.period(period), by: "mara", reason: "too early",
                recordedAt: Story.at(instant)))
    }

    // MARK: What it comes to

    var history: TermsHistory {
        do { return try TermsHistory(terms) } catch { return TermsHistory(always: terms[0]) }
    }

    func statements(through period: String? = nil) -> [Statement] {
        Rater(terms: history).accounts(of: facts, through: period.map { Story.period($0) })[0].statements
    }

    /// The statement of a month; an empty story where there is none, so that a test fails on its figures.
    func statement(_ period: String) throws -> Statement {
        try statements(through: period).first { $0.period == Story.period(period) }.orThrow()
    }

    var problems: [Problem] { FactsCheck(terms: history).problems(in: facts) }
}

struct NothingThere: Error {}

extension Optional {
    /// What is there, or an error that fails the test.
    func orThrow() throws -> Wrapped {
        guard let self else { throw NothingThere() }
        return self
    }
}

extension [String] {
    func ids<Kind>() -> Set<Identifier<Kind>> { Set(map { Identifier<Kind>($0) }) }
}

extension Dictionary where Key == String {
    func byID<Kind>() -> [Identifier<Kind>: Value] {
        Dictionary<Identifier<Kind>, Value>(uniqueKeysWithValues: map { (Identifier<Kind>($0.key), $0.value) })
    }
}

extension Statement {
    /// A line in short: `e1 3:00 = plan c 1:15 + block b 1:00 + charged 0:45 $123.75`.
    func brief(_ line: WorkLine) -> String {
        let name = line.kind == .rounding ? "rounding" : entry(of: line).id.text
        var parts = draws(of: line).map { draw in
            switch grants[draw.grant].id {
            case .allotment(let contract, _): "plan \(contract) \(draw.hours)"
            case .block(let block): "block \(block) \(draw.hours)"
            }
        }
        func add(_ name: String, _ hours: Hours) { if hours != .zero { parts.append("\(name) \(hours)") } }
        add("charged", line.charged)
        add("courtesy", line.courtesy)
        add("tolerance", line.toleranceWaived)
        add("rounding waived", line.roundingWaived)
        add("late waived", line.lateWaived)
        add("free", line.notCharged)
        add("withheld", line.withheld)
        let time = line.kind == .rounding ? line.rounding : line.worked
        let weighting = line.weighting == .zero ? "" : " weighted \(line.weighting)"
        let amount = line.amount.minorUnits == 0 ? "" : " \(line.amount)"
        return "\(name) \(time)\(weighting) = \(parts.joined(separator: " + "))\(amount)"
    }

    /// All lines in short.
    var brief: [String] { lines.map { brief($0) } }

    /// The adjustments in short: `entry e2: charged 0:30 $75.00`.
    var briefAdjustments: [String] {
        adjustments.map { adjustment in
            let position = adjustment.position
            var parts = position.draws.sorted { $0.key < $1.key }.map { draw in
                switch draw.key {
                case .allotment(let contract, _): "plan \(contract) \(draw.value)"
                case .block(let block): "block \(block) \(draw.value)"
                }
            }
            func add(_ name: String, _ hours: Hours) { if hours != .zero { parts.append("\(name) \(hours)") } }
            add("worked", position.worked)
            add("charged", position.charged)
            add("courtesy", position.courtesy)
            add("waived", position.waived)
            add("free", position.notCharged)
            add("withheld", position.withheld)
            let words = Wording(TermsHistory(always: Story.terms()))
            return
                "\(position.period) \(words.position(position.key)): \(parts.joined(separator: ", ")) \(position.amount)"
        }
    }

    func grant(_ name: String) -> GrantAccount? {
        grants.first { grant in
            switch grant.id {
            case .allotment(let contract, _): contract.text == name
            case .block(let block): block.text == name
            }
        }
    }
}
