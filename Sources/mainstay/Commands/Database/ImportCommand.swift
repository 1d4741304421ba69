import Agreements
import ArgumentParser
import Crypto
import Database
import Exchange
import Foundation
import ServiceDesk
import Storage
import Terminal
import Values

/// `mainstay import`.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take over a tracker's time, a facts file, or an export of another database.",
        discussion: """
            All or nothing; the same file twice adds nothing. With --dry-run nothing is
            added: it says what would be.

            Example:

              mainstay import --time export.csv --mapping map.yaml --dry-run
              mainstay import --time export.csv --mapping map.yaml
              mainstay import --facts examples/agency/facts.jsonl
              mainstay import --ledger mainstay-export.jsonl
            """)

    @Option(help: ArgumentHelp("A time tracker's CSV export; needs --mapping.", valueName: "file")) var time: String?
    @Option(help: ArgumentHelp("The mapping file for --time.", valueName: "file")) var mapping: String?
    @Option(help: ArgumentHelp("A facts file, JSON or JSON Lines.", valueName: "file")) var facts: String?
    @Option(help: ArgumentHelp("What `mainstay export` wrote, into an empty database.", valueName: "file"))
    var ledger: String?
    @Flag(help: "Leave out bad rows of the export instead of refusing it; they are listed.") var skipBad = false
    @Flag(help: "Say what would be added, and add nothing.") var dryRun = false
    @OptionGroup var options: DeskOptions

    func validate() throws {
        if [time, facts, ledger].compactMap(\.self).count != 1 {
            throw ValidationError("Give one of --time, --facts and --ledger.")
        }
        if (time == nil) != (mapping == nil) { throw ValidationError("--time and --mapping go together.") }
        if dryRun, time == nil { throw ValidationError("--dry-run goes with --time.") }
        if options.key != nil, dryRun || ledger != nil {
            throw ValidationError("--key does not go with \(dryRun ? "--dry-run" : "--ledger").")
        }
    }

    func run() throws {
        if let ledger {
            try takeOver(ledger)
            return
        }
        try atDesk(options, "Importing") { session in
            if let facts { return try importFacts(facts, session) }
            return try importTime(session)
        }
    }

    private func importFacts(_ path: String, _ session: Session) throws -> [String] {
        let bytes = try [UInt8](InputFile.read(path))
        let facts = try FactsFile.read(bytes, file: path, currency: session.terms().currency)
        return try session.perform(ImportFacts(facts: facts, digest: digest(bytes))).remarks.map { "\($0) taken over." }
    }

    private func importTime(_ session: Session) throws -> [String] {
        let (export, rules) = try (InputFile.read(time ?? ""), [UInt8](InputFile.read(mapping ?? "")))
        let terms = try session.terms()
        let (operation, badRows) = try export.withUnsafeBytes { raw throws in
            try ImportTime.reading(
                raw.bindMemory(to: UInt8.self), file: time ?? "", mapping: rules, mappingFile: mapping ?? "",
                terms: terms, skipsBad: skipBad, now: currentInstant())
        }
        for problem in badRows { remark("left out: \(problem)") }
        let report =
            dryRun
            ? try PreviewImport(operation).report(session.desk, by: session.actor) : try session.perform(operation)
        return lines(report)
    }

    private func lines(_ report: ImportReport) -> [String] {
        let would = dryRun ? "would be added" : "are added"
        var lines = [
            "\(report.rows) rows: \(report.known) are there already, \(report.newEntries) \(would), "
                + "\(Hours(seconds: report.newSeconds)) in all."
        ]
        for remark in report.remarks ?? [] { lines += wrap(remark, width: 80) }
        if let count = report.mayBeSameCount, count > 0 {
            lines.append("May be there already, in other words: \(count), for example")
            lines += (report.mayBeSame ?? []).map { "  \($0)" }
        }
        if !report.newClients.isEmpty {
            lines += wrap("New clients: \(report.newClients.joined(separator: ", "))", width: 80)
        }
        if report.newContracts > 0 { lines.append("New contracts: \(report.newContracts)") }
        if report.newRequests > 0 { lines.append("New requests: \(report.newRequests)") }
        if report.late > 0 {
            lines += wrap(
                "\(report.late) lie in closed months: what they change goes on the next statement.", width: 80)
        }
        if report.nearMonthEdgeCount > 0 {
            lines.append("Near a month's edge: \(report.nearMonthEdgeCount), for example")
            lines += report.nearMonthEdge.map { "  \($0)" }
        }
        if report.overlapCount > 0 {
            lines.append("Overlaps of one person: \(report.overlapCount), for example")
            lines += report.overlaps.map { "  \($0)" }
        }
        if report.goneCount > 0 {
            lines.append("Taken over before, and not in this file: \(report.goneCount), for example")
            lines += report.gone.map { "  \($0)" }
            lines += wrap(
                "They still count. If they were deleted or changed in the tracker: mainstay time void ID --reason TEXT",
                width: 80)
        }
        if dryRun { lines.append("Nothing was added: leave out --dry-run to do it.") }
        return lines.map { printable($0) }
    }

    private func digest(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { String($0, radix: 16) }.joined(separator: ".")
    }

    private func takeOver(_ path: String) throws {
        try refusing("Taking over") { progress in
            let configuration = try Configuration(database: options.place.database, user: options.place.user)
            let store = try Store(settingUp: Database.open(url: configuration.database, mayCreate: true, told: remark))
            let count = try LedgerImport(store, by: configuration.user).run(try InputFile.read(path), file: path)
            progress.done()
            put(["\(count) facts are taken over, and the chain is whole."])
        }
    }
}
