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

/// Closed months in a database (docs/rules.md, "Closed periods"): from snapshots as from all facts, and as they were issued.
@Suite("X2 and X3 in a database") struct ClosedMonthTests {
    /// A client without a contract, with a block of five hours bought in July.
    private func blockDesk(_ kind: EngineKind) throws -> TestDesk {
        let test = try TestDesk(kind, at: "2026-07-01T08:00:00Z")
        try test.perform(AddClient(id: "acme", fullName: "Acme", zone: .utc))
        try test.perform(OpenRequest(client: "acme", serviceLine: "website-maintenance", title: "Slow pages"))
        try test.perform(
            BuyBlock(
                client: "acme", scope: .client, hours: "5:00", boughtOn: "2026-07-01", lastDay: "2027-06-30"))
        test.clock.set("2026-07-31T08:00:00Z")
        return test
    }

    private func close(_ test: TestDesk, _ period: Period, at instant: String) throws {
        test.clock.set(instant)
        try test.perform(ClosePeriod(client: "acme", period: period))
    }

    private func shown(_ test: TestDesk, _ period: Period) throws -> Statement {
        try #require(try test.store.read { try test.store.statement($0, of: "acme", period) })
    }

    @Test("Hours freed in a later month find work of an earlier, settled one", arguments: EngineKind.tested)
    func freedHours(kind: EngineKind) throws {
        let test = try blockDesk(kind)
        try close(test, "2026-07", at: "2026-08-01T08:00:00Z")
        test.clock.set("2026-08-20T08:00:00Z")
        let august = EntryID(try test.log("2026-08-10", "5:00").id)
        try close(test, "2026-08", at: "2026-09-01T08:00:00Z")
        try test.log("2026-07-20", "2:00")
        try close(test, "2026-09", at: "2026-10-01T08:00:00Z")
        #expect(try shown(test, "2026-09").total == Money(minorUnits: 33_000, .usd))
        try test.expectSnapshotsChangeNothing("acme", ["2026-10"])
        try test.perform(VoidTime(entry: august, reason: "Not theirs"))
        try test.expectSnapshotsChangeNothing("acme", ["2026-10"])
        #expect(try shown(test, "2026-10").total == Money(minorUnits: -33_000, .usd))
        #expect(try test.verify().faults == [])
        try close(test, "2026-10", at: "2026-11-01T08:00:00Z")
        try test.expectSnapshotsChangeNothing("acme", ["2026-11"])
        let november = try shown(test, "2026-11")
        #expect(november.adjustments.isEmpty)
        #expect(november.grants.map(\.opening) == ["3:00"])
        try close(test, "2026-11", at: "2026-12-01T08:00:00Z")
        #expect(try shown(test, "2026-12").adjustments.isEmpty)
        #expect(try test.verify().faults == [])
    }

    @Test("A closed statement has the same bytes for ever", arguments: EngineKind.tested)
    func memory(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let entry = EntryID(try test.log("2026-09-05", "3:00").id)
        try close(test, "2026-09", at: "2026-10-02T08:00:00Z")
        try test.log("2026-09-30", "1:00")
        let words = Wording(try test.store.read(test.store.terms))
        func document(_ period: Period) throws -> String {
            var statement = try shown(test, period)
            statement.adjustedSince = []
            return StatementJSON.document([statement], words: words)
        }
        let september = try document("2026-09")
        #expect(try shown(test, "2026-09").adjustedSince.map(\.isIssued) == [false])
        let open = try shown(test, "2026-10")
        try close(test, "2026-10", at: "2026-11-02T08:00:00Z")
        let october = try document("2026-10")
        let closed = try shown(test, "2026-10")
        #expect(closed.adjustments == open.adjustments)
        #expect(closed.total == open.total)
        #expect(closed.billed == open.total)
        try test.perform(VoidTime(entry: entry, reason: "Not theirs"))
        try test.perform(
            AddTerms(
                yaml: String(contentsOfFile: Examples.path("terms/current.yaml"), encoding: .utf8)
                    .replacing("effective: 2021-01-01", with: "effective: 2026-11-01")
                    .replacing("list_rate: 165.00", with: "list_rate: 200.00"), file: "later"))
        try close(test, "2026-11", at: "2026-12-02T08:00:00Z")
        #expect(try document("2026-09") == september)
        #expect(try document("2026-10") == october)
        #expect(try shown(test, "2026-09").adjustedSince.map(\.shownOn) == ["2026-10", "2026-11", "2026-11"])
        #expect(try test.verify().faults == [])
    }

    @Test("Time logged in the second of a closing is late; a month closed twice in a second is closed once")
    func oneSecond() throws {
        let test = try TestDesk.withAcme(.sqlite)
        try test.log("2026-09-05", "3:00")
        try close(test, "2026-09", at: "2026-10-02T08:00:00Z")
        try test.log("2026-09-30", "1:00")
        #expect(try shown(test, "2026-10").total == Money(minorUnits: 29_000 + 15_500, .usd))
        #expect(try test.verify().faults == [])
        try test.perform(ReopenPeriod(client: "acme", period: "2026-09", reason: "Too early"))
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        #expect(try test.verify().faults == [])
        #expect(try shown(test, "2026-10").adjustments.isEmpty)
    }

    @Test("A database's own export is read, rated and taken over, to the byte", arguments: EngineKind.tested)
    func export(kind: EngineKind) throws {
        let test = try blockDesk(kind)
        let known = try #require(test.facts().blocks.first?.id)
        try test.perform(ChangeBlock(block: known, hours: .zero, reason: "Taken back"))
        try test.perform(ChangeBlock(block: known, hours: "10:00", reason: "Bought after all"))
        let july = EntryID(try test.log("2026-07-10", "4:00").id)
        try close(test, "2026-07", at: "2026-08-01T08:00:00Z")
        try test.perform(ReopenPeriod(client: "acme", period: "2026-07", reason: "Too early"))
        try test.perform(ClosePeriod(client: "acme", period: "2026-07"))
        try test.perform(VoidTime(entry: july, reason: "Not theirs"))
        try test.log("2026-07-11", "2:00")
        try close(test, "2026-08", at: "2026-09-01T08:00:00Z")
        try test.log("2026-07-12", "1:00")
        #expect(try test.verify().faults == [])

        let facts = try test.facts()
        let terms = try test.store.read(test.store.terms)
        let read = try FactsFile.read(Array(FactsFile.jsonLines(facts).utf8), file: "facts", currency: .usd)
        #expect(read == facts)
        #expect(FactsCheck(terms: terms).problems(in: read) == [])
        func document(_ facts: Facts) throws -> String {
            try test.document(Rater(terms: terms).statements(of: facts).flatMap(\.statements))
        }
        #expect(try document(read) == document(facts))

        let copy = try TestDesk(kind, at: "2026-09-02T08:00:00Z")
        try copy.perform(ImportFacts(facts: read, digest: "export"))
        #expect(try copy.verify().faults == [])
        #expect(try document(copy.facts()) == document(facts))
    }

    @Test(
        "Work dated before the first closed month is billed in its own month, which can be closed",
        arguments: EngineKind.tested)
    func beforeTheFirst(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.log("2026-09-05", "1:00")
        try close(test, "2026-09", at: "2026-10-02T08:00:00Z")
        let early = try test.log("2026-07-20", "2:00")
        #expect(early.remarks.allSatisfy { !$0.contains("is closed") }, "\(early.remarks)")
        try test.log("2026-09-06", "3:00")
        let causes = try shown(test, "2026-10").adjustments.map { $0.causes.map(\.reason) }
        for period in ["2026-07", "2026-08"] as [Period] {
            let total = try shown(test, period).total
            let closed = try test.perform(ClosePeriod(client: "acme", period: period))
            #expect(closed.remarks == ["acme, \(period): \(total)"])
        }
        #expect(try shown(test, "2026-07").total == Money(minorUnits: 33_000, .usd))
        #expect(try shown(test, "2026-10").adjustments.map { $0.causes.map(\.reason) } == causes)
        try test.expectSnapshotsChangeNothing("acme", ["2026-10"])
        try close(test, "2026-10", at: "2026-11-02T08:00:00Z")
        #expect(try shown(test, "2026-11").adjustments.isEmpty)
        #expect(try test.verify().faults == [])
    }

    @Test("What was known on a day is priced by the terms known on that day")
    func knownTerms() throws {
        let test = try TestDesk.withAcme(.sqlite)
        try test.log("2026-09-05", "3:00")
        test.clock.set("2026-09-25T08:00:00Z")
        let yaml = try String(contentsOfFile: Examples.path("terms/current.yaml"), encoding: .utf8)
            .replacing("effective: 2021-01-01", with: "effective: 2026-09-02")
            .replacing("overage_rate: 155.00", with: "overage_rate: 100.00")
        try test.perform(AddTerms(yaml: yaml, file: "later"))
        func overage(knownAt instant: Instant?) throws -> Int? {
            try test.store.read { connection in
                let statement =
                    try instant.map { try test.store.statement(connection, of: "acme", "2026-09", knownAt: $0) }
                    ?? test.store.statement(connection, of: "acme", "2026-09")
                return statement?.lines.first?.amount.minorUnits
            }
        }
        #expect(try overage(knownAt: "2026-09-24T00:00:00Z") == 15_500)
        #expect(try overage(knownAt: nil) == 10_000)
    }

    @Test("Random facts in closed months: from snapshots as from all facts, and at rest after each closing")
    func random() throws {
        for seed in 0..<6 {
            var random = SplitMix(seed: UInt64(seed))
            let test = try blockDesk(.sqlite)
            try test.perform(
                SignContract(
                    id: "acme-web", client: "acme", serviceLine: "website-maintenance", plan: "care-2",
                    from: "2026-07-01"))
            var entries: [EntryID] = []
            var month: Period = "2026-07"
            for _ in 0..<8 {
                test.clock.set("\(month.lastDay)T20:00:00Z")
                for _ in 0..<3 {
                    let date = month.firstDay + Int.random(in: 0..<28, using: &random)
                    let hours = Hours(seconds: 900 * Int.random(in: 1...12, using: &random))
                    entries.append(EntryID(try test.log(date, hours).id))
                }
                test.clock.set("\(month.next.firstDay)T20:00:00Z")
                try test.perform(ClosePeriod(client: "acme", period: month))
                #expect(try shown(test, month.next).adjustments.isEmpty, "seed \(seed), \(month)")
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let entry = entries[Int.random(in: 0..<entries.count, using: &random)]
                    let date = month.firstDay + -Int.random(in: 0..<40, using: &random)
                    let hours = Hours(seconds: 900 * Int.random(in: 1...12, using: &random))
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0 where date >= "2026-07-01": entries.append(EntryID(try test.log(date, hours).id))
                    case 1:
                        entries.removeAll { $0 == entry }
                        try test.perform(VoidTime(entry: entry, reason: "Not theirs"))
                    case 2: try test.perform(GiveCourtesy(entry: entry, hours: "0:15", reason: "Our mistake"))
                    default:
                        try test.perform(
                            CorrectTime(entry: entry, when: .dated(month.firstDay, hours), reason: "Misread"))
                    }
                    try test.expectSnapshotsChangeNothing("acme", [month.next])
                }
                month = month.next
            }
            #expect(try test.verify().faults == [], "seed \(seed)")
        }
    }
}

/// Random numbers that a seed repeats (SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
