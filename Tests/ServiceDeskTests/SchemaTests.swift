import Database
import Foundation
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport

@Suite("Every released schema")
struct SchemaTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Schemas")

    @Test("There is a dump of each")
    func complete() throws {
        for number in 1...Schema.latest {
            #expect(FileManager.default.fileExists(atPath: SchemaTests.folder.appending(path: "\(number).sql").path))
        }
    }

    @Test("A database of each opens, and everything in it is whole and comes to the same", arguments: 1...Schema.latest)
    func opens(number: Int) throws {
        let engines = try TestEngines(.sqlite)
        let engine = try engines.open()
        let dump = try String(contentsOf: SchemaTests.folder.appending(path: "\(number).sql"), encoding: .utf8)
        try engine.write { try $0.runScript(dump) }
        let store = try Store(opening: engine)
        #expect(try engine.read { try Schema.number($0, engine.dialect) } == Schema.latest)
        var verification = Verification(store)
        if number > 1 {
            // Whoever wrote the dump put an account into it by hand: that shows.
            #expect(
                try verification.run().faults
                    == ["the account of ada: by the audit trail nobody gave them an address to sign in with"])
            try store.write { _ = try $0.run("DELETE FROM account") }
            verification = Verification(store)
        }
        let report = try verification.run()
        #expect(report.faults == [])
        #expect(report.closings == 1)
        let october = try store.read {
            try store.account($0, of: "acme", through: "2026-10", wanting: "2026-10"..."2026-10")?.statements.last
        }
        #expect(october?.totals.worked == "1:30")
        #expect(october?.adjustments.map(\.position.drawn) == ["0:20"])
    }

    /// The columns of each table: whether a row may be written without it.
    private func columns(_ engine: any SQLEngine) throws -> [String: [String: Bool]] {
        try engine.read { connection in
            let tables = try connection.all(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'"
            ) { $0.text(0) }
            var all: [String: [String: Bool]] = [:]
            for table in tables {
                for (name, mayLack) in try connection.all(
                    "SELECT name, \"notnull\" = 0 OR dflt_value IS NOT NULL FROM pragma_table_info('\(table)')", [],
                    { ($0.text(0), $0.integer(1) == 1) })
                {
                    all[table, default: [:]][name] = mayLack
                }
            }
            return all
        }
    }

    @Test(
        "The program of a schema can go on writing while a newer one brings the tables forward: steps only add",
        arguments: 1..<Schema.latest)
    func older(number: Int) throws {
        let engines = try TestEngines(.sqlite)
        let engine = try engines.open()
        try Schema.update(engine, to: number)
        let before = try columns(engine)
        try Schema.update(engine, to: number + 1)
        let after = try columns(engine)
        for (table, columns) in before {
            let now = after[table] ?? [:]
            #expect(columns.keys.allSatisfy { now[$0] != nil }, "\(table)")
            #expect(now.filter { columns[$0.key] == nil && !$0.value }.isEmpty, "\(table)")
        }
    }

    @Test(
        "A server goes on where a newer one has changed the tables; it does not start again",
        arguments: EngineKind.tested)
    func newer(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.store.write {
            _ = try $0.run("INSERT INTO schema_step (number) VALUES ($1)", [.integer(Schema.latest + 1)])
        }
        try test.log("2026-09-05", "0:30")
        #expect(try test.statements("acme", through: "2026-09").last?.totals.worked == "0:30")
        #expect(throws: StorageError.newerSchema(found: Schema.latest + 1, known: Schema.latest)) {
            try Store(opening: test.engines.open())
        }
    }
}
