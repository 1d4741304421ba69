/// Rows of texts with a name for each column, for other programs.
package enum RowsText {
    /// A JSON list of objects.
    package static func json(_ names: [String], _ rows: [[String]]) -> String {
        JSONText.list(rows.map { row in .object(zip(names, row).map { ($0, .string($1)) }) }).pretty
    }

    /// CSV with a header line; no line end after the last row.
    package static func csv(_ names: [String], _ rows: [[String]]) -> String {
        CSVText.table([names] + rows)
    }
}
