import ArgumentParser
import Database
import Foundation
import ServiceDesk
import Storage
import Terminal
import Values

/// `mainstay demo`: the site on example data.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Serve the service desk on an example agency's data, with people to sign in as.",
        discussion: """
            The data is made for today and thrown away when it stops, unless --database
            names an empty database to keep it in.

            Example:

              mainstay demo
            """)

    @Option(help: ArgumentHelp("An empty database to make it in; a new file if left out.", valueName: "url"))
    var database: String?
    @Flag(help: "Print the address and the people as one line of JSON once it is ready.") var printJson = false
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let folder = try database == nil ? WorkFolder(in: FileManager.default.temporaryDirectory.path) : nil
        let (store, people, serving) = try made(in: folder?.path ?? "")
        let isJSON = printJson
        defer { withExtendedLifetime(folder) {} }
        try await serving.run(opening: { store }) { url in
            if isJSON {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                let ready = Ready(url: url, people: people)
                put([String(decoding: (try? encoder.encode(ready)) ?? Data(), as: UTF8.self)])
            } else {
                put(DemoCommand.welcome(url, people))
            }
        }
    }

    private struct Ready: Codable {
        var url: String
        var people: [DemoData.Person]
    }

    private func made(in folder: String) throws -> (Store, [DemoData.Person], Serving) {
        var found: (Store, [DemoData.Person], Serving)?
        try refusing("Making the example agency") { progress in
            var serving = try Serving(server)
            serving.agency = serving.agency ?? "Fernhill Studio"
            serving.banner = "This is an example: the agency and its clients are made up."
            // Its data is thrown away.
            serving.backupDays = nil
            // What these passwords guard is thrown away: one try may be cheap.
            serving.hasher = PasswordHasher(
                cost: .init(logRounds: 10, blockSize: 8, parallelism: 1), random: randomBytes)
            let url = database ?? "sqlite:\(folder)/demo.sqlite"
            let store = try Store(settingUp: Database.open(url: url, mayCreate: true, told: remark))
            let zone =
                try server.zone.map { try TypedInput.zone($0) } ?? Zone(identifier: TimeZone.current.identifier) ?? .utc
            let people = try DemoData(store, now: currentInstant(), zone: zone, hasher: serving.hasher).make()
            progress.done()
            found = (store, people, serving)
        }
        guard let found else { throw ExitCode(1) }
        return found
    }

    private static func welcome(_ url: String, _ people: [DemoData.Person]) -> [String] {
        var table = TextTable([
            .init(title: "Sign in as", kind: .left), .init(title: "E-mail", kind: .left),
            .init(title: "Password", kind: .left),
        ])
        for person in people { table.add("\(person.name), \(person.role)", person.email, person.password) }
        return ["", "Mainstay is ready: \(url)", ""] + table.lines() + ["", "Ctrl-C stops it."]
    }
}
