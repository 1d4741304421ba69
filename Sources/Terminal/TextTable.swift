/// A table of plain text, its columns as wide as their cells, that keeps to a width by shortening or wrapping the columns
/// that may.
package struct TextTable {
    /// One column.
    package struct Column {
        /// How its cells stand, and what happens to those that do not fit.
        package enum Kind {
            /// Never cut; to the left.
            case left
            /// Never cut; to the right, as figures stand.
            case right
            /// May be wrapped at blanks over several lines.
            case wrapped
            /// May be shortened with an ellipsis.
            case shortened
        }
        package var title: String
        package var kind: Kind

        package init(title: String, kind: Kind) {
            self.title = title
            self.kind = kind
        }
    }

    package let columns: [Column]
    private var rows: [[String]] = []

    package init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row, a cell for each column.
    package mutating func add(_ cells: String...) { add(cells) }

    /// Adds a row, a cell for each column.
    package mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The lines of the table: titles, a rule, rows.
    package func lines(width: Int = 80) -> [String] {
        let widths = widths(width)
        var lines = [
            line(columns.map(\.title), widths),
            widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "),
        ]
        for row in rows {
            let wrapped = zip(row, zip(columns, widths)).map { cell, column in
                column.0.kind == .wrapped ? wrap(cell, width: column.1) : [shorten(cell, width: column.1)]
            }
            for index in 0..<(wrapped.map(\.count).max() ?? 0) {
                lines.append(line(wrapped.map { index < $0.count ? $0[index] : "" }, widths))
            }
        }
        return lines
    }

    private func widths(_ width: Int) -> [Int] {
        var widths = columns.indices.map { index in
            max(columns[index].title.count, rows.map { $0[index].count }.max() ?? 0)
        }
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        while excess > 0 {
            // The widest column that can give way gives way by one.
            let flexible = columns.indices.filter {
                (columns[$0].kind == .wrapped || columns[$0].kind == .shortened)
                    && widths[$0] > max(8, columns[$0].title.count)
            }
            guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let blanks = String(repeating: " ", count: max(0, widths[index] - cell.count))
            text += (index == 0 ? "" : "  ") + (columns[index].kind == .right ? blanks + cell : cell + blanks)
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// A text cut to a width, with an ellipsis where anything was cut.
package func shorten(_ text: String, width: Int) -> String {
    text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
}

/// A text broken at blanks into lines of a width; longer words are cut. Never empty.
package func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
        var word = Substring(word)
        if !line.isEmpty, line.count + 1 + word.count <= width {
            line += " " + word
            continue
        }
        if !line.isEmpty { lines.append(line) }
        while word.count > max(1, width) {
            lines.append(String(word.prefix(max(1, width))))
            word = word.dropFirst(max(1, width))
        }
        line = String(word)
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    return lines
}
