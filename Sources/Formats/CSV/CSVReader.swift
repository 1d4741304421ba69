package import Values

/// Comma-separated values over bytes (RFC 4180), with what real files add to it: another delimiter, line ends of any kind,
/// a byte order mark.
///
/// Rows are handed over one after another as places in the bytes; nothing is copied until somebody asks for a field's
/// text.
package struct CSVReader {
    /// Where a field lies, without its quotes.
    package struct Field {
        package var start: Int
        package var end: Int
        /// Whether a quote mark stands doubled in it.
        package var hasDoubledQuotes: Bool
    }

    /// One row.
    package struct Row {
        package let bytes: UnsafeBufferPointer<UInt8>
        package let fields: [Field]
        /// The line it starts on, from 1.
        package let line: Int

        package func bytes(_ field: Int) -> UnsafeBufferPointer<UInt8> {
            UnsafeBufferPointer(rebasing: bytes[fields[field].start..<fields[field].end])
        }

        /// A field's text; nil where it is not UTF-8.
        package func text(_ field: Int) -> String? {
            guard let text = String(validating: bytes(field), as: UTF8.self) else { return nil }
            guard fields[field].hasDoubledQuotes else { return text }
            return text.replacing("\"\"", with: "\"")
        }

        /// Whether nothing but blanks stands in it: spreadsheets leave rows of bare commas.
        package var isEmpty: Bool {
            fields.allSatisfy { field in
                bytes[field.start..<field.end].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            }
        }
    }

    /// The largest field read: more is a missing quote mark, or no CSV at all.
    static let fieldLimit = 1 << 20

    private let bytes: UnsafeBufferPointer<UInt8>
    private var delimiter: UInt8
    private var place: Int
    private var line = 1

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// The lines of a file that can hold its header: its first few.
    private static let headerLines = 12

    /// A reader of bytes that begin with a header line, perhaps below a few lines of title, or below the line `sep=;` by
    /// which Excel names the delimiter.
    ///
    /// - Parameter isHeader: whether a row is the header. The first line with anything on it is taken where none is.
    /// - Throws: a problem where the bytes are in UTF-16, a workbook, or hold nothing.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, isHeader: (Row) -> Bool) throws(CSVError) {
        let first = try CSVReader(bytes)
        var reader = first
        var named: UInt8?
        var fallback: CSVReader?
        for _ in 0..<CSVReader.headerLines where reader.place < bytes.count {
            if let mark = reader.namedDelimiter {
                named = mark
                reader.skipLine()
                continue
            }
            reader.delimiter = named ?? CSVReader.delimiter(bytes[reader.place...].prefix(CSVReader.fieldLimit))
            var trial = reader
            var fields: [Field] = []
            if let row = try? trial.next(&fields) {
                if isHeader(row) {
                    self = reader
                    return
                }
                if fallback == nil, !row.isEmpty { fallback = reader }
            }
            reader.skipLine()
        }
        self = fallback ?? first
    }

    /// The delimiter that the line at hand names, where it is `sep=;`.
    private var namedDelimiter: UInt8? {
        var line = bytes[place...].prefix(8).prefix { $0 != CSVReader.newline && $0 != CSVReader.carriageReturn }
        if line.count == 7, line.first == CSVReader.quote, line.last == CSVReader.quote {
            line = line.dropFirst().dropLast()
        }
        guard line.count == 5, line.dropLast().elementsEqual("sep=".utf8) || line.dropLast().elementsEqual("SEP=".utf8)
        else { return nil }
        return line.last
    }

    /// Passes over the rest of a line.
    private mutating func skipLine() {
        while place < bytes.count, bytes[place] != CSVReader.newline, bytes[place] != CSVReader.carriageReturn {
            place += 1
        }
        if place < bytes.count { endLine() }
    }

    /// A reader of bytes that begin with a header line.
    ///
    /// - Throws: a problem where the bytes are in UTF-16, a workbook, or hold nothing.
    private init(_ bytes: UnsafeBufferPointer<UInt8>) throws(CSVError) {
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            throw CSVError(
                line: 1, "this is a workbook, or another packed file, and no CSV",
                fix: "open it in the spreadsheet and save it as CSV (UTF-8)")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(16).contains(0) {
            throw CSVError(line: 1, "the file is in UTF-16", fix: "save or export it as UTF-8")
        }
        place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard place < bytes.count else { throw CSVError(line: 1, "the file is empty", fix: "export it again") }
        self.bytes = bytes
        delimiter = CSVReader.delimiter(bytes[place...].prefix(CSVReader.fieldLimit))
    }

    /// The delimiter that the header line holds most often outside quotes.
    private static func delimiter(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt8 {
        let candidates: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        var counts = [0, 0, 0]
        var isQuoted = false
        for byte in bytes {
            if byte == quote { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == newline || byte == carriageReturn { break }
            if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
        }
        let most = counts.indices.max { (counts[$0], $1) < (counts[$1], $0) } ?? 0
        return candidates[most]
    }

    /// The next row, or nil at the end.
    ///
    /// - Parameter fields: room for the fields, used again and again.
    package mutating func next(_ fields: inout [Field]) throws(CSVError) -> Row? {
        guard place < bytes.count else { return nil }
        fields.removeAll(keepingCapacity: true)
        let first = line
        while true {
            let field = try place < bytes.count && bytes[place] == CSVReader.quote ? quoted() : plain()
            fields.append(field)
            guard place < bytes.count else { break }
            if bytes[place] == delimiter {
                place += 1
                continue
            }
            endLine()
            break
        }
        return Row(bytes: bytes, fields: fields, line: first)
    }

    /// The text of a field of any row; nil where it is not UTF-8.
    package func text(_ field: Field) -> String? { Row(bytes: bytes, fields: [field], line: 0).text(0) }

    private mutating func endLine() {
        if bytes[place] == CSVReader.carriageReturn {
            place += 1
            if place < bytes.count, bytes[place] == CSVReader.newline { place += 1 }
        } else {
            place += 1
        }
        line += 1
    }

    private mutating func plain() throws(CSVError) -> Field {
        let start = place
        let end = min(bytes.count, start + CSVReader.fieldLimit)
        var here = start
        while here < end {
            let byte = bytes[here]
            if byte == delimiter || byte == CSVReader.newline || byte == CSVReader.carriageReturn { break }
            here += 1
        }
        if here == end, here < bytes.count { throw tooLong() }
        place = here
        return Field(start: start, end: here, hasDoubledQuotes: false)
    }

    private mutating func quoted() throws(CSVError) -> Field {
        let first = line
        let start = place + 1
        let end = min(bytes.count, start + CSVReader.fieldLimit)
        var here = start
        var hasDoubledQuotes = false
        while true {
            guard here < end else {
                if here < bytes.count { throw tooLong() }
                throw CSVError(line: first, "a quote mark is opened and never closed", fix: "is the file whole?")
            }
            if bytes[here] == CSVReader.newline { line += 1 }
            guard bytes[here] == CSVReader.quote else {
                here += 1
                continue
            }
            if here + 1 < bytes.count, bytes[here + 1] == CSVReader.quote {
                hasDoubledQuotes = true
                here += 2
                continue
            }
            break
        }
        place = here + 1
        if place < bytes.count, bytes[place] != delimiter, bytes[place] != CSVReader.newline,
            bytes[place] != CSVReader.carriageReturn
        {
            throw CSVError(
                line: first, "text follows a closing quote mark", fix: "double the quote marks that belong to the text")
        }
        return Field(start: start, end: here, hasDoubledQuotes: hasDoubledQuotes)
    }

    private func tooLong() -> CSVError {
        CSVError(
            line: line, "a field has more than \(CSVReader.fieldLimit) bytes",
            fix: "is it CSV, and is a quote mark missing?")
    }
}

/// Why a CSV file cannot be read any further.
package struct CSVError: Error {
    package let line: Int
    package let message: String
    package let fix: String

    package init(line: Int, _ message: String, fix: String) {
        self.line = line
        self.message = message
        self.fix = fix
    }

    package func problem(file: String) -> Problem { Problem("CSV", message, fix: fix, file: file, line: line) }
}
