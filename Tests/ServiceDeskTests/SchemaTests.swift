import Agreements
import Foundation
import Rating
import ServiceDesk
import Storage
import TestSupport
import Testing

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
}
