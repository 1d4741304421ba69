import Foundation
import Testing

@Suite("Every command that takes a key does its work once under it")
struct KeyTests {
    private let folder: URL
    private let environment: [String: String]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "mainstay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        environment = [
            "MAINSTAY_DATABASE": "sqlite:\(folder.path)/agency.sqlite", "MAINSTAY_USER": "ada",
            "MAINSTAY_WEBHOOKS_ALLOW_PRIVATE": "1",
        ]
    }

    private func done(_ arguments: [String]) throws -> String {
        let run = try Program.run(arguments, environment: environment)
        #expect(run.exitCode == 0, "\(arguments): \(run.errors)")
        return run.output
    }

    /// The commands that offer an option, with the words before them.
    private func offering(_ option: String) throws -> Set<String> {
        let dump = try done(["--experimental-dump-help"])
        let json = try #require(try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any])
        var found: Set<String> = []
        func look(_ command: [String: Any], _ before: [String]) {
            let words = before + [command["commandName"] as? String ?? ""]
            let names = (command["arguments"] as? [[String: Any]] ?? []).flatMap {
                $0["names"] as? [[String: Any]] ?? []
            }
            if names.contains(where: { $0["name"] as? String == option }) {
                found.insert(words.dropFirst().joined(separator: " "))
            }
            for part in command["subcommands"] as? [[String: Any]] ?? [] { look(part, words) }
        }
        look(json["command"] as? [String: Any] ?? [:], [])
        return found
    }

    /// How many lines of the audit trail there are.
    private func lines() throws -> Int {
        try done(["audit", "--format", "csv", "--limit", "100000"]).split(whereSeparator: \.isNewline).count
    }

    /// The commands, in an order in which each can be done; `{r}` and so on are what earlier ones made.
    private static let table: [(command: String, arguments: [String])] = [
        ("terms add", ["examples/terms/current.yaml"]),
        ("client add", ["acme", "--name", "Acme", "--zone", "UTC"]),
        ("client zone", ["acme", "Europe/Oslo"]),
        ("client contact", ["acme", "--name", "Cy Chen", "--email", "cy@acme.example"]),
        ("client invite", ["acme", "{p}", "--role", "viewer"]),
        ("client role", ["acme", "{p}", "requester"]),
        ("client email", ["acme", "{p}", "cy.chen@acme.example"]),
        ("project add", ["shop", "--client", "acme", "--name", "Shop"]),
        ("contract sign", ["acme", "--line", "website-maintenance", "--plan", "care-2", "--id", "web"]),
        ("contract change", ["web", "--plan", "care-5", "--yes"]),
        ("contract negotiate", ["web", "--from", "2030-01-01", "--fee", "600"]),
        ("block buy", ["acme", "5"]),
        ("block change", ["{b}", "--paid", "today", "--reason", "Transfer"]),
        ("request open", ["acme", "Slow pages", "--line", "website-maintenance"]),
        ("request message", ["{r}", "Hello"]),
        ("request accept", ["{r}", "--type", "research"]),
        ("request snooze", ["{r}", "tomorrow"]),
        ("request assign", ["{r}", "ada"]),
        ("request approve", ["{r}", "--by", "Cy"]),
        ("request permit", ["{r}", "--hours", "1:00", "--by", "Cy"]),
        ("request move", ["{r}", "--project", "shop", "--reason", "It is the shop's"]),
        ("time add", ["{r}", "20m", "--type", "research"]),
        ("time log", ["{r}", "30m", "research:", "more"]),
        ("time correct", ["{e}", "--note", "Read", "--reason", "x"]),
        ("time courtesy", ["{e}", "--hours", "0:05", "--reason", "x"]),
        ("time void", ["{e}", "--reason", "x"]),
        ("timer start", ["{r}", "--type", "research"]),
        ("timer stop", []),
        ("request state", ["{r}", "done"]),
        ("user add", ["ben", "--name", "Ben", "--role", "agent"]),
        ("user role", ["ben", "manager"]),
        ("user email", ["ben", "ben@agency.example"]),
        ("user reset", ["ben"]),
        ("user invite", ["eve", "--name", "Eve", "--email", "eve@agency.example"]),
        ("user end", ["ben"]),
        ("user erase", ["ben"]),
        ("client end-access", ["acme", "{p}"]),
        ("webhook add", ["https://192.0.2.1/hook"]),
        ("webhook secret", ["wh-1"]),
        ("webhook test", ["wh-1"]),
        ("webhook remove", ["wh-1"]),
        ("project done", ["shop"]),
        ("contract end", ["web"]),
    ]

    /// Commands whose work needs another person or another month first: that they pass the key on, other tests see.
    private static let others: Set<String> = [
        "time approve", "request decline", "request merge", "period close", "period reopen", "import", "webhook on",
        "webhook replay", "timer show",
    ]

    @Test("Given twice, it is done once, and says the same")
    func table() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(
            try offering("key") == KeyTests.others.union(KeyTests.table.map(\.command)),
            "a command that takes a key is in the table")
        _ = try done(["setup", "--name", "Ada"])
        var made: [String: String] = [:]
        for (command, arguments) in KeyTests.table {
            let words =
                command.split(separator: " ").map(String.init) + arguments.map { made[$0] ?? $0 }
            // What is left of a line is its words.
            let key = ["--key", "key of \(command)"]
            let asked = command == "time log" ? words.prefix(2) + key + words.dropFirst(2) : words + key
            let before = try lines()
            let first = try done(Array(asked))
            let after = try lines()
            let again = try done(Array(asked))
            #expect(after == before + 1, "\(command)")
            #expect(try lines() == after, "\(command)")
            if ["client invite", "user invite", "user reset"].contains(command) {
                // A link is shown once; nothing is kept of it that could be shown again.
                #expect(again.contains("under this key before"), "\(command): \(again)")
            } else {
                #expect(again == first, "\(command)")
            }
            let id = first.prefix { $0 != ":" && $0 != " " && $0 != "\n" }
            switch command {
            case "client contact": made["{p}"] = String(first.firstMatch(of: /p-[0-9]+/)?.0 ?? "")
            case "block buy": made["{b}"] = String(id)
            case "request open": made["{r}"] = String(id)
            case "time add": made["{e}"] = String(id)
            default: break
            }
        }
    }

    @Test("A command that would do nothing under a key takes none")
    func none() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for command in [
            ["token", "make", "x"], ["user", "sign-out", "x"], ["outbox", "replay", "1"], ["client", "list"],
        ] {
            let run = try Program.run(command + ["--key", "k"], environment: environment)
            #expect(run.exitCode == 64, "\(command)")
            #expect(run.errors.contains("--key"))
        }
    }
}
