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

    @Test("Where a part was saved before the rest was refused, it is said")
    func partly() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let setup = try run("setup", "--name", "Ada Park", "--email", "no address")
        #expect(setup.exitCode == 1)
        #expect(setup.errors.contains("a part of it was saved, the rest was not"), "\(setup.errors)")
        let again = try run("user", "add", "ada", "--name", "Ada Park")
        #expect(again.exitCode == 1)
        #expect(again.errors.lowercased().contains("nothing was done"), "\(again.errors)")
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

    @Test("Everything that is negotiable can be negotiated from a shell, with help and an example, and taken away")
    func negotiate() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let options: [(option: String, value: String)] = [
            ("--rate", "120.50"), ("--hours", "6:30"), ("--fee", "650"), ("--increment", "15m"), ("--per", "entry"),
            ("--minimum", "0:30"), ("--rounding-overage", "no"), ("--tolerance", "5%"), ("--beyond", "all"),
            ("--when-hours-run-out", "2:00"), ("--late-time", "waive"), ("--draw-order", "soonest-expiry"),
            ("--first-period", "prorate-fee"), ("--upgrade", "next-period"),
        ]
        let help = try run("contract", "negotiate", "--help").output
        for (option, _) in options { #expect(help.contains("\(option) <"), "\(option)") }
        let terms = folder.appending(path: "terms.yaml")
        let negotiable = [
            "overage_rate", "hours", "fee", "increment", "tolerance", "when_hours_run_out", "late_time", "draw_order",
            "first_period", "upgrade",
        ]
        try String(contentsOf: Program.root.appending(path: "examples/terms/current.yaml"), encoding: .utf8).replacing(
            "negotiable: [overage_rate, hours, fee]", with: "negotiable: [\(negotiable.joined(separator: ", "))]"
        ).write(to: terms, atomically: true, encoding: .utf8)
        _ = try done("setup", "--name", "Ada Park")
        _ = try done("terms", "add", terms.path)
        _ = try done("client", "add", "acme", "--name", "Acme Outdoor", "--zone", "America/Los_Angeles")
        _ = try done("contract", "sign", "acme", "--line", "website-maintenance", "--plan", "care-2", "--id", "k")
        let all = try Program.run(
            ["contract", "negotiate", "k", "--from", "today"] + options.flatMap { [$0.option, $0.value] },
            environment: environment)
        #expect(all.exitCode == 0, "\(all.errors)")
        #expect(
            all.output.hasSuffix(
                """
                : overage at $120.50/h, 6:30 a month, a fee of $650.00, time billed in steps of 0:15 for each entry, at \
                least 0:30, rounding alone never charged, a tolerance of 5% of the hours, beyond it all, when hours run \
                out: allow up to 2:00, late time: waive, draw order: soonest-expiry, first month: prorate-fee, an upgrade \
                in mid-month: next-period.

                """), "\(all.output)")
        let taken = try done(
            "contract", "negotiate", "k", "--from", "today", "--increment", "none", "--tolerance", "none")
        #expect(taken.hasSuffix(": time billed to the second, no tolerance.\n"))
        let wrong = try run("contract", "negotiate", "k", "--from", "today", "--increment", "15m", "--upgrade", "now")
        #expect(wrong.exitCode == 1)
        #expect(wrong.errors.contains("what is rounded up as one is missing"))
        #expect(wrong.errors.contains("at-once-prorate-fee-and-hours or next-period"))
        #expect(try done("verify").hasSuffix("Whole.\n"))
    }

    @Test("A time of day is that of the zone on its date, a correction leaves it, and what is used or closed stays")
    func ways() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try done("setup", "--name", "Ada Park")
        _ = try done("terms", "add", Program.root.appending(path: "examples/terms/current.yaml").path)
        _ = try done("client", "add", "acme", "--name", "Acme Outdoor", "--zone", "America/Los_Angeles")
        _ = try done(
            "contract", "sign", "acme", "--line", "website-maintenance", "--plan", "care-1", "--from", "2025-01-01")
        // Until 2025-03 in Los Angeles, since in Oslo.
        #expect(
            try done("client", "zone", "acme", "Europe/Oslo", "--from", "2025-03")
                == "acme: months are counted in Europe/Oslo from March 2025 on.\n")
        let opened = try done("request", "open", "acme", "Images are slow", "--line", "website-maintenance")
        let request = String(opened.prefix { $0 != ":" })
        func add(_ date: String) throws -> String {
            let said = try done(
                "time", "add", request, "1:30", "--type", "research", "--on", date, "--at", "9:15", "--key", date)
            return String(said.prefix { $0 != ":" })
        }
        func json(_ month: String) throws -> String { try done("statement", "acme", month, "--format", "json") }
        let before = try add("2025-02-03")
        _ = try add("2025-04-03")
        #expect(try json("2025-02").contains("\"start\": \"2025-02-03T17:15:00Z\""))
        #expect(try json("2025-04").contains("\"start\": \"2025-04-03T07:15:00Z\""))
        _ = try done("time", "correct", before, "--hours", "1:00", "--reason", "Lunch")
        #expect(try json("2025-02").contains("\"start\": \"2025-02-03T17:15:00Z\""))
        _ = try done("time", "correct", before, "--on", "2025-02-04", "--reason", "A day later")
        #expect(try json("2025-02").contains("\"start\": \"2025-02-04T17:15:00Z\""))

        let block = String(try done("block", "buy", "acme", "5", "--on", "2025-04-01").prefix { $0 != ":" })
        let refused = try run("block", "change", block, "--hours", "0", "--reason", "Refund")
        #expect(refused.exitCode == 1)
        #expect(refused.errors.contains("0:30 of it is used: 0:30 in April 2025 (e-"))
        _ = try done("period", "close", "2025-01")
        let closed = try run("client", "zone", "acme", "Europe/Rome", "--from", "2025-01")
        #expect(closed.exitCode == 1)
        #expect(closed.errors.contains("2025-01 is closed"))
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
