import ArgumentParser
import ServiceDesk
import Values

/// `mainstay user add`.
struct UserAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a member of staff.",
        discussion: """
            An agent takes requests and logs time; a manager also signs contracts, sells
            blocks and closes months; an owner also adds people and terms.

            Example:

              mainstay user add ben --name "Ben Okri" --role agent
            """)

    @Argument(help: "The id: how they are named on time entries.") var id: String
    @Option(help: "Their name.") var name: String
    @Option(help: "agent, manager or owner.", transform: TypedInput.role) var role: Role = .agent
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let added = try session.perform(AddUser(id: id, fullName: name, role: role))
            return ["\(added.id) is \(role == .agent || role == .owner ? "an" : "a") \(role.rawValue)."]
        }
    }
}

/// `mainstay user role`.
struct UserRole: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Change what a member of staff may do.",
        discussion: "Example:\n\n  mainstay user role ben manager")

    @Argument(help: "The id.") var id: String
    @Argument(help: "agent, manager or owner.", transform: TypedInput.role) var role: Role
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let changed = try session.perform(ChangeRole(id: id, newRole: role))
            return ["\(changed.id) is \(role == .agent || role == .owner ? "an" : "a") \(role.rawValue) now."]
        }
    }
}

/// `mainstay user end`.
struct UserEnd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End a member of staff's access; what they did stays.",
        discussion: "Example:\n\n  mainstay user end ben")

    @Argument(help: "The id.") var id: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            ["\(try session.perform(EndUser(id: id)).id) has no access any more."]
        }
    }
}

/// `mainstay user list`.
struct UserList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the members of staff.", discussion: "Example:\n\n  mainstay user list")

    @OptionGroup var options: DatabaseOptions
    @OptionGroup var output: ListOptions

    func run() throws {
        try atDesk(options) { session in
            var list = ListText(["Id", "Name", "Role"])
            for user in try session.read({ try People($0).users() }) {
                list.add(user.id, user.name, user.isEnded ? "ended" : user.role.rawValue)
            }
            return list.lines(output)
        }
    }
}

/// `mainstay user erase`.
struct UserErase: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Erase what is kept of a contact, or of somebody who left.",
        discussion: """
            Their name, address and number are gone for good; what they did stays, under their
            id. Backups made before still have them.

            Example:

              mainstay user erase p-12
            """)

    @Argument(help: "The id of a contact or of a former member of staff.") var id: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in ["\(try session.perform(ErasePerson(id: id)).id) is erased."] }
    }
}
