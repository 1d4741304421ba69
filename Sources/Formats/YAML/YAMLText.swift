import Yams

/// The one YAML document in a file's bytes.
///
/// The YAML parser stops at the first mapping that has a key twice. So that one such slip does not hide every other
/// problem, the earlier of the two keys is marked in the text and the text is parsed again; whoever walks the document
/// takes the mark off (``key(_:)``), sees both keys, and can name both lines.
enum YAMLText {
    /// The largest file that is read.
    static let sizeLimit = 4 << 20
    /// The most lines: terms and mappings have some hundreds.
    private static let lineLimit = 50_000
    /// The most that the aliases of a file may make of it: comparing keys walks all of that.
    private static let expansionLimit = 20_000_000
    /// How many keys that are there twice are told in one go.
    private static let repeatLimit = 32

    /// The document's root, or nil where there is none; why is logged.
    static func root(_ bytes: [UInt8], _ log: ProblemLog, subject: String) -> Node? {
        guard var text = text(bytes, log, subject: subject) else { return nil }
        for number in 0... {
            do {
                if let node = try Yams.compose(yaml: text, .basic, .default, .utf8) { return node }
                log.add(subject, "the file is empty", fix: "write its keys, one a line", line: 1)
                return nil
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                guard number < repeatLimit, number * text.utf8.count < sizeLimit, let name = names.first,
                    let marked = marking(name, at: context.mark, in: text, number: number)
                else {
                    log.add(
                        subject, "a key is there twice: \(excerpt(key(names.first ?? "")))", fix: "keep one of them",
                        line: context.mark.line)
                    return nil
                }
                text = marked
            } catch {
                let (line, message, fix) = explain(error, text)
                log.add(subject, message, fix: fix, line: line)
                return nil
            }
        }
        return nil
    }

    // MARK: Text

    private static func text(_ bytes: [UInt8], _ log: ProblemLog, subject: String) -> String? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4).contains(0) {
            log.add(subject, "the file is in UTF-16", fix: "save it as UTF-8", line: 1)
            return nil
        }
        guard bytes.count <= sizeLimit else {
            log.add(
                subject, "the file has \(bytes.count) bytes",
                fix: "keep it under \(sizeLimit >> 20) MiB; is it the right file?", line: 1)
            return nil
        }
        let lines = bytes.count { $0 == UInt8(ascii: "\n") }
        guard lines <= lineLimit else {
            log.add(
                subject, "the file has \(lines) lines", fix: "keep it under \(lineLimit); is it the right file?",
                line: 1)
            return nil
        }
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let text = String(validating: bytes, as: UTF8.self) else {
            log.add(subject, "the file is not UTF-8", fix: "save it as UTF-8", line: lineOfInvalidByte(bytes))
            return nil
        }
        if let place = bytes.firstIndex(where: { ($0 < 0x20 && ![9, 10, 13].contains($0)) || $0 == 0x7F }) {
            log.add(
                subject, "there is a control character, number \(bytes[place])", fix: "remove it",
                line: line(of: bytes[..<place]))
            return nil
        }
        if expands(bytes) {
            log.add(
                subject, "there are too many aliases (*name) for a file of this kind",
                fix: "write the values out, and quote words that begin with *", line: nil)
            return nil
        }
        return text
    }

    /// The line that comes after some bytes.
    private static func line(of bytes: ArraySlice<UInt8>) -> Int {
        1 + bytes.reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    }

    private static func lineOfInvalidByte(_ bytes: ArraySlice<UInt8>) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var line = 1
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            if scalar == "\n" { line += 1 }
        }
        return line
    }

    /// Whether aliases could make too much of a file. The most that `n` of them can do is three in each of `n / 3`
    /// lists, one inside the other.
    private static func expands(_ bytes: ArraySlice<UInt8>) -> Bool {
        var size = bytes.count
        var aliases = 0
        var previous = UInt8(ascii: " ")
        for (byte, next) in zip(bytes, bytes.dropFirst()) {
            defer { previous = byte }
            guard byte == UInt8(ascii: "*"), isNameByte(next), !isNameByte(previous) else { continue }
            aliases += 1
            if aliases % 3 == 0 { size *= 3 }
            if size > expansionLimit { return true }
        }
        return false
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    // MARK: Keys that are there twice

    /// Private-use characters around a number, which makes a key unlike every other.
    private static let markStart: Unicode.Scalar = "\u{E000}"
    private static let markEnd: Unicode.Scalar = "\u{E001}"

    /// A key as the file has it, without the mark.
    package static func key(_ text: String) -> String {
        guard text.unicodeScalars.first == markStart, let end = text.unicodeScalars.firstIndex(of: markEnd) else {
            return text
        }
        return String(text.unicodeScalars[text.unicodeScalars.index(after: end)...])
    }

    /// The text with a mark on the key at a place; nil where the key is not written there as it reads, or the file has
    /// such characters of its own.
    private static func marking(_ key: String, at mark: Mark, in text: String, number: Int) -> String? {
        if number == 0, text.unicodeScalars.contains(where: { $0 == markStart || $0 == markEnd }) { return nil }
        let scalars = text.unicodeScalars
        var place = scalars.startIndex
        var line = 1
        while line < mark.line {
            guard let end = scalars[place...].firstIndex(of: "\n") else { return nil }
            place = scalars.index(after: end)
            line += 1
        }
        guard var place = scalars.index(place, offsetBy: mark.column - 1, limitedBy: scalars.endIndex),
            place < scalars.endIndex
        else { return nil }
        if scalars[place] == "\"" || scalars[place] == "'" { place = scalars.index(after: place) }
        guard !key.isEmpty, scalars[place...].starts(with: key.unicodeScalars) else { return nil }
        var marked = text.unicodeScalars
        marked.insert(contentsOf: "\(markStart)\(number)\(markEnd)".unicodeScalars, at: place)
        return String(marked)
    }

    // MARK: Errors of the parser

    private static func explain(_ error: any Error, _ text: String) -> (line: Int?, message: String, fix: String) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _):
            if problem.contains("nesting level") {
                return (mark.line, "it nests too deeply", "keep to the levels that the format has")
            }
            // Where something was left open, the place where it opens tells more than the end of the file.
            let isOpen = problem.contains("end of stream") || problem.contains("could not find expected ':'")
            let line = isOpen ? context?.mark.line ?? mark.line : mark.line
            let doing = context.map { context in
                " (\(context.text)" + (context.mark.line == line ? ")" : ", line \(context.mark.line))")
            }
            return (line, "this is no YAML: \(problem)\(doing ?? "")", advice(problem))
        case YamlError.composer(_, let problem, let mark, _):
            if problem.contains("another document") {
                return (mark.line, "a second document begins here", "keep one document in a file")
            }
            return (mark.line, "this is no YAML: \(problem)", advice(problem))
        case YamlError.reader(let problem, let offset, _, _):
            let line = offset.map { 1 + text.prefix($0).reduce(0) { $1.isNewline ? $0 + 1 : $0 } }
            return (line, "this is no YAML: \(problem)", "remove that character")
        default: return (nil, "this is no YAML", "mend it")
        }
    }

    /// What usually mends an error, by the parser's own words for it.
    private static func advice(_ problem: String) -> String {
        let advice = [
            "cannot start any token": "indent with spaces, not tabs, and quote a value that begins with @, % or `",
            "mapping values are not allowed": "quote a value that has a colon and a space in it, and indent alike",
            "did not find expected key": "indent the keys of one block alike, and quote values with special characters",
            "could not find expected ':'": "write \"key: value\"",
            "unexpected end of stream": "close the quote",
            "did not find expected ',' or": "close the bracket, and part its elements by commas",
            "undefined alias": "write the value out, or quote it where it begins with *",
        ]
        return advice.first { problem.contains($0.key) }?.value ?? "mend the YAML here"
    }
}
