import Agreements
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// What was agreed, what other plans would have cost, and the questions that the terms answer.
enum PortalPlan {
    static let routes: [Route] = [
        .get(PortalLink.plan, .viewer) { .page(try page($0)) },
        .post("/portal/plan/change", .approver, askForPlan),
        .post("/portal/plan/hours", .approver, askForHours),
        .get(PortalLink.questions, .viewer) { .page(try questions($0)) },
    ]

    private static func page(_ visit: PortalVisit, problems: Problems? = nil) throws -> Page {
        let facts = try visit.standing()
        let terms = try visit.terms()
        let words = Wording(terms)
        let today = try visit.preview { $0.zones(of: visit.client, facts).date(of: $0.now) }
        return try visit.page("What we agreed", in: .plan, problems: problems) {
            """
            <div class="columns"><div class="stack loose">
            \(try now(visit, terms.offered(on: today), Period(containing: today)))
            \(ContractsHTML(facts: facts, words: words).html(name: { "<h3>\(words.serviceLine($0.serviceLine))</h3>" }))
            \(try alternatives(visit, facts, terms, words, today))
            </div><div class="stack loose">
            \(try asking(visit, facts, terms, today, problems))
            </div></div>
            """
        }
    }

    /// What each plan gives and costs now.
    private static func now(_ visit: PortalVisit, _ terms: Terms, _ month: Period) throws -> HTML {
        guard let contracts = try visit.statement(month)?.contracts, !contracts.isEmpty else { return .empty }
        let words = Wording(try visit.terms())
        let items = contracts.map { contract -> HTML in
            let plan = terms.plans[contract.plan]
            let beyond = plan?.overageRate.map { "\($0) for work beyond them" }
            let answer = plan?.firstResponse.map { "a first answer within \($0.inWords) of business hours" }
            let parts = ["\(contract.hours.inWords) a month for \(contract.fee)", beyond, answer].compactMap(\.self)
            return
                "<div><dt>\(words.serviceLine(contract.serviceLine))</dt><dd>\(contract.planName)<small>\(parts.joined(separator: "; "))</small></dd></div>"
        }
        return "<dl class=\"panel key-figures wide\">\(items)</dl>"
    }

    private static func alternatives(
        _ visit: PortalVisit, _ facts: Facts, _ terms: TermsHistory, _ words: Wording, _ today: CivilDate
    ) throws -> HTML {
        let month = Period(containing: today)
        let all = try visit.read { try visit.site.desk.loader($0).all(of: visit.client) }
        let ways = Advisor(terms: terms, facts: all, client: visit.client).history((month + -6)...(month + -1))
        let table = AlternativesTable(ways: ways, words: Wording(terms, projects: facts.projects)) { id in
            guard facts.contracts.count > 1 else { return "" }
            return facts.contracts.first { $0.id == id }.map { words.serviceLine($0.serviceLine) } ?? id.text
        }
        return """
            <section class="panel stack" aria-labelledby="ways"><h2 id="ways">What other plans would have cost</h2>
            <p class="muted">The same work from \((month + -6).written) to \((month + -1).written), paid for in other ways. Hours that lapse are paid for and not used.</p>\(table.html("The last six months"))</section>
            """
    }

    private static func asking(
        _ visit: PortalVisit, _ facts: Facts, _ terms: TermsHistory, _ today: CivilDate, _ problems: Problems?
    ) throws -> HTML {
        guard visit.may(.approver) else { return .empty }
        let offered = terms.offered(on: today)
        let lines = Set(facts.contracts(notOverBy: today).map(\.serviceLine))
        let now = try visit.statement(Period(containing: today))?.contracts ?? []
        let parts = FormParts(visit.visit, problems: problems)
        let plans = offered.plans.filter { id, plan in
            lines.contains(plan.serviceLine) && !now.contains { $0.plan == id }
        }.sorted {
            ($0.value.serviceLine, $0.value.hours, $0.key) < ($1.value.serviceLine, $1.value.hours, $1.key)
        }.map { id, plan in
            let current = now.first { $0.serviceLine == plan.serviceLine }
            return (id.text, "\(plan.name): \(plan.hours.inWords) a month, \(plan.fee)\(effect(of: plan, current))")
        }
        let change: HTML =
            plans.isEmpty
            ? .empty
            : "<section class=\"panel stack no-print\"><h2>Another plan</h2>\(parts.prefixed("plan").form("/portal/plan/change", submit: "Ask for it", style: "", parts.prefixed("plan").choice("plan", "Plan", [("", "Choose one")] + plans, hint: "We confirm it before anything changes.")))</section>"
        let hours: HTML
        if let blocks = offered.blocks {
            hours = """
                <section class="panel stack no-print"><h2>Hours ahead</h2><p class="small muted">\(blocks.pricePerHour), in steps of \(blocks.step.inWords): \(blocks.minimum.inWords) are \(blocks.pricePerHour.amount(for: blocks.minimum)).</p>
                \(parts.prefixed("hours").form("/portal/plan/hours", submit: "Ask for them", style: "", parts.prefixed("hours").text("hours", "Hours", value: "\(blocks.minimum.seconds / 3600)", hint: "We confirm them before they are billed.")))</section>
                """
        } else {
            hours = .empty
        }
        return change + hours
    }

    /// When a plan would hold, and what that costs (design L1).
    private static func effect(of plan: Plan, _ current: ContractAccount?) -> String {
        guard let current else { return "" }
        let more = Money(minorUnits: plan.fee.minorUnits - current.fee.minorUnits, plan.fee.currency)
        return more.minorUnits > 0 ? " (at once, \(more) more for this month)" : " (from next month)"
    }

    private static func askForPlan(_ visit: PortalVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            let id = PlanID(visit.form.text("plan"))
            guard let plan = try visit.offered().plans[id] else {
                throw Problems([Problem("plan", "there is no such plan", fix: "choose one of the list")])
            }
            return try ask(
                visit, plan.serviceLine, "Change to \(plan.name)", "We would like to change to \(plan.name).")
        }
    }

    private static func askForHours(_ visit: PortalVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            let hours = try TypedInput.hours(visit.form.text("hours"))
            let facts = try visit.standing()
            let terms = try visit.offered()
            guard let blocks = terms.blocks, hours >= blocks.minimum,
                (hours - blocks.minimum).seconds % max(1, blocks.step.seconds) == 0
            else {
                let steps = terms.blocks.map { "\($0.minimum.inWords), or more in steps of \($0.step.inWords)" }
                throw Problems([
                    Problem("hours", "\(hours) cannot be bought ahead", fix: "ask for \(steps ?? "another plan")")
                ])
            }
            let today = try visit.preview { $0.zones(of: visit.client, facts).date(of: $0.now) }
            let line =
                facts.contracts(notOverBy: today).map(\.serviceLine).min() ?? terms.serviceLines.keys.min()
                ?? ServiceLineID("")
            return try ask(
                visit, line, "\(hours.inWords) ahead",
                "We would like to buy \(hours.inWords) ahead, at \(blocks.pricePerHour).")
        }
    }

    /// Staff confirm it: it is a request like others.
    private static func ask(_ visit: PortalVisit, _ line: ServiceLineID, _ title: String, _ text: String) throws
        -> Reply
    {
        let opened = try visit.perform(
            OpenRequest(client: visit.client, serviceLine: line, title: title, message: text))
        return .redirect(
            PortalLink.request(RequestID(opened.id)), saying: "We confirm it here before anything changes.")
    }

    // MARK: Questions

    private static func questions(_ visit: PortalVisit) throws -> Page {
        let facts = try visit.standing()
        let today = try visit.preview { $0.zones(of: visit.client, facts).date(of: $0.now) }
        return try visit.page("Questions", in: .questions) {
            guard let terms = try visit.terms().inForce(on: today) else { return "<p>No terms are in force.</p>" }
            let answers = TermsInPlainLanguage(terms).answers.map { answer -> HTML in
                let example: HTML =
                    answer.example.isEmpty
                    ? .empty : "<p class=\"muted\">For example: \(answer.example.joined(separator: " "))</p>"
                return
                    "<section class=\"panel stack tight\"><h2>\(answer.question)</h2><p>\(answer.sentences.joined(separator: " "))</p>\(example)</section>"
            }
            return
                "<p class=\"muted\">Written from the terms that bill you, in force since \(terms.effective.written). What your contract says otherwise is on the page of your plan.</p>\(answers)"
        }
    }
}
