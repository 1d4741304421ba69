package import Values

/// What somebody typed into a form, or what stands in the query of an address: names with values, files with their bytes.
package struct FormFields: Sendable {
    /// A file that came with a form.
    package struct File: Sendable, Hashable {
        /// What it was called.
        package var filename: String
        /// Its content.
        package var bytes: [UInt8]
    }

    private var values: [String: [String]] = [:]
    private var uploads: [String: [File]] = [:]

    /// No fields.
    package init() {}

    /// The most fields that are read.
    package static let most = 1000
    /// The longest name of a field, in bytes.
    package static let longestName = 200

    /// Fields as addresses and plain forms have them (WHATWG URL, application/x-www-form-urlencoded).
    ///
    /// - Throws: a 400 where they are not UTF-8, or too many.
    package init(urlEncoded bytes: some Sequence<UInt8>) throws {
        var count = 0
        for pair in Array(bytes).split(separator: UInt8(ascii: "&")) {
            count += 1
            guard count <= FormFields.most else { throw PageError.unreadable("The form has too many fields.") }
            let mark = pair.firstIndex(of: UInt8(ascii: "="))
            let name = try FormFields.decoded(pair[..<(mark ?? pair.endIndex)])
            guard name.utf8.count <= FormFields.longestName else {
                throw PageError.unreadable("The form has a field with too long a name.")
            }
            let value = try mark.map { try FormFields.decoded(pair[($0 + 1)...]) } ?? ""
            add(name, value)
        }
    }

    package mutating func add(_ name: String, _ value: String) { values[name, default: []].append(value) }
    package mutating func add(_ name: String, _ file: File) { uploads[name, default: []].append(file) }

    /// The field of that name, without space around it; empty where there is none.
    package func text(_ name: String) -> String { FormFields.trimmed(values[name]?.first ?? "") }

    /// Whether the form went through the line of passwords: see ``Route/tryingPassword``.
    package var waitedInLine = false

    /// The password of that name as it was typed: it may begin with a space. Empty where the route is not one of those that
    /// wait in the line of passwords, so that none can leave it out.
    package func secret(_ name: String) -> String { waitedInLine ? values[name]?.first ?? "" : "" }

    /// The field of that name; nil where there is none, or nothing in it.
    package func optional(_ name: String) -> String? {
        let text = text(name)
        return text.isEmpty ? nil : text
    }

    /// The field of that name as a whole number within bounds; nil where it is anything else.
    package func whole(_ name: String, in bounds: ClosedRange<Int>) -> Int? { TypedInput.whole(text(name), in: bounds) }

    /// The field of that name as the number of a record; nil where it is none.
    package func recordNumber(_ name: String) -> Int? { TypedInput.recordNumber(text(name)) }

    /// The field of that name as a date that somebody may mean; nil where it is none.
    package func day(_ name: String, today: CivilDate) -> CivilDate? { TypedInput.day(text(name), today: today) }

    /// The files of that name, without those that nobody chose.
    package func files(_ name: String) -> [File] {
        (uploads[name] ?? []).filter { !$0.filename.isEmpty || !$0.bytes.isEmpty }
    }

    private static func trimmed(_ text: String) -> String {
        // By scalars: to step back over letters of many scalars, as flags are, takes the square of their number.
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Bytes as text.
    ///
    /// - Throws: a 400 where they are not UTF-8, or have a NUL among them, which nobody types and not every database takes.
    package static func text(of bytes: some Sequence<UInt8>) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PageError.unreadable("What was sent is not UTF-8.")
        }
        guard !text.utf8.contains(0) else { throw PageError.unreadable("What was sent has a NUL character in it.") }
        guard text.isStreamSafe else { throw PageError.unreadable("What was sent has too many marks on one letter.") }
        return text
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) throws -> String {
        var plain: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): plain.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let high = digit(rest[rest.startIndex]),
                    let low = digit(rest[rest.startIndex + 1])
                else {
                    // As browsers do: a lone sign is itself.
                    plain.append(byte)
                    continue
                }
                plain.append(high << 4 | low)
                rest = rest.dropFirst(2)
            default: plain.append(byte)
            }
        }
        return try text(of: plain)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
