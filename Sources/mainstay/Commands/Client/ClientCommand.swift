import ArgumentParser

/// `mainstay client`: the agency's customers.
struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Add clients, see what they have, add the people there.",
        subcommands: [
            ClientAdd.self, ClientList.self, ClientShow.self, ClientZone.self, ClientContact.self,
            ClientInvite.self, ClientEmail.self, ClientRole.self, ClientEndAccess.self,
        ])
}
