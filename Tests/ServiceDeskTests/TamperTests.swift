import Agreements
import Database
import Exchange
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

@Suite("Nothing recorded can be changed unseen")
struct TamperTests {
    /// A desk with a closed month, an adjustment and a message, without what keeps facts from being changed.
    private func desk(_ kind: EngineKind) throws -> TestDesk {
        let test = try TestDesk.withAcme(kind)
        try test.log("2026-09-05", "1:15")
        try test.perform(WriteMessage(request: test.lastRequest(), text: "We look into it", isInternal: false))
        test.clock.set("2026-10-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        try test.log("2026-09-30", "0:15")
        try test.store.write { connection in
            let triggers = ["fact_stays", "fact_remains", "audit_stays", "audit_remains"]
            for trigger in triggers {
                switch kind {
                case .sqlite: try connection.run("DROP TRIGGER \(trigger)")
                case .postgreSQL:
                    try connection.run(
                        "DROP TRIGGER IF EXISTS \(trigger) ON \(trigger.hasPrefix("fact") ? "fact" : "audit")")
                }
            }
        }
        return test
    }

    @Test("Facts and the audit trail cannot be changed or deleted by a statement", arguments: EngineKind.tested)
    func guards(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        for sql in [
            "UPDATE fact SET body = '{}' WHERE seq = 1", "DELETE FROM fact WHERE seq = 1",
            "UPDATE audit SET actor = 'x' WHERE id = 1", "DELETE FROM audit WHERE id = 1",
        ] {
            #expect(throws: StorageError.self) { try test.store.write { try $0.run(sql) } }
        }
        // What people wrote can be erased, and the chain stays whole; that nobody asked for it is named.
        try test.store.write { try $0.run("UPDATE fact SET words = NULL, salt = NULL WHERE kind = 'client'") }
        #expect(
            try test.verify().faults == ["the words of fact 3 (client acme) are gone, and nobody erased them"])
        #expect(try test.desk.preview(by: test.owner) { try $0.standing(of: "acme") }.clients.first?.name == "(erased)")
    }

    @Test("Any changed column of any fact is named", arguments: EngineKind.tested)
    func facts(kind: EngineKind) throws {
        let test = try desk(kind)
        let whole = try test.verify()
        #expect(whole.faults == [])
        let changes = [
            "recorded_at = recorded_at + 1", "actor = actor || 'x'", "kind = kind || 'x'", "body = body || ' '",
            "client = client || 'x'", "shelf = (shelf + 1) % 7", "first_period = first_period + 1",
            "last_period = last_period + 1", "subject = subject || 'x'", "parent = COALESCE(parent, '') || 'x'",
        ]
        for seq in 1...whole.facts {
            for change in changes + ["words = words || ' '"] {
                let saved = try row(test, seq)
                try test.store.write { try $0.run("UPDATE fact SET \(change) WHERE seq = \(seq)") }
                if try row(test, seq) == saved { continue }  // There are no words to change.
                let faults = try test.verify().faults
                #expect(faults.contains { $0.contains("fact \(seq) ") }, "\(change), fact \(seq): \(faults)")
                try restore(test, seq, saved)
            }
        }
        #expect(try test.verify().faults == [])
        try test.store.write { try $0.run("DELETE FROM fact WHERE seq = 4") }
        #expect(try test.verify().faults.first == "fact 4 is missing: the next is 5")
    }

    @Test("A changed line of the audit trail and a changed snapshot are named", arguments: EngineKind.tested)
    func others(kind: EngineKind) throws {
        let test = try desk(kind)
        try test.store.write { try $0.run("UPDATE audit SET actor = 'eve' WHERE id = 3") }
        #expect(try test.verify().faults == ["line 3 of the audit trail is not as it was written"])
        try test.store.write { try $0.run("UPDATE audit SET actor = 'olga' WHERE id = 3") }
        #expect(try test.verify().faults == [])
        try test.store.write { try $0.run("UPDATE outbox SET body = '{}' WHERE id = 2") }
        #expect(try test.verify().faults == ["message 2 of the outbox is not as it was written"])
        try test.store.write { try $0.run("DELETE FROM outbox WHERE id = 2") }
        try test.log("2026-10-01", "0:10", key: "k")
        #expect(try test.verify().faults == [])
        try test.store.write {
            try $0.run("UPDATE idempotency SET answer = '{\"id\":\"e-1\",\"remarks\":[]}' WHERE key = 'k'")
        }
        #expect(try test.verify().faults == ["the answer to olga under the key \"k\" is not as it was given"])
        try test.store.write { try $0.run("DELETE FROM idempotency") }
        try test.store.write {
            try $0.run("INSERT INTO snapshot (client, period, body) VALUES ('acme', 24321, '{\"b-1\":\"60\"}')")
        }
        #expect(try test.verify().faults == ["client acme: a snapshot cannot be read"])
        try test.store.write { try $0.run("UPDATE snapshot SET body = '{\"block/b-1\":\"60\"}' WHERE client = 'acme'") }
        #expect(try test.verify().faults.first?.contains("the snapshot is not what a rating") == true)
    }

    @Test("A closing that its facts do not give is named")
    func closing() throws {
        let test = try desk(.sqlite)
        // Even somebody who makes all hashes anew does not get past the figures.
        let export = try test.export()
        let forged = try TestDesk(empty: .sqlite)
        var chain = ""
        try forged.store.write { connection in
            var ledger = try Ledger(connection, test.store.engine.dialect, actor: "olga")
            for line in export.split(separator: "\n").dropFirst() {
                guard let record = FactExport.record(String(line)) else { continue }
                let body = record.kind == "closing" ? record.body.replacing("1:15", with: "1:10") : record.body
                try ledger.append(
                    [
                        .init(
                            stored: record.kind, recordedAt: .init(seconds: record.recordedAt), body: body,
                            words: record.words)
                    ]
                ) { Array(repeating: 1, count: 16) }
                chain += record.kind
            }
        }
        let faults = try forged.verify().faults
        #expect(faults.contains { $0.contains("the closing (fact") }, "\(faults)")
    }

    private func row(_ test: TestDesk, _ seq: Int) throws -> [String] {
        try test.store.read { connection in
            var texts: [String] = []
            try connection.forEachRow("SELECT \(columns) FROM fact WHERE seq = \(seq)", []) { row in
                texts = (0..<11).map {
                    row.isNull($0) ? "null" : numbers.contains($0) ? "\(row.integer($0))" : row.text($0)
                }
            }
            return texts
        }
    }

    private let columns =
        "recorded_at, actor, kind, body, words, client, shelf, first_period, last_period, subject, parent"
    private let numbers: Set<Int> = [0, 6, 7, 8]

    private func restore(_ test: TestDesk, _ seq: Int, _ saved: [String]) throws {
        let names = columns.split(separator: ", ")
        try test.store.write { connection in
            for (place, name) in names.enumerated() {
                let value: SQLValue =
                    saved[place] == "null"
                    ? .null : numbers.contains(place) ? .optional(Int(saved[place])) : .text(saved[place])
                try connection.run("UPDATE fact SET \(name) = $1 WHERE seq = \(seq)", [value])
            }
        }
    }
}
