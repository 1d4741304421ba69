import Agreements
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// The company's requests, and a new one with what it would cost.
enum PortalRequests {
    static let routes: [Route] = [
        .get(PortalLink.requests, .viewer) { .page(try list($0)) },
        .get(PortalLink.newRequest, .requester) { .page(try form($0)) },
        .post(PortalLink.requests, .requester, limit: .upload, open),
    ]

    private static let pageSize = 50

    private static func list(_ visit: PortalVisit) throws -> Page {
        let isDone = visit.query.text("state") == "done"
        let after = visit.query.optional("after").map { RequestID($0) }
        if let after { _ = try visit.request(after) }
        let rows = try visit.read { connection in
            try RequestBoard(connection).requests(
                .init(states: isDone ? [.done, .declined, .merged] : [], client: visit.client), limit: pageSize,
                after: after)
        }
        let words = Wording(try visit.terms())
        let button: HTML =
            visit.may(.requester)
            ? "<a class=\"button primary\" href=\"\(PortalLink.newRequest)\">New request</a>" : .empty
        return try visit.page(isDone ? "Requests that are done" : "Requests", in: .requests, beside: button) {
            let zone = try visit.preview { $0.zones(of: visit.client, try $0.standing(of: visit.client)) }
            var table = DataTable(
                "Requests",
                [
                    .init(title: "Request", kind: .heading), .init(title: "Service line"), .init(title: "State"),
                    .init(title: "Opened"),
                ])
            for row in rows {
                table.add(
                    [
                        "<a href=\"\(PortalLink.request(row.id))\">\(row.title)</a> <span class=\"muted small nowrap\">\(row.id)</span>",
                        "\(words.serviceLine(row.serviceLine))", PortalRequest.badge(row),
                        "\(zone.date(of: row.openedAt).written)",
                    ], isStop: true)
            }
            let more: HTML =
                rows.count == pageSize
                ? "<p><a href=\"\(Link.with(PortalLink.requests, ["state": isDone ? "done" : "", "after": rows.last?.id.text ?? ""]))\">Earlier ones</a></p>"
                : .empty
            let other: HTML =
                isDone
                ? "<a href=\"\(PortalLink.requests)\">Those not done</a>"
                : "<a href=\"\(PortalLink.requests)?state=done\">Those done</a>"
            return """
                \(table.isEmpty ? "<p>There are none.</p>" as HTML : "<div class=\"panel\">\(table.html)</div>")\(more)<p>\(other)</p>
                """
        }
    }

    // MARK: New

    /// The lines that a company may ask on: those it has a contract for first.
    private static func lines(_ visit: PortalVisit) throws -> [(value: String, name: String)] {
        let facts = try visit.standing()
        let terms = try visit.offered()
        let own = facts.contracts.map(\.serviceLine)
        return terms.serviceLines.sorted { a, b in
            (own.contains(a.key) ? 0 : 1, a.key) < (own.contains(b.key) ? 0 : 1, b.key)
        }.map { ($0.key.text, $0.value.name) }
    }

    private static func form(_ visit: PortalVisit, problems: Problems? = nil) throws -> Page {
        let parts = FormParts(visit.visit, problems: problems)
        let facts = try visit.standing()
        let done = Set(facts.projectsDone.map(\.project))
        let projects = facts.projects.filter { !done.contains($0.id) }
        let project: HTML =
            projects.isEmpty
            ? .empty
            : parts.choice(
                "project", "Project", [("", "none")] + projects.map { ($0.id.text, $0.name) }, isRequired: false)
        return try visit.page(
            "New request", in: .requests, trail: [("Requests", PortalLink.requests)], problems: problems
        ) {
            """
            <div class="columns"><div class="panel">\(parts.form(PortalLink.requests, submit: "Send", holdsFiles: true, attributes: " data-guard", """
                \(parts.text("title", "In a few words", value: visit.query.text("title")))
                \(parts.area("message", "What happened, or what you would like", value: visit.query.text("message")))
                \(parts.choice("line", "What it is about", try lines(visit)))\(project)
                \(parts.files("attachment", "Attachments", hint: AttachmentRules.hint))
                """))</div>
            <section class="panel stack" aria-labelledby="cost"><h2 id="cost">What it would cost</h2>\(try costs(visit))</section></div>
            """
        }
    }

    /// What an hour of each kind of work would be today, line by line, before anything is sent.
    private static func costs(_ visit: PortalVisit) throws -> HTML {
        let words = Wording(try visit.terms())
        let outlook = try visit.preview { try BillOutlook($0, client: visit.client) }
        let order = try lines(visit).map(\.value)
        let groups = Dictionary(grouping: outlook.lines, by: \.serviceLine).sorted { a, b in
            (order.firstIndex(of: a.key.text) ?? 0) < (order.firstIndex(of: b.key.text) ?? 0)
        }
        let items = groups.map { line, outcomes -> HTML in
            let rows = outcomes.map { outcome -> HTML in
                let kinds = outcome.workTypes.map { words.workType($0) }.joined(separator: ", ")
                return "<li><strong>\(outcome.forClient)</strong><br><span class=\"small\">\(kinds)</span></li>"
            }
            return "<h3>\(words.serviceLine(line))</h3><ul>\(rows)</ul>"
        }
        return
            "<p class=\"small muted\">For an hour of work today. What it is in the end, your statement says line by line.</p>\(items)"
    }

    private static func open(_ visit: PortalVisit) throws -> Reply {
        try visit.submit({ try form(visit, problems: $0) }) {
            let opened = try visit.perform(
                OpenRequest(
                    client: visit.client, serviceLine: ServiceLineID(visit.form.text("line")),
                    project: visit.form.optional("project").map { ProjectID($0) }, title: visit.form.text("title"),
                    message: visit.form.optional("message"), attachments: visit.form.attachments))
            return .redirect(PortalLink.request(RequestID(opened.id)), saying: "Your request is sent.")
        }
    }
}
