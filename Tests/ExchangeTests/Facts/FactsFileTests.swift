import Agreements
import Exchange
import Foundation
import Rating
import Testing
import Values

/// Reads a text as a facts file.
func readFacts(_ text: String) throws(Problems) -> Facts {
    try FactsFile.read(Array(text.utf8), file: "f.json", currency: .usd)
}

/// What a reader says against a text, a line for each problem; nothing where it takes it.
func saidAgainst(_ bytes: [UInt8]) -> String {
    do {
        _ = try FactsFile.read(bytes, file: "f.json", currency: .usd)
        return ""
    } catch {
        return error.description
    }
}

func saidAgainst(_ text: String) -> String { saidAgainst(Array(text.utf8)) }

@Suite("Facts file")
struct FactsFileTests {
    private static let project =
        #"{"fact": "project", "recorded_at": "2026-01-01T00:00:00Z", "id": "p", "client": "c", "name": "P"}"#

    // MARK: Two forms

    @Test("Written facts read back as they were, in both forms")
    func roundTrip() throws {
        let seed: UInt64 = 20_260_131
        for round in 0..<400 {
            var random = RandomFacts(seed: seed &+ UInt64(round))
            let facts = random.facts()
            let document = try readFacts(FactsFile.document(facts))
            let lines = try readFacts(FactsFile.jsonLines(facts))
            #expect(document.hasSameContent(as: facts), "seed \(seed), round \(round)")
            #expect(lines == document, "seed \(seed), round \(round)")
            #expect(FactsFile.document(document) == FactsFile.document(facts), "seed \(seed), round \(round)")
        }
    }

    @Test("The same facts in any order are written as the same bytes")
    func orderOfFacts() {
        for seed in 1...50 as ClosedRange<UInt64> {
            var random = RandomFacts(seed: seed)
            var shuffling = SeededRandom(seed: seed)
            var facts = random.facts()
            facts.append(random.facts())
            let shuffled = facts.shuffled(using: &shuffling)
            #expect(FactsFile.jsonLines(shuffled) == FactsFile.jsonLines(facts), "seed \(seed)")
        }
    }

    @Test("A facts file may be appended to, line by line")
    func appending() throws {
        var random = RandomFacts(seed: 7)
        let (first, second) = (random.facts(), random.facts())
        let text = FactsFile.jsonLines(first) + FactsFile.lines(second).map { $0 + "\n" }.joined()
        var both = first
        both.append(second)
        #expect(try readFacts(text).hasSameContent(as: both))
    }

    @Test(
        "The form shows in the text, not in its name",
        arguments: [
            "{\"mainstay_facts\": 1}\n\(project)",
            "{\"mainstay_facts\":1}\r\n\r\n\(project)\r\n\r\n",
            "\u{FEFF}{\"mainstay_facts\": 1}\n\(project)\n",
            "{\"mainstay_facts\": 1, \"facts\": [\(project)]}",
            "{\"facts\": [\(project)], \"mainstay_facts\": 1}\n",
            "\n\n{\n\"mainstay_facts\": 1,\n\"facts\": [\n\(project)\n]\n}\n\n",
            "{\"mainstay_facts\": 1\n, \"facts\": [\(project)]}",
        ])
    func forms(text: String) throws {
        let facts = try readFacts(text)
        #expect(facts.projects.map(\.id) == [ProjectID("p")])
    }

    @Test("A file with a version and no facts is empty, not wrong")
    func noFacts() throws {
        #expect(try readFacts("{\"mainstay_facts\": 1}") == Facts())
        #expect(try readFacts("{\"mainstay_facts\": 1, \"facts\": []}") == Facts())
    }

    // MARK: Values

    @Test(
        "Hours can be typed as people do",
        arguments: [
            ("1:30", 5400), ("1:30:12", 5412), ("90m", 5400), ("2h", 7200), ("1h30", 5400), ("1.5", 5400),
            ("1,5", 5400), ("0", 0), ("87600000", 87_600_000 * 3600),
        ])
    func hours(text: String, seconds: Int) throws {
        let facts = try readFacts(
            """
            {"mainstay_facts": 1}
            {"fact": "time", "recorded_at": "2026-01-05T19:00:00Z", "id": "e", "request": "r", "person": "Ana", \
            "work_type": "dev", "date": "2026-01-05", "hours": "\(text)"}
            """)
        #expect(facts.timeEntries.map(\.worked.seconds) == [seconds])
    }

    @Test("Texts keep every character, however it is written")
    func texts() throws {
        let facts = try readFacts(
            #"{"mainstay_facts": 1, "facts": [{"fact": "project", "recorded_at": "2026-01-01T00:00:00.999+00:00", "id": "é", "#
                + #""client": "c", "name": "a\"\\\/\b\f\n\r\t\u00e9\uD83E\uddf0é🧰"}]}"#)
        #expect(facts.projects.map(\.name) == ["a\"\\/\u{8}\u{C}\n\r\té🧰é🧰"])
        #expect(facts.projects.map(\.recordedAt) == [Instant("2026-01-01T00:00:00Z")])
    }

    @Test("A key that is null is a key that is not there")
    func nulls() throws {
        let facts = try readFacts(
            """
            {"mainstay_facts": 1}
            {"fact": "time", "recorded_at": "2026-01-05T19:00:00Z", "id": "e", "request": "r", "person": "Ana", \
            "work_type": "dev", "date": "2026-01-05", "hours": "1:30", "start": null, "end": null, "note": null}
            """)
        #expect(facts.timeEntries.map(\.worked) == [Hours(1, 30)])
    }

    @Test("A block can end with its project and by a date at the latest")
    func blockWithTwoEnds() throws {
        let block = Block(
            id: BlockID("b"), client: ClientID("c"), scope: .project(ProjectID("p")), hours: Hours(5),
            pricePerHour: HourlyRate(perHour: Money(minorUnits: 15000, .usd)), boughtOn: CivilDate(day: 20_000),
            lastDay: CivilDate(day: 20_100), endsWithProject: true, recordedAt: Instant(seconds: 0))
        var facts = Facts()
        facts.blocks = [block]
        #expect(try readFacts(FactsFile.document(facts)).blocks == [block])
    }

    // MARK: What is refused

    @Test("A broken fact is refused, with what is wrong and what would be right", arguments: BrokenFact.all)
    func broken(fact: BrokenFact) {
        let said = saidAgainst("{\"mainstay_facts\": 1}\n\(fact.json)\n")
        #expect(said.lowercased().contains(fact.says.lowercased()))
        #expect(said.contains("f.json:2: "))
        let inDocument = saidAgainst("{\"mainstay_facts\": 1, \"facts\": [\n\(BrokenFactPlace.good),\n\(fact.json)]}")
        #expect(inDocument.lowercased().contains(fact.says.lowercased()))
        #expect(inDocument.contains("f.json:3: facts[1]"))
    }

    private enum BrokenFactPlace { static let good = FactsFileTests.project }

    @Test("All problems of a file are named in one go, each with its line")
    func allProblems() {
        let said = saidAgainst(
            """
            {"mainstay_facts": 1}
            {"fact": "project", "recorded_at": "yesterday", "id": 5, "client": "c", "nmae": "P"}

            {"fact": "project", "recorded_at": "2026-01-01T00:00:00Z", "id": "p"
            {"fact": "project-done", "recorded_at": "2026-01-01T00:00:00Z", "project": "p", "on": "2026-02-30"}
            """)
        #expect(
            said == """
                f.json:2: project c: "id" is not a text. Write it in double quotes: "5".
                f.json:2: project c: "name" is missing. Add it.
                f.json:2: project c: "recorded_at" is "yesterday". Write something like "2026-01-31T17:00:00Z".
                f.json:2: project c: there is no key "nmae". Did you mean "name"?
                f.json:4: fact: it ends in the middle of an object. It was cut off: get the whole of it.
                f.json:5: project-done p: "on" is "2026-02-30". Write something like "2026-01-31".
                """)
    }

    @Test("A key that is there twice is refused, not chosen from")
    func twice() {
        let said = saidAgainst(
            """
            {"mainstay_facts": 1, "facts": [{"fact": "project-done", "recorded_at": "2026-01-01T00:00:00Z", "project": "p",
            "on": "2026-02-01",
            "on": "2026-02-02"}]}
            """)
        #expect(said == "f.json:3: facts[0], project-done p: \"on\" is there twice. Keep one of them.")
    }

    @Test("A closing says only once what was available of a grant, and in a period")
    func availableTwice() {
        let start =
            "{\"mainstay_facts\": 1}\n{\"fact\": \"closing\", \"recorded_at\": \"2026-01-01T00:00:00Z\", "
            + "\"client\": \"c\", \"period\": \"2026-01\", \"positions\": [], "
        #expect(
            saidAgainst(start + "\"available\": {\"block:b\": \"1:00\", \"block:b\": \"2:00\"}}")
                == "f.json:2: closing c: \"available\" has block:b twice. Keep one of them.")
        let earlier = "{\"period\": \"2025-12\", \"hours\": {\"block:b\": \"1:00\"}}"
        #expect(
            saidAgainst(start + "\"available_earlier\": [\(earlier), \(earlier)]}").contains("2025-12 is there twice"))
    }

    @Test(
        "A file that is no facts file says what it is instead",
        arguments: [
            ("", "the file is empty"),
            (" \n\t\r\n ", "the file is empty"),
            ("\u{FEFF}", "the file is empty"),
            ("terms: 1\n", "the file is no JSON object"),
            ("id,date,hours\n1,2026-01-05,1.5\n", "the file is no JSON object"),
            ("[]", "the file is no JSON object"),
            ("{}", "\"mainstay_facts\" is missing"),
            ("{\"facts\": []}", "\"mainstay_facts\" is missing"),
            ("{\"mainstay_facts\": 1, \"facts\": {}}", "\"facts\" is no list"),
            ("{\"mainstay_facts\": 1,\n\"extra\": 1}", "\"facts\" is missing"),
            ("{\"mainstay_facts\": 1, \"extra\": 1}\n", "there is no key \"extra\""),
            ("{\"mainstay_facts\": 1, \"facts\": [], \"facts\": []}", "\"facts\" is there twice"),
            ("{\"mainstay_facts\": 1, \"facts\": []} x", "there is \"x\" where the end should be"),
            ("{\"mainstay_facts\": \"1\"}", "\"mainstay_facts\" is no whole number"),
            ("{\"mainstay_facts\": 1.5}", "\"mainstay_facts\" is no whole number"),
            ("\(project)\n\(project)\n", "the first line does not say the version"),
            ("{\"mainstay_facts\": 1}\n\(project) \(project)\n", "there is \"{\" where the end should be"),
            ("{\"mainstay_facts\": 1}\n{\"fact\": \"\\ud800\"}\n", "\\u stands for half a character"),
            ("{\"mainstay_facts\": 1}\n{\"fact\": \"\\x\"}\n", "a backslash stands before \"x\""),
            ("{\"mainstay_facts\": 1}\n{\"fact\": \"a\tb\"}\n", "a text holds the control character 9"),
            ("{\"mainstay_facts\": 1, \"facts\": [{\"fact\": \"a\nb\"}]}", "a text runs over the end of the line"),
            ("{\"mainstay_facts\": 1}\n{'fact': 'time'}\n", "there is \"'\" where a key in double quotes should be"),
            ("{\"mainstay_facts\": 1}\n{\"fact\" \"time\"}\n", "where a colon after \"fact\" should be"),
            (
                "{\"mainstay_facts\": 1}\n{\"fact\": \"time\",}\n",
                "there is \"}\" where a key in double quotes should be"
            ),
            ("{\"mainstay_facts\": 1}\n{\"fact\": 01}\n", "there is \"1\" where a comma or } should be"),
            ("{\"mainstay_facts\": 1}\n{\"fact\": -}\n", "there is \"}\" where a digit should be"),
            ("{\"mainstay_facts\": 1}\n{\"fact\": NaN}\n", "there is \"N\" where a value should be"),
        ])
    func notFacts(text: String, says: String) {
        let said = saidAgainst(text)
        #expect(said.contains(says), "\(said)")
        #expect(said.hasPrefix("f.json:"))
    }

    @Test("UTF-16 is recognised, with and without a mark")
    func utf16() {
        let text = "{\"mainstay_facts\": 1}\n"
        let little: [UInt8] = text.utf8.flatMap { [$0, 0] }
        let big: [UInt8] = text.utf8.flatMap { [0, $0] }
        for bytes in [little, big, [0xFF, 0xFE] + little, [0xFE, 0xFF] + big] {
            #expect(saidAgainst(bytes).contains("the file is in UTF-16. Save it as UTF-8."))
        }
    }

    @Test("A text that is not UTF-8 is refused with its line")
    func latin1() {
        let line = #"{"fact": "project", "recorded_at": "2026-01-01T00:00:00Z", "id": "p", "client": "c", "name": ""#
        let bytes = Array("{\"mainstay_facts\": 1}\n\(line)Caf".utf8) + [0xE9] + Array("\"}\n".utf8)
        #expect(saidAgainst(bytes) == "f.json:2: fact: a text is not UTF-8. Save the file as UTF-8.")
    }

    @Test("A newer version is named, and nothing else of the file is judged")
    func newerVersion() {
        let wanted = "f.json:1: facts: they are of version 2, and this program reads version 1. Use a newer mainstay."
        #expect(saidAgainst("{\"mainstay_facts\": 2, \"signed\": true}\n{\"event\": 7}\n") == wanted)
        #expect(saidAgainst("{\"mainstay_facts\": 2, \"facts\": [{\"event\": 7}]}") == wanted)
        #expect(saidAgainst("{\"facts\": [{\"event\": 7}], \"mainstay_facts\": 2}") == wanted)
    }

    @Test("Nesting of 100,000 is refused, wherever it is, and does not end the program")
    func deepNesting() {
        let lists = String(repeating: "[", count: 100_000)
        let objects = String(repeating: "{\"a\":", count: 100_000)
        for deep in [lists, objects, lists + String(repeating: "]", count: 100_000)] {
            for text in [
                deep, "{\"mainstay_facts\": 1}\n\(deep)\n", "{\"mainstay_facts\": 1, \"facts\": \(deep)}",
                "{\"mainstay_facts\": 1, \"facts\": [{\"fact\": \(deep)}]}",
            ] {
                let said = saidAgainst(text)
                #expect(said.contains("nested more than 64 deep") || said.contains("no JSON object"))
            }
        }
    }

    @Test("A file cut off anywhere is refused, or was cut between two lines")
    func cutOff() throws {
        var random = RandomFacts(seed: 3)
        let facts = random.facts()
        let document = Array(FactsFile.document(facts).utf8)
        for end in 0..<(document.count - 2) {
            let said = saidAgainst(Array(document[..<end]))
            #expect(!said.isEmpty, "cut at \(end)")
        }
        let middle = saidAgainst(Array(document[..<(document.count / 2)]))
        #expect(middle.contains("it ends in the middle of an object begun on line 1. It was cut off"))
        let lines = Array(FactsFile.jsonLines(facts).utf8)
        for end in 1..<lines.count where lines[end] != UInt8(ascii: "\n") && lines[end - 1] != UInt8(ascii: "\n") {
            #expect(!saidAgainst(Array(lines[..<end])).isEmpty, "cut at \(end)")
        }
    }

    @Test("A file with bytes changed at random is read, or refused saying where and what would be right")
    func noise() {
        for seed in 1...300 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            var source = RandomFacts(seed: seed)
            let facts = source.facts()
            var bytes = Array((seed % 2 == 0 ? FactsFile.document(facts) : FactsFile.jsonLines(facts)).utf8)
            for _ in 0..<5 {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do throws(Problems) {
                // What is read is what a document of it says again.
                let read = try FactsFile.read(bytes, file: "f.json", currency: .usd)
                #expect(saidAgainst(Array(FactsFile.document(read).utf8)).isEmpty, "seed \(seed)")
            } catch {
                #expect(!error.all.isEmpty && error.all.allSatisfy { !$0.fix.isEmpty && $0.file == "f.json" })
            }
        }
    }

    @Test("Figures over the limits are refused")
    func limits() {
        func said(_ entry: String) -> String {
            saidAgainst(
                """
                {"mainstay_facts": 1}
                {"fact": "negotiated", "recorded_at": "2026-01-05T19:00:00Z", "contract": "c", "from": "2026-01-01", \(entry)}
                """)
        }
        #expect(said("\"hours\": \"87600000:00\"").isEmpty)
        #expect(said("\"hours\": \"87600000:00:01\"").contains("\"hours\" is"))
        #expect(said("\"hours\": \"999999999999:00\"").contains("\"hours\" is"))
        #expect(said("\"hours\": \"99999999999999999999999\"").contains("\"hours\" is"))
        #expect(said("\"fee\": \"10000000.00\"").isEmpty)
        #expect(said("\"fee\": \"10000000.01\"").contains("\"fee\" is"))
        #expect(said("\"fee\": \"5.001\"").contains("\"fee\" is"))
        #expect(said("\"fee\": \"99999999999999999999999\"").contains("\"fee\" is"))
        #expect(said("\"increment\": {\"step\": \"0:00\", \"per\": \"entry\"}").contains("the step is 0:00"))
        #expect(said("\"increment\": {\"step\": \"24:01\", \"per\": \"entry\"}").contains("the step is 24:01"))
        #expect(said("\"hours\": \"1:00\", \"note\": \"\(String(repeating: "x", count: 200))\"").contains("no key"))
    }

    @Test("An instant that its offset carries out of the years that can be written is refused")
    func instantsAtTheEdge() {
        func said(_ instant: String) -> String {
            saidAgainst(
                """
                {"mainstay_facts": 1}
                {"fact": "request-approval", "recorded_at": "\(instant)", "request": "r", "by": "Jo"}
                """)
        }
        #expect(said("9999-12-31T23:59:59Z").isEmpty)
        #expect(said("9999-12-31T23:59:59-00:01").contains("\"recorded_at\" is"))
        #expect(said("1900-01-01T00:00:00Z").isEmpty)
        #expect(said("1900-01-01T00:00:00+00:01").contains("\"recorded_at\" is"))
    }

    @Test("A client billed in another currency than the terms' is refused")
    func currency() {
        let said = saidAgainst(
            """
            {"mainstay_facts": 1}
            {"fact": "client", "recorded_at": "2026-01-01T00:00:00Z", "id": "c", "name": "C", "zone": "UTC", "currency": "EUR"}
            """)
        #expect(said.contains("client c: its currency is EUR, and that of the terms is USD"))
    }

    @Test("A fact with a thousand keys is refused in one sentence")
    func manyKeys() {
        let keys = (0..<1000).map { "\"k\($0)\": 1" }.joined(separator: ", ")
        let said = saidAgainst("{\"mainstay_facts\": 1}\n{\"fact\": \"time\", \(keys)}\n")
        #expect(said == "f.json:2: fact: it has 1001 keys. No fact has so many: mend it.")
    }
}
