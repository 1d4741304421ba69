import Agreements
import Rating
import ServiceDesk
import Storage
import TestSupport
import Testing

@Suite("Many at once")
struct ConcurrencyTests {
    @Test(
        "Two processes log the last half hour at once: one gets it, the other is overage (E18)",
        arguments: EngineKind.tested)
    func lastHalfHour(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.log("2026-09-05", "1:30")
        let request = try test.lastRequest()
        let stores = try [Store(opening: test.engines.open()), Store(opening: test.engines.open())]
        try onThreads(2) { number in
            let desk = ServiceDesk(
                store: stores[number], clock: { "2026-09-20T08:00:00Z" }, random: { Array(repeating: 3, count: $0) })
            _ = try desk.perform(
                LogTime(request: request, workType: "research", when: .dated("2026-09-20", "0:30")), by: test.owner)
        }
        let statement = try #require(test.statements("acme", through: "2026-09").last)
        #expect(statement.totals.worked == "2:30")
        #expect(statement.totals.drawn == "2:00")
        #expect(statement.totals.charged == "0:30")
        #expect(statement.lines.map(\.drawn).filter { $0 == "0:30" }.count == 1)
        #expect(try test.verify().faults == [])
    }

    @Test(
        "Fifty writers on one client lose nothing, and a reader sees one state all the while",
        arguments: EngineKind.tested)
    func fifty(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        let stores = try (0..<3).map { _ in try Store(opening: test.engines.open()) }
        let torn = Locked<[String]>([])
        try onThreads(51) { number in
            if number == 50 {
                for _ in 0..<20 {
                    let statement = try test.statements("acme", through: "2026-09").last
                    let hours = statement?.totals ?? HourTotals()
                    if hours.worked != hours.drawn + hours.charged { torn.change { $0.append("\(hours)") } }
                }
                return
            }
            let desk = ServiceDesk(
                store: stores[number % 3], clock: { "2026-09-20T08:00:00Z" },
                random: { Array(repeating: 3, count: $0) })
            for turn in 0..<4 {
                let entry = LogTime(
                    request: request, workType: "research", when: .dated("2026-09-20", Hours(0, 1)),
                    note: "\(number)/\(turn)")
                // Each is sent twice, as by somebody whose connection failed.
                let first = try desk.perform(entry, by: test.owner, key: "\(number)/\(turn)")
                let second = try desk.perform(entry, by: test.owner, key: "\(number)/\(turn)")
                if first != second { torn.change { $0.append("another answer") } }
            }
        }
        #expect(torn.value == [])
        let statement = try #require(test.statements("acme", through: "2026-09").last)
        #expect(statement.totals.worked == Hours(0, 200))
        #expect(Set(statement.lines.map(\.part)).count == 1)
        #expect(statement.lines.count == 200)
        #expect(try test.verify().faults == [])
    }
}
