import Agreements
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// One client: this month, what was agreed and when, who they are, and the way to everything about them.
enum ClientPage {
    static let routes: [Route] = [
        .get("/clients/{client}", .agent) { .page(try page($0)) },
        .get("/clients/{client}/advice", .agent) { .page(try advice($0)) },
    ]

    static func page(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let id = ClientID(try visit.named("client"))
        let facts = try visit.standing(of: id)
        let terms = try visit.terms()
        let words = Wording(terms)
        let zones = try visit.preview { $0.zones(of: id, facts) }
        let today = zones.date(of: visit.now)
        let month = Period(containing: today)
        let statement = try visit.statement(of: id, month)
        let name = facts.clients.first?.name ?? id.text
        let beside: HTML = """
            <div class="cluster"><a class="button" href="\(Link.with(Link.newRequest, ["client": id.text]))" data-key="n">New request</a><a class="button" href="\(Link.statement(id, month))">Statement</a></div>
            """
        return try visit.page(
            name, in: .clients, trail: [("Clients", Link.clients)], beside: beside, problems: problems
        ) {
            """
            \(try thisMonth(visit, id, statement, month, today, words))
            <div class="columns"><div class="stack loose">
            \(try requests(visit, id))
            \(ContractsHTML(facts: facts, words: words, beside: "<a href=\"\(Link.client(id, "advice"))\">What would other plans cost?</a>").html {
                "<h3>\(words.serviceLine($0.serviceLine)) <span class=\"muted small\">\($0.id)</span></h3>"
            })
            \(blocks(facts, statement, words))
            \(rates(facts, terms, words, today))
            </div><div class="stack loose">
            \(try statements(visit, id, facts, month))
            \(try ContactsSection.html(visit, id))
            \(projects(facts))
            \(agree(visit, id))
            </div></div>
            """
        }
    }

    // MARK: This month

    private static func thisMonth(
        _ visit: StaffVisit, _ id: ClientID, _ statement: Statement?, _ month: Period, _ today: CivilDate,
        _ words: Wording
    ) throws -> HTML {
        let rows = try visit.read { try visit.site.risk.rows(of: id, $0, desk: visit.site.desk) }
        let lines = rows.map { row -> HTML in
            let risk = row.forecast
            let chart = statement.map { BurnOfLine($0, row.serviceLine, today: today).html } ?? .empty
            return """
                <div class="stack"><h3>\(words.serviceLine(row.serviceLine)) \(ClientsPage.pace(risk))</h3>
                <dl class="key-figures">
                <div><dt>Used in \(month.written)</dt><dd>\(risk.used)</dd></div>
                <div><dt>\(risk.over > .zero ? "Over" : "Left")</dt><dd>\(risk.over > .zero ? risk.over : risk.left)<small>\(risk.over > .zero ? "beyond its hours" : "of \(risk.granted)")</small></dd></div>
                <div><dt>Would lapse</dt><dd>\(risk.wouldLapse.inMinutes)<small>\(risk.lapsesOn.map { "on \($0.written)" } ?? "nothing")</small></dd></div>
                </dl>\(chart)</div>
                """
        }
        return """
            <section class="panel stack" aria-labelledby="month"><div class="spread"><h2 id="month">\(month.written)</h2>\(statement.map { "<p>So far <strong class=\"money\">\($0.total)</strong></p>" as HTML })</div>
            \(lines.isEmpty ? "<p>No contract in this month.</p>" as HTML : "<div class=\"grid\">\(lines)</div>")
            \(try year(visit, id))</section>
            """
    }

    private static func year(_ visit: StaffVisit, _ id: ClientID) throws -> HTML {
        let months = try visit.read { try visit.site.year.months(of: id, $0, desk: visit.site.desk) }
        guard months.count > 1 else { return .empty }
        let chart = YearColumns(months)
        return """
            <details><summary>The last twelve months</summary><div class="stack">\(chart.html)\(chart.table)</div></details>
            """
    }

    // MARK: What was agreed

    private static func blocks(_ facts: Facts, _ statement: Statement?, _ words: Wording) -> HTML {
        guard !facts.blocks.isEmpty else { return .empty }
        var table = DataTable(
            "Blocks",
            [
                .init(title: "Block", kind: .heading), .init(title: "For"), .init(title: "Bought"),
                .init(title: "Hours", kind: .number), .init(title: "Left", kind: .number), .init(title: "Until"),
                .init(title: "Price", kind: .number),
            ])
        for block in facts.blocks.sorted(by: { ($0.boughtOn, $0.id) > ($1.boughtOn, $1.id) }) {
            let changes = facts.blockChanges.filter { $0.block == block.id }
            let account = statement?.grants.first { $0.id == .block(block.id) }
            let left = account.map { "\($0.opening - $0.drawn)" } ?? "0:00"
            let lastDay = changes.last { $0.lastDay != nil }?.lastDay ?? block.lastDay
            table.add([
                "\(block.id)", "\(words.scope(.block(block.scope)))", "\(block.boughtOn.written)",
                "\(changes.last { $0.hours != nil }?.hours ?? block.hours)", "\(left)", "\(words.until(lastDay))",
                "<span class=\"money\">\(block.price)</span>",
            ])
        }
        return
            "<section class=\"panel stack\" aria-labelledby=\"blocks\"><h2 id=\"blocks\">Blocks</h2>\(table.html)</section>"
    }

    private static func rates(_ facts: Facts, _ terms: TermsHistory, _ words: Wording, _ today: CivilDate) -> HTML {
        guard let inForce = terms.inForce(on: today) else { return .empty }
        var table = DataTable(
            "Rates today",
            [.init(title: "Service line", kind: .heading), .init(title: "Overage"), .init(title: "Set by")])
        for contract in facts.contracts.sorted(by: { $0.id < $1.id }) where contract.from <= today {
            let plan =
                facts.planChanges.filter { $0.contract == contract.id && $0.on <= today }.max { $0.on < $1.on }?.plan
                ?? contract.plan
            let negotiated = facts.negotiatedTerms.filter {
                $0.contract == contract.id && $0.from <= today && $0.overageRate != nil
            }
            .max { $0.from < $1.from }
            if let negotiated, let rate = negotiated.overageRate {
                table.add([
                    "\(words.serviceLine(contract.serviceLine))", "\(rate)",
                    "the contract, from \(negotiated.from.written)",
                ])
            } else if let rate = inForce.plans[plan]?.overageRate {
                table.add(["\(words.serviceLine(contract.serviceLine))", "\(rate)", "plan \(words.plan(plan))"])
            } else {
                table.add(["\(words.serviceLine(contract.serviceLine))", "\(inForce.listRate)", "the list"])
            }
        }
        table.add(["Work no contract covers", "\(inForce.listRate)", "the list, terms of \(inForce.effective.written)"])
        return
            "<section class=\"panel stack\" aria-labelledby=\"rates\"><h2 id=\"rates\">Rates today</h2>\(table.html)</section>"
    }

    // MARK: Beside

    private static func requests(_ visit: StaffVisit, _ id: ClientID) throws -> HTML {
        let rows = try visit.read { connection in
            try RequestBoard(connection).requests(.init(client: id), limit: 20)
        }
        return """
            <section class="panel stack" aria-labelledby="requests"><div class="spread"><h2 id="requests">Requests not done</h2><a href="\(Link.with(Link.requests, ["client": id.text, "state": "done"]))">Those done</a></div>
            \(rows.isEmpty ? "<p class=\"muted\">None.</p>" : try RequestList(visit, rows).html(caption: "Requests not done", showsClient: false))</section>
            """
    }

    private static func statements(_ visit: StaffVisit, _ id: ClientID, _ facts: Facts, _ month: Period) throws -> HTML
    {
        let closed = try visit.read { try StandingClosings($0, of: id).byPeriod }
        let starts = facts.contracts.map(\.from) + facts.blocks.map(\.boughtOn)
        guard let first = starts.min().map({ Period(containing: $0) }), first <= month else { return .empty }
        let shown = max(first.index, month.index - 11)...month.index
        let items = shown.reversed().map { index -> HTML in
            let period = Period(index: index)
            let isClosed = closed[period] != nil
            return
                "<li class=\"spread\"><a class=\"title\" href=\"\(Link.statement(id, period))\">\(period.written)</a>\(isClosed ? "<span class=\"badge\">closed</span>" as HTML : "<span class=\"badge good\">open</span>")</li>"
        }
        return """
            <section class="panel stack" aria-labelledby="statements"><h2 id="statements">Statements</h2><ul class="rows">\(items)</ul>
            <form class="cluster end" action="\(Link.client(id, "statements"))" method="get">\(FormParts(visit.visit).text("period", "Any month", value: "\(first)", hint: "2026-09")) <button>Show</button></form></section>
            """
    }

    private static func projects(_ facts: Facts) -> HTML {
        guard !facts.projects.isEmpty else { return .empty }
        let items = facts.projects.sorted { $0.id < $1.id }.map { project -> HTML in
            let done = facts.projectsDone.first { $0.project == project.id }
            return
                "<li><span class=\"title\">\(project.name)</span> <span class=\"muted small\">\(project.id)\(done.map { ", done \($0.on.written)" } ?? "")</span></li>"
        }
        return
            "<section class=\"panel stack\" aria-labelledby=\"projects\"><h2 id=\"projects\">Projects</h2><ul class=\"rows\">\(items)</ul></section>"
    }

    private static func agree(_ visit: StaffVisit, _ id: ClientID) -> HTML {
        guard visit.may(.manager) else { return .empty }
        let links = AgreementPages.forms.map {
            "<li><a class=\"title\" href=\"\(Link.client(id, $0.part))\">\($0.title)</a></li>" as HTML
        }
        return
            "<section class=\"panel stack\" aria-labelledby=\"agree\"><h2 id=\"agree\">Agree on something</h2><ul class=\"rows\">\(links)</ul></section>"
    }

    // MARK: Advice

    /// What the same work would have cost in other ways, over the last six months and for what is open now (design P6).
    private static func advice(_ visit: StaffVisit) throws -> Page {
        let id = ClientID(try visit.named("client"))
        let standing = try visit.standing(of: id)
        let terms = try visit.terms()
        let words = Wording(terms, projects: standing.projects)
        let all = try visit.read { try visit.site.desk.loader($0).all(of: id) }
        let today = try visit.preview { try $0.today(of: id, standing) }
        let month = Period(containing: today)
        let advisor = Advisor(terms: terms, facts: all, client: id)
        return try visit.page(
            "What would other plans cost?", in: .clients,
            trail: [("Clients", Link.clients), (standing.clients.first?.name ?? id.text, Link.client(id))]
        ) {
            let history = advisor.history((month + -6)...(month + -1))
            let now = advisor.ways(for: month, on: today)
            return """
                <section class="panel stack"><h2>\((month + -6).written) to \((month + -1).written): the same work, paid for in other ways</h2>\(AlternativesTable(ways: history, words: words).html("The last six months"))</section>
                <section class="panel stack"><h2>\(month.written) is open: what each way would still make of it</h2>\(AlternativesTable(ways: now, words: words).html("This month"))</section>
                """
        }
    }
}
