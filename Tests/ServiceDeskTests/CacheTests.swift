import Agreements
import Database
import FoundationEssentials
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

@Suite("What is kept of clients is what working it out anew gives")
struct CacheTests {
    private func expectFresh(_ test: TestDesk, _ risk: RiskCache, _ year: YearCache, _ what: String) throws {
        try test.store.read { connection in
            let rows = try risk.rows(connection, desk: test.desk)
            #expect(try rows == RiskCache().rows(connection, desk: test.desk), "\(what)")
            for id in try Directory(connection).clientIDs() {
                #expect(
                    try risk.rows(of: id, connection, desk: test.desk)
                        == RiskCache().rows(of: id, connection, desk: test.desk), "\(what)")
                #expect(
                    try year.months(of: id, connection, desk: test.desk)
                        == YearCache().months(of: id, connection, desk: test.desk), "\(what)")
            }
        }
    }

    @Test("After every kind of operation, and every turn of the clock", arguments: EngineKind.tested)
    func operations(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let (risk, year) = (RiskCache(), YearCache())
        let ours = try test.lastRequest()
        try expectFresh(test, risk, year, "first")
        func step<Asked: DeskOperation>(_ operation: Asked) throws {
            try test.perform(operation)
            try expectFresh(test, risk, year, "\(operation)")
        }
        try step(AddClient(id: "beta", fullName: "Beta", zone: #require(Zone(identifier: "Asia/Tokyo"))))
        try step(
            SignContract(
                id: "beta-web", client: "beta", serviceLine: "website-maintenance", plan: "care-5", from: "2026-09-01"))
        try step(OpenRequest(client: "beta", serviceLine: "website-maintenance", title: "Theirs"))
        let theirs = try test.lastRequest()
        try step(LogTime(request: ours, workType: "research", when: .dated("2026-09-10", "1:15")))
        try step(LogTime(request: theirs, workType: "research", when: .dated("2026-09-11", "2:00")))
        let entry = try test.store.read {
            try $0.first("SELECT subject FROM fact WHERE kind = 'time' ORDER BY seq LIMIT 1") { EntryID($0.text(0)) }
        }
        let first = try #require(entry)
        try step(CorrectTime(entry: first, when: .dated("2026-09-10", "1:45"), reason: "misread"))
        // To the other client, and back.
        try step(MoveRequest(request: ours, client: "beta", reason: "misread"))
        try step(VoidTime(entry: first, reason: "twice"))
        try step(MoveRequest(request: ours, client: "acme", reason: "read again"))
        try step(BuyBlock(client: "acme", scope: .client, hours: "5:00"))
        try step(LogTime(request: ours, workType: "research", when: .dated("2026-09-12", "3:15")))
        try step(ChangePlan(contract: "acme-web", plan: "care-5", on: "2026-09-15"))
        try step(AddUser(id: "ari", fullName: "Ari", role: .agent))
        test.clock.set("2026-10-02T08:00:00Z")
        try expectFresh(test, risk, year, "a new month")
        try step(ClosePeriod(client: "acme", period: "2026-09"))
        try step(LogTime(request: ours, workType: "research", when: .dated("2026-09-30", "0:30")))
        // Noon at UTC is the next day in Tokyo at 15:00.
        test.clock.set("2026-10-02T15:30:00Z")
        try expectFresh(test, risk, year, "a new day for one client")
        let yaml = try String(contentsOfFile: Examples.path("terms/current.yaml"), encoding: .utf8)
            .replacing("effective: 2021-01-01", with: "effective: 2026-10-01").replacing("hours: 5", with: "hours: 4")
        try step(AddTerms(yaml: yaml, file: "new"))
        try step(EndContract(contract: "acme-web", on: "2026-10-31"))
    }

    @Test("Nearest to trouble first, and every client's months in order")
    func order() throws {
        let test = try TestDesk.withAcme(.sqlite)
        for (name, hours) in [("over", "2:30"), ("soon", "1:45"), ("calm", "0:10")] as [(String, Hours)] {
            let client = ClientID(name)
            try test.perform(AddClient(id: client, fullName: name, zone: .utc))
            try test.perform(
                SignContract(
                    id: ContractID(name), client: client, serviceLine: "website-maintenance", plan: "care-2",
                    from: "2026-08-01"))
            try test.perform(OpenRequest(client: client, serviceLine: "website-maintenance", title: name))
            try test.log("2026-09-10", hours)
        }
        try test.store.read { connection in
            let rows = try RiskCache().rows(connection, desk: test.desk)
            // Of those that last, the one of whom more would lapse.
            #expect(rows.map(\.client) == ["over", "soon", "acme", "calm"])
            let months = try YearCache().months(of: "soon", connection, desk: test.desk)
            #expect(months.map(\.period) == ["2026-08", "2026-09"])
            #expect(months.map(\.plan) == ["0", "1:45"])
            #expect(months.map(\.lapsed) == ["2:00", "0"])
        }
    }
}
