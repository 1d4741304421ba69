/// A JSON value as it was read, with the line it begins on.
package struct JSONValue {
    /// What it is. A number keeps its text: whoever asks for it says what it may be.
    package enum Content {
        case null
        case flag(Bool)
        case number(String)
        case text(String)
        case list([JSONValue])
        /// The members in the order of the file, one key twice where the file has it twice.
        case object([JSONMember])
    }

    package var content: Content
    package var line: Int

    package init(content: Content, line: Int) {
        self.content = content
        self.line = line
    }
}

/// A key of a JSON object with its value.
package struct JSONMember {
    package var key: String
    package var value: JSONValue

    package init(key: String, value: JSONValue) {
        self.key = key
        self.value = value
    }
}

/// Why a text is not JSON, with the line on which that shows.
package struct JSONFault: Error {
    package var line: Int
    package var message: String
    package var fix: String

    package init(line: Int, message: String, fix: String) {
        self.line = line
        self.message = message
        self.fix = fix
    }
}

/// Reads JSON (RFC 8259) from bytes, value by value: a long list need never be in memory as a whole.
///
/// It is stricter than Foundation's reader where that would hide a mistake: a key that is there twice is handed over twice,
/// text that is not UTF-8 is refused, and nesting has a limit that the stack can bear.
package struct JSONScanner {
    /// The deepest nesting that is read; no file of ours has more than five.
    static let deepest = 64

    private let bytes: ArraySlice<UInt8>
    private var place: Int
    private var depth = 0
    /// The line of the byte that is read next.
    package private(set) var line: Int

    package init(_ bytes: ArraySlice<UInt8>, line: Int) {
        self.bytes = bytes
        place = bytes.startIndex
        self.line = line
    }

    // MARK: Values

    /// Reads one value.
    package mutating func value() throws(JSONFault) -> JSONValue {
        skipBlanks()
        let start = line
        switch peek {
        case UInt8(ascii: "{"):
            var members: [JSONMember] = []
            try object { (key, scanner) throws(JSONFault) in
                members.append(JSONMember(key: key, value: try scanner.value()))
            }
            return JSONValue(content: .object(members), line: start)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try list { scanner throws(JSONFault) in elements.append(try scanner.value()) }
            return JSONValue(content: .list(elements), line: start)
        case UInt8(ascii: "\""): return JSONValue(content: .text(try text()), line: start)
        case let byte? where byte == UInt8(ascii: "-") || JSONScanner.isDigit(byte):
            return JSONValue(content: .number(try number()), line: start)
        case UInt8(ascii: "t"): return try word("true", .flag(true))
        case UInt8(ascii: "f"): return try word("false", .flag(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw unexpected("a value")
        }
    }

    /// Whether the next value is an object, a list or anything else.
    package var isAtObject: Bool { mutating get { next(is: "{") } }
    /// Whether the next value is a list.
    package var isAtList: Bool { mutating get { next(is: "[") } }

    /// Reads an object: `each` gets every key, and reads its value.
    package mutating func object(_ each: (String, inout JSONScanner) throws(JSONFault) -> Void) throws(JSONFault) {
        try enclosed("{", "}", "an object") { scanner throws(JSONFault) in
            scanner.skipBlanks()
            guard scanner.peek == UInt8(ascii: "\"") else { throw scanner.unexpected("a key in double quotes") }
            let key = try scanner.text()
            scanner.skipBlanks()
            guard scanner.skip(":") else { throw scanner.unexpected("a colon after \"\(key.prefix(60))\"") }
            try each(key, &scanner)
        }
    }

    /// Reads a list: `each` reads every element.
    package mutating func list(_ each: (inout JSONScanner) throws(JSONFault) -> Void) throws(JSONFault) {
        try enclosed("[", "]", "a list", each)
    }

    /// Makes sure that nothing but blanks is left.
    package mutating func end() throws(JSONFault) {
        skipBlanks()
        if peek != nil { throw unexpected("the end") }
    }

    private mutating func enclosed(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ what: String,
        _ each: (inout JSONScanner) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        skipBlanks()
        let start = line
        guard skip(open) else { throw unexpected(what) }
        depth += 1
        defer { depth -= 1 }
        guard depth <= JSONScanner.deepest else {
            throw JSONFault(
                line: line, message: "it is nested more than \(JSONScanner.deepest) deep",
                fix: "no fact is: is this the right file?")
        }
        skipBlanks()
        if skip(close) { return }
        repeat {
            do {
                try each(&self)
            } catch {
                // The outermost thing that was left open says best what is missing of a file that was cut off.
                throw depth == 1 && peek == nil ? cutOff(what, start) : error
            }
            skipBlanks()
        } while skip(",")
        guard skip(close) else {
            throw peek == nil ? cutOff(what, start) : unexpected("a comma or \(close)")
        }
    }

    // MARK: Texts, numbers, words

    private mutating func text() throws(JSONFault) -> String {
        place += 1
        let start = place
        var isASCII = true
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                let run = bytes[start..<place]
                place += 1
                return isASCII ? String(decoding: run, as: UTF8.self) : try valid(run)
            case UInt8(ascii: "\\"): return try escapedText(from: start)
            case 0..<0x20: throw control(byte)
            default:
                if byte >= 0x80 { isASCII = false }
                place += 1
            }
        }
        throw cutOff("a text", line)
    }

    /// The rest of a text, from the first backslash on.
    private mutating func escapedText(from start: Int) throws(JSONFault) -> String {
        var text = Array(bytes[start..<place])
        while let byte = peek {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return try valid(text[...])
            case UInt8(ascii: "\\"): text += String(try escape()).utf8
            case 0..<0x20: throw control(byte)
            default: text.append(byte)
            }
        }
        throw cutOff("a text", line)
    }

    private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
        guard let byte = peek else { throw cutOff("a text", line) }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var code = try fourHexDigits()
            if (0xD800..<0xDC00).contains(code), skip("\\"), skip("u") {
                let low = try fourHexDigits()
                if (0xDC00..<0xE000).contains(low) { code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) }
            }
            if let scalar = Unicode.Scalar(code) { return scalar }
            throw JSONFault(
                line: line, message: "\\u stands for half a character", fix: "write both halves, or neither")
        default:
            throw JSONFault(
                line: line, message: "a backslash stands before \(JSONScanner.name(byte))",
                fix: "write \\\\ for a backslash itself")
        }
    }

    private mutating func fourHexDigits() throws(JSONFault) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = peek.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw unexpected("a hexadecimal digit")
            }
            code = code * 16 + UInt32(digit)
            place += 1
        }
        return code
    }

    private func valid(_ run: ArraySlice<UInt8>) throws(JSONFault) -> String {
        if let text = String(validating: run, as: UTF8.self) { return text }
        throw JSONFault(line: line, message: "a text is not UTF-8", fix: "save the file as UTF-8")
    }

    private func control(_ byte: UInt8) -> JSONFault {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            ? JSONFault(
                line: line, message: "a text runs over the end of the line", fix: "close its quotes; write \\n inside")
            : JSONFault(
                line: line, message: "a text holds the control character \(byte)",
                fix: "write it as \\u00\(twoHex(byte))")
    }

    private func twoHex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    private mutating func number() throws(JSONFault) -> String {
        let start = place
        _ = skip("-")
        if !skip("0") { try digits() }
        if skip(".") { try digits() }
        if skip("e") || skip("E") {
            _ = skip("+") || skip("-")
            try digits()
        }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func digits() throws(JSONFault) {
        let start = place
        while let byte = peek, JSONScanner.isDigit(byte) { place += 1 }
        if place == start { throw unexpected("a digit") }
    }

    private mutating func word(_ word: String, _ content: JSONValue.Content) throws(JSONFault) -> JSONValue {
        guard bytes[place...].starts(with: word.utf8) else { throw unexpected("a value") }
        place += word.utf8.count
        return JSONValue(content: content, line: line)
    }

    // MARK: Bytes

    private var peek: UInt8? { place < bytes.endIndex ? bytes[place] : nil }

    private mutating func next(is scalar: Unicode.Scalar) -> Bool {
        skipBlanks()
        return peek == UInt8(ascii: scalar)
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: scalar) else { return false }
        place += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            if byte == 0x0A { line += 1 }
            place += 1
        }
    }

    private func unexpected(_ wanted: String) -> JSONFault {
        guard let byte = peek else {
            return JSONFault(line: line, message: "it ends where \(wanted) should be", fix: "get the whole of it")
        }
        return JSONFault(
            line: line, message: "there is \(JSONScanner.name(byte)) where \(wanted) should be",
            fix: "mend the JSON there")
    }

    private func cutOff(_ what: String, _ start: Int) -> JSONFault {
        JSONFault(
            line: line, message: "it ends in the middle of \(what)" + (start < line ? " begun on line \(start)" : ""),
            fix: "it was cut off: get the whole of it")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func name(_ byte: UInt8) -> String {
        (0x21..<0x7F).contains(byte) ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte \(byte)"
    }
}
