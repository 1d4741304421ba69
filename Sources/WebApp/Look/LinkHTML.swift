import SiteKit

/// What whoever made a one-time link for somebody else reads about it.
enum LinkHTML {
    /// - Parameter until: how long it works: `within seven days`.
    static func handedOn(_ visit: Visit, _ token: String, until: String) -> HTML {
        guard let address = visit.site.linkToShow(token) else {
            return "<p>A link is on its way to them by mail. It works once, \(until).</p>"
        }
        return
            "<p>Give them this link. It works once, \(until), and is shown only now:</p><p><code>\(address)</code></p>"
    }
}
