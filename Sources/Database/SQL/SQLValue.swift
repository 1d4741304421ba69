/// A value that goes into a statement or comes out of a row: the kinds that both engines have.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int)
    case text(String)
    case bytes([UInt8])

    /// A text, or null.
    package static func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
    /// A number, or null.
    package static func optional(_ number: Int?) -> SQLValue { number.map { .integer($0) } ?? .null }
}

/// A row of a result. Columns are numbered from 0; asking for another type than the column has is a mistake of ours, and
/// reads as nothing.
package protocol SQLRow {
    /// Whether the column is null.
    func isNull(_ column: Int) -> Bool
    /// A number; 0 where it is none.
    func integer(_ column: Int) -> Int
    /// A text; empty where it is none.
    func text(_ column: Int) -> String
    /// Bytes; empty where there are none.
    func bytes(_ column: Int) -> [UInt8]
}

extension SQLRow {
    /// A text, or nil where the column is null.
    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    /// A number, or nil where the column is null.
    package func optionalInteger(_ column: Int) -> Int? { isNull(column) ? nil : integer(column) }
}
