import Database
import Foundation
import HTTPTypes
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

@testable import SiteKit
@testable import WebApp

@Suite("Who may use which address after something about them changed: every route")
struct RightsAfterChangesTests {
    private let owner = Actor(id: "olga", role: .owner)

    /// What changes about a contact.
    enum Change: CaseIterable { case role, address, password, revoked, ended, moved }

    private func path(_ route: Route, _ test: TestSite) throws -> String {
        let values = try [
            "request": test.last("request"), "attachment": test.last("attachment"), "client": "acme",
            "period": "2026-10", "entry": test.last("time"), "contact": test.contact("vera"), "name": "a.txt",
        ]
        return route.parameters.reduce(route.path) { $0.replacing("{\($1)}", with: values[$1] ?? "none") }
    }

    /// Asks by a session, as its browser would.
    private func ask(_ route: Route, _ path: String, by session: String, _ browser: TestSite.Browsers) async throws
        -> TestSite.Answer
    {
        let cookie: HTTPFields = [
            .cookie: "mainstay-session=\(session)", .contentType: "application/x-www-form-urlencoded",
        ]
        return route.method == .get
            ? try await browser("").send(.get, path, headers: cookie)
            : try await browser("").send(
                .post, path, body: "csrf=\(Secret.proof(of: "form", by: session))", headers: cookie)
    }

    @Test("A contact's other session, token and calendar end with each change", arguments: EngineKind.tested)
    func contacts(kind: EngineKind) async throws {
        for change in Change.allCases {
            let test = try TestSite(kind)
            _ = try test.log("ari")
            let signIn = test.site.signIn
            let bill = try test.contact("bill")
            let first = try #require(test.sessions["bill"])
            let me = try #require(try signIn.person(token: first))
            try signIn.changePassword(of: me, old: "", new: TestSite.password)
            guard
                case .signedIn(let other) = try signIn.signIn(
                    email: "bill@acme.example", password: TestSite.password, address: "10.0.0.2", agent: "")
            else {
                Issue.record("the password does not sign in")
                return
            }
            let token = try signIn.makeToken(
                name: "t", scopes: [.read, .requests], expires: test.clock.now + Hours(24), for: me.actor
            ).token
            let feed = try signIn.makeFeed(for: me)
            let portal = RouteTable.all.filter { if case .contact = $0.rule { true } else { false } }
            let calls = APITable.endpoints
            let paths = try Dictionary(
                uniqueKeysWithValues: RouteTable.all.map { ("\($0.method) \($0.path)", try path($0, test)) })
            try await test.browse { browser in
                let before = try await browser("").send(
                    .get, PortalLink.home, headers: [.cookie: "mainstay-session=\(other)"])
                #expect(before.status == .ok)
            }
            switch change {
            case .role:
                _ = try test.desk.perform(
                    ChangeContactRole(client: "acme", contact: bill, access: .viewer), by: owner)
            case .address:
                _ = try test.desk.perform(
                    ChangeContactEmail(client: "acme", contact: bill, email: "b@acme.example"), by: owner)
            case .password: try signIn.changePassword(of: me, old: TestSite.password, new: "nine quiet larches")
            case .revoked: try signIn.revokeAll(of: bill, by: me.actor)
            case .ended, .moved: _ = try test.desk.perform(EndContact(client: "acme", contact: bill), by: owner)
            }
            let facts = try count(test)
            try await test.browse { browser in
                var wrong: [String] = []
                for route in portal {
                    let answer = try await ask(
                        route, paths["\(route.method) \(route.path)"] ?? "", by: other, browser)
                    let isRight = answer.status == (route.method == .get ? .seeOther : .unauthorized)
                    if !isRight { wrong.append("\(change) \(route.method) \(route.path): \(answer.status)") }
                }
                for endpoint in calls {
                    var headers: HTTPFields = [.authorization: "Bearer \(token)", .contentType: "application/json"]
                    headers.append(HTTPField(name: SecurityHeaders.known("Idempotency-Key"), value: "k"))
                    let path = paths["\(endpoint.method) \(APIEndpoint.base)\(endpoint.path)"] ?? "/api/v1/requests"
                    let answer = try await browser("").send(
                        endpoint.method, path, body: endpoint.method == .get ? nil : "{}", headers: headers)
                    // Who tries a token that is none again and again has to wait.
                    if ![.unauthorized, .tooManyRequests].contains(answer.status) {
                        wrong.append("\(change) \(endpoint.path): \(answer.status)")
                    }
                }
                let calendar = try await browser("").get("/feeds/\(feed).ics")
                if calendar.status != .notFound { wrong.append("\(change) calendar: \(calendar.status)") }
                #expect(wrong == [])
                #expect(portal.count > 20 && calls.count > 40)
            }
            #expect(try count(test) == facts)
            if change == .moved { try await moved(test, paths) }
        }
    }

    /// Somebody who went to another company finds nothing of the one before.
    private func moved(_ test: TestSite, _ paths: [String: String]) async throws {
        let invited = try test.site.signIn.inviteContact(
            nil, of: "beta", fullName: "Bill", email: "bill@acme.example", role: .billing, by: owner)
        guard case .signedIn(let session) = try test.site.signIn.enter(invited.token, address: "", agent: "") else {
            Issue.record("the link lets nobody in")
            return
        }
        let facts = try count(test)
        try await test.browse { browser in
            var wrong: [String] = []
            for route in RouteTable.all {
                guard case .contact = route.rule, !route.path.contains("account") else { continue }
                let answer = try await ask(
                    route, paths["\(route.method) \(route.path)"] ?? "", by: session, browser)
                let isAbout = !route.parameters.isEmpty && route.parameters != ["period"]
                if isAbout, answer.status != .notFound { wrong.append("\(route.path): \(answer.status)") }
                if answer.text.contains("Acme") || answer.text.contains("alt&quot;") {
                    wrong.append("\(route.path): tells of the company before")
                }
            }
            #expect(wrong == [])
        }
        #expect(try count(test) == facts)
    }

    @Test("Of staff, too, another session and a token end with a change", arguments: EngineKind.tested)
    func staff(kind: EngineKind) async throws {
        for change in Change.allCases where change != .moved {
            let test = try TestSite(kind)
            _ = try test.log("ari")
            let signIn = test.site.signIn
            guard
                case .signedIn(let other) = try signIn.signIn(
                    email: "mia@agency.example", password: TestSite.password, address: "10.0.0.2", agent: "")
            else {
                Issue.record("the password does not sign in")
                return
            }
            let me = try #require(try signIn.person(token: test.sessions["mia"] ?? ""))
            let token = try signIn.makeToken(
                name: "t", scopes: [.read, .admin], expires: test.clock.now + Hours(24), for: me.actor
            ).token
            switch change {
            case .role: _ = try test.desk.perform(ChangeRole(id: "mia", newRole: .agent), by: owner)
            case .address: _ = try test.desk.perform(SetEmail(id: "mia", email: "m@agency.example"), by: owner)
            case .password: try signIn.changePassword(of: me, old: TestSite.password, new: "nine quiet larches")
            case .revoked: try signIn.revokeAll(of: "mia", by: owner)
            case .ended, .moved: _ = try test.desk.perform(EndUser(id: "mia"), by: owner)
            }
            let paths = try Dictionary(
                uniqueKeysWithValues: RouteTable.all.map { ("\($0.method) \($0.path)", try path($0, test)) })
            try await test.browse { browser in
                var wrong: [String] = []
                for route in RouteTable.all {
                    guard case .staff = route.rule else { continue }
                    let answer = try await ask(
                        route, paths["\(route.method) \(route.path)"] ?? "", by: other, browser)
                    let isRight = answer.status == (route.method == .get ? .seeOther : .unauthorized)
                    if !isRight { wrong.append("\(change) \(route.method) \(route.path): \(answer.status)") }
                }
                let call = try await browser("").send(
                    .get, "/api/v1/requests", headers: [.authorization: "Bearer \(token)"])
                if call.status != .unauthorized { wrong.append("\(change) token: \(call.status)") }
                #expect(wrong == [])
            }
        }
    }

    @Test("Whoever is nobody does nothing, whatever they send", arguments: EngineKind.tested)
    func nobody(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        _ = try test.log("ari")
        let paths = try Dictionary(
            uniqueKeysWithValues: RouteTable.all.map { ("\($0.method) \($0.path)", try path($0, test)) })
        let before = try count(test)
        let form = ["name", "email", "role", "text", "title", "password", "contact"].map { "\($0)=viewer" }
            .joined(separator: "&")
        try await test.browse { browser in
            var wrong: [String] = []
            for route in RouteTable.all where route.method != .get {
                let isCall: Bool = if case .token = route.rule { true } else { false }
                let isAnyones: Bool = if case .anyone = route.rule { true } else { false }
                guard !isAnyones, route.path != Link.signOut else { continue }
                for (type, body) in [
                    ("application/x-www-form-urlencoded", form),
                    ("application/json", #"{"name":"x","email":"x@y.example"}"#),
                ] {
                    // A visitor's own form, which carries the token of their browser.
                    let csrf =
                        type.hasSuffix("urlencoded")
                        ? "&csrf=\(Secret.proof(of: "form", by: TestSite.visitor))" : ""
                    let answer = try await browser("").send(
                        route.method, paths["\(route.method) \(route.path)"] ?? "", body: body + csrf,
                        headers: [.contentType: type])
                    let allowed: Set<Int> = isCall ? [401, 429] : [400, 401, 403, 415]
                    if !allowed.contains(Int(answer.status.code)) {
                        wrong.append("\(route.method) \(route.path) \(type): \(answer.status)")
                    }
                }
            }
            #expect(wrong == [])
        }
        #expect(try count(test) == before)
    }

    private func count(_ test: TestSite) throws -> Int {
        try test.store.read { try $0.first("SELECT COUNT(*) FROM fact") { $0.integer(0) } ?? 0 }
    }
}
