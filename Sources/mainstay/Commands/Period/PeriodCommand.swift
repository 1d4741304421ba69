import Agreements
import ArgumentParser
import Rating
import ServiceDesk
import Storage
import Terminal
import Values

/// `mainstay period`: the end of the month.
struct PeriodCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "period", abstract: "Close months: what they come to is issued, and stays. Reopen the last one.",
        subcommands: [PeriodClose.self, PeriodReopen.self])
}

/// `mainstay period close`.
struct PeriodClose: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close a client's months up to one, or everybody's, in their order.",
        discussion: """
            Time that comes later for a closed month changes nothing that was issued: the
            difference goes on the next statement.

            Example:

              mainstay period close 2026-10 --client acme
              mainstay period close last
            """)

    @Argument(help: "The month: 2026-10, or last.") var period: String
    @Option(help: ArgumentHelp("Only this client.", valueName: "id")) var client: String?
    @Flag(help: "Close though time waits for approval; it then comes late.") var leaveUnapproved = false
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options, "Closing") { session in
            let clients = try client.map { [ClientID($0)] } ?? session.read { try Directory($0).clientIDs() }
            var count = 0
            for client in clients {
                let last = try TypedInput.period(period, today: try session.today(of: client))
                for month in try session.toClose(client, through: last) {
                    // Said at once: what was issued stays issued where the next one is refused.
                    let remarks = try session.perform(
                        ClosePeriod(client: client, period: month, leavesUnapproved: leaveUnapproved),
                        part: "\(client)/\(month)"
                    ).remarks
                    if !remarks.isEmpty { put(remarks) }
                    count += 1
                }
            }
            return count == 0 ? ["Nothing is to close."] : []
        }
    }
}

/// `mainstay period reopen`.
struct PeriodReopen: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen", abstract: "Open a client's last closed month again; what it issued is withdrawn.",
        discussion: "Example:\n\n  mainstay period reopen 2026-10 --client acme --reason \"Closed too early\"")

    @Argument(help: "The month.") var period: String
    @Option(help: ArgumentHelp("The client.", valueName: "id")) var client: String
    @Option(help: "Why.") var reason: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let month = try TypedInput.period(period, today: try session.today(of: ClientID(client)))
            _ = try session.perform(ReopenPeriod(client: ClientID(client), period: month, reason: reason))
            return ["\(month.written) of \(client) is open again."]
        }
    }
}

extension Session {
    /// The months of a client that are to be closed up to one, the earliest first.
    fileprivate func toClose(_ client: ClientID, through last: Period) throws -> [Period] {
        _ = try standing(of: client)
        return try read { connection in
            let closed = try StandingClosings(connection, of: client).byPeriod
            let account = try desk.store.account(connection, of: client, through: last, wanting: last...last)
            return account?.statements.map(\.period).filter { $0 <= last && closed[$0] == nil } ?? []
        }
    }
}
