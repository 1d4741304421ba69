import Foundation
import Testing

@Suite("The agency's month from a shell")
struct DeskCommandTests {
    private let folder: URL
    private let environment: [String: String]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "mainstay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        environment = [
            "MAINSTAY_DATABASE": "sqlite:\(folder.path)/agency.sqlite", "MAINSTAY_USER": "ada",
        ]
    }

    private func run(_ arguments: String...) throws -> Program.Run {
        try Program.run(arguments, environment: environment)
    }

    private func done(_ arguments: String...) throws -> String {
        let run = try Program.run(arguments, environment: environment)
        #expect(run.exitCode == 0, "\(arguments): \(run.errors)")
        return run.output
    }

    @Test("The commands of the README, one after the other")
    func readme() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try run("client", "list").exitCode == 1)
        _ = try done("setup", "--name", "Ada Park")
        _ = try done("terms", "add", Program.root.appending(path: "examples/terms/current.yaml").path)
        _ = try done("client", "add", "acme", "--name", "Acme Outdoor", "--zone", "America/Los_Angeles")
        _ = try done("contract", "sign", "acme", "--line", "website-maintenance", "--plan", "care-2")
        #expect(
            try done("request", "open", "acme", "Images are slow", "--line", "website-maintenance")
                == "r-5: Images are slow, for acme on website-maintenance.\n")
        let added = try done("time", "add", "r-5", "1h30", "--type", "research", "--key", "k")
        #expect(added.hasPrefix("e-7: 1:30 on "))
        #expect(added.contains("1:30 from plan hours of acme-website-maintenance"))
        #expect(try done("time", "add", "r-5", "1h30", "--type", "research", "--key", "k") == added)
        let statement = try done("statement", "acme")
        #expect(statement.contains("Worked 1:30 = 1:30 drawn"))
        #expect(statement.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(try done("statement", "acme", "--format", "csv").contains("entry:e-7"))
        #expect(try done("client", "list", "--format", "json").contains("\"client\": \"acme\""))
        #expect(try done("request", "show", "r-5").contains("Worked: 1:30"))
        #expect(try done("audit").contains("time.log"))
        #expect(try done("verify").hasSuffix("Whole.\n"))
        _ = try done("backup", folder.appending(path: "b.jsonl").path)
        #expect(try done("restore", folder.appending(path: "b.jsonl").path, "--verify").contains("Whole."))
        let early = try run("period", "close", "this")
        #expect(early.exitCode == 1)
        #expect(early.errors.contains("the month is not over"))
    }

    @Test("Triage, time in one line, search, people and the trail from a shell")
    func desk() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try done("setup", "--name", "Ada Park", "--email", "ada@agency.example")
        _ = try done("terms", "add", Program.root.appending(path: "examples/terms/current.yaml").path)
        _ = try done("client", "add", "acme", "--name", "Acme Outdoor", "--zone", "America/Los_Angeles")
        _ = try done("contract", "sign", "acme", "--line", "website-maintenance", "--plan", "care-2")
        let line = ["--line", "website-maintenance"]
        func open(_ title: String) throws -> String {
            let said = try Program.run(["request", "open", "acme", title] + line, environment: environment).output
            return String(said.prefix { $0 != ":" })
        }
        let (first, second, third) = try (open("Cart is empty"), open("Empty cart"), open("Build a rocket"))
        _ = try done("request", "accept", first, "--type", "troubleshooting", "--assignee", "ada")
        _ = try done("request", "merge", second, first)
        _ = try done("request", "decline", third, "--reason", "We build websites")
        #expect(try run("request", "decline", third, "--reason", "Again").exitCode == 1)
        let logged = try done("time", "log", "\(first) 20m trou: found the wrong key")
        #expect(logged.contains("0:20"))
        #expect(try run("time", "log", "20m trou").errors.contains("names no request"))
        let found = try done("search", "wrong key")
        #expect(found.contains("found the wrong key"))
        #expect(try done("search", "rocket").contains(third))
        let link = try done(
            "user", "invite", "ben", "--name", "Ben", "--role", "agent", "--email", "ben@agency.example")
        #expect(link.contains("/links/"))
        #expect(try run("user", "email", "ben", "ada@agency.example").exitCode == 1)
        let trail = try done("audit", "--person", "ada", "--operation", "request")
        #expect(trail.contains("request.merge"))
        #expect(!trail.contains("time.log"))
        #expect(try done("routes").contains("/clients/{client}"))
        #expect(try done("verify").hasSuffix("Whole.\n"))
    }

    @Test("What is typed wrongly is told, with what would be right")
    func wrong() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let none = try run("statement", "acme")
        #expect(none.exitCode == 1)
        #expect(none.errors.contains("there is no database"))
        _ = try done("setup", "--name", "Ada Park")
        #expect(try run("setup", "--name", "Eve").errors.contains("set up already"))
        let nobody = try run("client", "list", "--user", "adda")
        #expect(nobody.exitCode == 1)
        #expect(nobody.errors.contains("Did you mean \"ada\"?"))
        let secret = try run("client", "list", "--database", "postgres://ada:secret@localhost/agency")
        #expect(secret.exitCode == 64)
        #expect(!secret.errors.contains("secret@"))
        #expect(try run("import", "--time", "x.csv").exitCode == 64)
        #expect(try run("user", "add", "ben", "--name", "Ben", "--role", "boss").exitCode == 64)
    }
}
