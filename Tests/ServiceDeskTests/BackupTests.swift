import Exchange
import Foundation
import Rating
import Storage
import Testing
import TestSupport
import Values

@testable import ServiceDesk

@Suite("Backup and restore")
struct BackupTests {
    private static let random: @Sendable (Int) -> [UInt8] = { count in
        (0..<count).map { _ in .random(in: .min ... .max) }
    }

    private func desk(_ kind: EngineKind) throws -> TestDesk {
        let test = try TestDesk.withAcme(kind)
        try test.log("2026-09-05", "1:15", key: "k")
        test.clock.set("2026-10-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        try test.log("2026-10-01", "0:15")
        return test
    }

    private func file() -> String { NSTemporaryDirectory() + "backup-\(UUID().uuidString).jsonl" }

    @Test(
        "A backup restores into either kind to the same facts, audit trail, answers and snapshots",
        arguments: EngineKind.tested)
    func restore(kind: EngineKind) throws {
        let test = try desk(kind)
        let path = file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let manifest = try Backup.write(test.store, to: path, at: test.clock.now).manifest
        #expect(manifest.schema == Schema.latest)
        #expect(try manifest.anchor == test.verify().anchor)
        for target in EngineKind.tested {
            let copy = try TestDesk(empty: target)
            copy.clock.set("2026-10-02T08:00:00Z")
            let anchors = [try Anchor(expected: manifest.anchor)]
            #expect(try Backup.restore(file: path, anchors: anchors, into: copy.store) == manifest)
            #expect(try copy.export() == test.export())
            let audits = try [test, copy].map { desk in try desk.store.read { try AuditTrail($0).latest(limit: 100) } }
            #expect(audits[0] == audits[1])
            #expect(try copy.verify() == test.verify())
            #expect(try copy.verify().snapshots == 1)
            // A repeat of what was done before the backup is still known.
            #expect(try copy.log("2026-09-05", "1:15", key: "k").id == "e-7")
            #expect(throws: Problems.self) { try Backup.restore(file: path, into: copy.store) }
        }
        #expect(throws: Problems.self) { try Backup.write(test.store, to: path, at: test.clock.now) }
    }

    @Test("A backup that was cut, changed or mixed up is refused, and nothing is restored")
    func damaged() throws {
        let lines = try lines(of: desk(.sqlite))
        var wrong: [[String]] = [Array(lines.dropLast()), Array(lines.dropFirst()), lines + [lines[2]], []]
        for place in lines.indices.dropFirst().dropLast() {
            wrong.append(lines.enumerated().filter { $0.offset != place }.map(\.element))
            var changed = lines
            changed[place] = changed[place].replacing("acme", with: "acmo").replacing("olga", with: "eve")
            if changed != lines { wrong.append(changed) }
        }
        for lines in wrong { try refused(lines) }
    }

    @Test("A backup of the first version of the format still restores")
    func firstVersion() throws {
        let test = try desk(.sqlite)
        var tally = BackupTally(schema: 0)
        var old: [String] = []
        for (place, line) in try lines(of: test).enumerated() {
            let texts = try FactPieces.texts(body: line, words: nil)
            if texts["part"] != nil || texts["manifest"] != nil { continue }
            old.append(place == 0 ? #"{"mainstay_backup":"1","at":"2026-10-02T08:00:00Z"}"# : line)
            if place == 0 {
                tally.take(Array(old[0].utf8))
            } else {
                tally.take(Array(line.utf8), of: texts["table"] ?? BackupTally.facts)
            }
        }
        let (facts, hash) = try (test.verify().facts, test.verify().hash)
        let whole = tally.whole
        old.append(
            FactPieces.object([
                ("manifest", "1"), ("facts", "\(facts)"), ("hash", hash), ("rows", "\(whole.rows)"),
                ("sha256", whole.digest),
            ]))
        let copy = try TestDesk(empty: .sqlite)
        _ = try Backup.restore(Data(text(old).utf8), file: "old", into: copy.store)
        #expect(try copy.verify().faults == [])
        #expect(try copy.export() == test.export())
    }

    @Test("A backup into which somebody put rights of theirs is refused, though its manifest was made anew")
    func forged() throws {
        let lines = try lines(of: desk(.sqlite))
        let token =
            #"{"table":"api_token","token_hash":"\#(String(repeating: "ab", count: 32))","id":"t-abcdefgh12345678","#
            + #""owner":"olga","name":"x","scopes":"admin","created_at":"1790000000","expires_at":"1890000000"}"#
        let webhook =
            #"{"table":"webhook","id":"wh-1","url":"https://eve.example/","kinds":"","secret":"whsec_AAAA","#
            + #""created_by":"olga","created_at":"1790000000"}"#
        let account =
            #"{"table":"account","user_id":"olga","email":"eve@example.com","password":"x","totp_step":"0","single_keys":"1"}"#
        let content = #"{"table":"content","sha256":"\#(String(repeating: "ab", count: 32))","body":"00"}"#
        for (line, says) in [
            (token, "the token t-abcdefgh12345678 of olga (admin) is not as anybody made it"),
            (webhook, "the webhook wh-1 to https://eve.example/ is not as anybody made it"),
            (account, "the account of olga"), (content, "is not as it was sent"),
        ] {
            try refused(remade(lines + [line]), says: says)
            // Without a new manifest it is refused before that.
            try refused(lines.dropLast() + [line, lines[lines.count - 1]], says: "its manifest says")
        }
        // A row that cannot be, with numbers that are none.
        try refused(
            remade(lines + [#"{"table":"webhook","id":"wh-1"}"#]), says: "a row of the table webhook does not fit")
        let far = webhook.replacing("1790000000", with: "-9223372036854775808")
        try refused(remade(lines + [far]), says: "webhook: created_at is no number that mainstay writes")
        // Numbers that later sums would overflow at.
        for row in [
            #"{"table":"delivery","id":"9","outbox_id":"1","person":"olga","state":"waiting","next_at":"0","result":"","attempts":"9223372036854775807"}"#,
            #"{"table":"mail_in","id":"9223372036854775807","at":"1","person":"x","outcome":"opened","request":"","reason":""}"#,
        ] {
            try refused(remade(lines + [row]), says: "is no number that mainstay writes")
        }
        // What lines of the audit trail say that is not there any more.
        try refused(remade(lines.filter { !$0.contains(#""table":"audit","id":"7""#) }), says: "audit trail")
        // Any row that was changed.
        for (table, old, new) in [
            ("audit", "olga", "eve"), ("idempotency", "e-7", "e-8"), ("outbox", "acme", "acmo"),
        ] {
            let changed = lines.map { $0.contains(#""table":"\#(table)""#) ? $0.replacing(old, with: new) : $0 }
            #expect(changed != lines, "\(table)")
            try refused(remade(changed), says: "is not as it was")
        }
        // Nothing was wrong with making it anew.
        let copy = try TestDesk(empty: .sqlite)
        _ = try Backup.restore(Data(text(remade(lines)).utf8), file: "same", into: copy.store)
    }

    @Test("A whole backup is refused where it is not the one that was expected")
    func expected() throws {
        let (test, path) = (try desk(.sqlite), file())
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try Backup.write(test.store, to: path, at: test.clock.now)
        try test.log("2026-10-01", "0:25")
        let later = try test.store.read { try Anchor($0, at: test.clock.now) }
        let copy = try TestDesk(empty: .sqlite)
        let refused = #expect(throws: Problems.self) {
            try Backup.restore(file: path, anchors: [later], into: copy.store)
        }
        #expect(refused?.description.contains("the last were deleted") == true)
    }

    @Test("A sealed backup opens with its key, and with no other", arguments: EngineKind.tested)
    func sealed(kind: EngineKind) throws {
        let (test, path) = (try desk(kind), file())
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (mine, other) = try (
            AgeIdentity(random: BackupTests.random(32)), AgeIdentity(random: BackupTests.random(32))
        )
        let manifest = try Backup.write(
            test.store, to: path, at: test.clock.now, for: mine.recipient, random: BackupTests.random
        ).manifest
        let sealed = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(sealed.starts(with: Data("age-encryption.org/v1\n".utf8)))
        #expect(sealed.firstRange(of: Data("olga".utf8)) == nil)
        for (identities, says) in [([], "it is sealed"), ([other], "it was sealed for another key")] {
            let copy = try TestDesk(empty: kind)
            let refused = #expect(throws: Problems.self) {
                try Backup.restore(file: path, identities: identities, into: copy.store)
            }
            #expect(refused?.description.contains(says) == true)
        }
        let copy = try TestDesk(empty: kind)
        #expect(try Backup.restore(file: path, identities: [other, mine], into: copy.store) == manifest)
        #expect(try copy.export() == test.export())
        // One byte anywhere, or an end that is missing.
        var wrong = [30, 80, 150, 220, 300, sealed.count - 1].map { place in
            var changed = sealed
            changed[place] ^= 1
            return changed
        }
        wrong += [sealed.dropLast(1), sealed.prefix(sealed.count / 2), sealed.prefix(100), sealed + [0]]
        for data in wrong {
            try data.write(to: URL(fileURLWithPath: path))
            let copy = try TestDesk(empty: .sqlite)
            #expect(throws: Problems.self) {
                try Backup.restore(file: path, identities: [mine], into: copy.store)
            }
            #expect(try copy.verify().facts == 0)
        }
    }

    // MARK: Parts

    private func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

    private func lines(of test: TestDesk) throws -> [String] {
        let path = file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try Backup.write(test.store, to: path, at: test.clock.now)
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// The lines with a manifest that fits them, as somebody makes it who knows how.
    private func remade(_ lines: [String]) -> [String] {
        var tally = BackupTally(schema: Schema.latest)
        var kept: [String] = []
        for line in lines {
            let texts = (try? FactPieces.texts(body: line, words: nil)) ?? [:]
            if texts["part"] != nil || texts["manifest"] != nil { continue }
            kept.append(line)
            guard texts["mainstay_backup"] == nil else {
                tally.take(Array(line.utf8))
                continue
            }
            tally.take(Array(line.utf8), of: texts["table"] ?? BackupTally.facts)
            if texts["table"] == "audit" { tally.take(line: Int(texts["id"] ?? "") ?? 0, hash: texts["hash"] ?? "") }
            if let record = FactExport.record(line) { tally.take(fact: record.seq, hash: record.hash) }
        }
        for line in tally.endParts() {
            kept.append(line)
            tally.take(Array(line.utf8))
        }
        return kept + [tally.whole.line(version: 2)]
    }

    private func refused(_ lines: [String], says: String = "", source: SourceLocation = #_sourceLocation) throws {
        let copy = try TestDesk(empty: .sqlite)
        let refused = #expect(throws: Problems.self, sourceLocation: source) {
            try Backup.restore(Data(text(lines).utf8), file: "b", into: copy.store)
        }
        #expect(
            says.isEmpty || refused?.description.contains(says) == true, "\(refused?.description ?? "")",
            sourceLocation: source)
        #expect(try copy.verify().facts == 0, sourceLocation: source)
    }
}

@Suite("Files sealed as age seals them")
struct AgeTests {
    private static let random: @Sendable (Int) -> [UInt8] = { count in
        (0..<count).map { _ in .random(in: .min ... .max) }
    }

    private func opened(_ bytes: [UInt8], _ identity: AgeIdentity) throws -> [UInt8] {
        var opener = try AgeOpener(DataSource(Data(bytes)), [identity])
        var found: [UInt8] = []
        while case let part = try opener.next(), !part.isEmpty { found += part }
        return found
    }

    @Test("What age 1.1 sealed opens with the key that age-keygen made")
    func foreign() throws {
        let key = """
            # created: 2026-11-28T17:11:23Z
            # public key: age1jvx2qrhg8w0j2m5e70vg96rxgn20xkvf0rk202wfg9p7l62rw35qnrxldw
            AGE-SECRET-KEY-1XPHAVHPQKGN984AFJELVEACL5X9XZ8C3V7K0SF7K6E49VJN9JJLSLU67EZ
            """
        let sealed = """
            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBMdk1DblVobW9jSjNmUmxCMDVPZGdjcHRUdHEwK08vdUxnMUtSNnZnUW04ClNFM0VN\
            VHdDMzgzYTdld2llaEoreG1BL3BlUmx3Y3FGWFBKOWZxcWx1bU0KLS0tIEFxZXZrUkM0Zit5WXEraUVtNytBQ0w4Nk1kZzFKRDhYaG8za0tF\
            RFVnMzgK07PwKoFe1mdtynIpDYw4n/56yhcgl5Y0Ldqm2l++JTAgttIWxDF7ZSdqRRID/0EdxX2EMHY=
            """
        let identity = try #require(try AgeIdentity.read(Data(key.utf8), file: "key").first)
        #expect(identity.recipient.text == "age1jvx2qrhg8w0j2m5e70vg96rxgn20xkvf0rk202wfg9p7l62rw35qnrxldw")
        let bytes = try #require(Data(base64Encoded: sealed))
        #expect(try String(decoding: opened(Array(bytes), identity), as: UTF8.self) == "sealed by age itself\n")
    }

    @Test("Any length opens to what was sealed", arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
    func lengths(count: Int) throws {
        let identity = try AgeIdentity(random: AgeTests.random(32))
        let content = AgeTests.random(count)
        nonisolated(unsafe) var sealed: [UInt8] = []
        var sealer = try AgeSealer(for: identity.recipient, random: AgeTests.random) { sealed += $0 }
        for start in stride(from: 0, to: count, by: 40_000) {
            try sealer.add(content[start..<min(count, start + 40_000)])
        }
        try sealer.finish()
        #expect(try opened(sealed, identity) == content)
        // A whole piece that is missing shows too.
        if count > 65_536 {
            let header = try #require(sealed.firstRange(of: Array("\n--- ".utf8)))
            let start = try #require(sealed[header.upperBound...].firstIndex(of: 0x0A)) + 17
            #expect(throws: (any Error).self) { try opened(Array(sealed[..<(start + 65_552)]), identity) }
        }
    }

    @Test("A key that was mistyped is none")
    func mistyped() throws {
        let text = try AgeIdentity(random: AgeTests.random(32)).recipient.text
        #expect(try AgeRecipient(text: text).text == text)
        for wrong in [
            "", "age1", String(text.dropLast()), text + "q", "x" + text, text.replacing("age1", with: "agf1"),
        ] {
            #expect(throws: Problems.self) { try AgeRecipient(text: wrong) }
        }
        var mixed = Array(text)
        mixed[10] = mixed[10] == "q" ? "p" : "q"
        #expect(throws: Problems.self) { try AgeRecipient(text: String(mixed)) }
    }

    @Test("Where facts lie is checked without remembering them all", arguments: EngineKind.tested)
    func places(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        let entry = EntryID(try test.log("2026-08-31", "1:15").id)
        try test.perform(AddClient(id: "bolt", fullName: "Bolt", zone: .utc))
        try test.perform(CorrectTime(entry: entry, when: .dated("2026-09-02", "1:00"), reason: "It was September"))
        try test.perform(
            MoveRequest(request: request, client: "bolt", serviceLine: "website-maintenance", reason: "Theirs"))
        try test.perform(CorrectTime(entry: entry, when: .dated("2026-09-03", "1:00"), reason: "A day later"))
        try test.perform(
            GiveCourtesy(entry: entry, hours: "0:30", reason: "Our mistake"))
        try test.store.read { connection in
            for most in [1, 2, 5000] {
                var check = PlacementCheck(connection, remembering: most)
                try LedgerReader(connection).forEach { record, place in
                    let fault = try check.fault(of: record, at: place)
                    #expect(fault == nil)
                }
            }
        }
    }
}
