import Agreements
import ArgumentParser
import Rating
import ServiceDesk

/// `mainstay client list`.
struct ClientList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the clients with what is left this month, the nearest to its end first.",
        discussion: "Example:\n\n  mainstay client list")

    @OptionGroup var options: DeskOptions
    @OptionGroup var output: ListOptions

    func run() throws {
        try atDesk(options, "Rating") { session in
            var list = ListText(["Client", "Month", "Worked", "Left", "Over", "Name"])
            var rows: [(left: Int, cells: [String])] = []
            for client in try session.read({ try Directory($0).clientIDs() }) {
                let facts = try session.standing(of: client)
                let month = Period(containing: try session.today(of: client))
                let statement = try session.statement(of: client, month)
                let left = statement?.grants.reduce(Hours.zero) { $0 + $1.opening - $1.drawn } ?? .zero
                rows.append(
                    (
                        left.seconds - (statement?.totals.charged.seconds ?? 0),
                        [
                            client.text, "\(month)", "\(statement?.totals.worked ?? .zero)", "\(left)",
                            "\(statement?.totals.charged ?? .zero)", facts.clients.first?.name ?? "",
                        ]
                    ))
            }
            for row in rows.sorted(by: { ($0.left, $0.cells[0]) < ($1.left, $1.cells[0]) }) { list.add(row.cells) }
            return list.lines(output)
        }
    }
}
