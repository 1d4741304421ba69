import Agreements
import Exchange
import Foundation
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values
import Wording

/// The real log of docs/real-log.md, where it lies beside the repository.
@Suite("The real log in a database", .enabled(if: RealLog.isThere))
struct RealLogTests {
    @Test("Imported, exported, taken over and restored it gives the same statements, to the byte")
    func sameEverywhere() throws {
        var statements: [String: String] = [:]
        for kind in EngineKind.tested {
            let test = try RealLog.desk(kind)
            let report = try test.perform(try RealLog.operation())
            #expect(report.newEntries == 9713)
            #expect(report.newSeconds == 54731 * 3600 + 18 * 60)
            statements["\(kind)"] = try RealLog.document(test.facts(), test)
            #expect(try test.perform(try RealLog.operation()).newEntries == 0)

            // A facts file, in any order.
            let text = try FactsFile.jsonLines(test.facts())
            let lines = text.split(separator: "\n")
            let shuffled = ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n")
            let read = try FactsFile.read(Array(shuffled.utf8), file: "facts", currency: .usd)
            statements["\(kind) facts file"] = try RealLog.document(read, test)

            // Each client by itself, as a statement reads it.
            var accounts: [Statement] = []
            for client in try test.store.read({ try Directory($0).clientIDs() }) {
                accounts += try test.statements(client.text, through: "2014-12")
            }
            statements["\(kind) by client"] = try test.document(accounts)

            for target in EngineKind.tested {
                let export = try test.export()
                let copy = try TestDesk(empty: target)
                #expect(try LedgerImport(copy.store).run(Data(export.utf8), file: "export") > 9713)
                #expect(try copy.export() == export)
                statements["\(kind) to \(target)"] = try RealLog.document(copy.facts(), copy)
            }
        }
        #expect(Set(statements.values).count == 1, "\(statements.mapValues(\.count))")
    }

    @Test("Every month closed, it is whole, before and after late facts in closed months")
    func closed() throws {
        let test = try RealLog.desk(.sqlite)
        try test.perform(try RealLog.operation())
        for client in ["pc7", "pc2"] {
            let months = try test.statements(client, through: "2014-12").map(\.period)
            for month in months { try test.perform(ClosePeriod(client: ClientID(client), period: month)) }
            #expect(try test.statements(client, through: "2015-01").map(\.period) == ["2015-01"])
        }
        #expect(try test.verify().faults == [])
        let entry = try #require(test.facts().timeEntries.first { $0.request.text.hasPrefix("pc7/") })
        try test.perform(VoidTime(entry: entry.id, reason: "It was not theirs"))
        let adjustments = try #require(test.statements("pc7", through: "2015-01").last?.adjustments)
        #expect(adjustments.contains { $0.position.key == .entry(entry.id) && $0.position.worked < .zero })
        let sum = adjustments.reduce(0) { $0 + $1.position.worked.seconds }
        #expect(sum == -entry.worked.seconds)
        #expect(try test.verify().faults == [])
        try test.expectSnapshotsChangeNothing("pc7", ["2010-03", "2015-01"])
    }
}

extension RealLogTests {
    /// So many late facts; it takes minutes, so by hand alone: MAINSTAY_LATE_FACTS=5000.
    static let lateFacts = Int(ProcessInfo.processInfo.environment["MAINSTAY_LATE_FACTS"] ?? "") ?? 0

    @Test(
        "Closed in order, it stays whole and comes to rest whatever late facts are thrown in over all years",
        .enabled(if: lateFacts > 0))
    func lateFacts() throws {
        let test = try RealLog.desk(.sqlite)
        try test.perform(try RealLog.operation())
        let clients = try test.store.read { try Directory($0).clientIDs() }
        var last: [ClientID: Period] = [:]
        for client in clients {
            for month in try test.statements(client.text, through: "2014-12").map(\.period) {
                try test.perform(ClosePeriod(client: client, period: month))
                last[client] = month
            }
        }
        var random = SplitMix(seed: 11)
        let facts = try test.facts()
        let requests = Dictionary(uniqueKeysWithValues: facts.requests.map { ($0.id, $0) })
        var entries = facts.timeEntries
        for number in 0..<RealLogTests.lateFacts {
            let place = Int.random(in: 0..<entries.count, using: &random)
            let entry = entries[place]
            let hours = Hours(seconds: 300 * Int.random(in: 1...100, using: &random))
            let date: CivilDate =
                switch entry.when {
                case .dated(let date, _): date
                case .clocked(let start, _): Zone.utc.date(of: start)
                }
            switch number % 4 {
            case 0:
                entries.swapAt(place, entries.count - 1)
                entries.removeLast()
                try test.perform(VoidTime(entry: entry.id, reason: "Not theirs"))
            case 1:
                try test.perform(CorrectTime(entry: entry.id, when: .dated(date, hours), reason: "Misread"))
            case 2:
                try test.perform(GiveCourtesy(entry: entry.id, hours: min(hours, entry.worked), reason: "Our mistake"))
            default:
                try test.perform(
                    LogTime(request: entry.request, workType: entry.workType, when: .dated(date, hours)))
            }
            // Now and then a month is closed, so that later facts meet several layers.
            guard number % 8 == 7, let client = requests[entry.request]?.client, let period = last[client] else {
                continue
            }
            try test.perform(ClosePeriod(client: client, period: period.next))
            last[client] = period.next
            #expect(try test.statements(client.text, through: "\(period.next.next)").last?.adjustments.isEmpty == true)
        }
        #expect(try test.verify().faults == [])
        for (client, period) in last {
            try test.expectSnapshotsChangeNothing(client.text, [period.next])
            try test.perform(ClosePeriod(client: client, period: period.next))
            let next = try test.statements(client.text, through: "\(period.next.next)").last
            #expect(next?.adjustments.isEmpty == true, "\(client)")
        }
        #expect(try test.verify().faults == [])
    }
}

enum RealLog {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data/sip/harvest.csv")
        .path

    static var isThere: Bool { FileManager.default.fileExists(atPath: path) }

    /// A desk whose terms were in force when the log was kept.
    static func desk(_ kind: EngineKind) throws -> TestDesk {
        let test = try TestDesk(kind, terms: [])
        let yaml = try String(contentsOfFile: Examples.path("terms/current.yaml"), encoding: .utf8)
        try test.perform(
            AddTerms(yaml: yaml.replacing("effective: 2021-01-01", with: "effective: 2004-01-01"), file: "terms"))
        return test
    }

    static func operation() throws -> ImportTime {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let terms = try TermsHistory(
            always: TermsFile.read(
                [UInt8](Data(contentsOf: URL(fileURLWithPath: Examples.path("terms/current.yaml")))), file: "terms"))
        let today = CivilDate(stringLiteral: "2026-11-23")
        let export = try bytes.withUnsafeBytes { raw in
            try TimeExport.read(raw.bindMemory(to: UInt8.self), file: "log", allowsLongEntries: true, today: today)
        }
        let text = MappingDraft(export, terms: terms).text
        let mapping = try MappingFile.read(Array(text.utf8), file: "map", terms: terms)
        return ImportTime(export: export, mapping: mapping, digest: "log")
    }

    static func document(_ facts: Facts, _ test: TestDesk) throws -> String {
        let terms = try test.store.read(test.store.terms)
        return try test.document(Rater(terms: terms).accounts(of: facts, through: "2014-12").flatMap(\.statements))
    }
}

extension TestDesk {
    /// All facts that rating reads.
    func facts() throws -> Facts { try store.read { try desk.loader($0).all() } }

    /// Statements as JSON.
    func document(_ statements: [Statement]) throws -> String {
        StatementJSON.document(statements, words: Wording(try store.read(store.terms)))
    }

    /// The whole ledger as it is exported.
    func export() throws -> String {
        try store.read { connection in
            var lines = [FactExport.header]
            try LedgerReader(connection).forEach { record, _ in lines.append(FactExport.line(record)) }
            return lines.joined(separator: "\n") + "\n"
        }
    }
}
