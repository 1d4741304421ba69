import Agreements
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// The list of requests, and opening one.
enum RequestsPage {
    static let routes: [Route] = [
        .get(Link.requests, .agent) { .page(try list($0)) },
        .get(Link.newRequest, .agent) { .page(try form($0)) },
        .post(Link.requests, .agent, limit: .upload, open),
    ]

    private static let pageSize = 50

    private static func list(_ visit: StaffVisit) throws -> Page {
        let state = visit.query.optional("state").flatMap { RequestState(rawValue: $0) }
        let client = visit.query.optional("client").map { ClientID($0) }
        let rows = try visit.read { connection in
            try RequestBoard(connection).requests(
                .init(states: state.map { [$0] } ?? [], client: client), limit: pageSize + 1,
                after: visit.query.optional("after").map { RequestID($0) })
        }
        let new: HTML = "<a class=\"button primary\" href=\"\(Link.newRequest)\" data-key=\"n\">New request</a>"
        return try visit.page("Requests", in: .requests, beside: new) {
            """
            \(try filter(visit, state, client))
            \(rows.isEmpty ? "<p>None.</p>" : try RequestList(visit, Array(rows.prefix(pageSize))).html(caption: "Requests"))
            \(rows.count > pageSize ? more(visit, rows[pageSize - 1].id) : .empty)
            """
        }
    }

    private static func filter(_ visit: StaffVisit, _ state: RequestState?, _ client: ClientID?) throws -> HTML {
        let clients = try visit.read { try Directory($0).clientIDs() }
        let parts = FormParts(visit.visit)
        return """
            <form class="panel" action="\(Link.requests)" method="get"><div class="cluster end">
            \(parts.choice("state", "State", [("", "Not done")] + RequestState.allCases.map { ($0.rawValue, $0.name) }, value: state?.rawValue ?? ""))
            \(parts.choice("client", "Client", [("", "All")] + clients.map { ($0.text, $0.text) }, value: client?.text ?? ""))
            <button>Show</button></div></form>
            """
    }

    private static func more(_ visit: StaffVisit, _ last: RequestID) -> HTML {
        let path = Link.with(
            Link.requests,
            ["state": visit.query.text("state"), "client": visit.query.text("client"), "after": last.text])
        return "<p><a href=\"\(path)\">More requests</a></p>"
    }

    // MARK: Opening

    private static func form(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let terms = try visit.offered()
        let clients = try visit.read { try Directory($0).clientIDs() }
        let parts = FormParts(visit.visit, problems: problems)
        return try visit.page(
            "New request", in: .requests, trail: [("Requests", Link.requests)], problems: problems
        ) {
            guard !clients.isEmpty else {
                return "<p>There is no client yet. <a href=\"\(Link.newClient)\">Add one first</a>.</p>"
            }
            return """
                <div class="panel">\(parts.form(Link.requests, submit: "Open the request", holdsFiles: true, """
                    <div class="fields">\(parts.choice("client", "Client", clients.map { ($0.text, $0.text) }, value: visit.query.text("client")))
                    \(parts.choice("line", "Service line", Choices.lines(terms)))</div>
                    \(parts.text("title", "What is it about?", hint: "As the client would say it."))
                    \(parts.area("message", "What they wrote", isRequired: false))
                    \(parts.files("attachment", "Attachments", hint: AttachmentRules.hint))
                    <div class="fields">\(parts.text("project", "Project", hint: "Its id, if it belongs to one.", isRequired: false))
                    \(parts.text("contact", "Asked by", hint: "The contact's id, if known.", isRequired: false))</div>
                    """))</div>
                """
        }
    }

    private static func open(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try form(visit, problems: $0) }) {
            let opened = try visit.perform(
                OpenRequest(
                    client: ClientID(visit.form.text("client")), serviceLine: ServiceLineID(visit.form.text("line")),
                    project: visit.form.optional("project").map { ProjectID($0) }, title: visit.form.text("title"),
                    message: visit.form.optional("message"), contact: visit.form.optional("contact"),
                    attachments: visit.form.attachments))
            return .redirect(Link.request(RequestID(opened.id)), saying: "Opened \(opened.id).")
        }
    }
}

/// Requests as a table: what they are about, whose they are, where they stand.
struct RequestList {
    private let visit: StaffVisit
    private let rows: [RequestRow]
    private let words: Wording
    private let clocks: [RequestID: ResponseClock]
    private let names: [ClientID: String]

    init(_ visit: StaffVisit, _ rows: [RequestRow]) throws {
        self.visit = visit
        self.rows = rows
        words = Wording(try visit.terms())
        clocks = try visit.preview { desk in try ResponseClock.clocks(of: rows, desk) }
        names = try visit.clientNames(rows.map(\.client))
    }

    func html(caption: String, showsClient: Bool = true) throws -> HTML {
        let client: [DataTable.Column] = showsClient ? [.init(title: "Client")] : []
        var table = DataTable(
            caption,
            [.init(title: "Request", kind: .heading)] + client + [
                .init(title: "Service line"), .init(title: "State"), .init(title: "Whose"),
                .init(title: "First answer"),
            ])
        for row in rows {
            table.add(
                [
                    "<a href=\"\(Link.request(row.id))\">\(row.title)</a> <span class=\"muted small nowrap\">\(row.id)</span>"
                ]
                    + (showsClient
                        ? ["<a href=\"\(Link.client(row.client))\">\(names[row.client] ?? row.client.text)</a>"] : [])
                    + [
                        "\(words.serviceLine(row.serviceLine))",
                        RequestList.badge(row, today: visit.site.settings.zone.date(of: visit.now)),
                        "\(row.assignee ?? "nobody")",
                        clocks[row.id].map { RequestList.clock($0) } ?? .empty,
                    ], isStop: true)
        }
        return table.html
    }

    static func badge(_ row: RequestRow, today: CivilDate) -> HTML {
        let style =
            switch row.state {
            case .new: "info"
            case .open: "good"
            case .waiting: "warn"
            case .done, .declined, .merged: ""
            }
        if let until = row.snoozedUntil, until > today {
            return "<span class=\"badge\">snoozed until \(until.written)</span>"
        }
        return "<span class=\"badge \(style)\">\(row.state.name)</span>"
    }

    /// How far the first answer is, in business hours.
    static func clock(_ clock: ResponseClock) -> HTML {
        switch clock.state {
        case .none: clock.isAnswered ? "<span class=\"muted\">in \(clock.elapsed.inMinutes)</span>" : .empty
        case .met: "<span class=\"muted\">in \(clock.elapsed.inMinutes)</span>"
        case .running: "<span class=\"figure\">\(clock.remaining.inMinutes) left</span>"
        case .overdue:
            clock.isAnswered
                ? "<span class=\"muted\">in \(clock.elapsed.inMinutes), late</span>"
                : "<span class=\"badge bad\">\((-clock.remaining).inMinutes) late</span>"
        }
    }
}

extension Hours {
    /// Rounded down to whole minutes, as clocks show it.
    var inMinutes: Hours { Hours(seconds: seconds - seconds % 60) }
}

/// What people can choose among, from the terms.
enum Choices {
    static func lines(_ terms: Terms) -> [(value: String, name: String)] {
        terms.serviceLines.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value.name) }
    }

    static func workTypes(_ terms: Terms) -> [(value: String, name: String)] {
        terms.workTypes.sorted { $0.value.name < $1.value.name }.map {
            ($0.key.text, $0.value.isCharged ? $0.value.name : "\($0.value.name) (never charged)")
        }
    }

    static func plans(_ terms: Terms, on line: ServiceLineID? = nil) -> [(value: String, name: String)] {
        terms.plans.filter { line == nil || $0.value.serviceLine == line }
            .sorted { ($0.value.serviceLine, $0.value.hours, $0.key) < ($1.value.serviceLine, $1.value.hours, $1.key) }
            .map { ($0.key.text, "\($0.value.name): \($0.value.hours) for \($0.value.fee)") }
    }
}
