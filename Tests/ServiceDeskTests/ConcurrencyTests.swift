import Database
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

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

    @Test("A reader during a long import sees nothing of it, or all", arguments: EngineKind.tested)
    func readerDuringImport(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        var facts = Facts()
        facts.timeEntries = (0..<4000).map { number in
            TimeEntry(
                id: EntryID("i-\(number)"), request: request, person: "ben", workType: "research",
                when: .dated("2026-09-10", Hours(0, 1)), note: "", recordedAt: "2026-09-20T08:00:00Z")
        }
        let imported = facts
        let seen = Locked<Set<Hours>>([])
        let isDone = Locked(false)
        let other = try Store(opening: test.engines.open())
        try onThreads(2) { number in
            if number == 0 {
                defer { isDone.change { $0 = true } }
                _ = try test.perform(ImportFacts(facts: imported, digest: "x"))
                return
            }
            repeat {
                let worked = try other.read {
                    try other.account($0, of: "acme", through: "2026-09", wanting: "2026-09"..."2026-09")?.statements
                        .last?
                        .totals.worked
                }
                if let worked { seen.change { _ = $0.insert(worked) } }
            } while !isDone.value
        }
        #expect(seen.value.isSubset(of: [.zero, Hours(0, 4000)]))
        #expect(try test.statements("acme", through: "2026-09").last?.totals.worked == Hours(0, 4000))
        #expect(try test.verify().faults == [])
    }

    @Test("Of several who set a database up at once one does, and the others are told", arguments: EngineKind.tested)
    func setUp(kind: EngineKind) throws {
        for _ in 0..<10 {
            let test = try TestDesk(empty: kind)
            let stores = try (0..<3).map { _ in try Store(opening: test.engines.open()) }
            let told = Locked<[String]>([])
            try onThreads(3) { number in
                let desk = ServiceDesk(
                    store: stores[number], clock: { "2026-09-20T08:00:00Z" },
                    random: { Array(repeating: 3, count: $0) })
                do {
                    // The second and the third want the same name.
                    try desk.setUp(owner: ["ada", "bea", "bea"][number], fullName: "Owner \(number)")
                } catch let problems as Problems {
                    told.change { $0.append("\(problems)") }
                }
            }
            #expect(told.value.count == 2)
            #expect(told.value.allSatisfy { $0.contains("it is set up already") })
            let facts = try test.store.read { try $0.first("SELECT COUNT(*) FROM fact") { $0.integer(0) } }
            #expect(facts == 1)
        }
    }
}
