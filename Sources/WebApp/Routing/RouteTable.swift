import HTTPTypes
import ServiceDesk

/// Every address of the site. Programs that check rights and pages read it too.
package enum RouteTable {
    static let all: [Route] =
        SitePages.routes + SignInPage.routes + AddressPage.routes + AccountPage.routes + TodayPage.routes
        + TriagePage.routes
        + RequestsPage.routes + RequestPage.routes + EntryPage.routes + ClientsPage.routes + ClientPage.routes
        + ContactsSection.routes + AgreementPages.routes + StatementPage.routes + TermsPages.routes + ImportPage.routes
        + SearchPage.routes
        + LongWorkPage.routes + PeoplePage.routes + WebhooksPage.routes + AuditPage.routes + FeedPage.routes
        + PortalRoutes.all
        + APITable.routes

    /// A route as a program outside sees it.
    package struct Line: Codable, Hashable, Sendable {
        /// The method.
        package var method: String
        /// The path, with what varies in braces.
        package var path: String
        /// The least role that may use it, of staff or of people at clients, or `anyone`; of the API, the scope.
        package var access: String
    }

    /// All of them, in their order.
    package static var lines: [Line] {
        all.map { Line(method: $0.method.rawValue, path: $0.path, access: $0.access) }
    }
}
