import Foundation
import Testing

@Suite("Commands") struct CommandTests {
    @Test("rate states the months chosen, and no others")
    func rate() throws {
        let run = try Program.run(["rate"] + Program.agency + ["--client", "harbor", "--period", "2026-09..2026-10"])
        #expect(run.exitCode == 0)
        #expect(run.errors == "")
        #expect(run.output.contains("Harbor Outfitters, September 2026"))
        #expect(run.output.contains("Harbor Outfitters, October 2026"))
        #expect(!run.output.contains("August 2026 "))
        #expect(!run.output.contains("Quill"))
    }

    @Test(
        "No line of a table or a tree is wider than 80 columns",
        arguments: [
            ["rate", "--period", "2026-09..2026-10"], ["rate", "--period", "2009-12"],
            ["rate", "--period", "2026-09..2026-10", "--summary"],
            ["explain", "--client", "harbor", "--period", "2026-09"],
            ["advise", "--client", "harbor", "--period", "2026-08..2026-10", "--on", "2026-10-21"],
            ["advise", "--client", "harbor", "--contract", "harbor-web", "--plan", "care-10", "--on", "2026-10-21"],
        ])
    func width(_ arguments: [String]) throws {
        let run = try Program.run([arguments[0]] + Program.agency + arguments.dropFirst())
        #expect(run.exitCode == 0, "\(run.errors)")
        let wide = run.output.split(separator: "\n").filter { $0.count > 80 }
        #expect(wide.isEmpty)
    }

    @Test("The same facts in any order give the same statements, byte for byte", arguments: ["table", "json", "csv"])
    func anyOrder(_ format: String) throws {
        let files = try Files()
        let text = try String(contentsOf: Program.root.appending(path: "examples/agency/facts.jsonl"), encoding: .utf8)
        var lines = text.split(separator: "\n").map(String.init)
        let header = lines.removeFirst()
        let expected = try Program.run(["rate"] + Program.agency + ["--format", format]).output
        for order in [lines.reversed(), lines.sorted(), lines.sorted(by: >)] {
            let path = try files.write("facts.jsonl", ([header] + order).joined(separator: "\n"))
            let run = try Program.run(["rate", "--terms"] + Program.allTerms + ["--facts", path, "--format", format])
            #expect(run.output == expected)
        }
    }

    @Test("--as-known-at rates with what was recorded by then")
    func asKnownAt() throws {
        let before = ["--client", "harbor", "--period", "2026-09", "--as-known-at", "2026-10-02"]
        let run = try Program.run(["rate"] + Program.agency + before)
        #expect(!run.output.contains("Closed"))
        #expect(run.output.contains("$1,691.67"))
        #expect(!run.output.contains("e-37"))
    }

    @Test("A month closed by --closing comes back as closed, and what comes later as an adjustment")
    func closing() throws {
        let files = try Files()
        let facts = try String(contentsOf: Program.root.appending(path: "examples/agency/facts.jsonl"), encoding: .utf8)
        let choice = ["--client", "harbor", "--period", "2026-10"]
        let closing = try Program.run(["rate"] + Program.agency + choice + ["--closing"])
        #expect(closing.exitCode == 0)
        let late = """
            {"fact":"time","recorded_at":"2099-01-01T00:00:00Z","id":"late","request":"r-19","person":"ada",\
            "work_type":"content","date":"2026-10-14","hours":"1:00"}
            """
        let path = try files.write("facts.jsonl", facts + closing.output + late)
        let run = try Program.run(
            ["rate", "--terms"] + Program.allTerms + ["--facts", path, "--client", "harbor", "--period", "2026-11"])
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output.contains("Adjustments for October 2026"))
        #expect(run.output.contains("time entry late"))
        #expect(!run.output.contains("e-37"))
        let again = try Program.run(
            ["rate", "--terms"] + Program.allTerms + ["--facts", path, "--closing"] + choice)
        #expect(again.exitCode == 1)
    }

    @Test("explain names the lines there are where one is misspelt")
    func explain() throws {
        let choice = ["--client", "harbor", "--period", "2026-09"]
        let good = try Program.run(["explain"] + Program.agency + choice + ["fee:harbor-web"])
        #expect(good.output.hasPrefix("Contract harbor-web, Website maintenance: $700.00 for 5:00"))
        let bad = try Program.run(["explain"] + Program.agency + choice + ["fee:harbor-wbe"])
        #expect(bad.exitCode == 1)
        #expect(bad.errors.contains("Did you mean \"fee:harbor-web\"?"))
    }

    @Test("explain --format json gives the whole statement, and no line of it")
    func explainJSON() throws {
        let choice = ["--client", "harbor", "--period", "2026-09", "--format", "json"]
        let whole = try Program.run(["explain"] + Program.agency + choice)
        #expect(whole.exitCode == 0)
        #expect(whole.output.hasPrefix("{\n  \"mainstay_explanation\": 1,\n  \"client\": \"harbor\","))
        let line = try Program.run(["explain"] + Program.agency + choice + ["e-35"])
        #expect(line.exitCode == 64)
    }

    @Test(
        "Each command has help with an example",
        arguments: [
            ["rate"], ["explain"], ["advise"], ["terms", "check"], ["terms", "show"], ["terms", "diff"],
        ])
    func help(_ command: [String]) throws {
        let run = try Program.run(command + ["--help"])
        #expect(run.exitCode == 0)
        #expect(run.output.contains("Example"))
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 88 })
    }

    @Test(
        "Wrong usage exits with 64",
        arguments: [
            ["rate", "--client"], ["rate", "--terms", "a.yaml"],
            ["rate", "--terms", "a.yaml", "--facts", "b", "--period", "2026-13"],
            ["explain", "--terms", "a", "--facts", "b"], ["rate", "--colour"], ["terms", "diff", "a"],
            ["advise", "--terms", "a", "--facts", "b", "--client", "c", "--on", "yesterday"],
        ])
    func usage(_ arguments: [String]) throws {
        #expect(try Program.run(arguments).exitCode == 64)
    }

    @Test("Output that cannot be written is refused, not a crash")
    func fullDisk() throws {
        let run = try Program.run(["rate"] + Program.agency, into: "/dev/full")
        #expect(run.exitCode == 1)
        #expect(run.errors == "mainstay: the output cannot be written; is the disk full?\n")
    }

    @Test("The README shows what the program prints")
    func readme() throws {
        let process = Process()
        process.executableURL = Program.root.appending(path: "scripts/refresh-readme")
        process.arguments = ["--check"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "run scripts/refresh-readme")
    }

    @Test("A client who lived under three versions is billed by each in its time")
    func threeVersions() throws {
        func total(_ month: String) throws -> String {
            let run = try Program.run(["rate"] + Program.agency + ["--client", "harbor", "--period", month])
            return run.output.split(separator: "\n").last.map {
                String($0.suffix(9)).trimmingCharacters(in: .whitespaces)
            } ?? ""
        }
        // 2009: half hours for each request, $100.00 an hour over Care 2 ($210.00): 1:30.
        #expect(try total("2009-12") == "$360.00")
        // 2012: custom development is not covered: 3:00 at $225.00, on top of $210.00.
        #expect(try total("2012-09") == "$885.00")
        // Current: Care 5 at $700.00, a block of $1,500.00 in August.
        #expect(try total("2026-08") == "$2,200.00")
    }
}
