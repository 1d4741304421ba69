import Agreements
import HTTPTypes
import ServiceDesk
import SiteKit
import Values

/// A page: what it is called, where it belongs, and what it shows.
struct Page: Sendable {
    /// A part of the site, as the navigation has it.
    enum Section: String, CaseIterable, Sendable {
        case today, triage, requests, clients, terms, importTime, people, audit

        var name: String {
            switch self {
            case .today: "Today"
            case .triage: "Triage"
            case .requests: "Requests"
            case .clients: "Clients"
            case .terms: "Terms"
            case .importTime: "Import"
            case .people: "People"
            case .audit: "Audit"
            }
        }

        var path: String {
            switch self {
            case .today: Link.today
            case .triage: Link.triage
            case .requests: Link.requests
            case .clients: Link.clients
            case .terms: Link.terms
            case .importTime: Link.importTime
            case .people: Link.people
            case .audit: Link.audit
            }
        }

        /// The least role that has it.
        var role: Role {
            switch self {
            case .importTime: .manager
            case .people, .audit: .owner
            default: .agent
            }
        }
    }

    /// What the frame of a page for staff shows.
    struct Frame: Sendable {
        var person: SignedIn
        var timer: Timers.Running?
        var newRequests: Int
        var section: Section?
        /// What is wrong with the server, for those who can have it mended.
        var alarms: [String] = []
    }

    var title: String
    var status: HTTPResponse.Status = .ok
    var frame: Frame?
    /// The frame of a page of the portal.
    var portal: PortalFrame?
    /// Links to what the page is a part of.
    var trail: [(name: String, path: String)] = []
    /// What stands beside the heading.
    var beside: HTML = .empty
    /// What is wrong with the form that was sent.
    var problems: Problems?
    var content: HTML

    init(title: String, _ content: () -> HTML) {
        self.title = title
        self.content = content()
    }

    /// The whole document.
    ///
    /// - Parameter trouble: why nothing can be saved now; nil where it can.
    func document(for visit: Visit?, settings: SiteSettings, trouble: String? = nil) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(problems == nil ? "" : "Error: ")\(title) · \(frame == nil ? settings.agency : "Mainstay")</title>
        <link rel="stylesheet" href="\(Asset.style.path)">
        <link rel="icon" href="\(Asset.icon.path)" type="image/svg+xml">
        <script src="\(Asset.script.path)" defer></script>
        </head>
        <body data-single-keys="\(portal == nil && frame?.person.usesSingleKeys ?? true ? "on" : "off")">
        <a class="skip" href="#main">Skip to the content</a>
        \(settings.banner.map { "<aside class=\"banner\" aria-label=\"About this site\"><p>\($0)</p></aside>" as HTML })
        \(trouble.map { notSaved($0) })
        \(header(visit, settings))
        <main id="main" tabindex="-1" class="page\(frame == nil && portal == nil ? " narrow" : "")"><div class="stack">
        \(trail.isEmpty ? .empty : trailHTML)
        \(frame?.alarms.map { "<div class=\"notice bad\" role=\"alert\"><p>\($0)</p></div>" as HTML } ?? [])
        \(visit?.notice.map { "<div class=\"notice\" role=\"status\"><p>\($0)</p></div>" as HTML })
        \(problems.map { ErrorSummary(problems: $0).html })
        \(portal.map { "<p class=\"print-only\"><strong>\(settings.agency)</strong>, for \($0.company)</p>" as HTML })
        <div class="spread"><h1>\(title)</h1>\(beside)</div>
        \(content)
        </div></main>
        \(portal == nil ? .empty : PortalFrame.foot)\(frame == nil ? .empty : Page.foot)
        </body>
        </html>

        """
    }

    /// Staff are told why, others that.
    private func notSaved(_ why: String) -> HTML {
        let words: HTML =
            frame == nil
            ? "Nothing can be saved here just now: our database takes nothing new. What you see is right; please send what you want to send a little later."
            : "Nothing can be saved now: \(why). What you see is right; what you send is refused until that is mended."
        return "<aside class=\"banner\" aria-label=\"About saving\"><p>\(words)</p></aside>"
    }

    private var trailHTML: HTML {
        let links = trail.map { "<a href=\"\($0.path)\">\($0.name)</a>" as HTML }
        return "<nav class=\"trail\" aria-label=\"Breadcrumb\">\(links.joined(separator: " › "))</nav>"
    }

    private func header(_ visit: Visit?, _ settings: SiteSettings) -> HTML {
        if let portal { return portal.header(mark: Page.mark) }
        guard let frame, let visit else {
            return
                "<header class=\"bar\"><div class=\"bar-inner\"><a class=\"brand\" href=\"/\">\(Page.mark) \(settings.agency)</a></div></header>"
        }
        let items = Section.allCases.filter { frame.person.actor.may($0.role) }.map { section -> HTML in
            let isHere = section == frame.section
            let count: HTML =
                section == .triage && frame.newRequests > 0
                ? " <span class=\"count\">\(frame.newRequests)<span class=\"visually-hidden\"> new</span></span>"
                : .empty
            return
                "<li><a href=\"\(section.path)\"\(isHere ? " aria-current=\"page\"" as HTML : .empty)>\(section.name)\(count)</a></li>"
        }
        return """
            <header class="bar"><div class="bar-inner">
            <a class="brand" href="\(Link.today)">\(Page.mark) Mainstay</a>
            <nav class="nav wide" aria-label="Main"><ul>\(items)</ul></nav>
            <details class="nav-menu"><summary>Menu</summary><nav class="nav" aria-label="Menu"><ul>\(items)</ul></nav></details>
            <div class="bar-end">
            \(timer(frame, visit))
            <form action="\(Link.search)" method="get" role="search"><label class="visually-hidden" for="search">Search</label><input id="search" type="search" name="q" placeholder="Search" data-key="/"></form>
            <a class="button" href="\(Link.account)">\(frame.person.name.split(separator: " ").first.map(String.init) ?? frame.person.name)<span class="visually-hidden">, your account</span></a>
            </div></div></header>
            """
    }

    /// The timer that runs, on every page: stopping it is one press.
    private func timer(_ frame: Frame, _ visit: Visit) -> HTML {
        guard let timer = frame.timer else { return .empty }
        let elapsed = max(.zero, visit.now - timer.since)
        return """
            <form class="timer" action="\(Link.timerStop)" method="post">\(FormParts.hidden(visit))
            <span><span class="visually-hidden">Timer on </span><a href="\(Link.request(timer.request))">\(timer.request)</a></span>
            <time datetime="PT\(elapsed.seconds)S" data-timer-since="\(timer.since)">\(elapsed.seconds / 3600):\(twoDigits(elapsed.seconds / 60 % 60))</time>
            <button class="primary" data-key="x">Stop</button></form>
            """
    }

    private static let mark: HTML = """
        <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M12 3v18M12 4 5 19h14z" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/></svg>
        """

    private static let foot: HTML = """
        <footer class="foot"><p><a href="\(Link.keys)" data-keys-help>Keys</a> · Every figure follows from recorded facts; ask any of them why.</p></footer>
        """
}

extension StaffVisit {
    /// A page within the frame of the site, with the timer that runs and the number of requests to triage.
    func page(
        _ title: String, in section: Page.Section?, trail: [(name: String, path: String)] = [], beside: HTML = .empty,
        problems: Problems? = nil, _ content: () throws -> HTML
    ) throws -> Page {
        let (timer, newRequests, behind) = try read { connection in
            (
                try Timers(connection).running(of: actor.id),
                try RequestBoard(connection).newCount(on: visit.site.settings.zone.date(of: visit.now)),
                try Clocks.behind(connection, now: visit.now)
            )
        }
        let html = try content()
        var page = Page(title: title) { html }
        page.frame = Page.Frame(person: person, timer: timer, newRequests: newRequests, section: section)
        // Every page tells owners, and Today whoever's time it spoils.
        if behind > Clocks.tolerated, section == .today || role == .owner {
            page.frame?.alarms.append(
                "The server's clock is \(behind) behind what was recorded last. Until it is right, time that a timer "
                    + "measures is wrong: log it by hand, and have the clock set.")
        }
        if section == .today, role == .owner {
            page.frame?.alarms += visit.site.troubles.map(\.text)
        }
        page.trail = trail
        page.beside = beside
        page.problems = problems
        return page
    }
}
