import Agreements
import Testing
import Values

@testable import Exchange
@testable import Rating

@Suite("Time exports as spreadsheets and people leave them") struct ExportFileTests {
    private let row = "2026-09-10,Orchard Books,Shop,,Support,Step,1.5,Yes,Hugo,Frey"

    @Test("Blank rows are passed over, wherever they are")
    func blankRows() throws {
        let export = try read(
            Fixture.harvestHeader.replacing("\n", with: "\r\n")
                + [row, ",,,,,,,,,", row.replacing("1.5", with: "0.5"), ", ,,,,,,,,", ",,,,,,,,,", ""].joined(
                    separator: "\r\n"))
        #expect(export.badRows == [])
        #expect(export.hours == Hours(2))
    }

    @Test("A header of more columns than any tracker has is not read")
    func wide() {
        let header = Array(repeating: "Date", count: 1001).joined(separator: ",") + "\n"
        #expect(throws: Problems.self) { try read(header + row) }
    }

    @Test("A first line sep=; names the delimiter")
    func separator() throws {
        for line in ["\u{FEFF}sep=;\r\n", "\"sep=;\"\n"] {
            let export = try read(
                line + Fixture.harvestHeader.replacing(",", with: ";")
                    + row.replacing(",", with: ";").replacing("1.5", with: "1,5"))
            #expect(export.lengths == ["1:30"])
            #expect(export.rows[0].line == 3)
        }
    }

    @Test("The header may stand below a few lines of title")
    func titles() throws {
        let export = try read(
            "Detailed report\n01/09/2026 - 30/09/2026\n\nTotal;of;hours\n" + Fixture.harvestHeader + row)
        #expect(export.lengths == ["1:30"])
        #expect(export.rows[0].line == 6)
    }

    @Test("Windows-1252 is read, and said once")
    func windows1252() throws {
        let header =
            Array("Datum;Von;Bis;Dauer;Benutzer;Kunde;Projekt;T".utf8) + [0xE4]
            + Array("tigkeit;Beschreibung;Abrechenbar\r\n".utf8)
        let row =
            Array("14.09.2026;09:00;10:30;1,50;Nell;B".utf8) + [0xE4] + Array("ckerei M".utf8) + [0xFC]
            + Array("ller;Shop;Support;Gr".utf8) + [0xF6, 0xDF] + Array("e ge".utf8) + [0xE4] + Array("ndert ".utf8)
            + [0x80] + Array(";ja\r\n".utf8)
        func read(_ bytes: [UInt8]) throws -> TimeExport {
            try bytes.withUnsafeBufferPointer {
                try TimeExport.read($0, file: "export.csv", today: CivilDate(day: 21_000))
            }
        }
        let export = try read(header + row)
        #expect(export.brief == ["2026-09-14 9h 1:30 Bäckerei Müller/Shop/Support Nell: Größe geändert €"])
        #expect(export.remarks(for: try Fixture.mapping()).filter { $0.contains("Windows-1252") }.count == 1)
        // A file with letters in UTF-8 and one that is broken is damaged, not in another character set.
        let damaged = try read(
            Array((Fixture.harvestHeader + self.row + "\n2026-09-10,Bäckerei,Shop,,Support,Gr").utf8) + [0xF6]
                + Array(",1.5,Yes,Hugo,Frey\n".utf8))
        #expect(damaged.badRows.map(\.line) == [3])
    }

    @Test("A workbook is told as one")
    func workbook() {
        #expect {
            try Array([0x50, 0x4B, 0x03, 0x04, 0x14, 0x00, 0x00, 0x00] as [UInt8]).withUnsafeBufferPointer {
                _ = try TimeExport.read($0, file: "export.xlsx", today: CivilDate(day: 21_000))
            }
        } throws: { error in
            (error as? Problems)?.description.contains("save it as CSV") == true
        }
    }

    @Test("Clockify in German and Kimai in French are read as in English")
    func languages() throws {
        let clockify = try read(
            """
            "Projekt","Kunde","Beschreibung","Aufgabe","Benutzer","Gruppe","E-Mail","Tags","Abrechenbar","Startdatum","Startzeit","Enddatum","Endzeit","Dauer (h)","Dauer (dezimal)","Abrechenbarer Tarif (CHF)","Rechnungsbetrag (CHF)"
            "Webseite","Bäckerei Linde","Bestellformular","Support","Nell Frey","","nell@fernhill.example","","Ja","14.09.2026","09:00:00","14.09.2026","10:30:00","01:30:00","1,50","120,00","180,00"
            "Webseite","Bäckerei Linde","Abstimmung","Support","Nell Frey","","nell@fernhill.example","","Nein","15.09.2026","11:00:00","15.09.2026","11:20:00","00:20:00","0,33","0,00","0,00"
            """)
        #expect(clockify.format == .clockify)
        #expect(clockify.lengths == ["1:30", "0:20"])
        #expect(clockify.rows.map(\.isNotBillable) == [false, true])
        let kimai = try read(
            """
            Date,Début,Fin,Durée,Devise,Prix,Nom,Utilisateur,Client,Projet,Activité,Description,Facturable,Tags
            2026-09-14,09:00,10:30,"1,5",EUR,"180,00",Nell Frey,nell,Librairie Verger,Site,Support,Panier réparé,Oui,
            2026-09-15,09:00,10:30,"1,5",EUR,"180,00",Nell Frey,nell,Librairie Verger,Site,Support,Offert,Non,
            """)
        #expect(kimai.format == .kimai)
        #expect(kimai.brief[0] == "2026-09-14 9h 1:30 Librairie Verger/Site/Support nell: Panier réparé")
        #expect(kimai.rows.map(\.isNotBillable) == [false, true])
    }

    @Test("Two digits of a year are one of this century, and all rows settle the order")
    func shortYears() throws {
        let export = try read(
            Fixture.harvestHeader + "31/03/26,A,S,,T,n,1.5,Yes,H,F\n1/04/26,A,S,,T,n,0.5,Yes,H,F\n")
        #expect(export.rows.map { "\($0.date)" } == ["2026-03-31", "2026-04-01"])
        #expect(throws: Problems.self) {
            () throws(Problems) in try read(Fixture.harvestHeader + "01/04/26,A,S,,T,n,0.5,Yes,H,F\n")
        }
        #expect(try read(Fixture.harvestHeader + "26-03-31,A,S,,T,n,1,Yes,H,F", .dayFirst).badRows.count == 1)
    }

    @Test("Clockify without clients and times: the mapping says whose a project is")
    func fewColumns() throws {
        let text = """
            "Project","Description","Billable","Start Date","Duration (h)","Duration (decimal)","Billable Rate (EUR)"
            "Orchard Books","Cart is empty","Yes","2026-09-14","01:30:00","1.50","80.00"
            "Verger","Labels","Yes","2026-09-15","00:45:00","0.75","80.00"
            """
        let facts = try Fixture.facts(
            text, "projects: {Orchard Books: {client: Orchard Books}, Verger: {client: Librairie Verger}}")
        #expect(facts.timeEntries.map(\.worked) == [Hours(1, 30), Hours(0, 45)])
        #expect(facts.clients.map(\.id.text).sorted() == ["orchard", "verger"])
        #expect(facts.requests.map(\.client.text) == ["orchard", "verger"])
        let draft = try MappingDraft(try read(text), terms: Fixture.terms()).text
        #expect(draft.contains("# For rows that name no client"))
        let drafted = try MappingFile.read(Array(draft.utf8), file: "map.yaml", terms: try Fixture.terms())
        #expect(
            try TimeImport(mapping: drafted, terms: Fixture.terms()).facts(of: try read(text)).timeEntries.count == 2)
        #expect(throws: Problems.self) { try Fixture.facts(text, "projects: {Verger: {client: Nobody}}") }
    }
}
