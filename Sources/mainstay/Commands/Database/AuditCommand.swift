import ArgumentParser
import ServiceDesk
import Storage

/// `mainstay audit`.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Say who did what, the latest first.",
        discussion: "Example:\n\n  mainstay audit --client acme --limit 20")

    @Option(help: ArgumentHelp("Only about this client.", valueName: "id")) var client: String?
    @Option(help: "How many lines.") var limit = 50
    @OptionGroup var options: DeskOptions
    @OptionGroup var output: ListOptions

    func validate() throws {
        if !(1...1_000_000).contains(limit) { throw ValidationError("--limit is 1 to 1000000.") }
    }

    func run() throws {
        try atDesk(options) { session in
            guard session.actor.role == .owner else {
                throw Refusal.notAllowed("\(session.actor.id) may not read the audit trail: it takes an owner")
            }
            var list = ListText(["When", "Who", "What", "Facts", "Client", "About"])
            for line in try session.read({ try AuditTrail($0).latest(client: client, limit: limit) }) {
                let facts = line.facts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
                list.add("\(line.at)", line.actor, line.operation, facts ?? "", line.client, line.subject)
            }
            return list.lines(output)
        }
    }
}
