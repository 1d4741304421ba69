import Agreements
import ArgumentParser
import ServiceDesk
import Values

/// `mainstay contract sign`.
struct ContractSign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign a contract on a plan.",
        discussion: """
            Two contracts that cover the same work are refused, unless each has a rank.

            Example:

              mainstay contract sign acme --line website-maintenance --plan care-2 --from 2026-11-01
            """)

    @Argument(help: "The client's id.") var client: String
    @Option(help: ArgumentHelp("The service line.", valueName: "id")) var line: String
    @Option(help: ArgumentHelp("The plan.", valueName: "id")) var plan: String
    @Option(help: ArgumentHelp("The first day; today if left out.", valueName: "date")) var from: String?
    @Option(help: ArgumentHelp("The contract's id; made of client and line if left out.", valueName: "id")) var id:
        String?
    @Option(help: ArgumentHelp("Only this project; may be given several times.", valueName: "id")) var project:
        [String] = []
    @Option(help: "Its place among contracts that cover the same work, the lowest first.") var rank: Int?
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let date = try from.map { try TypedInput.date($0, today: try session.today(of: ClientID(client))) }
            let signed = try session.perform(
                SignContract(
                    id: id.map { ContractID($0) }, client: ClientID(client), serviceLine: ServiceLineID(line),
                    plan: PlanID(plan), from: date, projects: project.map { ProjectID($0) }, rank: rank))
            let day = signed.day.map { ", from \(TypedInput.written($0))" } ?? ""
            return ["\(signed.id): \(plan) on \(line) for \(client)\(day)."]
        }
    }
}
