import ArgumentParser
import Formats
import ServiceDesk
import Terminal

/// Opens the database, runs what somebody asks, and prints what it comes to.
func atDesk(_ options: DeskOptions, _ doing: String = "Working", _ body: (Session) throws -> [String]) throws {
    try atDesk(options.place, key: options.key, doing, body)
}

/// The same without a key.
func atDesk(
    _ options: DatabaseOptions, key: String? = nil, _ doing: String = "Working", _ body: (Session) throws -> [String]
) throws {
    try refusing(doing) { progress in
        let lines = try body(Session(options, key: key))
        progress.done()
        if !lines.isEmpty { put(lines) }
    }
}

/// How lists are printed.
enum ListFormat: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

/// The option of all commands that list.
struct ListOptions: ParsableArguments {
    @Option(help: "How to print: table, json or csv.")
    var format: ListFormat = .table
}

/// A list of texts in columns, as a table, as JSON or as CSV.
struct ListText {
    private let titles: [String]
    private var rows: [[String]] = []

    init(_ titles: [String]) { self.titles = titles }

    /// Adds a row, a text for each column.
    mutating func add(_ cells: String...) { rows.append(cells) }

    /// Adds a row, a text for each column.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    func lines(_ options: ListOptions) -> [String] {
        switch options.format {
        case .table:
            if rows.isEmpty { return ["None."] }
            var table = TextTable(
                titles.enumerated().map { .init(title: $1, kind: $0 + 1 == titles.count ? .wrapped : .left) })
            for row in rows { table.add(row.map { printable($0) }) }
            return table.lines()
        case .json: return [RowsText.json(titles.map(key), rows)]
        case .csv: return [RowsText.csv(titles.map(key), rows)]
        }
    }

    private func key(_ title: String) -> String { title.lowercased().split(separator: " ").joined(separator: "_") }
}
