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
