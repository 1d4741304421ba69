import ArgumentParser

/// `mainstay user`: the members of staff.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Add members of staff, let them in, change what they may do, end their access.",
        subcommands: [
            UserInvite.self, UserAdd.self, UserEmail.self, UserReset.self, UserSignOut.self, UserRole.self,
            UserEnd.self,
            UserErase.self, UserList.self,
        ])
}
