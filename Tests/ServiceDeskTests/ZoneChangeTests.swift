import Rating
import ServiceDesk
import Testing
import TestSupport
import Values

@Suite("E48: a client's time zone changes from a month on that is not closed")
struct ZoneChangeTests {
    private let oslo = Zone(identifier: "Europe/Oslo") ?? .utc
    private let honolulu = Zone(identifier: "Pacific/Honolulu") ?? .utc

    /// A desk in November with September and October closed.
    private func desk(_ kind: EngineKind, _ prepare: (TestDesk) throws -> Void = { _ in }) throws -> TestDesk {
        let test = try TestDesk.withAcme(kind)
        test.clock.set("2026-11-05T08:00:00Z")
        try prepare(test)
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        try test.perform(ClosePeriod(client: "acme", period: "2026-10"))
        return test
    }

    private func zone(_ test: TestDesk, _ period: Period) throws -> Zone {
        try test.desk.preview(by: test.owner) { desk in
            desk.zones(of: "acme", try desk.standing(of: "acme")).zone(of: period)
        }
    }

    @Test("Where no month is given it is the next one", arguments: EngineKind.tested)
    func next(kind: EngineKind) throws {
        let test = try desk(kind)
        let changed = try test.perform(ChangeZone(client: "acme", zone: oslo))
        #expect(changed.remarks == ["months are counted in Europe/Oslo from December 2026 on"])
        #expect(try zone(test, "2026-11") == .utc)
        #expect(try zone(test, "2026-12") == oslo)
        #expect(try test.verify().faults == [])
    }

    @Test("A closed month is refused, with the month that would be right", arguments: EngineKind.tested)
    func closed(kind: EngineKind) throws {
        let test = try desk(kind)
        for period: Period in ["2026-09", "2026-10"] {
            let problems = #expect(throws: Problems.self) {
                try test.perform(ChangeZone(client: "acme", zone: oslo, from: period))
            }
            #expect(problems?.all.first?.message == "2026-10 is closed, and what is closed stays as it is")
            #expect(problems?.all.first?.fix == "write 2026-12 or a later month")
        }
        // The first open month may be.
        try test.perform(ChangeZone(client: "acme", zone: oslo, from: "2026-11"))
        #expect(try test.statements("acme", through: "2026-11").last?.adjustments.isEmpty == true)
        #expect(try test.verify().faults == [])
    }

    @Test("The end of the last closed month moves over no work", arguments: EngineKind.tested)
    func edge(kind: EngineKind) throws {
        // November began at midnight in London; in Oslo it begins an hour before, in Honolulu ten hours after.
        let test = try desk(kind) { test in
            try test.perform(
                LogTime(
                    request: test.lastRequest(), workType: "research",
                    when: .clocked(start: "2026-10-31T22:30:00Z", end: "2026-10-31T23:30:00Z")))
        }
        let problems = #expect(throws: Problems.self) {
            try test.perform(ChangeZone(client: "acme", zone: oslo, from: "2026-11"))
        }
        #expect(
            problems?.all.first?.message.hasPrefix("the end of 2026-10, which is closed, would move, and e-") == true)
        try test.perform(ChangeZone(client: "acme", zone: honolulu, from: "2026-11"))
        #expect(try test.statements("acme", through: "2026-11").last?.adjustments.isEmpty == true)
    }
}
