import Agreements
import ArgumentParser
import ServiceDesk
import Terminal
import Values

/// `mainstay client invite`.
struct ClientInvite: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Let a contact into the client portal, and print their link.",
        discussion: """
            The link works once, within seven days. It begins with MAINSTAY_URL, where that is set.
            Where MAINSTAY_MAIL_COMMAND says how mail is sent, it goes to them alone and is not
            printed.

            Example:

              mainstay client invite acme p-12 --role approver
            """)

    @Argument(help: "The client's id.") var client: String
    @Argument(help: "The contact's id.") var contact: String
    @Option(help: "viewer, requester, approver or billing.", transform: TypedInput.contactRole)
    var role: ContactRole = .requester
    @Option(help: ArgumentHelp("Where they read mail, unless it is known.", valueName: "address")) var email: String?
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let (id, token) = try session.signIn.inviteContact(
                contact, of: ClientID(client), fullName: contact, email: email, role: role, by: session.actor,
                asked: session.linkAsked)
            return Session.invited(id, token)
        }
    }
}

/// `mainstay client email`.
struct ClientEmail: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "email", abstract: "Give a contact another address; the one before is told.",
        discussion: "Example:\n\n  mainstay client email acme p-12 cy@acme.example")

    @Argument(help: "The client's id.") var client: String
    @Argument(help: "The contact's id.") var contact: String
    @Argument(help: "The address.") var email: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            _ = try session.perform(
                ChangeContactEmail(client: ClientID(client), contact: contact, email: email))
            return ["\(contact) has the address \(email)."].map { printable($0) }
        }
    }
}

/// `mainstay client role`.
struct ClientRole: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Say what a contact may do in the client portal.",
        discussion: "Example:\n\n  mainstay client role acme p-12 billing")

    @Argument(help: "The client's id.") var client: String
    @Argument(help: "The contact's id.") var contact: String
    @Argument(help: "viewer, requester, approver or billing.", transform: TypedInput.contactRole) var role: ContactRole
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            _ = try session.perform(ChangeContactRole(client: ClientID(client), contact: contact, access: role))
            return ["\(contact) is \(role.rawValue) now."].map { printable($0) }
        }
    }
}

/// `mainstay client end-access`.
struct ClientEndAccess: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end-access", abstract: "End a contact's access to the client portal, at once.",
        discussion: "Example:\n\n  mainstay client end-access acme p-12")

    @Argument(help: "The client's id.") var client: String
    @Argument(help: "The contact's id.") var contact: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            _ = try session.perform(EndContact(client: ClientID(client), contact: contact))
            return ["\(contact) has no access any more."].map { printable($0) }
        }
    }
}
