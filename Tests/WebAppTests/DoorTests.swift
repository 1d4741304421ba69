import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOEmbedded
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

@testable import SiteKit
@testable import WebApp

@Suite("Doors: bounds, rights before bytes, shares")
struct DoorTests {
    private static let far = [
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "0", "-1", "1e9", "٣",
    ]

    @Test("No number of a query or a path ends the server", arguments: far)
    func numbers(number: String) async throws {
        let test = try TestSite()
        let text = Link.escaped(number)
        try await test.browse { browser in
            for path in ["/clients?page=\(text)", "/audit?before=\(text)", "/requests?page=\(text)"] {
                #expect(try await browser("olga").get(path).status == .ok)
            }
            let known = try await browser("olga").get("/clients/acme/statements/2026-11?known=\(text)")
            #expect(known.status == .ok)
        }
    }

    @Test("Far months are no months, on pages, in the portal and as files")
    func months() async throws {
        let test = try TestSite()
        try await test.browse { browser in
            for month in ["9999-12", "2029-01", "1899-12", "0001-01"] {
                for path in ["", "/csv"] {
                    #expect(
                        try await browser("olga").get("/clients/acme/statements/\(month)\(path)").status == .notFound)
                    #expect(try await browser("vera").get("/portal/statements/\(month)\(path)").status == .notFound)
                }
                let found = try await browser("olga").get("/clients/acme/statements?period=\(month)")
                #expect(found.headers[.location] == "/clients/acme")
            }
            for path in ["plan", "end", "block"] {
                let answer = try await browser("olga").post(
                    "/clients/acme/\(path)",
                    [
                        "contract": "acme-web", "plan": "care-10", "on": "9999-12-31", "hours": "5:00",
                        "expires": "9999-12-31",
                    ])
                #expect(answer.status == .unprocessableContent)
            }
            // Staff may look ahead, clients up to now.
            #expect(try await browser("olga").get("/clients/acme/statements/2027-01").status == .ok)
            #expect(try await browser("vera").get("/portal/statements/2026-12/csv").status == .notFound)
            #expect(try await browser("vera").get("/portal/statements/2026-11/csv").status == .ok)
        }
    }

    @Test("Pages read numbers and months within bounds, and in no other way")
    func readers() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/WebApp")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var read = 0
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            read += 1
            let text = try String(contentsOf: file, encoding: .utf8)
            for wrong in [
                "{ Int($0) }", "Int(visit", "Int(try", "Period(visit", "Period(try visit", "Period(required",
                "CivilDate(visit", "{ CivilDate($0) }",
            ] {
                // A number of JSON is judged by its schema, one of the system is no outsider's.
                let isKnown = ["APIValue.swift", "PrometheusMetrics.swift"].contains(
                    file.lastPathComponent)
                #expect(isKnown || !text.contains(wrong), "\(file.lastPathComponent) has \(wrong)")
            }
        }
        #expect(read > 50)
    }

    // MARK: Rights before bytes

    /// A body that fails the test when somebody reads it.
    private func unread() -> RequestBody { RequestBody(asyncSequence: Unread()) }

    private struct Unread: AsyncSequence, AsyncIteratorProtocol, Sendable {
        mutating func next() async throws -> ByteBuffer? {
            Issue.record("the body is read")
            return nil
        }
        func makeAsyncIterator() -> Unread { self }
    }

    private func send(
        _ test: TestSite, _ path: String, as person: String?, headers: HTTPFields = [:],
        method: HTTPRequest.Method = .post
    ) async throws -> HTTPResponse.Status {
        var headers = headers
        headers[.contentLength] = "200000"
        if headers[.contentType] == nil { headers[.contentType] = "application/x-www-form-urlencoded" }
        if let person { headers[.cookie] = "mainstay-session=\(test.sessions[person] ?? "")" }
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "localhost", path: path, headerFields: headers)
        let context = SiteContext(
            source: ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: test.application.logger))
        let request = Request(head: head, body: unread())
        return try await test.application.responder.respond(to: request, context: context).status
    }

    @Test("A body is not read before it is known that its sender may send it")
    func rightsFirst() async throws {
        let test = try TestSite()
        #expect(try await send(test, "/import", as: nil) == .unauthorized)
        #expect(try await send(test, "/import", as: "ari") == .forbidden)
        #expect(try await send(test, "/import", as: "vera") == .notFound)
        #expect(try await send(test, "/portal/plan/hours", as: "vera") == .forbidden)
        #expect(try await send(test, "/time", as: "ari", headers: [.origin: "https://example.org"]) == .forbidden)
        #expect(
            try await send(test, "/time", as: "ari", headers: [.contentType: "text/plain"]) == .unsupportedMediaType)
        // Of somebody who is not signed in nothing long is read at all.
        #expect(try await send(test, "/sign-in", as: nil) == .contentTooLarge)
        #expect(try await send(test, "/api/v1/time", as: nil) == .unauthorized)
    }

    // MARK: Shares

    @Test("Bytes on their way have a limit in all and for each; what is given back is free again")
    func share() {
        let share = Share(all: 100, each: 60)
        #expect(share.take(60, for: ["address/a", "person/x"]) == nil)
        #expect(share.take(1, for: ["address/b", "person/x"]) == .each)
        #expect(share.take(41, for: ["address/b"]) == .all)
        #expect(share.take(40, for: ["address/b"]) == nil)
        share.giveBack(60, for: ["address/a", "person/x"])
        #expect(share.take(60, for: ["address/a", "person/x"]) == nil)
        #expect(share.take(Int.max, for: ["address/c"]) == .each)
    }

    @Test("Where the line of passwords is full, another is put off and pages are not")
    func line() async throws {
        // However slow the machine is, nobody leaves the line meanwhile.
        let test = try TestSite(settings: { $0.patienceInLine = .seconds(3600) })
        let line = test.site.shares.passwords
        let (gate, end) = AsyncStream<Void>.makeStream()
        try await test.browse { browser in
            func trying() async throws -> TestSite.Answer {
                try await browser("").post("/sign-in", ["email": "ari@agency.example", "password": "x"])
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Four of an address are worked on, and 64 wait.
                for _ in 0..<68 {
                    group.addTask { try await line.with(Counted.address("")) { for await _ in gate {} } }
                }
                while line.waitingNow < 64 { try await Task.sleep(for: .milliseconds(2)) }
                let mine = try await trying()
                #expect(mine.status == .tooManyRequests)
                #expect(mine.headers[.retryAfter] != nil)
                // In all, 256.
                for number in 0..<192 {
                    group.addTask { try await line.with("address/\(number % 4)") { for await _ in gate {} } }
                }
                while line.waitingNow < 64 + 192 - 4 { try await Task.sleep(for: .milliseconds(2)) }
                for number in 0..<4 {
                    group.addTask { try await line.with("more/\(number)") { for await _ in gate {} } }
                }
                while line.waitingNow < 256 { try await Task.sleep(for: .milliseconds(2)) }
                let others = try await trying()
                #expect(others.status == .serviceUnavailable)
                #expect(others.headers[.retryAfter] != nil)
                #expect(try await browser("ari").get("/today").status == .ok)
                end.finish()
                try await group.waitForAll()
            }
            #expect(try await trying().status == .unprocessableContent)
        }
    }

    @Test("A person has one limit, whichever tokens and pages they use, and a company has one")
    func limits() throws {
        let limit = RateLimit(perMinute: 10)
        let now: Instant = "2026-11-23T12:00:00Z"
        func takes(_ id: String) -> Bool {
            let actor = Actor(contact: id, of: "acme", role: .viewer)
            return (try? RateLimits.take(limit, for: actor, now: now)) != nil
        }
        #expect((0..<4).map { _ in takes("vera") } == [true, true, false, false])
        // Three times as much as one person, and no more however many they are.
        #expect((0..<10).filter { takes("colleague-\($0)") }.count == 4)
    }

    // MARK: Texts

    @Test("Marks without end on one letter are refused before anything is made of them")
    func marks() async throws {
        let test = try TestSite()
        try await test.browse { browser in
            let answer = try await browser("").post(
                "/sign-in",
                ["email": "ari@agency.example", "password": String(repeating: "\u{323}\u{307}", count: 600)])
            #expect(answer.status == .badRequest)
            let long = try await browser("").post(
                "/sign-in", ["email": "ari@agency.example", "password": String(repeating: "é", count: 60_000)])
            #expect(long.status == .contentTooLarge)
            let name = try await browser("ari").post("/time/preview", [String(repeating: "a", count: 201): "x"])
            #expect(name.status == .badRequest)
        }
    }

    @Test("Marks without end are refused in a head too, before anything is looked for in it")
    func marksInHeads() async throws {
        let test = try TestSite()
        let marks = "a" + String(repeating: "\u{323}\u{307}", count: 600)
        let token = try test.site.signIn.makeToken(
            name: "t", scopes: [.read], expires: test.clock.now + Hours(24), for: Actor(id: "ari", role: .agent)
        ).token
        try await test.browse { browser in
            for name in ["User-Agent", "Cookie", "If-None-Match", "X-Forwarded-For", "Content-Type"] {
                var headers: HTTPFields = [.authorization: "Bearer \(token)"]
                headers.append(HTTPField(name: SecurityHeaders.known(name), value: marks))
                for path in ["/sign-in", "/api/v1/clients"] {
                    #expect(try await browser("ari").get(path, headers: headers).status == .badRequest, "\(name)")
                }
            }
            // So in the lines of a form's part.
            let body = "--x\r\n\(marks): 1\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n1\r\n--x--\r\n"
            let part = try await browser("ari").send(
                .post, "/account/keys", body: body, headers: [.contentType: "multipart/form-data; boundary=x"])
            #expect(part.status == .badRequest)
        }
    }

    @Test("What a browser calls itself is cut by bytes")
    func agents() async throws {
        let test = try TestSite()
        let agent = String(repeating: "e\u{301}", count: 5000)
        try await test.browse { browser in
            _ = try await browser("").post(
                "/sign-in", ["email": "bo@agency.example", "password": TestSite.password],
                headers: [.userAgent: agent, .contentType: "application/x-www-form-urlencoded"])
        }
        let kept = try test.store.read {
            try $0.all("SELECT agent FROM session WHERE user_id = 'bo'") { $0.text(0) }
        }
        #expect(kept.contains { $0.utf8.count == 199 } && kept.allSatisfy { $0.utf8.count <= 200 })
    }

    // MARK: Passwords again

    @Test("A session alone makes no webhook and no secret of one: it takes the password", arguments: EngineKind.tested)
    func webhooks(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        @Sendable func secrets() throws -> [String] {
            try test.store.read { try $0.all("SELECT secret FROM webhook ORDER BY id") { $0.text(0) } }
        }
        try await test.browse { browser in
            let olga = browser("olga")
            let url = "https://hooks.example/a"
            for password in ["", "wrong"] {
                let refused = try await olga.post("/webhooks", ["url": url, "current_password": password])
                #expect(refused.status == .unprocessableContent)
            }
            #expect(try secrets().isEmpty)
            #expect(
                try await olga.post("/webhooks", ["url": url, "current_password": TestSite.password]).status == .ok)
            let first = try secrets()
            #expect(first.count == 1)
            #expect(try await olga.post("/webhooks/wh-1/secret").status == .unprocessableContent)
            #expect(try secrets() == first)
            let changed = try await olga.post("/webhooks/wh-1/secret", ["current_password": TestSite.password])
            #expect(changed.status == .ok)
            #expect(try secrets() != first)
        }
    }

    @Test(
        "A token alone lets nobody in and sends nothing elsewhere: it takes the password", arguments: EngineKind.tested)
    func tokens(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let token = try test.site.signIn.makeToken(
            name: "t", scopes: Set(TokenScope.allCases), expires: test.clock.now + Hours(24),
            for: Actor(id: "olga", role: .owner)
        ).token
        let vera = try test.contact("vera")
        let made = try test.desk.perform(
            AddWebhook(
                url: "https://hooks.example/b", events: [], secret: WebhookSecret { [UInt8](repeating: 1, count: $0) },
                allowsPrivate: false), by: Actor(id: "olga", role: .owner)
        ).id
        let calls: [(id: String, path: String, members: String)] = [
            ("inviteUser", "users/invitations", #""id":"eve","name":"Eve","role":"owner","email":"eve@else.example","#),
            ("changeRole", "users/ari/role", #""role":"owner","#),
            ("resetAccess", "users/ari/reset", ""),
            ("setEmail", "users/ari/email", #""email":"eve@else.example","#),
            ("changeContactEmail", "clients/acme/contacts/\(vera)/email", #""email":"eve@else.example","#),
            ("addWebhook", "webhooks", #""url":"https://eve.example/","#),
            ("changeWebhookSecret", "webhooks/\(made)/secret", ""),
        ]
        #expect(Set(calls.map(\.id)) == Set(APITable.endpoints.filter(\.takesPassword).map(\.id)))
        try await test.browse { browser in
            func send(_ path: String, _ body: String) async throws -> TestSite.Answer {
                var fields: HTTPFields = [.authorization: "Bearer \(token)", .contentType: "application/json"]
                fields.append(HTTPField(name: SecurityHeaders.known("Idempotency-Key"), value: UUID().uuidString))
                return try await browser("").send(.post, "/api/v1/\(path)", body: body, headers: fields)
            }
            let before = try test.store.read { try Anchor($0, at: test.clock.now).text }
            for call in calls {
                let bare = try await send(call.path, "{\(call.members.dropLast())}")
                #expect(bare.status == .unprocessableContent && bare.text.contains("/current_password"), "\(call.id)")
            }
            // Guesses wait, whichever call they are tried with.
            var waits = 0
            for number in 0..<14 {
                let call = calls[number % calls.count]
                let wrong = try await send(call.path, "{\(call.members)\"current_password\":\"guess \(number)\"}")
                #expect(wrong.status == .unprocessableContent, "\(call.id)")
                if wrong.text.contains("too many tries") { waits += 1 }
            }
            #expect(waits == 9)
            #expect(try test.store.read { try Anchor($0, at: test.clock.now).text } == before)
            test.clock.set(test.clock.now + Hours(1))
            for call in calls {
                let right = try await send(
                    call.path,
                    "{\(call.members.replacing("eve@", with: "\(call.id.lowercased())@"))"
                        + "\"current_password\":\"\(TestSite.password)\"}")
                #expect(right.status == .created, "\(call.id): \(right.text)")
            }
        }
    }

    @Test("What would turn the order of letters around is shown as what it is")
    func turning() throws {
        let name = "invoice\u{202E}fdp.exe"
        let html: HTML = "<td title=\"\(name)\">\(name)</td>"
        let isTurned = html.markup.unicodeScalars.contains(where: \.turnsLetters)
        #expect(!isTurned)
        #expect(html.markup.contains("invoice\u{FFFD}fdp.exe"))
        let file = Reply.download([], name: name, type: "text/plain")
        #expect(file.headers.allSatisfy { !$0.value.contains("%E2%80%AE") })
        // In a title or a name it is not taken at all.
        let test = try TestSite()
        #expect(throws: Problems.self) {
            try test.desk.perform(
                AddClient(id: "turned", fullName: name, zone: .utc), by: Actor(id: "olga", role: .owner))
        }
        // Words of languages that are written from the right stay.
        #expect(("\("שלום")" as HTML).markup == "שלום")
    }

    // MARK: The host

    @Test("A request has one Host, and the configured one")
    func host() async throws {
        let test = try TestSite(publicURL: "https://desk.example.com", settings: { $0.host = "desk.example.com" })
        func status(_ authority: String?, _ path: String = "/sign-in", more: HTTPFields = [:]) async throws -> Int {
            let head = HTTPRequest(method: .get, scheme: "https", authority: authority, path: path, headerFields: more)
            let context = SiteContext(
                source: ApplicationRequestContextSource(
                    channel: NIOAsyncTestingChannel(), logger: test.application.logger))
            let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
            return try await test.application.responder.respond(to: request, context: context).status.code
        }
        #expect(try await status("desk.example.com") == 200)
        #expect(try await status("DESK.example.com:443") == 200)
        #expect(try await status("example.org") == 421)
        #expect(try await status("desk.example.com:81") == 421)
        #expect(try await status(nil) == 400)
        #expect(try await status("desk.example.com", more: [SecurityHeaders.known("Host"): "desk.example.com"]) == 400)
        #expect(try await status("10.0.0.7:8080", "/health") == 200)
    }
}
