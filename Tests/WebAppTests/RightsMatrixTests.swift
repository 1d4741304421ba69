import Foundation
import HTTPTypes
import ServiceDesk
import Testing
import TestSupport
import Values

@testable import SiteKit
@testable import WebApp

@Suite("Who may use which address: every route, every role, own, other's and missing")
struct RightsMatrixTests {
    /// Whose the thing is that a path names.
    enum Whose: CaseIterable { case own, others, missing }

    /// The values of what paths name, for somebody.
    private struct Names {
        var own: [String: String]
        var others: [String: String]

        func fill(_ route: Route, _ whose: Whose) -> String {
            var path = route.path
            for name in route.parameters {
                let value: String? =
                    switch whose {
                    case .own: own[name]
                    case .others: others[name] ?? own[name]
                    case .missing: name == "period" ? "2026-13" : "no-such"
                    }
                path = path.replacing("{\(name)}", with: value ?? "UNKNOWN-PARAMETER")
            }
            return path
        }
    }

    /// Who comes.
    private enum Visitor {
        case nobody
        case staff(Role)
        case contact(ContactRole)
    }

    /// What a route must answer, said apart from the routes' handlers.
    private func isRight(_ status: HTTPResponse.Status, _ route: Route, _ visitor: Visitor, _ whose: Whose) -> Bool {
        let isForm = route.method == .post
        switch (route.rule, visitor) {
        case (.anyone, _):
            return whose == .missing && !route.parameters.isEmpty ? status == .notFound : status.code < 500
        // The API has a matrix of its own; to browsers it is closed, whoever they are.
        case (.token, _): return status == .unauthorized
        case (_, .nobody): return isForm ? status == .unauthorized : status == .seeOther
        // They ended everything a moment ago.
        case (.contact, .staff) where route.path.hasSuffix("/end-all"): return status == .unauthorized
        // To staff there is no portal, and to people at clients nothing else.
        case (.staff, .contact), (.contact, .staff): return status == .notFound
        case (.contact(let least, _), .contact(let role)):
            guard role >= least else { return status == .forbidden }
            if whose != .own, !route.parameters.isEmpty {
                // Months are everybody's own; what is not of one's company is not there.
                return whose == .others && route.parameters == ["period"] ? status == .ok : status == .notFound
            }
        case (.staff(let least, _), .staff(let role)):
            guard role >= least else { return status == .forbidden }
            if whose == .missing, !route.parameters.isEmpty { return status == .notFound }
            if whose == .others, [["session"], ["apitoken"], ["work"]].contains(route.parameters) {
                return status == .notFound
            }
            if whose == .others, route.parameters.contains("contact") { return status == .notFound }
            // Of mails that wait there is none: whoever may decide finds nothing.
            if route.parameters == ["mail"] { return status == .notFound }
            // There is one, and it is gone by then.
            if whose == .others, route.path == "/webhooks/{webhook}/remove" { return status == .notFound }
            // Other people's time is read by all staff, and changed by managers.
            let changesTime = ["/time/{entry}/correction", "/time/{entry}/void"].contains(route.path)
            if whose == .others, changesTime, role < .manager { return status == .forbidden }
            // Nobody approves their own.
            if whose == .own, route.path == "/time/{entry}/approval" { return status == .forbidden }
        }
        // An empty form is a mistake, told as one; or, where nothing is to be filled in, it is done.
        return isForm
            ? [.unprocessableContent, .seeOther, .ok, .badRequest].contains(status) : [.ok, .seeOther].contains(status)
    }

    @Test("The matrix holds", arguments: EngineKind.tested)
    func matrix(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let request = try test.last("request")
        let attachment = try test.last("attachment")
        var entries: [String: String] = [:]
        for (id, _) in TestSite.people { entries[id] = try test.log(id) }
        let logged = entries
        let theirs = try test.fillBeta()
        let (vera, bea) = (try test.contact("vera"), try test.contact("bea"))
        var made: [String: String] = [:]
        for id in TestSite.people.map(\.id) + TestSite.contacts.map(\.id) {
            guard let person = try test.site.signIn.person(token: test.sessions[id] ?? "") else { continue }
            made[id] =
                try test.site.signIn.makeToken(
                    name: "t", scopes: [.read], expires: test.clock.now + Hours(24), for: person.actor
                ).id
        }
        let tokens = made
        var begun: [String: String] = [:]
        for (id, _) in TestSite.people {
            let job = test.site.longWork.begin("Counting", of: id) { _ in .redirect(Link.today) }
            _ = await job.outcome.value(within: .seconds(60))
            begun[id] = job.id
        }
        let works = begun
        let webhook = try test.desk.perform(
            AddWebhook(
                url: "https://hooks.example/", events: [.timeLogged],
                secret: WebhookSecret { [UInt8](repeating: 1, count: $0) }, allowsPrivate: false),
            by: Actor(id: "olga", role: .owner)
        ).id
        @Sendable func names(of id: String) throws -> Names {
            func session(_ user: String) throws -> String {
                let isContact = TestSite.contacts.contains { $0.id == user }
                return try test.site.signIn.sessions(of: isContact ? test.contact(user) : user, current: nil).first?.id
                    ?? ""
            }
            let other = id == "bo" ? "ari" : "bo"
            let shared = [
                "request": request, "attachment": attachment, "client": "acme", "period": "2026-10",
                "effective": "2021-01-01",
                "file": Asset.style.name, "token": "spent", "user": "bo", "apitoken": tokens[id] ?? "spent",
                "webhook": webhook, "mail": "1",
            ]
            if TestSite.contacts.contains(where: { $0.id == id }) {
                return Names(
                    own: shared.merging(["entry": logged["bo"] ?? "", "session": try session(id), "contact": vera]) {
                        $1
                    },
                    others: theirs.merging([
                        "session": try session("bea"), "contact": bea, "apitoken": tokens["bea"] ?? "",
                    ]) { $1 })
            }
            return Names(
                own: shared.merging([
                    "contact": vera,
                    "entry": logged[id] ?? logged["bo"] ?? "", "session": try session(id.isEmpty ? "bo" : id),
                    "work": works[id] ?? "spent",
                ]) { $1 },
                others: [
                    "entry": logged[other] ?? "", "session": try session(other), "contact": bea,
                    "apitoken": tokens[other] ?? "", "webhook": webhook, "work": works[other] ?? "",
                ])
        }
        try await test.browse { browser in
            var wrong: [String] = []
            var count = 0
            // Ends of sessions and of access come last, or there would be nobody left.
            let routes = RouteTable.all.filter { !$0.path.hasPrefix(APIEndpoint.base) }.sorted { ends($0) < ends($1) }
            for id in ["", "vera", "rick", "anna", "bill", "ari", "mia", "olga"] {
                let visitor: Visitor =
                    TestSite.people.first { $0.id == id }.map { .staff($0.role) }
                    ?? TestSite.contacts.first { $0.id == id }.map { .contact($0.role) } ?? .nobody
                for route in routes where route.path != Link.signOut {
                    for whose in Whose.allCases where whose == .own || !route.parameters.isEmpty {
                        if whose == .own, route.parameters == ["session"], !id.isEmpty { continue }
                        if route.parameters.contains("token"), whose != .missing { continue }
                        let path = try names(of: id).fill(route, whose)
                        let answer =
                            route.method == .get
                            ? try await browser(id).get(path) : try await browser(id).post(path)
                        count += 1
                        if !isRight(answer.status, route, visitor, whose) {
                            wrong.append(
                                "\(id.isEmpty ? "nobody" : id) \(route.method) \(route.path) \(whose): \(answer.status)"
                            )
                        }
                        // The API's description names secrets of webhooks, and is everybody's.
                        if case .contact = visitor, route.path != "/openapi.json",
                            answer.text.localizedCaseInsensitiveContains("secret")
                        {
                            wrong.append("\(id) \(route.method) \(route.path) \(whose): tells of another company")
                        }
                        if answer.text.contains("UNKNOWN-PARAMETER") {
                            wrong.append("\(route.path): a parameter without values")
                        }
                    }
                }
            }
            #expect(wrong == [])
            #expect(count > 1000)
        }
    }

    private func ends(_ route: Route) -> Int {
        if route.path.hasSuffix("/end-all") { return route.path.hasPrefix(PortalLink.home) ? 4 : 3 }
        return route.path.hasSuffix("/end") || route.path.hasSuffix("/remove")
            ? 2 : route.path.hasSuffix("sign-out") || route.path.hasSuffix("{session}") ? 1 : 0
    }

    @Test("Every parameter of a path is one that the matrix has values for")
    func parameters() {
        let known: Set = [
            "request", "attachment", "client", "period", "effective", "file", "token", "user", "entry", "session",
            "contact", "apitoken", "webhook", "mail", "work",
        ]
        let pages = RouteTable.all.filter { !$0.path.hasPrefix(APIEndpoint.base) }
        #expect(Set(pages.flatMap(\.parameters)).subtracting(known) == [])
    }
}
