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

@Suite("Who may be whom")
struct WhoIsWhomTests {
    private let password = "seven grey herons at dusk"

    private func person(_ test: TestDesk, _ session: String) throws -> SignedIn {
        try #require(try test.signIn.person(token: session))
    }

    @Test("An invitation changes nothing of somebody who has access", arguments: EngineKind.tested)
    func invitations(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.perform(AddClient(id: "beta", fullName: "Beta", zone: .utc))
        try test.perform(AddUser(id: "ari", fullName: "Ari", role: .agent))
        let mara = try test.letIn("mara", "acme", .billing)
        func invite(_ contact: String?, _ email: String, _ role: ContactRole, _ client: ClientID = "acme") throws {
            _ = try test.signIn.inviteContact(
                contact, of: client, fullName: "M", email: email, role: role, by: test.owner)
        }
        #expect(throws: Problems.self) { try invite(mara.id, "evil@else.example", .billing) }
        #expect(throws: Problems.self) { try invite(mara.id, "mara@acme.example", .viewer) }
        #expect(throws: Problems.self) { try invite(mara.id, "mara@acme.example", .billing) }
        #expect(throws: Problems.self) { try invite(nil, "mara@acme.example", .billing) }
        #expect(throws: Problems.self) { try invite(mara.id, "mara@acme.example", .billing, "beta") }
        #expect(throws: Refusal.self) {
            _ = try test.signIn.inviteContact(
                nil, of: "acme", fullName: "X", email: "x@acme.example", role: .viewer,
                by: Actor(id: "ari", role: .agent))
        }
        let known = try #require(try test.store.read { try Directory($0).contact(mara.id) })
        #expect(known.email == "mara@acme.example" && known.role == .billing && known.client == "acme")
        #expect(try person(test, mara.session).email == "mara@acme.example")
        // Of somebody who was never in the link is made again, to the address that is known.
        let walt = try test.perform(AddContact(client: "acme", fullName: "Walt", email: "walt@acme.example")).id
        #expect(throws: Problems.self) { try invite(walt, "evil@else.example", .viewer) }
        try invite(walt, "walt@acme.example", .viewer)
        try invite(walt, "walt@acme.example", .viewer)
        #expect(throws: Problems.self) { try invite(walt, "walt@acme.example", .billing) }
        #expect(try test.verify().faults == [])
    }

    @Test("Nobody of staff has a contact's address, and no contact theirs", arguments: EngineKind.tested)
    func staffAndContacts(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.perform(SetEmail(id: "olga", email: "olga@agency.example"))
        _ = try test.letIn("mara", "acme", .approver)
        #expect(throws: Problems.self) {
            try test.perform(AddContact(client: "acme", fullName: "O", email: "Olga@agency.example"))
        }
        #expect(throws: Problems.self) {
            _ = try test.signIn.inviteContact(
                nil, of: "acme", fullName: "O", email: "olga@agency.example", role: .approver, by: test.owner)
        }
        #expect(throws: Problems.self) {
            _ = try test.signIn.invite(
                id: "ari", fullName: "Ari", role: .agent, email: "mara@acme.example", by: test.owner)
        }
        try test.perform(AddUser(id: "ari", fullName: "Ari", role: .agent))
        #expect(throws: Problems.self) { try test.perform(SetEmail(id: "ari", email: "mara@acme.example")) }
    }

    @Test("A client who invites an address of staff learns nothing, and nobody gets in", arguments: EngineKind.tested)
    func staffInvited(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let post = try TestPost(test.desk)
        try test.perform(SetEmail(id: "olga", email: "olga@agency.example"))
        let bill = try test.letIn("bill", "acme", .billing)
        let actor = Actor(contact: bill.id, of: "acme", role: .billing)
        _ = try post.mails()
        func invite(_ email: String, _ role: ContactRole = .viewer) -> Result<(id: String, token: String), Problems> {
            do {
                return .success(
                    try test.signIn.inviteContact(nil, of: "acme", fullName: "N", email: email, role: role, by: actor))
            } catch let problems as Problems {
                return .failure(problems)
            } catch {
                return .failure(Problems([Problem("test", "\(error)", fix: "")]))
            }
        }
        let (theirs, others) = (try invite("Olga@agency.example").get(), try invite("new@else.example").get())
        let contacts = try test.store.read { try Directory($0).contacts(of: "acme") }
        #expect(contacts.filter { [theirs.id, others.id].contains($0.id) }.map(\.role) == [.viewer, .viewer])
        #expect(try test.signIn.openLink(theirs.token) == nil && test.signIn.openLink(others.token) != nil)
        #expect(try post.mails().map(\.to) == ["new@else.example"])
        try test.signIn.requestEntry(email: "olga@agency.example", address: "")
        #expect(try post.mails().isEmpty)
        // What is done next is answered alike, and counted alike.
        for email in ["olga@agency.example", "new@else.example"] {
            #expect(throws: Problems.self) { try invite(email, .billing).get() }
            _ = try invite(email).get()
            _ = try invite(email).get()
            guard case .failure(let problems) = invite(email) else {
                Issue.record("\(email) was invited without end")
                return
            }
            #expect(problems.all.first?.message == "there were too many within an hour")
        }
        // What a client noted keeps nobody of staff from their address, and lets nobody of staff act for the client.
        try test.perform(SetEmail(id: "olga", email: "olga@agency.example", isAtMachine: true))
        #expect(throws: Problems.self) {
            _ = try test.signIn.inviteContact(
                theirs.id, of: "acme", fullName: "N", email: "olga@agency.example", role: .viewer, by: test.owner)
        }
        #expect(try test.verify().faults == [])
    }

    @Test("What staff note of an approval says who noted it")
    func approvals() throws {
        let test = try TestDesk.withAcme(.sqlite)
        let request = try test.lastRequest()
        let mara = try test.letIn("mara", "acme", .approver)
        try test.perform(GivePermit(request: request, hours: "1:00", until: "2026-09-30", by: "Mara"))
        try test.perform(ApproveRequest(request: request, by: "Mara"))
        try test.perform(
            GivePermit(request: request, hours: "1:00", until: "2026-09-30", by: "Somebody"),
            as: Actor(contact: mara.id, of: "acme", role: .approver))
        let facts = try test.desk.preview(by: test.owner) { try $0.request(request).facts }
        #expect(facts.permits.map(\.by) == ["Mara, noted by Olga Owner", "Mara"])
        #expect(facts.requestApprovals.map(\.by) == ["Mara, noted by Olga Owner"])
        let said = try test.perform(
            OpenRequest(
                client: "acme", serviceLine: "website-maintenance", title: "On the phone", message: "She said so.",
                contact: mara.id)
        ).id
        try test.perform(
            WriteMessage(request: RequestID(said), text: "Myself.", isInternal: false),
            as: Actor(contact: mara.id, of: "acme", role: .approver))
        let messages = try test.store.read {
            try Conversation($0).messages(of: RequestID(said), for: "acme")
        }
        #expect(messages.map(\.notedBy) == ["olga", nil])
    }

    @Test("An address is changed by proving the new one, and the old one is told", arguments: EngineKind.tested)
    func ownAddress(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let post = try TestPost(test.desk)
        let mara = try test.letIn("mara", "acme", .approver)
        try test.perform(SetEmail(id: "olga", email: "olga@agency.example"))
        _ = try post.mails()
        let me = try person(test, mara.session)
        #expect(throws: Problems.self) { try test.signIn.askForAddress("no address", for: me, password: "") }
        try test.signIn.askForAddress("mara@home.example", for: me, password: "")
        #expect(try person(test, mara.session).email == "mara@acme.example")
        let asked = try post.mails()
        #expect(asked.map(\.to) == ["mara@home.example"])
        let token = try #require(asked.first?.token("addresses"))
        #expect(try test.signIn.addressToProve(token) == "mara@home.example")
        #expect(try test.signIn.proveAddress(token))
        #expect(try !test.signIn.proveAddress(token))
        // Whoever was in by the old address is out.
        #expect(try test.signIn.person(token: mara.session) == nil)
        #expect(try post.mails().map(\.to) == ["mara@acme.example"])
        #expect(try test.store.read { try Directory($0).contact(mara.id) }?.email == "mara@home.example")
        // Nobody takes an address of staff, even by proving it.
        try test.signIn.requestEntry(email: "mara@home.example", address: "")
        let entry = try #require(try post.mails().first?.token())
        guard case .signedIn(let again) = try test.signIn.enter(entry, address: "", agent: "") else {
            Issue.record("the new address lets nobody in")
            return
        }
        try test.signIn.askForAddress("olga@agency.example", for: person(test, again), password: "")
        let theirs = try #require(try post.mails().first?.token("addresses"))
        #expect(throws: Problems.self) { try test.signIn.proveAddress(theirs) }
        // An hour on, a session without a password is no proof.
        test.clock.set("\(test.clock.now + Hours(1))")
        #expect(throws: Problems.self) {
            try test.signIn.askForAddress("mara@new.example", for: person(test, again), password: "")
        }
        #expect(try test.verify().faults == [])
    }

    @Test("An owner changes an address, of others alone, and the old one is told", arguments: EngineKind.tested)
    func othersAddress(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let post = try TestPost(test.desk)
        let mara = try test.letIn("mara", "acme", .approver)
        try test.perform(SetEmail(id: "olga", email: "olga@agency.example"))
        try test.perform(AddUser(id: "mia", fullName: "Mia", role: .manager))
        try test.perform(SetEmail(id: "mia", email: "mia@agency.example"))
        _ = try post.mails()
        let mia = Actor(id: "mia", role: .manager)
        let change = ChangeContactEmail(client: "acme", contact: mara.id, email: "mara@home.example")
        #expect(throws: Refusal.self) { try test.perform(change, as: mia) }
        #expect(throws: Refusal.self) { try test.perform(SetEmail(id: "mia", email: "m@agency.example"), as: mia) }
        #expect(throws: Problems.self) { try test.perform(SetEmail(id: "olga", email: "o@agency.example")) }
        try test.perform(change)
        try test.perform(SetEmail(id: "mia", email: "m@agency.example"))
        #expect(try Set(post.mails().map(\.to)) == ["mara@acme.example", "mia@agency.example"])
        #expect(try test.signIn.person(token: mara.session) == nil)
        let audit = try test.store.read { try AuditTrail($0).latest(limit: 2) }
        #expect(audit.map(\.operation) == ["user.email", "contact.email"])
        #expect(audit.allSatisfy { $0.facts != nil })
        try test.perform(ErasePerson(id: mara.id))
        #expect(try !test.export().contains("mara@"))
        #expect(try test.verify().faults == [])
    }

    @Test("An erasure finds the addresses of before, and no counter has one", arguments: EngineKind.tested)
    func erased(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let mara = try test.letIn("mara", "acme", .approver)
        func rows(_ table: String, _ column: String) throws -> [String] {
            try test.store.read { try $0.all("SELECT \(column) FROM \(table)") { $0.text(0) } }
        }
        #expect(try !rows("throttle", "subject").contains { $0.contains("@") })
        let counters = try rows("throttle", "subject").count
        try test.perform(ChangeContactEmail(client: "acme", contact: mara.id, email: "mara@home.example"))
        try test.store.write { connection in
            for address in ["mara@acme.example", "mara@home.example", "other@else.example"] {
                try MailInLog(connection).add(.ignored("x"), from: address, at: test.clock.now)
                _ = try MailWaiting(connection).keep(
                    IncomingMail(sender: address, subject: "s", text: "t"), .notProved, at: test.clock.now)
            }
        }
        try test.perform(ErasePerson(id: mara.id))
        #expect(try rows("mail_in", "person") == ["other@else.example"])
        #expect(try rows("mail_waiting", "sender") == ["other@else.example"])
        #expect(try rows("address_change", "email").isEmpty)
        #expect(try rows("throttle", "subject").count == counters - 1)
        #expect(try test.verify().faults == [])
    }

    @Test(
        "A backup has the mail that an old address is yet to get, and no link that waits", arguments: EngineKind.tested)
    func changesInBackups(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let mara = try test.letIn("mara", "acme", .approver)
        try test.perform(ChangeContactEmail(client: "acme", contact: mara.id, email: "mara@home.example"))
        let walt = try test.letIn("walt", "acme", .approver)
        try test.signIn.askForAddress("walt@home.example", for: person(test, walt.session), password: "")
        let path = NSTemporaryDirectory() + "changes-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try Backup.write(test.store, to: path, at: test.clock.now)
        let other = try TestDesk(empty: kind)
        _ = try Backup.restore(file: path, into: other.store)
        other.clock.set("\(test.clock.now)")
        let mails = try TestPost(other.desk).mails().map(\.to)
        #expect(mails.contains("mara@acme.example") && !mails.contains("walt@home.example"), "\(mails)")
    }

    /// What changes about somebody.
    enum Change: String, CaseIterable { case address, role, password, reset, everything, end }

    @Test(
        "Sessions, tokens, calendars and links end with each change",
        arguments: EngineKind.tested, Change.allCases)
    func cutOff(kind: EngineKind, change: Change) throws {
        let test = try TestDesk.withAcme(kind)
        let signIn = test.signIn
        let mara = try test.letIn("mara", "acme", .approver)
        let me = try person(test, mara.session)
        try signIn.changePassword(of: me, old: "", new: password)
        guard
            case .signedIn(let other) = try signIn.signIn(
                email: "mara@acme.example", password: password, address: "10.0.0.2", agent: "")
        else {
            Issue.record("the password does not sign in")
            return
        }
        let token = try signIn.makeToken(
            name: "t", scopes: [.read], expires: test.clock.now + Hours(24), for: me.actor
        ).token
        let feed = try signIn.makeFeed(for: me)
        let link = "a-link-of-hers"
        try test.store.write {
            try Accounts($0).addAnotherLink(SignIn.hash(link), for: mara.id, .entry, at: test.clock.now)
        }
        #expect(try signIn.holder(of: token) != nil && signIn.feed(feed, publicURL: "https://a") != nil)
        switch change {
        case .address:
            try test.perform(ChangeContactEmail(client: "acme", contact: mara.id, email: "mara@home.example"))
        case .role: try test.perform(ChangeContactRole(client: "acme", contact: mara.id, access: .viewer))
        case .password: try signIn.changePassword(of: me, old: password, new: "nine quiet larches")
        case .reset:
            try test.store.write {
                try Accounts($0).addAnotherLink(SignIn.hash("reset"), for: mara.id, .reset, at: test.clock.now)
            }
            _ = try signIn.useLink("reset", newPassword: "nine quiet larches", address: "", agent: "")
        case .everything: try signIn.revokeAll(of: mara.id, by: me.actor)
        case .end: try test.perform(EndContact(client: "acme", contact: mara.id))
        }
        #expect(try signIn.person(token: other) == nil)
        // Whoever changes their password stays in where they did.
        #expect(try (signIn.person(token: mara.session) != nil) == (change == .password))
        #expect(try signIn.holder(of: token) == nil)
        #expect(try signIn.feed(feed, publicURL: "https://a") == nil)
        #expect(try signIn.openLink(link) == nil)
    }

    @Test("A stolen session does not take an account: guesses of the password wait", arguments: EngineKind.tested)
    func stolen(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let signIn = test.signIn
        let mara = try test.letIn("mara", "acme", .approver)
        let me = try person(test, mara.session)
        try signIn.changePassword(of: me, old: "", new: password)
        let secret = signIn.newSecret()
        var waits = 0
        for number in 0..<60 {
            do {
                switch number % 4 {
                case 0: try signIn.changePassword(of: me, old: "guess \(number)", new: "nine quiet larches")
                case 1:
                    try signIn.enableTOTP(
                        for: me, secret: secret, code: secret.code(step: test.clock.now.seconds / 30),
                        password: "guess \(number)")
                case 2: try signIn.disableTOTP(for: me, password: "guess \(number)")
                default: try signIn.askForAddress("thief@else.example", for: me, password: "guess \(number)")
                }
                Issue.record("guess \(number) went through")
            } catch let problems as Problems {
                if problems.all.first?.message == "there were too many tries" { waits += 1 }
            }
        }
        #expect(waits >= 54)
        // It locks nobody out for long.
        test.clock.set("\(test.clock.now + Hours(1))")
        try signIn.proveAgain(me, password: password)
    }

    @Test("One address may be of contacts of several clients: a link for each", arguments: EngineKind.tested)
    func severalClients(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let post = try TestPost(test.desk)
        try test.perform(AddClient(id: "beta", fullName: "Beta", zone: .utc))
        func invite(_ client: ClientID) throws -> (id: String, token: String) {
            try test.signIn.inviteContact(
                nil, of: client, fullName: "Free", email: "free@lance.example", role: .requester, by: test.owner)
        }
        let (first, second) = (try invite("acme"), try invite("beta"))
        _ = try post.mails()
        _ = try test.signIn.useLink(first.token, newPassword: password, address: "", agent: "")
        // It would not be known whose a second password is.
        #expect(throws: Problems.self) {
            try test.signIn.useLink(second.token, newPassword: "nine quiet larches", address: "", agent: "")
        }
        guard case .signedIn(let session) = try test.signIn.enter(second.token, address: "", agent: "") else {
            Issue.record("the second link lets nobody in")
            return
        }
        #expect(try person(test, session).actor.client == "beta")
        try test.signIn.requestEntry(email: "free@lance.example", address: "")
        let tokens = try post.mails().compactMap { $0.token() }
        #expect(try Set(tokens.map { try test.signIn.openLink($0)?.company }) == ["Acme", "Beta"])
    }

    @Test("Two contacts with a password each do not get one address", arguments: EngineKind.tested)
    func onePassword(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.perform(AddClient(id: "beta", fullName: "Beta", zone: .utc))
        var ids: [String] = []
        for (name, client) in [("mara", ClientID("acme")), ("noor", "beta")] {
            let invited = try test.signIn.inviteContact(
                nil, of: client, fullName: name, email: "\(name)@\(client).example", role: .requester, by: test.owner)
            _ = try test.signIn.useLink(invited.token, newPassword: password, address: "", agent: "")
            ids.append(invited.id)
        }
        #expect(throws: Problems.self) {
            try test.perform(ChangeContactEmail(client: "beta", contact: ids[1], email: "mara@acme.example"))
        }
        try test.perform(ChangeContactEmail(client: "beta", contact: ids[1], email: "noor@new.example"))
    }

    @Test("A hundred resets mail once, and void nobody's link", arguments: EngineKind.tested)
    func resets(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let post = try TestPost(test.desk)
        _ = try test.signIn.invite(
            id: "ari", fullName: "Ari", role: .agent, email: "ari@agency.example", by: test.owner)
        _ = try post.mails()
        let owners = try test.signIn.resetAccess(of: "ari", by: test.owner)
        #expect(try post.mails().map(\.to) == ["ari@agency.example"])
        test.clock.set("\(test.clock.now + Hours(2))")
        for number in 0..<100 {
            try test.signIn.requestReset(email: "ari@agency.example", address: "10.0.0.\(number)")
            try test.signIn.requestReset(email: "nobody@agency.example", address: "10.0.0.\(number)")
        }
        #expect(try post.mails().map(\.to) == ["ari@agency.example"])
        #expect(try test.signIn.openLink(owners) != nil)
        test.clock.set("\(test.clock.now + Hours(1, 1))")
        try test.signIn.requestReset(email: "ari@agency.example", address: "10.0.1.1")
        #expect(try post.mails().count == 1)
    }

    @Test("Invitations carry nobody's words, and are limited", arguments: EngineKind.tested)
    func limits(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let post = try TestPost(test.desk)
        let bill = try test.letIn("bill", "acme", .billing)
        let actor = Actor(contact: bill.id, of: "acme", role: .billing)
        _ = try post.mails()
        var sent = 0
        for number in 0..<60 {
            do {
                _ = try test.signIn.inviteContact(
                    nil, of: "acme", fullName: "Win at http://evil.example now", email: "v\(number)@else.example",
                    role: .viewer, by: actor)
                sent += 1
            } catch is Problems {}
        }
        #expect(sent == InvitationLimits.most.ofContact)
        let mails = try post.mails()
        #expect(mails.count == sent)
        #expect(mails.allSatisfy { !$0.text.contains("evil") && !$0.subject.contains("evil") })
        // To one address, whoever invites.
        var here = 0
        for number in 0..<10 {
            try test.perform(AddClient(id: ClientID("c\(number)"), fullName: "C", zone: .utc))
            do {
                _ = try test.signIn.inviteContact(
                    nil, of: ClientID("c\(number)"), fullName: "V", email: "victim@else.example", role: .viewer,
                    by: test.owner)
                here += 1
            } catch is Problems {}
        }
        #expect(here == InvitationLimits.most.toAddress)
        test.clock.set("\(test.clock.now + Hours(1, 1))")
        _ = try test.signIn.inviteContact(
            nil, of: "acme", fullName: "V", email: "late@acme.example", role: .viewer, by: actor)
    }
}
