import Agreements
import Exchange
import Foundation
import Rating
import ServiceDesk
import Testing
import TestSupport
import Values

@Suite("Taking over a tracker's time")
struct ImportTests {
    private let rows = [
        "2026-09-03,Acme,Site,Research,One,1.5,Yes,Ben,Okri", "2026-09-04,Acme,Site,Research,Two,0.75,Yes,Ben,Okri",
        "2026-09-05,Acme,Site,Research,Three,0.5,No,Ben,Okri",
    ]

    private func operation(_ rows: [String]) throws -> ImportTime {
        let text =
            "Date,Client,Project,Task,Notes,Hours,Billable?,First Name,Last Name\n" + rows.joined(separator: "\n")
            + "\n"
        let export = try Array(text.utf8).withUnsafeBufferPointer {
            try TimeExport.read($0, file: "export.csv", today: "2026-09-20")
        }
        let map = """
            mainstay_mapping: 1
            clients:
              Acme: {id: acme, service_line: website-maintenance}
            other_projects: none
            tasks:
              Research: research
            """
        let terms = try TermsFile.read(
            [UInt8](Data(contentsOf: URL(fileURLWithPath: Examples.path("terms/current.yaml")))), file: "terms")
        let mapping = try MappingFile.read(Array(map.utf8), file: "map", terms: TermsHistory(always: terms))
        return ImportTime(export: export, mapping: mapping, digest: text)
    }

    @Test("E49: the same file twice adds nothing; a longer one adds the rest", arguments: EngineKind.tested)
    func twice(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let first = try operation(Array(rows[..<2]))
        let preview = try PreviewImport(first).report(test.desk, by: test.owner)
        #expect(preview.newEntries == 2)
        #expect(try test.statements("acme", through: "2026-09").last?.totals.worked == .zero)
        #expect(try test.perform(first) == preview)
        #expect(try test.perform(first).newEntries == 0)
        let longer = try test.perform(operation(rows))
        #expect(longer.known == 2)
        #expect(longer.newEntries == 1)
        #expect(longer.goneCount == 0)
        let totals = try #require(test.statements("acme", through: "2026-09").last).totals
        #expect(totals.worked == "2:45")
        // The tracker says that half an hour is not billable: it is given.
        #expect(totals.courtesy == "0:30")
        #expect(totals.charged == "0:15")
        #expect(try test.verify().faults == [])
    }

    @Test("A row that was changed in the tracker is new, and the old one is named as gone")
    func changed() throws {
        let test = try TestDesk.withAcme(.sqlite)
        try test.perform(operation(rows))
        try test.log("2026-09-04", "0:10")
        let changed = [rows[0], rows[1].replacing("0.75", with: "1.25"), rows[2]]
        let report = try test.perform(operation(changed))
        #expect(report.newEntries == 1)
        #expect(report.goneCount == 1)
        #expect(report.gone.first?.contains("2026-09-04, 0:45 by Ben Okri") == true)
        let gone = try #require(report.gone.first?.split(separator: ",").first.map(String.init))
        try test.perform(VoidTime(entry: EntryID(gone), reason: "Changed in Harvest"))
        #expect(try test.perform(operation(changed)).goneCount == 0)
    }

    @Test("Time that comes late for a closed month is told as such")
    func late() throws {
        let test = try TestDesk.withAcme(.sqlite)
        test.clock.set("2026-10-02T08:00:00Z")
        try test.perform(ClosePeriod(client: "acme", period: "2026-09"))
        let report = try test.perform(operation(rows))
        #expect(report.late == 3)
        let adjustments = try #require(test.statements("acme", through: "2026-10").last).adjustments
        #expect(adjustments.count == 3)
        #expect(try test.verify().faults == [])
    }

    private func toggl(_ rows: [String]) throws -> ImportTime {
        let text =
            "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n"
            + rows.joined(separator: "\n") + "\n"
        let map = """
            mainstay_mapping: 1
            zone: America/Los_Angeles
            clients: {Acme: {id: acme, service_line: website-maintenance}}
            other_projects: none
            other_tasks: research
            """
        let terms = try TermsFile.read(
            [UInt8](Data(contentsOf: URL(fileURLWithPath: Examples.path("terms/current.yaml")))), file: "terms")
        return try Array(text.utf8).withUnsafeBufferPointer {
            try ImportTime.reading(
                $0, file: "export.csv", mapping: Array(map.utf8), mappingFile: "map",
                terms: TermsHistory(always: terms), skipsBad: false, now: "2026-09-20T08:00:00Z"
            ).operation
        }
    }

    @Test("The same rows with dates and times in another format add nothing")
    func otherFormat() throws {
        let test = try TestDesk.withAcme(.sqlite)
        let first = try test.perform(
            toggl(
                [
                    "Nell,,Acme,Shop,,Cart,Yes,09/14/2026,09:00:00 AM,09/14/2026,10:30:00 AM,01:30:00,",
                    "Nell,,Acme,Shop,,Labels,Yes,09/15/2026,02:00:00 PM,09/15/2026,02:45:00 PM,00:45:00,",
                ]))
        #expect(first.newEntries == 2)
        let iso = [
            "Nell,,Acme,Shop,,Cart,Yes,2026-09-14,09:00:00,2026-09-14,10:30:00,01:30:00,",
            "Nell,,Acme,Shop,,Labels,Yes,2026-09-15,14:00:00,2026-09-15,14:45:00,00:45:00,",
        ]
        let second = try test.perform(toggl(iso))
        #expect(second.newEntries == 0)
        #expect(second.known == 2)
        #expect(second.goneCount == 0)
        // In other words it may be the same, which is said before it is added.
        let third = try PreviewImport(
            toggl([iso[0].replacing("Cart", with: "Cart repaired"), iso[1]])
        ).report(test.desk, by: test.owner)
        #expect(third.newEntries == 1)
        #expect(third.mayBeSameCount == 1)
        #expect(third.mayBeSame?.first?.hasPrefix("2026-09-14, 1:30 by Nell, may be the same as t") == true)
    }

    @Test("A timer that still runs is left out, and counted")
    func running() throws {
        let test = try TestDesk.withAcme(.sqlite)
        let report = try PreviewImport(
            toggl(
                [
                    "Nell,,Acme,Shop,,Cart,Yes,2026-09-14,09:00:00,2026-09-14,10:30:00,01:30:00,",
                    "Nell,,Acme,Shop,,Labels,Yes,2026-09-15,14:00:00,,,,",
                ])
        ).report(test.desk, by: test.owner)
        #expect(report.rows == 1)
        #expect(report.remarks == ["1 row has a timer that still runs: left out."])
    }
}
