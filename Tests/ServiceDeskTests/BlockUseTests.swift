import Agreements
import Database
import Foundation
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

@Suite("E19: what was used of a block cannot be taken back")
struct BlockUseTests {
    /// A desk whose client has a block of 5:00, and used 1:15 of it in September.
    private func desk(_ kind: EngineKind) throws -> (TestDesk, BlockID) {
        let test = try TestDesk.withAcme(kind)
        let block = try test.perform(
            BuyBlock(client: "acme", scope: .client, hours: "5:00", boughtOn: "2026-09-01", lastDay: "2026-12-31"))
        try test.log("2026-09-05", "3:15")
        return (test, BlockID(block.id))
    }

    private func lastEntry(_ test: TestDesk) throws -> EntryID {
        let id = try test.store.read {
            try $0.first("SELECT subject FROM fact WHERE kind = 'time' ORDER BY seq DESC LIMIT 1") { $0.text(0) }
        }
        return EntryID(id ?? "")
    }

    private func refusal(_ test: TestDesk, _ operation: some DeskOperation) throws -> Problem? {
        let problems = #expect(throws: Problems.self) { try test.perform(operation) }
        return problems?.all.first
    }

    @Test("Fewer hours than time draws now are refused, in an open month too", arguments: EngineKind.tested)
    func openMonth(kind: EngineKind) throws {
        let (test, block) = try desk(kind)
        let problem = try refusal(test, ChangeBlock(block: block, hours: .zero, reason: "Refund"))
        let entry = try lastEntry(test)
        #expect(problem?.message == "it would have 0:00, and 1:15 of it is used: 1:15 in September 2026 (\(entry))")
        #expect(problem?.fix == "leave at least 1:15: what was used cannot be taken back")
        // What was not used can be taken back.
        try test.perform(ChangeBlock(block: block, hours: "1:15", reason: "Refund of the rest"))
        #expect(try test.statements("acme", through: "2026-09").last?.totals.charged == .zero)
        #expect(try test.verify().faults == [])
    }

    @Test("What was ever issued as used stays used, though the work was withdrawn since", arguments: EngineKind.tested)
    func everUsed(kind: EngineKind) throws {
        let (test, block) = try desk(kind)
        test.clock.set("2026-10-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        try test.perform(VoidTime(entry: lastEntry(test), reason: "Not theirs"))
        let problem = try refusal(test, ChangeBlock(block: block, hours: .zero, reason: "Refund"))
        #expect(problem?.message == "it would have 0:00, and closed months were issued with 1:15 of it as used")
        #expect(try test.verify().faults == [])
    }

    @Test("Its last day stays after the work that it paid for and that was issued", arguments: EngineKind.tested)
    func lastDay(kind: EngineKind) throws {
        let (test, block) = try desk(kind)
        // Of an open month nothing was issued.
        try test.perform(ChangeBlock(block: block, lastDay: "2026-09-04", reason: "As agreed"))
        try test.perform(ChangeBlock(block: block, lastDay: "2026-10-31", reason: "As agreed after all"))
        test.clock.set("2026-10-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        let problem = try refusal(test, ChangeBlock(block: block, lastDay: "2026-09-04", reason: "As agreed"))
        #expect(
            problem?.message.hasPrefix("it would end on 2026-09-04, and paid later for work that was issued") == true)
        #expect(problem?.fix == "give 2026-09-05 or a later day")
        // No earlier than the plan hours, for of two the sooner to lapse is drawn first.
        try test.perform(ChangeBlock(block: block, lastDay: "2026-09-30", reason: "As agreed"))
        let open = try #require(test.statements("acme", through: "2026-10").last)
        #expect(open.adjustments == [])
    }

    @Test("The end of a project is no way around it, nor is a later payment", arguments: EngineKind.tested)
    func otherWays(kind: EngineKind) throws {
        let test = try TestDesk(kind, at: "2026-09-01T08:00:00Z", terms: [])
        let yaml = try String(contentsOfFile: Examples.path("terms/current.yaml"), encoding: .utf8)
            .replacing("expires: following-month, usable: on-issue", with: "expires: project-done, usable: when-paid")
        try test.perform(AddTerms(yaml: yaml, file: "paid first"))
        try test.perform(AddClient(id: "acme", fullName: "Acme", zone: .utc))
        try test.perform(
            SignContract(
                id: "acme-web", client: "acme", serviceLine: "website-maintenance", plan: "care-2", from: "2026-09-01"))
        try test.perform(AddProject(id: "shop", client: "acme", title: "Shop"))
        try test.perform(
            OpenRequest(client: "acme", serviceLine: "website-maintenance", project: "shop", title: "Build it"))
        let bought = try test.perform(
            BuyBlock(client: "acme", scope: .project("shop"), hours: "5:00", boughtOn: "2026-09-01"))
        let block = BlockID(bought.id)
        try test.perform(ChangeBlock(block: block, paidOn: "2026-09-02", reason: "Paid"))
        test.clock.set("2026-09-20T08:00:00Z")
        try test.log("2026-09-05", "4:00")
        test.clock.set("2026-10-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        let end = try refusal(test, EndProject(project: "shop", on: "2026-09-04"))
        #expect(end?.subject == "project shop")
        #expect(end?.message.contains("would end on 2026-09-04, and paid later for work that was issued: 2:00") == true)
        let paid = try refusal(test, ChangeBlock(block: block, paidOn: "2026-09-08", reason: "It came later"))
        #expect(paid?.fix == "give 2026-09-05 or an earlier day")
        try test.perform(EndProject(project: "shop", on: "2026-10-01"))
        let open = try #require(test.statements("acme", through: "2026-10").last)
        #expect(open.adjustments == [])
        #expect(try test.verify().faults == [])
    }
}
