import ArgumentParser
import ServiceDesk
import Terminal
import Values

/// `mainstay token`: what programs ask the API with.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make, list and revoke the tokens by which programs use the API.",
        subcommands: [TokenMake.self, TokenList.self, TokenRevoke.self])
}

/// `mainstay token make`.
struct TokenMake: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Make a token of your own, and print it once.",
        discussion: """
            It may be used for what its scopes name and you may do, never for more:
            read, time, requests, agreements, admin.

            Example:

              mainstay token make reports --scope read --scope time --days 90
            """)

    @Argument(help: "What it is for.") var name: String
    @Option(name: .customLong("scope"), help: "read, time, requests, agreements or admin.", transform: TypedInput.scope)
    var scopes: [TokenScope] = [.read]
    @Option(help: "After how many days it ends, at most 366.") var days = 90
    @OptionGroup var options: DatabaseOptions

    func validate() throws {
        guard (1...366).contains(days) else { throw ValidationError("--days is 1 to 366.") }
    }

    func run() throws {
        try atDesk(options) { session in
            let (token, id) = try session.signIn.makeToken(
                name: name, scopes: Set(scopes), expires: session.desk.now + Hours(days * 24), for: session.actor)
            return ["\(id) is made. It is shown only now:", token]
        }
    }
}

/// `mainstay token list`.
struct TokenList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List your tokens.")

    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            let zone = Zone.utc
            var table = TextTable([
                .init(title: "Token", kind: .left), .init(title: "For", kind: .wrapped),
                .init(title: "Scopes", kind: .wrapped),
                .init(title: "Ends", kind: .left), .init(title: "Last used", kind: .left),
            ])
            for token in try session.signIn.tokens(of: session.actor.id) {
                table.add(
                    token.id, printable(token.name), token.scopes.sorted().map(\.rawValue).joined(separator: " "),
                    "\(zone.date(of: token.expiresAt))", token.usedAt.map { "\(zone.date(of: $0))" } ?? "never")
            }
            return table.lines()
        }
    }
}

/// `mainstay token revoke`.
struct TokenRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke one of your tokens, at once.")

    @Argument(help: "Its id, as the list has it.") var id: String
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            guard try session.signIn.revokeToken(id, of: session.actor.id) else {
                throw Problems([Problem("token \(id)", "none of yours has that id", fix: "see: mainstay token list")])
            }
            return ["\(id) is revoked."].map { printable($0) }
        }
    }
}
