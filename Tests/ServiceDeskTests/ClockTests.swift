import Foundation
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

@Suite("Clocks that are wrong")
struct ClockTests {
    /// Lets the clock jump years ahead while one fact is recorded.
    private func jump(_ test: TestDesk, backTo now: String) throws {
        test.clock.set("2031-03-05T10:00:00Z")
        try test.perform(OpenRequest(client: "acme", serviceLine: "website-maintenance", title: "Of another time"))
        test.clock.set(now)
    }

    /// When the work on a request was, entry by entry.
    private func entries(_ test: TestDesk, _ request: RequestID) throws -> [TimeEntry.When] {
        let facts = try test.desk.preview(by: test.owner) { try $0.facts().all() }
        return facts.timeEntries.filter { $0.request == request }.map(\.when)
    }

    @Test("A jump ahead during one write changes no timer that runs", arguments: EngineKind.tested)
    func jumpWhileRunning(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        test.clock.set("2026-09-21T09:00:00Z")
        try test.perform(StartTimer(request: request, workType: "research"))
        try jump(test, backTo: "2026-09-21T09:30:00Z")
        let stopped = try test.perform(StopTimer())
        #expect(stopped.remarks == [])
        #expect(try entries(test, request) == [.clocked(start: "2026-09-21T09:00:00Z", end: "2026-09-21T09:30:00Z")])
        #expect(try test.verify().faults == [])
    }

    @Test("Nor one that is started after it, nor what day it is", arguments: EngineKind.tested)
    func jumpBefore(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        try jump(test, backTo: "2026-09-21T09:00:00Z")
        try test.perform(StartTimer(request: request, workType: "research"))
        #expect(try test.store.read { try Timers($0).running(of: "olga")?.since } == "2026-09-21T09:00:00Z")
        test.clock.set("2026-09-21T09:45:00Z")
        try test.perform(StopTimer())
        #expect(try entries(test, request) == [.clocked(start: "2026-09-21T09:00:00Z", end: "2026-09-21T09:45:00Z")])
        let today = try test.desk.preview(by: test.owner) { try $0.today(of: "acme", $0.standing(of: "acme")) }
        #expect(today == "2026-09-21")
        // The month that is not over stays open.
        #expect(throws: Problems.self) { try test.perform(ClosePeriod(client: "acme", period: "2026-09")) }
        #expect(try test.statements("acme", through: "2026-09").last?.totals.worked == "0:45")
        #expect(try test.verify().faults == [])
    }

    @Test("Two servers a minute and a half apart measure what each of them sees", arguments: EngineKind.tested)
    func twoServers(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        let clock = test.clock
        let behind = try ServiceDesk(
            store: Store(opening: test.engines.open()), clock: { clock.now + -Hours(seconds: 90) },
            random: { Array(repeating: 5, count: $0) })
        test.clock.set("2026-09-21T09:00:00Z")
        try test.log("2026-09-21", "0:10")
        _ = try behind.perform(StartTimer(request: request, workType: "research"), by: test.owner)
        test.clock.set("2026-09-21T09:01:00Z")
        let stopped = try behind.perform(StopTimer(), by: test.owner)
        #expect(stopped.remarks == [])
        #expect(
            try entries(test, request).last == .clocked(start: "2026-09-21T08:58:30Z", end: "2026-09-21T08:59:30Z"))
        // What one has just recorded may be put right on the other, though it ends ahead of its clock.
        try test.perform(StartTimer(request: request, workType: "research"))
        test.clock.set("2026-09-21T09:02:00Z")
        let logged = try test.perform(StopTimer())
        _ = try behind.perform(
            CorrectTime(entry: EntryID(logged.id), note: "Put right", reason: "A word was missing"), by: test.owner)
        #expect(try test.verify().faults == [])
    }

    @Test("A clock that was set back while a timer ran: what is logged says so", arguments: EngineKind.tested)
    func setBack(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        test.clock.set("2026-09-21T09:00:00Z")
        try test.perform(StartTimer(request: test.lastRequest(), workType: "research"))
        test.clock.set("2026-09-21T08:30:00Z")
        let stopped = try test.perform(StopTimer())
        #expect(stopped.remarks.contains { $0.contains("2026-09-21T09:00:00Z") && $0.contains("correct the entry") })
    }

    @Test("The last of two facts counts, whatever the clock said", arguments: EngineKind.tested)
    func order(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let entry = EntryID(try test.log("2026-09-05", "0:30").id)
        test.clock.set("2026-09-25T10:00:00Z")
        try test.perform(CorrectTime(entry: entry, when: .dated("2026-09-05", "1:00"), reason: "It took longer"))
        try test.perform(ChangePlan(contract: "acme-web", plan: "care-5", on: "2026-09-20"))
        // An hour earlier, and then years.
        test.clock.set("2026-09-25T09:00:00Z")
        try test.perform(CorrectTime(entry: entry, when: .dated("2026-09-05", "1:30"), reason: "Longer still"))
        test.clock.set("2021-09-25T09:00:00Z")
        try test.perform(CorrectTime(entry: entry, note: "Read", reason: "A note"))
        test.clock.set("2026-10-02T09:00:00Z")
        let statement = try #require(test.statements("acme", through: "2026-09").last)
        #expect(statement.totals.worked == "1:30")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        // Closed again before it was opened, by the clock.
        try test.perform(ReopenPeriod(client: "acme", period: "2026-09", reason: "A day was missing"))
        test.clock.set("2026-10-01T09:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        #expect(try test.store.read { try Closings($0).last(of: "acme") } == "2026-09")
        try test.expectSnapshotsChangeNothing("acme", ["2026-10"])
        #expect(try test.verify().faults == [])
    }

    @Test("A jump ahead takes no answers away")
    func answers() throws {
        let test = try TestDesk.withAcme(.sqlite)
        try test.log("2026-09-05", "0:30", key: "api/one")
        test.clock.set("2031-03-05T10:00:00Z")
        try test.log("2026-09-06", "0:30", key: "api/two")
        test.clock.set("2026-09-21T09:00:00Z")
        try test.log("2026-09-05", "0:30", key: "api/one")
        #expect(try entries(test, test.lastRequest()).count == 2)
    }

    @Test("How far it is behind the last fact is known", arguments: EngineKind.tested)
    func behind(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        func behind(_ now: Instant) throws -> Hours { try test.store.read { try Clocks.behind($0, now: now) } }
        try test.log("2026-09-05", "0:30")
        #expect(try behind("2026-09-20T08:00:00Z") == .zero)
        #expect(try behind("2026-09-21T08:00:00Z") == .zero)
        #expect(try behind("2026-09-20T07:58:30Z") == Hours(seconds: 90))
    }

    /// A machine whose clock and counter a test sets.
    private final class Machine: Sendable {
        let wall = Locked(1_000_000)
        let count = Locked(0)
        let told = Locked<[String]>([])

        func clock() -> SteadyClock {
            let (wall, count, told) = (wall, count, told)
            return SteadyClock(
                system: { Instant(seconds: wall.value) }, counted: { count.value },
                told: { step, isBelieved in told.change { $0.append("\(step.seconds) \(isBelieved)") } })
        }

        func pass(_ seconds: Int) {
            wall.change { $0 += seconds }
            count.change { $0 += seconds }
        }
    }

    @Test("A server's clock does not jump for a moment, and believes a step that holds", arguments: [86_400, -7200])
    func steady(step: Int) {
        let machine = Machine()
        let clock = machine.clock()
        #expect(clock.now.seconds == 1_000_000)
        machine.pass(10)
        // A jump for a moment.
        machine.wall.change { $0 += step }
        #expect(clock.now.seconds == 1_000_010)
        machine.pass(1)
        #expect(clock.now.seconds == 1_000_011)
        machine.wall.change { $0 -= step }
        machine.pass(1)
        #expect(clock.now.seconds == 1_000_012)
        // Small steps are the system's own business: it is slewed, or set by a few seconds.
        machine.wall.change { $0 += 20 }
        #expect(clock.now.seconds == 1_000_032)
        // A step that holds.
        machine.wall.change { $0 += step }
        #expect(clock.now.seconds == 1_000_032)
        machine.pass(59)
        #expect(clock.now.seconds == 1_000_091)
        machine.pass(1)
        #expect(clock.now.seconds == 1_000_092 + step)
        machine.pass(5)
        #expect(clock.now.seconds == 1_000_097 + step)
        #expect(machine.told.value == ["\(step) false", "\(step) false", "\(step) true"])
    }
}
