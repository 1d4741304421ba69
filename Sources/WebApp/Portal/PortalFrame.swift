import ServiceDesk
import SiteKit
import Values

/// What stands around every page of the portal.
struct PortalFrame: Sendable {
    /// A part of the portal.
    enum Section: String, CaseIterable, Sendable {
        case hours, requests, statements, plan, questions, people

        var name: String {
            switch self {
            case .hours: "Hours"
            case .requests: "Requests"
            case .statements: "Statements"
            case .plan: "Plan"
            case .questions: "Questions"
            case .people: "Colleagues"
            }
        }

        var path: String {
            switch self {
            case .hours: PortalLink.home
            case .requests: PortalLink.requests
            case .statements: PortalLink.statements
            case .plan: PortalLink.plan
            case .questions: PortalLink.questions
            case .people: PortalLink.people
            }
        }

        /// The least role that has it.
        var role: ContactRole { self == .people ? .billing : .viewer }
    }

    /// Who is here.
    var name: String
    /// Their company.
    var company: String
    /// What they may do.
    var role: ContactRole
    /// Where they are.
    var section: Section?

    func header(mark: HTML) -> HTML {
        let items = Section.allCases.filter { role >= $0.role }.map { section -> HTML in
            let isHere: HTML = section == self.section ? " aria-current=\"page\"" : .empty
            return "<li><a href=\"\(section.path)\"\(isHere)>\(section.name)</a></li>"
        }
        return """
            <header class="bar"><div class="bar-inner">
            <a class="brand" href="\(PortalLink.home)">\(mark) \(company)</a>
            <nav class="nav wide" aria-label="Main"><ul>\(items)</ul></nav>
            <details class="nav-menu"><summary>Menu</summary><nav class="nav" aria-label="Menu"><ul>\(items)</ul></nav></details>
            <div class="bar-end"><a class="button" href="\(PortalLink.account)">\(name.split(separator: " ").first.map(String.init) ?? name)<span class="visually-hidden">, your account</span></a></div>
            </div></header>
            """
    }

    static let foot: HTML = """
        <footer class="foot"><p>Every figure follows from recorded work and from what was agreed; ask any of them why.</p></footer>
        """
}
