import Agreements
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

@Suite("The API and the pages do what the command line does")
struct WaysTests {
    private let owner = Actor(id: "olga", role: .owner)

    /// Calls the API as the owner.
    private struct API: Sendable {
        let browser: TestSite.Browsers
        let token: String

        init(_ test: TestSite, _ browser: TestSite.Browsers) throws {
            self.browser = browser
            token = try test.site.signIn.makeToken(
                name: "test", scopes: Set(TokenScope.allCases), expires: test.clock.now + Hours(24 * 200),
                for: Actor(id: "olga", role: .owner)
            ).token
        }

        func callAsFunction(_ path: String, _ body: String? = nil) async throws -> TestSite.Answer {
            var fields: HTTPFields = [.authorization: "Bearer \(token)", .contentType: "application/json"]
            if body != nil {
                fields.append(HTTPField(name: SecurityHeaders.known("Idempotency-Key"), value: UUID().uuidString))
            }
            return try await browser("").send(
                body == nil ? .get : .post, "/api/v1/\(path)", body: body, headers: fields)
        }
    }

    private func when(_ test: TestSite, _ entry: String) throws -> TimeEntry.When {
        try test.desk.preview(by: owner) { try $0.entry(EntryID(entry)).entry.when }
    }

    // MARK: Time

    @Test("A correction by the API keeps all that is not given", arguments: EngineKind.tested)
    func correction(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let request = RequestID(try test.last("request"))
        let clocked = TimeEntry.When.clocked(start: "2026-10-05T09:15:20Z", end: "2026-10-05T10:45:20Z")
        let entry = try test.desk.perform(
            LogTime(request: request, workType: "research", when: clocked), by: owner
        ).id
        let dated = try test.log("olga", "1:30", on: "2026-10-06")
        try await test.browse { browser in
            let api = try API(test, browser)
            func correct(_ entry: String, _ members: String) async throws -> TestSite.Answer {
                try await api("time/\(entry)/correction", "{\"reason\":\"x\",\(members)}")
            }
            var answer = try await correct(entry, #""note":"Read""#)
            #expect(answer.status == .created || answer.status == .ok)
            #expect(try when(test, entry) == clocked)
            answer = try await correct(entry, #""hours":"1:00""#)
            #expect(try when(test, entry) == .clocked(start: "2026-10-05T09:15:20Z", end: "2026-10-05T10:15:20Z"))
            answer = try await correct(entry, #""date":"2026-10-07""#)
            #expect(try when(test, entry) == .clocked(start: "2026-10-07T09:15:20Z", end: "2026-10-07T10:15:20Z"))
            answer = try await correct(dated, #""hours":"1:00""#)
            #expect(try when(test, dated) == .dated("2026-10-06", "1:00"))
            answer = try await correct(dated, #""date":"2026-10-08""#)
            #expect(try when(test, dated) == .dated("2026-10-08", "1:00"))
            for entry in [entry, dated] {
                answer = try await correct(
                    entry, #""hours":"1:30","start":"2026-10-07T09:00:00Z","end":"2026-10-07T11:00:00Z""#)
                #expect(answer.status == .unprocessableContent)
                #expect(answer.text.contains("they say 1:30, and from start to end it is 2:00"))
                #expect(answer.text.contains("\"pointer\":\"/hours\""))
            }
        }
    }

    @Test("New time by the API: a length that disagrees is refused, and a time of day is the client's of that date")
    func logging() async throws {
        let test = try TestSite(.sqlite)
        let request = try test.last("request")
        _ = try test.desk.perform(
            ChangeZone(client: "acme", zone: Zone(identifier: "Europe/Oslo") ?? .utc, from: "2026-11"), by: owner)
        try await test.browse { browser in
            let api = try API(test, browser)
            func log(_ path: String, _ members: String) async throws -> TestSite.Answer {
                try await api(path, "{\"request\":\"\(request)\",\"work_type\":\"research\",\(members)}")
            }
            for path in ["time", "time/preview"] {
                let wrong = try await log(
                    path, #""hours":"1:30","start":"2026-10-07T09:00:00Z","end":"2026-10-07T11:00:00Z""#)
                #expect(wrong.status == .unprocessableContent)
                #expect(wrong.text.contains("from start to end it is 2:00"))
                let short = try await log(path, #""start":"2026-10-07T09:00:00Z""#)
                #expect(short.text.contains("how long it took is missing"))
            }
            for (date, start) in [("2026-10-05", "2026-10-05T09:00:00Z"), ("2026-11-05", "2026-11-05T08:00:00Z")] {
                let answer = try await log("time", "\"date\":\"\(date)\",\"hours\":\"1:00\",\"at\":\"9:00\"")
                #expect(answer.status == .created)
                let start = try #require(Instant(start))
                #expect(try when(test, test.last("time")) == .clocked(start: start, end: start + Hours(1)))
            }
        }
    }

    @Test("The page of an entry changes only what was typed otherwise", arguments: EngineKind.tested)
    func entryPage(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let request = try test.last("request")
        let entry = try test.desk.perform(
            LogTime(
                request: RequestID(request), workType: "research",
                when: .clocked(start: "2026-10-05T09:15:20Z", end: "2026-10-05T10:45:20Z")), by: owner
        ).id
        try await test.browse { browser in
            func correct(_ hours: String, _ date: String, _ at: String) async throws {
                let answer = try await browser("olga").post(
                    Link.entry(EntryID(entry), "correction"),
                    [
                        "hours": hours, "date": date, "at": at, "work_type": "research", "request": request,
                        "note": "", "reason": "x",
                    ])
                #expect(answer.status == .seeOther)
            }
            try await correct("1:30", "2026-10-06", "09:15")
            #expect(try when(test, entry) == .clocked(start: "2026-10-06T09:15:20Z", end: "2026-10-06T10:45:20Z"))
            try await correct("1:00", "2026-10-06", "09:15")
            #expect(try when(test, entry) == .clocked(start: "2026-10-06T09:15:20Z", end: "2026-10-06T10:15:20Z"))
            try await correct("1:00", "2026-10-06", "")
            #expect(try when(test, entry) == .dated("2026-10-06", "1:00"))
        }
    }

    // MARK: Agreements

    @Test(
        "The API and the page set everything that is negotiable, and take away what can be", arguments: [true, false])
    func negotiate(byPage: Bool) async throws {
        let test = try TestSite(.sqlite)
        let yaml = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "examples/terms/current.yaml"), encoding: .utf8
        ).replacing("effective: 2021-01-01", with: "effective: 2026-09-01").replacing(
            "negotiable: [overage_rate, hours, fee]",
            with: "negotiable: [\(Negotiable.allCases.map(\.rawValue).joined(separator: ", "))]")
        _ = try test.desk.perform(AddTerms(yaml: yaml, file: "x"), by: owner)
        try await test.browse { browser in
            if byPage {
                let path = Link.client("acme", "negotiated")
                let page = try await browser("mia").get(path)
                for field in NegotiatedInput.Field.allCases where field != .overageRate && field != .overageConsent {
                    #expect(page.text.contains("name=\"\(field.rawValue)\""), "\(field)")
                }
                let sent = try await browser("mia").post(
                    path,
                    [
                        "contract": "acme-web", "from": "2026-11-01", "rate": "120.50", "hours": "6:30", "fee": "650",
                        "increment": "0:15", "increment_per": "entry", "increment_minimum": "0:30",
                        "rounding_may_cause_overage": "no", "tolerance": "5%", "tolerance_beyond": "all",
                        "consent": "most", "most": "2:00", "late_time": "waive", "draw_order": "soonest-expiry",
                        "first_period": "prorate-fee", "upgrade": "next-period",
                    ])
                #expect(sent.status == .seeOther, "\(sent.text)")
                let taken = try await browser("mia").post(
                    path, ["contract": "acme-web", "from": "2026-12-01", "increment": "none", "tolerance": "none"])
                #expect(taken.status == .seeOther)
                let wrong = try await browser("mia").post(
                    path, ["contract": "acme-web", "from": "2026-12-01", "increment": "0:15"])
                #expect(wrong.status == .unprocessableContent)
            } else {
                let api = try API(test, browser)
                let sent = try await api(
                    "contracts/acme-web/terms",
                    """
                    {"from":"2026-11-01","overage_rate":"120.50","hours":"6:30","fee":"650","increment":"0:15",
                    "increment_per":"entry","increment_minimum":"0:30","rounding_may_cause_overage":false,
                    "tolerance":"5%","tolerance_beyond":"all","when_hours_run_out":"2:00","late_time":"waive",
                    "draw_order":"soonest-expiry","first_period":"prorate-fee","upgrade":"next-period"}
                    """)
                #expect(sent.status == .ok || sent.status == .created, "\(sent.text)")
                let taken = try await api(
                    "contracts/acme-web/terms", #"{"from":"2026-12-01","increment":"none","tolerance":"none"}"#)
                #expect(taken.status == .ok || taken.status == .created, "\(taken.text)")
                let wrong = try await api("contracts/acme-web/terms", #"{"from":"2026-12-01","increment":"0:15"}"#)
                #expect(wrong.text.contains("\"pointer\":\"/increment_per\""))
            }
        }
        let negotiated = try test.desk.preview(by: owner) { try $0.standing(of: "acme").negotiatedTerms }
        #expect(negotiated.map(\.subjects) == [Set(Negotiable.allCases), [.increment, .tolerance]])
        #expect(
            negotiated[0].increment == Increment(step: "0:15", group: .entry, minimum: "0:30", mayCauseOverage: false))
        #expect(negotiated[0].overageConsent == .allowUpTo("2:00"))
        #expect(negotiated[1].increment == .some(nil))
        #expect(negotiated[1].tolerance == .some(nil))
    }

    @Test("No way changes a closed month's zone; without a month it is the next", arguments: EngineKind.tested)
    func zone(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        for period: Period in ["2026-09", "2026-10"] {
            _ = try test.desk.perform(ClosePeriod(client: "acme", period: period), by: owner)
        }
        try await test.browse { browser in
            let api = try API(test, browser)
            let refused = try await api("clients/acme/zone", #"{"zone":"Europe/Oslo","from":"2026-10"}"#)
            #expect(refused.status == .unprocessableContent)
            #expect(refused.text.contains("write 2026-12 or a later month"))
            let page = try await browser("mia").post(
                Link.client("acme", "zone"), ["zone": "Europe/Oslo", "from": "2026-10"])
            #expect(page.status == .unprocessableContent)
            #expect(page.text.contains("2026-12 or a later month"))
            let next = try await api("clients/acme/zone", #"{"zone":"Europe/Oslo"}"#)
            #expect(next.text.contains("from December 2026"))
            let again = try await browser("mia").post(Link.client("acme", "zone"), ["zone": "Europe/Rome", "from": ""])
            #expect(again.status == .seeOther)
        }
        let changes = try test.desk.preview(by: owner) { try $0.standing(of: "acme").zoneChanges }
        #expect(changes.map(\.from) == ["2026-12", "2026-12"])
    }

    @Test("A used block is not taken back by the API or the page, and they say what used it")
    func block() async throws {
        let test = try TestSite(.sqlite)
        let block = try test.desk.perform(
            BuyBlock(client: "acme", scope: .client, hours: "5:00", boughtOn: "2026-11-01"), by: owner
        ).id
        let entry = try test.log("olga", "3:15")
        try await test.browse { browser in
            let api = try API(test, browser)
            let refused = try await api("blocks/\(block)", #"{"hours":"0:00","reason":"Refund"}"#)
            #expect(refused.text.contains("1:15 in November 2026 (\(entry))"))
            let page = try await browser("mia").post(
                Link.client("acme", "block-change"), ["block": block, "hours": "0", "reason": "Refund"])
            #expect(page.status == .unprocessableContent)
            #expect(page.text.contains("1:15 in November 2026 (\(entry))"))
        }
    }

    // MARK: Statements and permits

    @Test("An open month's hours are left, on the page and in the API; once it is over they have lapsed")
    func lapsed() async throws {
        let test = try TestSite(.sqlite)
        _ = try test.log("olga", "0:30")
        try await test.browse { browser in
            let api = try API(test, browser)
            let open = try await api("clients/acme/statements/2026-11")
            #expect(open.text.contains(#""drawn":"0:30","lapsed":"0:00","left":"1:30""#))
            test.clock.set("2026-12-01T00:00:00Z")
            let over = try await api("clients/acme/statements/2026-11")
            #expect(over.text.contains(#""drawn":"0:30","lapsed":"1:30","left":"0:00""#))
        }
    }

    @Test("Pages offer to approve overage only where that would change a figure")
    func permits() async throws {
        let test = try TestSite(.sqlite)
        let request = RequestID(try test.last("request"))
        try await test.browse { browser in
            func offers() async throws -> [Bool] {
                let staff = try await browser("mia").get(Link.request(request))
                let client = try await browser("anna").get(PortalLink.request(request))
                return [
                    staff.text.contains("The client approves overage"),
                    client.text.contains("Approve work beyond our hours"),
                ]
            }
            #expect(try await offers() == [false, false])
            let yaml = try String(
                contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                    .deletingLastPathComponent().appending(path: "examples/terms/current.yaml"), encoding: .utf8
            ).replacing("effective: 2021-01-01", with: "effective: 2026-11-01\nwhen_hours_run_out: ask")
            _ = try test.desk.perform(AddTerms(yaml: yaml, file: "x"), by: owner)
            #expect(try await offers() == [true, true])
        }
    }
}
