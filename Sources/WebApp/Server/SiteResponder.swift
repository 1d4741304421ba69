import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Metrics
import NIOCore
import SiteKit
import Storage
import Values

/// What stands between the network and the pages: finds the route, reads what was sent, asks who it is, and sees to it that
/// every answer, also a refusal, has its headers, its line in the log and its count.
struct SiteResponder: HTTPResponder {
    typealias Context = SiteContext

    private let site: Site
    private let router: RouterResponder<SiteContext>
    private let headers: SecurityHeaders

    /// - Parameter lanes: the threads on which handlers wait for the database.
    init(site: Site, routes: [Route], lanes: Lanes) {
        self.site = site
        headers = SecurityHeaders(isSecure: site.settings.isSecure)
        let router = Router(context: SiteContext.self, options: .autoGenerateHeadEndpoints)
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try await RouteCall(site: site, route: route, lanes: lanes).answer(request, context)
            }
        }
        self.router = router.buildResponder()
    }

    func respond(to request: Request, context: SiteContext) async throws -> Response {
        let id = Secret.text(site.random(9))
        let began = ContinuousClock.now
        var response: Response
        var failure: String?
        do {
            try checkText(of: request)
            try checkHost(of: request)
            response = try await router.respond(to: request, context: context)
            // The router answers itself where there is no such route, with a bare status.
            if response.status.code >= 400, response.body.contentLength == 0 { throw HTTPError(response.status) }
        } catch {
            let refusal = ErrorPage(
                error, requestID: id, isPortal: request.uri.path.utf8.starts(with: PortalLink.home.utf8))
            failure = refusal.detail
            if request.uri.path.utf8.starts(with: "\(APIEndpoint.base)/".utf8) {
                (response, failure) = SiteResponder.apiResponse(to: error, request, id, page: refusal.page.status)
            } else {
                response = Answer(site: site, request: request).response(to: .page(refusal.page))
            }
            if let wait = refusal.retryAfter { response.headers[.retryAfter] = "\(wait)" }
            if refusal.closes { context.closeSoon() }
        }
        // What was refused before it was read is not wanted any more.
        if response.status.code >= 400, request.hasLargeBody { context.closeSoon() }
        // A body that nobody asked for is not read to its end.
        if request.method == .get || request.method == .head, request.hasBody { context.closeSoon() }
        headers.add(to: &response.headers)
        response.headers[SiteResponder.requestID] = id
        note(request, context, response.status, id: id, took: began.duration(to: .now), failure: failure)
        return response
    }

    /// Whatever a head says can be compared and cut at a cost that grows with its length alone: nothing is done with it before
    /// that is sure.
    private func checkText(of request: Request) throws {
        let head = request.head
        guard head.path?.isStreamSafe ?? true, head.authority?.isStreamSafe ?? true,
            head.headerFields.allSatisfy(\.value.isStreamSafe)
        else { throw PageError.unreadable("What was sent has too many marks on one letter.") }
    }

    /// A request has one Host, and where the site's own is known, that one: links, forms and cookies are made for it. Those who
    /// watch the server ask by its number.
    private func checkHost(of request: Request) throws {
        guard request.headers[SiteResponder.host] == nil, let authority = request.head.authority, !authority.isEmpty
        else {
            throw HTTPError(.badRequest)
        }
        guard let host = site.settings.host, !SiteResponder.watching.contains(request.uri.path) else { return }
        let port = site.settings.isSecure ? ":443" : ":80"
        guard [host, host + port].contains(authority.lowercased()) else { throw PageError.otherHost }
    }

    // The first Host is the authority; this is one beside it.
    private static let host = SecurityHeaders.known("Host")
    private static let watching = ["/health", "/ready", "/metrics"]

    private func note(
        _ request: Request, _ context: SiteContext, _ status: HTTPResponse.Status, id: String, took: Duration,
        failure: String?
    ) {
        // The route, not the path: a path names clients, and there are as many as people try.
        let route = context.endpointPath ?? "none"
        let dimensions = [("method", request.method.rawValue), ("route", route), ("status", "\(status.code)")]
        Counter(label: "http_requests_total", dimensions: dimensions).increment()
        let nanoseconds = took.components.seconds * 1_000_000_000 + took.components.attoseconds / 1_000_000_000
        Metrics.Timer(label: "http_request_duration_seconds", dimensions: [("route", route)])
            .recordNanoseconds(nanoseconds)
        var metadata: Logger.Metadata = [
            "request_id": "\(id)", "method": "\(request.method)", "route": "\(route)", "status": "\(status.code)",
            "microseconds": "\(nanoseconds / 1000)", "peer": "\(context.peer)",
        ]
        if let failure { metadata["failure"] = "\(failure)" }
        context.logger.log(level: status.code >= 500 ? .error : .info, "request", metadata: metadata)
    }

    /// What programs get where something is not done; a path of the API that has other methods says which.
    ///
    /// - Parameter status: what a page would say, for errors that say nothing else.
    private static func apiResponse(
        to error: any Error, _ request: Request, _ id: String, page status: HTTPResponse.Status
    ) -> (Response, String?) {
        guard let http = error as? any HTTPResponseError, http.status.code < 500 else {
            guard APIProblem(error) == nil, status.code < 500 else { return APICall.response(to: error, requestID: id) }
            return APICall.response(
                to: APIProblem(status: status, code: "refused", title: status.reasonPhrase), requestID: id)
        }
        let methods = APITable.methods(of: request.uri.path)
        let problem =
            methods.isEmpty || http.status != .notFound && http.status != .methodNotAllowed
            ? APIProblem(status: http.status, code: "refused", title: http.status.reasonPhrase)
            : APIProblem(
                status: .methodNotAllowed, code: "method", title: "There is no such method",
                headers: [HTTPField(name: .allow, value: methods.joined(separator: ", "))])
        return APICall.response(to: problem, requestID: id)
    }

    static let requestID = SecurityHeaders.known("X-Request-ID")
}

extension Request {
    /// Whether a body follows that is more than people type, or may be.
    var hasLargeBody: Bool {
        headers[.transferEncoding] != nil
            || headers[.contentLength].map { TypedInput.whole($0, in: 0...Route.BodyLimit.form.rawValue) == nil }
                ?? false
    }

    /// Whether it says that a body follows.
    var hasBody: Bool {
        headers[.transferEncoding] != nil || headers[.contentLength].map { $0 != "0" } ?? false
    }
}
