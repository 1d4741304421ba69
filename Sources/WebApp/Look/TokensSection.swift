import ServiceDesk
import SiteKit
import Values

/// The tokens of somebody, on the page of their account: made here, shown once, revoked here.
struct TokensSection {
    let visit: Visit
    let person: SignedIn
    /// Where its forms go: `/account/tokens`.
    let path: String

    /// What may be chosen.
    private var scopes: [(TokenScope, String)] {
        let all: [(TokenScope, String)] = [
            (.read, "read"), (.requests, "requests: open, write, decide"), (.time, "time: log, correct, timers"),
            (.agreements, "agreements: clients, contracts, blocks, closing"), (.admin, "terms and people"),
        ]
        return person.actor.client == nil ? all : Array(all.prefix(2))
    }

    func html(problems: Problems?) throws -> HTML {
        let parts = FormParts(visit, problems: problems).prefixed("token")
        let zone = visit.site.settings.zone
        var table = DataTable(
            "Tokens",
            [
                .init(title: "For", kind: .heading), .init(title: "May"), .init(title: "Ends"),
                .init(title: "Last used"),
                .init(title: "Revoke", isTitleHidden: true),
            ])
        for token in try visit.site.signIn.tokens(of: person.actor.id) {
            table.add([
                "\(token.name) <span class=\"muted small\">\(token.id)</span>",
                "\(token.scopes.sorted().map(\.rawValue).joined(separator: ", "))",
                "\(zone.date(of: token.expiresAt).written)",
                token.usedAt.map { Written.time($0, in: zone) } ?? "never",
                parts.button("\(path)/\(Link.escaped(token.id))/revoke", "Revoke", style: "danger"),
            ])
        }
        let boxes = scopes.map { scope, name in parts.check("scope-\(scope.rawValue)", name, isOn: scope == .read) }
        return """
            <section class="panel stack" aria-labelledby="tokens"><h2 id="tokens">Tokens for programs</h2>
            <p class="muted">A program asks the API with a token, as you, and for no more than you tick. <a href="/openapi.json">What it can ask</a></p>
            \(table.isEmpty ? .empty : table.html)
            <details><summary>Make a token</summary>\(parts.form(path, submit: "Make it", style: "", """
                \(parts.text("name", "What it is for"))
                <fieldset><legend>What it may do</legend>\(boxes)</fieldset>
                \(parts.text("days", "Ends after so many days", value: "90", attributes: " inputmode=\"numeric\""))
                \(AccessSection.password(parts, person))
                """))</details></section>
            """
    }

    /// Makes what the form asks for.
    ///
    /// - Returns: the token.
    func make() throws -> String {
        guard let days = visit.form.whole("days", in: 1...366) else {
            throw Problems([Problem("days", "it is not 1 to 366", fix: "write 90")])
        }
        try visit.site.signIn.proveAgain(person, password: visit.form.secret("current_password"))
        let chosen = Set(scopes.map(\.0).filter { visit.form.optional("scope-\($0.rawValue)") != nil })
        return try visit.site.signIn.makeToken(
            name: visit.form.text("name"), scopes: chosen, expires: visit.now + Hours(days * 24), for: person.actor
        ).token
    }

    /// What is shown once.
    static func made(_ token: String) -> HTML {
        "<div class=\"panel stack\"><p>Keep it now: it is shown only this once.</p><p><code>\(token)</code></p></div>"
    }
}
