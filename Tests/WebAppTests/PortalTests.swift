import Foundation
import HTTPTypes
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

@testable import WebApp

@Suite("The client portal")
struct PortalTests {
    private let owner = Actor(id: "olga", role: .owner)

    @Test("A link by mail lets a contact in, once, by a press; its opening does nothing", arguments: EngineKind.tested)
    func links(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let token = try test.site.signIn.inviteContact(
            nil, of: "acme", fullName: "Cy Chen", email: "cy@acme.example", role: .requester, by: owner
        ).token
        try await test.browse { browser in
            for _ in 0..<3 {
                let page = try await browser("").get("/links/\(token)")
                #expect(page.status == .ok)
                #expect(page.text.contains("Welcome, Cy Chen"))
            }
            let entered = try await browser("").post("/links/\(token)/enter")
            #expect(entered.status == .seeOther)
            #expect(entered.headers[.setCookie]?.contains("session=") == true)
            let again = try await browser("").post("/links/\(token)/enter")
            #expect(again.status == .notFound)
        }
    }

    @Test("A link of a member of staff lets nobody in without a password", arguments: EngineKind.tested)
    func staffLinks(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let token = try test.site.signIn.resetAccess(of: "bo", by: owner)
        try await test.browse { browser in
            let entered = try await browser("").post("/links/\(token)/enter")
            #expect(entered.status == .notFound)
            #expect(entered.headers[.setCookie]?.contains("session=ey") != true)
            let page = try await browser("").get("/links/\(token)")
            #expect(page.status == .ok)
        }
    }

    @Test("Whose access ends is out at once, and a smaller role holds at once", arguments: EngineKind.tested)
    func ends(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let (anna, rick) = (try test.contact("anna"), try test.contact("rick"))
        try await test.browse { browser in
            let lowered = try await browser("bill").post("/portal/people/\(anna)/role", ["role": "viewer"])
            #expect(lowered.status == .seeOther)
            // What she was let in for has ended; what she signs in for now is less.
            let form = try await browser("anna").get(PortalLink.newRequest)
            #expect(form.status == .seeOther)
            let ended = try await browser("bill").post("/portal/people/\(rick)/end")
            #expect(ended.status == .seeOther)
            let out = try await browser("rick").get(PortalLink.home)
            #expect(out.status == .seeOther)
            // Nobody takes their own rights away by mistake.
            let bill = try test.contact("bill")
            let mine = try await browser("bill").post("/portal/people/\(bill)/end")
            #expect(mine.status == .unprocessableContent)
        }
    }

    @Test("What is asked, is answered: a request and its conversation, without our notes", arguments: EngineKind.tested)
    func conversation(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        try await test.browse { browser in
            let sent = try await browser("rick").post(
                PortalLink.requests,
                ["title": "Cart is empty", "message": "Since Monday", "line": "website-maintenance", "key": "k1"])
            #expect(sent.status == .seeOther)
            let id = RequestID(try test.last("request"))
            let row = try #require(try test.store.read { try RequestBoard($0).request(id) })
            #expect(row.client == "acme")
            #expect(row.state == .new)
            for (text, isInternal) in [("Between us only", true), ("We look into it", false)] {
                _ = try test.desk.perform(
                    WriteMessage(request: id, text: text, isInternal: isInternal), by: Actor(id: "ari", role: .agent))
            }
            let page = try await browser("vera").get(PortalLink.request(id))
            #expect(page.text.contains("Since Monday"))
            #expect(page.text.contains("We look into it"))
            #expect(!page.text.contains("Between us"))
            // Whose message it is, is who is signed in, whatever is sent.
            let written = try await browser("rick").post(
                PortalLink.request(id, "messages"), ["text": "Thanks", "for": "staff"])
            #expect(written.status == .seeOther)
            let last = try #require(try test.store.read { try Conversation($0).messages(of: id) }.last)
            #expect(last.isFromClient)
            #expect(!last.isInternal)
            #expect(last.from == (try test.contact("rick")))
        }
    }

    @Test("A request that was another company's shows nothing of that time", arguments: EngineKind.tested)
    func moved(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let theirs = try test.fillBeta()
        let id = RequestID(theirs["request"] ?? "")
        _ = try test.desk.perform(MoveRequest(request: id, client: "acme", reason: "misfiled"), by: owner)
        _ = try test.desk.perform(WriteMessage(request: id, text: "Yours now", isInternal: false), by: owner)
        try await test.browse { browser in
            let page = try await browser("vera").get(PortalLink.request(id))
            #expect(page.status == .ok)
            #expect(page.text.contains("Yours now"))
            #expect(!page.text.contains("secret words"))
            #expect(!page.text.contains("secret.txt"))
            let file = try await browser("vera").get(PortalLink.attachment(theirs["attachment"] ?? ""))
            #expect(file.status == .notFound)
            // And those whose it was have nothing of it any more.
            let gone = try await browser("bea").get(PortalLink.request(id))
            #expect(gone.status == .notFound)
            let written = try await browser("bea").post(PortalLink.request(id, "messages"), ["text": "hello"])
            #expect(written.status == .notFound)
        }
    }

    @Test("A file of an internal note is not the client's", arguments: EngineKind.tested)
    func notes(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        let id = RequestID(try test.last("request"))
        _ = try test.desk.perform(
            WriteMessage(
                request: id, text: "log", isInternal: true,
                attachments: [NewAttachment(name: "internal.txt", content: [0x41])]), by: owner)
        let file = try test.last("attachment")
        try await test.browse { browser in
            let answer = try await browser("bill").get(PortalLink.attachment(file))
            #expect(answer.status == .notFound)
        }
    }

    @Test("A question about a line goes into its request; one about another's line is about nothing")
    func questions() async throws {
        let test = try TestSite(.sqlite)
        let entry = try test.log("ari", "0:45")
        let theirs = try test.fillBeta()
        try await test.browse { browser in
            let home = try await browser("rick").get(PortalLink.home)
            #expect(home.text.contains(PortalLink.line(EntryID(entry))))
            #expect(home.text.contains("1 h 15 min left until 30 November 2026"))
            let asked = try await browser("rick").post(PortalLink.line(EntryID(entry)), ["text": "Why so long?"])
            #expect(asked.status == .seeOther)
            let page = try await browser("rick").get(String((asked.headers[.location] ?? "").prefix { $0 != "#" }))
            #expect(page.text.contains("About 0:45 on 20 November 2026"))
            #expect(page.text.contains("Why so long?"))
            let other = try await browser("rick").post(
                PortalLink.line(EntryID(theirs["entry"] ?? "")), ["text": "What is this?"])
            #expect(other.status == .notFound)
            // Who only reads is not offered what they may not do.
            let vera = try await browser("vera").get(PortalLink.home)
            #expect(!vera.text.contains(PortalLink.line(EntryID(entry))))
            #expect(!vera.text.contains(PortalLink.newRequest))
        }
    }

    @Test("Approval carries the name of who gave it, whatever the form says")
    func consent() async throws {
        let test = try TestSite(.sqlite)
        let id = RequestID(try test.last("request"))
        try await test.browse { browser in
            let given = try await browser("anna").post(
                PortalLink.request(id, "permit"), ["hours": "2:00", "until": "2026-11-30", "by": "Somebody else"])
            #expect(given.status == .seeOther)
            let refused = try await browser("rick").post(
                PortalLink.request(id, "permit"), ["hours": "2:00", "until": "2026-11-30"])
            #expect(refused.status == .forbidden)
            let wrong = try await browser("anna").post(
                PortalLink.request(id, "permit"), ["hours": "lots", "until": "x"])
            #expect(wrong.status == .unprocessableContent)
        }
        let permits = try test.desk.preview(by: owner) { try $0.request(id).facts.permits }
        #expect(permits.map(\.by) == ["Anna"])
    }

    @Test("Each operation that takes a contact refuses another company's, at the desk itself")
    func operations() throws {
        let test = try TestSite(.sqlite)
        let theirs = RequestID(try test.fillBeta()["request"] ?? "")
        let bill = Actor(contact: try test.contact("bill"), of: "acme", role: .billing)
        let bea = try test.contact("bea")
        let operations: [any DeskOperation] = [
            WriteMessage(request: theirs, text: "x", isInternal: false), ApproveRequest(request: theirs, by: "x"),
            GivePermit(request: theirs, hours: "1:00", until: "2026-11-30", by: "x"),
            OpenRequest(client: "beta", serviceLine: "website-maintenance", title: "x"),
            AddContact(client: "beta", fullName: "x"),
            ChangeContactRole(client: "beta", contact: bea, access: .viewer), EndContact(client: "beta", contact: bea),
            // What is for staff alone is nothing to a contact.
            AddUser(id: "eve", fullName: "Eve", role: .owner), ErasePerson(id: bea),
            LogTime(request: theirs, workType: "research", when: .dated("2026-11-20", "1:00")),
            ClosePeriod(client: "acme", period: "2026-10"),
        ]
        for operation in operations {
            #expect(throws: Refusal.nothingThere, "\(type(of: operation))") { try perform(operation, test, bill) }
        }
        // A contact of another company by its id alone.
        #expect(throws: Problems.self) {
            try test.desk.perform(EndContact(client: "acme", contact: bea), by: bill)
        }
    }

    private func perform<Asked: DeskOperation>(_ operation: Asked, _ test: TestSite, _ actor: Actor) throws {
        _ = try test.desk.perform(operation, by: actor)
    }

    @Test("A calendar's address is the secret: it tells one company, and ends at once", arguments: EngineKind.tested)
    func feeds(kind: EngineKind) async throws {
        let test = try TestSite(kind)
        _ = try test.fillBeta()
        func token(_ name: String) throws -> String {
            let person = try #require(try test.site.signIn.person(token: test.sessions[name] ?? ""))
            return try test.site.signIn.makeFeed(for: person)
        }
        let (old, vera, ari) = try (token("vera"), token("vera"), token("ari"))
        try await test.browse { browser in
            let feed = try await browser("").get("/feeds/\(vera).ics")
            #expect(feed.status == .ok)
            #expect(feed.headers[.contentType] == "text/calendar; charset=utf-8")
            #expect(feed.text.contains("DTSTART;VALUE=DATE:20261130\r\n"))
            #expect(!feed.text.localizedCaseInsensitiveContains("beta"))
            let staff = try await browser("").get("/feeds/\(ari)")
            #expect(staff.status == .ok)
            let replaced = try await browser("").get("/feeds/\(old).ics")
            #expect(replaced.status == .notFound)
            _ = try test.desk.perform(EndContact(client: "acme", contact: try test.contact("vera")), by: owner)
            let ended = try await browser("").get("/feeds/\(vera).ics")
            #expect(ended.status == .notFound)
        }
    }
}
