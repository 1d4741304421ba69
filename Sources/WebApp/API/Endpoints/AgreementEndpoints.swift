import Agreements
import Rating
import ServiceDesk
import Storage

/// What is agreed with clients: projects, contracts, blocks, and closing months.
enum AgreementEndpoints {
    private static func contract(_ visit: APIVisit) throws -> ContractID { ContractID(try visit.named("contract")) }

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
            .agreements,
            body: .object([
                .must("from", .date), .may("overage_rate", .amount), .may("hours", .length), .may("fee", .amount),
                .may(
                    "overage",
                    .text(
                        "What happens when hours run out: allow, ask, stop, or so many hours.",
                        pattern: "^(allow|ask|stop|[0-9]{1,5}:[0-5][0-9])$", example: "ask")),
                .may("late_time", .word(LateTime.allCases.map(\.rawValue), "What becomes of time that comes late.")),
                .may("draw_order", .word(DrawOrder.allCases.map(\.rawValue), "Which hours are used first.")),
            ])
        ) { visit in
            var terms = NegotiatedTerms(
                contract: try contract(visit), from: try visit.must(try visit.date("from")), recordedAt: visit.now)
            terms.overageRate = try visit.amount("overage_rate").map { HourlyRate(perHour: $0) }
            terms.hours = try visit.hours("hours")
            terms.fee = try visit.amount("fee")
            switch visit.text("overage") {
            case nil: break
            case "allow": terms.overageConsent = .allow
            case "ask": terms.overageConsent = .ask
            case "stop": terms.overageConsent = .stop
            default: terms.overageConsent = .allowUpTo(try visit.hours("overage") ?? .zero)
            }
            terms.lateTime = visit.text("late_time").flatMap { LateTime(rawValue: $0) }
            terms.drawOrder = visit.text("draw_order").flatMap { DrawOrder(rawValue: $0) }
            return try visit.recorded(Negotiate(terms: terms))
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
        },
        .post(
            "/clients/{client}/statements/{period}/reopen", "reopenPeriod", "Open a client's last closed month again.",
            .agreements, body: .object([.must("reason", .words("Why."))])
        ) { visit in
            try visit.recorded(
                ReopenPeriod(client: try visit.client(), period: try visit.period(), reason: visit.required("reason")))
        },
    ]
}
