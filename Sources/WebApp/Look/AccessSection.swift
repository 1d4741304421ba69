import ServiceDesk
import SiteKit
import Values

/// One's address, and the end of all that was let in, on the page of an account.
struct AccessSection {
    let visit: Visit
    let person: SignedIn
    /// The page of the account.
    let account: String

    /// The form for another address; where the site sends no mail, who can set one.
    func address(problems: Problems?) -> HTML {
        let parts = FormParts(visit, problems: problems).prefixed("address")
        guard visit.site.settings.sendsMail else {
            return
                "<section class=\"panel stack\"><h2>Address</h2><p>You sign in as \(person.email).</p><p class=\"muted\">An owner of the service desk can change it.</p></section>"
        }
        return """
            <section class="panel stack"><h2>Address</h2><p>You sign in as \(person.email).</p>
            <details><summary>Use another</summary>\(parts.form("\(account)/email", submit: "Ask there", style: "", """
                \(parts.text("email", "The new address", hint: "A link that goes there proves that it is yours. The one you have is told.", type: "email", autocomplete: "email"))
                \(AccessSection.password(parts, person))
                """))</details></section>
            """
    }

    /// The field in which somebody who is signed in gives their password once more; who has none has nothing to give.
    static func password(_ parts: FormParts, _ person: SignedIn) -> HTML {
        person.hasPassword
            ? parts.text("current_password", "Your password", type: "password", autocomplete: "current-password")
            : .empty
    }

    /// One press that ends it all.
    func end() -> HTML {
        let parts = FormParts(visit)
        return """
            <section class="panel stack"><h2>Everything at once</h2><p class="muted">Ends every browser, this one too, every token, link and calendar of yours.</p>
            \(parts.button("\(account)/end-all", "Sign out everywhere and revoke all", style: "danger"))</section>
            """
    }

    /// Asks at the new address.
    func ask() throws -> Reply {
        guard visit.site.settings.sendsMail else {
            throw Problems([
                Problem(
                    "e-mail", "this site sends no mail to prove it", fix: "have an owner of the service desk set it")
            ])
        }
        try visit.site.signIn.askForAddress(
            visit.form.text("email"), for: person, password: visit.form.secret("current_password"))
        return .redirect(account, saying: "A link is on its way to the new address. Until it is used, nothing changes.")
    }

    /// Ends all that was let in.
    func endAll() throws -> Reply {
        try visit.site.signIn.revokeAll(of: person.actor.id, by: person.actor)
        var reply = Reply.redirect(Link.signIn)
        reply.cookies = [.init(name: .session, value: "", lifetime: 0)]
        return reply
    }
}
