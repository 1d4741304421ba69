import Agreements
import Foundation
import Testing
import Values

@testable import Exchange
@testable import Rating
@testable import Wording

/// An export given as text.
func read(
    _ text: String, _ format: TimeExport.DateFormat? = nil, long: Bool = false
) throws(Problems) -> TimeExport {
    let bytes = Array(text.utf8)
    let result = bytes.withUnsafeBufferPointer { bytes in
        Result { () throws(Problems) -> TimeExport in
            try TimeExport.read(
                bytes, file: "export.csv", dateFormat: format, allowsLongEntries: long,
                today: CivilDate("2026-12-31") ?? CivilDate(day: 0))
        }
    }
    return try result.get()
}

extension TimeExport {
    /// The rows in short: `2026-01-05 32400 1:30 Acme/Site/Design Ann: note`.
    var brief: [String] {
        rows.map { row in
            func name(_ number: Int32) -> String { number < 0 ? "-" : names[Int(number)] }
            let start = row.start.map { "\($0 / 3600)h" } ?? "dated"
            return "\(row.date) \(start) \(row.hours) \(name(row.client))/\(name(row.project))/\(name(row.task)) "
                + "\(name(row.person)): \(row.note)"
        }
    }
}

/// A small export of each tracker and variant of its header, with what its rows come to.
enum Samples {
    static let all: [(ExportFormat, String, [String])] = [
        (
            .harvest,
            """
            Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,Invoiced?,Approved?,First Name,Last Name,Roles,Employee?
            2026-01-05,Acme,Site,A-1,Design,"Logo, blue",0.33,Yes,No,Yes,Ann,Kay,Design,Yes
            """, ["2026-01-05 dated 0:19:48 Acme/Site/Design Ann Kay: Logo, blue"]
        ),
        (
            .harvest,
            """
            Date,Client,Project,Project Code,Task,Notes,Hours,First Name,Last Name,Started At,Ended At
            2026-01-05,Acme,Site,,Design,n,1:30,Ann,Kay,9:00am,10:30am
            """, ["2026-01-05 9h 1:30 Acme/Site/Design Ann Kay: n"]
        ),
        (
            .toggl,
            """
            User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount ()
            Ann,ann@example.com,Acme,Site,Design,Logo,No,2026-01-05,23:30:00,2026-01-06,00:15:00,00:45:00,,
            """, ["2026-01-05 23h 0:45 Acme/Site/Design Ann: Logo"]
        ),
        (
            .toggl,
            """
            Description,Billable,Duration,Member,Email,Client,Project,Task,Tags,Start date,Start time,Stop date,Stop time
            Logo,No,1:00:00,Ann,ann@example.com,Acme,Site,,,2026-01-05,09:00,2026-01-05,10:00
            """, ["2026-01-05 9h 1:00 Acme/Site/- Ann: Logo"]
        ),
        (
            .clockify,
            """
            "Project","Client","Description","Task","User","Group","Email","Tags","Billable","Start Date","Start Time","End Date","End Time","Duration (h)","Duration (decimal)","Billable Rate (USD)"
            "Site","Acme","Logo","Design","Ann","","ann@example.com","","Yes","01/15/2026","02:00 PM","01/15/2026","03:30 PM","01:30:00","1.50",""
            """, ["2026-01-15 14h 1:30 Acme/Site/Design Ann: Logo"]
        ),
        (
            .clockify,
            """
            Project;Client;Description;Activity;User;Start Date;Start Time;End Date;End Time;Duration (h)
            Site;Acme;Logo;Design;Ann;15.01.2026;14:00;;;00:45:00
            """, ["2026-01-15 14h 0:45 Acme/Site/Design Ann: Logo"]
        ),
        (
            .kimai,
            """
            Date,From,To,Duration,Rate,User,Customer,Project,Activity,Description,Exported,Tags
            2026-01-05,09:00,10:15,1.25,0,ann,Acme,Site,Design,Logo,no,
            """, ["2026-01-05 9h 1:15 Acme/Site/Design ann: Logo"]
        ),
        (
            .kimai,
            """
            Datum;Von;Bis;Dauer;Benutzer;Kunde;Projekt;Tätigkeit;Beschreibung
            05.01.2026;09:00;10:15;1:15;ann;Acme;Site;Design;"Er sagte ""blau"", laut"
            """, ["2026-01-05 9h 1:15 Acme/Site/Design ann: Er sagte \"blau\", laut"]
        ),
    ]
}

@Suite("Time exports") struct TimeExportTests {
    @Test("Each tracker's export is known by its header, with the variants it has had", arguments: Samples.all)
    func headers(_ format: ExportFormat, _ text: String, _ rows: [String]) throws {
        let export = try read(text)
        #expect(export.format == format)
        #expect(export.brief == rows)
        #expect(export.badRows == [])
    }

    @Test("Line ends, a byte order mark, blank lines and a missing last line end change nothing")
    func lineEnds() throws {
        let lines = [
            "Date,Client,Project,Task,Notes,Hours", "2026-01-05,A,P,T,\"two\nlines\",1", "2026-01-06,A,P,T,,2",
        ]
        let expected = try read(lines.joined(separator: "\n")).brief
        #expect(expected.count == 2)
        for text in [
            lines.joined(separator: "\r\n") + "\r\n", "\u{FEFF}" + lines.joined(separator: "\n") + "\n\n",
            lines.joined(separator: "\r"),
        ] {
            #expect(try read(text).brief == expected)
        }
    }

    @Test("Day and month are told apart by all rows together, and a row that differs is bad")
    func dates() throws {
        let header = "Date,Client,Project,Task,Notes,Hours\n"
        let dayFirst = try read(header + "05/01/2026,A,P,T,,1\n31/01/2026,A,P,T,,1\n")
        #expect(dayFirst.rows.map { "\($0.date)" } == ["2026-01-05", "2026-01-31"])
        let monthFirst = try read(header + "01/05/2026,A,P,T,,1\n01/31/2026,A,P,T,,1\n")
        #expect(monthFirst.rows.map { "\($0.date)" } == ["2026-01-05", "2026-01-31"])
        let mixed = try read(header + "31/01/2026,A,P,T,,1\n30/01/2026,A,P,T,,1\n01/29/2026,A,P,T,,1\n")
        #expect(mixed.badRows.map(\.line) == [4])
        #expect(throws: Problems.self) { () throws(Problems) in try read(header + "05/01/2026,A,P,T,,1\n") }
        #expect(try read(header + "05/01/2026,A,P,T,,1\n", .dayFirst).rows[0].date == CivilDate("2026-01-05"))
    }

    @Test("Bad rows are collected, each with its line and reason")
    func badRows() throws {
        let export = try read(
            """
            Date,From,To,Duration,User,Customer,Project,Activity,Description
            2026-01-05,10:00,09:00,1.00,ann,A,P,T,next day
            2026-01-06,10:00,25:00,1.00,ann,A,P,T,
            2026-01-07,10:00,11:00,9.00,ann,A,P,T,
            2026-02-30,10:00,11:00,1.00,ann,A,P,T,
            2026-01-08,10:00,11:00,-1.00,ann,A,P,T,
            2027-01-08,10:00,11:00,1.00,ann,A,P,T,
            2026-01-09,10:00,10:00,0.00,ann,A,P,T,
            2026-01-10,,,30,ann,A,P,T,
            2026-01-11,10:00,11:00,1.00,ann,A,P
            """)
        #expect(export.badRows.map(\.line) == [2, 3, 4, 5, 6, 7, 9, 10])
        #expect(export.rows.isEmpty)
        #expect(export.emptyRowCount == 1)
    }

    @Test("A file cut off anywhere, or with any byte changed, is read or refused, and never crashes")
    func mutations() {
        let text = Samples.all.map(\.1)[4] + "\n"
        let bytes = Array(text.utf8)
        var random = SystemRandomNumberGenerator()
        for number in 0..<3000 {
            var changed = bytes
            if number < bytes.count {
                changed = Array(bytes.prefix(number))
            } else {
                for _ in 0...Int.random(in: 0...3, using: &random) {
                    changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(
                        in: 0...255, using: &random)
                }
            }
            changed.withUnsafeBufferPointer { bytes in
                do throws(Problems) {
                    let export = try TimeExport.read(bytes, file: "export.csv", today: CivilDate(day: 21_000))
                    #expect(export.rows.allSatisfy { $0.line > 0 })
                } catch {
                    // A refusal says where and what would be right.
                    #expect(!error.all.isEmpty && error.all.allSatisfy { !$0.fix.isEmpty && $0.file == "export.csv" })
                }
            }
        }
    }

    @Test("The same rows in any order have the same ids, and more rows keep those of the old ones")
    func ids() throws {
        let header = "Date,Client,Project,Task,Notes,Hours"
        let rows = (1...20).map { "2026-01-\($0 < 10 ? "0" : "")\($0),Acme,P,T,n,1" } + ["2026-01-05,Acme,P,T,n,1"]
        func ids(_ rows: [String]) throws -> Set<String> {
            let export = try read(([header] + rows).joined(separator: "\n"))
            let facts = try TimeImport(mapping: try mapping(), terms: try terms()).facts(of: export)
            return Set(facts.timeEntries.map(\.id.text))
        }
        let all = try ids(rows)
        #expect(all.count == 21)
        #expect(try ids(rows.reversed()) == all)
        #expect(try ids(Array(rows.prefix(9))).isSubset(of: all))
    }

    @Test("A clock time is in the tracker's zone; one that a change of the clocks skips is the first after it")
    func zones() throws {
        let export = try read(
            """
            Date,From,To,Duration,User,Customer,Project,Activity,Description
            2026-03-08,01:30,03:30,1.00,ann,Acme,P,T,over the gap
            2026-03-08,02:30,03:30,0.50,ann,Acme,P,T,in the gap
            """)
        let facts = try TimeImport(mapping: try mapping(), terms: try terms()).facts(of: export)
        let zone = try #require(Zone(identifier: "America/Los_Angeles"))
        let spans = facts.timeEntries.map { entry in
            if case .clocked(let start, let end) = entry.when {
                "\(zone.wallClock(start)) \(zone.wallClock(end))"
            } else {
                ""
            }
        }
        #expect(spans == ["2026-03-08 01:30 2026-03-08 03:30", "2026-03-08 03:00 2026-03-08 03:30"])
    }

    // MARK: The mapping

    private func terms() throws -> TermsHistory {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../examples/terms/current.yaml")
        return TermsHistory(always: try TermsFile.read([UInt8](Data(contentsOf: file)), file: "current.yaml"))
    }

    private func mapping(_ text: String = TimeExportTests.mapping) throws -> Mapping {
        try MappingFile.read(Array(text.utf8), file: "map.yaml", terms: try terms())
    }

    private static let mapping = """
        mainstay_mapping: 1
        clients:
          Acme: {id: acme, zone: America/Los_Angeles, service_line: website-maintenance, contract: {plan: care-5, from: 2026-01-01}}
        other_projects: none
        other_tasks: content
        """

    @Test("The mapping in the documentation is one")
    func documentation() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/time-exports.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let yaml = try #require(text.components(separatedBy: "```yaml\n").last?.components(separatedBy: "```").first)
        let read = try mapping(yaml)
        #expect(read.clients.keys.sorted() == ["Harbor Outfitters"])
        #expect(read.tasks["Sync support"]?.serviceLine == ServiceLineID("integration-support"))
    }

    @Test("Every slip in a mapping is told in one go, with its line and what would be right")
    func slips() throws {
        do {
            _ = try mapping(
                """
                mainstay_mapping: 1
                client: {}
                clients:
                  Acme: {id: acme, service_line: website-maintenence, zone: Mars/Base, contract: {plan: care-6}}
                tasks: {Design: contnt}
                request_per: sprint
                """)
            Issue.record("it was read")
        } catch let problems as Problems {
            let text = problems.description
            for words in [
                "map.yaml:2:", "Did you mean \"clients\"?", "Did you mean \"website-maintenance\"?", "Mars/Base",
                "care-6",
                "Did you mean \"content\"?", "sprint",
            ] {
                #expect(text.contains(words), "\(words) in \(text)")
            }
        }
    }

    @Test("Names that the mapping lacks are listed together, with how many rows have them")
    func unmapped() throws {
        let export = try read(
            """
            Date,Client,Project,Task,Notes,Hours
            2026-01-05,Acne,P,Design,n,1
            2026-01-06,Acne,P,Design,n,1
            2026-01-07,Acme,P,Desing,n,1
            """)
        let strict = try mapping(
            """
            mainstay_mapping: 1
            clients: {Acme: {id: acme, service_line: website-maintenance}}
            projects: {Q: {}}
            tasks: {Design: content}
            """)
        do {
            _ = try TimeImport(mapping: strict, terms: try terms()).facts(of: export)
            Issue.record("it was read")
        } catch let error as Problems {
            #expect(
                error.all.map { "\($0.subject): \($0.message)" } == [
                    "client \"Acne\": 2 rows have it, and the mapping does not",
                    "project \"P\": 3 rows have it, and the mapping does not",
                    "task \"Desing\": 1 row has it, and the mapping does not",
                ])
            #expect(error.all[0].fix.contains("\"Acme\" is there"))
        }
    }

    @Test("A drafted mapping can be used as it stands", arguments: Samples.all)
    func draft(_ format: ExportFormat, _ text: String, _ rows: [String]) throws {
        let export = try read(text)
        let draft = MappingDraft(export, terms: try terms()).text
        let facts = try TimeImport(mapping: try mapping(draft), terms: try terms()).facts(of: export)
        #expect(facts.timeEntries.map(\.worked) == export.rows.map(\.hours))
        #expect(FactsCheck(terms: try terms()).problems(in: facts) == [])
        let worked = Rater(terms: try terms()).accounts(of: facts).flatMap(\.statements).reduce(Hours.zero) {
            $0 + $1.totals.worked
        }
        #expect(worked == export.hours)
    }

    @Test("Clients and contracts that the facts have are not made again")
    func known() throws {
        let export = try read("Date,Client,Project,Task,Notes,Hours\n2026-01-05,Acme,P,T,n,1")
        var known = Facts()
        known.clients = [
            Client(id: ClientID("acme"), name: "Acme", zone: .utc, currency: .usd, recordedAt: Instant(seconds: 0))
        ]
        let facts = try TimeImport(mapping: try mapping(), terms: try terms(), known: known).facts(of: export)
        #expect(facts.clients.isEmpty)
        #expect(facts.contracts.count == 1)
        // Logged at the end of the day where the known client is.
        #expect(facts.timeEntries[0].recordedAt == Instant("2026-01-05T23:59:59Z"))
    }
}
