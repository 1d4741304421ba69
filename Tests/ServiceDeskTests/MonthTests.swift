import Agreements
import Exchange
import Foundation
import Rating
import ServiceDesk
import Storage
import Testing

@Suite("A month at the desk")
struct MonthTests {
    let test: TestDesk

    init() throws {
        test = try TestDesk(at: "2026-09-01T08:00:00Z")
        try test.perform(AddClient(id: "acme", fullName: "Acme", zone: .utc))
        try test.perform(
            SignContract(
                client: "acme", serviceLine: "website-maintenance", plan: "care-2", from: "2026-09-01"))
        try test.perform(OpenRequest(client: "acme", serviceLine: "website-maintenance", title: "Slow pages"))
    }

    private func log(_ date: String, _ hours: String, as actor: Actor? = nil, key: String? = nil) throws -> Recorded {
        try test.perform(
            LogTime(
                request: test.lastRequest(), workType: "research",
                when: .dated(CivilDate(stringLiteral: date), Hours(stringLiteral: hours))), as: actor, key: key)
    }

    @Test("Time is on the statement, and the plan pays for it")
    func statement() throws {
        test.clock.set("2026-09-20T08:00:00Z")
        _ = try log("2026-09-05", "1:15")
        _ = try log("2026-09-06", "1:00")
        let statement = try #require(test.statements("acme", through: "2026-09").last)
        #expect(statement.totals.worked == Hours(2, 15))
        #expect(statement.totals.drawn == Hours(2))
        #expect(statement.totals.charged == Hours(0, 15))
    }

    @Test("A closed month stays; late time is an adjustment on the next statement")
    func closing() throws {
        test.clock.set("2026-09-20T08:00:00Z")
        _ = try log("2026-09-05", "1:15")
        #expect(throws: Problems.self) { try test.perform(ClosePeriod(client: "acme", period: "2026-09")) }
        test.clock.set("2026-10-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        #expect(try test.statements("acme", through: "2026-10").map(\.period) == ["2026-10"])
        let late = try log("2026-09-30", "1:00")
        #expect(late.remarks.count == 1)
        let statements = try test.statements("acme", through: "2026-10")
        #expect(statements.map(\.period) == ["2026-09", "2026-10"])
        let adjustments = try #require(statements.last?.adjustments)
        #expect(adjustments.count == 1)
        #expect(adjustments[0].position.drawn == Hours(0, 45))
        #expect(adjustments[0].position.charged == Hours(0, 15))
        test.clock.set("2026-11-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-10"))
        #expect(try test.statements("acme", through: "2026-11").map(\.period) == ["2026-11"])
        for month in ["2026-09", "2026-10", "2026-11"] {
            let with = try #require(test.statements("acme", through: month).last)
            let without = try #require(
                test.statements("acme", through: month, usesSnapshots: false).last {
                    $0.period == Period(stringLiteral: month)
                })
            let words = Wording(try test.store.read(test.store.terms))
            #expect(StatementJSON.document([with], words: words) == StatementJSON.document([without], words: words))
        }
    }

    @Test("A repeat with the same key gets the same answer, and one with another request is refused")
    func idempotency() throws {
        test.clock.set("2026-09-20T08:00:00Z")
        let first = try log("2026-09-05", "1:15", key: "k1")
        #expect(try log("2026-09-05", "1:15", key: "k1") == first)
        #expect(try test.statements("acme", through: "2026-09").last?.totals.worked == Hours(1, 15))
        #expect(throws: Refusal.keyUsedOtherwise("k1")) { _ = try log("2026-09-05", "1:30", key: "k1") }
    }
}
