import ArgumentParser
import Foundation
import ServiceDesk
import Terminal
import Values

extension Session {
    /// Signing in, as the command line changes it: links are printed.
    var signIn: SignIn {
        SignIn(desk: desk, hasher: PasswordHasher(random: randomBytes), random: randomBytes)
    }

    /// What is said of a link that was printed the first time that it was asked for under a key.
    static func madeBefore(_ what: String) -> [String] {
        ["\(what), under this key before. Their link was printed then, and is kept nowhere."]
    }

    /// What is said of an invitation to the portal: its link, but where mail is sent that goes to its owner alone.
    static func invited(
        _ id: String, _ token: String?, _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> [String] {
        guard let token else { return madeBefore("\(id) was invited") }
        guard (environment["MAINSTAY_MAIL_COMMAND"] ?? "").isEmpty else {
            return ["\(id) is invited. Their link, which works once, within seven days, is on its way by mail."]
        }
        return ["\(id) is invited. Their link, which works once, within seven days:", link(token)]
    }

    /// A one-time link: an address where MAINSTAY_URL says where the site is, else its path.
    static func link(_ token: String, _ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        let base = environment["MAINSTAY_URL"] ?? ""
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/links/\(token)"
    }
}

/// `mainstay user invite`.
struct UserInvite: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Add a member of staff who signs in on the web, and print their link.",
        discussion: """
            The link works once, within seven days; with it they choose a password. It begins
            with MAINSTAY_URL, where that is set.

            Example:

              mainstay user invite ben --name "Ben Okri" --email ben@example.com --role manager
            """)

    @Argument(help: "The id: how they are named on time entries.") var id: String
    @Option(help: "Their name.") var name: String
    @Option(help: ArgumentHelp("What they sign in with.", valueName: "address")) var email: String
    @Option(help: "agent, manager or owner.", transform: TypedInput.role) var role: Role = .agent
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let token = try session.signIn.invite(
                id: id, fullName: name, role: role, email: email, by: session.actor, asked: session.linkAsked)
            guard let token else { return Session.madeBefore("\(id) was invited") }
            return ["\(id) is invited. Their link, which works once, within seven days:", Session.link(token)]
        }
    }
}

/// `mainstay user email`.
struct UserEmail: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "email", abstract: "Set what a member of staff signs in with.",
        discussion: "Example:\n\n  mainstay user email ben ben@example.com")

    @Argument(help: "The id.") var id: String
    @Argument(help: "The address.") var email: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let changed = try session.perform(SetEmail(id: id, email: email, isAtMachine: true))
            return ["\(changed.id) signs in with \(email)."].map { printable($0) }
        }
    }
}

/// `mainstay user reset`.
struct UserReset: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Print a link by which somebody chooses a new password.",
        discussion: """
            It works once, within a day; links made before stop working. It begins with
            MAINSTAY_URL, where that is set.

            Example:

              mainstay user reset ben
            """)

    @Argument(help: "The id.") var id: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let token = try session.signIn.resetAccess(of: id, by: session.actor, asked: session.linkAsked)
            return token.map { [Session.link($0)] } ?? Session.madeBefore("\(id) was given a link")
        }
    }
}

/// `mainstay user sign-out`.
struct UserSignOut: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-out", abstract: "End all of somebody's sessions on the web.",
        discussion: "Example:\n\n  mainstay user sign-out ben")

    @Argument(help: "The id.") var id: String
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            guard try session.read({ try People($0).user(id) }) != nil else {
                throw try session.desk.preview(by: session.actor) { try $0.unknown("user", id) }
            }
            try session.signIn.revokeAll(of: id, by: session.actor)
            return ["\(id) is signed out everywhere."].map { printable($0) }
        }
    }
}
