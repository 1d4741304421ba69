import Agreements
import Formats
import Rating
import Values

/// Writes facts as JSON records, in an order that depends on nothing but the facts: by when they were recorded, then by
/// kind, then by text.
enum FactWriter {
    /// Hands over every fact with its kind, when it was recorded, and its fields, kind by kind.
    static func forEachFact(of facts: Facts, _ body: (String, Moment, [(String, JSONText?)]) -> Void) {
        addAgreements(facts, body)
        addWork(facts, body)
        addReopenings(facts, body)
    }

    static func records(_ facts: Facts) -> [JSONText] {
        var records: [(at: Moment, place: Int, fields: [(String, JSONText?)])] = []
        func add(_ kind: String, _ recorded: Moment, _ fields: [(String, JSONText?)]) {
            let head: [(String, JSONText?)] = [
                ("fact", .string(kind)), ("recorded_at", .string("\(recorded.at)")),
                ("number", recorded.number == 0 ? nil : .number(recorded.number)),
            ]
            records.append((Moment(number: recorded.number, at: recorded.at), place(ofKind: kind), head + fields))
        }
        forEachFact(of: facts, add)
        return
            records
            .map { (at: $0.at, place: $0.place, json: JSONText.fields($0.fields)) }
            .map { (key: ($0.at, $0.place, $0.json.line), json: $0.json) }
            .sorted { $0.key < $1.key }
            .map(\.json)
    }

    /// The place of a kind among facts of one moment.
    static func place(ofKind kind: String) -> Int { order[kind] ?? order.count }

    /// Things before what refers to them, for readers.
    private static let order: [String: Int] = Dictionary(
        uniqueKeysWithValues: [
            "client", "client-zone", "project", "project-done", "contract", "plan-change", "contract-end", "negotiated",
            "block", "block-change", "request", "request-move", "request-approval", "permit", "time", "time-correction",
            "time-void",
            "time-approval", "courtesy", "closing", "reopening",
        ].enumerated().map { ($1, $0) })

    private static func text(_ value: (some CustomStringConvertible)?) -> JSONText? { value.map { .string("\($0)") } }
    private static func amount(_ money: Money?) -> JSONText? { money.map { .string($0.decimalText) } }

    private static func addAgreements(_ facts: Facts, _ add: (String, Moment, [(String, JSONText?)]) -> Void) {
        for fact in facts.clients {
            add(
                "client", fact.recorded,
                [
                    ("id", text(fact.id)), ("name", text(fact.name)), ("zone", text(fact.zone.identifier)),
                    ("currency", text(fact.currency.code)),
                ])
        }
        for fact in facts.zoneChanges {
            add(
                "client-zone", fact.recorded,
                [("client", text(fact.client)), ("zone", text(fact.zone.identifier)), ("from", text(fact.from))])
        }
        for fact in facts.projects {
            add(
                "project", fact.recorded,
                [("id", text(fact.id)), ("client", text(fact.client)), ("name", text(fact.name))])
        }
        for fact in facts.projectsDone {
            add("project-done", fact.recorded, [("project", text(fact.project)), ("on", text(fact.on))])
        }
        for fact in facts.contracts {
            let projects = fact.projects.sorted().map { JSONText.string($0.text) }
            add(
                "contract", fact.recorded,
                [
                    ("id", text(fact.id)), ("client", text(fact.client)), ("service_line", text(fact.serviceLine)),
                    ("plan", text(fact.plan)), ("from", text(fact.from)),
                    ("projects", projects.isEmpty ? nil : .list(projects)), ("rank", fact.rank.map { .number($0) }),
                ])
        }
        for fact in facts.planChanges {
            add(
                "plan-change", fact.recorded,
                [("contract", text(fact.contract)), ("plan", text(fact.plan)), ("on", text(fact.on))])
        }
        for fact in facts.contractEnds {
            add("contract-end", fact.recorded, [("contract", text(fact.contract)), ("on", text(fact.on))])
        }
        for fact in facts.negotiatedTerms { add("negotiated", fact.recorded, negotiated(fact)) }
        for fact in facts.blocks { add("block", fact.recorded, block(fact)) }
        for fact in facts.blockChanges {
            add(
                "block-change", fact.recorded,
                [
                    ("block", text(fact.block)), ("hours", text(fact.hours)), ("last_day", text(fact.lastDay)),
                    ("paid_on", text(fact.paidOn)), ("reason", text(fact.reason)),
                ])
        }
    }

    private static func negotiated(_ fact: NegotiatedTerms) -> [(String, JSONText?)] {
        [
            ("contract", text(fact.contract)), ("from", text(fact.from)),
            ("overage_rate", amount(fact.overageRate?.perHour)), ("hours", text(fact.hours)), ("fee", amount(fact.fee)),
            ("increment", fact.increment.map { $0.map(increment) ?? .string("none") }),
            ("tolerance", fact.tolerance.map { $0.map(tolerance) ?? .string("none") }),
            ("when_hours_run_out", fact.overageConsent.map(overageConsent)),
            ("late_time", text(fact.lateTime?.rawValue)), ("draw_order", text(fact.drawOrder?.rawValue)),
            ("first_period", text(fact.firstPeriod?.rawValue)), ("upgrade", text(fact.upgrade?.fileText)),
        ]
    }

    private static func increment(_ increment: Increment) -> JSONText {
        .fields([
            ("step", text(increment.step)), ("per", text(increment.group.rawValue)),
            ("minimum", increment.minimum == .zero ? nil : text(increment.minimum)),
            ("may_cause_overage", increment.mayCauseOverage ? nil : .flag(false)),
        ])
    }

    private static func tolerance(_ tolerance: Tolerance) -> JSONText {
        let margin: (String, JSONText?) =
            switch tolerance.margin {
            case .hours(let hours): ("hours", text(hours))
            case .percent(let percent): ("percent", .number(percent))
            }
        return .fields([margin, ("beyond", text(tolerance.beyond.rawValue))])
    }

    private static func overageConsent(_ consent: OverageConsent) -> JSONText {
        if case .allowUpTo(let most) = consent { return .fields([("allow_up_to", text(most))]) }
        return .string(TermsReader.overageConsents.first { $0.value == consent }?.name ?? "allow")
    }

    private static func block(_ fact: Block) -> [(String, JSONText?)] {
        var fields: [(String, JSONText?)] = [("id", text(fact.id)), ("client", text(fact.client))]
        switch fact.scope {
        case .project(let project): fields.append(("project", text(project)))
        case .serviceLine(let line): fields.append(("service_line", text(line)))
        case .client: break
        }
        let expires = fact.endsWithProject ? "project-done" : fact.lastDay.map { "\($0)" } ?? "never"
        return fields + [
            ("hours", text(fact.hours)), ("price_per_hour", amount(fact.pricePerHour.perHour)),
            ("bought_on", text(fact.boughtOn)),
            ("effective", fact.effective == fact.boughtOn ? nil : text(fact.effective)), ("expires", .string(expires)),
            ("last_day", fact.endsWithProject ? text(fact.lastDay) : nil),
            ("usable_before_paid", fact.usableBeforePaid ? nil : .flag(false)), ("paid_on", text(fact.paidOn)),
        ]
    }

    private static func addWork(_ facts: Facts, _ add: (String, Moment, [(String, JSONText?)]) -> Void) {
        for fact in facts.requests { add("request", fact.recorded, request(fact, id: "id")) }
        for fact in facts.requestMoves {
            add(
                "request-move", fact.recorded,
                request(fact.request, id: "request") + [("reason", text(fact.reason))])
        }
        for fact in facts.requestApprovals {
            add("request-approval", fact.recorded, [("request", text(fact.request)), ("by", text(fact.by))])
        }
        for fact in facts.permits {
            add(
                "permit", fact.recorded,
                [
                    ("request", text(fact.request)), ("hours", text(fact.hours)), ("until", text(fact.until)),
                    ("by", text(fact.by)),
                ])
        }
        for fact in facts.timeEntries { add("time", fact.recorded, entry(fact, id: "id")) }
        for fact in facts.timeCorrections {
            add(
                "time-correction", fact.recorded,
                entry(fact.entry, id: "entry") + [("reason", text(fact.reason))])
        }
        for fact in facts.timeVoids {
            add("time-void", fact.recorded, [("entry", text(fact.entry)), ("reason", text(fact.reason))])
        }
        for fact in facts.timeApprovals {
            add("time-approval", fact.recorded, [("entry", text(fact.entry)), ("by", text(fact.by))])
        }
        for fact in facts.courtesies {
            add(
                "courtesy", fact.recorded,
                [
                    ("entry", text(fact.entry)), ("hours", text(fact.hours)), ("by", text(fact.by)),
                    ("reason", text(fact.reason)),
                ])
        }
        for fact in facts.closings {
            add(
                "closing", fact.recorded,
                [
                    ("client", text(fact.client)), ("period", text(fact.period)), ("available", hours(fact.available)),
                    ("available_earlier", fact.availableEarlier.isEmpty ? nil : earlier(fact.availableEarlier)),
                    (
                        "positions",
                        .list(fact.positions.sorted { ($0.period, $0.key) < ($1.period, $1.key) }.map(position))
                    ),
                ])
        }
    }

    private static func addReopenings(_ facts: Facts, _ add: (String, Moment, [(String, JSONText?)]) -> Void) {
        for fact in facts.reopenings {
            add(
                "reopening", fact.recorded,
                [
                    ("client", text(fact.client)), ("period", text(fact.period)), ("by", text(fact.by)),
                    ("reason", text(fact.reason)),
                ])
        }
    }

    private static func request(_ request: Request, id: String) -> [(String, JSONText?)] {
        [
            (id, text(request.id)), ("client", text(request.client)), ("service_line", text(request.serviceLine)),
            ("project", text(request.project)), ("title", text(request.title)),
        ]
    }

    private static func entry(_ entry: TimeEntry, id: String) -> [(String, JSONText?)] {
        let when: [(String, JSONText?)] =
            switch entry.when {
            case .clocked(let start, let end): [("start", text(start)), ("end", text(end))]
            case .dated(let date, let hours): [("date", text(date)), ("hours", text(hours))]
            }
        return [
            (id, text(entry.id)), ("request", text(entry.request)), ("person", text(entry.person)),
            ("work_type", text(entry.workType)),
        ] + when + [("note", entry.note.isEmpty ? nil : text(entry.note))]
    }

    private static func hours(_ hours: [GrantID: Hours]) -> JSONText {
        .object(hours.sorted { $0.key < $1.key }.map { ($0.key.fileText, .string("\($0.value)")) })
    }

    private static func earlier(_ available: [Period: [GrantID: Hours]]) -> JSONText {
        .list(
            available.sorted { $0.key < $1.key }.map { period, grants in
                .fields([("period", text(period)), ("hours", hours(grants))])
            })
    }

    static func position(_ position: IssuedPosition) -> JSONText {
        func unlessZero(_ hours: Hours) -> JSONText? { hours == .zero ? nil : text(hours) }
        return .fields([
            ("period", text(position.period)), ("about", .string(position.key.fileText)),
            ("worked", unlessZero(position.worked)), ("draws", position.draws.isEmpty ? nil : hours(position.draws)),
            ("charged", unlessZero(position.charged)), ("courtesy", unlessZero(position.courtesy)),
            ("waived", unlessZero(position.waived)), ("not_charged", unlessZero(position.notCharged)),
            ("withheld", unlessZero(position.withheld)), ("amount", amount(position.amount)),
        ])
    }
}
