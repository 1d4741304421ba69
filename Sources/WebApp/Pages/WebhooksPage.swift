import ServiceDesk
import SiteKit
import Storage
import Values

/// The webhooks: who is told what happens, and what they were told.
enum WebhooksPage {
    static let routes: [Route] = [
        .get(Link.webhooks, .owner) { .page(try list($0)) },
        .post(Link.webhooks, .owner, add).tryingPassword,
        .get("/webhooks/{webhook}", .owner) { .page(try one($0)) },
        .post("/webhooks/{webhook}/on", .owner, turnOn),
        .post("/webhooks/{webhook}/secret", .owner, changeSecret).tryingPassword,
        .post("/webhooks/{webhook}/test", .owner, test),
        .post("/webhooks/{webhook}/remove", .owner, remove),
        .post("/webhooks/{webhook}/replay", .owner, replay),
    ]

    private static let shown = 50

    private static func list(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let endpoints = try visit.read { try Webhooks($0).all() }
        let parts = FormParts(visit.visit, problems: problems)
        return try visit.page("Webhooks", in: .people, trail: [("People", Link.people)], problems: problems) {
            var table = DataTable(
                "Webhooks", [.init(title: "Address", kind: .heading), .init(title: "Told of"), .init(title: "State")])
            for endpoint in endpoints {
                table.add([
                    "<a href=\"\(Link.webhook(endpoint.id))\">\(endpoint.url)</a> <span class=\"muted small\">\(endpoint.id)</span>",
                    "\(endpoint.eventsInWords)", state(endpoint),
                ])
            }
            let boxes = DeskEvent.offered.map { event in parts.check("event-\(event.rawValue)", event.rawValue) }
            return """
                <p class="muted">A program of yours is told what happens: each message is signed, and sent again and again until it is taken, for three days.</p>
                <div class="panel">\(table.isEmpty ? "<p>There are none.</p>" : table.html)</div>
                <section class="panel stack" aria-labelledby="add"><h2 id="add">Add a webhook</h2>
                \(parts.form(Link.webhooks, submit: "Add it", """
                    \(parts.text("url", "Address", hint: "Where messages go, over https.", type: "url"))
                    <fieldset><legend>What it is told of</legend><p class="hint">Tick none for everything.</p><div class="fields">\(boxes)</div></fieldset>
                    \(AccessSection.password(parts, visit.person))
                    """))</section>
                """
        }
    }

    private static func state(_ endpoint: Webhooks.Endpoint) -> HTML {
        endpoint.offReason.map { "<span class=\"badge bad\">off</span> \($0)" }
            ?? "<span class=\"badge good\">on</span>"
    }

    private static func add(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try list(visit, problems: $0) }) {
            // Whoever has the session alone must not have all that happens sent elsewhere, for as long as nobody looks.
            try visit.site.signIn.proveAgain(visit.person, password: visit.form.secret("current_password"))
            let events = DeskEvent.offered.filter { visit.form.optional("event-\($0.rawValue)") != nil }
            let added = try visit.perform(
                AddWebhook(
                    url: visit.form.text("url"), events: Set(events), secret: WebhookSecret(random: visit.site.random),
                    allowsPrivate: visit.site.settings.allowsPrivateWebhooks))
            return .page(try secretPage(visit, added.id, "\(added.id) is added"))
        }
    }

    /// What is shown once.
    private static func secretPage(_ visit: StaffVisit, _ id: String, _ title: String) throws -> Page {
        let secret = try visit.read { try Webhooks($0).secret(of: id) } ?? ""
        return try visit.page(title, in: .people, trail: [("Webhooks", Link.webhooks), (id, Link.webhook(id))]) {
            """
            <div class="panel stack"><p>Its messages are signed with this secret. Keep it now: it is shown only this once.</p>
            <p><code>\(secret)</code></p><p><a href="\(Link.webhook(id))">Send a test message</a></p></div>
            """
        }
    }

    // MARK: One of them

    private static func known(_ visit: StaffVisit) throws -> Webhooks.Endpoint {
        let id = try visit.named("webhook")
        guard let endpoint = try visit.read({ try Webhooks($0).endpoint(id) }) else { throw PageError.missing }
        return endpoint
    }

    private static func one(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let endpoint = try known(visit)
        let lines = try visit.read { try Webhooks($0).log(of: endpoint.id, limit: shown) }
        let parts = FormParts(visit.visit, problems: problems)
        let zone = visit.site.settings.zone
        func path(_ action: String) -> String { Link.webhook(endpoint.id, action) }
        return try visit.page(
            endpoint.id, in: .people, trail: [("People", Link.people), ("Webhooks", Link.webhooks)], problems: problems
        ) {
            var table = DataTable(
                "What it was sent, the latest first", isCaptionHidden: false,
                [
                    .init(title: "Message", kind: .heading), .init(title: "Tells"), .init(title: "State"),
                    .init(title: "Tries", kind: .number), .init(title: "Last try"), .init(title: "Result"),
                    .init(title: "Again", isTitleHidden: true),
                ])
            for line in lines {
                table.add([
                    "\(line.message)", "\(line.event)\(line.client.isEmpty ? "" : ", \(line.client)")",
                    state(line, zone), "\(line.attempts)", line.triedAt.map { Written.time($0, in: zone) } ?? "not yet",
                    line.result.isEmpty ? "none yet" : "\(line.result)",
                    line.state == "waiting"
                        ? .empty : parts.button(path("replay"), "Send again", hidden: ["delivery": "\(line.id)"]),
                ])
            }
            return """
                <section class="panel stack"><p><code>\(endpoint.url)</code></p><p>\(state(endpoint))</p>
                <p>Told of: \(endpoint.eventsInWords).</p>
                <p class="muted small">Added by \(endpoint.createdBy), \(Written.time(endpoint.createdAt, in: zone)).</p>
                <div class="cluster">\(endpoint.offReason == nil ? parts.button(path("test"), "Send a test message") : parts.button(path("on"), "Turn it on"))</div>
                <details><summary>Change its secret</summary><p>For a day messages are signed with both, the old one and the new.</p>\(parts.prefixed("secret").form(path("secret"), submit: "Make a new secret", style: "", AccessSection.password(parts.prefixed("secret"), visit.person)))</details>
                <details><summary>Remove it</summary>\(parts.button(path("remove"), "Remove it and its log", style: "danger"))</details></section>
                <section class="panel">\(table.isEmpty ? "<p>Nothing was sent yet.</p>" : table.html)</section>
                """
        }
    }

    private static func state(_ line: Webhooks.Line, _ zone: Zone) -> HTML {
        switch line.state {
        case "sent": "<span class=\"badge good\">sent</span>"
        case "failed": "<span class=\"badge bad\">given up</span>"
        default:
            "<span class=\"badge\">waiting</span> \(line.attempts == 0 ? .empty : line.nextAt.map { Written.time($0, in: zone) } ?? .empty)"
        }
    }

    private static func turnOn(_ visit: StaffVisit) throws -> Reply {
        let id = try known(visit).id
        return try visit.submit({ try one(visit, problems: $0) }) {
            _ = try visit.perform(TurnOnWebhook(webhook: id))
            return .redirect(Link.webhook(id), saying: "It is on. What waited is sent now.")
        }
    }

    private static func changeSecret(_ visit: StaffVisit) throws -> Reply {
        let id = try known(visit).id
        return try visit.submit({ try one(visit, problems: $0) }) {
            try visit.site.signIn.proveAgain(visit.person, password: visit.form.secret("current_password"))
            _ = try visit.perform(ChangeWebhookSecret(webhook: id, secret: WebhookSecret(random: visit.site.random)))
            return .page(try secretPage(visit, id, "\(id) has a new secret"))
        }
    }

    private static func test(_ visit: StaffVisit) throws -> Reply {
        let id = try known(visit).id
        return try visit.submit({ try one(visit, problems: $0) }) {
            let sent = try visit.perform(TestWebhook(webhook: id))
            return .redirect(
                Link.webhook(id), saying: "\(sent.id) is on its way. Load the page again to see it arrive.")
        }
    }

    private static func remove(_ visit: StaffVisit) throws -> Reply {
        let id = try known(visit).id
        return try visit.submit({ try one(visit, problems: $0) }) {
            _ = try visit.perform(RemoveWebhook(webhook: id))
            return .redirect(Link.webhooks, saying: "\(id) is removed.")
        }
    }

    private static func replay(_ visit: StaffVisit) throws -> Reply {
        let id = try known(visit).id
        return try visit.submit({ try one(visit, problems: $0) }) {
            _ = try visit.perform(ReplayWebhook(webhook: id, delivery: visit.form.recordNumber("delivery") ?? 0))
            return .redirect(Link.webhook(id), saying: "It is sent again.")
        }
    }
}
