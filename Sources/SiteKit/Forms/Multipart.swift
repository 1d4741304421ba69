import Values

/// A form with files, in parts (RFC 7578).
struct Multipart {
    private let bytes: [UInt8]
    private let delimiter: [UInt8]

    private static let mostParts = 100
    private static let longestHeader = 8 << 10
    /// The longest field that is no file.
    private static let longestText = 256 << 10

    package init(_ bytes: [UInt8], boundary: String) {
        self.bytes = bytes
        delimiter = Array("--\(boundary)".utf8)
    }

    /// The fields and files. Linear in the bytes.
    ///
    /// - Throws: a 400 where the form breaks off, or is no form.
    package func fields() throws -> FormFields {
        var fields = FormFields()
        guard bytes.starts(with: delimiter) else { throw broken }
        var place = delimiter.count
        for _ in 0..<Multipart.mostParts {
            if has(Array("--".utf8), at: place) { return fields }
            guard has(Multipart.lineEnd, at: place) else { throw broken }
            place += 2
            let header = try header(from: &place)
            guard let end = find(Multipart.lineEnd + delimiter, from: place) else { throw broken }
            try add(bytes[place..<end], header, to: &fields)
            place = end + 2 + delimiter.count
        }
        throw PageError.unreadable("The form has too many parts.")
    }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    private var broken: PageError { .unreadable("The form is not whole.") }

    /// The lines before a part's content; the place moves to the content.
    private func header(from place: inout Int) throws -> [String] {
        var lines: [String] = []
        let start = place
        while true {
            guard let end = find(Multipart.lineEnd, from: place), end - start <= Multipart.longestHeader else {
                throw broken
            }
            let line = bytes[place..<end]
            place = end + 2
            if line.isEmpty { return lines }
            // Nothing is looked for in a text before it is known that looking is cheap.
            guard let text = String(validating: line, as: UTF8.self), text.isStreamSafe else { throw broken }
            lines.append(text)
        }
    }

    private func add(_ content: ArraySlice<UInt8>, _ header: [String], to fields: inout FormFields) throws {
        guard let line = header.first(where: { $0.lowercased().hasPrefix("content-disposition:") }),
            let name = parameter("name", of: line), name.utf8.count <= FormFields.longestName
        else { throw broken }
        if let filename = parameter("filename", of: line) {
            fields.add(name, FormFields.File(filename: filename, bytes: Array(content)))
        } else {
            guard content.count <= Multipart.longestText else {
                throw PageError.unreadable("A field of the form is too long.")
            }
            fields.add(name, try FormFields.text(of: content))
        }
    }

    /// A parameter in quotes; browsers write quotes and line ends in it as `%22`, `%0D` and `%0A`.
    private func parameter(_ name: String, of line: String) -> String? {
        for mark in ["; \(name)=\"", ";\(name)=\""] {
            guard let range = line.firstRange(of: mark) else { continue }
            let value = line[range.upperBound...].prefix { $0 != "\"" }
            return String(value).replacing("%22", with: "\"").replacing("%0D", with: "").replacing("%0A", with: "")
        }
        return nil
    }

    private func has(_ wanted: [UInt8], at place: Int) -> Bool {
        place + wanted.count <= bytes.count && bytes[place..<place + wanted.count].elementsEqual(wanted)
    }

    /// The first place from which bytes are as wanted.
    private func find(_ wanted: [UInt8], from start: Int) -> Int? {
        var place = start
        let last = bytes.count - wanted.count
        return bytes.withUnsafeBufferPointer { bytes in
            while place <= last {
                if bytes[place] == wanted[0] {
                    var length = 1
                    while length < wanted.count, bytes[place + length] == wanted[length] { length += 1 }
                    if length == wanted.count { return place }
                }
                place += 1
            }
            return nil
        }
    }
}
