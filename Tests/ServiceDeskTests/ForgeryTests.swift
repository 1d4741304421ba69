import Foundation
import Testing
import TestSupport
import Values

@testable import Database
@testable import ServiceDesk
@testable import Storage

/// What somebody does who can write the database, past the program and past its triggers.
@Suite("What was put into the database or taken out of it by hand is named")
struct ForgeryTests {
    /// A desk with work, a message, people who sign in, a token and two webhooks.
    private func desk(_ kind: EngineKind) throws -> (TestDesk, SignIn, token: String) {
        let test = try TestDesk.withAcme(kind)
        try test.log("2026-09-05", "1:15")
        try test.perform(WriteMessage(request: test.lastRequest(), text: "We look into it", isInternal: false))
        let random: @Sendable (Int) -> [UInt8] = { count in (0..<count).map { _ in .random(in: .min ... .max) } }
        let signIn = SignIn(
            desk: test.desk,
            hasher: PasswordHasher(cost: .init(logRounds: 4, blockSize: 8, parallelism: 1), random: random),
            random: random)
        let link = try signIn.invite(
            id: "ari", fullName: "Ari Stone", role: .agent, email: "ari@agency.example", by: test.owner)
        _ = try signIn.useLink(link, newPassword: SignInTests.password, address: "10.0.0.9", agent: "setup")
        let ari = Actor(id: "ari", role: .agent)
        let made = try signIn.makeToken(
            name: "reports", scopes: [.read], expires: test.clock.now + Hours(24), for: ari)
        for (number, events) in [[DeskEvent.timeLogged], []].enumerated() {
            try test.perform(
                AddWebhook(
                    url: "https://hooks.example/\(number)", events: Set(events), secret: WebhookSecret(random: random),
                    allowsPrivate: false))
        }
        // The last line recorded a fact.
        try test.log("2026-09-06", "0:15")
        try test.store.write { connection in
            for trigger in ["fact_stays", "fact_remains", "audit_stays", "audit_remains"] {
                let table = trigger.hasPrefix("fact") ? "fact" : "audit"
                try connection.run(
                    kind == .sqlite ? "DROP TRIGGER \(trigger)" : "DROP TRIGGER IF EXISTS \(trigger) ON \(table)")
            }
        }
        return (test, signIn, made.id)
    }

    private func faults(_ test: TestDesk, _ anchors: [Anchor] = []) throws -> [String] {
        var verification = Verification(test.store)
        return try verification.run(anchors: anchors).faults
    }

    private func anchor(_ test: TestDesk) throws -> Anchor {
        try test.store.read { try Anchor($0, at: test.clock.now) }
    }

    /// Does something by hand, and expects that a check says so in these words, and that it said nothing before.
    private func expect(
        _ test: TestDesk, _ sql: String, _ values: [SQLValue] = [], says words: String,
        source: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try faults(test) == [], sourceLocation: source)
        try test.store.write { _ = try $0.run(sql, values) }
        let found = try faults(test)
        #expect(found.contains { $0.contains(words) }, "\(found)", sourceLocation: source)
    }

    @Test("The last fact was deleted", arguments: EngineKind.tested)
    func lastFact(kind: EngineKind) throws {
        let (test, _, _) = try desk(kind)
        let last = try faults(test).isEmpty ? test.verify().facts : 0
        try expect(
            test, "DELETE FROM fact WHERE seq = \(last)",
            says: "fact \(last) is missing: by the audit trail olga recorded it")
    }

    @Test("The last line of the audit trail was deleted", arguments: EngineKind.tested)
    func lastLine(kind: EngineKind) throws {
        let (test, _, _) = try desk(kind)
        let last = try test.verify().facts
        try expect(
            test, "DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)",
            says: "fact \(last) (time) is in no line of the audit trail")
    }

    @Test("A line that recorded no fact was deleted at the end: an anchor tells", arguments: EngineKind.tested)
    func lastLineWithoutFacts(kind: EngineKind) throws {
        let (test, signIn, _) = try desk(kind)
        _ = try signIn.signIn(email: "ari@agency.example", password: "wrong", address: "10.0.0.1", agent: "")
        let kept = try anchor(test)
        #expect(try faults(test, [kept]) == [])
        try test.store.write { _ = try $0.run("DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)") }
        let found = try faults(test, [kept])
        #expect(found.contains { $0.hasPrefix("the audit trail ends at") && $0.hasSuffix("the last were deleted") })
    }

    @Test("Facts and their lines were deleted together: an anchor tells", arguments: EngineKind.tested)
    func cutOff(kind: EngineKind) throws {
        let (test, _, _) = try desk(kind)
        let kept = try anchor(test)
        let last = try test.verify().facts
        try test.store.write { connection in
            try connection.run("DELETE FROM fact WHERE seq = \(last)")
            try connection.run("DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)")
        }
        let found = try faults(test, [try Anchor(expected: kept.text)])
        #expect(
            found.contains(
                "the facts end at \(last - 1), and there were \(last) by what you expect: the last were deleted"))
    }

    @Test("Words were taken away without an erasure", arguments: EngineKind.tested)
    func words(kind: EngineKind) throws {
        for fact in ["message", "client", "user"] {
            let (test, _, _) = try desk(kind)
            try expect(
                test, "UPDATE fact SET words = NULL, salt = NULL WHERE kind = '\(fact)'", says: "and nobody erased them"
            )
        }
    }

    @Test("A person is erased: the words are gone, and a check knows why", arguments: EngineKind.tested)
    func erasure(kind: EngineKind) throws {
        let (test, _, _) = try desk(kind)
        let words = try test.store.read { connection in
            try connection.first("SELECT seq, words, salt FROM fact WHERE kind = 'user' AND subject = 'ari'") {
                ($0.integer(0), $0.text(1), $0.bytes(2))
            }
        }
        try test.perform(EndUser(id: "ari"))
        try test.perform(ErasePerson(id: "ari"))
        let (seq, text, salt) = try #require(words)
        try expect(
            test, "UPDATE fact SET words = $1, salt = $2 WHERE seq = $3", [.text(text), .bytes(salt), .integer(seq)],
            says: "ari was erased, and the words of fact \(seq) are there")
    }

    @Test("An erasure by a version that wrote no fact of it counts, and can be noted", arguments: EngineKind.tested)
    func olderErasure(kind: EngineKind) throws {
        let (test, _, _) = try desk(kind)
        try test.perform(EndUser(id: "ari"))
        try test.store.write { connection in
            try connection.run("UPDATE fact SET words = NULL, salt = NULL WHERE subject = 'ari' AND kind = 'user'")
            try AuditTrail(connection).append(
                AuditLine(
                    id: 0, at: test.clock.now, actor: "olga", operation: "person.erase", client: "", subject: "ari",
                    facts: nil))
        }
        #expect(try faults(test) == [])
        try test.perform(ErasePerson(id: "ari"))
        #expect(throws: Problems.self) { try test.perform(ErasePerson(id: "ari")) }
        #expect(try faults(test) == [])
    }

    @Test("A token was put there, or given more", arguments: EngineKind.tested)
    func tokens(kind: EngineKind) throws {
        for (change, says) in [
            (
                """
                INSERT INTO api_token (token_hash, id, owner, name, scopes, created_at, expires_at)
                SELECT hash, 't-Abcdefghijklmnop', 'olga', name, 'admin', created_at, expires_at
                FROM api_token, (SELECT hash FROM fact WHERE seq = 1) AS other
                """, "the token t-Abcdefghijklmnop of olga (admin)"
            ), ("UPDATE api_token SET scopes = 'admin'", "of ari (admin)"),
            ("UPDATE api_token SET owner = 'olga'", "of olga (read)"),
            ("UPDATE api_token SET expires_at = expires_at + 1", "of ari (read)"),
            ("UPDATE api_token SET token_hash = (SELECT hash FROM fact WHERE seq = 1)", "of ari (read)"),
        ] {
            let (test, _, _) = try desk(kind)
            try expect(test, change, says: says)
        }
    }

    @Test("A revoked token is there again", arguments: EngineKind.tested)
    func revoked(kind: EngineKind) throws {
        let (test, signIn, id) = try desk(kind)
        try test.store.write { _ = try $0.run("CREATE TABLE aside AS SELECT * FROM api_token") }
        #expect(try signIn.revokeToken(id, of: "ari"))
        try expect(test, "INSERT INTO api_token SELECT * FROM aside", says: "the token \(id) of ari")
    }

    @Test("A token that a new role ended is there again", arguments: EngineKind.tested)
    func ended(kind: EngineKind) throws {
        let (test, _, id) = try desk(kind)
        try test.store.write { _ = try $0.run("CREATE TABLE aside AS SELECT * FROM api_token") }
        try test.perform(ChangeRole(id: "ari", newRole: .manager))
        #expect(try test.verify().faults == [])
        try expect(test, "INSERT INTO api_token SELECT * FROM aside", says: "the token \(id) of ari")
    }

    @Test("A webhook was put there, or led elsewhere", arguments: EngineKind.tested)
    func webhooks(kind: EngineKind) throws {
        for (change, says) in [
            (
                """
                INSERT INTO webhook (id, url, kinds, secret, created_by, created_at)
                SELECT 'wh-3', 'https://eve.example/', '', secret, created_by, created_at FROM webhook WHERE id = 'wh-1'
                """, "the webhook wh-3 to https://eve.example/"
            ), ("UPDATE webhook SET url = 'https://eve.example/' WHERE id = 'wh-2'", "the webhook wh-2"),
            ("UPDATE webhook SET kinds = '' WHERE id = 'wh-1'", "the webhook wh-1"),
        ] {
            let (test, _, _) = try desk(kind)
            try expect(test, change, says: says)
        }
    }

    @Test(
        "A session, an account, a calendar or a second factor was put there or taken away", arguments: EngineKind.tested
    )
    func access(kind: EngineKind) throws {
        for (change, says) in [
            (
                """
                INSERT INTO session (token_hash, user_id, is_half, created_at, seen_at, address, agent)
                SELECT (SELECT hash FROM fact WHERE seq = 1), 'olga', 0, created_at, seen_at, address, agent FROM session
                """, "a session of olga began at"
            ), ("UPDATE session SET user_id = 'olga'", "a session of olga began at"),
            (
                "INSERT INTO account (user_id, email, totp_step, single_keys) VALUES ('olga', 'eve@example.com', 0, 1)",
                "the account of olga: by the audit trail nobody gave them an address"
            ),
            (
                "INSERT INTO account (user_id, email, totp_step, single_keys) VALUES ('eve', 'eve@example.com', 0, 1)",
                "the account of eve: there is no such person"
            ), ("UPDATE account SET totp_secret = token_hash FROM api_token", "second factor"),
            ("INSERT INTO feed (owner, token_hash) SELECT owner, token_hash FROM api_token", "the calendar of ari"),
        ] {
            let (test, _, _) = try desk(kind)
            try expect(test, change, says: says)
        }
    }

    @Test("An address, a password, a second factor or a secret was replaced", arguments: EngineKind.tested)
    func replaced(kind: EngineKind) throws {
        for (change, says) in [
            ("UPDATE account SET email = 'eve@else.example' WHERE user_id = 'ari'", "ari: it has another address"),
            (
                "UPDATE account SET password = (SELECT password FROM account WHERE user_id = 'bo')",
                "ari: it has another password"
            ),
            (
                "UPDATE account SET totp_secret = token_hash FROM api_token WHERE user_id = 'bo'",
                "bo: it has another second factor"
            ),
            ("UPDATE account SET salt = NULL WHERE user_id = 'bo'", "bo: it has another address and another password"),
            (
                "UPDATE webhook SET secret = (SELECT secret FROM webhook WHERE id = 'wh-1')",
                "wh-2 to https://hooks.example/1 has another secret"
            ),
        ] {
            let (test, signIn, _) = try desk(kind)
            let link = try signIn.invite(
                id: "bo", fullName: "Bo", role: .agent, email: "bo@agency.example", by: test.owner)
            guard
                case .signedIn(let session) = try signIn.useLink(
                    link, newPassword: "nine quiet larches", address: "", agent: "")
            else { throw StorageError.internalFault("the link lets nobody in") }
            let secret = signIn.newSecret()
            try signIn.enableTOTP(
                for: #require(try signIn.person(token: session)), secret: secret,
                code: secret.code(step: test.clock.now.seconds / 30), password: "nine quiet larches")
            try expect(test, change, says: says)
        }
    }

    @Test("What an earlier version changed last raises no alarm, and is said", arguments: EngineKind.tested)
    func unstated(kind: EngineKind) throws {
        let (test, signIn, _) = try desk(kind)
        #expect(try test.verify().unstated == 0)
        // As an earlier version wrote it: its line says nothing of what the account is.
        try test.store.write { connection in
            try connection.run(
                "INSERT INTO account (user_id, email, totp_step, single_keys) VALUES ('olga', 'o@agency.example', 0, 1)"
            )
            try AuditTrail(connection).append(
                AuditLine(
                    id: 0, at: test.clock.now, actor: "olga", operation: "user.email", client: "", subject: "olga",
                    facts: nil))
        }
        #expect(try test.verify().faults == [])
        #expect(try test.verify().unstated == 1)
        // Its next change is said.
        _ = try signIn.useLink(
            signIn.resetAccess(of: "olga", by: test.owner), newPassword: "nine quiet larches", address: "", agent: "")
        #expect(try test.verify().unstated == 0)
        try expect(
            test, "UPDATE account SET email = 'eve@else.example' WHERE user_id = 'olga'", says: "another address")
        // A line that is made to say nothing breaks the chain.
        try test.store.write { _ = try $0.run("UPDATE audit SET state = NULL") }
        let found = try faults(test)
        #expect(found.contains { $0.hasSuffix("of the audit trail is not as it was written") }, "\(found)")
    }

    @Test("A backup keeps what the audit trail knows of accounts", arguments: EngineKind.tested)
    func restored(kind: EngineKind) throws {
        let (test, _, _) = try desk(kind)
        let path = NSTemporaryDirectory() + "state-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try Backup.write(test.store, to: path, at: test.clock.now)
        let other = try TestDesk(empty: kind)
        _ = try Backup.restore(file: path, into: other.store)
        #expect(try other.verify().faults == [])
        #expect(try other.verify().unstated == 0)
    }

    @Test("A fact says that another recorded it, and the chain was made anew to fit", arguments: EngineKind.tested)
    func actor(kind: EngineKind) throws {
        let (test, _, _) = try desk(kind)
        let last = try test.verify().facts
        try remake(test) { if $0.seq == last { $0.actor = "ari" } }
        #expect(
            try faults(test) == [
                "fact \(last) (time) says that ari recorded it, and the audit trail says olga"
            ])
    }

    @Test("A message was changed and the whole chain made anew: an anchor tells", arguments: EngineKind.tested)
    func wholeChain(kind: EngineKind) throws {
        let (test, _, _) = try desk(kind)
        let kept = try anchor(test)
        let path = NSTemporaryDirectory() + "anchors-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        // Written by a server as time goes by: once where nothing is new.
        let room = AnchorRoom(store: test.store, file: AnchorFile(path))
        try room.round(at: test.clock.now)
        try room.round(at: test.clock.now)
        try test.log("2026-09-07", "0:10")
        try room.round(at: test.clock.now)
        let anchors = try AnchorFile.read(Data(contentsOf: URL(fileURLWithPath: path)), file: path)
        #expect(anchors.count == 2)
        #expect(try faults(test, anchors + [kept]) == [])
        try remake(test) { record in
            guard record.kind == "message", let words = record.words, let salt = record.salt else { return }
            record.words = words.replacing("We look into it", with: "It is all your fault")
            record.wordsHash = FactHash.of(words: record.words ?? "", salt: salt)
        }
        // By itself it is whole: whoever writes the database can make all hashes anew.
        #expect(try faults(test) == [])
        for anchors in [anchors, [kept], [try Anchor(expected: kept.text)]] {
            let found = try faults(test, anchors)
            #expect(found.contains { $0.hasPrefix("fact ") && $0.hasSuffix("the chain was made anew") }, "\(found)")
        }
    }

    @Test(
        "What is no anchor is refused", arguments: ["", "57", "57:ab", "x:y", "0:\(String(repeating: "a", count: 64))"])
    func noAnchor(text: String) throws {
        #expect(throws: Problems.self) { try Anchor(expected: text) }
        #expect(throws: Problems.self) { try AnchorFile.read(Data("2026-09-01T08:00:00Z \(text)\n".utf8), file: "a") }
    }

    /// Makes all hashes anew, as somebody does who changed a fact and knows how they are made.
    private func remake(_ test: TestDesk, _ change: (inout LedgerRecord) -> Void) throws {
        try test.store.write { connection in
            var records: [LedgerRecord] = []
            try LedgerReader(connection).forEach { record, _ in records.append(record) }
            var previous = FactHash.beginning
            for var record in records {
                change(&record)
                previous = FactHash.of(
                    previous: previous, seq: record.seq, recordedAt: record.recordedAt, actor: record.actor,
                    kind: record.kind, body: record.body, wordsHash: record.wordsHash)
                try connection.run(
                    "UPDATE fact SET actor = $1, words = $2, words_hash = $3, hash = $4 WHERE seq = $5",
                    [
                        .text(record.actor), .optional(record.words), record.wordsHash.map { .bytes($0) } ?? .null,
                        .bytes(previous), .integer(record.seq),
                    ])
            }
        }
    }
}
