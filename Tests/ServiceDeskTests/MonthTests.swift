import Agreements
import Rating
import ServiceDesk
import Testing
import TestSupport
import Values

@Suite("A month at the desk")
struct MonthTests {
    @Test("Time is on the statement, and the plan pays for it", arguments: EngineKind.tested)
    func statement(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.log("2026-09-05", "1:15")
        try test.log("2026-09-06", "1:00")
        let statement = try #require(test.statements("acme", through: "2026-09").last)
        #expect(statement.totals.worked == "2:15")
        #expect(statement.totals.drawn == "2:00")
        #expect(statement.totals.charged == "0:15")
        #expect(try test.verify().faults == [])
    }

    @Test("A closed month stays; late time is an adjustment on the next statement", arguments: EngineKind.tested)
    func closing(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.log("2026-09-05", "1:15")
        #expect(throws: Problems.self) { try test.perform(ClosePeriod(client: "acme", period: "2026-09")) }
        test.clock.set("2026-10-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        #expect(try test.statements("acme", through: "2026-10").map(\.period) == ["2026-10"])
        let late = try test.log("2026-09-30", "1:00")
        #expect(late.remarks == ["2026-09 is closed: what this changes goes on the statement of 2026-10"])
        let statements = try test.statements("acme", through: "2026-10")
        #expect(statements.map(\.period) == ["2026-09", "2026-10"])
        let adjustments = try #require(statements.last?.adjustments)
        #expect(adjustments.map(\.position.drawn) == ["0:45"])
        #expect(adjustments.map(\.position.charged) == ["0:15"])
        test.clock.set("2026-11-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-10"))
        #expect(try test.statements("acme", through: "2026-11").map(\.period) == ["2026-11"])
        try test.expectSnapshotsChangeNothing("acme", ["2026-09", "2026-10", "2026-11"])
        #expect(try test.verify().faults == [])
    }

    @Test("Months are closed in their order, once, and not before they are over")
    func order() throws {
        let test = try TestDesk.withAcme(.sqlite)
        test.clock.set("2026-12-01T08:00:00Z")
        func message(_ period: Period) -> String? {
            let problems = #expect(throws: Problems.self) {
                try test.perform(ClosePeriod(client: "acme", period: period))
            }
            return problems?.all.first?.message
        }
        #expect(message("2026-10") == "2026-09 is not closed yet")
        #expect(message("2026-12") == "the month is not over where the client is")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        #expect(message("2026-09") == "it is closed")
        #expect(message("2026-11") == "2026-10 is not closed yet")
    }

    @Test(
        "A repeat with the same key gets the same answer, and one with another request is refused",
        arguments: EngineKind.tested)
    func idempotency(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let first = try test.log("2026-09-05", "1:15", key: "k1")
        #expect(try test.log("2026-09-05", "1:15", key: "k1") == first)
        #expect(try test.statements("acme", through: "2026-09").last?.totals.worked == "1:15")
        #expect(throws: Refusal.keyUsedOtherwise("k1")) { try test.log("2026-09-05", "1:30", key: "k1") }
    }

    @Test("A request that moves takes its time with it, in closed months too", arguments: EngineKind.tested)
    func move(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.perform(AddClient(id: "bolt", fullName: "Bolt", zone: .utc))
        try test.log("2026-09-05", "1:15")
        test.clock.set("2026-10-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        try test.perform(MoveRequest(request: test.lastRequest(), client: "bolt", reason: "It was theirs"))
        let entry = try test.log("2026-09-06", "0:30")
        #expect(entry.remarks == [])
        let back = try #require(test.statements("acme", through: "2026-10").last).adjustments
        #expect(back.map(\.position.drawn) == [Hours(seconds: -4500)])
        let theirs = try test.statements("bolt", through: "2026-10").first { $0.period == "2026-09" }
        #expect(theirs?.totals.worked == "1:45")
        // A correction after the move counts where the request is now.
        try test.perform(
            CorrectTime(entry: EntryID(entry.id), when: .dated("2026-09-06", "0:45"), reason: "It took longer"))
        #expect(try test.statements("bolt", through: "2026-10").first?.totals.worked == "2:00")
        try test.expectSnapshotsChangeNothing("acme", ["2026-10"])
        #expect(try test.verify().faults == [])
    }

    @Test("A timer that is stopped always saves its time; a person has one", arguments: EngineKind.tested)
    func timer(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        #expect(throws: Problems.self) { try test.perform(StopTimer()) }
        test.clock.set("2026-09-30T23:30:00Z")
        try test.perform(StartTimer(request: request, workType: "research"))
        #expect(throws: Problems.self) { try test.perform(StartTimer(request: request, workType: "research")) }
        test.clock.set("2026-10-01T00:30:00Z")
        try test.perform(StopTimer(note: "Over midnight"))
        let statements = try test.statements("acme", through: "2026-10", usesSnapshots: false)
        #expect(statements.map(\.totals.worked) == ["0:30", "0:30"])
        #expect(throws: Problems.self) { try test.perform(StopTimer()) }
    }

    @Test("A block is sold at the price of the day, and lapses as the terms say")
    func block() throws {
        let test = try TestDesk.withAcme(.sqlite)
        try test.perform(BuyBlock(client: "acme", scope: .client, hours: "5:00"))
        let facts = try test.desk.preview(by: test.owner) { try $0.standing(of: "acme") }
        #expect(facts.blocks.first?.boughtOn == "2026-09-20")
        #expect(facts.blocks.first?.price == Money(minorUnits: 75_000, .usd))
        #expect(throws: Problems.self) {
            try test.perform(BuyBlock(client: "acme", scope: .client, hours: "7:00"))
        }
    }
}
