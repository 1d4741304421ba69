import Agreements
import ArgumentParser
import ServiceDesk
import Storage
import Values

/// `mainstay audit`.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Say who did what, the latest first.",
        discussion: "Example:\n\n  mainstay audit --client acme --limit 20")

    @Option(help: ArgumentHelp("Only about this client.", valueName: "id")) var client: String?
    @Option(help: ArgumentHelp("Only what this person did.", valueName: "id")) var person: String?
    @Option(help: ArgumentHelp("Only this: time.log, or time for all that begins so.", valueName: "name"))
    var operation: String?
    @Option(help: ArgumentHelp("Only about this.", valueName: "id")) var subject: String?
    @Option(help: ArgumentHelp("Not before this day (UTC).", valueName: "date")) var from: String?
    @Option(help: ArgumentHelp("Not after this day (UTC).", valueName: "date")) var to: String?
    @Option(help: "How many lines.") var limit = 50
    @OptionGroup var options: DatabaseOptions
    @OptionGroup var output: ListOptions

    func validate() throws {
        if !(1...1_000_000).contains(limit) { throw ValidationError("--limit is 1 to 1000000.") }
    }

    func run() throws {
        try atDesk(options) { session in
            guard session.actor.may(.owner) else {
                throw Refusal.notAllowed("\(session.actor.id) may not read the audit trail: it takes an owner")
            }
            let today = Zone.utc.date(of: session.desk.now)
            let filter = AuditFilter(
                actor: person, operation: operation, client: client, subject: subject,
                from: try from.map { Zone.utc.start(of: try TypedInput.date($0, today: today)) },
                to: try to.map { Zone.utc.start(of: try TypedInput.date($0, today: today) + 1) })
            var list = ListText(["When", "Who", "What", "Facts", "Client", "About"])
            for line in try session.read({ try AuditTrail($0).lines(matching: filter, limit: limit) }) {
                let facts = line.facts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
                list.add("\(line.at)", line.actor, line.operation, facts ?? "", line.client, line.subject)
            }
            return list.lines(output)
        }
    }
}
