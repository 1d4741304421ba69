import ArgumentParser
import Exchange
import Foundation
import ServiceDesk
import Storage
import Terminal

/// `mainstay export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write every fact as JSON Lines, with its hash.",
        discussion: """
            An empty database of either kind takes it over: mainstay import --ledger.
            With --facts it is a facts file that `mainstay rate` reads: what rating needs,
            without hashes, people and conversations.

            Example:

              mainstay export > agency.jsonl
              mainstay export --facts > facts.jsonl
            """)

    @Flag(help: "Write a facts file instead.") var facts = false

    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try refusing("Exporting") { progress in
            let session = try Session(options)
            guard session.actor.may(.owner) else {
                throw Refusal.notAllowed("\(session.actor.id) may not export everything: it takes an owner")
            }
            if facts {
                let all = try session.read { try session.desk.loader($0).all() }
                progress.done()
                write(FactsFile.jsonLines(all))
                return
            }
            progress.done()
            try session.read { connection in
                var lines = [FactExport.header]
                try LedgerReader(connection).forEach { record, _ in
                    lines.append(FactExport.line(record))
                    if lines.count == 1000 {
                        put(lines)
                        lines.removeAll(keepingCapacity: true)
                    }
                }
                if !lines.isEmpty { put(lines) }
            }
        }
    }
}
