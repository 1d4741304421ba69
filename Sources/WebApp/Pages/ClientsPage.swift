import Agreements
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// Every client and line with what is used, left and about to lapse or run over, the nearest to trouble first.
enum ClientsPage {
    static let routes: [Route] = [
        .get(Link.clients, .agent) { .page(try list($0)) },
        .get(Link.newClient, .manager) { .page(try form($0)) },
        .post(Link.clients, .manager, add),
    ]

    /// How many rows a page has.
    private static let pageSize = 60

    private static func list(_ visit: StaffVisit) throws -> Page {
        let all = try visit.read { try visit.site.risk.rows($0, desk: visit.site.desk) }
        let page = visit.query.whole("page", in: 1...lastPage(all.count)) ?? 1
        let first = (page - 1) * pageSize
        let rows = all[first..<min(first + pageSize, all.count)]
        let beside: HTML =
            visit.may(.manager) ? "<a class=\"button\" href=\"\(Link.newClient)\">New client</a>" : .empty
        return try visit.page("Clients at risk", in: .clients, beside: beside) {
            guard !all.isEmpty else { return "<p>There is no client yet.</p>" }
            let waiting = try visit.read { connection in
                try RequestBoard(connection).requests(
                    .init(states: [.new, .open], openedSince: visit.now + Hours(-90 * 24)), limit: 200)
            }
            return """
                \(summary(all))
                <div class="panel">\(table(visit, Array(rows), waiting, Wording(try visit.terms())))</div>
                \(pages(page, all.count))
                """
        }
    }

    private static func summary(_ rows: [RiskRow]) -> HTML {
        let over = rows.filter { $0.forecast.over > .zero }.count
        let soon = rows.filter { $0.forecast.over == .zero && $0.forecast.overOn != nil }.count
        let lapsing = rows.filter { $0.forecast.wouldLapse > .zero }.count
        return """
            <dl class="key-figures panel">
            <div><dt>Over already</dt><dd>\(over)</dd></div>
            <div><dt>Over before the month ends</dt><dd>\(soon)</dd></div>
            <div><dt>With hours that would lapse</dt><dd>\(lapsing)</dd></div>
            <div><dt>Clients and lines</dt><dd>\(rows.count)</dd></div>
            </dl>
            """
    }

    private static func table(
        _ visit: StaffVisit, _ rows: [RiskRow], _ waiting: [RequestRow], _ words: Wording
    ) -> HTML {
        var table = DataTable(
            "Clients at risk",
            [
                .init(title: "Client", kind: .heading), .init(title: "Service line"),
                .init(title: "Hours of the month"),
                .init(title: "Used", kind: .number), .init(title: "Left", kind: .number), .init(title: "Pace"),
                .init(title: "Would lapse"), .init(title: "Could be done with it"),
            ])
        for row in rows {
            let risk = row.forecast
            let bar = HoursBar(
                plan: risk.usedOfPlan, block: risk.usedOfBlocks, over: risk.over + risk.notCovered, left: risk.left,
                name: "\(risk.used) used, \(risk.left) left")
            let fits =
                risk.wouldLapse > .zero
                ? waiting.filter {
                    $0.client == row.client && $0.serviceLine == row.serviceLine && risk.left(for: $0.project) > .zero
                }.prefix(3) : []
            table.add(
                [
                    "<a href=\"\(Link.client(row.client))\">\(row.name)</a>", "\(words.serviceLine(row.serviceLine))",
                    bar.html,
                    "\(risk.used)\(risk.notCovered > .zero ? "<br><span class=\"small muted\">\(risk.notCovered) not covered</span>" as HTML : .empty)",
                    risk.over > .zero ? "<span class=\"over\">\(risk.over) over</span>" : "\(risk.left)",
                    pace(risk), lapse(risk),
                    fits.map { "<a href=\"\(Link.request($0.id))\">\(Shortened.text($0.title, 40))</a>" as HTML }
                        .joined(separator: ", "),
                ], isStop: true)
        }
        return table.html
    }

    static func pace(_ risk: RiskForecast) -> HTML {
        let days = "\(Written.count(risk.daysLeft, "day")) left"
        if risk.over > .zero {
            return "<span class=\"badge bad\">over</span> <span class=\"muted small\">\(days)</span>"
        }
        if let date = risk.overOn {
            return
                "<span class=\"badge warn\">over on the \(Written.dayOfMonth(date))</span> <span class=\"muted small\">\(days)</span>"
        }
        return "<span class=\"badge good\">lasts</span> <span class=\"muted small\">\(days)</span>"
    }

    static func lapse(_ risk: RiskForecast) -> HTML {
        guard risk.wouldLapse > .zero, let date = risk.lapsesOn else { return .empty }
        return "\(risk.wouldLapse.inMinutes) on the \(Written.dayOfMonth(date))"
    }

    private static func lastPage(_ count: Int) -> Int { max(1, (count + pageSize - 1) / pageSize) }

    private static func pages(_ page: Int, _ count: Int) -> HTML {
        let last = lastPage(count)
        guard last > 1 else { return .empty }
        let back: HTML =
            page > 1 ? "<a href=\"\(Link.with(Link.clients, ["page": "\(page - 1)"]))\">Nearer to trouble</a>" : .empty
        let on: HTML =
            page < last ? "<a href=\"\(Link.with(Link.clients, ["page": "\(page + 1)"]))\">Further from it</a>" : .empty
        return
            "<nav class=\"cluster\" aria-label=\"Pages\">\(back)<span class=\"muted\">Page \(page) of \(last)</span>\(on)</nav>"
    }

    // MARK: A new client

    private static func form(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let parts = FormParts(visit.visit, problems: problems)
        return try visit.page("New client", in: .clients, trail: [("Clients", Link.clients)], problems: problems) {
            """
            <div class="panel">\(parts.form(Link.clients, submit: "Add the client", """
                \(parts.text("name", "Name"))
                <div class="fields">\(parts.text("id", "Short name", hint: "Letters, digits and hyphens: it stands in addresses and cannot be changed."))
                \(parts.text("zone", "Time zone", value: visit.site.settings.zone.identifier, hint: "America/New_York: their months begin and end there."))</div>
                """))</div>
            """
        }
    }

    private static func add(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try form(visit, problems: $0) }) {
            let added = try visit.perform(
                AddClient(
                    id: ClientID(visit.form.text("id")), fullName: visit.form.text("name"),
                    zone: try TypedInput.zone(visit.form.text("zone"))))
            return .redirect(Link.client(ClientID(added.id)), saying: "The client is added. Sign a contract next.")
        }
    }
}
