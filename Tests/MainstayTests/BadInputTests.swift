import Foundation
import Testing

@Suite("Bad input") struct BadInputTests {
    /// Expects a refusal: exit code 1, nothing on standard output, and the words on standard error.
    private func expectRefusal(_ arguments: [String], _ words: String..., location: SourceLocation = #_sourceLocation)
        throws
    {
        let run = try Program.run(arguments)
        #expect(run.exitCode == 1, "\(run.errors)", sourceLocation: location)
        #expect(run.output == "", sourceLocation: location)
        for word in words { #expect(run.errors.contains(word), "\(run.errors)", sourceLocation: location) }
        #expect(!run.errors.contains("Fatal"), sourceLocation: location)
    }

    private func currentTerms() throws -> String {
        try String(contentsOf: Program.root.appending(path: "examples/terms/current.yaml"), encoding: .utf8)
    }

    // MARK: Terms

    @Test("Terms with a missing plan, a negative rate and an unknown key: all three at once, each with its line")
    func terms() throws {
        let files = try Files()
        let text = try currentTerms()
            .replacing("list_rate: 165.00", with: "list_rate: -165.00")
            .replacing("negotiable: [overage_rate", with: "negotable: [overage_rate")
            .replacing(
                "service_line: integration-support, hours: 3", with: "service_line: integration-suport, hours: 3")
        let path = try files.write("terms.yaml", text)
        try expectRefusal(
            ["terms", "check", path], "the amount is negative: -165.00",
            "there is no key \"negotable\". Did you mean \"negotiable\"?",
            "there is no service line \"integration-suport\". Did you mean \"integration-support\"?", "terms.yaml:10: ",
            "3 problems")
    }

    @Test("A contract on a plan that the terms do not have")
    func missingPlan() throws {
        let files = try Files()
        let text = try currentTerms().split(separator: "\n").filter { !$0.hasPrefix("  care-5:") }.joined(
            separator: "\n")
        let path = try files.write("terms.yaml", text)
        try expectRefusal(
            ["rate", "--terms"] + Program.allTerms.dropLast() + [path, "--facts", "examples/agency/facts.jsonl"],
            "contract quill-web: the terms of 2021-01-01 have no plan \"care-5\"")
    }

    @Test("Two versions on one date")
    func twoVersions() throws {
        try expectRefusal(
            ["terms", "check", Program.allTerms[2], Program.allTerms[2]], "two versions are effective on 2021-01-01")
    }

    @Test("A terms file that is no file, is no YAML, is empty, or is nested 100,000 deep")
    func noTerms() throws {
        let files = try Files()
        try expectRefusal(["terms", "check", "no-such-file.yaml"], "there is no such file")
        try expectRefusal(["terms", "check", "examples"], "it is a folder")
        try expectRefusal(["terms", "check", try files.write("a.yaml", "plans: [")], "a.yaml:")
        try expectRefusal(["terms", "check", try files.write("b.yaml", "")], "the file is empty")
        let deep = String(repeating: "[", count: 100_000)
        try expectRefusal(["terms", "check", try files.write("c.yaml", deep)], "c.yaml:1: terms: it nests too deeply")
    }

    // MARK: Facts

    private static let start = """
        {"mainstay_facts":1}
        {"fact":"client","recorded_at":"2026-01-01T00:00:00Z","id":"acme","name":"Acme","zone":"America/Los_Angeles","currency":"USD"}
        {"fact":"contract","recorded_at":"2026-01-01T00:00:00Z","id":"web","client":"acme","service_line":"website-maintenance","plan":"care-5","from":"2026-01-01"}
        {"fact":"request","recorded_at":"2026-01-01T00:00:00Z","id":"r","client":"acme","service_line":"website-maintenance","title":"t"}

        """

    static func time(_ fields: String) -> String {
        #"{"fact":"time","recorded_at":"2026-01-09T00:00:00Z","id":"e","request":"r","person":"a","work_type":"content",\#(fields)}"#
    }

    private static let wrongFacts: [(String, String)] = [
        (
            #"{"fact":"contract","recorded_at":"2026-01-01T00:00:00Z","id":"two","client":"acme","service_line":"website-maintenance","plan":"care-2","from":"2026-03-01"}"#,
            "contracts two and web: both cover website-maintenance from 2026-03-01"
        ),
        (
            #"{"fact":"block","recorded_at":"2026-01-01T00:00:00Z","id":"b","client":"acme","hours":"7:00","price_per_hour":"150.00","bought_on":"2026-01-05","expires":"2026-02-28"}"#,
            "block b: it has 7:00. Blocks are sold from 5:00 in steps of 5:00"
        ),
        (
            time(#""start":"2026-01-05T10:00:00Z","end":"2026-01-05T09:00:00Z""#),
            "it ends at 2026-01-05T09:00:00Z, not after it starts"
        ),
        (time(#""date":"2026-01-05","hours":"25:00""#), "it lasts 25:00, over 24 hours"),
        (time(#""date":"2099-01-05","hours":"1:00""#), "it lies in the future, on 2099-01-05"),
        (time(#""date":"2026-01-05","hours":"1:00","hour":"2""#), "there is no key \"hour\""),
        (time(#""date":"2026-02-30","hours":"1:00""#), "2026-02-30"),
        (time(#""date":"2026-01-05","hours":1.5"#), "hours"),
        (
            #"{"fact":"client","recorded_at":"2026-01-01T00:00:00Z","id":"b","name":"B","zone":"Mars/Olympus","currency":"USD"}"#,
            "Mars/Olympus"
        ),
        (#"{"fact":"tme","recorded_at":"2026-01-01T00:00:00Z"}"#, "Did you mean \"time\"?"),
        (#"{"fact":"time","recorded_at":"2026-01-09T00:00:00Z","id":"e""#, ":5: "),
    ]

    @Test(
        "Facts that contradict themselves or the terms",
        arguments: wrongFacts)
    func facts(_ line: String, _ words: String) throws {
        let files = try Files()
        let path = try files.write("facts.jsonl", BadInputTests.start + line)
        try expectRefusal(["rate", "--terms", Program.allTerms[2], "--facts", path], words)
    }

    @Test("A facts file that is cut off, nested 100,000 deep, of a newer version, in UTF-16, or empty")
    func noFacts() throws {
        let files = try Files()
        func refuse(_ name: String, _ data: Data, _ words: String) throws {
            let path = try files.write(name, data)
            try expectRefusal(["rate", "--terms", Program.allTerms[2], "--facts", path], words)
        }
        let whole = #"{"mainstay_facts": 1, "facts": [{"fact": "client", "id": "acme"}]}"#
        try refuse("cut.json", Data(whole.utf8.prefix(50)), "cut.json")
        let deep = #"{"mainstay_facts": 1, "facts": "# + String(repeating: "[", count: 100_000)
        try refuse("deep.json", Data(deep.utf8), "deep.json")
        try refuse("newer.json", Data(#"{"mainstay_facts": 2, "facts": []}"#.utf8), "version 2")
        try refuse("utf16.json", try #require(whole.data(using: .utf16)), "UTF-16")
        try refuse("empty.json", Data(), "the file is empty")
        try refuse("text.json", Data("Dear Sir or Madam".utf8), "text.json")
    }

    // MARK: Time exports

    private func rate(_ export: Data, _ files: Files, mapping: String? = nil) throws -> [String] {
        let time = try files.write("export.csv", export)
        let map = try files.write("map.yaml", mapping ?? BadInputTests.mapping)
        return ["rate", "--terms", Program.allTerms[2], "--time", time, "--mapping", map]
    }

    private static let mapping = """
        mainstay_mapping: 1
        clients:
          Acme: {id: acme, zone: UTC, service_line: website-maintenance, contract: {plan: care-5, from: 2026-01-01}}
        other_projects: none
        other_tasks: content
        """

    private static let header = "Date,Client,Project,Task,Notes,Hours\n"

    private static let wrongExports: [(String, String)] = [
        ("Date|Client|Project|Task|Notes|Hours\n2026-01-05|Acme|P|T|n|1\n", "the header has one column"),
        ("Date,Client,Project,Task,Notes\n2026-01-05,Acme,P,T,n\n", "it lacks \"hours\""),
        (header, "there are no rows under the header"),
        (header + "2026-01-05,Acme,P,T,n,1\n01/06/2026,Acme,P,T,n,1\n", "export.csv:3: row: the date 01/06/2026"),
        (header + "01/06/2026,Acme,P,T,n,1\n", "the day or with the month first"),
        (header + "2026-01-05,Acme,P,T,n,-1\n", "the time is negative: -1"),
        (header + "2026-01-05,Acme,P,T,n,one\n", "\"one\" is no length of time"),
        (header + "2026-01-05,Acme,P,T,n,25\n", "it lasts 25:00, over 24 hours"),
        (header + "2099-01-05,Acme,P,T,n,1\n", "it lies in the future, on 2099-01-05"),
        (header + "2026-01-05,Acme,P,T,\"n,1\n", "a quote mark is opened and never closed"),
        (header + "2026-01-05,Acme,P,T,1\n", "the row has 5 fields, and the header has 6"),
        (header + "2026-01-05,Acmee,P,T,n,1\n", "client \"Acmee\": 1 row has it"),
    ]

    @Test(
        "An export with the wrong delimiter, a missing column, mixed dates, or without rows",
        arguments: wrongExports)
    func export(_ text: String, _ words: String) throws {
        let files = try Files()
        try expectRefusal(try rate(Data(text.utf8), files), words)
    }

    @Test("An export in UTF-16")
    func utf16() throws {
        let text = BadInputTests.header + "2026-01-05,Acme,P,T,n,1\n"
        let files = try Files()
        try expectRefusal(try rate(try #require(text.data(using: .utf16)), files), "the file is in UTF-16")
    }

    @Test("An export with a field of 2 GB is refused without reading it")
    func hugeField() throws {
        let files = try Files()
        let arguments = try rate(Data((BadInputTests.header + "2026-01-05,Acme,P,T,\"").utf8), files)
        let handle = try FileHandle(forWritingTo: files.folder.appending(path: "export.csv"))
        try handle.truncate(atOffset: 2 << 30)
        try handle.close()
        try expectRefusal(arguments, "a field has more than")
    }

    @Test("Bad rows refuse the file, and with --skip-bad are listed and left out")
    func skipBad() throws {
        let files = try Files()
        let text = BadInputTests.header + "2026-01-05,Acme,P,T,n,1\n2026-01-06,Acme,P,T,n,no\n"
        let arguments = try rate(Data(text.utf8), files)
        try expectRefusal(arguments, "export.csv:3: row: \"no\" is no length of time")
        let run = try Program.run(arguments + ["--skip-bad", "--period", "2026-01", "--summary"])
        #expect(run.exitCode == 0)
        #expect(run.errors.contains("left out: "))
        #expect(run.output.contains("worked 1:00 = drawn 1:00"))
    }
}
