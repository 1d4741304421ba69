import Foundation
import Storage
import Testing
import TestSupport
import Values

@testable import ServiceDesk

@Suite("Signing in")
struct SignInTests {
    static let password = "seven grey herons at dusk"

    /// A desk with an owner and an agent, who can sign in.
    private func desk(_ kind: EngineKind) throws -> (TestDesk, SignIn) {
        let test = try TestDesk(kind)
        let random: @Sendable (Int) -> [UInt8] = { count in (0..<count).map { _ in .random(in: .min ... .max) } }
        let signIn = SignIn(
            desk: test.desk,
            hasher: PasswordHasher(cost: .init(logRounds: 4, blockSize: 8, parallelism: 1), random: random),
            random: random)
        let link = try signIn.invite(
            id: "ari", fullName: "Ari Stone", role: .agent, email: "Ari@Agency.example", by: test.owner)
        _ = try signIn.useLink(link, newPassword: SignInTests.password, address: "10.0.0.9", agent: "setup")
        try signIn.revokeAll(of: "ari", by: test.owner)
        return (test, signIn)
    }

    private func attempt(
        _ signIn: SignIn, _ password: String = password, from address: String = "10.0.0.1", device: String = "",
        email: String = "ari@agency.example"
    ) throws -> SignInAnswer {
        try signIn.signIn(email: email, password: password, address: address, agent: "test", device: device)
    }

    private func token(_ answer: SignInAnswer) throws -> String {
        guard case .signedIn(let token) = answer else {
            Issue.record("\(answer)")
            return ""
        }
        return token
    }

    @Test("The right password signs in, a wrong one and an unknown person do not", arguments: EngineKind.tested)
    func password(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        #expect(try attempt(signIn, "seven grey herons at dawn") == .refused)
        #expect(
            try signIn.signIn(email: "no@agency.example", password: "x", address: "10.0.0.1", agent: "") == .refused)
        let person = try #require(try signIn.person(token: token(attempt(signIn))))
        #expect(person.actor == Actor(id: "ari", role: .agent))
        #expect(person.email == "ari@agency.example")
        #expect(try signIn.person(token: "something else") == nil)
        // Neither passwords nor tokens are anywhere in the trail.
        let lines = try test.store.read { try AuditTrail($0).latest(limit: 100) }
        #expect(lines.map(\.operation).contains("sign-in.failed"))
        #expect(lines.allSatisfy { !"\($0)".contains("heron") && !"\($0)".contains("no@agency") })
    }

    @Test("A role changes at once; who left, and who is erased, is out at once", arguments: EngineKind.tested)
    func changes(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        let before = try token(attempt(signIn))
        try test.perform(ChangeRole(id: "ari", newRole: .manager))
        #expect(try signIn.person(token: before) == nil)
        let token = try token(attempt(signIn))
        #expect(try signIn.person(token: token)?.actor.may(.manager) == true)
        try test.perform(EndUser(id: "ari"))
        #expect(try signIn.person(token: token) == nil)
        #expect(try attempt(signIn) == .refused)
        #expect(try test.store.read { try Accounts($0).account(of: "ari") } == nil)
    }

    @Test(
        "A session ends by signing out, after twelve hours without a page, and after fourteen days",
        arguments: EngineKind.tested)
    func ends(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        let first = try token(attempt(signIn))
        try signIn.signOut(token: first)
        #expect(try signIn.person(token: first) == nil)
        let second = try token(attempt(signIn))
        test.clock.set("2026-11-23T23:59:00Z")
        #expect(try signIn.person(token: second) != nil)
        test.clock.set("2026-11-24T11:58:00Z")
        #expect(try signIn.person(token: second) != nil)
        test.clock.set("2026-11-24T23:58:00Z")
        #expect(try signIn.person(token: second) == nil)

        test.clock.set("2026-11-25T12:00:00Z")
        let third = try token(attempt(signIn))
        var now = test.clock.now
        for _ in 0..<33 {
            now = now + Hours(10)
            test.clock.set("\(now)")
            #expect(try signIn.person(token: third) != nil)
        }
        test.clock.set("\(now + Hours(7))")
        #expect(try signIn.person(token: third) == nil)
    }

    @Test("People see and end their own sessions, and nobody else's", arguments: EngineKind.tested)
    func sessions(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        let first = try token(attempt(signIn))
        let second = try token(attempt(signIn, from: "10.0.0.2"))
        let me = try #require(try signIn.person(token: first))
        let lines = try signIn.sessions(of: "ari", current: me)
        #expect(lines.count == 2)
        #expect(lines.filter(\.isCurrent).count == 1)
        let other = try #require(lines.first { !$0.isCurrent })
        #expect(try signIn.revoke(other.id, of: "olga") == false)
        #expect(try signIn.revoke(other.id, of: "ari"))
        #expect(try signIn.person(token: second) == nil)
        #expect(throws: Refusal.self) { try signIn.revokeAll(of: "olga", by: me.actor) }
        try signIn.revokeAll(of: "ari", by: test.owner)
        #expect(try signIn.person(token: first) == nil)
    }

    @Test("A link is good once, for a while, and for a good password", arguments: EngineKind.tested)
    func links(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        let open = try token(attempt(signIn))
        let old = try signIn.resetAccess(of: "ari", by: test.owner)
        let link = try signIn.resetAccess(of: "ari", by: test.owner)
        #expect(try signIn.openLink(old) == nil)
        #expect(
            try signIn.openLink(link)
                == LinkInfo(
                    isInvitation: false, isEntry: false, isContact: false, name: "Ari Stone",
                    email: "ari@agency.example"))
        #expect(throws: Problems.self) { try signIn.useLink(link, newPassword: "short", address: "", agent: "") }
        #expect(try signIn.openLink(link) != nil)
        _ = try token(signIn.useLink(link, newPassword: "nine quiet larches", address: "", agent: ""))
        // Whoever was in with the old password is out.
        #expect(try signIn.person(token: open) == nil)
        #expect(try signIn.useLink(link, newPassword: "nine quiet larches", address: "", agent: "") == .refused)
        #expect(try attempt(signIn) == .refused)
        let late = try signIn.resetAccess(of: "ari", by: test.owner)
        test.clock.set("2026-11-24T12:00:01Z")
        #expect(try signIn.openLink(late) == nil)
        #expect(try signIn.useLink(late, newPassword: "nine quiet larches", address: "", agent: "") == .refused)
    }

    @Test("Of two who use one link at once, one gets in", arguments: EngineKind.tested)
    func race(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        let link = try signIn.resetAccess(of: "ari", by: test.owner)
        let answers = Locked<[SignInAnswer]>([])
        try onThreads(8) { number in
            let answer = try signIn.useLink(link, newPassword: "nine quiet larches \(number)", address: "", agent: "")
            answers.change { $0.append(answer) }
        }
        #expect(answers.value.filter { $0 != .refused }.count == 1)
    }

    @Test("With a second factor a password is half the way, and a code counts once", arguments: EngineKind.tested)
    func secondFactor(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        let first = try token(attempt(signIn))
        let me = try #require(try signIn.person(token: first))
        let secret = signIn.newSecret()
        func code(_ shift: Int = 0) -> String { secret.code(step: test.clock.now.seconds / 30 + shift) }
        func enable(_ code: String, _ password: String = SignInTests.password) throws {
            try signIn.enableTOTP(for: me, secret: secret, code: code, password: password)
        }
        #expect(throws: Problems.self) { try enable("000000x") }
        #expect(throws: Problems.self) { try enable(code(), "wrong") }
        try enable(code())
        // What a stolen session could do: put another in its place.
        #expect(throws: Problems.self) { try enable(code(1)) }
        guard case .needsCode(let half) = try attempt(signIn) else {
            Issue.record("no code was asked for")
            return
        }
        // Half is no session, and the code that turned it on was used.
        #expect(try signIn.person(token: half) == nil)
        #expect(try signIn.confirm(half: half, code: code(), address: "10.0.0.1", agent: "") == .refused)
        test.clock.set("2026-11-23T12:00:30Z")
        let token = try token(signIn.confirm(half: half, code: code(), address: "10.0.0.1", agent: ""))
        #expect(try signIn.person(token: token)?.hasSecondFactor == true)
        #expect(try signIn.confirm(half: half, code: code(1), address: "10.0.0.1", agent: "") == .refused)
        guard case .needsCode(let late) = try attempt(signIn) else { return }
        test.clock.set("2026-11-23T12:11:00Z")
        #expect(try signIn.confirm(half: late, code: code(), address: "10.0.0.1", agent: "") == .refused)
        #expect(throws: Problems.self) { try signIn.disableTOTP(for: me, password: "wrong") }
        try signIn.disableTOTP(for: me, password: SignInTests.password)
        _ = try self.token(attempt(signIn))
    }

    @Test("Guessing is slowed down, fades, and locks nobody out", arguments: EngineKind.tested)
    func throttling(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        let home = try token(attempt(signIn, from: "10.0.0.7"))
        let device = try #require(try signIn.device(ofSession: home))
        for _ in 0..<5 { #expect(try attempt(signIn, "wrong guess", from: "6.6.6.6") == .refused) }
        guard case .wait(let seconds) = try attempt(signIn, "wrong guess", from: "6.6.6.6") else {
            Issue.record("nobody has to wait")
            return
        }
        #expect((1...2).contains(seconds))
        // Not even the right password is tried while one has to wait.
        #expect(try attempt(signIn, from: "6.6.6.6") == .wait(seconds: seconds))
        // A crowd guesses from everywhere: in a browser where they signed in before they get in all the same, from anywhere.
        for number in 0..<60 { _ = try attempt(signIn, "wrong guess", from: "6.6.7.\(number)") }
        guard case .wait = try attempt(signIn, from: "6.6.8.1") else {
            Issue.record("the account is not slowed down")
            return
        }
        _ = try token(attempt(signIn, from: "10.0.0.7", device: device))
        _ = try token(attempt(signIn, from: "6.6.6.6", device: device))
        #expect(try signIn.person(token: home) != nil)
        // What such a browser keeps is good for nobody else, not when it is made up, and not for guessing.
        #expect(try attempt(signIn, device: device.dropLast() + "x") != .refused)
        for _ in 0..<10 { #expect(try attempt(signIn, "wrong guess", device: device) == .refused) }
        guard case .wait = try attempt(signIn, "wrong guess", device: device) else {
            Issue.record("guessing from a known browser is not slowed down")
            return
        }
        test.clock.set("2026-11-23T13:10:00Z")
        _ = try token(attempt(signIn, from: "6.6.6.6"))
    }

    @Test(
        "With a second factor, the right password from anywhere gets as far as the code", arguments: EngineKind.tested)
    func crowd(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        let me = try #require(try signIn.person(token: token(attempt(signIn))))
        let secret = signIn.newSecret()
        try signIn.enableTOTP(
            for: me, secret: secret, code: secret.code(step: test.clock.now.seconds / 30),
            password: SignInTests.password)
        for number in 0..<60 { _ = try attempt(signIn, "wrong guess", from: "6.6.7.\(number)") }
        guard case .needsCode = try attempt(signIn, from: "6.6.8.1") else {
            Issue.record("the right password has to wait")
            return
        }
    }

    @Test("Codes are counted by account and by half session, from however many addresses", arguments: EngineKind.tested)
    func codes(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        let home = try token(attempt(signIn))
        let device = try #require(try signIn.device(ofSession: home))
        let me = try #require(try signIn.person(token: home))
        let secret = signIn.newSecret()
        try signIn.enableTOTP(
            for: me, secret: secret, code: secret.code(step: test.clock.now.seconds / 30),
            password: SignInTests.password)
        var (guesses, halves) = (0, 0)
        guessing: for _ in 0..<20 {
            guard case .needsCode(let half) = try attempt(signIn, from: "10.1.1.\(halves)") else { break }
            halves += 1
            for number in 0..<20 {
                switch try signIn.confirm(half: half, code: "00000x", address: "6.7.\(halves).\(number)", agent: "") {
                case .wait: break guessing
                default: break
                }
                guard try signIn.isHalf(half) else { break }
                guesses += 1
            }
        }
        #expect(guesses <= 10 && halves <= 3)
        // In a browser of theirs they are not kept waiting for that.
        guard case .needsCode(let half) = try attempt(signIn, from: "10.9.9.9", device: device) else {
            Issue.record("a known browser has to wait")
            return
        }
        test.clock.set("2026-11-23T12:00:30Z")
        let code = secret.code(step: test.clock.now.seconds / 30)
        _ = try token(signIn.confirm(half: half, code: code, address: "10.9.9.9", agent: "", device: device))
        // A clock that was set back makes no code good again.
        test.clock.set("2026-11-23T12:00:00Z")
        guard case .needsCode(let again) = try attempt(signIn, from: "10.9.9.9", device: device) else { return }
        #expect(try signIn.confirm(half: again, code: code, address: "10.9.9.9", agent: "", device: device) == .refused)
    }

    @Test("One's own success does not clear the way for others' accounts", arguments: EngineKind.tested)
    func spraying(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        defer { withExtendedLifetime(test) {} }
        var stopped = 0
        for number in 0..<72 {
            let answer = try attempt(signIn, "Summer2026 is here", from: "6.6.6.6", email: "p\(number)@agency.example")
            if case .wait = answer { stopped += 1 }
            if number % 5 == 4, number < 20 { _ = try attempt(signIn, from: "6.6.6.6") }
        }
        #expect(stopped >= 40)
    }

    @Test("Of IPv6 all of a household counts as one", arguments: EngineKind.tested)
    func blocks(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        defer { withExtendedLifetime(test) {} }
        for number in 0..<5 { #expect(try attempt(signIn, "wrong", from: "2001:db8:1:2:\(number)::7") == .refused) }
        guard case .wait = try attempt(signIn, "wrong", from: "2001:db8:1:2:ffff::1") else {
            Issue.record("another address of the same household is free")
            return
        }
        #expect(try attempt(signIn, "wrong", from: "2001:db8:1:3::1") == .refused)
        #expect(AddressBlock.name("2001:db8::1") == "2001:db8::/64")
        #expect(AddressBlock.name("[2001:db8::1]:443") == "2001:db8::/64")
        #expect(AddressBlock.name("::ffff:192.0.2.7") == "192.0.2.7")
        #expect(AddressBlock.name("192.0.2.7:4711") == "192.0.2.7")
        #expect(AddressBlock.name("fe80::1%eth0") == "fe80::/64")
    }

    @Test("Whether somebody has an account does not show in how long one waits", arguments: EngineKind.tested)
    func alike(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        defer { withExtendedLifetime(test) {} }
        func answers(_ email: String, _ place: Int) throws -> [SignInAnswer] {
            try (0..<70).map { try attempt(signIn, "wrong", from: "6.\(place).0.\($0 < 8 ? 0 : $0)", email: email) }
        }
        #expect(try answers("ari@agency.example", 1) == answers("nobody@agency.example", 2))
    }

    @Test(
        "Whether somebody has a second factor does not show in what many addresses are told",
        arguments: EngineKind.tested)
    func alikeWithCodes(kind: EngineKind) throws {
        func answers(_ hasCode: Bool) throws -> [SignInAnswer] {
            let (test, signIn) = try desk(kind)
            if hasCode {
                _ = try test.store.write {
                    try Accounts($0).setSecret([UInt8](repeating: 7, count: 20), step: 0, of: "ari", salt: [])
                }
            }
            let wrong = try (0..<70).map { try attempt(signIn, "wrong", from: "10.1.0.\($0)") }
            // The right one from a new address is heard where it is not all that it takes.
            let right = try attempt(signIn, from: "10.2.0.1")
            if case .needsCode = right { #expect(hasCode) } else { #expect(!hasCode) }
            return wrong
        }
        let (without, with) = (try answers(false), try answers(true))
        #expect(without == with)
        #expect(without.contains { if case .wait = $0 { true } else { false } })
    }

    @Test("A clock years ahead for a moment ends nobody's session, and makes no link that is good for years")
    func aheadForOnce() throws {
        let (test, signIn) = try desk(.sqlite)
        let before = try token(attempt(signIn))
        test.clock.set("2031-03-05T10:00:00Z")
        let during = try token(attempt(signIn))
        let link = try signIn.resetAccess(of: "ari", by: test.owner)
        test.clock.set("2026-11-23T12:01:00Z")
        #expect(try signIn.person(token: during) == nil)
        #expect(
            try signIn.useLink(link, newPassword: SignInTests.password, address: "10.0.0.9", agent: "") == .refused)
        #expect(try signIn.person(token: before) != nil)
    }

    @Test("A clock that is set back keeps no session longer, and nobody waiting")
    func clockSetBack() throws {
        let (test, signIn) = try desk(.sqlite)
        let session = try token(attempt(signIn))
        for _ in 0..<8 { _ = try attempt(signIn, "wrong guess", from: "6.6.6.6") }
        test.clock.set("2026-11-23T11:58:00Z")
        #expect(try signIn.person(token: session) != nil)
        test.clock.set("2026-11-01T12:00:00Z")
        #expect(try signIn.person(token: session) == nil)
        _ = try token(attempt(signIn, from: "6.6.6.6"))
    }

    @Test("How long one waits grows, and has an end")
    func waits() {
        let now: Instant = "2026-11-23T12:00:00Z"
        func wait(_ failures: Int, _ ago: Int) -> Int {
            Throttle.wait(.init(failures: failures, at: Instant(seconds: now.seconds - ago)), free: 5, now: now)
        }
        #expect((0..<5).allSatisfy { wait($0, 0) == 0 })
        #expect([5, 6, 7, 8].map { wait($0, 0) } == [1, 2, 4, 8])
        #expect(wait(8, 5) == 3)
        #expect(wait(1000, 0) == 300)
        #expect(wait(1000, 3600) == 0)
        #expect(Throttle.wait(nil, free: 5, now: now) == 0)
    }

    @Test(
        "An e-mail address belongs to one person, and only an owner sets that of others", arguments: EngineKind.tested)
    func email(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        try test.perform(AddUser(id: "bo", fullName: "Bo", role: .agent))
        #expect(throws: Problems.self) { try test.perform(SetEmail(id: "bo", email: "ARI@agency.example")) }
        for wrong in ["bo", "bo@", "@x", "b o@x.example", "bo@x\r\nBcc: all@x.example", "böe@x.example", "a@b@c"] {
            #expect(throws: Problems.self, "\(wrong)") { try test.perform(SetEmail(id: "bo", email: wrong)) }
        }
        let ari = Actor(id: "ari", role: .agent)
        #expect(throws: Refusal.self) { try test.perform(SetEmail(id: "bo", email: "bo@agency.example"), as: ari) }
        // Their own they prove.
        #expect(throws: Refusal.self) {
            try test.perform(SetEmail(id: "ari", email: "stone@agency.example"), as: ari)
        }
        try test.perform(SetEmail(id: "ari", email: "stone@agency.example"))
        #expect(try signIn.emails() == ["ari": "stone@agency.example"])
    }

    @Test("Changing one's password signs other browsers out", arguments: EngineKind.tested)
    func change(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        defer { withExtendedLifetime(test) {} }
        let here = try token(attempt(signIn))
        let there = try token(attempt(signIn))
        let me = try #require(try signIn.person(token: here))
        #expect(throws: Problems.self) { try signIn.changePassword(of: me, old: "wrong", new: "nine quiet larches") }
        try signIn.changePassword(of: me, old: SignInTests.password, new: "nine quiet larches")
        #expect(try signIn.person(token: here) != nil)
        #expect(try signIn.person(token: there) == nil)
        #expect(try attempt(signIn) == .refused)
        _ = try token(attempt(signIn, "nine quiet larches"))
    }

    @Test("A restored backup lets people sign in, and no session of before is good", arguments: EngineKind.tested)
    func backup(kind: EngineKind) throws {
        let (test, signIn) = try desk(kind)
        let token = try token(attempt(signIn))
        let path = NSTemporaryDirectory() + "signin-\(UUID().uuidString).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try Backup.write(test.store, to: path, at: test.clock.now)
        let copy = try TestDesk(empty: kind)
        _ = try Backup.restore(Data(contentsOf: URL(fileURLWithPath: path)), file: "copy", into: copy.store)
        let there = SignIn(desk: copy.desk, hasher: signIn.hasher, random: signIn.randomBytes)
        #expect(try there.person(token: token) == nil)
        _ = try self.token(attempt(there))
    }
}
