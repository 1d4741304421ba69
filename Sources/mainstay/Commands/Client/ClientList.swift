import Agreements
import ArgumentParser
import Rating
import ServiceDesk
import Values

/// `mainstay client list`.
struct ClientList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the clients' lines with what is left this month, the nearest to trouble first.",
        discussion: """
            Hours of different lines are never added up. Hours that were bought for one
            project are not among those left.

            Example:

              mainstay client list
            """)

    @OptionGroup var options: DatabaseOptions
    @OptionGroup var output: ListOptions

    func run() throws {
        try atDesk(options, "Rating") { session in
            var list = ListText(["Client", "Line", "Used", "Left", "Over", "Not covered", "Name"])
            let rows = try session.read { try RiskCache().rows($0, desk: session.desk) }
            for row in rows {
                let risk = row.forecast
                list.add(
                    row.client.text, row.serviceLine.text, "\(risk.used)", "\(risk.left)", "\(risk.over)",
                    "\(risk.notCovered)", row.name)
            }
            // Those with whom nothing is agreed, and for whom nothing was done this month.
            let known = Set(rows.map(\.client))
            let others = try session.read { try Directory($0).clientIDs() }.filter { !known.contains($0) }
            let names = try session.read { try Directory($0).names(of: others) }
            for client in others { list.add(client.text, "", "", "", "", "", names[client] ?? "") }
            return list.lines(output)
        }
    }
}
