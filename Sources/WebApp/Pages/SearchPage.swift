import Agreements
import Database
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values

/// Finding requests, clients, people, messages and time by words.
enum SearchPage {
    static let routes: [Route] = [.get(Link.search, .agent) { try answer($0) }]

    private static let limit = 50

    private static func answer(_ visit: StaffVisit) throws -> Reply {
        let text = visit.query.text("q")
        let hits =
            text.isEmpty
            ? [] : try visit.read { try Search($0, visit.site.store.engine.dialect).find(text, limit: limit) }
        let names = try visit.clientNames(hits.map(\.client))
        // Somebody who types a whole id wants that one.
        if hits.count == 1, let hit = hits.first, hit.id == text { return .redirect(path(hit)) }
        return .page(
            try visit.page("Search", in: nil) {
                """
                <form class="panel" action="\(Link.search)" method="get" role="search"><div class="cluster end">\(FormParts(visit.visit).text("q", "Words, or an id", value: text, hint: "The last word may be unfinished.", type: "search"))<button class="primary">Search</button></div></form>
                \(text.isEmpty ? .empty : results(hits, text, names))
                """
            })
    }

    private static func results(_ hits: [Search.Hit], _ text: String, _ names: [ClientID: String]) -> HTML {
        guard !hits.isEmpty else { return "<p>Nothing has all of these words: \(Shortened.text(text, 100)).</p>" }
        let items = hits.map { hit -> HTML in
            """
            <li data-row><div class="spread"><a class="title" href="\(path(hit))">\(hit.title)</a><span class="badge">\(hit.kind.name)</span></div>
            <p class="small">\(marked(hit.snippet))</p><p class="small muted">\(names[hit.client] ?? hit.client.text)\(hit.request.map { " · \($0)" } ?? "")</p></li>
            """
        }
        let more = hits.count == limit ? "The first \(limit) of more." : Written.count(hits.count, "hit") + "."
        return "<p class=\"muted\">\(more)</p><div class=\"panel\"><ul class=\"rows\">\(items)</ul></div>"
    }

    private static func marked(_ snippet: [Search.Part]) -> HTML {
        snippet.map { $0.isMatch ? "<mark>\($0.text)</mark>" as HTML : HTML(text: $0.text) }.joined(separator: .empty)
    }

    private static func path(_ hit: Search.Hit) -> String {
        switch hit.kind {
        case .request: Link.request(RequestID(hit.id))
        case .message, .attachment: hit.request.map { "\(Link.request($0))#\(hit.id)" } ?? Link.client(hit.client)
        case .time: Link.entry(EntryID(hit.id))
        case .client, .contact, .project: Link.client(hit.client)
        }
    }
}
