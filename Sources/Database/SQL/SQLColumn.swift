/// A column of a table of ours: what is in it, and its name.
package enum SQLColumn: Sendable {
    case number(String)
    case text(String)
    case bytes(String)

    /// Its name.
    package var name: String {
        switch self {
        case .number(let name), .text(let name), .bytes(let name): name
        }
    }

    /// What a row has in it.
    func value(_ row: any SQLRow, _ place: Int) -> SQLValue {
        if row.isNull(place) { return .null }
        return switch self {
        case .number: .integer(row.integer(place))
        case .text: .text(row.text(place))
        case .bytes: .bytes(row.bytes(place))
        }
    }
}

extension SQLConnection {
    /// Hands over all rows of a table in the order of its key, some at a time: an engine may hold all that it is asked for
    /// at once in memory.
    ///
    /// - Parameters:
    ///   - keys: how many columns, from the first on, are the key.
    ///   - count: how many rows at a time.
    package func forEachRow(
        of table: String, _ columns: [SQLColumn], keys: Int, atATime count: Int = 1000,
        _ body: (any SQLRow) throws -> Void
    ) throws {
        let names = columns.map(\.name).joined(separator: ", ")
        let key = columns.prefix(keys).map(\.name).joined(separator: ", ")
        let places = (1...keys).map { "$\($0)" }.joined(separator: ", ")
        var last: [SQLValue] = []
        var found = count
        while found == count {
            found = 0
            let after = last.isEmpty ? "" : "WHERE (\(key)) > (\(places)) "
            try forEachRow("SELECT \(names) FROM \(table) \(after)ORDER BY \(key) LIMIT \(count)", last) { row in
                found += 1
                // The last row says where the next part begins.
                if found == count { last = columns.prefix(keys).enumerated().map { $1.value(row, $0) } }
                try body(row)
            }
        }
    }
}
