import HTTPTypes
import ServiceDesk
import SiteKit
import Values

/// The way in and out: password, code, one-time links.
enum SignInPage {
    static let routes: [Route] = [
        .get(Link.signIn) { visit in form(visit) },
        .post(Link.signIn, signIn).tryingPassword,
        .get(Link.signInCode) { visit in codeForm(visit) },
        .post(Link.signInCode, confirm),
        .post(Link.signOut, signOut),
        .get(Link.reset) { visit in visited(visit, resetForm) },
        .post(Link.reset, reset),
        .post(Link.signInLink, askForLink),
        .get("/links/{token}", link),
        .post("/links/{token}", useLink).tryingPassword,
        .post("/links/{token}/enter", enter),
    ]

    /// What somebody gets who is not signed in: the way in, and back to where they wanted to go.
    static func asked(by visit: Visit, wasForm: Bool) -> Reply {
        guard wasForm else { return .redirect(Link.with(Link.signIn, ["next": visit.path == "/" ? "" : visit.path])) }
        var page = Page(title: "You are not signed in") {
            """
            <p>You were signed out since that page was shown. Nothing was done. <a href="\(Link.signIn)">Sign in</a>, then go back to what you typed and send it again.</p>
            """
        }
        page.status = .unauthorized
        return .page(page)
    }

    // MARK: Password

    private static func form(_ visit: Visit, _ message: String? = nil) -> Reply {
        let visit = visit.withVisitor()
        let parts = FormParts(visit.visit)
        var page = Page(title: "Sign in") {
            """
            \(message.map { "<div class=\"error-summary\" role=\"alert\" tabindex=\"-1\" data-error-summary><p>\($0)</p></div>" as HTML })
            \(parts.form(Link.signIn, submit: "Sign in",
                parts.text("email", "E-mail", value: visit.visit.form.text("email"), type: "email", autocomplete: "username")
                + parts.text("password", "Password", type: "password", autocomplete: "current-password")
                + FormParts.hiddenField("next", next(visit.visit))))
            \(visit.visit.site.settings.sendsMail
                ? "<p><a href=\"\(Link.reset)\">I forgot my password</a></p><section class=\"panel stack\"><h2>Are you a client?</h2>\(parts.prefixed("link").form(Link.signInLink, submit: "Send me a link", style: "", parts.prefixed("link").text("email", "E-mail", hint: "A link by mail lets you in without a password.", type: "email", autocomplete: "username")))</section>" as HTML
                : "<p class=\"muted\">Forgot your password? An owner can make a link for you: <code>mainstay user reset</code>.</p>")
            """
        }
        if message != nil { page.status = .unprocessableContent }
        return visit.adding(to: .page(page))
    }

    private static func signIn(_ visit: Visit) throws -> Reply {
        let answer = try visit.site.signIn.signIn(
            email: visit.form.text("email"), password: visit.form.secret("password"), address: visit.address,
            agent: visit.agent, device: device(visit))
        switch answer {
        case .signedIn(let token): return try signedIn(visit, token, next(visit))
        case .needsCode(let token):
            var reply = Reply.redirect(Link.with(Link.signInCode, ["next": next(visit)]))
            reply.cookies = [.init(name: .half, value: token, lifetime: 600)]
            return reply
        case .refused: return form(visit, "The e-mail or the password is not right.")
        case .wait(let seconds):
            return form(visit, "Too many tries. Wait \(Written.count(seconds, "second")), then try again.")
        }
    }

    // MARK: Code

    private static func codeForm(_ visit: Visit, _ message: String? = nil) -> Reply {
        guard visit.cookies[SiteCookie.half.rawValue] != nil else { return .redirect(Link.signIn) }
        let made = visit.withVisitor()
        let parts = FormParts(made.visit)
        var page = Page(title: "Enter your code") {
            """
            \(message.map { "<div class=\"error-summary\" role=\"alert\" tabindex=\"-1\" data-error-summary><p>\($0)</p></div>" as HTML })
            \(parts.form(Link.signInCode, submit: "Sign in",
                parts.text("code", "Code", hint: "The six digits that your app shows for Mainstay.", autocomplete: "one-time-code", attributes: " inputmode=\"numeric\"")
                + FormParts.hiddenField("next", next(visit))))
            """
        }
        if message != nil { page.status = .unprocessableContent }
        return made.adding(to: .page(page))
    }

    private static func confirm(_ visit: Visit) throws -> Reply {
        let half = visit.cookies[SiteCookie.half.rawValue] ?? ""
        switch try visit.site.signIn.confirm(
            half: half, code: visit.form.text("code"), address: visit.address, agent: visit.agent, device: device(visit)
        )
        {
        case .signedIn(let token): return try signedIn(visit, token, next(visit))
        case .wait(let seconds):
            return codeForm(visit, "Too many tries. Wait \(Written.count(seconds, "second")), then try again.")
        case .refused, .needsCode:
            guard try visit.site.signIn.isHalf(half) else {
                var reply = form(visit, "The code came too late, or too many were wrong. Begin again.")
                reply.cookies.append(.init(name: .half, value: "", lifetime: 0))
                return reply
            }
            return codeForm(visit, "The code is not right, or was used before. Wait for the next one.")
        }
    }

    /// What the browser kept of signing in before.
    private static func device(_ visit: Visit) -> String { visit.cookies[SiteCookie.device.rawValue] ?? "" }

    /// The browser has a new session; the one that it had before ends.
    private static func signedIn(_ visit: Visit, _ token: String, _ path: String) throws -> Reply {
        if let old = visit.cookies[SiteCookie.session.rawValue] { try visit.site.signIn.signOut(token: old) }
        var reply = Reply.redirect(path.isEmpty ? "/" : path)
        reply.cookies = [
            .init(name: .session, value: token, lifetime: 14 * 86_400), .init(name: .half, value: "", lifetime: 0),
            .init(name: .visitor, value: "", lifetime: 0),
        ]
        if let device = try visit.site.signIn.device(ofSession: token) {
            reply.cookies.append(.init(name: .device, value: device, lifetime: 400 * 86_400))
        }
        return reply
    }

    private static func signOut(_ visit: Visit) throws -> Reply {
        if let token = visit.cookies[SiteCookie.session.rawValue] { try visit.site.signIn.signOut(token: token) }
        var reply = Reply.redirect(Link.signIn)
        reply.cookies = [.init(name: .session, value: "", lifetime: 0)]
        return reply
    }

    /// Where to go once signed in: a page of ours, whatever the address says.
    private static func next(_ visit: Visit) -> String {
        let wanted = visit.form.optional("next") ?? visit.query.optional("next") ?? ""
        let isOurs =
            wanted.hasPrefix("/") && !wanted.hasPrefix("//") && !wanted.contains("\\")
            && wanted.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F }
        return isOurs ? wanted : ""
    }

    // MARK: Links

    private static func visited(_ visit: Visit, _ page: (Visit) -> Page) -> Reply {
        let made = visit.withVisitor()
        return made.adding(to: .page(page(made.visit)))
    }

    private static func resetForm(_ visit: Visit) -> Page {
        Page(title: "Forgot your password?") {
            guard visit.site.settings.sendsMail else {
                return
                    "<p>This site sends no mail. An owner can make a link for you: <code>mainstay user reset</code>.</p>"
            }
            let parts = FormParts(visit)
            return parts.form(
                Link.reset, submit: "Send me a link",
                parts.text("email", "E-mail", type: "email", autocomplete: "username"))
        }
    }

    private static func reset(_ visit: Visit) throws -> Reply {
        if visit.site.settings.sendsMail {
            try visit.site.signIn.requestReset(email: visit.form.text("email"), address: visit.address)
        }
        return .page(
            Page(title: "Look into your mail") {
                "<p>If somebody here has that address, a link is on its way. It works once, and for a day.</p>"
            })
    }

    private static func link(_ visit: Visit) throws -> Reply {
        guard let info = try visit.site.signIn.openLink(try visit.named("token")) else { return .page(spent) }
        return visited(visit) { linkForm($0, info, nil) }
    }

    /// What somebody at a client gets by mail in place of a password.
    private static func askForLink(_ visit: Visit) throws -> Reply {
        if visit.site.settings.sendsMail {
            try visit.site.signIn.requestEntry(email: visit.form.text("email"), address: visit.address)
        }
        return .page(
            Page(title: "Look into your mail") {
                "<p>If a client of ours has that address, a link is on its way. It works once, for a quarter of an hour.</p>"
            })
    }

    /// Lets somebody at a client in by their link: a press, for mail programs open links by themselves.
    private static func enter(_ visit: Visit) throws -> Reply {
        switch try visit.site.signIn.enter(
            try visit.named("token"), address: visit.address, agent: visit.agent)
        {
        case .signedIn(let session): return try signedIn(visit, session, "")
        case .needsCode(let half):
            var reply = Reply.redirect(Link.signInCode)
            reply.cookies = [.init(name: .half, value: half, lifetime: 600)]
            return reply
        case .refused, .wait: return .page(spent)
        }
    }

    private static func linkForm(_ visit: Visit, _ info: LinkInfo, _ problems: Problems?) -> Page {
        let parts = FormParts(visit, problems: problems)
        if info.isEntry { return entryForm(visit, info, problems) }
        var page = Page(title: info.isInvitation ? "Welcome, \(info.name)" : "Choose a new password") {
            """
            <p>\(info.isInvitation ? "You were invited to work here" : "The link is for") as \(info.email). Choose a password of at least 12 characters; several words are good.</p>
            \(parts.form(visit.path, submit: "Save and sign in",
                FormParts.hiddenField("username", info.email)
                + parts.text("password", "New password", type: "password", autocomplete: "new-password")))
            """
        }
        page.problems = problems
        return page
    }

    private static func entryForm(_ visit: Visit, _ info: LinkInfo, _ problems: Problems?) -> Page {
        let parts = FormParts(visit, problems: problems)
        let password: HTML =
            info.isInvitation
            ? """
            <details\(problems == nil ? .empty : " open" as HTML)><summary>Choose a password, to sign in without a mail next time</summary>\(parts.form(visit.path, submit: "Save and sign in", style: "",
                FormParts.hiddenField("username", info.email)
                + parts.text("password", "New password", hint: "At least 12 characters; several words are good.", type: "password", autocomplete: "new-password")))</details>
            """ : .empty
        var page = Page(title: "Welcome, \(info.name)") {
            "<p>You sign in as \(info.email).</p>\(parts.button("\(visit.path)/enter", "Sign in", style: "primary"))\(password)"
        }
        page.problems = problems
        return page
    }

    private static let spent: Page = {
        var page = Page(title: "This link does not work") {
            "<p>It was used before, or its time is over. Ask whoever gave it to you for another one, or <a href=\"\(Link.signIn)\">sign in</a>.</p>"
        }
        page.status = .notFound
        return page
    }()

    private static func useLink(_ visit: Visit) throws -> Reply {
        let token = try visit.named("token")
        guard let info = try visit.site.signIn.openLink(token) else { return .page(spent) }
        do {
            switch try visit.site.signIn.useLink(
                token, newPassword: visit.form.secret("password"), address: visit.address, agent: visit.agent)
            {
            case .signedIn(let session): return try signedIn(visit, session, "")
            case .needsCode(let half):
                var reply = Reply.redirect(Link.signInCode)
                reply.cookies = [.init(name: .half, value: half, lifetime: 600)]
                return reply
            case .refused, .wait: return .page(spent)
            }
        } catch let problems as Problems {
            var page = linkForm(visit, info, problems)
            page.status = .unprocessableContent
            return .page(page)
        }
    }
}

/// A request of somebody who is not signed in, with a secret for the forms of their browser.
struct VisitorVisit {
    let visit: Visit
    private let newSecret: String?

    fileprivate init(_ visit: Visit, newSecret: String?) {
        self.visit = visit
        self.newSecret = newSecret
    }

    /// The reply, which gives the browser its secret where it has none.
    func adding(to reply: Reply) -> Reply {
        guard let newSecret else { return reply }
        var reply = reply
        reply.cookies.append(.init(name: .visitor, value: newSecret, lifetime: 86_400))
        return reply
    }
}

extension Visit {
    /// This request, with a secret for forms.
    func withVisitor() -> VisitorVisit {
        guard formToken.isEmpty else { return VisitorVisit(self, newSecret: nil) }
        let secret = Secret.text(site.random(32))
        let visit = Visit(
            site: site, path: path, parameters: parameters, query: query, form: form, cookies: cookies,
            address: address,
            agent: agent, authorization: authorization, formToken: Secret.proof(of: "form", by: secret), notice: notice,
            now: now)
        return VisitorVisit(visit, newSecret: secret)
    }
}
