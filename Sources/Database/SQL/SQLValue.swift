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

/// A row of a result. Columns are numbered from 0. Asking for another type than the column has, or for a value that is null, is
/// a mistake of ours: the getter returns 0 or an empty value, and the query then throws.
package protocol SQLRow {
    /// Whether the column is null.
    func isNull(_ column: Int) -> Bool
    /// A number.
    func integer(_ column: Int) -> Int
    /// A text.
    func text(_ column: Int) -> String
    /// Bytes.
    func bytes(_ column: Int) -> [UInt8]
}

/// The first column of a query that was read as what it is not.
final class RowMismatch {
    private var words: String?

    func note(_ column: Int, _ name: String, readAs kind: String) {
        if words == nil { words = "column \(column) (\(name)) was read as \(kind), which it is not" }
    }

    /// Hands over a row.
    ///
    /// - Throws: what the closure throws, but ``StorageError/internalFault(_:)`` where it read a column as what it is not: all
    ///   that follows may come of that.
    func checking(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            try check()
            throw error
        }
        try check()
    }

    private func check() throws { if let words { throw StorageError.internalFault(words) } }
}

extension SQLRow {
    /// A text, or nil where the column is null.
    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    /// A number, or nil where the column is null.
    package func optionalInteger(_ column: Int) -> Int? { isNull(column) ? nil : integer(column) }
}
