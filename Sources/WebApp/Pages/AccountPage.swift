import ServiceDesk
import SiteKit
import Values

/// One's own account: password, second factor, browsers that are signed in, keys.
enum AccountPage {
    static let routes: [Route] = [
        .get(Link.account, .agent) { .page(try page($0)) },
        .post("/account/password", .agent, changePassword).tryingPassword,
        .post("/account/email", .agent, askForAddress).tryingPassword,
        .post("/account/end-all", .agent) { try access($0).endAll() },
        .get("/account/code", .agent) { .page(try codePage($0)) },
        .post("/account/code", .agent, enableCode).tryingPassword,
        .post("/account/code/off", .agent, disableCode).tryingPassword,
        .post("/account/keys", .agent, changeKeys),
        .post("/account/sessions/{session}", .agent, revoke),
        .post("/account/feed", .agent, makeFeed).tryingPassword,
        .post("/account/feed/end", .agent, endFeed),
        .post("/account/tokens", .agent, makeToken).tryingPassword,
        .post("/account/tokens/{apitoken}/revoke", .agent, revokeToken),
    ]

    private static func page(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let parts = FormParts(visit.visit, problems: problems)
        let sessions = try visit.site.signIn.sessions(of: visit.actor.id, current: visit.person)
        let zone = visit.site.settings.zone
        let out: HTML = parts.button(Link.signOut, "Sign out")
        return try visit.page(visit.person.name, in: nil, beside: out, problems: problems) {
            var table = DataTable(
                "Browsers that are signed in",
                [
                    .init(title: "Browser", kind: .heading), .init(title: "From"), .init(title: "Signed in"),
                    .init(title: "Last seen"),
                    .init(title: "End", isTitleHidden: true),
                ])
            for session in sessions {
                table.add([
                    "\(Agent.name(session.agent))\(session.isCurrent ? " <span class=\"badge good\">this one</span>" as HTML : .empty)",
                    "\(session.address)", Written.time(session.createdAt, in: zone),
                    Written.time(session.seenAt, in: zone),
                    session.isCurrent ? .empty : parts.button("/account/sessions/\(session.id)", "Sign out"),
                ])
            }
            let code: HTML =
                visit.person.hasSecondFactor
                ? "<p><span class=\"badge good\">on</span> Signing in takes a code of your app.</p><details><summary>Turn it off</summary>\(parts.prefixed("off").form("/account/code/off", submit: "Turn it off", style: "danger", AccessSection.password(parts.prefixed("off"), visit.person)))</details>"
                : "<p>With it, a password alone is not enough.</p><p><a class=\"button\" href=\"/account/code\">Turn it on</a></p>"
            return """
                <p class="muted">\(visit.person.email) · \(visit.actor.id), \(visit.role.rawValue)</p>
                <div class="grid">
                <section class="panel stack"><h2>Password</h2>\(parts.form("/account/password", submit: "Change it", style: "", """
                    \(parts.text("old", "The one you have", type: "password", autocomplete: "current-password"))
                    \(parts.text("password", "The new one", hint: "At least 12 characters; several words are good.", type: "password", autocomplete: "new-password"))
                    """))</section>
                <section class="panel stack"><h2>Second factor</h2>\(code)</section>
                <section class="panel stack"><h2>Single keys</h2><p class="hint">Keys like j, k and x outside text fields. <a href="\(Link.keys)">What they do</a></p>
                \(parts.form("/account/keys", submit: "Save", style: "", parts.check("single_keys", "Use single keys", isOn: visit.person.usesSingleKeys)))</section>
                \(access(visit).address(problems: problems))
                </div>
                <section class="panel stack"><h2>Browsers that are signed in</h2>\(table.html)</section>
                \(try FeedPage.section(visit.visit, visit.person, path: "/account/feed"))
                \(try tokens(visit).html(problems: problems))
                \(access(visit).end())
                """
        }
    }

    private static func changePassword(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            try visit.site.signIn.changePassword(
                of: visit.person, old: visit.form.secret("old"), new: visit.form.secret("password"))
            return .redirect(
                Link.account, saying: "Your password is changed. Other browsers are signed out, and tokens are revoked."
            )
        }
    }

    // MARK: The second factor

    private static func codePage(_ visit: StaffVisit, secret: TOTPSecret? = nil, problems: Problems? = nil) throws
        -> Page
    {
        let secret = secret ?? visit.site.signIn.newSecret()
        let parts = FormParts(visit.visit, problems: problems)
        let groups = stride(from: 0, to: secret.text.count, by: 4).map { String(secret.text.dropFirst($0).prefix(4)) }
        return try visit.page(
            "Turn on the second factor", in: nil, trail: [("Your account", Link.account)], problems: problems
        ) {
            """
            <div class="panel stack"><ol class="stack tight"><li>In your authenticator app, add an account by its key:<br><code>\(groups.joined(separator: " "))</code><br><a href="\(secret.url(for: visit.person.email))">Open it in an app on this device</a></li>
            <li>Enter the code that the app shows.</li></ol>
            \(parts.form("/account/code", submit: "Turn it on", FormParts.hiddenField("secret", secret.text) + parts.text("code", "Code", autocomplete: "one-time-code", attributes: " inputmode=\"numeric\"") + AccessSection.password(parts, visit.person)))</div>
            """
        }
    }

    private static func enableCode(_ visit: StaffVisit) throws -> Reply {
        guard let secret = TOTPSecret(text: visit.form.text("secret")) else {
            throw PageError.unreadable("There is no key.")
        }
        return try visit.submit({ try codePage(visit, secret: secret, problems: $0) }) {
            try visit.site.signIn.enableTOTP(
                for: visit.person, secret: secret, code: visit.form.text("code"),
                password: visit.form.secret("current_password"))
            return .redirect(Link.account, saying: "From now on signing in takes a code.")
        }
    }

    private static func disableCode(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            try visit.site.signIn.disableTOTP(for: visit.person, password: visit.form.secret("current_password"))
            return .redirect(Link.account, saying: "Signing in takes the password alone.")
        }
    }

    private static func changeKeys(_ visit: StaffVisit) throws -> Reply {
        try visit.site.signIn.setSingleKeys(visit.form.optional("single_keys") != nil, of: visit.person)
        return .redirect(
            Link.account,
            saying: visit.form.optional("single_keys") != nil ? "Single keys are on." : "Single keys are off.")
    }

    private static func access(_ visit: StaffVisit) -> AccessSection {
        AccessSection(visit: visit.visit, person: visit.person, account: Link.account)
    }

    private static func askForAddress(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) { try access(visit).ask() }
    }

    private static func tokens(_ visit: StaffVisit) -> TokensSection {
        TokensSection(visit: visit.visit, person: visit.person, path: "/account/tokens")
    }

    private static func makeFeed(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            try visit.site.signIn.proveAgain(visit.person, password: visit.form.secret("current_password"))
            let token = try visit.site.signIn.makeFeed(for: visit.person)
            return .page(
                try visit.page("Your calendar", in: nil, trail: [("Your account", Link.account)]) {
                    FeedPage.made(visit.visit, token)
                })
        }
    }

    private static func endFeed(_ visit: StaffVisit) throws -> Reply {
        try visit.site.signIn.endFeed(of: visit.person)
        return .redirect(Link.account, saying: "The calendar's address has ended.")
    }

    private static func makeToken(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            let token = try tokens(visit).make()
            return .page(
                try visit.page(
                    "A token for \(visit.form.text("name"))", in: nil, trail: [("Your account", Link.account)]
                ) {
                    TokensSection.made(token)
                })
        }
    }

    private static func revokeToken(_ visit: StaffVisit) throws -> Reply {
        guard try visit.site.signIn.revokeToken(try visit.named("apitoken"), of: visit.actor.id) else {
            throw PageError.missing
        }
        return .redirect(Link.account, saying: "The token is revoked.")
    }

    private static func revoke(_ visit: StaffVisit) throws -> Reply {
        guard try visit.site.signIn.revoke(try visit.named("session"), of: visit.actor.id) else {
            throw PageError.missing
        }
        return .redirect(Link.account, saying: "That browser is signed out.")
    }
}

/// What a browser calls itself, in a word or two.
enum Agent {
    static func name(_ agent: String) -> String {
        let names = [
            ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
            ("curl/", "curl"),
        ]
        let systems = [
            ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("Mac OS", "macOS"),
            ("Linux", "Linux"),
        ]
        let name = names.first { agent.contains($0.0) }?.1 ?? "Another browser"
        return systems.first { agent.contains($0.0) }.map { "\(name) on \($0.1)" } ?? name
    }
}
