import Database
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

@Suite("What an owner should see to")
struct TroubleTests {
    private func found(_ test: TestDesk, sendsMail: Bool = true, backupDays: Int? = 7) throws -> [Trouble] {
        let now = test.clock.now
        return try test.store.read { try TroubleSigns($0, now: now) }
            .troubles(at: now, sendsMail: sendsMail, backupDays: backupDays)
    }

    private func deliver(_ test: TestDesk, _ id: Int, _ state: String, attempts: Int) throws {
        let now = test.clock.now.seconds
        try test.store.write {
            try $0.run(
                """
                INSERT INTO delivery (id, outbox_id, person, state, attempts, next_at, result)
                VALUES ($1, $2, 'olga', $3, $4, $5, 'relay access denied')
                """, [.integer(id), .integer(id), .text(state), .integer(attempts), .integer(now)])
        }
    }

    @Test("Nothing is said of a new database", arguments: EngineKind.tested)
    func quiet(kind: EngineKind) throws { #expect(try found(TestDesk(kind)) == []) }

    @Test("Mail that is refused again and again, with what the mail command said", arguments: EngineKind.tested)
    func mail(kind: EngineKind) throws {
        let test = try TestDesk(kind)
        try deliver(test, 1, "sent", attempts: 3)
        try deliver(test, 2, "waiting", attempts: 1)
        #expect(try found(test) == [])
        try deliver(test, 3, "waiting", attempts: 2)
        try deliver(test, 4, "failed", attempts: 7)
        let told = try found(test)
        #expect(told.map(\.kind) == [.mail])
        #expect(told[0].text.contains("2 mails were refused") && told[0].text.contains("relay access denied"))
        #expect(try found(test, sendsMail: false) == [])
    }

    @Test("News that nobody takes out of the outbox", arguments: EngineKind.tested)
    func outbox(kind: EngineKind) throws {
        let test = try TestDesk(kind)
        let at = test.clock.now
        _ = try test.store.write { try Outbox($0).add("request.opened", client: "acme", body: "{}", at: at) }
        test.clock.set("2026-11-23T12:10:00Z")
        #expect(try found(test) == [])
        test.clock.set("2026-11-23T12:10:01Z")
        #expect(try found(test).map(\.kind) == [.outbox])
        #expect(try found(test, sendsMail: false) == [])
    }

    @Test("A webhook that was turned off", arguments: EngineKind.tested)
    func webhook(kind: EngineKind) throws {
        let test = try TestDesk(kind)
        let secret = WebhookSecret { [UInt8](repeating: 1, count: $0) }
        try test.perform(
            AddWebhook(url: "https://hooks.example/a", events: [.timeLogged], secret: secret, allowsPrivate: false))
        #expect(try found(test) == [])
        try test.store.write { try $0.run("UPDATE webhook SET off_reason = 'gone'") }
        let told = try found(test)
        #expect(told.map(\.kind) == [.webhooks])
        #expect(told[0].text.contains("hooks.example"))
    }

    @Test("A database that takes over two seconds for a small question")
    func slow() throws {
        let test = try TestDesk(.sqlite)
        let now = test.clock.now
        var signs = try test.store.read { try TroubleSigns($0, now: now) }
        signs.took = .seconds(2)
        #expect(signs.troubles(at: now, sendsMail: true, backupDays: 7) == [])
        signs.took = .milliseconds(2001)
        #expect(signs.troubles(at: now, sendsMail: true, backupDays: 7).map(\.kind) == [.database])
    }

    @Test("A backup that is too old, or was never made", arguments: EngineKind.tested)
    func backup(kind: EngineKind) throws {
        let test = try TestDesk(kind)
        test.clock.set("2026-11-30T12:00:00Z")
        #expect(try found(test) == [])
        test.clock.set("2026-11-30T12:00:01Z")
        #expect(try found(test).map(\.kind) == [.backup])
        #expect(try found(test, backupDays: nil) == [])
        let at = test.clock.now
        try test.store.write {
            try AuditTrail($0).append(
                AuditLine(
                    id: 0, at: at, actor: "olga", operation: Backup.operation, client: "", subject: "a.jsonl",
                    facts: nil))
        }
        #expect(try found(test) == [])
        #expect(try test.verify().faults == [])
        test.clock.set("2026-12-07T12:00:02Z")
        #expect(try found(test)[0].text.contains("2026-11-30"))
    }
}
