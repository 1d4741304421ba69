import HTTPTypes
import ServiceDesk
import SiteKit

/// Calendars by a secret address, and the section of account pages where they are made.
enum FeedPage {
    static let routes: [Route] = [.get("/feeds/{token}", feed)]

    /// To calendar programs, which cannot sign in: the address is the secret.
    private static func feed(_ visit: Visit) throws -> Reply {
        let token = try visit.named("token")
        let name = token.hasSuffix(".ics") ? String(token.dropLast(4)) : token
        guard let calendar = try visit.site.signIn.feed(name, publicURL: visit.site.settings.publicURL)
        else { throw PageError.missing }
        return Reply(content: .file(Array(calendar.utf8), type: "text/calendar; charset=utf-8"))
    }

    /// - Parameter path: where its forms go.
    static func section(_ visit: Visit, _ person: SignedIn, path: String) throws -> HTML {
        let parts = FormParts(visit).prefixed("feed")
        let has = try visit.site.signIn.hasFeed(person)
        let what =
            person.actor.client == nil
            ? "When your requests come back, and when first answers are due."
            : "When hours lapse, and when contracts end."
        return """
            <section class="panel stack"><h2>Calendar</h2><p class="muted">\(what) A calendar program reads it at an address that only you know.</p>
            \(parts.form(path, submit: has ? "Make another address" : "Make the address", style: "", AccessSection.password(parts, person)))\(has ? parts.button("\(path)/end", "End it", style: "danger") : .empty)</section>
            """
    }

    /// What is shown once.
    static func made(_ visit: Visit, _ token: String) -> HTML {
        let address = "\(visit.site.settings.publicURL)/feeds/\(token).ics"
        return
            "<div class=\"panel stack\"><p>Give this address to your calendar program. It is shown only this once; an older one stops working.</p><p><code>\(address)</code></p></div>"
    }
}
