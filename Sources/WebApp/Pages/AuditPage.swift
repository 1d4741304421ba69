import Agreements
import Formats
import ServiceDesk
import SiteKit
import Storage
import Values

/// Who did what, and when: readable, filtered, and as a file.
enum AuditPage {
    static let routes: [Route] = [
        .get(Link.audit, .owner) { .page(try list($0)) },
        .get("/audit.csv", .owner, csv).on(.long),
    ]

    private static let pageSize = 100
    private static let mostExported = 1_000_000

    private static func filter(_ visit: StaffVisit) -> AuditFilter {
        let zone = visit.site.settings.zone
        return AuditFilter(
            actor: visit.query.optional("person"), operation: visit.query.optional("operation"),
            client: visit.query.optional("client"), subject: visit.query.optional("subject"),
            from: visit.query.day("from", today: visit.today).map { zone.start(of: $0) },
            to: visit.query.day("to", today: visit.today).map { zone.start(of: $0 + 1) })
    }

    private static func list(_ visit: StaffVisit) throws -> Page {
        let before = visit.query.recordNumber("before")
        let lines = try visit.read {
            try AuditTrail($0).lines(matching: filter(visit), before: before, limit: pageSize + 1)
        }
        let query = visit.path.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
        let beside: HTML = "<a href=\"/audit.csv\(query.isEmpty ? "" : "?\(query)")\">All of it as CSV</a>"
        return try visit.page("Audit", in: .audit, beside: beside) {
            """
            \(try form(visit))
            \(lines.isEmpty ? "<p>None.</p>" as HTML : "<div class=\"panel\">\(table(visit, Array(lines.prefix(pageSize))))</div>")
            \(lines.count > pageSize ? more(visit, lines[pageSize - 1].id) : .empty)
            """
        }
    }

    private static func form(_ visit: StaffVisit) throws -> HTML {
        let users = try visit.read { try People($0).users() }
        let parts = FormParts(visit.visit)
        return """
            <form class="panel stack" action="\(Link.audit)" method="get"><div class="fields">
            \(parts.choice("person", "Who", [("", "Everybody")] + users.map { ($0.id, $0.name) }, value: visit.query.text("person")))
            \(parts.text("operation", "What", value: visit.query.text("operation"), hint: "time, or time.log", isRequired: false))
            \(parts.text("client", "Client", value: visit.query.text("client"), hint: "Its short name", isRequired: false))
            \(parts.text("subject", "About", value: visit.query.text("subject"), hint: "An id: r-17", isRequired: false))
            \(parts.date("from", "From", value: visit.query.day("from", today: visit.today), isRequired: false))
            \(parts.date("to", "To", value: visit.query.day("to", today: visit.today), isRequired: false))
            </div><div class="cluster"><button>Show</button></div></form>
            """
    }

    private static func table(_ visit: StaffVisit, _ lines: [AuditLine]) -> HTML {
        var table = DataTable(
            "The audit trail",
            [
                .init(title: "When"), .init(title: "Who"), .init(title: "What", kind: .heading), .init(title: "Client"),
                .init(title: "About"), .init(title: "Facts", kind: .number),
            ])
        for line in lines {
            let facts =
                line.facts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" } ?? ""
            table.add([
                Written.time(line.at, in: visit.site.settings.zone), "\(line.actor)", "\(line.operation)",
                "\(line.client)",
                "\(line.subject)", "\(facts)",
            ])
        }
        return table.html
    }

    private static func more(_ visit: StaffVisit, _ last: Int) -> HTML {
        let keys = ["person", "operation", "client", "subject", "from", "to"]
        let query = keys.map { "\($0)=\(Link.escaped(visit.query.text($0)))" }.joined(separator: "&")
        return "<p><a href=\"\(Link.audit)?\(query)&amp;before=\(last)\">Earlier</a></p>"
    }

    private static func csv(_ visit: StaffVisit) throws -> Reply {
        let lines = try visit.read {
            try AuditTrail($0).lines(matching: filter(visit), before: nil, limit: mostExported)
        }
        let rows = lines.map { line in
            [
                "\(line.id)", "\(line.at)", line.actor, line.operation, line.client, line.subject,
                line.facts.map { "\($0.lowerBound)" } ?? "", line.facts.map { "\($0.upperBound)" } ?? "",
            ]
        }
        let text = RowsText.csv(["id", "at", "who", "operation", "client", "subject", "first_fact", "last_fact"], rows)
        return .download(Array(text.utf8), name: "audit.csv", type: "text/csv; charset=utf-8")
    }
}
