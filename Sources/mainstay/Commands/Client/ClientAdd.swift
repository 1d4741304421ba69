import Agreements
import ArgumentParser
import ServiceDesk
import Values

/// `mainstay client add`.
struct ClientAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a client.",
        discussion: """
            The zone says when the client's months begin and end.

            Example:

              mainstay client add acme --name "Acme Outdoor" --zone America/Los_Angeles
            """)

    @Argument(help: "The id: a short name without spaces.") var id: String
    @Option(help: "The company's name.") var name: String
    @Option(help: ArgumentHelp("Its time zone: Europe/Oslo.", valueName: "zone")) var zone: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let zone = try TypedInput.zone(zone)
            let added = try session.perform(AddClient(id: ClientID(id), fullName: name, zone: zone))
            return ["\(added.id): \(name), \(zone.identifier)."]
        }
    }
}
