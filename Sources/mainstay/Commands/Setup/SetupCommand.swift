import ArgumentParser
import Database
import Foundation
import ServiceDesk
import Storage
import Terminal

/// `mainstay setup`: a new database.
struct SetupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Make the tables in an empty database, and its first owner.",
        discussion: """
            Example:

              mainstay setup --database sqlite:agency.sqlite --name "Ada Lovelace"
              mainstay terms add examples/terms/current.yaml
            """)

    @OptionGroup var options: DatabaseOptions

    @Option(help: "The owner's name.")
    var name: String

    @Option(help: ArgumentHelp("What they sign in with on the web; their link is printed.", valueName: "address"))
    var email: String?

    func run() throws {
        try refusing("Setting up") { progress in
            let configuration = try Configuration(database: options.database, user: options.user)
            let store = try Store(settingUp: Database.open(url: configuration.database, mayCreate: true, told: remark))
            let desk = ServiceDesk(store: store, clock: { currentInstant() }, random: randomBytes)
            try desk.setUp(owner: configuration.user, fullName: name)
            let link = try email.map { email in
                let owner = Actor(id: configuration.user, role: .owner)
                _ = try desk.perform(SetEmail(id: owner.id, email: email), by: owner)
                let signIn = SignIn(desk: desk, hasher: PasswordHasher(random: randomBytes), random: randomBytes)
                return Session.link(try signIn.resetAccess(of: owner.id, by: owner))
            }
            progress.done()
            var lines = ["\(Database.printable(configuration.database)) is set up; \(configuration.user) owns it."]
            if let link {
                lines += [
                    "Their link to choose a password, once `mainstay serve` runs; it works once, for a day:", link,
                ]
            }
            put(lines + ["Next: mainstay terms add FILE"])
        }
    }
}
