import Agreements
import Exchange
import Formats
import Foundation
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values

@Suite("Time in one line")
struct QuickEntryTests {
    private static let now: Instant = "2026-11-23T15:00:00Z"

    private func understood(_ line: String, zone: String = "Europe/Berlin", typical: WorkTypeID? = nil) throws
        -> QuickEntry
    {
        let test = try TestDesk(.sqlite)
        let terms = try test.store.read(test.store.terms).latest
        let zone = try #require(Zone(identifier: zone))
        return try QuickEntry(
            line, terms: terms, zones: ZoneTimeline(first: zone, changes: []), now: Self.now, defaultWorkType: typical)
    }

    @Test(
        "What people type is understood and echoed",
        arguments: [
            (
                "r-17 20m troubleshooting: checked the labels",
                "r-17, Monday, 23 November 2026, 0:20, Troubleshooting: checked the labels"
            ),
            ("r-17 20m trou checked", "r-17, Monday, 23 November 2026, 0:20, Troubleshooting: checked"),
            ("20m r-17 content", "r-17, Monday, 23 November 2026, 0:20, Content"),
            ("r-17: 1:30 content yesterday did it", "r-17, Sunday, 22 November 2026, 1:30, Content: did it"),
            ("r-17 1:30 yesterday content did it", "r-17, Sunday, 22 November 2026, 1:30, Content: did it"),
            (
                "r-17 1h30 friday content: friday is past",
                "r-17, Friday, 20 November 2026, 1:30, Content: friday is past"
            ),
            ("r-17 1,5h content", "r-17, Monday, 23 November 2026, 1:30, Content"),
            (
                "r-17 1h 30m troubleshooting: checked",
                "r-17, Monday, 23 November 2026, 1:30, Troubleshooting: checked"
            ),
            ("r-17 1 h 30 min content x", "r-17, Monday, 23 November 2026, 1:30, Content: x"),
            ("r-17 content 90 min: 5 labels", "r-17, Monday, 23 November 2026, 1:30, Content: 5 labels"),
            ("r-17 content 1h 30 labels", "r-17, Monday, 23 November 2026, 1:00, Content: 30 labels"),
            ("r-17 1,5 content", "r-17, Monday, 23 November 2026, 1:30, Content"),
            ("r-17 2026-11-02 90m content x", "r-17, Monday, 2 November 2026, 1:30, Content: x"),
            (
                "r-17 9:30-10:15 content", "r-17, Monday, 23 November 2026 from 9:30 to 10:15, 0:45, Content"
            ),
            ("r-17 23:30-0:30 content", "r-17, Monday, 23 November 2026 from 23:30 to 0:30, 1:00, Content"),
            ("  r-17\t20m   content   a   b ", "r-17, Monday, 23 November 2026, 0:20, Content: a b"),
            ("toggl-acme-0f3a 20m content", nil), ("r-17 content", nil), ("20m content", nil), ("", nil),
            ("r-17 20m", nil), ("r-17 20 content", nil), ("r-17 0m content", nil), ("r-17 -20m content", nil),
            ("r-17 20m c", nil),
        ] as [(String, String?)])
    func table(line: String, echo: String?) throws {
        guard let echo else {
            #expect(throws: Problems.self, "\(line)") { try understood(line) }
            return
        }
        #expect(try understood(line).echo == echo)
    }

    @Test("Without a kind of work the one that the person chose last is taken")
    func typical() throws {
        #expect(try understood("r-17 20m looked at it", typical: "content").workType == "content")
        #expect(try understood("r-17 20m looked at it", typical: "content").note == "looked at it")
        #expect(try understood("r-17 20m training: looked", typical: "content").workType == "training")
    }

    @Test("Times of day are those of the client's clock, through its changes")
    func clocks() throws {
        #expect(
            try understood("r-1 9:00-10:00 content").when
                == .clocked(start: "2026-11-23T08:00:00Z", end: "2026-11-23T09:00:00Z"))
        // In the night of 25 October the clock went back at 3:00.
        #expect(
            try understood("r-1 2026-10-25 1:30-3:30 content").when
                == .clocked(start: "2026-10-24T23:30:00Z", end: "2026-10-25T02:30:00Z"))
    }

    @Test("What is wrong is said, with what would be right")
    func words() {
        func problem(_ line: String) -> String {
            do {
                _ = try understood(line)
                return ""
            } catch let problems as Problems {
                return problems.all.map { "\($0)" }.joined()
            } catch { return "\(error)" }
        }
        #expect(problem("20m content").contains("the line names no request"))
        #expect(problem("r-1 content").contains("how long it took is missing"))
        #expect(problem("r-1 20m gardening").contains("the kind of work is missing"))
    }

    @Test("No line brings it to its knees")
    func junk() throws {
        let test = try TestDesk(.sqlite)
        let terms = try test.store.read(test.store.terms).latest
        let pieces = [
            "r-1", "20m", "9:30-10:15", "content", ":", "-", "::", "–", "1:60", "99999999999h", "\u{0}", "é", "-3",
        ]
        for _ in 0..<2000 {
            let line = (0..<Int.random(in: 0...6)).map { _ in pieces.randomElement() ?? "" }.joined(separator: " ")
            do {
                let entry = try QuickEntry(
                    line, terms: terms, zones: ZoneTimeline(first: .utc, changes: []), now: Self.now)
                // What is understood is what was typed: the one request, the one kind, at most a day.
                #expect(entry.request == "r-1" && entry.workType == "content", "\(line)")
                let length: Hours =
                    switch entry.when {
                    case .dated(_, let hours): hours
                    case .clocked(let start, let end): end - start
                    }
                #expect(length > .zero && length <= Hours(24), "\(line)")
            } catch let problems as Problems {
                #expect(problems.all.allSatisfy { !$0.fix.isEmpty } && !problems.all.isEmpty, "\(line)")
            }
        }
    }
}

@Suite("What other terms would have meant")
struct TermsTrialTests {
    private func trial(_ test: TestDesk, _ change: (String) -> String) throws -> TermsTrial {
        let yaml = change(try String(contentsOfFile: Examples.path("terms/current.yaml"), encoding: .utf8))
        let trial = try TermsFile.read([UInt8](yaml.utf8), file: "trial")
        return try test.desk.preview(by: test.owner) {
            try TermsTrial($0, trial: trial, months: "2026-08"..."2026-09")
        }
    }

    private func desk(_ kind: EngineKind) throws -> TestDesk {
        let test = try TestDesk.withAcme(kind)
        try test.log("2026-09-05", "2:30")
        test.clock.set("2026-10-02T08:00:00Z")
        return test
    }

    @Test("The same terms change nothing, in closed months neither", arguments: EngineKind.tested)
    func same(kind: EngineKind) throws {
        let test = try desk(kind)
        let open = try trial(test) { $0 }
        // The plan's 290.00 and half an hour at 155.00.
        #expect(open.before == Money(minorUnits: 36_750, .usd))
        #expect(open.after == open.before)
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        try test.log("2026-09-30", "1:00")
        let closed = try trial(test) { $0 }
        #expect(closed.after == closed.before)
        #expect(closed.before == Money(minorUnits: 36_750 + 15_500, .usd))
    }

    @Test("A dearer hour, and a plan that is gone: by how much, and what was assumed", arguments: EngineKind.tested)
    func other(kind: EngineKind) throws {
        let test = try desk(kind)
        let dearer = try trial(test) { $0.replacing("overage_rate: 155.00", with: "overage_rate: 200.00") }
        #expect(dearer.clients.map(\.client) == ["acme"])
        #expect(dearer.after == Money(minorUnits: 29_000 + 10_000, .usd))
        #expect(dearer.clients[0].assumptions == [])
        // Without the plan of two hours that of one is nearest: 150.00, and an hour and a half at 160.00.
        let gone = try trial(test) { text in
            text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("  care-2:") }
                .joined(separator: "\n")
        }
        #expect(gone.after == Money(minorUnits: 15_000 + 24_000, .usd))
        #expect(gone.clients[0].assumptions == ["Care 1 in place of Care 2"])
        #expect(gone.clients[0].chargedAfter == "1:30")
        // Nothing of it is recorded.
        #expect(try test.statements("acme", through: "2026-09").last?.total == Money(minorUnits: 36_750, .usd))
    }
}
