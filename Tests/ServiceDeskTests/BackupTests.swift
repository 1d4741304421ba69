import Agreements
import Foundation
import Rating
import ServiceDesk
import Storage
import TestSupport
import Testing

@Suite("Backup and restore")
struct BackupTests {
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
        let manifest = try Backup.write(test.store, to: path, at: test.clock.now)
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        for target in EngineKind.tested {
            let copy = try TestDesk(empty: target)
            copy.clock.set("2026-10-02T08:00:00Z")
            #expect(try Backup.restore(data, file: path, into: copy.store) == manifest)
            #expect(try copy.export() == test.export())
            let audits = try [test, copy].map { desk in try desk.store.read { try AuditTrail($0).latest(limit: 100) } }
            #expect(audits[0] == audits[1])
            #expect(try copy.verify() == test.verify())
            #expect(try copy.verify().snapshots == 1)
            // A repeat of what was done before the backup is still known.
            #expect(try copy.log("2026-09-05", "1:15", key: "k").id == "e-7")
            #expect(throws: Problems.self) { try Backup.restore(data, file: path, into: copy.store) }
        }
        #expect(throws: Problems.self) { try Backup.write(test.store, to: path, at: test.clock.now) }
    }

    @Test("A backup that was cut, changed or mixed up is refused, and nothing is restored")
    func damaged() throws {
        let test = try desk(.sqlite)
        let path = file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try Backup.write(test.store, to: path, at: test.clock.now)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
        var wrong: [[String]] = [Array(lines.dropLast()), Array(lines.dropFirst()), lines + [lines[2]], []]
        for place in lines.indices.dropFirst().dropLast() {
            wrong.append(lines.enumerated().filter { $0.offset != place }.map(\.element))
            var changed = lines
            changed[place] = changed[place].replacing("acme", with: "acmo").replacing("olga", with: "eve")
            if changed != lines { wrong.append(changed) }
        }
        for lines in wrong {
            let copy = try TestDesk(empty: .sqlite)
            let text = lines.map { $0 + "\n" }.joined()
            #expect(throws: Problems.self) { try Backup.restore(Data(text.utf8), file: "b", into: copy.store) }
            #expect(try copy.verify().facts == 0)
        }
    }
}
