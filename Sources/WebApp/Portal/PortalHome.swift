import Agreements
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// What is left, and what this month's work was: the first page of the portal.
enum PortalHome {
    static let routes: [Route] = [
        .get(PortalLink.home, .viewer) { .page(try page($0)) },
        .get("/portal/lines/{entry}", .requester) { .page(try question($0)) },
        .post("/portal/lines/{entry}", .requester, ask),
    ]

    private static func page(_ visit: PortalVisit) throws -> Page {
        let zones = try visit.preview { $0.zones(of: visit.client, try $0.standing(of: visit.client)) }
        let today = zones.date(of: visit.now)
        let month = Period(containing: today)
        let statement = try visit.statement(month)
        let terms = try visit.terms()
        let beside: HTML =
            visit.may(.requester)
            ? "<a class=\"button primary\" href=\"\(PortalLink.newRequest)\">New request</a>" : .empty
        return try visit.page("Hours in \(month.written)", in: .hours, beside: beside) {
            guard let statement else { return "<p>Nothing was agreed or done yet.</p>" }
            let portal = try PortalStatement(visit, statement, terms)
            let view = portal.html
            return """
                \(balances(statement, portal.words))
                <section class="panel stack" aria-labelledby="work"><div class="spread"><h2 id="work">This month's work</h2><a href="\(PortalLink.statement(month))">The whole statement</a></div>\(view.work)</section>
                \(try waiting(visit))
                """
        }
    }

    /// Each pool in a sentence of its own.
    private static func balances(_ statement: Statement, _ words: Wording) -> HTML {
        let items = statement.balances.map { balance -> HTML in
            let style: HTML = balance.isOver ? " class=\"over\"" : .empty
            let of: HTML =
                balance.isOver
                ? "beyond the hours of this month"
                : "of \(balance.granted.inWords)"
            return "<div><dt>\(name(balance, words))</dt><dd\(style)>\(balance.sentence)<small>\(of)</small></dd></div>"
        }
        return items.isEmpty
            ? "<p class=\"panel\">No hours are agreed for this month: work is charged at the list rate, and said so before.</p>"
            : "<dl class=\"panel key-figures wide\">\(items)</dl>"
    }

    private static func name(_ balance: Balance, _ words: Wording) -> String {
        switch balance.pool {
        case .plan(_, let line, let plan): "\(words.serviceLine(line)), \(plan)"
        case .over(let line): words.serviceLine(line)
        case .block(_, .project(let project)): "Hours bought for \(words.project(project))"
        case .block(_, .serviceLine(let line)): "Hours bought for \(words.serviceLine(line))"
        case .block(_, .client): "Hours bought"
        }
    }

    private static func waiting(_ visit: PortalVisit) throws -> HTML {
        let rows = try visit.read {
            try RequestBoard($0).requests(.init(states: [.waiting], client: visit.client), limit: 10)
        }
        guard !rows.isEmpty else { return .empty }
        let items = rows.map {
            "<li><a class=\"title\" href=\"\(PortalLink.request($0.id))\">\($0.title)</a></li>" as HTML
        }
        return """
            <section class="panel stack" aria-labelledby="waiting"><h2 id="waiting">Waiting for your answer</h2><ul class="rows">\(items)</ul></section>
            """
    }

    // MARK: A question about a line

    /// An entry of this company, and the request that it is on.
    private static func entry(_ visit: PortalVisit) throws -> (entry: TimeEntry, request: RequestRow) {
        let id = EntryID(try visit.named("entry"))
        let found = try visit.read { connection -> TimeEntry? in
            let facts = try visit.site.desk.loader(connection).entry(id)
            return facts.timeCorrections.last?.entry ?? facts.timeEntries.first
        }
        guard let found else { throw PageError.missing }
        return (found, try visit.request(found.request))
    }

    private static func question(_ visit: PortalVisit, problems: Problems? = nil) throws -> Page {
        let (entry, request) = try entry(visit)
        let words = Wording(try visit.terms())
        let who = try visit.staffNames()[entry.person] ?? entry.person
        return try visit.page(
            "Ask about \(entry.worked)", in: .hours, trail: [("Hours", PortalLink.home)], problems: problems
        ) {
            """
            <div class="panel stack"><dl class="facts"><div><dt>Request</dt><dd><a href="\(PortalLink.request(request.id))">\(request.title)</a></dd></div><div><dt>Work</dt><dd>\(words.workType(entry.workType))</dd></div><div><dt>By</dt><dd>\(who)</dd></div><div><dt>Note</dt><dd>\(entry.note.isEmpty ? "none" : entry.note)</dd></div></dl>
            \(FormParts(visit.visit, problems: problems).form(PortalLink.line(entry.id), submit: "Ask", FormParts(visit.visit, problems: problems).area("text", "Your question", hint: "It is answered in the request, where you and your colleagues see it.")))</div>
            """
        }
    }

    private static func ask(_ visit: PortalVisit) throws -> Reply {
        try visit.submit({ try question(visit, problems: $0) }) {
            let (entry, request) = try entry(visit)
            let zones = try visit.preview { $0.zones(of: visit.client, try $0.standing(of: visit.client)) }
            let date: CivilDate
            switch entry.when {
            case .dated(let day, _): date = day
            case .clocked(let start, _): date = zones.date(of: start)
            }
            guard !visit.form.text("text").isEmpty else {
                throw Problems([Problem("question", "it is empty", fix: "write what you would like to know")])
            }
            let asked = try visit.perform(
                WriteMessage(
                    request: request.id,
                    text: "About \(entry.worked) on \(date.written) (\(entry.id)):\n\n\(visit.form.text("text"))",
                    isInternal: false))
            return .redirect("\(PortalLink.request(request.id))#\(asked.id)", saying: "Your question is sent.")
        }
    }
}

/// A statement for the client's eyes, in names that they know.
struct PortalStatement {
    let html: StatementHTML
    let words: Wording

    init(_ visit: PortalVisit, _ statement: Statement, _ terms: TermsHistory) throws {
        let facts = try visit.standing()
        var names = Wording.Names()
        names.people = try visit.staffNames()
        names.projects = Dictionary(facts.projects.map { ($0.id, $0.name) }) { $1 }
        names.contracts = Dictionary(statement.contracts.map { ($0.contract, $0.planName) }) { $1 }
        for block in facts.blocks {
            let what: String =
                switch block.scope {
                case .project(let project): " for \(names.projects[project] ?? project.text)"
                case .serviceLine(let line): " for \(Wording(terms).serviceLine(line))"
                case .client: ""
                }
            names.blocks[block.id] = "hours bought on \(block.boughtOn.written)\(what)"
        }
        let ids = Set(statement.lines.map { statement.entry(of: $0).request })
        names.requests = try visit.read { connection in
            try ids.reduce(into: [:]) { $0[$1] = try RequestBoard(connection).request($1)?.title }
        }
        for line in statement.lines {
            let entry = statement.entry(of: line)
            names.entries[entry.id] =
                "work of \(line.date.written) for \"\(names.requests[entry.request] ?? entry.request.text)\""
        }
        words = Wording(terms, names: names)
        html = StatementHTML(
            statement, words: words, now: visit.now,
            for: .client(titles: names.requests, staff: names.people, mayAsk: visit.may(.requester)))
    }
}
