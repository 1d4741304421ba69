import ArgumentParser
import Foundation
import ServiceDesk
import Storage

/// `mainstay setup`: a new database.
struct SetupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Make the tables in an empty database, and its first owner.",
        discussion: """
            Example:

              mainstay setup --database sqlite:agency.sqlite --name "Ada Lovelace"
              mainstay terms add examples/terms/current.yaml
            """)

    @OptionGroup var options: DeskOptions

    @Option(help: "The owner's name.")
    var name: String

    func run() throws {
        try refusing("Setting up") { progress in
            let configuration = try Configuration(database: options.database, user: options.user)
            let store = try Store(settingUp: Database.open(url: configuration.database, mayCreate: true))
            let desk = ServiceDesk(store: store, clock: { currentInstant() }, random: randomBytes)
            try desk.setUp(owner: configuration.user, fullName: name)
            progress.done()
            put([
                "\(Database.printable(configuration.database)) is set up; \(configuration.user) owns it.",
                "Next: mainstay terms add FILE",
            ])
        }
    }
}
