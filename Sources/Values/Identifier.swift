/// The name of one record of a kind, as people and files write it: `acme`, `e-2041`.
///
/// The kind is part of the type, so that a request's name cannot be given where a client's is asked for.
public struct Identifier<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name as written.
    public let text: String

    /// A record's name. Compared as text, exactly.
    public init(_ text: String) { self.text = text }

    /// Whether it can be used as a name: 1 to 200 bytes, none of them a control character.
    public var isFit: Bool {
        guard !text.isEmpty, text.utf8.count <= 200 else { return false }
        // Plain ASCII, the common case, needs no decoding.
        return text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
            || text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
    }

    /// The order of the names as text.
    public static func < (a: Identifier, b: Identifier) -> Bool { a.text < b.text }
    /// The name itself.
    public var description: String { text }
}
