import ServiceDesk
import SiteKit
import Values

/// One's own way in: a password or links by mail, and the browsers that are signed in.
enum PortalAccount {
    static let routes: [Route] = [
        .get(PortalLink.account, .viewer) { .page(try page($0)) },
        .post("/portal/account/password", .viewer, changePassword).tryingPassword,
        .post("/portal/account/email", .viewer, askForAddress).tryingPassword,
        .post("/portal/account/end-all", .viewer) { try access($0).endAll() },
        .post("/portal/account/sessions/{session}", .viewer, revoke),
        .post("/portal/account/mail", .viewer, changeMail),
        .post("/portal/account/feed", .viewer, makeFeed).tryingPassword,
        .post("/portal/account/feed/end", .viewer, endFeed),
        .post("/portal/account/tokens", .viewer, makeToken).tryingPassword,
        .post("/portal/account/tokens/{apitoken}/revoke", .viewer, revokeToken),
    ]

    private static func page(_ visit: PortalVisit, problems: Problems? = nil) throws -> Page {
        let parts = FormParts(visit.visit, problems: problems)
        let sessions = try visit.site.signIn.sessions(of: visit.person.actor.id, current: visit.person)
        let zone = visit.site.settings.zone
        return try visit.page(
            visit.person.name, in: nil, beside: parts.button(Link.signOut, "Sign out"), problems: problems
        ) {
            var table = DataTable(
                "Browsers that are signed in",
                [
                    .init(title: "Browser", kind: .heading), .init(title: "From"), .init(title: "Last seen"),
                    .init(title: "End", isTitleHidden: true),
                ])
            for session in sessions {
                table.add([
                    "\(Agent.name(session.agent))\(session.isCurrent ? " <span class=\"badge good\">this one</span>" as HTML : .empty)",
                    "\(session.address)", Written.time(session.seenAt, in: zone),
                    session.isCurrent ? .empty : parts.button("/portal/account/sessions/\(session.id)", "Sign out"),
                ])
            }
            let old: HTML =
                visit.person.hasPassword
                ? parts.text("old", "The one you have", type: "password", autocomplete: "current-password")
                : "<p class=\"muted\">You have none: links by mail let you in.</p>"
            return """
                <p class="muted">\(visit.person.email) · \(visit.role.rawValue)</p>
                <section class="panel stack"><h2>Password</h2>\(parts.form("/portal/account/password", submit: "Save", style: "", """
                    \(old)\(parts.text("password", "The new one", hint: "At least 12 characters; several words are good.", type: "password", autocomplete: "new-password"))
                    """))</section>
                \(access(visit).address(problems: problems))
                \(try mail(visit))
                <section class="panel stack"><h2>Browsers that are signed in</h2>\(table.html)</section>
                \(try FeedPage.section(visit.visit, visit.person, path: "/portal/account/feed"))
                \(try tokens(visit).html(problems: problems))
                \(access(visit).end())
                """
        }
    }

    private static func changePassword(_ visit: PortalVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            try visit.site.signIn.changePassword(
                of: visit.person, old: visit.form.secret("old"), new: visit.form.secret("password"))
            return .redirect(
                PortalLink.account,
                saying: "Your password is saved. Other browsers are signed out, and tokens are revoked.")
        }
    }

    private static let kinds: [(MailKind, String)] = [
        (.requests, "Answers, and what becomes of requests"), (.hours, "Hours that are used up, or about to lapse"),
        (.statements, "Statements of closed months"),
    ]

    private static func mail(_ visit: PortalVisit) throws -> HTML {
        let off = try visit.read { try Directory($0).contact(visit.person.actor.id) }?.mailOff ?? []
        let parts = FormParts(visit.visit).prefixed("mail")
        let boxes = kinds.map { kind, name in parts.check(kind.rawValue, name, isOn: !off.contains(kind)) }
        return """
            <section class="panel stack"><h2>Mail</h2><p class="muted">What comes to \(visit.person.email):</p>\(parts.form("/portal/account/mail", submit: "Save", style: "", "<fieldset><legend>Send me</legend>\(boxes)</fieldset>"))</section>
            """
    }

    private static func changeMail(_ visit: PortalVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            let off = kinds.map(\.0).filter { visit.form.optional($0.rawValue) == nil }
            _ = try visit.perform(
                SetMailPreference(client: visit.client, contact: visit.person.actor.id, off: Set(off)))
            return .redirect(PortalLink.account, saying: "Saved.")
        }
    }

    private static func access(_ visit: PortalVisit) -> AccessSection {
        AccessSection(visit: visit.visit, person: visit.person, account: PortalLink.account)
    }

    private static func askForAddress(_ visit: PortalVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) { try access(visit).ask() }
    }

    private static func tokens(_ visit: PortalVisit) -> TokensSection {
        TokensSection(visit: visit.visit, person: visit.person, path: "/portal/account/tokens")
    }

    private static func makeFeed(_ visit: PortalVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            try visit.site.signIn.proveAgain(visit.person, password: visit.form.secret("current_password"))
            let token = try visit.site.signIn.makeFeed(for: visit.person)
            return .page(
                try visit.page("Your calendar", in: nil, trail: [("Your account", PortalLink.account)]) {
                    FeedPage.made(visit.visit, token)
                })
        }
    }

    private static func endFeed(_ visit: PortalVisit) throws -> Reply {
        try visit.site.signIn.endFeed(of: visit.person)
        return .redirect(PortalLink.account, saying: "The calendar's address has ended.")
    }

    private static func makeToken(_ visit: PortalVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            let token = try tokens(visit).make()
            return .page(
                try visit.page(
                    "A token for \(visit.form.text("name"))", in: nil, trail: [("Your account", PortalLink.account)]
                ) { TokensSection.made(token) })
        }
    }

    private static func revokeToken(_ visit: PortalVisit) throws -> Reply {
        guard try visit.site.signIn.revokeToken(try visit.named("apitoken"), of: visit.person.actor.id) else {
            throw PageError.missing
        }
        return .redirect(PortalLink.account, saying: "The token is revoked.")
    }

    private static func revoke(_ visit: PortalVisit) throws -> Reply {
        guard try visit.site.signIn.revoke(try visit.named("session"), of: visit.person.actor.id) else {
            throw PageError.missing
        }
        return .redirect(PortalLink.account, saying: "That browser is signed out.")
    }
}
