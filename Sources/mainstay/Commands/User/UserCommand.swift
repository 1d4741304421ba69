import ArgumentParser

/// `mainstay user`: the members of staff.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Add members of staff, change what they may do, end their access.",
        subcommands: [UserAdd.self, UserRole.self, UserEnd.self, UserErase.self, UserList.self])
}
