import Agreements
import Database
import Exchange
import Foundation
import Rating
import Storage
import Testing
import TestSupport
import Values
import Wording

@testable import ServiceDesk

@Suite("Mail out of the outbox")
struct MailRoomTests {
    /// A desk with an agent who is assigned, contacts of all kinds, and a command that keeps what it is given.
    private final class Post {
        let test: TestDesk
        let room: MailRoom
        private let alerts: AlertRoom
        let folder: String
        let approver: String
        let signIn: SignIn
        /// The token of the link that was shown to whoever invited the approver.
        let shown: String

        init(_ kind: EngineKind, ends code: Int = 0) throws {
            test = try TestDesk.withAcme(kind)
            folder = NSTemporaryDirectory() + "post-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let script = """
                #!/bin/sh
                n=$(ls \(folder) | wc -l)
                for last; do :; done
                { printf 'X-Given-To: %s\\n' "$last"; cat; } > "\(folder)/$(printf %03d $n)-$$"
                exit \(code)
                """
            try script.write(toFile: "\(folder).sh", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder).sh")
            alerts = AlertRoom(desk: test.desk)
            room = MailRoom(
                desk: test.desk,
                mail: MailCommand(command: ["\(folder).sh", "-i"], sender: "desk@agency.example"),
                publicURL: "https://desk.example")
            let random: @Sendable (Int) -> [UInt8] = { count in (0..<count).map { _ in .random(in: .min ... .max) } }
            signIn = SignIn(
                desk: test.desk,
                hasher: PasswordHasher(cost: .init(logRounds: 4, blockSize: 8, parallelism: 1), random: random),
                random: random)
            (approver, shown) = try signIn.inviteContact(
                nil, of: "acme", fullName: "Anna Åkesson", email: "anna@acme.example", role: .approver, by: test.owner)
            _ = try signIn.inviteContact(
                nil, of: "acme", fullName: "Vera", email: "vera@acme.example", role: .viewer, by: test.owner)
            try test.perform(SetEmail(id: "olga", email: "olga@agency.example"))
        }

        deinit {
            try? FileManager.default.removeItem(atPath: folder)
            try? FileManager.default.removeItem(atPath: "\(folder).sh")
        }

        /// What the server does every few seconds.
        func round() throws -> MailRoom.Round {
            try alerts.round()
            return try room.round()
        }

        /// The messages that were handed over, in order, and none of them twice.
        func taken() throws -> [String] {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            let texts = try names.map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
            for name in names { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
            return texts
        }

        /// The plain text of a message.
        static func text(_ message: String) -> String {
            let parts = message.components(separatedBy: "Content-Type: text/plain").last ?? ""
            let base64 =
                parts.components(separatedBy: "\n\n").dropFirst().first?.components(separatedBy: "\n--").first ?? ""
            return String(
                decoding: Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data(), as: UTF8.self)
        }
    }

    private func messageID(_ message: String) -> String? {
        header("Message-ID", message)?.trimmingCharacters(in: CharacterSet(charactersIn: "<>"))
    }

    private func header(_ name: String, _ message: String) -> String? {
        message.split(separator: "\n").first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    @Test(
        "An answer goes to those who may ask, once, in both forms, and threads with its request",
        arguments: EngineKind.tested)
    func answers(kind: EngineKind) throws {
        let post = try Post(kind)
        let id = try post.test.lastRequest()
        _ = try post.round()
        _ = try post.taken()
        try post.test.perform(WriteMessage(request: id, text: "Mended: it was <b>& \"ö\"", isInternal: false))
        try post.test.perform(WriteMessage(request: id, text: "Between us", isInternal: true))
        #expect(try post.round() == MailRoom.Round(sent: 1, failed: 0))
        #expect(try post.round() == MailRoom.Round())
        let mails = try post.taken()
        let mail = try #require(mails.first)
        #expect(header("X-Given-To", mail) == "anna@acme.example")
        #expect(header("Subject", mail) == "[\(id)] Slow pages")
        #expect(header("References", mail) == "<\(id).thread@desk.example>")
        #expect(header("Auto-Submitted", mail) == "auto-generated")
        #expect(Post.text(mail).contains("Mended: it was <b>& \"ö\""))
        #expect(Post.text(mail).contains("https://desk.example/portal/requests/\(id)"))
        #expect(mail.contains("Content-Type: text/html; charset=utf-8"))
        #expect(!Post.text(mail).contains("Between us"))
        #expect(mail.split(separator: "\n").allSatisfy { $0.utf8.count <= 998 && $0.utf8.allSatisfy { $0 < 0x80 } })
    }

    @Test(
        "A mail that fails is tried again later and later, and given up with a word in the log",
        arguments: EngineKind.tested)
    func retries(kind: EngineKind) throws {
        let post = try Post(kind, ends: 75)
        try post.test.perform(WriteMessage(request: post.test.lastRequest(), text: "Hello", isInternal: false))
        let start = post.test.clock.now
        var at = start
        var tries: [Int] = []
        for _ in 0..<(MailRoom.waits.count + 1) {
            post.test.clock.set("\(at)")
            let round = try post.round()
            #expect(round.failed >= 1)
            tries.append(round.failed)
            // A moment before its time nothing is tried.
            let line = try #require(try post.test.store.read { try MailRoom.log($0, limit: 1) }.first)
            guard line.state == "waiting" else { break }
            at = at + Hours(seconds: MailRoom.waits[line.attempts - 1])
            post.test.clock.set("\(at + Hours(seconds: -1))")
            #expect(try post.round() == MailRoom.Round())
        }
        let lines = try post.test.store.read { try MailRoom.log($0, limit: 10) }
        #expect(lines.allSatisfy { $0.state == "failed" && $0.result == "the mail command ended with 75" })
        #expect(lines.allSatisfy { $0.attempts == MailRoom.waits.count + 1 })
        let again = try #require(lines.first)
        #expect(try post.test.store.write { try MailRoom.replay(again.id, $0, at: at) })
        #expect(try post.round().failed == 1)
    }

    @Test(
        "Half, four fifths and all of the hours: each is told once, and again after a top-up",
        arguments: EngineKind.tested)
    func alerts(kind: EngineKind) throws {
        let post = try Post(kind)
        _ = try post.round()
        _ = try post.taken()
        func subjects() throws -> [String] {
            _ = try post.round()
            return try post.taken().compactMap { header("Subject", $0) }
        }
        try post.test.log("2026-09-19", "0:59")
        #expect(try subjects() == [])
        try post.test.log("2026-09-19", "0:01")
        #expect(try subjects() == ["Website maintenance: 50 % of your hours used"])
        try post.test.log("2026-09-19", "0:36")
        #expect(try subjects() == ["Website maintenance: 80 % of your hours used"])
        try post.test.log("2026-09-19", "0:10")
        #expect(try subjects() == [])
        try post.test.perform(BuyBlock(client: "acme", scope: .client, hours: "5:00", effective: "2026-09-01"))
        #expect(try subjects() == [])
        try post.test.log("2026-09-19", "2:00")
        #expect(try subjects() == ["Website maintenance: 50 % of your hours used"])
        // A new month begins anew.
        post.test.clock.set("2026-10-05T08:00:00Z")
        #expect(try subjects() == [])
    }

    @Test(
        "The statement goes to those who decide; who does without gets none; what is old is no news",
        arguments: EngineKind.tested)
    func statements(kind: EngineKind) throws {
        let post = try Post(kind)
        try post.test.log("2026-09-19", "2:30")
        post.test.clock.set("2026-10-02T08:00:00Z")
        _ = try post.round()
        _ = try post.taken()
        try post.test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        _ = try post.round()
        let mails = try post.taken()
        #expect(mails.map { header("X-Given-To", $0) } == ["anna@acme.example"])
        #expect(mails.map { header("Subject", $0) } == ["Your statement of September 2026"])
        let text = Post.text(mails.first ?? "")
        #expect(text.contains("Total: $367.50"))
        #expect(text.contains("Charged: 30 min"))
        let anna = Actor(contact: post.approver, of: "acme", role: .approver)
        try post.test.perform(
            SetMailPreference(client: "acme", contact: post.approver, off: [.statements, .requests]), as: anna)
        try post.test.perform(WriteMessage(request: post.test.lastRequest(), text: "Hello", isInternal: false))
        _ = try post.round()
        #expect(try post.taken().compactMap { header("X-Given-To", $0) } == [])
        try post.test.perform(SetMailPreference(client: "acme", contact: post.approver, off: []), as: anna)
        try post.test.perform(WriteMessage(request: post.test.lastRequest(), text: "Hello", isInternal: false))
        post.test.clock.set("2026-10-06T08:00:00Z")
        _ = try post.round()
        #expect(try post.taken().filter { $0.contains("Re: ") || $0.contains("[r-") } == [])
    }

    @Test("Whoever's access ended gets nothing more, also of what waits", arguments: EngineKind.tested)
    func ended(kind: EngineKind) throws {
        let post = try Post(kind)
        let id = try post.test.lastRequest()
        let anna = Actor(contact: post.approver, of: "acme", role: .approver)
        try post.test.perform(WriteMessage(request: id, text: "Well?", isInternal: false), as: anna)
        _ = try post.round()
        _ = try post.taken()
        try post.test.perform(WriteMessage(request: id, text: "Confidential", isInternal: false))
        try post.test.perform(EndContact(client: "acme", contact: post.approver))
        try post.test.perform(WriteMessage(request: id, text: "Confidential too", isInternal: false))
        _ = try post.round()
        #expect(try post.taken().filter { header("X-Given-To", $0) == "anna@acme.example" } == [])
    }

    @Test(
        "What its reader may not get any more is logged as not sent, and why",
        arguments: EngineKind.tested, ["ended", "muted", "another address", "moved"])
    func notSent(kind: EngineKind, change: String) throws {
        let post = try Post(kind)
        let test = post.test
        let id = try test.lastRequest()
        let anna = Actor(contact: post.approver, of: "acme", role: .approver)
        _ = try post.round()
        try test.perform(WriteMessage(request: id, text: "First", isInternal: false))
        _ = try post.round()
        _ = try post.taken()
        // The next one waits for a few minutes.
        try test.perform(WriteMessage(request: id, text: "Second", isInternal: false))
        #expect(try post.round() == MailRoom.Round())
        let why: String
        switch change {
        case "ended":
            try test.perform(EndContact(client: "acme", contact: post.approver))
            why = "their access has ended"
        case "muted":
            try test.perform(SetMailPreference(client: "acme", contact: post.approver, off: [.requests]), as: anna)
            why = "they turned off mail about requests"
        case "another address":
            try test.store.write { connection in
                // As a colleague names one: nobody proved it.
                var ledger = try Ledger(connection, test.store.engine.dialect, actor: "p-0")
                try ledger.append(
                    [
                        FactPieces(
                            kind: "contact", recordedAt: test.clock.now,
                            texts: [("id", "p-0"), ("client", "acme"), ("name", "Cy")]),
                        FactPieces(
                            kind: "contact-email", recordedAt: test.clock.now,
                            texts: [("id", post.approver), ("client", "acme"), ("email", "new@acme.example")]),
                    ], salt: { Array(repeating: 1, count: 16) })
            }
            why = "their address was changed, and nobody proved the new one"
        default:
            try test.perform(AddClient(id: "beta", fullName: "Beta", zone: .utc))
            try test.perform(MoveRequest(request: id, client: "beta", reason: "x"))
            why = "there is nothing left to tell them"
        }
        test.clock.set("\(test.clock.now + Hours(0, 10))")
        #expect(try post.round() == MailRoom.Round(notSent: 1))
        #expect(try post.taken() == [])
        let line = try #require(try test.store.read { try MailRoom.log($0, limit: 1) }.first)
        #expect((line.state, line.result) == ("not sent", why))
        // It is asked for again, and again is not sent: nothing is left waiting.
        #expect(try post.round() == MailRoom.Round())
    }

    @Test("A link goes out of the outbox, in both forms, and only while one waits", arguments: EngineKind.tested)
    func links(kind: EngineKind) throws {
        let post = try Post(kind)
        _ = try post.round()
        // Both contacts were invited; each has a link of their own.
        let invitations = try post.taken().filter { header("Subject", $0) == "Your access to your support desk" }
        #expect(Set(invitations.compactMap { header("X-Given-To", $0) }) == ["anna@acme.example", "vera@acme.example"])
        let anna = try #require(invitations.first { header("X-Given-To", $0) == "anna@acme.example" })
        let token = try #require(Post.text(anna).firstMatch(of: /https:\/\/desk.example\/links\/([0-9a-f]{64})/)).1
        #expect(anna.contains("Content-Type: text/html"))
        guard case .signedIn = try post.signIn.enter(String(token), address: "", agent: "") else {
            Issue.record("the link lets nobody in")
            return
        }
        // Used up, with the one that was shown to whoever invited.
        #expect(try post.signIn.openLink(String(token)) == nil)
        #expect(try post.signIn.openLink(post.shown) == nil)
        // What is kept is no token.
        let kept = try post.test.store.read { try $0.all("SELECT body FROM outbox") { $0.text(0) }.joined() }
        #expect(!kept.contains(token))

        try post.signIn.requestEntry(email: "vera@acme.example", address: "1.2.3.4")
        try post.signIn.requestEntry(email: "nobody@acme.example", address: "1.2.3.4")
        // Nobody waits an hour for a link of a quarter of an hour.
        post.test.clock.set("\(post.test.clock.now + Hours(1))")
        _ = try post.round()
        #expect(try post.taken() == [])
        try post.signIn.requestEntry(email: "vera@acme.example", address: "1.2.3.4")
        _ = try post.round()
        #expect(try post.taken().compactMap { header("Subject", $0) } == ["Your link to sign in"])
    }

    @Test("Two servers send no mail twice", arguments: EngineKind.tested)
    func together(kind: EngineKind) throws {
        let post = try Post(kind)
        _ = try post.round()
        _ = try post.taken()
        for number in 0..<12 {
            _ = try post.signIn.inviteContact(
                nil, of: "acme", fullName: "Cy", email: "cy\(number)@acme.example", role: .viewer, by: post.test.owner)
        }
        let room = post.room
        let sum = Sum()
        DispatchQueue.concurrentPerform(iterations: 2) { _ in sum.add((try? room.round().sent) ?? -1000) }
        #expect(sum.value == 12)
        #expect(Set(try post.taken().compactMap { header("Message-ID", $0) }).count == 12)
    }

    @Test("Many requests at once are one mail, and none to whoever opened them", arguments: EngineKind.tested)
    func digests(kind: EngineKind) throws {
        let post = try Post(kind)
        let test = post.test
        try test.perform(AddUser(id: "mia", fullName: "Mia", role: .manager))
        try test.perform(SetEmail(id: "mia", email: "mia@agency.example"))
        _ = try post.round()
        _ = try post.taken()
        test.clock.set("\(test.clock.now + Hours(1))")
        func open(_ count: Int) throws {
            for number in 0..<count {
                try test.perform(
                    OpenRequest(client: "acme", serviceLine: "website-maintenance", title: "Number \(number)"))
            }
        }
        try open(200)
        #expect(try post.round() == MailRoom.Round(sent: 1, failed: 0))
        var mails = try post.taken()
        #expect(mails.compactMap { header("X-Given-To", $0) } == ["mia@agency.example"])
        #expect(mails.compactMap { header("Subject", $0) } == ["200 new requests"])
        #expect(Post.text(mails.first ?? "").contains("… and 180 more."))
        // An answer to it belongs to no request, so it proves nothing.
        #expect(MailIDs.tokens(in: mails.compactMap(messageID)) == [])
        #expect(mails.compactMap { header("Reply-To", $0) } == [])
        // What comes within a few minutes waits, and comes together then.
        try open(3)
        #expect(try post.round() == MailRoom.Round())
        test.clock.set("\(test.clock.now + Hours(0, 6))")
        #expect(try post.round() == MailRoom.Round(sent: 1, failed: 0))
        mails = try post.taken()
        #expect(mails.compactMap { header("Subject", $0) } == ["3 new requests"])
        let kept = try test.store.read { try MailRoom.log($0, limit: 1000) }
        #expect(kept.filter { $0.state == "joined" }.count == 201)
        #expect(kept.allSatisfy { $0.state != "waiting" })
    }

    @Test("Several answers on one request are one mail that can be answered", arguments: EngineKind.tested)
    func severalAnswers(kind: EngineKind) throws {
        let post = try Post(kind)
        _ = try post.round()
        _ = try post.taken()
        let id = try post.test.lastRequest()
        for text in ["First this.", "Then that.", "And done."] {
            try post.test.perform(WriteMessage(request: id, text: text, isInternal: false))
        }
        _ = try post.round()
        let mails = try post.taken()
        #expect(mails.compactMap { header("Subject", $0) } == ["[\(id)] Slow pages"])
        #expect(MailIDs.tokens(in: mails.compactMap(messageID)).count == 1)
        let text = Post.text(mails.first ?? "")
        let places = ["First this.", "Then that.", "And done."].map { text.firstRange(of: $0)?.lowerBound }
        #expect(!places.contains(nil) && places.compactMap(\.self) == places.compactMap(\.self).sorted())
        #expect(text.ranges(of: "Hello").count == 1)
        #expect(header("References", mails.first ?? "") == "<\(id).thread@desk.example>")
    }

    @Test("Nobody gets more mails about requests in an hour than they can read", arguments: EngineKind.tested)
    func limits(kind: EngineKind) throws {
        let post = try Post(kind)
        let test = post.test
        _ = try post.round()
        _ = try post.taken()
        let id = try test.lastRequest()
        let began = test.clock.now
        var sent = 0
        // Every five minutes an answer, a new state and a refusal, for four hours.
        for minute in stride(from: 0, to: 240, by: 5) {
            test.clock.set("\(began + Hours(seconds: minute * 60 + 1 + minute / 5))")
            try test.perform(WriteMessage(request: id, text: "Answer", isInternal: false))
            try test.perform(SetRequestState(request: id, state: minute % 10 == 0 ? .done : .open))
            let other = try test.perform(
                OpenRequest(client: "acme", serviceLine: "website-maintenance", title: "Not this")
            ).id
            try test.perform(DeclineRequest(request: RequestID(other), reason: "no"))
            _ = try post.round()
            sent += try post.taken().filter { header("X-Given-To", $0) == "anna@acme.example" }.count
        }
        #expect(sent > 60 && sent <= 4 * MailRoom.most.toPerson + 3)
    }

    @Test("A month that is closed and opened all day fills nobody's mailbox: the rest waits, and is not lost")
    func statementLimits() throws {
        let post = try Post(.sqlite)
        let test = post.test
        _ = try post.round()
        _ = try post.taken()
        test.clock.set("2026-10-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        for _ in 0..<MailRoom.most.toPerson + 10 {
            try test.perform(ReopenPeriod(client: "acme", period: "2026-09", reason: "again"))
            try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        }
        func statements() throws -> Int {
            _ = try post.round()
            return try post.taken().filter { $0.contains("Your statement of") }.count
        }
        #expect(try statements() == MailRoom.most.toPerson)
        test.clock.set("\(test.clock.now + Hours(0, 30))")
        #expect(try statements() == 0)
        test.clock.set("\(test.clock.now + Hours(1))")
        #expect(try statements() == 11)
    }

    private final class Sum: @unchecked Sendable {
        private let lock = NSLock()
        private(set) var value = 0
        func add(_ number: Int) { lock.withLock { value += number } }
    }

    @Test("Nothing that people typed begins a header")
    func headers() {
        let letter = Letter(
            subject: "x\r\nBcc: all@example.com ünïcödé " + String(repeating: "lang ", count: 40), paragraphs: ["a"])
        let message = letter.message(
            id: "m1", to: "a@b.example\nBcc: c@d.example", from: "desk@agency.example", host: "h",
            date: Date(timeIntervalSince1970: 0))
        let head = message.components(separatedBy: "\n\n")[0].split(separator: "\n")
        #expect(!head.contains { $0.hasPrefix("Bcc:") })
        #expect(head.allSatisfy { $0.utf8.count <= 998 })
        #expect(head.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000"))
    }
}
