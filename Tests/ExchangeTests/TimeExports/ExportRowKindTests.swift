import Agreements
import Rating
import Testing
import Values

@testable import Exchange

@Suite("Rows of time exports that are no work, or were charged before") struct ExportRowKindTests {
    @Test("A running timer is named and left out, and the other rows are read")
    func running() throws {
        let export = try read(
            Fixture.kimaiHeader + """
                2026-09-14,09:00,10:00,1:00,Nell,Orchard Books,Shop,Support,Done,1
                2026-09-14,11:00,,,Nell,Orchard Books,Shop,Support,Still running,1
                2026-09-14,12:00,,0:00,Nell,Orchard Books,Shop,Support,Still running,1
                """)
        #expect(export.badRows == [])
        #expect(export.lengths == ["1:00"])
        #expect(export.runningLines == [3, 4])
        #expect(export.leftOut.map(\.line) == [3, 4])
        #expect(export.leftOut[0].message.contains("still runs"))
        #expect(export.remarks(for: try Fixture.mapping()) == ["2 rows have timers that still run: left out."])
    }

    @Test(
        "Breaks, time off and holidays never reach a client, billable or not, in the languages of the headers",
        arguments: [
            ("Type", "Break"), ("Type", "Time off"), ("Type", "HOLIDAY"), ("Typ", "Pause"), ("Typ", "Urlaub"),
            ("Type", "Jour férié"), ("Tipo", "Descanso"),
        ], ["Yes", "No"])
    func noWork(_ words: (column: String, kind: String), _ billable: String) throws {
        let export = try read(
            """
            Project,Client,Description,Task,User,\(words.column),Billable,Start Date,Start Time,End Date,End Time,Duration (h),Duration (decimal)
            Shop,Orchard Books,Cart,Support,Nell,Regular,Yes,2026-09-14,09:00:00,2026-09-14,12:00:00,03:00:00,3.00
            Shop,Orchard Books,Lunch,Support,Nell,\(words.kind),\(billable),2026-09-14,12:00:00,2026-09-14,12:45:00,00:45:00,0.75
            """)
        #expect(export.lengths == ["3:00"])
        #expect(export.badRows == [])
        #expect(export.noWorkRowCount == 1)
        #expect(
            export.remarks(for: try Fixture.mapping()) == [
                "1 row is breaks, time off or holidays, 0:45 in all: left out."
            ])
        #expect(try MappingDraft(export, terms: Fixture.terms()).text.contains("time off or holidays, 0:45"))
    }

    @Test("Nobody has to correct a break, and a file of breaks alone has no work")
    func badBreaks() throws {
        let export = try read(
            """
            Project,Description,Type,Start Date,Start Time,End Time,Duration (h),Duration (decimal)
            ,Lunch,Break,14.9.,12:00,12:45,,9.00
            ,Holiday,Holiday,2026-09-14,,,,8.00
            ,Leave,Time off,,,,,
            """)
        #expect(export.badRows == [])
        #expect(export.rows.isEmpty)
        #expect(export.noWorkRowCount == 3)
        #expect(export.noWorkHours == Hours(17))
    }

    @Test("A kind of row that is not known is asked, not charged")
    func unknownKind() throws {
        let export = try read(
            """
            Project,Client,Description,User,Type,Start Date,Start Time,End Time,Duration (h)
            Shop,Orchard Books,Cart,Nell,Siesta,2026-09-14,09:00:00,12:00:00,03:00:00
            """)
        #expect(export.badRows.first?.message.contains("Siesta") == true)
        #expect(export.rows.isEmpty)
    }

    private let invoiced = """
        Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,Invoiced?,First Name,Last Name
        2026-09-10,Orchard Books,Shop,,Support,Billed in the old system,1.5,Yes,Yes,Hugo,Frey
        2026-09-11,Orchard Books,Shop,,Support,Not billed yet,0.5,Yes,No,Hugo,Frey
        """

    @Test("Rows that were invoiced are charged again only where the mapping says so")
    func invoicedRows() throws {
        #expect {
            _ = try Fixture.facts(invoiced)
        } throws: { error in
            let text = (error as? Problems)?.description ?? ""
            return text.contains("export.csv:2: 1 row: marked as invoiced in Harvest, 1:30 in all")
                && text.contains("invoiced: left-out, given or charged")
        }
        let charged = try Fixture.facts(invoiced, "invoiced: charged")
        #expect(charged.timeEntries.count == 2)
        #expect(charged.courtesies == [])
        let given = try Fixture.facts(invoiced, "invoiced: given")
        #expect(given.courtesies.map(\.reason) == ["invoiced in Harvest before"])
        #expect(given.courtesies.map(\.entry) == [given.timeEntries[0].id])
        let left = try Fixture.facts(invoiced, "invoiced: left-out")
        #expect(left.timeEntries.map(\.note) == ["Not billed yet"])
        #expect(left.timeEntries[0].id == charged.timeEntries[1].id)
        #expect(
            try read(invoiced).remarks(for: try Fixture.mapping("invoiced: left-out")) == [
                "1 row is marked as invoiced in Harvest, 1:30 in all: left out, as the mapping says."
            ])
        let draft = try MappingDraft(try read(invoiced), terms: Fixture.terms()).text
        #expect(draft.contains("# 1 row is marked as invoiced in Harvest, 1:30 in all. Decide:"))
        #expect(draft.contains("\ninvoiced: left-out\n"))
    }

    @Test(
        "What counts as invoiced",
        arguments: [
            ("0", false), ("no", false), ("", false), ("open", false), ("1", true), ("yes", true), ("Ja", true),
            ("INV-17", true),
        ])
    func words(_ word: String, _ isInvoiced: Bool) { #expect(ExportWords.isInvoiced(word) == isInvoiced) }
}
