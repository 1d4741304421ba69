import Agreements
import Formats
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// Records as programs read them: hours as 1:30, amounts as 120.50 in the currency of the terms, ids as they are.
enum APIJSON {
    private static func text(_ value: some CustomStringConvertible) -> JSONText { .string("\(value)") }
    private static func maybe(_ value: (some CustomStringConvertible)?) -> JSONText? { value.map { .string("\($0)") } }
    private static func amount(_ money: Money) -> JSONText { .string(money.decimalText) }

    // MARK: Clients

    static let riskSchema = APISchema.object([
        .must("client", .id), .must("name", .text("What they are called.")), .must("service_line", .id),
        .must("granted", .hours), .must("used", .hours), .must("left", .hours), .must("over", .hours),
        .must("not_covered", .hours), .must("amount", .amount), .may("over_on", .date), .must("would_lapse", .hours),
        .may("lapses_on", .date),
    ])
    static func risk(_ row: RiskRow) -> JSONText {
        let risk = row.forecast
        return .fields([
            ("client", text(row.client)), ("name", .string(row.name)), ("service_line", text(row.serviceLine)),
            ("granted", text(risk.granted)), ("used", text(risk.used)), ("left", text(risk.left)),
            ("over", text(risk.over)), ("not_covered", text(risk.notCovered)), ("amount", amount(risk.amount)),
            ("over_on", maybe(risk.overOn)), ("would_lapse", text(risk.wouldLapse.inMinutes)),
            ("lapses_on", maybe(risk.lapsesOn)),
        ])
    }

    static let balanceSchema = APISchema.object([
        .must("kind", .word(["plan", "block", "over"], "Which kind of pool.")), .must("id", .id),
        .must("hours", .hours), .must("granted", .hours), .may("last_day", .date),
        .must("sentence", .text("The same in words.")),
    ])
    static func balance(_ balance: Balance) -> JSONText {
        let (kind, id): (String, String) =
            switch balance.pool {
            case .plan(let contract, _, _): ("plan", contract.text)
            case .block(let block, _): ("block", block.text)
            case .over(let line): ("over", line.text)
            }
        return .fields([
            ("kind", .string(kind)), ("id", .string(id)), ("hours", text(balance.hours)),
            ("granted", text(balance.granted)),
            ("last_day", maybe(balance.lastDay)), ("sentence", .string(balance.sentence)),
        ])
    }

    /// - Parameter zone: the zone that the client's days are counted in now.
    static func client(_ id: ClientID, _ facts: Facts, _ zone: Zone) -> JSONText {
        let client = facts.clients.first { $0.id == id }
        let contracts = facts.contracts.sorted { $0.id < $1.id }.map { contract -> JSONText in
            let changes = facts.planChanges.filter { $0.contract == contract.id }.sorted { $0.on < $1.on }
            let end = facts.contractEnds.last { $0.contract == contract.id }
            return .fields([
                ("id", text(contract.id)), ("service_line", text(contract.serviceLine)), ("plan", text(contract.plan)),
                ("from", text(contract.from)),
                (
                    "plan_changes",
                    .list(changes.map { .object([("plan", text($0.plan)), ("on", text($0.on))]) })
                ), ("ends_on", maybe(end?.on)),
            ])
        }
        let blocks = facts.blocks.sorted { $0.id < $1.id }.map { block -> JSONText in
            .fields([
                ("id", text(block.id)), ("hours", text(block.hours)),
                ("price_per_hour", amount(block.pricePerHour.perHour)),
                ("bought_on", text(block.boughtOn)), ("last_day", maybe(block.lastDay)),
            ])
        }
        let projects = facts.projects.sorted { $0.id < $1.id }.map { project -> JSONText in
            .fields([
                ("id", text(project.id)), ("title", .string(project.name)),
                ("done_on", maybe(facts.projectsDone.last { $0.project == project.id }?.on)),
            ])
        }
        return .object([
            ("id", text(id)), ("name", .string(client?.name ?? id.text)),
            ("zone", .string(zone.identifier)), ("currency", .string(client?.currency.code ?? "")),
            ("contracts", .list(contracts)), ("blocks", .list(blocks)), ("projects", .list(projects)),
        ])
    }

    static func contact(_ contact: Directory.Contact) -> JSONText {
        .fields([
            ("id", .string(contact.id)), ("name", .string(contact.name)), ("email", maybe(contact.email)),
            ("phone", maybe(contact.phone)), ("role", maybe(contact.role?.rawValue)),
        ])
    }

    static func alternative(_ way: Alternative, _ title: String) -> JSONText {
        .object([
            ("way", .string(title)), ("fees", amount(way.fees)), ("blocks", amount(way.blocks)),
            ("charges", amount(way.charges)), ("charged", text(way.charged)), ("lapsed", text(way.lapsed)),
            ("total", amount(way.total)),
        ])
    }

    static func hit(_ hit: Search.Hit) -> JSONText {
        .fields([
            ("kind", .string(hit.kind.rawValue)), ("id", .string(hit.id)), ("client", text(hit.client)),
            ("request", maybe(hit.request)), ("title", .string(hit.title)),
            ("snippet", .string(hit.snippet.map(\.text).joined())),
        ])
    }

    // MARK: Requests and time

    private static let requestMembers: [APISchema.Property] = [
        .must("id", .id), .must("client", .id), .must("service_line", .id), .may("project", .id),
        .must("title", .text("What it is about.")),
        .must("state", .word(RequestState.allCases.map(\.rawValue), "Where it stands.")), .may("assignee", .id),
        .may("work_type", .id), .may("snoozed_until", .date), .may("merged_into", .id), .must("opened_at", .instant),
        .may("first_answer_at", .instant),
    ]
    static let requestSchema = APISchema.object(requestMembers)
    static let conversationSchema = APISchema.object(
        requestMembers + [
            .must(
                "messages",
                .list(
                    .object([
                        .must("id", .id), .must("request", .id), .must("from", .id), .may("noted_by", .id),
                        .must("at", .instant),
                        .must("internal", .flag("Whether only staff read it.")), .must("text", .text("What it says.")),
                        .may("whole", .text("All of the mail that it is a part of, for staff.")),
                        .must("by_mail", .flag("Whether it came by mail.")),
                        .must(
                            "attachments",
                            .list(
                                .object([
                                    .must("id", .id), .must("name", .text("What it is called.")),
                                    .must("type", .text("What it is.")),
                                    .must("size", .whole(0...Int(Int32.max), "Its bytes.")),
                                ]))),
                    ])))
        ])

    private static func members(of row: RequestRow) -> [(String, JSONText?)] {
        [
            ("id", text(row.id)), ("client", text(row.client)), ("service_line", text(row.serviceLine)),
            ("project", maybe(row.project)), ("title", .string(row.title)), ("state", .string(row.state.rawValue)),
            ("assignee", maybe(row.assignee)), ("work_type", maybe(row.workType)),
            ("snoozed_until", maybe(row.snoozedUntil)), ("merged_into", maybe(row.mergedInto)),
            ("opened_at", text(row.openedAt)), ("first_answer_at", maybe(row.firstAnswerAt)),
        ]
    }
    /// What of a request staff share out among themselves: nothing for a client to read.
    private static let ofStaff: Set<String> = ["assignee", "snoozed_until", "work_type"]
    private static func members(of row: RequestRow, for actor: Actor) -> [(String, JSONText?)] {
        members(of: row).filter { actor.client == nil || !ofStaff.contains($0.0) }
    }

    static func request(_ row: RequestRow, for actor: Actor) -> JSONText { .fields(members(of: row, for: actor)) }
    static func request(_ row: RequestRow, _ messages: [Conversation.Message], for actor: Actor) -> JSONText {
        let all = messages.map { message -> JSONText in
            .fields([
                ("id", .string(message.id)), ("request", text(message.request)), ("from", .string(message.from)),
                ("noted_by", message.notedBy.map { .string($0) }), ("at", text(message.at)),
                ("internal", .flag(message.isInternal)), ("text", .string(message.text)),
                ("whole", message.whole.map { .string($0) }), ("by_mail", .flag(message.cameByMail)),
                (
                    "attachments",
                    .list(
                        message.attachments.map {
                            .object([
                                ("id", .string($0.id)), ("name", .string($0.name)), ("type", .string($0.mediaType)),
                                ("size", .number($0.size)),
                            ])
                        })
                ),
            ])
        }
        return .fields(members(of: row, for: actor) + [("messages", .list(all))])
    }

    static let entrySchema = APISchema.object([
        .must("id", .id), .must("request", .id), .must("person", .id), .must("work_type", .id), .must("hours", .hours),
        .may("date", .date), .may("start", .instant), .may("end", .instant), .must("note", .text("What was done.")),
        .may("withdrawn", .flag("Whether it was withdrawn.")),
    ])
    static func entry(_ entry: TimeEntry) -> JSONText { self.entry(entry, isVoid: false) }
    static func entry(_ entry: TimeEntry, isVoid: Bool) -> JSONText {
        var date: CivilDate?
        var clock: (Instant, Instant)?
        switch entry.when {
        case .dated(let day, _): date = day
        case .clocked(let start, let end): clock = (start, end)
        }
        return .fields([
            ("id", text(entry.id)), ("request", text(entry.request)), ("person", .string(entry.person)),
            ("work_type", text(entry.workType)), ("hours", text(entry.worked)), ("date", maybe(date)),
            ("start", maybe(clock?.0)), ("end", maybe(clock?.1)), ("note", .string(entry.note)),
            ("withdrawn", isVoid ? .flag(true) : nil),
        ])
    }

    static func outcome(_ outcome: EntryOutcome) -> JSONText {
        .object([
            ("entry", text(outcome.entry)), ("request", text(outcome.request)), ("title", .string(outcome.title)),
            ("date", text(outcome.date)), ("hours", text(outcome.hours)),
            ("parts", .list(outcome.parts.map { .string($0) })), ("left", .list(outcome.left.map { .string($0) })),
        ])
    }

    static func preview(_ preview: EntryPreview) -> JSONText {
        func list(_ texts: [String]) -> JSONText { .list(texts.map { .string($0) }) }
        return .object([
            ("sentence", .string(preview.sentence)), ("parts", list(preview.parts)), ("others", list(preview.others)),
            ("remarks", list(preview.remarks)),
            (
                "bills",
                .list(
                    preview.bills.map {
                        .object([
                            ("period", text($0.period)), ("before", amount($0.before)), ("after", amount($0.after)),
                        ])
                    })
            ),
        ])
    }

    static func timer(_ timer: Timers.Running?) -> JSONText {
        .fields([
            ("running", .flag(timer != nil)), ("request", maybe(timer?.request)), ("work_type", maybe(timer?.workType)),
            ("since", maybe(timer?.since)), ("note", maybe(timer?.note)),
        ])
    }

    // MARK: The rest

    static func explanation(_ explanation: Explanation) -> JSONText {
        .fields([
            ("text", .string(explanation.text)),
            ("because", explanation.because.isEmpty ? nil : .list(explanation.because.map(self.explanation))),
        ])
    }

    static func audit(_ line: AuditLine) -> JSONText {
        .object([
            ("id", .number(line.id)), ("at", text(line.at)), ("person", .string(line.actor)),
            ("operation", .string(line.operation)), ("client", .string(line.client)),
            ("subject", .string(line.subject)),
        ])
    }

    static func terms(_ terms: Terms, _ yaml: String) -> JSONText {
        let answers = TermsInPlainLanguage(terms).answers.map { answer -> JSONText in
            .object([
                ("question", .string(answer.question)), ("answer", .string(answer.sentences.joined(separator: " "))),
                ("example", .string(answer.example.joined(separator: " "))),
            ])
        }
        return .object([
            ("effective", text(terms.effective)), ("name", .string(terms.name)), ("yaml", .string(yaml)),
            ("answers", .list(answers)),
        ])
    }

    static func user(_ user: People.User) -> JSONText {
        .object([
            ("id", .string(user.id)), ("name", .string(user.name)), ("role", .string(user.role.rawValue)),
            ("ended", .flag(user.isEnded)),
        ])
    }
}

extension APISchema {
    /// A page of a list.
    static func list(of element: APISchema) -> APISchema {
        .object([.must("items", .list(element)), .may("next", .text("What to ask for the next page with."))])
    }
}

extension APIEndpoint.Parameter {
    /// How many rows.
    static let page = APIEndpoint.Parameter(
        name: "limit", schema: .whole(1...100, "How many rows; 50 where it is not given."))
}

extension APIReply {
    /// A page of a list.
    static func page(_ items: [JSONText], next: String?) -> APIReply {
        .json(.fields([("items", .list(items)), ("next", next.map { .string($0) })]))
    }
}

extension APIVisit {
    /// How many rows are asked for.
    var limit: Int { query.whole("limit", in: 1...100) ?? 50 }

    /// A month that was sent.
    func month(_ name: String) throws -> Period {
        guard let period = TypedInput.month(required(name), today: site.settings.zone.date(of: now)) else {
            throw APIProblem.invalid([
                APIFault("/\(name)", "invalid", "it is no month, or too far away", fix: "write 2026-11")
            ])
        }
        return period
    }

    /// What the schema says is there.
    func must<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw APIProblem.unreadable("Something is missing.") }
        return value
    }
}
