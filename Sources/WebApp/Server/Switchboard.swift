import Database
import HTTPTypes
import Hummingbird
import NIOCore
import SiteKit
import Storage
import Synchronization

/// Answers while the database is waited for, and hands everything to the site once it is there.
final class Switchboard: HTTPResponder {
    typealias Context = SiteContext

    private let settings: SiteSettings
    private let random: @Sendable (Int) -> [UInt8]
    private let headers: SecurityHeaders
    private let site = Mutex<SiteResponder?>(nil)

    init(settings: SiteSettings, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.settings = settings
        self.random = random
        headers = SecurityHeaders(isSecure: settings.isSecure)
    }

    /// The site is there.
    func open(_ responder: SiteResponder) { site.withLock { $0 = responder } }

    func respond(to request: Request, context: SiteContext) async throws -> Response {
        if let site = site.withLock({ $0 }) { return try await site.respond(to: request, context: context) }
        let id = Secret.text(random(9))
        var response = waiting(request, id)
        if request.hasBody { context.closeSoon() }
        headers.add(to: &response.headers)
        response.headers[SiteResponder.requestID] = id
        return response
    }

    /// The process lives, and is not ready.
    private func waiting(_ request: Request, _ id: String) -> Response {
        switch request.uri.path {
        case "/health": return Switchboard.response(.ok, "ok\n", "text/plain; charset=utf-8")
        case "/ready":
            return Switchboard.response(
                .serviceUnavailable, "the database does not answer\n", "text/plain; charset=utf-8")
        case let path where path.hasPrefix(APIEndpoint.base + "/"):
            return APICall.response(to: Switchboard.away, requestID: id).0
        default:
            let refusal = ErrorPage(Switchboard.away, requestID: id)
            var response = Switchboard.response(
                refusal.page.status, refusal.page.document(for: nil, settings: settings).markup,
                "text/html; charset=utf-8")
            response.headers[.retryAfter] = refusal.retryAfter.map { "\($0)" }
            return response
        }
    }

    private static let away = StorageError.away("the database is waited for", fix: "wait")

    private static func response(_ status: HTTPResponse.Status, _ text: String, _ type: String) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
