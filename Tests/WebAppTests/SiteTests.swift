import Database
import Foundation
import HTTPTypes
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values
import Wording

@testable import SiteKit
@testable import WebApp

@Suite("The site")
struct SiteTests {
    @Test("Every answer, a refusal too, says what browsers must know; nothing in it is run inline")
    func headers() async throws {
        let test = try TestSite(publicURL: "https://desk.example.com")
        try await test.browse { browser in
            for path in [
                "/sign-in", "/today", "/clients/acme", "/nothing", "/assets/\(Asset.style.name)", "/health",
                "/%2e%2e/x",
            ] {
                let answer = try await browser("olga").get(path)
                let policy = answer.headers[.contentSecurityPolicy] ?? ""
                #expect(!answer.text.isEmpty, "\(path)")
                #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "\(path)")
                #expect(answer.headers[.xContentTypeOptions] == "nosniff", "\(path)")
                #expect(answer.headers[.strictTransportSecurity] != nil, "\(path)")
                #expect(answer.headers[.server] == nil, "\(path)")
                #expect(
                    answer.headers[values: .setCookie].allSatisfy {
                        $0.hasPrefix("__Host-mainstay-") && $0.contains("; Secure") && $0.contains("HttpOnly")
                            && $0.contains("Path=/;")
                    })
                #expect(!answer.text.contains(" style=\"") && !answer.text.contains("onclick"), "\(path)")
            }
        }
    }

    @Test("What a client is called is text on every page, whatever it looks like")
    func escaping() async throws {
        let test = try TestSite()
        _ = try test.log("ari")
        let request = try test.last("request")
        try await test.browse { browser in
            for path in [
                "/clients", "/clients/acme", "/clients/acme/statements/2026-11", "/requests/\(request)", "/requests",
                "/search?q=images",
            ] {
                let text = try await browser("olga").get(path).text
                #expect(!text.contains("<Outdoor>") && !text.contains("Read <b>"), "\(path)")
                #expect(text.contains("&lt;Outdoor&gt;") || text.contains("Images &amp; &quot;alt&quot;"), "\(path)")
            }
        }
    }

    @Test("A form counts only with the token of its browser, and from our own pages")
    func forms() async throws {
        let test = try TestSite()
        let request = try test.last("request")
        try await test.browse { browser in
            let path = "/requests/\(request)/assignee"
            let is1 = try await browser("ari").post(path, ["assignee": "ari"], hasToken: false).status == .forbidden
            #expect(is1)
            let is2 =
                try await browser("ari").post(path, ["assignee": "ari", "csrf": "wrong"], hasToken: false).status
                == .forbidden
            #expect(is2)
            let others = Secret.proof(of: "form", by: test.sessions["bo"] ?? "")
            let is3 =
                try await browser("ari").post(path, ["assignee": "ari", "csrf": others], hasToken: false).status
                == .forbidden
            #expect(is3)
            var foreign = HTTPFields()
            foreign[.origin] = "https://evil.example"
            let is4 = try await browser("ari").post(path, ["assignee": "ari"], headers: foreign).status == .forbidden
            #expect(is4)
            var fetched = HTTPFields()
            fetched[SecurityHeaders.known("Sec-Fetch-Site")] = "cross-site"
            let is5 = try await browser("ari").post(path, ["assignee": "ari"], headers: fetched).status == .forbidden
            #expect(is5)
            #expect(try test.store.read { try RequestBoard($0).request(RequestID(request))?.assignee } == nil)
            let is6 = try await browser("ari").post(path, ["assignee": "ari"]).status == .seeOther
            #expect(is6)
            #expect(try test.store.read { try RequestBoard($0).request(RequestID(request))?.assignee } == "ari")
        }
    }

    @Test(
        "What was read back is what is saved, past midnight too; another meaning is shown first",
        arguments: EngineKind.tested)
    func readBack(kind: EngineKind) async throws {
        let test = try TestSite(kind, at: "2026-11-23T23:59:00Z")
        let request = try test.last("request")
        @Sendable func hidden(_ page: String) -> [String: String] {
            var fields: [String: String] = [:]
            for match in page.matches(of: /<input type="hidden" name="([a-z_]+)" value="([^"]*)">/)
            where ["line", "save", "read_on", "meant"].contains(String(match.1)) {
                fields[String(match.1)] = String(match.2)
            }
            return fields
        }
        @Sendable func dates() throws -> [String] {
            try test.store.read {
                try $0.all("SELECT body FROM fact WHERE kind = 'time' ORDER BY seq") { $0.text(0) }
            }.compactMap { $0.firstMatch(of: /"date":"([0-9-]+)"/).map { String($0.1) } }
        }
        try await test.browse { browser in
            func show(_ line: String) async throws -> [String: String] {
                hidden(try await browser("ari").post("/time", ["line": line]).text)
            }
            func save(_ form: [String: String]) async throws -> TestSite.Answer {
                try await browser("ari").post(
                    "/time",
                    [
                        "line": form["line"] ?? "", "save": form["save"] ?? "", "read_on": form["read_on"] ?? "",
                        "meant": form["meant"] ?? "",
                    ])
            }
            let mia = Actor(id: "mia", role: .manager)
            _ = try test.desk.perform(AcceptRequest(request: RequestID(request), workType: "research"), by: mia)
            let shown = try await show("\(request) 20m research: read")
            let before = try await show("\(request) 20m research yesterday: read")
            let moved = try await show("\(request) 20m: read")
            test.clock.set("2026-11-24T00:01:00Z")
            #expect(try await save(shown).status == .seeOther)
            #expect(try await save(before).status == .seeOther)
            #expect(try dates() == ["2026-11-23", "2026-11-22"])
            // Meanwhile somebody says another kind of work for the request.
            _ = try test.desk.perform(
                AcceptRequest(request: RequestID(request), workType: "content"), by: mia)
            let again = try await save(moved)
            #expect(again.status == .ok)
            #expect(again.text.contains("It means something else by now"))
            #expect(try dates().count == 2)
            #expect(try await save(hidden(again.text)).status == .seeOther)
            #expect(try dates().last == "2026-11-23")
        }
    }

    @Test(
        "A line that was saved is not offered anew where it means something else by then", arguments: EngineKind.tested)
    func savedBefore(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let request = try test.last("request")
        let mia = Actor(id: "mia", role: .manager)
        _ = try test.desk.perform(AcceptRequest(request: RequestID(request), workType: "research"), by: mia)
        let line = "\(request) 20m: read"
        try await test.browse { browser in
            let page = try await browser("ari").post("/time", ["line": line]).text
            let meant = page.firstMatch(of: /name="meant" value="([^"]*)"/).map { String($0.1) } ?? ""
            let readOn = page.firstMatch(of: /name="read_on" value="([^"]*)"/).map { String($0.1) } ?? ""
            func save(_ line: String, _ meant: String) async throws -> TestSite.Answer {
                try await browser("ari").post(
                    "/time", ["line": line, "save": "yes", "read_on": readOn, "meant": meant, "key": "once"])
            }
            #expect(try await save(line, meant).status == .seeOther)
            _ = try test.desk.perform(AcceptRequest(request: RequestID(request), workType: "content"), by: mia)
            let again = try await save(line, meant)
            #expect(again.status == .seeOther)
            #expect(!again.text.contains("Nothing is saved yet"))
            // Another line under the key is another request.
            let other = try await browser("ari").post(
                "/time", ["line": "\(request) 30m research: other", "save": "yes", "key": "once"])
            #expect(other.status == .conflict)
        }
        let count = try test.store.read {
            try $0.first("SELECT COUNT(*) FROM fact WHERE kind = 'time'") { $0.integer(0) }
        }
        #expect(count == 1)
    }

    @Test("A form that is sent twice is done once", arguments: EngineKind.tested)
    func twice(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let request = try test.last("request")
        try await test.browse { browser in
            let fields: KeyValuePairs = [
                "hours": "0:30", "work_type": "research", "date": "2026-11-20", "save": "yes", "key": "one-form",
            ]
            let first = try await browser("ari").post("/requests/\(request)/time", fields)
            let second = try await browser("ari").post("/requests/\(request)/time", fields)
            #expect(first.status == .seeOther)
            #expect(second.headers[.location] == first.headers[.location])
            let count = try test.store.read {
                try $0.first("SELECT COUNT(*) FROM fact WHERE kind = 'time'") { $0.integer(0) }
            }
            #expect(count == 1)
        }
    }

    @Test("Before time is saved, the page says what it would cost; saving says the same")
    func preview() async throws {
        let test = try TestSite()
        let request = try test.last("request")
        _ = try test.log("bo", "1:45")
        try await test.browse { browser in
            let asked = try await browser("ari").post(
                "/requests/\(request)/time", ["hours": "1:00", "work_type": "research", "date": "2026-11-20"])
            #expect(asked.status == .ok)
            #expect(asked.text.contains("This 1:00 would be 0:15 plan acme-web + 0:45 overage at $155.00/h"))
            #expect(asked.text.contains("$116.25"))
            let statement = try await browser("ari").get("/clients/acme/statements/2026-11")
            #expect(!statement.text.contains("$116.25"))
            _ = try await browser("ari").post(
                "/requests/\(request)/time",
                ["hours": "1:00", "work_type": "research", "date": "2026-11-20", "save": "yes"])
            let is7 = try await browser("ari").get("/clients/acme/statements/2026-11").text.contains("$116.25")
            #expect(is7)
        }
    }

    @Test(
        "Signing in: wrong password, right one, a cookie that is no use after signing out", arguments: EngineKind.tested
    )
    func signIn(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        try await test.browse { browser in
            let wrong = try await browser("").post("/sign-in", ["email": "ari@agency.example", "password": "no"])
            #expect(wrong.status == .unprocessableContent)
            #expect(wrong.headers[values: .setCookie].allSatisfy { !$0.contains("session=") })
            let right = try await browser("").post(
                "/sign-in", ["email": "ARI@agency.example", "password": TestSite.password, "next": "/clients?x=1"])
            #expect(right.status == .seeOther)
            #expect(right.headers[.location] == "/clients?x=1")
            let elsewhere = try await browser("").post(
                "/sign-in", ["email": "ari@agency.example", "password": TestSite.password, "next": "//evil.example"])
            #expect(elsewhere.headers[.location] == "/")
            let is8 = try await browser("ari").get("/today").status == .ok
            #expect(is8)
            let is9 = try await browser("ari").post("/sign-out").status == .seeOther
            #expect(is9)
            let is10 = try await browser("ari").get("/today").status == .seeOther
            #expect(is10)
            let is11 = try await browser("ari").post("/timer/stop").status == .unauthorized
            #expect(is11)
        }
    }

    @Test("An invitation works once", arguments: EngineKind.tested)
    func invitation(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        try await test.browse { browser in
            let made = try await browser("olga").post(
                "/people",
                [
                    "id": "cy", "name": "Cy New", "email": "cy@agency.example", "role": "agent",
                    "current_password": TestSite.password,
                ])
            let link = try #require(made.text.firstMatch(of: /\/links\/[A-Za-z0-9_-]+/)).output
            let is12 = try await browser("").get(String(link)).text.contains("Welcome, Cy New")
            #expect(is12)
            let short = try await browser("").post(String(link), ["password": "short"])
            #expect(short.status == .unprocessableContent)
            let used = try await browser("").post(String(link), ["password": "nine quiet larches"])
            #expect(used.status == .seeOther)
            #expect(used.headers[values: .setCookie].contains { $0.contains("session=") && $0.contains("HttpOnly") })
            let is13 = try await browser("").post(String(link), ["password": "nine quiet larches"]).status == .notFound
            #expect(is13)
            let is14 = try await browser("").get(String(link)).status == .notFound
            #expect(is14)
        }
    }

    @Test(
        "A timer runs across midnight, a month's end and a change of the clock, and loses nothing",
        arguments: [
            ("2026-11-24T00:30:00Z", "0:40"), ("2026-12-01T00:10:00Z", "0:20"), ("2026-10-25T01:30:00Z", "1:00"),
        ] as [(Instant, Hours)])
    func timer(stop: Instant, length: Hours) async throws {
        let start = Instant(seconds: stop.seconds - length.seconds)
        let test = try TestSite(at: start)
        let request = try test.last("request")
        try await test.browse { browser in
            let started = try await browser("ari").post("/timer/start", ["request": request, "work_type": "research"])
            #expect(started.status == .seeOther)
            let is15 = try await browser("ari").get("/clients").text.contains("data-timer-since=\"\(start)\"")
            #expect(is15)
            test.clock.set(stop)
            let stopped = try await browser("ari").post("/timer/stop")
            #expect(stopped.headers[.location] == "/requests/\(request)")
        }
        let months = Set([Period(containing: Zone.utc.date(of: start)), Period(containing: Zone.utc.date(of: stop))])
        let worked = try months.reduce(Hours.zero) { sum, month in
            let account = try test.store.read {
                try test.store.account($0, of: "acme", through: month, wanting: month...month)
            }
            return sum + (account?.statements.last { $0.period == month }?.totals.worked ?? .zero)
        }
        #expect(worked == length)
    }

    @Test("Two servers on one database: what one writes the other shows at once", arguments: EngineKind.tested)
    func twoServers(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let other = try TestSite(beside: test)
        try await test.browse { first in
            try await other.browse { second in
                let is16 = try await second("mia").get("/clients").text.contains("Acme")
                #expect(is16)
                let request = try test.last("request")
                _ = try await first("mia").post(
                    "/requests/\(request)/time",
                    ["hours": "3:00", "work_type": "research", "date": "2026-11-20", "save": "yes"])
                let seen = try await second("mia").get("/clients")
                #expect(seen.text.contains("1:00 over"))
                // Whoever is signed out on one is signed out on the other.
                _ = try await first("mia").post("/sign-out")
                let is17 = try await second("mia").get("/today").status == .seeOther
                #expect(is17)
            }
        }
    }

    @Test("Files of the wrong kind are refused with words, and good ones come back as they were, to be saved")
    func uploads() async throws {
        let test = try TestSite()
        let request = try test.last("request")
        try await test.browse { browser in
            func send(_ name: String, _ content: String) async throws -> TestSite.Answer {
                let token = Secret.proof(of: "form", by: test.sessions["ari"] ?? "")
                let parts = [("csrf", token), ("text", "See the file"), ("for", "client")].map {
                    "--B\r\nContent-Disposition: form-data; name=\"\($0.0)\"\r\n\r\n\($0.1)\r\n"
                }
                let file =
                    "--B\r\nContent-Disposition: form-data; name=\"attachment\"; filename=\"\(name)\"\r\nContent-Type: x/y\r\n\r\n\(content)\r\n"
                var headers = HTTPFields()
                headers[.contentType] = "multipart/form-data; boundary=B"
                return try await browser("ari").send(
                    .post, "/requests/\(request)/messages", body: parts.joined() + file + "--B--\r\n", headers: headers)
            }
            for name in ["page.html", "pic.svg", "run.exe", "pic.png", "x"] {
                let refused = try await send(name, "<script>alert(1)</script>")
                #expect(refused.status == .unprocessableContent, "\(name)")
                #expect(!refused.text.contains("<script>alert"))
            }
            let is18 = try await send("../../etc/notes.txt", "line one\n").status == .seeOther
            #expect(is18)
            let id = try test.last("attachment")
            let file = try await browser("bo").get("/attachments/\(id)")
            #expect(file.text == "line one\n")
            #expect(file.headers[.contentDisposition]?.hasPrefix("attachment; filename=\"notes.txt\"") == true)
        }
    }

    @Test("A statement shows what was known on another day")
    func asKnown() async throws {
        let test = try TestSite(at: "2026-11-23T20:00:00Z")
        _ = try test.log("ari", "1:00")
        test.clock.set("2026-11-24T06:00:00Z")
        _ = try test.log("ari", "0:45")
        try await test.browse { browser in
            let now = try await browser("mia").get("/clients/acme/statements/2026-11")
            let then = try await browser("mia").get("/clients/acme/statements/2026-11?known=2026-11-23")
            #expect(now.text.contains("Worked 1:45"))
            #expect(then.text.contains("Worked 1:00"))
        }
    }

    @Test("Metrics are for this machine, or for whoever has the token")
    func metrics() async throws {
        let closed = try TestSite { $0.metricsToken = "s3cret" }
        try await closed.browse { browser in
            let is19 = try await browser("olga").get("/metrics").status == .notFound
            #expect(is19)
            var headers = HTTPFields()
            headers[.authorization] = "Bearer s3cret"
            let is20 = try await browser("").get("/metrics", headers: headers).status == .ok
            #expect(is20)
            headers[.authorization] = "Bearer s3creT"
            let is21 = try await browser("").get("/metrics", headers: headers).status == .notFound
            #expect(is21)
        }
    }

    @Test("The style and the script are small, and every class of the style is used or gone")
    func budget() {
        // Compressed they are a third of this or less (Tests/Browser measures it).
        #expect(StyleSheet.source.utf8.count < 40_000)
        #expect(Script.source.utf8.count < 12_000)
    }

    @Test("A clock behind the last fact is told: on Today, and to owners on every page")
    func clockBehind() async throws {
        let test = try TestSite()
        try await test.browse { browser in
            func isTold(_ person: String, _ path: String) async throws -> Bool {
                try await browser(person).get(path).text.contains("clock is 0:01:30 behind what was recorded last")
            }
            let before = try await isTold("olga", "/clients")
            test.clock.set(test.clock.now + -Hours(seconds: 90))
            let owner = [try await isTold("olga", "/clients"), try await isTold("olga", "/today")]
            let agent = [try await isTold("ari", "/clients"), try await isTold("ari", "/today")]
            test.clock.set(test.clock.now + Hours(seconds: 90))
            let after = try await isTold("olga", "/today")
            #expect(!before && !after)
            #expect(owner == [true, true])
            #expect(agent == [false, true])
        }
    }
}
