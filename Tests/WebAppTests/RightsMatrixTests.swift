import Agreements
import Foundation
import HTTPTypes
import ServiceDesk
import Storage
import TestSupport
import Testing

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

    /// What a route must answer, said apart from the routes' handlers.
    private func isRight(_ status: HTTPResponse.Status, _ route: Route, _ role: Role?, _ whose: Whose) -> Bool {
        let isForm = route.method == .post
        guard let least = route.role else {
            return whose == .missing && !route.parameters.isEmpty ? status == .notFound : status.code < 500
        }
        guard let role else { return isForm ? status == .unauthorized : status == .seeOther }
        guard role >= least else { return status == .forbidden }
        if whose == .missing, !route.parameters.isEmpty { return status == .notFound }
        if whose == .others, route.parameters == ["session"] { return status == .notFound }
        // Other people's time is read by all staff, and changed by managers.
        let changesTime = ["/time/{entry}/correction", "/time/{entry}/void"].contains(route.path)
        if whose == .others, changesTime, role < .manager { return status == .forbidden }
        // Nobody approves their own.
        if whose == .own, route.path == "/time/{entry}/approval" { return status == .forbidden }
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
        @Sendable func names(of id: String) throws -> Names {
            func session(_ user: String) throws -> String {
                try test.site.signIn.sessions(of: user, current: nil).first?.id ?? ""
            }
            let other = id == "bo" ? "ari" : "bo"
            let shared = [
                "request": request, "attachment": attachment, "client": "acme", "period": "2026-10",
                "effective": "2021-01-01",
                "file": Asset.style.name, "token": "spent", "user": "bo",
            ]
            return Names(
                own: shared.merging([
                    "entry": logged[id] ?? logged["bo"] ?? "", "session": try session(id.isEmpty ? "bo" : id),
                ]) { $1 },
                others: ["entry": logged[other] ?? "", "session": try session(other)])
        }
        try await test.browse { browser in
            var wrong: [String] = []
            var count = 0
            // Ends of sessions and of access come last, or there would be nobody left.
            let routes = RouteTable.all.sorted { ends($0) < ends($1) }
            for id in ["", "ari", "mia", "olga"] {
                let role = TestSite.people.first { $0.id == id }?.role
                for route in routes where route.path != Link.signOut {
                    for whose in Whose.allCases where whose == .own || !route.parameters.isEmpty {
                        if whose == .own, route.parameters == ["session"], role != nil { continue }
                        if route.parameters.contains("token"), whose != .missing { continue }
                        let path = try names(of: id).fill(route, whose)
                        let answer =
                            route.method == .get
                            ? try await browser(id).get(path) : try await browser(id).post(path)
                        count += 1
                        if !isRight(answer.status, route, role, whose) {
                            wrong.append(
                                "\(id.isEmpty ? "nobody" : id) \(route.method) \(route.path) \(whose): \(answer.status)"
                            )
                        }
                        if answer.text.contains("UNKNOWN-PARAMETER") {
                            wrong.append("\(route.path): a parameter without values")
                        }
                    }
                }
            }
            #expect(wrong == [])
            #expect(count > 500)
        }
    }

    private func ends(_ route: Route) -> Int {
        route.path.hasSuffix("/end") ? 2 : route.path.hasSuffix("sign-out") || route.path.hasSuffix("{session}") ? 1 : 0
    }

    @Test("Every parameter of a path is one that the matrix has values for")
    func parameters() {
        let known: Set = [
            "request", "attachment", "client", "period", "effective", "file", "token", "user", "entry", "session",
        ]
        #expect(Set(RouteTable.all.flatMap(\.parameters)).subtracting(known) == [])
    }
}
