import Agreements
import Rating
import Testing
import Values

@testable import Exchange

@Suite("Lengths in time exports") struct ExportLengthTests {
    @Test("A decimal that agrees with an exact column counts as that column does")
    func exactColumn() throws {
        let export = try read(
            Fixture.clockifyHeader + """
                "Shop","Orchard Books","One","Support","Nell","","","","Yes","2026-09-14","09:00:00","2026-09-14","09:20:00","00:20:00","0.33"
                "Shop","Orchard Books","Two","Support","Nell","","","","Yes","2026-09-14","10:00:00","2026-09-14","10:20:00","00:20:00","0.33"
                "Shop","Orchard Books","Three","Support","Nell","","","","Yes","2026-09-14","11:00:00","2026-09-14","11:20:00","00:20:00","0.33"
                "Shop","Orchard Books","Two thirds","Support","Nell","","","","Yes","2026-09-15","11:00:00","2026-09-15","11:40:00","00:40:00","0.67"
                """)
        #expect(export.lengths == ["0:20", "0:20", "0:20", "0:40"])
        #expect(export.badRows == [])
        #expect(try Fixture.lengths(export) == ["0:20", "0:20", "0:20", "0:40"])
    }

    @Test("A decimal that agrees with start and end counts as they do, in every tracker")
    func startAndEnd() throws {
        let kimai = try read(
            Fixture.kimaiHeader + """
                2026-09-14,09:00,09:20,0.33,Nell,Orchard Books,Shop,Support,a,1
                2026-09-14,10:00,10:20,"0,3",Nell,Orchard Books,Shop,Support,b,1
                2026-09-14,23:50,00:10,0.33,Nell,Orchard Books,Shop,Support,c,1
                """)
        #expect(kimai.lengths == ["0:20", "0:20", "0:20"])
        let harvest = try read(
            """
            Date,Client,Project,Task,Notes,Hours,First Name,Last Name,Started At,Ended At
            2026-09-14,Orchard Books,Shop,Support,n,0.33,Nell,Frey,9:00am,9:20am
            """)
        #expect(harvest.lengths == ["0:20"])
        // Alone, it is what it says.
        #expect(try read(Fixture.harvestHeader + "2026-09-14,A,S,,T,n,0.33,Yes,N,F").lengths == ["0:19:48"])
    }

    @Test("A duration to the second counts before times that are cut off to the minute")
    func cutOff() throws {
        let export = try read(
            Fixture.kimaiHeader + """
                2026-09-14,09:00,09:20,0:20:35,Nell,Orchard Books,Shop,Support,a,1
                2026-09-14,09:00,09:20,0:21,Nell,Orchard Books,Shop,Support,b,1
                2026-09-14,09:00:05,09:20:40,0:20,Nell,Orchard Books,Shop,Support,c,1
                """)
        #expect(export.lengths == ["0:20:35", "0:21", "0:20:35"])
    }

    @Test("Lengths that contradict each other make a bad row, which names both")
    func contradictions() throws {
        let share = try read(
            Fixture.clockifyHeader + """
                "Shop","Orchard Books","Cart","Support","Nell","","","","Yes","2026-09-14","09:00:00","2026-09-14","10:30:00","01:30:00","0.0625"
                "Shop","Orchard Books","Cart","Support","Nell","","","","Yes","2026-09-14","09:00:00","2026-09-14","10:30:00","","9.5"
                """)
        #expect(share.rows.isEmpty)
        #expect(share.badRows.map(\.line) == [2, 3])
        #expect(share.badRows[0].message == "its two lengths differ: \"0.0625\" is 0:03:45, and \"01:30:00\" is 1:30")
        #expect(share.badRows[0].fix.contains("share of a day"))
        #expect(share.badRows[1].message == "start and end are 1:30 apart, and the duration is 9:30")
    }

    private let overSpring =
        Fixture.kimaiHeader + """
            2026-03-08,01:30,03:30,1:00,Nell,Orchard Books,Shop,Support,the clocks go forward,1
            2026-03-09,01:30,03:30,1:00,Nell,Orchard Books,Shop,Support,they do not,1
            2026-11-01,00:30,02:30,3:00,Nell,Orchard Books,Shop,Support,the clocks go back,1
            2026-11-01,01:45,01:15,0:30,Nell,Orchard Books,Shop,Support,within the hour that comes twice,1
            2026-03-08,01:30,03:30,1:30,Nell,Orchard Books,Shop,Support,half an hour is no change,1
            """

    @Test("A difference is a change of the clocks only where they change between start and end in the zone")
    func changeOfClocks() throws {
        let mapping = try Fixture.mapping()
        let export = try read(overSpring).judged(by: mapping)
        #expect(export.lengths == ["1:00", "3:00", "0:30"])
        #expect(export.badRows.map(\.line) == [3, 6])
        #expect(
            export.badRows[0].message
                == "start and end are 2:00 apart, the duration is 1:00, and the clocks of America/Los_Angeles do not change in between"
        )
        let zone = try #require(Zone(identifier: "America/Los_Angeles"))
        let facts = try TimeImport(mapping: mapping, terms: try Fixture.terms()).facts(of: export)
        let ends = facts.timeEntries.map { entry in
            guard case .clocked(_, let end) = entry.when else { return "" }
            return zone.wallClock(end)
        }
        #expect(ends == ["2026-03-08 03:30", "2026-11-01 02:30", "2026-11-01 01:15"])
    }

    @Test("Nothing that contradicts its times is taken where nobody has judged it")
    func unjudged() throws {
        let export = try read(overSpring)
        #expect {
            _ = try TimeImport(mapping: try Fixture.mapping(), terms: try Fixture.terms()).facts(of: export)
        } throws: { error in
            (error as? Problems)?.all.map(\.line) == [3, 6]
        }
        // The clocks of UTC never change.
        let utc = try Fixture.mapping(rules: Fixture.rules.replacing("America/Los_Angeles", with: "UTC"))
        #expect(export.judged(by: utc).rows.isEmpty)
    }

    @Test("Without a duration the time between the instants counts, whatever the wall clock does")
    func fromClock() throws {
        let facts = try Fixture.facts(
            Fixture.kimaiHeader + """
                2026-03-08,01:30,03:30,,Nell,Orchard Books,Shop,Support,the clocks go forward,1
                2026-03-09,01:30,03:30,,Nell,Orchard Books,Shop,Support,they do not,1
                """)
        #expect(facts.timeEntries.map(\.worked) == [Hours(1), Hours(2)])
    }

    @Test("A whole number that is the seconds from start to end is one of seconds; one that nothing explains is asked")
    func seconds() throws {
        let header = "Date,From,To,Duration,User,Customer,Project,Activity,Description\n"
        let row = "2026-05-04,15:50,17:51,7260,nell,Orchard Books,Shop,Support,Looked into the feed\n"
        #expect(try read(header + row).lengths == ["2:01"])
        #expect(try read(header + "2026-05-04,15:50,17:50,2,nell,Orchard Books,Shop,Support,n").lengths == ["2:00"])
        #expect(try read(header + "2026-05-04,15:50,17:51,3600,nell,A,P,T,n").badRows.count == 1)
        // What one row tells goes for the others.
        let bare = "2026-05-05,,,5400,nell,Orchard Books,Shop,Support,Without times\n"
        #expect(try read(header + row + bare).lengths == ["2:01", "1:30"])
        let export = try read(header + bare)
        #expect {
            _ = try Fixture.lengths(export)
        } throws: { error in
            (error as? Problems)?.description.contains("duration_unit: seconds or hours") == true
        }
        let told = try Array((header + bare).utf8).withUnsafeBufferPointer {
            try TimeExport.read($0, file: "export.csv", lengthUnit: .seconds, today: CivilDate(day: 21_000))
        }
        #expect(told.lengths == ["1:30"])
        #expect(try MappingDraft(export, terms: Fixture.terms()).text.contains("# duration_unit: seconds"))
    }

    @Test("A break within a row is not in its length")
    func pause() throws {
        let export = try read(
            """
            Date,From,To,Break,Duration,User,Customer,Project,Activity,Description
            2026-05-04,09:00,17:00,0:30,7:30,nell,Orchard Books,Shop,Support,n
            2026-05-04,09:00,17:00,,7:30,nell,Orchard Books,Shop,Support,n
            2026-05-05,09:00,17:00,0:30,,nell,Orchard Books,Shop,Support,n
            """)
        #expect(try Fixture.lengths(export.judged(by: try Fixture.mapping())) == ["7:30", "7:30"])
        #expect(export.judged(by: try Fixture.mapping()).badRows.map(\.line) == [3])
    }

    @Test("Lengths are read as trackers and people write them")
    func written() throws {
        let toggl = try read(
            Fixture.togglHeader + """
                Nell,,Orchard Books,Shop,,a,Yes,2026-08-20,19:21:21,2026-08-20,19:39:46,18:25 min,care
                Nell,,Orchard Books,Shop,,b,Yes,2026-08-20,20:00:00,2026-08-20,20:00:45,45 sec,care
                Nell,,Orchard Books,Shop,,c,Yes,2026-08-21,09:00:00,2026-08-21,10:32:11,01:32:11,care
                """)
        #expect(toggl.lengths == ["0:18:25", "0:00:45", "1:32:11"])
        let words = [
            "1h 30m", "90 min", "1.5 h", "1h30m", "\"1,5\"", "1 h 30 min", "1h30min", "90m", "1.5h", "\"1,5 h\"",
            "1:30",
            "1:30:00", " 1.5 ", "1\u{A0}h\u{A0}30\u{A0}min",
        ]
        let harvest = try read(
            Fixture.harvestHeader + words.map { "2026-10-01,A,Shop,,T,n,\($0),Yes,H,F" }.joined(separator: "\n"))
        #expect(harvest.badRows == [])
        #expect(harvest.lengths == words.map { _ in "1:30" })
        let decimals = try read(
            Fixture.harvestHeader + """
                2026-10-01,A,Shop,,T,Daily,0.33333333333333,Yes,H,F
                2026-10-01,A,Shop,,T,Daily two,1.6666666666667,Yes,H,F
                2026-10-02,A,Shop,,T,Daily three,12.5,Yes,H,F
                """)
        #expect(decimals.lengths == ["0:20", "1:40", "12:30"])
    }
}
