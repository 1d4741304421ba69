import Agreements
import Formats
import Rating
import Values

/// Reads one fact after another into ``Facts``.
struct FactReader {
    private(set) var facts = Facts()
    private let currency: Currency
    /// The number of the fact that is read; 0 where it has none.
    private var number = 0
    /// The numbers of the facts read, and how many have none.
    private var numbers: Set<Int> = []
    private var unnumbered = 0

    init(currency: Currency) { self.currency = currency }

    /// The kinds of facts, by the name they have in a file.
    private static let kinds: [String: @Sendable (inout FactReader, FactNode) -> Void] = [
        "client": { $0.client($1) }, "client-zone": { $0.clientZone($1) }, "project": { $0.project($1) },
        "project-done": { $0.projectDone($1) }, "contract": { $0.contract($1) }, "plan-change": { $0.planChange($1) },
        "contract-end": { $0.contractEnd($1) }, "negotiated": { $0.negotiated($1) }, "block": { $0.block($1) },
        "block-change": { $0.blockChange($1) }, "request": { $0.request($1) }, "request-move": { $0.requestMove($1) },
        "request-approval": { $0.requestApproval($1) }, "permit": { $0.permit($1) },
        "time": { $0.time($1) },
        "time-correction": { $0.timeCorrection($1) }, "time-void": { $0.timeVoid($1) },
        "time-approval": { $0.timeApproval($1) }, "courtesy": { $0.courtesy($1) }, "closing": { $0.closing($1) },
        "reopening": { $0.reopening($1) },
    ]

    /// Reads one fact.
    ///
    /// - Parameters:
    ///   - place: its place in a list of facts; nil where its line alone says where it is.
    ///   - known: its number, where it comes from a ledger; a fact of a file says it itself, or has none.
    mutating func read(_ fact: JSONValue, _ log: ProblemLog, place: Int?, number known: Int? = nil) {
        let prefix = place.map { "facts[\($0)]" }
        guard case .object(let members) = fact.content else {
            log.add(prefix ?? "fact", "it is no object", fix: "write {\"fact\": …}", line: fact.line)
            return
        }
        let node = FactNode(members, log, subject: prefix ?? "fact", line: fact.line)
        guard node.isWhole, let kind = node.required("fact", "time", { $0 }) else { return }
        guard let read = FactReader.kinds[kind] else {
            node.problem(
                "there is no fact \"\(kind.prefix(60))\"",
                fix: suggestion(for: kind, among: Array(FactReader.kinds.keys)))
            return
        }
        node.subject = kind
        for key in ["id", "entry", "contract", "block", "request", "project", "client"] {
            guard let name = node.peekText(key) else { continue }
            node.subject += " \(name.prefix(60))"
            break
        }
        if let prefix { node.subject = "\(prefix), \(node.subject)" }
        number = known ?? readNumber(node)
        read(&self, node)
        node.finish()
    }

    /// The number that a fact of a file says. All facts of a file have one, or none has: an order by two measures is none.
    private mutating func readNumber(_ node: FactNode) -> Int {
        guard let number = node.wholeNumber("number", 1...Int.max) else {
            if !node.has("number") {
                unnumbered += 1
                if !numbers.isEmpty {
                    node.problem("it has no number, and others have", fix: "number all facts of a file, or none")
                }
            }
            return 0
        }
        if unnumbered > 0 {
            node.problem("it has a number, and others have none", fix: "number all facts of a file, or none")
        } else if !numbers.insert(number).inserted {
            node.problem("another fact has the number \(number)", fix: "give each fact a number of its own")
        }
        return number
    }

    private func numbered<Kind: Fact>(_ fact: Kind) -> Kind {
        var fact = fact
        fact.number = number
        return fact
    }

    // MARK: Clients and agreements

    private mutating func client(_ node: FactNode) {
        let found = node.required("currency", "USD") { Currency(code: $0) } ?? currency
        if found != currency {
            node.problem(
                "its currency is \(found.code), and that of the terms is \(currency.code)", fix: "keep one currency")
        }
        facts.clients.append(
            numbered(
                Client(
                    id: node.identifier("id"), name: node.text("name"), zone: node.zone("zone"), currency: currency,
                    recordedAt: node.instant("recorded_at"))))
    }

    private mutating func clientZone(_ node: FactNode) {
        facts.zoneChanges.append(
            numbered(
                ZoneChange(
                    client: node.identifier("client"), zone: node.zone("zone"), from: node.period("from"),
                    recordedAt: node.instant("recorded_at"))))
    }

    private mutating func project(_ node: FactNode) {
        facts.projects.append(
            numbered(
                Project(
                    id: node.identifier("id"), client: node.identifier("client"), name: node.text("name"),
                    recordedAt: node.instant("recorded_at"))))
    }

    private mutating func projectDone(_ node: FactNode) {
        facts.projectsDone.append(
            numbered(
                ProjectDone(
                    project: node.identifier("project"), on: node.date("on"), recordedAt: node.instant("recorded_at"))))
    }

    private mutating func contract(_ node: FactNode) {
        facts.contracts.append(
            numbered(
                Contract(
                    id: node.identifier("id"), client: node.identifier("client"),
                    serviceLine: node.identifier("service_line"), plan: node.identifier("plan"),
                    from: node.date("from"),
                    projects: Set(node.identifiers("projects")), rank: node.wholeNumber("rank", 0...1000),
                    recordedAt: node.instant("recorded_at"))))
    }

    private mutating func planChange(_ node: FactNode) {
        facts.planChanges.append(
            numbered(
                PlanChange(
                    contract: node.identifier("contract"), plan: node.identifier("plan"), on: node.date("on"),
                    recordedAt: node.instant("recorded_at"))))
    }

    private mutating func contractEnd(_ node: FactNode) {
        facts.contractEnds.append(
            numbered(
                ContractEnd(
                    contract: node.identifier("contract"), on: node.date("on"), recordedAt: node.instant("recorded_at"))
            ))
    }

    private mutating func negotiated(_ node: FactNode) {
        var terms = NegotiatedTerms(
            contract: node.identifier("contract"), from: node.date("from"), recordedAt: node.instant("recorded_at"))
        terms.overageRate = node.optionalMoney("overage_rate", currency).map { HourlyRate(perHour: $0) }
        terms.hours = node.optionalHours("hours")
        terms.fee = node.optionalMoney("fee", currency)
        if let (child, isNone) = node.optionalChild("increment") {
            terms.increment = isNone ? .some(nil) : child.flatMap(FactReader.increment).map { .some($0) }
        }
        if let (child, isNone) = node.optionalChild("tolerance") {
            terms.tolerance = isNone ? .some(nil) : child.flatMap(FactReader.tolerance).map { .some($0) }
        }
        terms.overageConsent = FactReader.overageConsent(node)
        terms.lateTime = node.choice("late_time", LateTime.self)
        terms.drawOrder = node.choice("draw_order", DrawOrder.self)
        terms.firstPeriod = node.choice("first_period", Proration.self)
        terms.upgrade = node.optional("upgrade", "at-once") { text in
            TermsReader.upgrades.first { $0.name == text }?.value
        }
        if terms.subjects.isEmpty, node.isWhole {
            node.problem("it sets nothing", fix: "add what was negotiated, as in \"overage_rate\": \"140.00\"")
        }
        facts.negotiatedTerms.append(numbered(terms))
    }

    private static func increment(_ node: FactNode) -> Increment? {
        let step = node.hours("step")
        let group = node.choice("per", Increment.Group.self)
        if !node.has("per") { node.problem("\"per\" is missing", fix: "add \"per\": \"entry\"") }
        let increment = Increment(
            step: max(step, Hours(seconds: 1)), group: group ?? .entry, minimum: node.optionalHours("minimum") ?? .zero,
            mayCauseOverage: node.flag("may_cause_overage") ?? true)
        if node.has("step"), step <= .zero || step > Hours(24) {
            node.problem("the step is \(step)", fix: "write a step between a minute and a day")
        }
        node.finish()
        return increment
    }

    private static func tolerance(_ node: FactNode) -> Tolerance? {
        let hours = node.optionalHours("hours")
        let percent = node.wholeNumber("percent", 0...100)
        let beyond = node.choice("beyond", Tolerance.Beyond.self) ?? .excess
        node.finish()
        switch (hours, percent) {
        case (let hours?, nil): return Tolerance(margin: .hours(hours), beyond: beyond)
        case (nil, let percent?): return Tolerance(margin: .percent(percent), beyond: beyond)
        default:
            if node.isWhole { node.problem("it needs either hours or percent", fix: "write one of them") }
            return nil
        }
    }

    private static func overageConsent(_ node: FactNode) -> OverageConsent? {
        let key = "when_hours_run_out"
        guard let (word, child) = node.optionalWordOrChild(key) else { return nil }
        if let child {
            let most = child.hours("allow_up_to")
            child.finish()
            return .allowUpTo(most)
        }
        let known = TermsReader.overageConsents
        guard let word, let found = known.first(where: { $0.name == word }) else {
            node.problem(
                "\"\(key)\" is \"\(word?.prefix(60) ?? "")\"",
                fix: suggestion(for: word ?? "", among: known.map(\.name)) + ", or {\"allow_up_to\": \"2:00\"}")
            return nil
        }
        return found.value
    }

    private mutating func block(_ node: FactNode) {
        let project: ProjectID? = node.optionalIdentifier("project")
        let line: ServiceLineID? = node.optionalIdentifier("service_line")
        if project != nil, line != nil {
            node.problem("it is for a project and for a service line", fix: "keep one of them, or none for any work")
        }
        let scope: Block.Scope = project.map { .project($0) } ?? line.map { .serviceLine($0) } ?? .client
        var lastDay = node.optionalDate("last_day")
        var endsWithProject = false
        switch node.required("expires", "2026-02-28", { Expiry($0) }) {
        case .projectDone?:
            endsWithProject = true
            if project == nil { node.problem("it ends with a project, but is for none", fix: "add \"project\"") }
        case .lastDay(let date)?:
            if lastDay != nil { node.problem("it has two last days", fix: "leave \"last_day\" out") }
            lastDay = date
        case .never?:
            if lastDay != nil { node.problem("it never expires and has a last day", fix: "keep one of them") }
        case nil: break
        }
        facts.blocks.append(
            numbered(
                Block(
                    id: node.identifier("id"), client: node.identifier("client"), scope: scope,
                    hours: node.hours("hours"),
                    pricePerHour: HourlyRate(perHour: node.money("price_per_hour", currency)),
                    boughtOn: node.date("bought_on"), effective: node.optionalDate("effective"), lastDay: lastDay,
                    endsWithProject: endsWithProject, usableBeforePaid: node.flag("usable_before_paid") ?? true,
                    paidOn: node.optionalDate("paid_on"), recordedAt: node.instant("recorded_at"))))
    }

    private enum Expiry {
        case lastDay(CivilDate)
        case projectDone
        case never

        init?(_ text: String) {
            switch text {
            case "never": self = .never
            case "project-done": self = .projectDone
            default:
                guard let date = CivilDate(text) else { return nil }
                self = .lastDay(date)
            }
        }
    }

    private mutating func blockChange(_ node: FactNode) {
        let change = BlockChange(
            block: node.identifier("block"), hours: node.optionalHours("hours"),
            lastDay: node.optionalDate("last_day"), paidOn: node.optionalDate("paid_on"), reason: node.text("reason"),
            recordedAt: node.instant("recorded_at"))
        if node.isWhole, change.hours == nil, change.lastDay == nil, change.paidOn == nil {
            node.problem("it changes nothing", fix: "add \"hours\", \"last_day\" or \"paid_on\"")
        }
        facts.blockChanges.append(numbered(change))
    }

    // MARK: Work

    private func request(_ node: FactNode, id: String) -> Request {
        Request(
            id: node.identifier(id), client: node.identifier("client"), serviceLine: node.identifier("service_line"),
            project: node.optionalIdentifier("project"), title: node.text("title"),
            recordedAt: node.instant("recorded_at"))
    }

    private mutating func request(_ node: FactNode) { facts.requests.append(numbered(request(node, id: "id"))) }

    private mutating func requestMove(_ node: FactNode) {
        facts.requestMoves.append(numbered(RequestMove(to: request(node, id: "request"), reason: node.text("reason"))))
    }

    private mutating func requestApproval(_ node: FactNode) {
        facts.requestApprovals.append(
            numbered(
                RequestApproval(
                    request: node.identifier("request"), by: node.text("by"), recordedAt: node.instant("recorded_at"))))
    }

    private mutating func permit(_ node: FactNode) {
        facts.permits.append(
            numbered(
                Permit(
                    request: node.identifier("request"), hours: node.hours("hours"), until: node.date("until"),
                    by: node.text("by"), recordedAt: node.instant("recorded_at"))))
    }

    private func entry(_ node: FactNode, id: String) -> TimeEntry {
        let when: TimeEntry.When
        let clock = ["start", "end"].filter(node.has)
        let day = ["date", "hours"].filter(node.has)
        if !clock.isEmpty {
            if !day.isEmpty {
                node.problem(
                    "it has a date or hours as well as start or end", fix: "write date and hours, or start and end")
            }
            when = .clocked(start: node.instant("start"), end: node.instant("end"))
        } else {
            when = .dated(node.date("date"), node.hours("hours"))
        }
        return TimeEntry(
            id: node.identifier(id), request: node.identifier("request"), person: node.text("person"),
            workType: node.identifier("work_type"), when: when, note: node.optionalText("note") ?? "",
            recordedAt: node.instant("recorded_at"))
    }

    private mutating func time(_ node: FactNode) { facts.timeEntries.append(numbered(entry(node, id: "id"))) }

    private mutating func timeCorrection(_ node: FactNode) {
        facts.timeCorrections.append(
            numbered(TimeCorrection(to: entry(node, id: "entry"), reason: node.text("reason"))))
    }

    private mutating func timeVoid(_ node: FactNode) {
        facts.timeVoids.append(
            numbered(
                TimeVoid(
                    entry: node.identifier("entry"), reason: node.text("reason"),
                    recordedAt: node.instant("recorded_at"))))
    }

    private mutating func timeApproval(_ node: FactNode) {
        facts.timeApprovals.append(
            numbered(
                TimeApproval(
                    entry: node.identifier("entry"), by: node.text("by"), recordedAt: node.instant("recorded_at"))))
    }

    private mutating func courtesy(_ node: FactNode) {
        facts.courtesies.append(
            numbered(
                Courtesy(
                    entry: node.identifier("entry"), hours: node.optionalHours("hours"), by: node.text("by"),
                    reason: node.text("reason"), recordedAt: node.instant("recorded_at"))))
    }

    // MARK: Closings

    private mutating func closing(_ node: FactNode) {
        var earlier: [Period: [GrantID: Hours]] = [:]
        for child in node.has("available_earlier") ? node.children("available_earlier") : [] {
            let period = child.period("period")
            let available = child.hoursByGrant("hours")
            if earlier.updateValue(available, forKey: period) != nil {
                child.problem("\(period) is there twice", fix: "put all its grants in one")
            }
            child.finish()
        }
        facts.closings.append(
            numbered(
                Closing(
                    client: node.identifier("client"), period: node.period("period"),
                    positions: node.children("positions").map(position), available: node.hoursByGrant("available"),
                    availableEarlier: earlier, recordedAt: node.instant("recorded_at"))))
    }

    private mutating func reopening(_ node: FactNode) {
        facts.reopenings.append(
            numbered(
                Reopening(
                    client: node.identifier("client"), period: node.period("period"), by: node.text("by"),
                    reason: node.text("reason"), recordedAt: node.instant("recorded_at"))))
    }

    private func position(_ node: FactNode) -> IssuedPosition {
        let key = node.required("about", "entry:e-12") { PositionKey(fileText: $0) } ?? .entry(EntryID(""))
        let position = IssuedPosition(
            period: node.period("period"), key: key, worked: node.difference("worked"),
            draws: node.hoursByGrant("draws", isDifference: true),
            charged: node.difference("charged"), courtesy: node.difference("courtesy"),
            waived: node.difference("waived"),
            notCharged: node.difference("not_charged"), withheld: node.difference("withheld"),
            amount: node.moneyDifference("amount", currency))
        node.finish()
        return position
    }
}
