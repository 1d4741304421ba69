import Agreements
import ArgumentParser
import Exchange
import Rating
import ServiceDesk
import Terminal
import Values
import Wording

/// `mainstay statement`: a client's month from the database.
struct StatementCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement", abstract: "State a client's month: hours, draws, overage, and why.",
        discussion: """
            Example:

              mainstay statement acme
              mainstay statement acme last --format csv
            """)

    @Argument(help: "The client's id.") var client: String
    @Argument(help: "The month: 2026-10, this or last.") var period = "this"
    @Option(help: "How to print: table, json or csv.") var format = ListFormat.table
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options, "Rating") { session in
            let id = ClientID(client)
            let month = try TypedInput.period(period, today: try session.today(of: id))
            guard let statement = try session.statement(of: id, month) else {
                throw Problems([
                    Problem("\(client), \(month)", "nothing was agreed or done by then", fix: "ask for a later month")
                ])
            }
            let words = Wording(try session.terms())
            switch format {
            case .table: return StatementText(statement, words: words, now: currentInstant()).lines
            case .json: return [StatementJSON.document([statement], words: words, now: currentInstant())]
            case .csv: return [StatementCSV.document([statement], words: words)]
            }
        }
    }
}
