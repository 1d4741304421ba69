import Exchange
import Foundation
import Rating
import Testing

@Suite("docs/facts.md and docs/facts.schema.json")
struct FactsDocumentationTests {
    private static let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs")

    /// The blocks of code of a kind on the page.
    private static func examples(_ kind: String) throws -> [String] {
        let page = try String(contentsOf: docs.appending(path: "facts.md"), encoding: .utf8)
        return page.components(separatedBy: "```\(kind)\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
    }

    private static func factExamples() throws -> [String] {
        try examples("json").filter { $0.hasPrefix("{\"fact\"") }.map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    private static let kinds = [
        "client", "client-zone", "project", "project-done", "contract", "plan-change", "contract-end", "negotiated",
        "block",
        "block-change", "request", "request-move", "request-approval", "permit", "time", "time-correction", "time-void",
        "time-approval", "courtesy", "closing", "reopening",
    ]

    @Test("Every kind of fact has an example, in the order of the page")
    func everyKind() throws {
        var seen: [String] = []
        for example in try FactsDocumentationTests.factExamples() {
            let kind = example.dropFirst("{\"fact\": \"".count).prefix { $0 != "\"" }
            if seen.last != String(kind) { seen.append(String(kind)) }
        }
        #expect(seen == FactsDocumentationTests.kinds)
    }

    @Test("Every example is read, and written again with all that it says")
    func examples() throws {
        for example in try FactsDocumentationTests.factExamples() {
            let facts = try readFacts("{\"mainstay_facts\": 1, \"facts\": [\(example)]}")
            let lines = FactsFile.lines(facts)
            #expect(lines.count == 1, "\(example)")
            #expect(try readFacts("{\"mainstay_facts\": 1}\n\(lines[0])\n") == facts, "\(example)")
            // Written anew, an example keeps its keys: none of them was passed over.
            func keys(_ text: String) throws -> Set<String> {
                Set((try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]).keys)
            }
            #expect(try keys(lines[0]) == keys(example), "\(example)")
        }
    }

    @Test("The examples of whole files are read")
    func wholeFiles() throws {
        let lines = try #require(try FactsDocumentationTests.examples("jsonl").first)
        let facts = try readFacts(lines)
        #expect(facts.clients.count == 1 && facts.requests.count == 1 && facts.timeEntries.count == 1)
        let document = try #require(
            try FactsDocumentationTests.examples("json").first { $0.contains("mainstay_facts") })
        #expect(try readFacts(document).clients == facts.clients)
    }

    // MARK: Schema

    /// Whether Python's jsonschema, the one check of the schema that is not ours, is on this machine.
    static let hasJSONSchema: Bool = (try? python(["-c", "import jsonschema"], input: "")) != nil

    /// What the schema says of JSON values, one on each line: true where it accepts one.
    private static func accepts(_ lines: [String]) throws -> [Bool] {
        let script = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            for line in open(sys.argv[2], encoding="utf-8", newline="\\n"):
                print("yes" if validator.is_valid(json.loads(line)) else "no")
            """
        let output = try python(
            ["-c", script, docs.appending(path: "facts.schema.json").path(percentEncoded: false)],
            input: lines.map { $0 + "\n" }.joined())
        return output.split(separator: "\n").map { $0 == "yes" }
    }

    private struct PythonFailed: Error {}

    /// Runs Python with the input in a file, whose path is the last argument.
    private static func python(_ arguments: [String], input: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "mainstay-\(UUID().uuidString).jsonl")
        try Data(input.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments + [file.path(percentEncoded: false)]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw PythonFailed() }
        return String(decoding: data, as: UTF8.self)
    }

    @Test("The schema accepts every example", .enabled(if: hasJSONSchema, "needs Python's jsonschema"))
    func schemaAcceptsExamples() throws {
        var examples = try FactsDocumentationTests.factExamples()
        examples += try FactsDocumentationTests.examples("jsonl").flatMap { $0.split(separator: "\n").map(String.init) }
        examples += try FactsDocumentationTests.examples("json").map { $0.filter { $0 != "\n" } }
        for (example, isAccepted) in zip(examples, try FactsDocumentationTests.accepts(examples)) {
            #expect(isAccepted, "\(example)")
        }
    }

    @Test("The schema accepts what is written", .enabled(if: hasJSONSchema, "needs Python's jsonschema"))
    func schemaAcceptsWritten() throws {
        let seed: UInt64 = 41
        var random = RandomFacts(seed: seed)
        var lines: [String] = []
        while lines.count < 600 { lines += FactsFile.lines(random.facts()) }
        lines.append(FactsFile.document(random.facts()).filter { $0 != "\n" })
        let accepted = try FactsDocumentationTests.accepts(lines)
        #expect(accepted.count == lines.count)
        for (line, isAccepted) in zip(lines, accepted) { #expect(isAccepted, "seed \(seed): \(line)") }
    }

    @Test("The schema rejects what the reader rejects", .enabled(if: hasJSONSchema, "needs Python's jsonschema"))
    func schemaRejectsBroken() throws {
        let lines = BrokenFact.all.map(\.json)
        let accepted = try FactsDocumentationTests.accepts(lines)
        #expect(accepted.count == lines.count)
        for (line, isAccepted) in zip(lines, accepted) { #expect(!isAccepted, "\(line)") }
    }
}
