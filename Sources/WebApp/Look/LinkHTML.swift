import SiteKit

/// What whoever made a one-time link for somebody else reads about it.
enum LinkHTML {
    /// - Parameters:
    ///   - token: nil where the form was sent before, and the link was shown then.
    ///   - until: how long it works: `within seven days`.
    static func handedOn(_ visit: Visit, _ token: String?, until: String) -> HTML {
        guard !visit.site.settings.sendsMail else {
            return "<p>A link is on its way to them by mail. It works once, \(until).</p>"
        }
        guard let address = token.flatMap({ visit.site.linkToShow($0) }) else {
            return "<p>The form was sent before, and their link was shown then: it is kept nowhere.</p>"
        }
        return
            "<p>Give them this link. It works once, \(until), and is shown only now:</p><p><code>\(address)</code></p>"
    }
}
