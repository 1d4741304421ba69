import Agreements
import ArgumentParser
import ServiceDesk
import Values

/// `mainstay contract end`.
struct ContractEndCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End a contract with the month that a date lies in.",
        discussion: "Example:\n\n  mainstay contract end acme-website-maintenance --on 2026-12-10")

    @Argument(help: "The contract's id.") var contract: String
    @Option(help: ArgumentHelp("The date agreed; today if left out.", valueName: "date")) var on: String?
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let client = try session.desk.preview(by: session.actor) { try $0.client(of: "contract", contract) }
            let date = try on.map { try TypedInput.date($0, today: try session.today(of: client)) }
            let ended = try session.perform(EndContract(contract: ContractID(contract), on: date))
            let last = ended.day.map { Period(containing: $0).lastDay }
            return ["\(contract) ends" + (last.map { " on \(TypedInput.written($0))." } ?? ".")]
        }
    }
}
