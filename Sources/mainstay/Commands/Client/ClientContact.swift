import Agreements
import ArgumentParser
import ServiceDesk
import Values

/// `mainstay client contact`.
struct ClientContact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contact", abstract: "Add a person at a client.",
        discussion: "Example:\n\n  mainstay client contact acme --name \"Cy Chen\" --email cy@acme.example")

    @Argument(help: "The client's id.") var client: String
    @Option(help: "Their name.") var name: String
    @Option(help: "Their e-mail address.") var email: String?
    @Option(help: "Their telephone number.") var phone: String?
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let added = try session.perform(
                AddContact(client: ClientID(client), fullName: name, email: email, phone: phone))
            return ["\(added.id): \(name), at \(client)."]
        }
    }
}
