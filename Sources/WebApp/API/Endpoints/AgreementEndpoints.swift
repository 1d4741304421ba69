import Agreements
import Rating
import ServiceDesk
import Values
import Wording

/// What is agreed with clients: projects, contracts, blocks, and closing months.
enum AgreementEndpoints {
    private static func contract(_ visit: APIVisit) throws -> ContractID { ContractID(try visit.named("contract")) }

    /// What a contract may set, as it is sent.
    private static let negotiable: [APISchema.Property] = [
        .may("overage_rate", .amount), .may("hours", .hours), .may("fee", .amount),
        .may(
            "increment",
            .text(
                "The step in which time is billed; none for to the second.", pattern: "^(none|[0-9]{1,2}:[0-5][0-9])$",
                example: "0:15")),
        .may("increment_per", .word(Increment.Group.allCases.map(\.rawValue), "What it rounds up as one.")),
        .may("increment_minimum", .hours),
        .may("rounding_may_cause_overage", .flag("Whether time added by rounding may be charged as overage.")),
        .may(
            "tolerance",
            .text(
                "The margin over the hours that is not charged: hours, a share of them, or none.",
                pattern: "^(none|[0-9]{1,5}:[0-5][0-9]|[1-9][0-9]{0,2}%)$", example: "5%")),
        .may(
            "tolerance_beyond",
            .word(Tolerance.Beyond.allCases.map(\.rawValue), "What is charged beyond it: the excess, or all.")),
        .may("when_hours_run_out", consent("What happens when hours run out: allow, ask, stop, or so many hours.")),
        .may("overage", consent("An older name of when_hours_run_out.")),
        .may("late_time", .word(LateTime.allCases.map(\.rawValue), "What becomes of time that comes late.")),
        .may("draw_order", .word(DrawOrder.allCases.map(\.rawValue), "Which hours are used first.")),
        .may(
            "first_period", .word(Proration.allCases.map(\.rawValue), "What a first, partial month costs and gives.")),
        .may("upgrade", .word(NegotiatedInput.upgrades, "When an upgrade in mid-month holds, and what it costs.")),
    ]

    private static func consent(_ what: String) -> APISchema {
        .text(what, pattern: "^(allow|ask|stop|[0-9]{1,5}:[0-5][0-9])$", example: "ask")
    }

    private static func negotiated(_ visit: APIVisit) throws -> NegotiatedTerms {
        var texts: [NegotiatedInput.Field: String] = [:]
        for field in NegotiatedInput.Field.allCases { texts[field] = visit.text(field.rawValue) }
        if let isOn = visit.body[NegotiatedInput.Field.roundingMayCauseOverage.rawValue] {
            texts[.roundingMayCauseOverage] = isOn == .flag(true) ? "yes" : "no"
        }
        if let older = visit.text("overage") {
            guard texts[.overageConsent].map({ $0 == older }) ?? true else {
                throw APIProblem.invalid([
                    APIFault("/overage", "invalid", "it says otherwise than when_hours_run_out", fix: "leave it out")
                ])
            }
            texts[.overageConsent] = older
        }
        do {
            return try NegotiatedInput(texts).terms(
                of: try contract(visit), from: try visit.must(try visit.date("from")), try visit.terms().currency)
        } catch let problems as Problems {
            throw APIProblem.invalid(
                problems.all.map { APIFault("/\($0.subject)", "invalid", $0.message, fix: $0.fix) })
        }
    }

    static let all: [APIEndpoint] = [
        .post(
            "/clients/{client}/projects", "addProject", "Add a project.", .agreements,
            body: .object([.must("id", .id), .must("title", .words("What it is called."))])
        ) { visit in
            try visit.recorded(
                AddProject(
                    id: ProjectID(visit.required("id")), client: try visit.client(), title: visit.required("title")))
        },
        .post(
            "/projects/{project}/end", "endProject", "Say that a project is done.", .agreements,
            body: .object([.must("on", .date)])
        ) { visit in
            try visit.recorded(
                EndProject(project: ProjectID(try visit.named("project")), on: try visit.must(try visit.date("on"))))
        },
        .post(
            "/clients/{client}/contracts", "signContract", "Sign a contract for a plan on a service line.", .agreements,
            body: .object([
                .may("id", .id), .must("service_line", .id), .must("plan", .id), .must("from", .date),
                .may("projects", .list(.id, most: 50)), .may("rank", .whole(0...1000, "Which of several goes first.")),
            ])
        ) { visit in
            try visit.recorded(
                SignContract(
                    id: visit.text("id").map { ContractID($0) }, client: try visit.client(),
                    serviceLine: ServiceLineID(visit.required("service_line")), plan: PlanID(visit.required("plan")),
                    from: try visit.must(try visit.date("from")),
                    projects: visit.texts("projects").map { ProjectID($0) },
                    rank: visit.whole("rank")))
        },
        .post(
            "/contracts/{contract}/plan", "changePlan", "Change a contract's plan on a date.", .agreements,
            body: .object([.must("plan", .id), .must("on", .date)])
        ) { visit in
            try visit.recorded(
                ChangePlan(
                    contract: try contract(visit), plan: PlanID(visit.required("plan")),
                    on: try visit.must(try visit.date("on"))))
        },
        .post(
            "/contracts/{contract}/end", "endContract", "End a contract, with its month.", .agreements,
            body: .object([.must("on", .date)])
        ) { visit in
            try visit.recorded(EndContract(contract: try contract(visit), on: try visit.must(try visit.date("on"))))
        },
        .post(
            "/contracts/{contract}/terms", "negotiate",
            "Note what a contract sets otherwise than the terms, from a date.",
            .agreements, body: .object([.must("from", .date)] + negotiable)
        ) { visit in
            .recorded(try visit.perform(Negotiate(terms: try negotiated(visit))))
        },
        .post(
            "/clients/{client}/blocks", "buyBlock", "Sell hours ahead.", .agreements,
            body: .object([
                .must("hours", .length), .may("project", .id), .may("service_line", .id), .may("bought_on", .date),
                .may("effective", .date), .may("last_day", .date), .may("price_per_hour", .amount),
            ])
        ) { visit in
            let scope: Block.Scope =
                visit.text("project").map { .project(ProjectID($0)) }
                ?? visit.text("service_line").map { .serviceLine(ServiceLineID($0)) } ?? .client
            return try visit.recorded(
                BuyBlock(
                    client: try visit.client(), scope: scope, hours: try visit.must(try visit.hours("hours")),
                    boughtOn: try visit.date("bought_on"), effective: try visit.date("effective"),
                    lastDay: try visit.date("last_day"),
                    pricePerHour: try visit.amount("price_per_hour").map { HourlyRate(perHour: $0) }))
        },
        .post(
            "/blocks/{block}", "changeBlock", "Change a block's hours, last day or date of payment.", .agreements,
            body: .object([
                .may("hours", .length), .may("last_day", .date), .may("paid_on", .date),
                .must("reason", .words("Why.")),
            ])
        ) { visit in
            try visit.recorded(
                ChangeBlock(
                    block: BlockID(try visit.named("block")), hours: try visit.hours("hours"),
                    lastDay: try visit.date("last_day"), paidOn: try visit.date("paid_on"),
                    reason: visit.required("reason")))
        },
        .post(
            "/clients/{client}/statements/{period}/close", "closePeriod", "Close a client's month.", .agreements,
            body: .object([.may("leave_unapproved", .flag("Close without the time that waits for approval."))])
        ) { visit in
            try visit.recorded(
                ClosePeriod(
                    client: try visit.client(), period: try visit.period(),
                    leavesUnapproved: visit.flag("leave_unapproved")))
        }.takingLong,
        .post(
            "/clients/{client}/statements/{period}/reopen", "reopenPeriod", "Open a client's last closed month again.",
            .agreements, body: .object([.must("reason", .words("Why."))])
        ) { visit in
            try visit.recorded(
                ReopenPeriod(client: try visit.client(), period: try visit.period(), reason: visit.required("reason")))
        }.takingLong,
    ]
}
