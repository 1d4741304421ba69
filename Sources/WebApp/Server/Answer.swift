import Database
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceDesk
import SiteKit
import Storage
import Values

/// Makes of one request what handlers see, and of what they say the response.
struct Answer: Sendable {
    private let site: Site
    private let request: Request
    private let cookies: [String: String]

    init(site: Site, request: Request) {
        self.site = site
        self.request = request
        var cookies: [String: String] = [:]
        for part in (request.headers[.cookie] ?? "").split(separator: ";") {
            // Ours are plain; what is not is not looked at.
            guard part.utf8.allSatisfy({ $0 < 0x80 }) else { continue }
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if pair.count == 2, cookies[pair[0]] == nil { cookies[pair[0]] = pair[1] }
        }
        self.cookies = cookies
    }

    // MARK: What handlers see

    func visit(parameters: [String: String], form: FormFields, address: String) throws -> Visit {
        Visit(
            site: site, path: request.uri.string, parameters: parameters,
            query: try FormFields(urlEncoded: Array((request.uri.query ?? "").utf8)), form: form,
            cookies: SiteCookie.allCases.reduce(into: [:]) { $0[$1.rawValue] = cookie($1) }, address: address,
            agent: (request.headers[.userAgent] ?? "").cut(toBytes: 200),
            authorization: request.headers[.authorization], formToken: formToken, notice: notice,
            now: site.desk.now)
    }

    /// Who is signed in.
    func person(_ visit: Visit) throws -> SignedIn? {
        guard let token = cookie(.session) else { return nil }
        return try site.signIn.person(token: token)
    }

    /// Whether a form carries the token of one of our pages in this browser.
    func isOurForm(_ visit: Visit) -> Bool {
        guard let secret = browserSecret else { return false }
        return Secret.isProof(visit.form.text("csrf"), of: "form", by: secret)
    }

    /// The token of the forms of this browser: what only somebody with its cookie can make.
    private var formToken: String { browserSecret.map { Secret.proof(of: "form", by: $0) } ?? "" }

    private var browserSecret: String? { cookie(.session) ?? cookie(.visitor) }

    /// What the page before wanted to be said: only if it was ours that wrote it.
    private var notice: String? {
        guard let value = cookie(.notice), let mark = value.lastIndex(of: "."), let secret = browserSecret,
            Secret.isProof(String(value[value.index(after: mark)...]), of: String(value[..<mark]), by: secret)
        else { return nil }
        return value[..<mark].removingPercentEncoding
    }

    private func cookie(_ name: SiteCookie) -> String? { cookies[cookieName(name)].flatMap { $0.isEmpty ? nil : $0 } }

    /// With the prefix, browsers take the cookie over TLS alone, for all paths, and from no other host.
    private func cookieName(_ name: SiteCookie) -> String {
        (site.settings.isSecure ? "__Host-mainstay-" : "mainstay-") + name.rawValue
    }

    // MARK: The response

    func response(to reply: Reply, visit: Visit? = nil) -> Response {
        var response = Response(status: reply.status)
        switch reply.content {
        case .page(let page):
            set(
                &response,
                Array(
                    page.document(for: visit, settings: site.settings, trouble: site.store.saving.trouble).markup.utf8),
                "text/html; charset=utf-8")
            if visit?.notice != nil { setCookie(.notice, "", lifetime: 0, &response) }
        case .fragment(let html): set(&response, Array(html.markup.utf8), "text/html; charset=utf-8")
        case .file(let bytes, let type): set(&response, bytes, type)
        case .shared(let buffer, let type):
            response.headers[.contentType] = type
            response.body = ResponseBody(byteBuffer: buffer)
        case .nothing: break
        }
        for header in reply.headers { response.headers.append(header) }
        var secret = browserSecret
        for cookie in reply.cookies where cookie.name != .notice {
            setCookie(cookie.name, cookie.value, lifetime: cookie.lifetime, &response)
            if cookie.name == .session || cookie.name == .visitor {
                secret = cookie.value.isEmpty ? secret : cookie.value
            }
        }
        for cookie in reply.cookies where cookie.name == .notice {
            guard let secret else { continue }
            let text = Link.escaped(cookie.value.cut(toBytes: 500))
            setCookie(.notice, "\(text).\(Secret.proof(of: text, by: secret))", lifetime: cookie.lifetime, &response)
        }
        return response
    }

    private func set(_ response: inout Response, _ bytes: [UInt8], _ type: String) {
        response.headers[.contentType] = type
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    }

    private func setCookie(_ name: SiteCookie, _ value: String, lifetime: Int?, _ response: inout Response) {
        var text = "\(cookieName(name))=\(value); Path=/; HttpOnly; SameSite=Lax"
        if site.settings.isSecure { text += "; Secure" }
        if let lifetime { text += "; Max-Age=\(lifetime)" }
        response.headers.append(HTTPField(name: .setCookie, value: text))
    }
}
