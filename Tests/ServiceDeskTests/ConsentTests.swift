import Foundation
import Rating
import ServiceDesk
import Testing
import TestSupport
import Values

@Suite("O1 at the desk: what happens when hours run out")
struct ConsentTests {
    /// A desk whose client must be asked before overage.
    private func desk(_ kind: EngineKind, _ consent: String) throws -> TestDesk {
        let test = try TestDesk.withAcme(kind)
        let yaml = try String(contentsOfFile: Examples.path("terms/current.yaml"), encoding: .utf8)
        let later = yaml.replacing("effective: 2021-01-01", with: "effective: 2026-09-01")
            .replacing("late_time: adjust\n", with: "late_time: adjust\nwhen_hours_run_out: \(consent)\n")
        #expect(later.contains("when_hours_run_out: \(consent)"))
        try test.perform(AddTerms(yaml: later, file: "later"))
        return test
    }

    @Test("Finished work is always saved; what nobody approved is not billed", arguments: EngineKind.tested)
    func ask(kind: EngineKind) throws {
        let test = try desk(kind, "ask")
        try test.log("2026-09-05", "3:00")
        let before = try #require(test.statements("acme", through: "2026-09").last).totals
        #expect(before.drawn == "2:00")
        #expect(before.charged == .zero)
        #expect(before.withheld == "1:00")
        let request = try test.lastRequest()
        let refused = #expect(throws: Problems.self) {
            try test.perform(StartTimer(request: request, workType: "research"))
        }
        #expect(refused?.all.first?.message == "no hours are left for it, and the client has not approved more")
        // Server work is never charged, and so never held up.
        try test.perform(StartTimer(request: request, workType: "server"))
        try test.perform(StopTimer())

        try test.perform(GivePermit(request: request, hours: "0:45", until: "2026-09-30", by: "Cy"))
        let after = try #require(test.statements("acme", through: "2026-09").last).totals
        #expect(after.charged == "0:45")
        #expect(after.withheld == "0:15")
        try test.perform(GivePermit(request: request, hours: "5:00", until: "2026-09-30", by: "Cy"))
        try test.perform(StartTimer(request: request, workType: "research"))
        #expect(try test.verify().faults == [])
    }

    @Test(
        "A permit is advised only where it would change the figure",
        arguments: [
            ("ask", "the client has not approved more", true), ("stop", "the client has agreed to no overage", false),
            ("{allow_up_to: 0:30}", "the 0:30 of overage that the client agreed to are used", false),
        ])
    func advice(consent: String, why: String, helps: Bool) throws {
        let test = try desk(.sqlite, consent)
        let request = try test.lastRequest()
        #expect(
            try test.desk.preview(by: test.owner) { try $0.permitMatters(for: $0.request(request).request) } == helps)
        try test.log("2026-09-05", "3:00")
        let refused = #expect(throws: Problems.self) {
            try test.perform(StartTimer(request: request, workType: "research"))
        }
        #expect(refused?.all.first?.message == "no hours are left for it, and \(why)")
        #expect(refused?.all.first?.fix.contains("request permit") == helps)
        let preview = try test.desk.preview(by: test.owner) {
            try EntryPreview($0, request: request, workType: "research", when: .dated("2026-09-06", "1:00"))
        }
        #expect(preview.sentence.contains("the client has not approved this overage") == helps)
        // Whoever records one all the same is told that it does nothing.
        let given = try test.perform(GivePermit(request: request, hours: "0:45", until: "2026-09-30", by: "Cy"))
        #expect(given.remarks.isEmpty == helps)
    }

    @Test("A permit that ends before the work helps nothing, and neither does one where nothing is withheld")
    func noPermit() throws {
        let test = try desk(.sqlite, "ask")
        let request = try test.lastRequest()
        try test.log("2026-09-05", "3:00")
        let early = try test.perform(GivePermit(request: request, hours: "0:45", until: "2026-09-04", by: "Cy"))
        #expect(early.remarks.map { $0.hasPrefix("as things stand it changes no figure") } == [true])
        let allowed = try TestDesk.withAcme(.sqlite)
        try allowed.log("2026-09-05", "3:00")
        let same = try allowed.lastRequest()
        #expect(
            try !allowed.desk.preview(by: allowed.owner) { try $0.permitMatters(for: $0.request(same).request) })
    }

    @Test(
        "A permit that lasts is used once over closed and open months, with and without snapshots",
        arguments: EngineKind.tested)
    func lasting(kind: EngineKind) throws {
        let test = try desk(kind, "ask")
        try test.log("2026-09-05", "3:00")
        try test.perform(GivePermit(request: test.lastRequest(), hours: "1:30", until: "2026-12-31", by: "Cy"))
        test.clock.set("2026-10-20T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        try test.log("2026-10-05", "3:00")
        let october = try #require(test.statements("acme", through: "2026-10").last).totals
        #expect(october.charged == "0:30")
        #expect(october.withheld == "0:30")
        try test.expectSnapshotsChangeNothing("acme", ["2026-10"])
        #expect(try test.verify().faults == [])
    }

    @Test(
        "The last closed month can be opened again and closed anew; an earlier one cannot", arguments: EngineKind.tested
    )
    func reopening(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.log("2026-09-05", "1:00")
        #expect(throws: Problems.self) {
            try test.perform(ReopenPeriod(client: "acme", period: "2026-09", reason: "x"))
        }
        test.clock.set("2026-11-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        try test.perform(ClosePeriod(client: "acme", period: "2026-10"))
        #expect(throws: Problems.self) {
            try test.perform(ReopenPeriod(client: "acme", period: "2026-09", reason: "x"))
        }
        try test.perform(ReopenPeriod(client: "acme", period: "2026-10", reason: "Closed too early"))
        try test.perform(ReopenPeriod(client: "acme", period: "2026-09", reason: "Closed too early"))
        try test.log("2026-09-06", "0:30")
        let statement = try #require(test.statements("acme", through: "2026-09").last)
        #expect(statement.closedAt == nil)
        #expect(statement.totals.worked == "1:30")
        #expect(try test.verify().faults == [])
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        try test.perform(ClosePeriod(client: "acme", period: "2026-10"))
        #expect(try test.statements("acme", through: "2026-11").map(\.period) == ["2026-11"])
        #expect(try test.statements("acme", through: "2026-11").last?.adjustments.isEmpty == true)
        #expect(try test.verify().faults == [])
    }
}
