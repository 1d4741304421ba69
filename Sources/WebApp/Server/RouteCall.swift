import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import ServiceDesk

/// One call of a route: reads the form, checks where it came from and who sent it, and runs the handler on a thread that may
/// wait.
struct RouteCall: Sendable {
    let site: Site
    let route: Route
    let workers: NIOThreadPool

    func answer(_ request: Request, _ context: SiteContext) async throws -> Response {
        if case .token(let endpoint) = route.rule {
            return try await APICall(site: site, endpoint: endpoint, workers: workers).answer(
                request, parameters: parameters(context), address: clientAddress(request, context)
            ) { try await body(of: request) }
        }
        if route.isInstant {
            let answer = Answer(site: site, request: request)
            let visit = try answer.visit(parameters: [:], form: FormFields(), address: context.peer)
            return answer.response(to: try reply(to: visit, answer), visit: visit)
        }
        let isForm = route.method != .get
        var form = FormFields()
        if isForm {
            try checkOrigin(of: request)
            form = try FormBody.fields(
                of: try await body(of: request), contentType: request.headers[.contentType] ?? "")
        }
        let answer = Answer(site: site, request: request)
        let (address, parameters) = (clientAddress(request, context), parameters(context))
        let fields = form
        return try await workers.runIfActive {
            let visit = try answer.visit(parameters: parameters, form: fields, address: address)
            if isForm, !answer.isOurForm(visit) { throw PageError.foreignForm }
            return answer.response(to: try reply(to: visit, answer), visit: visit)
        }
    }

    private func reply(to visit: Visit, _ answer: Answer) throws -> Reply {
        switch route.rule {
        case .token: throw PageError.missing
        case .anyone(let handler):
            return try handler(visit)
        case .staff(let role, let handler):
            guard let person = try answer.person(visit) else {
                return SignInPage.asked(by: visit, wasForm: route.method != .get)
            }
            // To people at clients there are no pages of staff, and to staff no portal.
            guard case .staff(let theirs) = person.actor.standing else { throw PageError.missing }
            guard theirs >= role else {
                throw Refusal.notAllowed(
                    "This page takes \(role == .owner ? "an" : "a") \(role.rawValue); you are signed in as "
                        + "\(person.name), \(theirs.rawValue)")
            }
            return try handler(StaffVisit(visit: visit, person: person, role: theirs))
        case .contact(let role, let handler):
            guard let person = try answer.person(visit) else {
                return SignInPage.asked(by: visit, wasForm: route.method != .get)
            }
            guard case .contact(let client, let theirs) = person.actor.standing else { throw PageError.missing }
            guard theirs >= role else {
                throw Refusal.notAllowed(
                    "Only colleagues with the role \(role.rawValue) may do this; yours is \(theirs.rawValue). Ask whoever "
                        + "manages your company's account")
            }
            return try handler(PortalVisit(visit: visit, person: person, client: client, role: theirs))
        }
    }

    // MARK: What was sent

    /// A form of another site is refused before anything of it is read.
    private func checkOrigin(of request: Request) throws {
        if let site = request.headers[RouteCall.fetchSite], site != "same-origin", site != "none" {
            throw PageError.foreignForm
        }
        guard let origin = request.headers[.origin] else { return }
        let scheme = site.settings.isSecure ? "https" : "http"
        guard origin == site.settings.publicURL || origin == "\(scheme)://\(request.head.authority ?? "")" else {
            throw PageError.foreignForm
        }
    }

    private static let fetchSite = SecurityHeaders.known("Sec-Fetch-Site")

    /// The body, as far as it may be and as long as it may take.
    private func body(of request: Request) async throws -> ByteBuffer {
        let limit = route.limit.rawValue
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw PageError.tooLarge(limit: limit)
        }
        return try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask {
                do {
                    return try await request.body.collect(upTo: limit)
                } catch is NIOTooManyBytesError {
                    throw PageError.tooLarge(limit: limit)
                }
            }
            group.addTask {
                try await Task.sleep(for: RouteCall.patience)
                throw PageError.tooSlow
            }
            defer { group.cancelAll() }
            guard let body = try await group.next() else { throw PageError.tooSlow }
            return body
        }
    }

    /// How long a body may take.
    private static let patience = Duration.seconds(30)

    private func parameters(_ context: SiteContext) -> [String: String] {
        var parameters: [String: String] = [:]
        for name in route.parameters {
            let value = context.parameters.get(name)?.removingPercentEncoding
            // No id has a control character: such a path leads nowhere.
            parameters[name] = value.flatMap {
                $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? nil : $0
            }
        }
        return parameters
    }

    /// Where the request comes from: behind a proxy of ours, what that says.
    private func clientAddress(_ request: Request, _ context: SiteContext) -> String {
        guard site.settings.isBehindProxy, let forwarded = request.headers[RouteCall.forwardedFor],
            let last = forwarded.split(separator: ",").last
        else { return context.peer }
        return String(last.drop { $0 == " " }.prefix(64))
    }

    private static let forwardedFor = SecurityHeaders.known("X-Forwarded-For")
}
