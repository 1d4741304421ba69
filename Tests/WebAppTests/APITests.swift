import Agreements
import Database
import Foundation
import HTTPTypes
import Rating
import ServiceDesk
import Storage
import Synchronization
import Testing
import TestSupport
import Values
import Wording

@testable import SiteKit
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
        "Whether it was changed meanwhile is asked in the transaction of the change, and not of a repeat",
        arguments: EngineKind.tested)
    func tagsInside(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let ari = try token(test, "ari")
        let path = "/api/v1/requests/\(try test.last("request"))"
        try await test.browse { browser in
            let first = try await browser("").send(.get, path, headers: headers(ari))
            let match = [HTTPField(name: .ifMatch, value: try #require(first.headers[.eTag]))]
            // Of many at once that have read the same, one changes it.
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await browser("").send(
                            .post, "\(path)/messages", body: #"{"text":"Mine \#(number)"}"#,
                            headers: headers(ari, key: "k\(number)", match)
                        ).status.code
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }.sorted()
            }
            #expect(codes == [201] + Array(repeating: 412, count: 7))
            let id = RequestID(try test.last("request"))
            let texts = try test.store.read { try Conversation($0).messages(of: id).map(\.text) }
            let winner = try #require(texts.last)
            let key = "k\(winner.dropFirst(5))"
            let again = try await browser("").send(
                .post, "\(path)/messages", body: #"{"text":"\#(winner)"}"#, headers: headers(ari, key: key, match))
            #expect(again.status == .created)
        }
    }

    @Test("While a call is worked on, the same under its key is told to wait", arguments: EngineKind.tested)
    func inProgress(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let ari = try token(test, "ari")
        let path = "/api/v1/requests/\(try test.last("request"))/messages"
        try await test.browse { browser in
            // The token's last use is noted before, so that nothing but the call itself has to write.
            _ = try await browser("").send(.get, "/api/v1/timer", headers: headers(ari))
            // Somebody else writes for as long as it takes to send the same call twice:
            //   writer:  begin ............................ end
            //   first:          waits for the writer ......... done
            //   second:               409
            let (begun, over) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let writer = Thread {
                _ = try? test.store.write { _ in
                    begun.signal()
                    over.wait()
                }
            }
            writer.start()
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    begun.wait()
                    continuation.resume()
                }
            }
            @Sendable func send() async throws -> TestSite.Answer {
                try await browser("").send(
                    .post, path, body: #"{"text":"Once"}"#, headers: headers(ari, key: "same"))
            }
            async let first = send()
            while !test.site.keysAtWork.withLock({ $0.contains("ari/same") }) {
                try await Task.sleep(for: .milliseconds(5))
            }
            let second = try await send()
            over.signal()
            #expect(second.status == .conflict)
            #expect(second.text.contains("\"code\":\"in-progress\""))
            #expect(second.headers[.retryAfter] == "1")
            let (done, third) = (try await first, try await send())
            #expect(done.status == .created)
            #expect(third.text == done.text)
        }
    }

    @Test("Whatever a person can do, a program can: every operation has its call, but for what belongs to a browser")
    func complete() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        func sources(_ folder: String) throws -> String {
            let files = FileManager.default.enumerator(
                at: root.appending(path: folder), includingPropertiesForKeys: nil)
            return try (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
                .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        }
        let names = try sources("Sources/ServiceDesk").matches(of: /struct (\w+): DeskOperation/).map { String($0.1) }
        let calls = try sources("Sources/WebApp/API")
        // Made by the sign-in, with their links.
        let links = [
            "InviteContact": "inviteContact(", "InviteUser": "signIn.invite(", "ResetAccess": "resetAccess(",
            "ImportTime": "ImportTime.reading(",
        ]
        #expect(names.count > 40)
        #expect(names.filter { !calls.contains(links[$0] ?? "\($0)(") } == [])
    }

    @Test("An invitation sent again under its key is one, with the same link", arguments: EngineKind.tested)
    func invitations(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let (olga, mia) = (try token(test, "olga"), try token(test, "mia"))
        let body = #"{"name":"Nora","email":"nora@acme.example","role":"viewer"}"#
        try await test.browse { browser in
            func invite(_ token: String, _ key: String, _ body: String = body) async throws -> TestSite.Answer {
                try await browser("").send(
                    .post, "/api/v1/clients/acme/invitations", body: body, headers: headers(token, key: key))
            }
            let first = try await invite(olga, "a")
            let again = try await invite(olga, "a")
            #expect(first.status == .created)
            #expect(again.text == first.text)
            // Another person under the same key is another invitation, and none changes what somebody may do.
            let other = try await invite(mia, "a", body.replacing("viewer", with: "billing"))
            #expect(other.status == .unprocessableContent)
            let link = try #require(first.text.firstMatch(of: /\/links\/([A-Za-z0-9_-]+)"/)).1
            let entered = try test.site.signIn.enter(String(link), address: "", agent: "test")
            guard case .signedIn = entered else {
                Issue.record("the link lets nobody in")
                return
            }
            let kept = try test.store.read {
                try $0.all("SELECT answer FROM idempotency") { $0.text(0) }.joined()
            }
            #expect(!kept.contains(link))
        }
    }

    @Test("A tracker's time by the API: drafted, tried, taken over, and nothing twice", arguments: EngineKind.tested)
    func imports(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let (mia, ari) = (try token(test, "mia"), try token(test, "ari"))
        let csv = """
            Date,Client,Project,Task,Notes,Hours,Billable?,First Name,Last Name
            2026-11-02,Gamma,Shop,Development,Cart,1.5,Yes,Ari,A
            2026-11-03,Gamma,Shop,Development,More,0.5,Yes,Ari,A

            """
        @Sendable func json(_ members: [String: String]) throws -> String {
            String(decoding: try JSONEncoder().encode(members), as: UTF8.self)
        }
        try await test.browse { browser in
            func post(_ path: String, _ members: [String: String], _ token: String, _ key: String = UUID().uuidString)
                async throws -> TestSite.Answer
            {
                try await browser("").send(
                    .post, "/api/v1/imports/\(path)", body: try json(members), headers: headers(token, key: key))
            }
            let refused = try await post("time/mapping", ["export": csv], ari)
            #expect(refused.status == .forbidden)
            let draft = try await post("time/mapping", ["export": csv], mia)
            #expect(draft.status == .ok)
            let answer = try JSONDecoder().decode([String: String].self, from: Data(draft.text.utf8))
            let mapping = try #require(answer["mapping"])
            let tried = try await post("time/preview", ["export": csv, "mapping": mapping], mia)
            #expect(tried.text.contains("\"new_entries\":2,\"new_hours\":\"2:00\""), "\(tried.text)")
            let taken = try await post("time", ["export": csv, "mapping": mapping], mia)
            #expect(taken.status == .created)
            let again = try await post("time", ["export": csv, "mapping": mapping], mia)
            #expect(again.text.contains("\"known\":2,\"new_entries\":0"))
            let broken = try await post("time", ["export": "x,y\n1,2\n", "mapping": "nonsense: ["], mia)
            #expect(broken.status == .unprocessableContent)
            let facts = try await post("facts", ["facts": "[]"], mia)
            #expect(facts.status == .forbidden)
        }
    }

    @Test("Time in one line, and what an entry comes to", arguments: EngineKind.tested)
    func lines(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let ari = try token(test, "ari")
        let request = try test.last("request")
        try await test.browse { browser in
            let logged = try await browser("").send(
                .post, "/api/v1/time/line", body: #"{"line":"\#(request) 2h30 research: read"}"#,
                headers: headers(ari, key: "k"))
            #expect(logged.status == .created)
            #expect(logged.text.contains("2:30"))
            let id = try test.last("time")
            let outcome = try await browser("").send(.get, "/api/v1/time/\(id)/outcome", headers: headers(ari))
            #expect(outcome.text.contains("2:00 from plan hours of acme-web"))
            #expect(outcome.text.contains("0:30 charged"))
            let wrong = try await browser("").send(
                .post, "/api/v1/time/line", body: #"{"line":"soon"}"#, headers: headers(ari, key: "l"))
            #expect(wrong.status == .unprocessableContent)
            #expect(wrong.text.contains("r-17 20m troubleshooting"))
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

    @Test("What is nested without end is refused at once, and says so")
    func nesting() async throws {
        let test = try TestSite(.sqlite)
        let ari = try token(test, "ari")
        try await test.browse { browser in
            let wide = String(repeating: "{},", count: 60_000)
            for depth in [5, 65, 1000] {
                let (open, close) = (String(repeating: "[", count: depth), String(repeating: "]", count: depth))
                let answer = try await browser("").send(
                    .post, "/api/v1/time", body: "{\"x\":\(open)\(wide)1\(close)}", headers: headers(ari, key: "k"))
                #expect(answer.status.code == (depth > 64 ? 400 : 422))
            }
            let twice = try await browser("").send(
                .post, "/api/v1/time", body: #"{"hours":"1:00","hours":"2:00"}"#, headers: headers(ari, key: "k"))
            #expect(twice.status == .badRequest)
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
