import Agreements
import Rating
import ServiceDesk
import Testing
import TestSupport
import Values

@Suite("Late facts in a closed month give just their adjustment (X2)")
struct LateFactsTests {
    /// September 2026: 3:00 on a plan of two hours, so 1:00 of overage at $155.00; closed on 2 October.
    private func desk(_ kind: EngineKind) throws -> (TestDesk, EntryID) {
        let test = try TestDesk.withAcme(kind)
        let entry = try test.log("2026-09-05", "3:00").id
        test.clock.set("2026-10-02T08:00:00Z")
        let closed = try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        #expect(closed.remarks == ["acme, 2026-09: $445.00"])
        return (test, EntryID(entry))
    }

    /// The adjustments in brief: what each is about, and what changes.
    private func adjustments(_ test: TestDesk) throws -> [String] {
        let statement = try #require(test.statements("acme", through: "2026-10").last)
        return statement.adjustments.map { adjustment in
            let position = adjustment.position
            return "\(position.key): worked \(position.worked), drawn \(position.drawn), charged \(position.charged), "
                + "\(position.amount)"
        }
    }

    private func expect(
        _ kind: EngineKind, _ expected: [String], _ change: (TestDesk, EntryID) throws -> Void
    ) throws {
        let (test, entry) = try desk(kind)
        #expect(try test.verify().faults == [])
        #expect(try adjustments(test) == [])
        test.clock.set("2026-10-05T08:00:00Z")
        try change(test, entry)
        #expect(try adjustments(test) == expected)
        try test.expectSnapshotsChangeNothing("acme", ["2026-10"])
        #expect(try test.verify().faults == [])
        // Issued once, they are settled: the month after has none.
        test.clock.set("2026-11-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-10"))
        #expect(try test.statements("acme", through: "2026-11").last?.adjustments.isEmpty == true)
        #expect(try test.verify().faults == [])
    }

    @Test("Late time", arguments: EngineKind.tested)
    func lateTime(kind: EngineKind) throws {
        try expect(kind, ["entry(e-9): worked 0:30, drawn 0:00, charged 0:30, $77.50"]) { test, _ in
            try test.log("2026-09-30", "0:30")
        }
    }

    @Test("An edit", arguments: EngineKind.tested)
    func edit(kind: EngineKind) throws {
        try expect(kind, ["entry(e-7): worked -0:30, drawn 0:00, charged -0:30, -$77.50"]) { test, entry in
            try test.perform(CorrectTime(entry: entry, when: .dated("2026-09-05", "2:30"), reason: "Lunch"))
        }
    }

    @Test("A void", arguments: EngineKind.tested)
    func void(kind: EngineKind) throws {
        try expect(kind, ["entry(e-7): worked -3:00, drawn -2:00, charged -1:00, -$155.00"]) { test, entry in
            try test.perform(VoidTime(entry: entry, reason: "Not theirs"))
        }
    }

    @Test("A rate agreed late and dated back", arguments: EngineKind.tested)
    func rate(kind: EngineKind) throws {
        try expect(kind, ["entry(e-7): worked 0:00, drawn 0:00, charged 0:00, -$55.00"]) { test, _ in
            var terms = NegotiatedTerms(
                contract: "acme-web", from: "2026-09-01", recordedAt: "2026-10-05T08:00:00Z")
            terms.overageRate = HourlyRate(perHour: Money(minorUnits: 10_000, .usd))
            try test.perform(Negotiate(terms: terms))
        }
    }

    @Test("A block dated back pays for nothing that was invoiced (D5)", arguments: EngineKind.tested)
    func block(kind: EngineKind) throws {
        try expect(kind, []) { test, _ in
            try test.perform(
                BuyBlock(client: "acme", scope: .client, hours: "5:00", boughtOn: "2026-10-05", effective: "2026-09-01")
            )
        }
    }

    @Test("A block dated back pays for late time", arguments: EngineKind.tested)
    func blockAndLateTime(kind: EngineKind) throws {
        try expect(kind, ["entry(e-10): worked 0:30, drawn 0:30, charged 0:00, $0.00"]) { test, _ in
            try test.perform(
                BuyBlock(client: "acme", scope: .client, hours: "5:00", boughtOn: "2026-10-05", effective: "2026-09-01")
            )
            try test.log("2026-09-30", "0:30")
        }
    }

    @Test("An upgrade dated back: the fee's difference, and the rate of the bigger plan", arguments: EngineKind.tested)
    func upgrade(kind: EngineKind) throws {
        let expected = [
            "fee(acme-web): worked 0:00, drawn 0:00, charged 0:00, $410.00",
            "entry(e-7): worked 0:00, drawn 0:00, charged 0:00, -$5.00",
        ]
        try expect(kind, expected) { test, _ in
            try test.perform(ChangePlan(contract: "acme-web", plan: "care-5", on: "2026-09-15"))
        }
    }

    @Test("Courtesy", arguments: EngineKind.tested)
    func courtesy(kind: EngineKind) throws {
        try expect(kind, ["entry(e-7): worked 0:00, drawn 0:00, charged -1:00, -$155.00"]) { test, entry in
            try test.perform(GiveCourtesy(entry: entry, hours: "1:00", reason: "Our mistake"))
        }
    }
}
