import Agreements
import Foundation
import HTTPTypes
import Rating
import ServiceDesk
import Storage
import TestSupport
import Testing

@testable import WebApp

@Suite("The JSON API")
struct APITests {
    private static let all = Set(TokenScope.allCases)

    private func token(_ test: TestSite, _ id: String, _ scopes: Set<TokenScope> = all) throws -> String {
        let actor =
            try TestSite.people.first { $0.id == id }.map { Actor(id: id, role: $0.role) }
            ?? TestSite.contacts.first { $0.id == id }.map {
                Actor(contact: try test.contact(id), of: $0.client, role: $0.role)
            }
        let owner = try #require(actor)
        let allowed = owner.client == nil ? scopes : scopes.intersection([.read, .requests])
        return try test.site.signIn.makeToken(
            name: "test", scopes: allowed, expires: test.clock.now + Hours(24), for: owner
        ).token
    }

    private func headers(_ token: String?, key: String? = nil, _ more: [HTTPField] = []) -> HTTPFields {
        var fields = HTTPFields(more)
        if let token { fields[.authorization] = "Bearer \(token)" }
        if let key { fields.append(HTTPField(name: SecurityHeaders.known("Idempotency-Key"), value: key)) }
        fields[.contentType] = "application/json"
        return fields
    }

    private func fill(_ endpoint: APIEndpoint, _ names: [String: String]) -> String {
        endpoint.parameters.reduce(endpoint.fullPath) { $0.replacing("{\($1)}", with: names[$1] ?? "no-such") }
    }

    // MARK: The description

    @Test("The description that is checked in is the one that is served, and agrees with the routes both ways")
    func document() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/openapi.json")
        #expect(
            try String(contentsOf: path, encoding: .utf8) == OpenAPI.document,
            "make it anew: mainstay openapi > docs/openapi.json")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(OpenAPI.document.utf8)) as? [String: Any])
        let paths = try #require(json["paths"] as? [String: [String: Any]])
        let described = Set(paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) /api/v1\(path)" } })
        let routed = Set(
            RouteTable.all.filter { $0.path.hasPrefix("/api/") }.map { "\($0.method.rawValue) \($0.path)" })
        #expect(described == routed)
        let ids = paths.values.flatMap(\.values).compactMap { ($0 as? [String: Any])?["operationId"] as? String }
        #expect(Set(ids).count == ids.count)
        #expect(ids.count == APITable.endpoints.count)
    }

    // MARK: Who may

    @Test("Every endpoint: no token, a wrong one, one without the scope, one of a client", arguments: EngineKind.tested)
    func matrix(kind: EngineKind) async throws {
        let test = try TestSite(kind, settings: { $0.callsPerMinute = 100_000 })
        let request = try test.last("request")
        let entry = try test.log("ari")
        let attachment = try test.last("attachment")
        let theirs = try test.fillBeta()
        let shared = ["period": "2026-11", "effective": "2021-01-01", "name": "a.txt"]
        let own = shared.merging([
            "client": "acme", "request": request, "attachment": attachment, "entry": entry,
            "contact": try test.contact("vera"),
        ]) { $1 }
        let others = shared.merging(theirs.merging(["client": "beta", "contact": try test.contact("bea")]) { $1 }) {
            $1
        }
        let owner = try token(test, "olga")
        let bill = try token(test, "bill")
        let single = try Dictionary(
            uniqueKeysWithValues: TokenScope.allCases.map { ($0, try token(test, "olga", [$0])) })
        try await test.browse { browser in
            var wrong: [String] = []
            func status(_ endpoint: APIEndpoint, _ names: [String: String], _ token: String?) async throws
                -> TestSite.Answer
            {
                try await browser("olga").send(
                    endpoint.method, fill(endpoint, names), body: endpoint.method == .get ? nil : "{}",
                    headers: headers(token, key: UUID().uuidString))
            }
            for endpoint in APITable.endpoints {
                func expect(_ what: String, _ answer: TestSite.Answer, _ isRight: (Int) -> Bool) {
                    let isProblem = answer.status.code < 400 || answer.text.hasPrefix("{\"type\":\"/api/v1/problems#")
                    if !isRight(answer.status.code) || !isProblem {
                        wrong.append("\(endpoint.id), \(what): \(answer.status.code) \(answer.text.prefix(120))")
                    }
                }
                // The cookie of an owner is none here.
                expect("no token", try await status(endpoint, own, nil)) { $0 == 401 }
                for scope in TokenScope.allCases where scope != endpoint.scope {
                    expect("scope \(scope)", try await status(endpoint, own, single[scope])) { $0 == 403 }
                }
                expect("missing", try await status(endpoint, [:], owner)) { code in
                    endpoint.parameters.isEmpty ? code < 500 : [404, 422].contains(code)
                }
                let foreign = try await status(endpoint, others, bill)
                let isNamed = !Set(endpoint.parameters).isDisjoint(with: [
                    "client", "request", "attachment", "entry", "contact",
                ])
                expect("another client's", foreign) { code in
                    !endpoint.isForContacts || isNamed ? [404, 422].contains(code) : code < 500
                }
                let mine = try await status(endpoint, own, bill)
                expect("a client's own", mine) { code in
                    endpoint.isForContacts ? [200, 201, 422].contains(code) : code == 404
                }
                for answer in [foreign, mine] where answer.text.localizedCaseInsensitiveContains("secret") {
                    wrong.append("\(endpoint.id) tells a client of another")
                }
            }
            #expect(wrong == [])
        }
    }

    @Test(
        "A token ends with its day, its revocation and its owner, and never may more than they do now",
        arguments: EngineKind.tested)
    func tokens(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let (mia, bo) = (try token(test, "mia"), try token(test, "bo"))
        let owner = Actor(id: "olga", role: .owner)
        try await test.browse { browser in
            func get(_ token: String) async throws -> Int {
                try await browser("").send(.get, "/api/v1/clients", headers: headers(token)).status.code
            }
            var code = try await get(mia)
            #expect(code == 200)
            // An agent's token, whatever its scopes, closes no month.
            let close = try await browser("").send(
                .post, "/api/v1/clients/acme/statements/2026-10/close", body: "{}", headers: headers(bo, key: "k"))
            #expect(close.status == .forbidden)
            _ = try test.desk.perform(EndUser(id: "bo"), by: owner)
            code = try await get(bo)
            #expect(code == 401)
            let id = try #require(try test.site.signIn.tokens(of: "mia").first?.id)
            #expect(try !test.site.signIn.revokeToken(id, of: "olga"))
            test.clock.set("2026-11-24T12:00:00Z")
            code = try await get(mia)
            #expect(code == 401)
            #expect(try test.site.signIn.revokeToken(id, of: "mia"))
        }
        // Nothing that is kept is a token.
        let kept = try test.store.read {
            try $0.all("SELECT id, owner, name, scopes FROM api_token") { "\($0.text(0))\($0.text(2))" }
        }
        #expect(kept.allSatisfy { !$0.contains("msty_") })
        #expect(throws: Problems.self) {
            try test.site.signIn.makeToken(
                name: "x", scopes: [.admin], expires: test.clock.now + Hours(1),
                for: Actor(contact: try test.contact("bill"), of: "acme", role: .billing))
        }
        #expect(throws: Problems.self) {
            try test.site.signIn.makeToken(
                name: "x", scopes: [.read], expires: test.clock.now + Hours(400 * 24), for: owner)
        }
    }

    // MARK: Sent again

    @Test(
        "Sent again under its key it is done once; another thing under that key is refused",
        arguments: EngineKind.tested)
    func keys(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let ari = try token(test, "ari")
        let request = try test.last("request")
        @Sendable func body(_ hours: String) -> String {
            #"{"request":"\#(request)","work_type":"research","hours":"\#(hours)","date":"2026-11-20"}"#
        }
        try await test.browse { browser in
            var answers: [TestSite.Answer] = []
            for _ in 0..<3 {
                answers.append(
                    try await browser("").send(
                        .post, "/api/v1/time", body: body("0:30"), headers: headers(ari, key: "once")))
            }
            #expect(answers.map(\.status) == [.created, .created, .created])
            #expect(Set(answers.map(\.text)).count == 1)
            let other = try await browser("").send(
                .post, "/api/v1/time", body: body("0:45"), headers: headers(ari, key: "once"))
            #expect(other.status == .unprocessableContent)
            #expect(other.text.contains("key-used-otherwise"))
            let none = try await browser("").send(.post, "/api/v1/time", body: body("0:45"), headers: headers(ari))
            #expect(none.status.code == 428)
            let preview = try await browser("").send(
                .post, "/api/v1/time/preview", body: body("0:45"), headers: headers(ari))
            #expect(preview.status == .ok)
        }
        let statement = try test.store.read {
            try test.store.account($0, of: "acme", through: "2026-11", wanting: "2026-11"..."2026-11")?.statements.last
        }
        #expect(statement?.totals.worked == "0:30")
    }

    @Test("What was not changed is not sent again; what was changed meanwhile is not overwritten")
    func tags() async throws {
        let test = try TestSite(.sqlite)
        let ari = try token(test, "ari")
        let path = "/api/v1/requests/\(try test.last("request"))"
        try await test.browse { browser in
            let first = try await browser("").send(.get, path, headers: headers(ari))
            let tag = try #require(first.headers[.eTag])
            let again = try await browser("").send(
                .get, path, headers: headers(ari, key: nil, [HTTPField(name: .ifNoneMatch, value: tag)]))
            #expect(again.status == .notModified)
            #expect(again.text.isEmpty)
            let match = [HTTPField(name: .ifMatch, value: tag)]
            let changed = try await browser("").send(
                .post, "\(path)/state", body: #"{"state":"waiting"}"#, headers: headers(ari, key: "a", match))
            #expect(changed.status == .created)
            let stale = try await browser("").send(
                .post, "\(path)/state", body: #"{"state":"done"}"#, headers: headers(ari, key: "b", match))
            #expect(stale.status == .preconditionFailed)
            let id = RequestID(try test.last("request"))
            let row = try test.store.read { try RequestBoard($0).request(id) }
            #expect(row?.state == .waiting)
        }
    }

    @Test(
        "Everything that is wrong is told at once, each with its place",
        arguments: [
            (#"{"#, 400, ""), (#"[]"#, 422, ""), (#"{"x":1}"#, 422, "/x"), (#"{"hours":"2"}"#, 422, "/hours"),
            (#"{"hours":90}"#, 422, "/hours"),
            (#"{"request":"r","work_type":"x","date":"2026-02-31","hours":"1:00"}"#, 422, "/date"),
        ])
    func faults(body: String, status: Int, pointer: String) async throws {
        let test = try TestSite(.sqlite)
        let ari = try token(test, "ari")
        try await test.browse { browser in
            let answer = try await browser("").send(.post, "/api/v1/time", body: body, headers: headers(ari, key: "k"))
            #expect(answer.status.code == status)
            #expect(answer.headers[.contentType] == "application/problem+json")
            #expect(answer.text.contains("\"pointer\":\"\(pointer)\"") || pointer.isEmpty)
        }
    }

    // MARK: How often

    @Test("A bucket empties call by call, fills with time, and never more than full")
    func bucket() {
        var bucket: RateLimit.Bucket?
        let now: Instant = "2026-11-23T12:00:00Z"
        var left: Int?
        for call in 1...120 {
            (bucket, left, _) = RateLimit.take(bucket, perMinute: 600, now: now)
            #expect(left == 120 - call)
        }
        var wait = 0
        (bucket, left, wait) = RateLimit.take(bucket, perMinute: 600, now: now)
        #expect(left == nil)
        #expect(wait == 1)
        (bucket, left, _) = RateLimit.take(bucket, perMinute: 600, now: now + Hours(seconds: 1))
        #expect(left == 9)
        // A clock that goes back gives nothing.
        (bucket, left, _) = RateLimit.take(bucket, perMinute: 600, now: now + Hours(seconds: -1000))
        #expect(left == 8)
        (bucket, left, _) = RateLimit.take(bucket, perMinute: 600, now: now + Hours(24 * 365))
        #expect(left == 119)
    }

    @Test("Too many calls, and too many wrong tokens, wait; others do not")
    func limits() async throws {
        let test = try TestSite(.sqlite, settings: { $0.callsPerMinute = 10 })
        let (ari, mia) = (try token(test, "ari"), try token(test, "mia"))
        try await test.browse { browser in
            var codes: [Int] = []
            for _ in 0..<4 {
                codes.append(try await browser("").send(.get, "/api/v1/clients", headers: headers(ari)).status.code)
            }
            #expect(codes == [200, 200, 429, 429])
            let other = try await browser("").send(.get, "/api/v1/clients", headers: headers(mia))
            #expect(other.status == .ok)
            var last = 0
            for _ in 0..<30 {
                last = try await browser("").send(.get, "/api/v1/clients", headers: headers("msty_wrong")).status.code
            }
            #expect(last == 429)
        }
    }
}
