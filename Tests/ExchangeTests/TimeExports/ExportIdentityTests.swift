import Agreements
import Testing
import Values

@testable import Exchange
@testable import Rating

@Suite("What a row of a time export is known by") struct ExportIdentityTests {
    private let us =
        Fixture.togglHeader + """
            Nell,,Orchard Books,Shop,,Cart,Yes,09/14/2026,09:00:00 AM,09/14/2026,10:30:00 AM,01:30:00,
            Nell,,Orchard Books,Shop,,Labels,Yes,09/15/2026,02:00:00 PM,09/15/2026,02:45:00 PM,00:45:00,
            """
    private let iso =
        Fixture.togglHeader + """
            Nell,,Orchard Books,Shop,,Cart,Yes,2026-09-14,09:00:00,2026-09-14,10:30:00,01:30:00,
            Nell,,Orchard Books,Shop,,Labels,Yes,2026-09-15,14:00:00,2026-09-15,14:45:00,00:45:00,
            """

    private func ids(_ text: String) throws -> [String] { try Fixture.facts(text).timeEntries.map(\.id.text) }

    /// What an export comes to beside stored entries.
    private func rows(_ text: String, stored: Facts, asIDs: Bool = true, _ more: String = "") throws -> TimeImport.Rows
    {
        let mapping = try Fixture.mapping(more)
        let export = try read(text).judged(by: mapping)
        let importer = TimeImport(mapping: mapping, terms: try Fixture.terms())
        let there = Set(stored.timeEntries.map(\.id))
        let ids = there.intersection(importer.possibleIDs(of: export))
        return try importer.rows(
            of: export, stored: StoredTime(ids: asIDs ? ids : [], time: [ClientID("orchard"): stored]))
    }

    @Test("Another format of dates and times, and another way to write lengths, change no id")
    func format() throws {
        let known = try ids(iso)
        #expect(Set(known).count == 2)
        #expect(try ids(us) == known)
        for (from, to) in [("01:30:00", "1.50"), ("00:45:00", "45:00 min"), ("01:30:00", "1h 30m")] {
            #expect(try ids(iso.replacing(from, with: to)) == known)
        }
        let kimai = """
            Datum;Von;Bis;Dauer;Benutzer;Kunde;Projekt;Tätigkeit;Beschreibung
            14.09.2026;09:00;10:30;1,50;Nell;Orchard Books;Shop;Support;Cart
            """
        #expect(
            try ids(kimai)
                == ids(
                    "Date,From,To,Duration,User,Customer,Project,Activity,Description\n"
                        + "2026-09-14,9:00 AM,10:30 AM,1:30,Nell,Orchard Books,Shop,Support,Cart"))
    }

    /// Ids that the version of before gave, read off it.
    @Test("Rows keep the ids that they had before exact lengths counted, and before dates were read alike")
    func old() throws {
        let clockify =
            Fixture.clockifyHeader + """
                "Shop","Orchard Books","One","Support","Nell","","","","Yes","2026-09-14","09:00:00","2026-09-14","09:20:00","00:20:00","0.33"
                """
        #expect(try ids(clockify) == ExportIdentityTests.oldClockify)
        #expect(try ids(iso) == ExportIdentityTests.oldISO)
        // A file with American dates had other ids: they are known again.
        let mapping = try Fixture.mapping()
        let possible = TimeImport(mapping: mapping, terms: try Fixture.terms()).possibleIDs(of: try read(us))
        for id in ExportIdentityTests.oldUS { #expect(possible.contains(EntryID(id))) }
        var stored = try Fixture.facts(us)
        for index in stored.timeEntries.indices {
            stored.timeEntries[index].id = EntryID(ExportIdentityTests.oldUS[index])
        }
        for text in [us, iso] {
            let found = try rows(text, stored: stored)
            #expect(found.known == Set(stored.timeEntries.map(\.id)))
            #expect(found.facts.timeEntries.map(\.id) == stored.timeEntries.map(\.id))
            #expect(found.alike == [])
        }
    }

    static let oldClockify = ["c1y6w0uterpadb"]
    static let oldISO = ["t25xu4vdlzjpvj", "t1fpx5utb4dxhn"]
    static let oldUS = ["tslcwthi9jcci", "t3gp5jx896biox"]

    @Test("Facts that speak of a row by its old id still do")
    func mentioned() throws {
        var known = Facts()
        known.timeVoids = [
            TimeVoid(entry: EntryID(ExportIdentityTests.oldUS[0]), reason: "n", recordedAt: Instant(seconds: 0))
        ]
        let facts = try TimeImport(mapping: try Fixture.mapping(), terms: try Fixture.terms(), known: known).facts(
            of: try read(us))
        #expect(facts.timeEntries[0].id == known.timeVoids[0].entry)
    }

    @Test("Two rows that say the same stay two, and the third is the new one")
    func equalRows() throws {
        let row = "2026-09-14,Orchard Books,Shop,,Support,Call,0.5,Yes,Hugo,Frey\n"
        let two = try Fixture.facts(Fixture.harvestHeader + row + row)
        #expect(Set(two.timeEntries.map(\.id)).count == 2)
        let other = "14.09.2026,Orchard Books,Shop,,Support,Call,0:30,Yes,Hugo,Frey\n"
        for asIDs in [true, false] {
            let found = try rows(Fixture.harvestHeader + other + other + other, stored: two, asIDs: asIDs)
            #expect(found.known == Set(two.timeEntries.map(\.id)))
            #expect(found.facts.timeEntries.count == 3)
            #expect(found.facts.timeEntries.count { !found.known.contains($0.id) } == 1)
        }
    }

    @Test("An older version's rounded length is the same row; another note, or another project, is not")
    func content() throws {
        var stored = try Fixture.facts(
            Fixture.kimaiHeader + "2026-09-14,09:00,09:20,0:20,Nell,Orchard Books,Shop,Support,Cart,1\n")
        if case .clocked(let start, _) = stored.timeEntries[0].when {
            stored.timeEntries[0].when = .clocked(start: start, end: start + Hours(seconds: 1188))
        }
        stored.timeEntries[0].id = EntryID("c1abcdefghij")
        func found(_ row: String) throws -> TimeImport.Rows { try rows(Fixture.kimaiHeader + row, stored: stored) }
        #expect(try found("2026-09-14,9:00 AM,9:20 AM,0.33,Nell,Orchard Books,Shop,Support,Cart,1").known.count == 1)
        let edited = try found("2026-09-14,09:00,09:20,0:20,Nell,Orchard Books,Shop,Support,Cart repaired,1")
        #expect(edited.known == [])
        #expect(edited.alike == ["2026-09-14, 0:20 by Nell, may be the same as c1abcdefghij, 0:19:48"])
        let moved = try found("2026-09-14,09:00,09:20,0:20,Nell,Orchard Books,Other,Support,Cart,1")
        #expect(moved.known == [])
        #expect(moved.alike.count == 1)
        let unpaid = try found("2026-09-14,09:00,09:20,0:20,Nell,Orchard Books,Shop,Support,Cart,0")
        #expect(unpaid.known == [])
        #expect(unpaid.alike.count == 1)
        #expect(try found("2026-09-14,10:00,10:25,0:25,Nell,Orchard Books,Shop,Support,Cart,1").alike == [])
    }

    @Test("A row that is left out as invoiced is still known as the one that is there")
    func invoiced() throws {
        let header = "Date,Client,Project,Task,Notes,Hours,Billable?,Invoiced?,First Name,Last Name\n"
        let row = "2026-09-10,Orchard Books,Shop,Support,n,1.5,Yes,No,Hugo,Frey\n"
        let stored = try Fixture.facts(header + row)
        let found = try rows(header + row.replacing("Yes,No", with: "Yes,Yes"), stored: stored, "invoiced: left-out")
        #expect(found.known == Set(stored.timeEntries.map(\.id)))
        #expect(found.facts.timeEntries == [])
        #expect(found.facts.requests == [])
    }
}
