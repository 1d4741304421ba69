import ServiceDesk
import SiteKit
import Values

/// The members of staff: who they are, what they may do, how they get in.
enum PeoplePage {
    static let routes: [Route] = [
        .get(Link.people, .owner) { .page(try list($0)) },
        .post(Link.people, .owner, invite).tryingPassword,
        .get("/people/{user}", .owner) { .page(try person($0)) },
        .post("/people/{user}/role", .owner, changeRole).tryingPassword,
        .post("/people/{user}/email", .owner, setEmail).tryingPassword,
        .post("/people/{user}/reset", .owner, reset).tryingPassword,
        .post("/people/{user}/sign-out", .owner, signOut),
        .post("/people/{user}/end", .owner, end),
    ]

    private static let roles: [(value: String, name: String)] = [
        ("agent", "Agent: takes requests and logs time"),
        ("manager", "Manager: also signs contracts, sells blocks, closes months, corrects anybody's time"),
        ("owner", "Owner: may do all, adds people and terms"),
    ]

    private static func list(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let users = try visit.read { try People($0).users() }
        let emails = try visit.site.signIn.emails()
        let parts = FormParts(visit.visit, problems: problems)
        let webhooks: HTML = "<a href=\"\(Link.webhooks)\">Webhooks</a>"
        return try visit.page("People", in: .people, beside: webhooks, problems: problems) {
            var table = DataTable(
                "Members of staff",
                [
                    .init(title: "Name", kind: .heading), .init(title: "E-mail"), .init(title: "Role"),
                    .init(title: "State"),
                ])
            for user in users.sorted(by: { ($0.isEnded ? 1 : 0, $0.name) < ($1.isEnded ? 1 : 0, $1.name) }) {
                table.add([
                    "<a href=\"\(Link.user(user.id))\">\(user.name)</a> <span class=\"muted small\">\(user.id)</span>",
                    "\(emails[user.id] ?? "none")", "\(user.role.rawValue)",
                    user.isEnded ? "<span class=\"badge\">left</span>" : "<span class=\"badge good\">active</span>",
                ])
            }
            return """
                <div class="panel">\(table.html)</div>
                <section class="panel stack" aria-labelledby="invite"><h2 id="invite">Invite somebody</h2>
                \(parts.form(Link.people, submit: "Make the invitation", """
                    <div class="fields">\(parts.text("name", "Name"))
                    \(parts.text("email", "E-mail", type: "email"))
                    \(parts.text("id", "Short name", hint: "It stands beside their time and cannot be changed."))
                    \(parts.choice("role", "Role", roles))
                    \(AccessSection.password(parts, visit.person))</div>
                    """))</section>
                """
        }
    }

    private static func role(_ visit: StaffVisit) throws -> Role {
        guard let role = Role(rawValue: visit.form.text("role")) else {
            throw Problems([Problem("role", "there is no such role", fix: "choose agent, manager or owner")])
        }
        return role
    }

    private static func invite(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try list(visit, problems: $0) }) {
            try visit.site.signIn.proveAgain(visit.person, password: visit.form.secret("current_password"))
            let link = try visit.site.signIn.invite(
                id: visit.form.text("id"), fullName: visit.form.text("name"), role: try role(visit),
                email: visit.form.text("email"), by: visit.actor, asked: visit.linkAsked)
            return .page(
                try linkPage(visit, "\(visit.form.text("name")) is invited", link, until: "within seven days"))
        }
    }

    /// A one-time link, shown this once: only its hash is kept. Where mail is sent it goes to its owner alone.
    private static func linkPage(_ visit: StaffVisit, _ title: String, _ token: String?, until: String) throws -> Page {
        try visit.page(title, in: .people, trail: [("People", Link.people)]) {
            "<div class=\"panel stack\">\(LinkHTML.handedOn(visit.visit, token, until: until))</div>"
        }
    }

    // MARK: One person

    private static func person(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let id = try visit.named("user")
        guard let user = try visit.read({ try People($0).user(id) }) else { throw PageError.missing }
        let email = try visit.site.signIn.emails()[id]
        let sessions = try visit.site.signIn.sessions(of: id, current: visit.person)
        let parts = FormParts(visit.visit, problems: problems)
        return try visit.page(
            user.name, in: .people, trail: [("People", Link.people)],
            beside: "<p class=\"muted\">\(user.id), \(user.role.rawValue)</p>", problems: problems
        ) {
            guard !user.isEnded else { return "<p>They left. What they did stays theirs.</p>" }
            return """
                <div class="grid">
                <section class="panel stack"><h2>Role</h2>\(parts.form(Link.user(id, "role"), submit: "Change", style: "", parts.choice("role", "Role", roles, value: user.role.rawValue) + AccessSection.password(parts.prefixed("role"), visit.person)))</section>
                <section class="panel stack"><h2>E-mail</h2>\(parts.form(Link.user(id, "email"), submit: "Change", style: "", parts.text("email", "E-mail", value: email ?? "", hint: "The one before is told. They sign in anew.", type: "email") + AccessSection.password(parts.prefixed("email"), visit.person)))</section>
                <section class="panel stack"><h2>Access</h2><p>\(Written.count(sessions.count, "browser is", "browsers are")) signed in.</p>
                \(parts.button(Link.user(id, "sign-out"), "Sign them out everywhere and revoke all"))
                \(email == nil ? .empty : parts.form(Link.user(id, "reset"), submit: "Make a link for a new password", style: "", AccessSection.password(parts.prefixed("reset"), visit.person)))
                <details><summary>End their access</summary>\(parts.button(Link.user(id, "end"), "End it", style: "danger"))</details></section>
                </div>
                """
        }
    }

    private static func known(_ visit: StaffVisit) throws -> String {
        let id = try visit.named("user")
        guard try visit.read({ try People($0).user(id) }) != nil else { throw PageError.missing }
        return id
    }

    private static func changeRole(_ visit: StaffVisit) throws -> Reply {
        let id = try known(visit)
        return try visit.submit({ try person(visit, problems: $0) }) {
            let role = try role(visit)
            try visit.site.signIn.proveAgain(visit.person, password: visit.form.secret("current_password"))
            _ = try visit.perform(ChangeRole(id: id, newRole: role))
            return .redirect(Link.user(id), saying: "They are \(role == .owner ? "an" : "a") \(role.rawValue) now.")
        }
    }

    private static func setEmail(_ visit: StaffVisit) throws -> Reply {
        let id = try known(visit)
        return try visit.submit({ try person(visit, problems: $0) }) {
            try visit.site.signIn.proveAgain(visit.person, password: visit.form.secret("current_password"))
            _ = try visit.perform(SetEmail(id: id, email: visit.form.text("email")))
            return .redirect(Link.user(id), saying: "The e-mail is changed, and the one before is told.")
        }
    }

    private static func reset(_ visit: StaffVisit) throws -> Reply {
        let id = try known(visit)
        return try visit.submit({ try person(visit, problems: $0) }) {
            try visit.site.signIn.proveAgain(visit.person, password: visit.form.secret("current_password"))
            let link = try visit.site.signIn.resetAccess(of: id, by: visit.actor, asked: visit.linkAsked)
            return .page(try linkPage(visit, "A link for a new password", link, until: "within a day"))
        }
    }

    private static func signOut(_ visit: StaffVisit) throws -> Reply {
        let id = try known(visit)
        try visit.site.signIn.revokeAll(of: id, by: visit.actor)
        return .redirect(Link.user(id), saying: "They are signed out everywhere, and their tokens are revoked.")
    }

    private static func end(_ visit: StaffVisit) throws -> Reply {
        let id = try known(visit)
        return try visit.submit({ try person(visit, problems: $0) }) {
            _ = try visit.perform(EndUser(id: id))
            return .redirect(Link.people, saying: "Their access has ended.")
        }
    }
}
