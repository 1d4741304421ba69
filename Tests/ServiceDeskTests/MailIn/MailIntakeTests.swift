import Agreements
import Database
import Exchange
import Foundation
import Rating
import Storage
import Testing
import TestSupport
import Values

@testable import ServiceDesk

@Suite("Mail that comes in")
struct MailIntakeTests {
    /// A desk with two clients: Anna may approve, Vera may only read, Walt is known by his mails alone, Bea is another's.
    private final class Post {
        let test: TestDesk
        let anna: String
        let walt: String
        let request: RequestID

        init(_ kind: EngineKind) throws {
            let test = try TestDesk.withAcme(kind)
            self.test = test
            request = try test.lastRequest()
            let random: @Sendable (Int) -> [UInt8] = { count in (0..<count).map { _ in .random(in: .min ... .max) } }
            let signIn = SignIn(
                desk: test.desk,
                hasher: PasswordHasher(cost: .init(logRounds: 4, blockSize: 8, parallelism: 1), random: random),
                random: random)
            func invite(_ name: String, _ client: ClientID, _ role: ContactRole) throws -> String {
                try signIn.inviteContact(
                    nil, of: client, fullName: name, email: "\(name)@\(client).example", role: role, by: test.owner
                ).id
            }
            anna = try invite("anna", "acme", .approver)
            _ = try invite("vera", "acme", .viewer)
            walt = try test.perform(AddContact(client: "acme", fullName: "Walt", email: "Walt@acme.example")).id
            try test.perform(AddClient(id: "beta", fullName: "Beta", zone: .utc))
            _ = try invite("bea", "beta", .billing)
            try test.perform(AddContact(client: "beta", fullName: "Free Lance", email: "free@lance.example"))
            try test.perform(AddContact(client: "acme", fullName: "Free Lance", email: "free@lance.example"))
            try test.perform(SetEmail(id: "olga", email: "olga@agency.example"))
        }

        func take(_ mail: IncomingMail, _ rules: MailIntake.Rules = .init()) throws -> MailIntake.Outcome {
            try MailIntake(desk: test.desk, rules: rules).take(mail)
        }

        func mail(
            _ sender: String, _ subject: String = "Broken", _ text: String = "It is broken.",
            references: [String] = [], id: String = UUID().uuidString
        ) -> IncomingMail {
            IncomingMail(id: id, references: references, sender: sender, subject: subject, text: text)
        }

        func messages(_ request: RequestID) throws -> [Conversation.Message] {
            try test.store.read { try Conversation($0).messages(of: request) }
        }

        func row(_ request: RequestID) throws -> RequestRow? {
            try test.store.read { try RequestBoard($0).request(request) }
        }

        /// The id of the mail that a person was sent about an answer on a request.
        func sent(to person: String, _ event: String = "request.answered") throws -> String {
            let room = MailRoom(
                desk: test.desk, mail: MailCommand(command: ["/bin/true"], sender: "d@a.example"),
                publicURL: "https://desk.example")
            _ = try room.round()
            let found = try test.store.read {
                try $0.first(
                    """
                    SELECT o.id, d.id, d.token FROM delivery d JOIN outbox o ON o.id = d.outbox_id
                    WHERE d.person = $1 AND o.kind = $2 ORDER BY d.id DESC LIMIT 1
                    """, [.text(person), .text(event)]
                ) {
                    MailIDs.mail(
                        message: $0.integer(0), delivery: $0.integer(1), token: $0.text(2), host: "desk.example")
                }
            }
            return found ?? ""
        }
    }

    private func opened(_ outcome: MailIntake.Outcome) -> RequestID? {
        if case .opened(let id) = outcome { id } else { nil }
    }

    @Test("A contact's mail opens a request, once however often it comes", arguments: EngineKind.tested)
    func opens(kind: EngineKind) throws {
        let post = try Post(kind)
        let mail = post.mail("ANNA@acme.example", "Fwd: Re: [r-999] Vouchers", "They do not print.\n> quoted")
        let id = try #require(opened(try post.take(mail)))
        #expect(try post.take(mail) == .opened(id))
        let row = try #require(try post.row(id))
        #expect(row.title == "Vouchers")
        #expect(row.client == "acme")
        #expect(row.serviceLine == "website-maintenance")
        #expect(row.state == .new)
        let messages = try post.messages(id)
        #expect(messages.map(\.text) == ["They do not print.\n> quoted"])
        #expect(messages.first?.from == post.anna)
        #expect(messages.first?.isFromClient == true)
        let audit = try post.test.store.read {
            try $0.all("SELECT actor FROM audit WHERE operation = 'request.open' AND actor = $1", [.text(post.anna)]) {
                $0.text(0)
            }
        }
        #expect(audit.count == 1)
        #expect(try post.test.verify().faults == [])
    }

    @Test("Whoever was never in the portal asks by mail; who may only read does not", arguments: EngineKind.tested)
    func senders(kind: EngineKind) throws {
        let post = try Post(kind)
        #expect(opened(try post.take(post.mail("walt@acme.example"))) != nil)
        #expect(try post.take(post.mail("vera@acme.example")) == .refused(.mayNotWrite))
        #expect(try post.take(post.mail("x@acme.example")) == .refused(.unknownSender))
        #expect(try post.take(post.mail("free@lance.example")) == .waiting(.severalClients))
        // What it is about tells for whom they write.
        #expect(
            try post.take(post.mail("free@lance.example", "[\(post.request)]")) == .answered(post.request))
        let anna = try #require(try post.test.store.read { try Directory($0).contact(post.anna) })
        try post.test.perform(EndContact(client: anna.client, contact: post.anna))
        #expect(try post.take(post.mail("anna@acme.example")) == .refused(.unknownSender))
        let lines = try post.test.store.read { try MailInLog($0).lines(limit: 10) }
        #expect(lines.map(\.outcome) == ["refused", "answered", "waiting", "refused", "refused", "opened"])
        #expect(lines.last?.person == post.walt)
        try post.test.perform(ErasePerson(id: post.walt))
        #expect(try post.take(post.mail("walt@acme.example")) == .refused(.unknownSender))
        #expect(try post.test.store.read { try MailInLog($0).lines(limit: 10) }.allSatisfy { $0.person != post.walt })
    }

    @Test("An answer is filed on what it answers, and opens it again", arguments: EngineKind.tested)
    func answers(kind: EngineKind) throws {
        let post = try Post(kind)
        try post.test.perform(SetRequestState(request: post.request, state: .done))
        let thread = MailIDs.thread(of: post.request.text, host: "desk.example")
        var mail = post.mail("anna@acme.example", "Something else", "No.\n\n> Is it?", references: [thread])
        mail.written = "No."
        #expect(try post.take(mail) == .answered(post.request))
        #expect(try post.messages(post.request).last?.text == "No.")
        #expect(try post.row(post.request)?.state == .open)
        // By its subject.
        #expect(
            try post.take(post.mail("walt@acme.example", "AW: [\(post.request)] Slow pages")) == .answered(post.request)
        )
        // Where it goes on in another, there.
        let other = try #require(opened(try post.take(post.mail("anna@acme.example", "Other"))))
        try post.test.perform(MergeRequest(request: other, into: post.request))
        #expect(try post.take(post.mail("anna@acme.example", "[\(other)]")) == .answered(post.request))
    }

    @Test("Another client's request is nothing to anybody else, whatever they refer to", arguments: EngineKind.tested)
    func others(kind: EngineKind) throws {
        let post = try Post(kind)
        try post.test.perform(WriteMessage(request: post.request, text: "Secret", isInternal: false))
        let token = try post.sent(to: post.anna)
        #expect(MailIDs.tokens(in: [token]).count == 1)
        let before = try post.messages(post.request)
        for references in [[MailIDs.thread(of: post.request.text, host: "h")], [token]] {
            let mail = post.mail("bea@beta.example", "[\(post.request)] Slow", references: references)
            let id = try #require(opened(try post.take(mail)))
            #expect(try post.row(id)?.client == "beta")
        }
        #expect(try post.messages(post.request) == before)
    }

    @Test("Staff answer by mail what they were sent by mail, and nothing else", arguments: EngineKind.tested)
    func staff(kind: EngineKind) throws {
        let post = try Post(kind)
        _ = try post.take(post.mail("anna@acme.example", "[\(post.request)]", "When?"))
        let mine = try post.sent(to: "olga", "request.written")
        #expect(try post.take(post.mail("olga@agency.example", "[\(post.request)]")) == .refused(.staffWithoutProof))
        let forged = mine.replacing(/\.[0-9a-f]{32}/, with: "." + String(repeating: "0", count: 32))
        #expect(
            try post.take(post.mail("olga@agency.example", "x", references: [forged])) == .refused(.staffWithoutProof))
        // A client's token is no proof of staff.
        try post.test.perform(WriteMessage(request: post.request, text: "Soon", isInternal: false))
        let theirs = try post.sent(to: post.anna)
        #expect(
            try post.take(post.mail("olga@agency.example", "x", references: [theirs])) == .refused(.staffWithoutProof))
        #expect(
            try post.take(post.mail("olga@agency.example", "x", "Today.", references: [mine]))
                == .answered(post.request))
        let last = try #require(try post.messages(post.request).last)
        #expect(last.text == "Today.")
        #expect(last.from == "olga")
        #expect(!last.isFromClient)
        #expect(!last.isInternal)
    }

    @Test("Machines are not answered, and floods wait", arguments: EngineKind.tested)
    func machines(kind: EngineKind) throws {
        let post = try Post(kind)
        var robot = post.mail("anna@acme.example")
        robot.automatic = "it says that it is auto-replied"
        #expect(try post.take(robot) == .ignored("it says that it is auto-replied"))
        for _ in 0..<MailIntake.mostPerHour {
            #expect(try post.take(post.mail("anna@acme.example", "[\(post.request)]")) == .answered(post.request))
        }
        #expect(try post.take(post.mail("anna@acme.example")) == .later)
        #expect(opened(try post.take(post.mail("walt@acme.example"))) != nil)
        post.test.clock.set("\(post.test.clock.now + Hours(2))")
        #expect(opened(try post.take(post.mail("anna@acme.example"))) != nil)
    }

    @Test("Where our server has to stand for senders, others are refused, but for answers to our own mails")
    func verified() throws {
        let post = try Post(.sqlite)
        let rules = MailIntake.Rules(serviceLine: "integration-support", verifiedBy: "mx.agency.example")
        var mail = post.mail("anna@acme.example")
        #expect(try post.take(mail, rules) == .refused(.notVerified))
        mail.authenticationResults = ["mx.agency.example; dmarc=pass header.from=acme.example"]
        let id = try #require(opened(try post.take(mail, rules)))
        #expect(try post.row(id)?.serviceLine == "integration-support")
        try post.test.perform(WriteMessage(request: post.request, text: "Well?", isInternal: false))
        let answer = post.mail("anna@acme.example", "Re", references: [try post.sent(to: post.anna)])
        #expect(try post.take(answer, rules) == .answered(post.request))
    }

    @Test("Files come along; those that are not taken are named, and long texts are cut")
    func contents() throws {
        let post = try Post(.sqlite)
        var mail = post.mail("anna@acme.example", "Re:", String(repeating: "å", count: 40_000))
        mail.files = [
            .init(name: "log.txt", content: Array("x".utf8)), .init(name: "evil.html", content: Array("<p>".utf8)),
            .init(name: "film\u{1B}.zip", content: Array(repeating: 1, count: 11 << 20)),
            .init(name: "a forwarded mail", content: nil),
        ]
        let id = try #require(opened(try post.take(mail)))
        let message = try #require(try post.messages(id).first)
        #expect(message.attachments.map(\.name) == ["log.txt"])
        for what in [
            "evil.html (1 KB): files of this kind are not taken", "film.zip (11 MB): it is larger", "a forwarded mail",
        ] {
            #expect(message.text.contains(what))
        }
        #expect(message.text.contains("[The mail goes on: it has 78 KB of text.]"))
        #expect(try post.row(id)?.title == "(no subject)")
        mail.id = nil
        mail.files = []
        mail.text = ""
        mail.subject = "Only this"
        let bare = try #require(opened(try post.take(mail)))
        #expect(try post.messages(bare) == [])
        mail.subject = "[\(bare)]"
        mail.written = " "
        #expect(try post.take(mail) == .refused(.nothingInIt))
    }

    @Test("Without an id mails differ by all that they have; with one they do not", arguments: EngineKind.tested)
    func sameness(kind: EngineKind) throws {
        let post = try Post(kind)
        var mail = post.mail("anna@acme.example", "Shop is down")
        mail.id = nil
        mail.date = "Mon, 23 Nov 2026 10:00:00 +0000"
        let first = try #require(opened(try post.take(mail)))
        #expect(try post.take(mail) == .opened(first))
        mail.date = "Tue, 24 Nov 2026 10:00:00 +0000"
        let second = try #require(opened(try post.take(mail)))
        #expect(second != first)
        mail.files = [.init(name: "log.txt", content: [65])]
        #expect(try opened(post.take(mail)) != second)
        mail.id = "one@acme.example"
        let third = try #require(opened(try post.take(mail)))
        // A list on the way may have put a line below it.
        mail.text += "\n--\nlist"
        #expect(try post.take(mail) == .ignored("it was filed before"))
        #expect(try post.messages(third).count == 1)
    }

    @Test("Of an answer the whole is kept beside what was written: what is quoted may have answers in it")
    func whole() throws {
        let post = try Post(.sqlite)
        var mail = post.mail("anna@acme.example", "[\(post.request)]", "See below.\n\n> Which?\nThis one")
        mail.written = "See below."
        #expect(try post.take(mail) == .answered(post.request))
        let message = try #require(try post.messages(post.request).last)
        #expect(message.text == "See below.")
        #expect(message.whole == "See below.\n\n> Which?\nThis one")
        mail.id = nil
        mail.written = mail.text
        _ = try post.take(mail)
        #expect(try post.messages(post.request).last?.whole == nil)
    }

    @Test(
        "Nobody captures another's mail by inviting them: the address counts once it is proved",
        arguments: EngineKind.tested)
    func capture(kind: EngineKind) throws {
        let post = try Post(kind)
        let test = post.test
        let bill = try test.letIn("bill", "acme", .billing)
        let actor = Actor(contact: bill.id, of: "acme", role: .billing)
        func invite(_ email: String) throws {
            _ = try test.signIn.inviteContact(
                nil, of: "acme", fullName: "Cy", email: email, role: .requester, by: actor)
        }
        // Somebody of another company whom we know stays theirs.
        try invite("bea@beta.example")
        let theirs = try #require(opened(try post.take(post.mail("bea@beta.example", "Ours"))))
        #expect(try post.row(theirs)?.client == "beta")
        // Somebody whom nobody knows is nobody's yet.
        try invite("new@gamma.example")
        #expect(try post.take(post.mail("new@gamma.example", "Not yours")) == .waiting(.notProved))
        #expect(try post.take(post.mail("new@gamma.example", "[\(post.request)]")) == .waiting(.notProved))
        // What is told the company does not go there either.
        let box = try TestPost(test.desk)
        let token = try #require(try box.mails().first { $0.to == "new@gamma.example" }?.token())
        try test.perform(WriteMessage(request: post.request, text: "News", isInternal: false))
        #expect(try !box.mails().contains { $0.to == "new@gamma.example" })
        guard case .signedIn = try test.signIn.enter(token, address: "", agent: "") else {
            Issue.record("the link lets nobody in")
            return
        }
        let now = try #require(opened(try post.take(post.mail("new@gamma.example", "Mine now"))))
        #expect(try post.row(now)?.client == "acme")
        #expect(try test.verify().faults == [])
    }

    @Test("A link that was shown to who invited proves no address", arguments: EngineKind.tested)
    func shown(kind: EngineKind) throws {
        let post = try Post(kind)
        let bill = try post.test.letIn("bill", "acme", .billing)
        let invited = try post.test.signIn.inviteContact(
            nil, of: "acme", fullName: "Cy", email: "new@gamma.example", role: .requester,
            by: Actor(contact: bill.id, of: "acme", role: .billing))
        _ = try post.test.signIn.enter(invited.token, address: "", agent: "")
        #expect(try post.take(post.mail("new@gamma.example")) == .waiting(.notProved))
    }

    @Test("Where it is not plain whose a mail is, staff decide, once", arguments: EngineKind.tested)
    func decided(kind: EngineKind) throws {
        let post = try Post(kind)
        let test = post.test
        let agent = Actor(id: "olga", role: .agent)
        let intake = MailIntake(desk: test.desk)
        var mail = post.mail("free@lance.example", "Which shop", "It is slow.", id: "one@lance.example")
        mail.files = [.init(name: "log.txt", content: Array("x".utf8))]
        #expect(try post.take(mail) == .waiting(.severalClients))
        #expect(try post.take(mail) == .waiting(.severalClients))
        let waiting = try test.store.read { try MailWaiting($0).mails(limit: 500) }
        #expect(waiting.map(\.mail.subject) == ["Which shop"])
        let first = try #require(waiting.first)
        #expect(Set(first.candidates.map(\.client)) == ["acme", "beta"])
        // To nobody who has another address, and not by a client.
        #expect(throws: Problems.self) { try intake.file(first.id, as: post.anna, by: agent) }
        #expect(throws: Refusal.self) {
            try intake.file(
                first.id, as: first.candidates[0].id, by: Actor(contact: post.anna, of: "acme", role: .billing))
        }
        let beta = try #require(first.candidates.first { $0.client == "beta" })
        let id = try #require(opened(try intake.file(first.id, as: beta.id, by: agent)))
        #expect(try post.row(id)?.client == "beta")
        #expect(try post.messages(id).first?.from == beta.id)
        #expect(try post.messages(id).first?.attachments.map(\.name) == ["log.txt"])
        #expect(throws: Problems.self) { try intake.file(first.id, as: beta.id, by: agent) }
        // Floods wait outside.
        for number in 0..<12 {
            let outcome = try post.take(post.mail("free@lance.example", "\(number)"))
            #expect(outcome == (number < 10 ? .waiting(.severalClients) : .later))
        }
        for mail in try test.store.read({ try MailWaiting($0).mails(limit: 500) }) {
            try intake.dismiss(mail.id, by: agent)
        }
        #expect(try test.store.read { try MailWaiting($0).count() } == 0)
        let audit = try test.store.read { try AuditTrail($0).latest(limit: 50) }.map(\.operation)
        #expect(audit.contains("mail.file") && audit.contains("mail.dismiss"))
        #expect(try test.verify().faults == [])
    }

    @Test("Whoever forges a sender does not learn whom we know")
    func forged() throws {
        let post = try Post(.sqlite)
        let rules = MailIntake.Rules(verifiedBy: "mx.agency.example")
        for sender in [
            "anna@acme.example", "vera@acme.example", "free@lance.example", "olga@agency.example", "x@y.example",
        ] {
            #expect(try post.take(post.mail(sender), rules) == .refused(.notVerified))
        }
    }

    @Test(
        "Of a mail of staff a client gets what is surely theirs, never what it quotes",
        arguments: [
            ("Soon.\n\nOn Mon, 23 Nov 2026, Ari Stone wrote:\n> they never read these", "Soon."),
            ("> they never read these\nYes.\n> they never read these\nNo.", "Yes.\nNo."),
            ("Soon.\n\n-----Original Message-----\nthey never read these", "Soon."),
            ("Soon.\n\n\(ReplyText.marker)\n\nthey never read these", "Soon."),
            ("> they never read these", nil), ("\(ReplyText.marker)\nthey never read these", nil),
            ("On Mon, 23 Nov 2026, Ari Stone wrote:\n> they never read these\n", nil),
        ])
    func staffQuotes(text: String, words: String?) throws {
        let post = try Post(.sqlite)
        _ = try post.take(post.mail("anna@acme.example", "[\(post.request)]", "When?"))
        let mine = try post.sent(to: "olga", "request.written")
        var mail = post.mail("olga@agency.example", "x", text, references: [mine])
        mail.files = [
            .init(name: "quoted.png", content: [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10], isOfText: true)
        ]
        let outcome = try post.take(mail)
        guard let words else {
            #expect(outcome == .refused(.nothingInIt))
            return
        }
        #expect(outcome == .answered(post.request))
        let client = try post.test.store.read { try Conversation($0).messages(of: post.request, for: "acme") }
        #expect(client.last?.text == words)
        #expect(client.allSatisfy { $0.whole == nil && $0.attachments.isEmpty && !$0.text.contains("never read") })
        #expect(try post.messages(post.request).last?.whole?.contains("never read") == true)
    }

    @Test(
        "Subjects without what mail programs put before them",
        arguments: [
            ("Re: AW: Fwd: x", "x"), ("[r-17] Re[2]: x", "x"), ("Reply: x", "Reply: x"), ("", "(no subject)"),
            ("RE:", "(no subject)"), (String(repeating: "a", count: 500), String(repeating: "a", count: 400)),
        ])
    func titles(subject: String, title: String) { #expect(MailContent.title(subject) == title) }
}
