import Agreements
import Exchange
import HTTPTypes
import Rating
import ServiceDesk
import Storage

/// The account of one client and one month: every line with its reason, as known now or at any time before.
enum StatementPage {
    static let routes: [Route] = [
        .get("/clients/{client}/statements", .agent, find),
        .get("/clients/{client}/statements/{period}", .agent) { .page(try page($0)) },
        .get("/clients/{client}/statements/{period}/csv", .agent, csv),
        .post("/clients/{client}/statements/{period}/close", .manager, close),
        .post("/clients/{client}/statements/{period}/reopen", .owner, reopen),
    ]

    private static func find(_ visit: StaffVisit) throws -> Reply {
        let client = ClientID(try visit.named("client"))
        _ = try visit.standing(of: client)
        guard let period = Period(visit.query.text("period")) else {
            return .redirect(Link.client(client), saying: "Write a month as 2026-09.")
        }
        return .redirect(Link.statement(client, period))
    }

    /// What the path names, and as known when.
    private struct Asked {
        var client: ClientID
        var period: Period
        var name: String
        var zone: Zone
        var knownAt: Instant?
        var statement: Statement?
    }

    private static func asked(_ visit: StaffVisit) throws -> Asked {
        let client = ClientID(try visit.named("client"))
        guard let period = Period(try visit.named("period")) else { throw PageError.missing }
        let facts = try visit.standing(of: client)
        let zone = try visit.preview { $0.zones(of: client, facts).zone(of: period) }
        var asked = Asked(client: client, period: period, name: facts.clients.first?.name ?? client.text, zone: zone)
        if let date = visit.query.optional("known").flatMap({ CivilDate($0) }) {
            // To the end of that day, where the client is.
            let at = Instant(seconds: zone.start(of: date + 1).seconds - 1)
            asked.knownAt = at
            let known = try visit.read { try visit.site.desk.loader($0).all(of: client) }.known(at: at)
            asked.statement = Rater(terms: try visit.terms()).account(of: known, through: period, settled: [:])?
                .statements.last { $0.period == period }
        } else {
            asked.statement = try visit.statement(of: client, period)
        }
        return asked
    }

    private static func page(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let asked = try asked(visit)
        let words = Wording(try visit.terms())
        return try visit.page(
            "\(asked.name), \(asked.period.written)", in: .clients,
            trail: [("Clients", Link.clients), (asked.name, Link.client(asked.client))], beside: around(asked),
            problems: problems
        ) {
            guard let statement = asked.statement else {
                return "<p>Nothing was agreed or done by then.</p>\(known(visit, asked))"
            }
            let view = StatementHTML(statement, words: words, now: asked.knownAt ?? visit.now)
            return """
                \(asked.knownAt.map { "<p class=\"notice warn\">As it was known at the end of \(asked.zone.date(of: $0).written).</p>" as HTML })
                \(view.html)
                <div class="no-print stack">\(known(visit, asked))\(try closing(visit, asked, statement))</div>
                """
        }
    }

    private static func around(_ asked: Asked) -> HTML {
        """
        <nav class="cluster no-print" aria-label="Months"><a href="\(Link.statement(asked.client, asked.period + -1))">\((asked.period + -1).written)</a><a href="\(Link.statement(asked.client, asked.period.next))">\(asked.period.next.written)</a><a href="\(Link.statement(asked.client, asked.period))/csv">CSV</a></nav>
        """
    }

    private static func known(_ visit: StaffVisit, _ asked: Asked) -> HTML {
        """
        <details class="panel"><summary>As known on another day</summary><form class="cluster end" action="\(Link.statement(asked.client, asked.period))" method="get">\(FormParts(visit.visit).date("known", "At the end of", value: asked.zone.date(of: asked.knownAt ?? visit.now)))<button>Show</button></form></details>
        """
    }

    private static func closing(_ visit: StaffVisit, _ asked: Asked, _ statement: Statement) throws -> HTML {
        guard asked.knownAt == nil, visit.may(.manager) else { return .empty }
        let parts = FormParts(visit.visit)
        let path = Link.statement(asked.client, asked.period)
        let last = try visit.read { try Closings($0).last(of: asked.client) }
        if last == asked.period, visit.may(.owner) {
            return """
                <details class="panel"><summary>Open this month again</summary>\(parts.form("\(path)/reopen", submit: "Open it again", style: "danger",
                    parts.text("reason", "Why", hint: "What its closing issued is withdrawn.")))</details>
                """
        }
        let next = last.map { $0.next } ?? asked.period
        guard statement.closedAt == nil, asked.period == next, visit.now >= asked.zone.start(of: asked.period.next)
        else {
            return .empty
        }
        let waiting = statement.setAside.filter { $0.reason == .awaitingApproval }
        let choice: HTML =
            waiting.isEmpty
            ? .empty
            : parts.check(
                "leave", "Close without the \(Written.count(waiting.count, "entry", "entries")) that wait for approval")
        return """
            <section class="panel stack" aria-labelledby="close"><h2 id="close">Close the month</h2>
            <p>It comes to <strong class="money">\(statement.total)</strong>. What arrives later goes on the next statement as an adjustment.</p>
            \(parts.form("\(path)/close", submit: "Close \(asked.period.written)", choice))</section>
            """
    }

    private static func close(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            let asked = try asked(visit)
            let closed = try visit.perform(
                ClosePeriod(
                    client: asked.client, period: asked.period, leavesUnapproved: visit.form.optional("leave") != nil))
            return .redirect(
                Link.statement(asked.client, asked.period),
                saying: "\(asked.period.written) is closed. \(closed.remarks.joined(separator: " "))")
        }
    }

    private static func reopen(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            let asked = try asked(visit)
            _ = try visit.perform(
                ReopenPeriod(client: asked.client, period: asked.period, reason: visit.form.text("reason")))
            return .redirect(
                Link.statement(asked.client, asked.period), saying: "\(asked.period.written) is open again.")
        }
    }

    private static func csv(_ visit: StaffVisit) throws -> Reply {
        let asked = try asked(visit)
        guard let statement = asked.statement else { throw PageError.missing }
        let text = StatementCSV.document([statement], words: Wording(try visit.terms()))
        return .download(Array(text.utf8), name: "\(asked.client)-\(asked.period).csv", type: "text/csv; charset=utf-8")
    }
}

/// A statement as a part of a page.
struct StatementHTML {
    private let statement: Statement
    private let words: Wording
    private let explainer: Explainer
    private let today: CivilDate

    init(_ statement: Statement, words: Wording, now: Instant) {
        self.statement = statement
        self.words = words
        explainer = Explainer(statement, words: words)
        today = statement.zone.date(of: now)
    }

    private var isOver: Bool { today > statement.period.lastDay }

    var html: HTML {
        """
        <p>\(heading)</p>
        <div class="panel stack">\(agreed)</div>
        \(grants)
        <section class="panel stack" aria-labelledby="work"><h2 id="work">Work</h2>\(work)\(setAside)</section>
        \(adjustments)
        <section class="panel stack" aria-labelledby="sum"><h2 id="sum">In all</h2>\(totals)</section>
        """
    }

    private var heading: HTML {
        if let closedAt = statement.closedAt {
            return
                "<span class=\"badge\">closed</span> \(Written.time(closedAt, in: statement.zone)). These are the figures as they come to now."
        }
        return isOver
            ? "<span class=\"badge good\">open</span> The month is over and not closed."
            : "<span class=\"badge good\">open</span> What is here by \(today.written). What is left can be used until its last day."
    }

    private var agreed: HTML {
        var items: [HTML] = []
        for contract in statement.contracts {
            items.append(
                item(
                    "\(words.serviceLine(contract.serviceLine)): \(contract.planName)", "\(contract.hours) included",
                    contract.fee, explainer.fee(contract)))
        }
        for purchase in statement.purchases {
            items.append(
                item(
                    "Block \(purchase.block)", "\(purchase.hours) bought at \(purchase.pricePerHour)", purchase.price,
                    explainer.purchase(purchase)))
        }
        return items.isEmpty ? "<p>No contract in this month.</p>" : items.joined(separator: .empty)
    }

    private func item(_ title: String, _ text: String, _ amount: Money, _ why: Explanation) -> HTML {
        """
        <div><div class="spread"><p><strong>\(title)</strong> <span class="muted">\(text)</span></p><p class="money">\(amount)</p></div>\(Written.why("Why?", why))</div>
        """
    }

    private var grants: HTML {
        guard !statement.grants.isEmpty else { return .empty }
        var table = DataTable(
            "Hours",
            [
                .init(title: "Hours", kind: .heading), .init(title: "Had", kind: .number),
                .init(title: "Drawn", kind: .number),
                .init(title: "Lapsed", kind: .number), .init(title: "Left", kind: .number), .init(title: "Can be used"),
            ])
        for (index, grant) in statement.grants.enumerated() {
            let (lapsed, left) = isOver ? (grant.lapsed, grant.left) : (.zero, grant.lapsed + grant.left)
            table.add([
                "\(words.shortGrant(grant.id))\(Written.why("Who drew on it?", explainer.grant(index)))",
                "\(grant.opening)",
                "\(grant.drawn)", "\(lapsed)", "\(left)", "\(words.until(grant.lastDay))",
            ])
        }
        return
            "<section class=\"panel stack\" aria-labelledby=\"hours\"><h2 id=\"hours\">Hours</h2>\(table.html)</section>"
    }

    /// So many lines show their reasons in place; of more, each links to its own page.
    private static let linesWithReasons = 40

    private var work: HTML {
        guard !statement.lines.isEmpty else { return "<p>No work in this month.</p>" }
        var table = DataTable(
            "Work",
            [
                .init(title: "Date"), .init(title: "Work", kind: .heading), .init(title: "Who"),
                .init(title: "Time", kind: .number),
                .init(title: "Paid by"), .init(title: "Amount", kind: .number),
            ])
        let hasReasons = statement.lines.count <= StatementHTML.linesWithReasons
        var seen: Set<EntryID> = []
        for line in statement.lines {
            let entry = statement.entry(of: line)
            let workClass = statement.workClass(of: line)
            let part = line.parts > 1 ? " (part \(line.part) of \(line.parts))" : ""
            let time = (line.kind == .rounding ? line.rounding : line.worked) + line.weighting
            let note = hasReasons ? entry.note : Shortened.text(entry.note, 60)
            let what: HTML =
                line.kind == .rounding
                ? "rounding up"
                : "<a href=\"\(Link.entry(entry.id))\">\(words.workType(workClass.workType))</a>\(part) <span class=\"small muted\">\(entry.request)</span>\(note.isEmpty ? .empty : "<br><span class=\"small\">\(note)</span>" as HTML)"
            let why: HTML = hasReasons ? Written.why("Why?", explainer.line(line)) : .empty
            table.add(
                [
                    "\(line.date.written)", what, "\(entry.person)", "\(time)", "\(explainer.summary(of: line))\(why)",
                    "<span class=\"money\">\(line.amount)</span>",
                ], id: seen.insert(entry.id).inserted ? entry.id.text : nil)
        }
        return table.html
    }

    private var setAside: HTML {
        guard !statement.setAside.isEmpty else { return .empty }
        let items = statement.setAside.sorted { ($0.entry, $0.hours) < ($1.entry, $1.hours) }.map { aside -> HTML in
            let why =
                aside.reason == .awaitingApproval ? "nobody has approved it yet" : "it came after the month was closed"
            return "<li><a href=\"\(Link.entry(aside.entry))\">\(aside.entry)</a>, \(aside.hours): \(why)</li>"
        }
        return "<h3>Not counted</h3><ul>\(items)</ul>"
    }

    private var adjustments: HTML {
        guard !statement.adjustments.isEmpty else { return .empty }
        let items = statement.adjustments.map { adjustment -> HTML in
            """
            <li><div class="spread"><p>\(adjustment.position.period.written): \(words.position(adjustment.position.key))<br><span class="muted small">\(words.cause(adjustment.cause))</span></p><p class="money">\(adjustment.position.amount)</p></div>\(Written.why("Why?", explainer.adjustment(adjustment)))</li>
            """
        }
        return
            "<section class=\"panel stack\" aria-labelledby=\"adjustments\"><h2 id=\"adjustments\">Adjustments for months closed before</h2><ul class=\"rows\">\(items)</ul></section>"
    }

    private var totals: HTML {
        let sum = statement.totals
        var made = "Worked \(sum.worked)"
        if sum.rounding != .zero { made += " + \(sum.rounding) rounding" }
        if sum.weighting != .zero { made += " + \(sum.weighting) weighting" }
        made += " = \(sum.drawn) drawn + \(sum.charged) charged"
        if sum.courtesy != .zero { made += " + \(sum.courtesy) courtesy" }
        if sum.waived != .zero { made += " + \(sum.waived) waived" }
        made += " + \(sum.notCharged) not charged"
        if sum.withheld != .zero { made += " + \(sum.withheld) withheld" }
        let amounts: HTML
        if let issued = statement.issuedTotal {
            amounts = """
                <div class="spread"><p>Issued when it was closed</p><p class="money"><strong>\(issued)</strong></p></div>
                <div class="spread"><p>Comes to now; the difference is on the next statement</p><p class="money">\(statement.total)</p></div>
                """
        } else {
            amounts =
                "<div class=\"spread\"><p>\(isOver ? "Total of" : "So far in") \(statement.period.written)</p><p class=\"money\"><strong>\(statement.total)</strong></p></div>"
        }
        return "<p class=\"figure\">\(made)</p>\(amounts)"
    }
}
