import ArgumentParser
import Database
import Foundation
import ServiceDesk
import Storage
import Terminal

/// `mainstay serve`: the service desk on the web.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the service desk on the web.",
        discussion: """
            Over TLS of its own, or behind a proxy that has it; over plain HTTP on this
            machine alone. Logs are JSON lines on standard error. SIGTERM stops it once
            the requests that run are done. docs/running.md has the rest.

            Examples:

              mainstay serve
              mainstay serve --host 0.0.0.0 --port 443 --public-url https://desk.example.com \\
                  --certificate fullchain.pem --private-key key.pem
              mainstay serve --behind-proxy --public-url https://desk.example.com
            """)

    @OptionGroup var options: DatabaseOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        // A reload that comes while the database is opened does not end it.
        signal(SIGHUP, SIG_IGN)
        // Whoever started this may ignore the ends of children; here they are waited for.
        signal(SIGCHLD, SIG_DFL)
        let (opening, serving) = try prepared()
        try await serving.run(opening: opening)
    }

    /// What can be wrong before anything is served. A database that is away is not: it is waited for.
    private func prepared() throws -> (@Sendable () throws -> Store, Serving) {
        var found: (@Sendable () throws -> Store, Serving)?
        try refusing("Opening") { progress in
            let configuration = try Configuration(database: options.database, user: options.user)
            if let file = try Database.file(of: configuration.database) {
                WorkFolder.removeLeft(in: WorkFolder.folder(of: file))
            }
            let opening: @Sendable () throws -> Store = {
                try Store(
                    opening: Database.open(
                        url: configuration.database, mayCreate: false, isServing: true, told: remark))
            }
            var opened: Store?
            do { opened = try opening() } catch let error as StorageError where error.passes { remark("\(error)") }
            var serving = try Serving(server)
            if serving.anchors == nil, let anchors = configuration.anchors {
                serving.anchors = AnchorFile(anchors)
                try serving.anchors?.check()
            }
            let store = opened
            found = ({ try store ?? opening() }, serving)
            progress.done()
        }
        guard let found else { throw ExitCode(1) }
        return found
    }
}

/// How the site is served.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address")) var host = "127.0.0.1"
    @Option(help: "The port; 0 for any that is free.") var port = 8080
    @Option(
        help: ArgumentHelp(
            "Where browsers find it, without a path; else MAINSTAY_URL, else the address it listens on.",
            valueName: "url"))
    var publicUrl: String?
    @Flag(help: "A proxy of yours stands before it: the last X-Forwarded-For is where a request comes from.")
    var behindProxy = false
    @Option(help: ArgumentHelp("Its certificate with its chain, as PEM.", valueName: "file")) var certificate: String?
    @Option(help: ArgumentHelp("The certificate's key, as PEM.", valueName: "file")) var privateKey: String?
    @Option(
        help: ArgumentHelp(
            "A file to note in, as time goes by, how far the records go, for `mainstay verify --anchors`.",
            valueName: "file"))
    var anchors: String?
    @Option(
        help: ArgumentHelp(
            "The zone in which times of no client are written; the system's if left out.", valueName: "zone"))
    var zone: String?

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port is 0 to 65535.") }
        guard (certificate == nil) == (privateKey == nil) else {
            throw ValidationError("--certificate and --private-key go together.")
        }
        let isLocal = ["127.0.0.1", "::1", "localhost"].contains(host)
        guard isLocal || certificate != nil || behindProxy else {
            throw ValidationError(
                "Passwords do not go over plain HTTP: give --certificate and --private-key, or --behind-proxy, or listen on 127.0.0.1."
            )
        }
    }
}
