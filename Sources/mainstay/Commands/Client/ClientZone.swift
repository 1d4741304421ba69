import Agreements
import ArgumentParser
import ServiceDesk
import Values

/// `mainstay client zone`.
struct ClientZone: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zone", abstract: "Move a client to another time zone, from the start of a month.",
        discussion: """
            A month is counted in one zone, and closed months stay as they are.

            Example:

              mainstay client zone acme Europe/Oslo --from 2027-01
            """)

    @Argument(help: "The client's id.") var client: String
    @Argument(help: "The new zone.") var zone: String
    @Option(help: ArgumentHelp("The first month counted in it; the next one if left out.", valueName: "month"))
    var from: String?
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let zone = try TypedInput.zone(zone)
            let first = try from.map { try TypedInput.period($0, today: try session.today(of: ClientID(client))) }
            let changed = try session.perform(ChangeZone(client: ClientID(client), zone: zone, from: first))
            return changed.remarks.map { "\(client): \($0)." }
        }
    }
}
