import Agreements
import Exchange
import HTTPTypes
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// The account of one client and one month: every line with its reason, as known now or at any time before.
enum StatementPage {
    static let routes: [Route] = [
        .get("/clients/{client}/statements", .agent, find),
        .get("/clients/{client}/statements/{period}", .agent) { .page(try page($0)) },
        .get("/clients/{client}/statements/{period}/csv", .agent, csv),
        .post("/clients/{client}/statements/{period}/close", .manager, close).takingLong("Closing the month"),
        .post("/clients/{client}/statements/{period}/reopen", .owner, reopen).takingLong("Opening the month again"),
    ]

    private static func find(_ visit: StaffVisit) throws -> Reply {
        let client = ClientID(try visit.named("client"))
        _ = try visit.standing(of: client)
        guard let period = TypedInput.month(visit.query.text("period"), today: visit.today) else {
            return .redirect(Link.client(client), saying: "Write a month as 2026-09, at most two years ahead.")
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
        guard let period = TypedInput.month(try visit.named("period"), today: visit.today) else {
            throw PageError.missing
        }
        let facts = try visit.standing(of: client)
        let zone = try visit.preview { $0.zones(of: client, facts).zone(of: period) }
        var asked = Asked(client: client, period: period, name: facts.clients.first?.name ?? client.text, zone: zone)
        if let date = visit.query.day("known", today: visit.today) {
            // To the end of that day, where the client is.
            let at = Instant(seconds: zone.start(of: date + 1).seconds - 1)
            asked.knownAt = at
            asked.statement = try visit.read { connection in
                try visit.site.store.statement(connection, of: client, period, knownAt: at)
            }
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
        guard statement.closedAt == nil, asked.period <= next, visit.now >= asked.zone.start(of: asked.period.next)
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
