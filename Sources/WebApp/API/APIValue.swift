import Formats
import SiteKit
import Values

/// A JSON value that a program sent.
enum APIValue: Hashable, Sendable {
    case null
    case flag(Bool)
    case whole(Int)
    /// A number that is no whole one, as it was written.
    case number(String)
    case text(String)
    case list([APIValue])
    case object([String: APIValue])

    /// Reads one value, at a cost that grows with the bytes alone, whatever is nested in them.
    ///
    /// - Returns: nil where it is no JSON, is nested deeper than anything the API takes, has a key twice or one of
    ///   an endless name, or a letter with more marks than any script has.
    init?(json bytes: [UInt8]) {
        var scanner = JSONScanner(bytes[...], line: 1)
        do {
            let value = try scanner.value()
            try scanner.end()
            guard let found = APIValue(value) else { return nil }
            self = found
        } catch { return nil }
    }

    private init?(_ value: JSONValue) {
        switch value.content {
        case .null: self = .null
        case .flag(let flag): self = .flag(flag)
        case .number(let text): self = Int(text).map { .whole($0) } ?? .number(text)
        case .text(let text):
            guard text.isStreamSafe else { return nil }
            self = .text(text)
        case .list(let elements):
            let values = elements.compactMap { APIValue($0) }
            guard values.count == elements.count else { return nil }
            self = .list(values)
        case .object(let members):
            var values: [String: APIValue] = [:]
            for member in members {
                guard member.key.utf8.count <= FormFields.longestName, member.key.isStreamSafe,
                    let value = APIValue(member.value), values.updateValue(value, forKey: member.key) == nil
                else {
                    return nil
                }
            }
            self = .object(values)
        }
    }
}
