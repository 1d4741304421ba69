import Agreements
import Exchange
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// The statements of all months, as pages that print well.
enum PortalStatements {
    static let routes: [Route] = [
        .get(PortalLink.statements, .viewer) { .page(try list($0)) },
        .get("/portal/statements/{period}", .viewer) { .page(try page($0)) },
        .get("/portal/statements/{period}/csv", .viewer, csv),
    ]

    private static func list(_ visit: PortalVisit) throws -> Page {
        let all = try months(visit)
        let (first, month) = (all.lowerBound, all.upperBound)
        let closed = try visit.read { try StandingClosings($0, of: visit.client).byPeriod }
        // Ten years on a page: no list of months is longer in practice.
        let months = max(0, min(month.index - first.index, 119))
        let items = (0...months).map { back -> HTML in
            let period = month + -back
            let isClosed = closed[period] != nil
            return
                "<li><div class=\"spread\"><a class=\"title\" href=\"\(PortalLink.statement(period))\">\(period.written)</a><span class=\"badge\(isClosed ? "" : " good")\">\(isClosed ? "closed" : "open")</span></div></li>"
        }
        return try visit.page("Statements", in: .statements) {
            "<div class=\"panel\"><ul class=\"rows\">\(items)</ul></div>"
        }
    }

    /// The months from the first contract to this one.
    private static func months(_ visit: PortalVisit) throws -> ClosedRange<Period> {
        let facts = try visit.standing()
        let month = Period(containing: try visit.preview { $0.zones(of: visit.client, facts).date(of: visit.now) })
        let first = facts.contracts.map { Period(containing: $0.from) }.min() ?? month
        return min(first, month)...month
    }

    private static func asked(_ visit: PortalVisit) throws -> (period: Period, statement: Statement?) {
        guard let period = TypedInput.month(try visit.named("period"), today: visit.today),
            period <= (try months(visit).upperBound)
        else { throw PageError.missing }
        return (period, try visit.statement(period))
    }

    private static func page(_ visit: PortalVisit) throws -> Page {
        let (period, statement) = try asked(visit)
        let months = try months(visit)
        let links = [period + -1, period.next].filter(months.contains).map {
            "<a href=\"\(PortalLink.statement($0))\">\($0.written)</a>" as HTML
        }
        let csv: HTML = statement == nil ? .empty : "<a href=\"\(PortalLink.statement(period))/csv\">CSV</a>"
        let around: HTML = """
            <nav class="cluster no-print" aria-label="Months">\(links)\(csv)</nav>
            """
        return try visit.page(
            period.written, in: .statements, trail: [("Statements", PortalLink.statements)], beside: around
        ) {
            guard let statement else { return "<p>Nothing was agreed or done by then.</p>" }
            return try PortalStatement(visit, statement, try visit.terms()).html.html
        }
    }

    private static func csv(_ visit: PortalVisit) throws -> Reply {
        let (period, statement) = try asked(visit)
        guard let statement else { throw PageError.missing }
        let text = StatementCSV.document([statement], words: Wording(try visit.terms()))
        return .download(Array(text.utf8), name: "statement-\(period).csv", type: "text/csv; charset=utf-8")
    }
}
