import Database
import HTTPTypes
import ServiceDesk
import SiteKit
import Storage

/// What belongs to the site as a whole: the way in, the files that pages refer to, the keys, and what programs ask that watch
/// the server.
enum SitePages {
    static let routes: [Route] = [
        .get("/", home),
        .get("/assets/{file}", asset),
        .get("/health") { _ in .text("ok\n") }.atOnce,
        .get("/ready", ready).on(.watching),
        .get("/metrics", metrics).atOnce,
        .get(Link.keys, .agent) { visit in
            .page(try visit.page("Keys", in: nil) { keys(visit) })
        },
    ]

    /// Staff begin with their day, people at clients with their hours.
    private static func home(_ visit: Visit) throws -> Reply {
        let token = visit.cookies[SiteCookie.session.rawValue]
        let person = try token.flatMap { try visit.site.signIn.person(token: $0) }
        return .redirect(person?.actor.client == nil ? Link.today : PortalLink.home)
    }

    private static func asset(_ visit: Visit) throws -> Reply {
        let name = try visit.named("file")
        guard let asset = Asset.all.first(where: { $0.name == name }) else { throw PageError.missing }
        var reply = Reply(content: .shared(asset.bytes, type: asset.type))
        reply.headers = [HTTPField(name: .cacheControl, value: "public, max-age=31536000, immutable")]
        return reply
    }

    /// Whether the database answers: a proxy sends nobody here otherwise.
    private static func ready(_ visit: Visit) throws -> Reply {
        do {
            _ = try visit.site.store.read { try $0.first("SELECT 1") { $0.integer(0) } }
            return .text("ready\n")
        } catch {
            var reply = Reply.text("the database does not answer\n")
            reply.status = .serviceUnavailable
            return reply
        }
    }

    /// Figures for Prometheus: to whoever has the token, or, where none is set, to this machine alone.
    private static func metrics(_ visit: Visit) throws -> Reply {
        let settings = visit.site.settings
        if let token = settings.metricsToken {
            let given = visit.authorization ?? ""
            guard Secret.isProof(Secret.proof(of: given, by: token), of: "Bearer \(token)", by: token) else {
                throw PageError.missing
            }
        } else {
            guard !settings.isBehindProxy, ["127.0.0.1", "::1"].contains(visit.address) else { throw PageError.missing }
        }
        let text = visit.site.metrics.text() + SiteFigures(visit.site).text()
        return Reply(content: .file(Array(text.utf8), type: "text/plain; version=0.0.4; charset=utf-8"))
    }

    private static let bindings: [(key: String, what: String)] = [
        ("?", "show this page"), ("/", "search"), ("t", "on Today: the field for time; on a request: start the timer"),
        ("x", "stop the timer and save its time"), ("j", "next row"), ("k", "row before"),
        ("Enter", "open the row"), ("n", "new request"), ("a", "in triage: accept"), ("m", "in triage: merge"),
        ("d", "in triage: decline"), ("s", "in triage: snooze"), ("r", "on a request: write an answer"),
        ("l", "on a request: log time"),
    ]

    private static func keys(_ visit: StaffVisit) -> HTML {
        var table = DataTable("Keys", [.init(title: "Key", kind: .heading), .init(title: "What it does")])
        for binding in bindings { table.add(["<kbd>\(binding.key)</kbd>", "\(Written.sentence(binding.what))"]) }
        let state = visit.person.usesSingleKeys ? "They are on" : "They are off"
        return """
            <p>Single keys work outside text fields. \(state): <a href="\(Link.account)">change that in your account</a>. Everything can be done without them, by Tab and Enter or with a pointer.</p>
            \(table.html)
            """
    }
}

extension Reply {
    /// A short text for programs.
    static func text(_ text: String) -> Reply {
        Reply(content: .file(Array(text.utf8), type: "text/plain; charset=utf-8"))
    }
}
