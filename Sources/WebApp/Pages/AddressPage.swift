import HTTPTypes
import ServiceDesk
import SiteKit
import Values

/// Where the link of a mail to a new address leads: whoever reads it says that it is theirs.
enum AddressPage {
    static let routes: [Route] = [
        .get("/addresses/{token}", ask),
        .post("/addresses/{token}", prove),
    ]

    /// A press, for mail programs open links by themselves.
    private static func ask(_ visit: Visit) throws -> Reply {
        guard let email = try visit.site.signIn.addressToProve(try visit.named("token")) else { return .page(spent) }
        let made = visit.withVisitor()
        return made.adding(to: .page(form(made.visit, email, nil)))
    }

    private static func form(_ visit: Visit, _ email: String, _ problems: Problems?) -> Page {
        var page = Page(title: "Is this your address?") {
            "<p>From then on you sign in as \(email), and mail goes there. You are signed out everywhere.</p>\(FormParts(visit).button(visit.path, "Use this address", style: "primary"))"
        }
        page.problems = problems
        return page
    }

    private static func prove(_ visit: Visit) throws -> Reply {
        let token = try visit.named("token")
        guard let email = try visit.site.signIn.addressToProve(token) else { return .page(spent) }
        do {
            guard try visit.site.signIn.proveAddress(token) else { return .page(spent) }
        } catch let problems as Problems {
            var page = form(visit, email, problems)
            page.status = .unprocessableContent
            return .page(page)
        }
        return .page(
            Page(title: "Your address is changed") { "<p>You <a href=\"\(Link.signIn)\">sign in</a> as \(email).</p>" })
    }

    private static let spent: Page = {
        var page = Page(title: "This link does not work") {
            "<p>It was used before, or its time is over. Ask for another one on the page of your account.</p>"
        }
        page.status = .notFound
        return page
    }()
}
