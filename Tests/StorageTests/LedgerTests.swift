import Agreements
import Database
import Exchange
import Storage
import TestSupport
import Testing

@Suite("The ledger")
struct LedgerTests {
    /// A database with three facts, and what they are.
    private func filled(_ kind: EngineKind) throws -> (TestEngines, [LedgerRecord]) {
        let engines = try TestEngines(kind)
        let store = try Store(settingUp: engines.open())
        var records: [LedgerRecord] = []
        try store.write { connection in
            var ledger = try Ledger(connection, store.engine.dialect, actor: "ada")
            try ledger.append(
                ["ada", "ben", "cy"].map {
                    FactPieces(
                        kind: "user", recordedAt: "2026-11-23T12:00:00Z",
                        texts: [("id", $0), ("name", $0), ("role", "agent")])
                }, salt: { Array(repeating: 7, count: 16) })
            try LedgerReader(connection).forEach { record, _ in records.append(record) }
        }
        return (engines, records)
    }

    private func takeOver(_ records: [LedgerRecord], _ kind: EngineKind) throws -> Int {
        let engines = try TestEngines(kind)
        let store = try Store(settingUp: engines.open())
        return try store.write { connection in
            var ledger = try Ledger(connection, store.engine.dialect, actor: "")
            // In parts, as files are read.
            for record in records { try ledger.takeOver([record]) }
            return ledger.lastSeq
        }
    }

    @Test("What is taken over follows from what is there, or is refused", arguments: EngineKind.tested)
    func takesOver(kind: EngineKind) throws {
        let (_, records) = try filled(kind)
        #expect(try takeOver(records, kind) == 3)
        func changed(_ place: Int, _ change: (inout LedgerRecord) -> Void) -> [LedgerRecord] {
            var all = records
            change(&all[place])
            return all
        }
        let broken: [[LedgerRecord]] = [
            Array(records.dropFirst()), [records[0], records[2]], [records[0], records[2], records[1]],
            records + [records[2]], changed(1) { $0.body = "{\"id\":\"eve\",\"role\":\"owner\"}" },
            changed(1) { $0.hash[0] ^= 1 }, changed(1) { $0.actor = "eve" }, changed(1) { $0.recordedAt += 1 },
            changed(2) { $0.words = "{\"name\":\"Eve\"}" }, changed(2) { $0.wordsHash = nil },
        ]
        for records in broken { #expect(throws: LedgerFault.self) { try takeOver(records, kind) } }
    }

    @Test("What cannot be read is a fault, and never reads as nothing", arguments: EngineKind.tested)
    func unreadable(kind: EngineKind) throws {
        let (engines, _) = try filled(kind)
        let engine = try engines.open()
        for body in ["", "{", "[]", "{\"id\":\"ada\"} x", "null"] {
            #expect(throws: StorageError.self, "\(body)") {
                try engine.read { connection in
                    try connection.first("SELECT $1, words FROM fact".replacing("$1", with: "'\(body)'")) {
                        try $0.texts(0, 1)
                    }
                }
            }
        }
        let texts = try engine.read { try $0.first("SELECT body, words FROM fact ORDER BY seq") { try $0.texts(0, 1) } }
        #expect(texts == ["id": "ada", "role": "agent", "name": "ada"])
    }
}
