import Agreements
import Foundation
import Rating
import ServiceDesk
import Testing
import TestSupport
import Values

@Suite("What an entry would cost")
struct EntryPreviewTests {
    private func preview(_ test: TestDesk, _ when: TimeEntry.When, _ type: WorkTypeID = "research") throws
        -> EntryPreview
    {
        let request = try test.lastRequest()
        return try test.desk.preview(by: test.owner) {
            try EntryPreview($0, request: request, workType: type, when: when)
        }
    }

    private func bills(_ test: TestDesk, through last: String) throws -> [Period: Money] {
        let all = try test.statements("acme", through: last, usesSnapshots: false)
        return Dictionary(uniqueKeysWithValues: all.map { ($0.period, $0.billed) })
    }

    /// Expects that asking changes nothing and that logging it gives just the bills that were told, from the first fact on.
    @discardableResult private func expectTrue(
        _ test: TestDesk, _ when: TimeEntry.When, _ type: WorkTypeID = "research", through last: String
    ) throws -> EntryPreview {
        let before = try bills(test, through: last)
        let preview = try preview(test, when, type)
        #expect(try bills(test, through: last) == before)
        try test.perform(LogTime(request: test.lastRequest(), workType: type, when: when))
        let after = try bills(test, through: last)
        var told = before
        for bill in preview.bills {
            #expect(bill.before == before[bill.period])
            told[bill.period] = bill.after
        }
        #expect(told == after)
        return preview
    }

    @Test("An entry over the plan's hours is told in parts, with the rate and the clause", arguments: EngineKind.tested)
    func parts(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.log("2026-09-05", "1:45")
        let preview = try expectTrue(test, .dated("2026-09-06", "1:00"), through: "2026-09")
        #expect(preview.parts.count == 2)
        #expect(preview.parts[0].hasPrefix("0:15 "))
        #expect(preview.parts[1].hasPrefix("0:45 overage at $155.00/h"))
        #expect(preview.sentence.hasSuffix(": $116.25."))
        // The fee of 290.00, and three quarters of an hour at 155.00.
        #expect(preview.bills.map { "\($0.before) \($0.after)" } == ["$290.00 $406.25"])
        #expect(preview.others == [])
    }

    @Test("Within the plan's hours no bill changes, and what would be left is told")
    func within() throws {
        let test = try TestDesk.withAcme(.sqlite)
        let preview = try expectTrue(test, .dated("2026-09-06", "0:30"), through: "2026-09")
        #expect(preview.bills.map { "\($0.period) \($0.before) \($0.after)" } == ["2026-09 $290.00 $290.00"])
        #expect(preview.remarks.contains { $0.hasPrefix("1:30 would be left of ") })
    }

    @Test("An earlier entry takes the plan's hours, and what came later is told to become overage")
    func others() throws {
        let test = try TestDesk.withAcme(.sqlite)
        try test.log("2026-09-10", "2:00")
        let preview = try expectTrue(test, .dated("2026-09-05", "1:00"), through: "2026-09")
        #expect(preview.sentence.hasSuffix(": $0.00."))
        #expect(preview.others.count == 1)
        #expect(preview.others[0].hasSuffix("goes from $0.00 to $155.00"))
    }

    @Test("Time for a closed month is told as what it is: an adjustment of the next bill", arguments: EngineKind.tested)
    func closed(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        try test.log("2026-09-05", "1:45")
        test.clock.set("2026-10-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        let preview = try expectTrue(test, .dated("2026-09-30", "1:00"), through: "2026-10")
        #expect(preview.bills.map(\.period) == ["2026-10"])
        #expect(preview.sentence.hasSuffix(": $116.25."))
        #expect(preview.remarks.contains("2026-09 is closed: what this changes goes on the statement of 2026-10"))
    }

    @Test("Work across the end of a month counts in both, and a block that pays for it is less for the months since")
    func acrossMonths() throws {
        let test = try TestDesk.withAcme(.sqlite)
        try test.perform(BuyBlock(client: "acme", scope: .client, hours: "5:00"))
        try test.log("2026-09-02", "2:00")
        test.clock.set("2026-11-02T08:00:00Z")
        try test.log("2026-10-01", "6:30")
        let when = TimeEntry.When.clocked(start: "2026-09-30T22:00:00Z", end: "2026-10-01T03:00:00Z")
        let preview = try expectTrue(test, when, through: "2026-11")
        #expect(preview.parts.contains { $0.hasSuffix(" in September 2026") })
        #expect(preview.parts.contains { $0.hasSuffix(" in October 2026") })
        // What ends at midnight is in one month alone.
        let even = TimeEntry.When.clocked(start: "2026-09-30T22:00:00Z", end: "2026-10-01T00:00:00Z")
        #expect(try !self.preview(test, even).parts.contains { $0.contains(" in ") })
    }

    @Test("Any history: what is told is what logging comes to", arguments: EngineKind.tested)
    func random(kind: EngineKind) throws {
        for seed in 0..<(kind == .sqlite ? 40 : 3) {
            let test = try TestDesk.withAcme(kind)
            if seed % 2 == 0 { try test.perform(BuyBlock(client: "acme", scope: .client, hours: "5:00")) }
            test.clock.set("2026-11-10T08:00:00Z")
            let firstDay: CivilDate = "2026-09-01"
            for step in 0..<10 {
                if step == 5 { try test.perform(ClosePeriod(client: "acme", period: "2026-09")) }
                let day = firstDay + Int.random(in: 0..<65)
                let hours = Hours(seconds: 300 * Int.random(in: 1...40))
                try expectTrue(
                    test, .dated(day, hours),
                    ["research", "custom-development", "server"].randomElement() ?? "research",
                    through: "2026-11")
            }
        }
    }

    @Test("What logging would refuse is refused with the same words, and nothing is recorded")
    func refused() throws {
        let test = try TestDesk.withAcme(.sqlite)
        let facts = try test.verify().facts
        for (when, type) in [
            (.dated("2026-09-25", "1:00"), "research"), (.dated("2026-09-06", "0:00"), "research"),
            (.dated("2026-09-06", "1:00"), "gardening"), (.dated("2026-09-06", "30:00"), "research"),
        ] as [(TimeEntry.When, WorkTypeID)] {
            func words(_ body: () throws -> Void) -> [String] {
                do {
                    try body()
                    return []
                } catch let problems as Problems { return problems.all.map(\.message) } catch { return ["\(error)"] }
            }
            let asked = words { _ = try preview(test, when, type) }
            #expect(!asked.isEmpty)
            #expect(
                asked == words { try test.perform(LogTime(request: test.lastRequest(), workType: type, when: when)) })
        }
        #expect(try test.verify().facts == facts)
    }

    @Test("Accepting tells what an hour of each kind of work would be on each line")
    func outlook() throws {
        let test = try TestDesk.withAcme(.sqlite)
        try test.log("2026-09-05", "1:30")
        let id = try test.lastRequest()
        let outlook = try test.desk.preview(by: test.owner) { try BillOutlook($0, request: id) }
        let ours = outlook.lines.filter { $0.serviceLine == "website-maintenance" }
        let research = try #require(ours.first { $0.workTypes.contains("research") })
        // Half an hour is left; the other half at 155.00.
        #expect(research.outcome.hasSuffix(", $77.50"))
        let sync = try #require(
            outlook.lines.first { $0.serviceLine == "integration-support" && $0.workTypes.contains("research") })
        #expect(sync.outcome.contains("not covered"))
        let server = try #require(ours.first { $0.workTypes.contains("server") })
        #expect(server.outcome.hasSuffix(", $0.00"))
    }
}
