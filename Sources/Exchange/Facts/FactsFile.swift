import Formats
public import Rating
public import Values

/// Facts as JSON or JSON Lines: see docs/facts.md for every fact.
///
/// JSON is one object, `{"mainstay_facts": 1, "facts": [ … ]}`. JSON Lines has `{"mainstay_facts": 1}` on its first line and
/// a fact on each further one, so that a file can be appended to.
public enum FactsFile {
    /// The version of the format that this program reads and writes.
    package static let version = 1

    /// Reads a file in either form, told apart by its first line.
    ///
    /// - Parameter currency: that of the terms, which all amounts are in.
    /// - Throws: every problem of the file at once, each with its line.
    public static func read(_ bytes: [UInt8], file: String, currency: Currency) throws(Problems) -> Facts {
        let log = ProblemLog(file: file)
        let facts = read(bytes, currency, log)
        try log.throwIfAny()
        return facts
    }

    private static func read(_ bytes: [UInt8], _ currency: Currency, _ log: ProblemLog) -> Facts {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4).contains(0) {
            log.add("facts", "the file is in UTF-16", fix: "save it as UTF-8", line: 1)
            return Facts()
        }
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard bytes.contains(where: { !isBlank($0) }) else {
            log.add("facts", "the file is empty", fix: "begin it with {\"mainstay_facts\": 1}", line: 1)
            return Facts()
        }
        let firstLine = bytes.prefix { $0 != newline }
        guard let header = object(onOneLine: firstLine) else { return readDocument(bytes, currency, log) }
        if header.contains(where: { $0.key == "fact" }) {
            log.add(
                "facts", "the first line does not say the version",
                fix: "put {\"mainstay_facts\": \(version)} on a line before it", line: 1)
            return Facts()
        }
        let node = FactNode(header, log, subject: "facts", line: 1)
        guard isReadable(node) else { return Facts() }
        node.finish()
        return readLines(bytes[firstLine.endIndex...].dropFirst(), currency, log)
    }

    private static let newline = UInt8(ascii: "\n")

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// The members of an object that begins and ends on a line, and is not a whole document; nil for anything else.
    private static func object(onOneLine line: ArraySlice<UInt8>) -> [JSONMember]? {
        // No fact and no header is as long: such a line is a document, which need not be read twice.
        guard line.count < 1_000_000 else { return nil }
        var scanner = JSONScanner(line, line: 1)
        guard case .object(let members)? = try? scanner.value().content, (try? scanner.end()) != nil,
            members.contains(where: { $0.key == "fact" || $0.key == "mainstay_facts" }),
            !members.contains(where: { $0.key == "facts" })
        else { return nil }
        return members
    }

    /// Whether facts are of the version that this program reads.
    private static func isReadable(_ header: FactNode) -> Bool {
        guard let found = header.wholeNumber("mainstay_facts", 1...1_000_000) else {
            if !header.has("mainstay_facts") {
                header.problem("\"mainstay_facts\" is missing", fix: "add \"mainstay_facts\": \(version)")
            }
            return false
        }
        guard found == version else {
            header.problem(
                "they are of version \(found), and this program reads version \(version)", fix: "use a newer mainstay")
            return false
        }
        return true
    }

    private static func readDocument(_ bytes: ArraySlice<UInt8>, _ currency: Currency, _ log: ProblemLog) -> Facts {
        var reader = FactReader(currency: currency)
        var scanner = JSONScanner(bytes, line: 1)
        guard scanner.isAtObject else {
            log.add(
                "facts", "the file is no JSON object", fix: "write {\"mainstay_facts\": 1, \"facts\": […]}", line: 1)
            return Facts()
        }
        var header: [JSONMember] = []
        var hasFacts = false
        // What is wrong with the facts of another version is of no interest.
        let found = ProblemLog(file: log.file)
        do {
            try scanner.object { (key, scanner) throws(JSONFault) in
                guard key == "facts", !hasFacts, scanner.isAtList else {
                    header.append(JSONMember(key: key, value: try scanner.value()))
                    return
                }
                hasFacts = true
                var place = 0
                try scanner.list { scanner throws(JSONFault) in
                    reader.read(try scanner.value(), found, place: place)
                    place += 1
                }
            }
            try scanner.end()
        } catch {
            found.add("facts", error.message, fix: error.fix, line: error.line)
            // A file that was cut off may lack the version for that reason alone.
            guard header.contains(where: { $0.key == "mainstay_facts" }) else {
                log.add(found)
                return Facts()
            }
        }
        let node = FactNode(header, log, subject: "facts", line: 1)
        guard isReadable(node) else { return Facts() }
        if !hasFacts {
            _ = node.children("facts")
        } else if node.has("facts") {
            node.problem("\"facts\" is there twice", fix: "put all facts in one list")
        }
        node.finish()
        log.add(found)
        return reader.facts
    }

    private static func readLines(_ bytes: ArraySlice<UInt8>, _ currency: Currency, _ log: ProblemLog) -> Facts {
        var reader = FactReader(currency: currency)
        var line = 1
        var rest = bytes
        while !rest.isEmpty {
            line += 1
            let text = rest[..<(rest.firstIndex(of: newline) ?? rest.endIndex)]
            rest = rest[text.endIndex...].dropFirst()
            guard text.contains(where: { !isBlank($0) }) else { continue }
            var scanner = JSONScanner(text, line: line)
            do {
                let fact = try scanner.value()
                try scanner.end()
                // Files may be put one after the other: each begins with the version.
                if case .object(let members) = fact.content, members.count == 1, members[0].key == "mainstay_facts" {
                    _ = isReadable(FactNode(members, log, subject: "facts", line: line))
                    continue
                }
                reader.read(fact, log, place: nil)
            } catch {
                log.add("fact", error.message, fix: error.fix, line: error.line)
            }
        }
        return reader.facts
    }

    // MARK: Writing

    /// The facts as one JSON document. The same facts in any order give the same text.
    public static func document(_ facts: Facts) -> String {
        JSONText.object([
            ("mainstay_facts", .number(version)), ("facts", .list(FactWriter.records(facts))),
        ]).pretty + "\n"
    }

    /// The facts as lines to append to a JSON Lines file, without its first line.
    public static func lines(_ facts: Facts) -> [String] { FactWriter.records(facts).map(\.line) }

    /// The facts as a JSON Lines file.
    public static func jsonLines(_ facts: Facts) -> String {
        (["{\"mainstay_facts\":\(version)}"] + lines(facts)).joined(separator: "\n") + "\n"
    }
}
