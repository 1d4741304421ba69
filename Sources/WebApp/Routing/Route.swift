import HTTPTypes
import ServiceDesk
import SiteKit

/// One address of the site: its method and path, who may use it, and what answers. There is no route without a rule.
struct Route: Sendable {
    /// Who may use a route, with what answers them: a handler for staff cannot be reached without a member of staff.
    enum Rule: Sendable {
        /// Whoever comes.
        case anyone(@Sendable (Visit) throws -> Reply)
        /// Members of staff of at least a role.
        case staff(Role, @Sendable (StaffVisit) throws -> Reply)
        /// People at clients, of at least a role: the portal.
        case contact(ContactRole, @Sendable (PortalVisit) throws -> Reply)
        /// Programs with a token: the API.
        case token(APIEndpoint)
    }

    /// The largest body of a request.
    enum BodyLimit: Int, Sendable {
        /// What people type who are not signed in.
        case short = 16_384
        /// What people type.
        case form = 262_144
        /// A few files with what people type.
        case upload = 33_554_432
    }

    /// The method.
    let method: HTTPRequest.Method
    /// The path, with what varies in braces: `/requests/{request}`.
    let path: String
    /// Who may use it, and what answers.
    let rule: Rule
    /// The largest body.
    let limit: BodyLimit
    /// Whether it is answered at once, without waiting for a thread: where all of them are busy, this still says so.
    private(set) var isInstant = false
    /// The threads that work on it.
    private(set) var lane: Lane.Kind
    /// What is done, where that may take longer than people wait for a page: "Closing the month".
    private(set) var longWork: String?

    init(method: HTTPRequest.Method, path: String, rule: Rule, limit: BodyLimit) {
        (self.method, self.path, self.rule, self.limit) = (method, path, rule, limit)
        lane = method == .get ? .reading : .saving
    }

    /// The same route, where a password may be worked on.
    var tryingPassword: Route { on(.password) }

    /// The same route, worked on by other threads.
    func on(_ lane: Lane.Kind) -> Route {
        var route = self
        route.lane = lane
        return route
    }

    /// The same route, where what it does may take longer than people wait for a page.
    func takingLong(_ title: String) -> Route {
        var route = on(.long)
        route.longWork = title
        return route
    }

    /// The same route, answered at once.
    var atOnce: Route {
        var route = self
        route.isInstant = true
        return route
    }

    /// A page or file for whoever comes.
    static func get(_ path: String, _ answer: @escaping @Sendable (Visit) throws -> Reply) -> Route {
        Route(method: .get, path: path, rule: .anyone(answer), limit: .form)
    }

    /// A form that whoever comes may send.
    static func post(_ path: String, _ answer: @escaping @Sendable (Visit) throws -> Reply) -> Route {
        Route(method: .post, path: path, rule: .anyone(answer), limit: .short)
    }

    /// A page or file for staff.
    static func get(_ path: String, _ role: Role, _ answer: @escaping @Sendable (StaffVisit) throws -> Reply) -> Route {
        Route(method: .get, path: path, rule: .staff(role, answer), limit: .form)
    }

    /// A form of staff.
    static func post(
        _ path: String, _ role: Role, limit: BodyLimit = .form,
        _ answer: @escaping @Sendable (StaffVisit) throws -> Reply
    ) -> Route {
        Route(method: .post, path: path, rule: .staff(role, answer), limit: limit)
    }

    /// A page or file of the portal.
    static func get(
        _ path: String, _ role: ContactRole, _ answer: @escaping @Sendable (PortalVisit) throws -> Reply
    ) -> Route {
        Route(method: .get, path: path, rule: .contact(role, answer), limit: .form)
    }

    /// A form of the portal.
    static func post(
        _ path: String, _ role: ContactRole, limit: BodyLimit = .form,
        _ answer: @escaping @Sendable (PortalVisit) throws -> Reply
    ) -> Route {
        Route(method: .post, path: path, rule: .contact(role, answer), limit: limit)
    }

    /// What varies in the path: `request`.
    var parameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// Who may use it, in a word: `anyone`, or the least role.
    var access: String {
        switch rule {
        case .anyone: "anyone"
        case .staff(let role, _): role.rawValue
        case .contact(let role, _): role.rawValue
        case .token(let endpoint): "token:\(endpoint.scope.rawValue)"
        }
    }
}
