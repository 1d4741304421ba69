import Rating
import Values

/// The addresses of the portal.
enum PortalLink {
    static let home = "/portal"
    static let requests = "/portal/requests"
    static let newRequest = "/portal/requests/new"
    static let statements = "/portal/statements"
    static let plan = "/portal/plan"
    static let questions = "/portal/questions"
    static let people = "/portal/people"
    static let account = "/portal/account"

    static func request(_ id: RequestID) -> String { "\(requests)/\(Link.escaped(id.text))" }
    static func request(_ id: RequestID, _ action: String) -> String { "\(request(id))/\(action)" }
    static func statement(_ period: Period) -> String { "\(statements)/\(period)" }
    static func line(_ entry: EntryID) -> String { "/portal/lines/\(Link.escaped(entry.text))" }
    static func attachment(_ id: String) -> String { "/portal/attachments/\(Link.escaped(id))" }
    static func person(_ id: String, _ action: String) -> String { "\(people)/\(Link.escaped(id))/\(action)" }
}

/// All addresses of the portal.
enum PortalRoutes {
    static let all: [Route] =
        PortalHome.routes + PortalRequests.routes + PortalRequest.routes + PortalStatements.routes + PortalPlan.routes
        + PortalPeople.routes + PortalAccount.routes
}
