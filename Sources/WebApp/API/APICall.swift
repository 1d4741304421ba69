import Crypto
import Exchange
import Formats
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceDesk
import SiteKit
import Synchronization
import Values

/// One call of an endpoint: who asks, whether they may, what they sent, and the answer.
struct APICall: Sendable {
    let site: Site
    let endpoint: APIEndpoint
    let lane: Lane.Kind
    let lanes: Lanes

    /// What was read of the request before the database is asked.
    private struct Sent: Sendable {
        var token: String
        var key: String?
        var ifMatch: String?
        var ifNoneMatch: String?
        var isJSON: Bool
        var query: FormFields
        var parameters: [String: String]
        var address: String
    }

    func answer(
        _ request: Request, parameters: [String: String], address: String,
        body: BodyReader
    ) async throws -> Response {
        let type = (request.headers[.contentType] ?? "").split(separator: ";").first.map { $0.lowercased() } ?? ""
        let sent = Sent(
            token: APICall.token(of: request), key: request.headers[APICall.idempotencyKey],
            ifMatch: request.headers[.ifMatch], ifNoneMatch: request.headers[.ifNoneMatch],
            isJSON: type.filter { $0 != " " } == "application/json",
            query: try FormFields(urlEncoded: Array((request.uri.query ?? "").utf8)), parameters: parameters,
            address: address)
        let (holder, left) = try await lanes[.reading].run { try enter(sent) }
        guard endpoint.method != .get else {
            return try await lanes[lane].run { try answer(sent, holder, left, []) }
        }
        // What tells from the head that it will not be done is not read.
        try checkKey(sent.key)
        try checkType(sent.isJSON)
        return try await body.read(for: holder.actor, at: site.desk.now) { bytes in
            let work: @Sendable () async throws -> Response = {
                try await lanes[lane].run {
                    // A body takes its time: whoever has lost the token or the right meanwhile is refused.
                    try answer(sent, try whoAsks(sent), left, Array(bytes.readableBytesView))
                }
            }
            // Passwords are worked on in a line of their own, as those of forms are.
            guard lane == .password else { return try await work() }
            return try await site.shares.passwords.with(Counted.address(address), work)
        }
    }

    private static let idempotencyKey = SecurityHeaders.known("Idempotency-Key")
    private static let rateLimit = SecurityHeaders.known("RateLimit")
    private static let rateLimitPolicy = SecurityHeaders.known("RateLimit-Policy")

    private static func token(of request: Request) -> String {
        let given = request.headers[.authorization] ?? ""
        guard given.prefix(7).lowercased() == "bearer " else { return "" }
        return given.dropFirst(7).trimmingCharacters(in: .whitespaces)
    }

    // MARK: Who asks

    private func enter(_ sent: Sent) throws -> (TokenHolder, left: Int) {
        let holder = try whoAsks(sent)
        return (holder, try RateLimits.take(site.limits.calls, for: holder.actor, now: site.desk.now))
    }

    /// Who asks, where they may.
    private func whoAsks(_ sent: Sent) throws -> TokenHolder {
        guard let holder = try site.signIn.holder(of: sent.token) else {
            if !sent.token.isEmpty {
                if let wait = site.signIn.waitForToken(from: sent.address) { throw PageError.tooMuch(wait: wait) }
                // Whoever reads waits for no write.
                Task { [site, lanes] in
                    try await site.shares.wrongTokens.with(1, for: [Counted.address(sent.address)]) {
                        try await lanes[.saving].run { site.signIn.noteWrongToken(from: sent.address) }
                    }
                }
            }
            throw APIProblem(
                status: .unauthorized, code: "unauthorized", title: "A good token is missing",
                detail: "Send one: Authorization: Bearer msty_…",
                headers: [HTTPField(name: .wwwAuthenticate, value: "Bearer realm=\"mainstay\"")])
        }
        // To people at clients, what is not for them is not there.
        if holder.actor.client != nil, !endpoint.isForContacts { throw APIProblem.missing }
        guard holder.scopes.contains(endpoint.scope) else {
            throw APIProblem(
                status: .forbidden, code: "scope", title: "The token is not for this",
                detail: "It takes the scope \(endpoint.scope.rawValue).")
        }
        return holder
    }

    // MARK: The answer

    private func answer(_ sent: Sent, _ holder: TokenHolder, _ left: Int, _ bytes: [UInt8]) throws -> Response {
        var visit = APIVisit(
            site: site, holder: holder, parameters: sent.parameters, query: try checkedQuery(sent.query),
            body: try members(bytes), file: endpoint.takesFile ? bytes : [], key: sent.key,
            secret: sent.token,
            now: site.desk.now)
        if let wanted = sent.ifMatch, endpoint.method != .get {
            let asked = visit
            visit.condition = { connection in
                var inside = asked
                inside.connection = connection
                try checkMatch(wanted, inside)
            }
        }
        if endpoint.takesPassword {
            try site.signIn.proveAgain(holder, password: visit.required(APIEndpoint.password))
        }
        let asked = visit
        let reply = try once(holder, sent.key) { try NotShown.telling { try endpoint.handler(asked) } }
        var response = response(to: reply)
        response.headers[APICall.rateLimitPolicy] = "\"person\";q=\(site.limits.calls.perMinute);w=60"
        response.headers[APICall.rateLimit] = "\"person\";r=\(left)"
        if endpoint.method == .get, case .json(let json) = reply { tag(&response, json.line, sent.ifNoneMatch) }
        if endpoint.method == .get, case .text(let text) = reply { tag(&response, text, sent.ifNoneMatch) }
        return response
    }

    /// Runs what has a key, unless the same key of the same person is being worked on here: the answer of that one is the
    /// answer. Of two servers the later one waits for the database, and gets the first answer.
    private func once<Value>(_ holder: TokenHolder, _ key: String?, _ body: () throws -> Value) throws -> Value {
        guard endpoint.needsKey, let key else { return try body() }
        let name = "\(holder.actor.id)/\(key)"
        guard site.keysAtWork.withLock({ $0.insert(name).inserted }) else {
            throw APIProblem(
                status: .conflict, code: "in-progress", title: "The same call is being worked on",
                detail: "Send it again in a moment, under the same key, to get its answer.",
                headers: [HTTPField(name: .retryAfter, value: "1")])
        }
        defer { _ = site.keysAtWork.withLock { $0.remove(name) } }
        return try body()
    }

    private func checkKey(_ key: String?) throws {
        guard endpoint.needsKey else { return }
        guard let key else {
            throw APIProblem(
                status: .init(code: 428, reasonPhrase: "Precondition Required"), code: "key-missing",
                title: "A key is missing",
                detail: "Send an Idempotency-Key, new for each thing to do: sent again under its key it is done once.")
        }
        guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            throw APIProblem.unreadable("An Idempotency-Key has 1 to 200 visible characters.")
        }
    }

    private func checkedQuery(_ query: FormFields) throws -> FormFields {
        let faults = endpoint.query.flatMap { parameter -> [APIFault] in
            guard let text = query.optional(parameter.name) else { return [] }
            let value: APIValue =
                if case .whole = parameter.schema {
                    TypedInput.whole(text, in: Int(Int32.min)...Int(Int32.max)).map { .whole($0) } ?? .text(text)
                } else {
                    .text(text)
                }
            return parameter.schema.faults(in: value).map {
                APIFault(nil, $0.code, "\(parameter.name): \($0.detail)", fix: $0.fix)
            }
        }
        guard faults.isEmpty else { throw APIProblem.invalid(faults) }
        return query
    }

    private func checkType(_ isJSON: Bool) throws {
        guard !endpoint.takesFile, endpoint.body != nil, !isJSON else { return }
        throw APIProblem(
            status: .unsupportedMediaType, code: "not-json", title: "Send JSON",
            detail: "Content-Type: application/json")
    }

    private func members(_ bytes: [UInt8]) throws -> [String: APIValue] {
        guard endpoint.method != .get, !endpoint.takesFile else { return [:] }
        guard let schema = endpoint.body else { return [:] }
        guard let value = APIValue(json: bytes) else {
            throw APIProblem.unreadable("It is no JSON.")
        }
        let faults = schema.faults(in: value)
        guard faults.isEmpty, case .object(let members) = value else {
            throw APIProblem.invalid(Array(faults.prefix(100)))
        }
        return members
    }

    /// Whether what is to be changed is still what the program read: the ETag of the resource that the path names.
    private func checkMatch(_ wanted: String, _ visit: APIVisit) throws {
        guard wanted != "*" else { return }
        guard let resource = endpoint.resource else {
            throw APIProblem(
                status: .preconditionFailed, code: "changed", title: "There is nothing to compare with",
                detail: "The call changes nothing that can be read with an ETag: leave If-Match out. Nothing was done.")
        }
        let now: String =
            switch try resource.handler(visit) {
            case .json(let json): json.line
            case .text(let text): text
            case .file: ""
            }
        guard
            wanted.split(separator: ",").contains(where: {
                $0.trimmingCharacters(in: .whitespaces) == APICall.etag(now)
            })
        else {
            throw APIProblem(
                status: .preconditionFailed, code: "changed", title: "It was changed meanwhile",
                detail: "Read it again. Nothing was done.")
        }
    }

    private func response(to reply: APIReply) -> Response {
        var response = Response(status: endpoint.status)
        switch reply {
        case .json(let json): APICall.set(&response, json.line, "application/json")
        case .text(let text): APICall.set(&response, text, "application/json")
        case .file(let bytes, let name, let type):
            response.headers[.contentType] = type
            response.headers[.contentDisposition] = ContentDisposition.attachment(name)
            response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        }
        return response
    }

    static func set(_ response: inout Response, _ text: String, _ type: String) {
        response.headers[.contentType] = type
        response.body = ResponseBody(byteBuffer: ByteBuffer(string: text))
    }

    private func tag(_ response: inout Response, _ text: String, _ known: String?) {
        let etag = APICall.etag(text)
        response.headers[.eTag] = etag
        let isKnown = known?.split(separator: ",").contains {
            let tag = $0.trimmingCharacters(in: .whitespaces)
            return tag == "*" || tag == etag || tag == "W/\(etag)"
        }
        guard isKnown == true else { return }
        response.status = .notModified
        response.body = ResponseBody()
        response.headers[.contentType] = nil
    }

    /// What tells one state of a resource from others: its bytes' hash.
    private static func etag(_ text: String) -> String {
        let hash = SHA256.hash(data: Data(text.utf8))
        return "\"" + Hex.text(hash.prefix(12)) + "\""
    }

    /// An error as programs read it.
    static func response(to error: any Error, requestID: String) -> (Response, String?) {
        let problem =
            APIProblem(error)
            ?? APIProblem(
                status: .internalServerError, code: "internal", title: "Something is wrong on our side",
                detail: "Tell us the request id \(requestID).")
        var response = Response(status: problem.status)
        set(&response, problem.json.line, "application/problem+json")
        for header in problem.headers { response.headers.append(header) }
        return (response, problem.status.code >= 500 ? "\(error)" : nil)
    }
}
