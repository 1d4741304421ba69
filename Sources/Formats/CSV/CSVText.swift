/// Comma-separated values (RFC 4180) as spreadsheets take them.
package enum CSVText {
    /// Rows in one table; no line end after the last.
    package static func table(_ rows: [[String]]) -> String {
        rows.map { $0.map(field).joined(separator: ",") }.joined(separator: "\r\n")
    }

    /// A field, in quotes where it needs them. A text that a spreadsheet would take for a formula gets a quote mark in front
    /// (OWASP, "CSV Injection"); a negative number is none.
    static func field(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first, formulaSigns.contains(first), !isNegativeFigure(text) {
            text = "'" + text
        }
        guard text.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// With the wide ones of East Asia, which some spreadsheets read alike.
    private static let formulaSigns = Set("=+-@\t\r\n＝＋－＠".unicodeScalars)

    private static func isNegativeFigure(_ text: String) -> Bool {
        text.first == "-" && text.count > 1
            && text.dropFirst().unicodeScalars.allSatisfy { "0123456789.:".unicodeScalars.contains($0) }
    }
}
