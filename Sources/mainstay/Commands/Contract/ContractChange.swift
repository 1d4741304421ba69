import Agreements
import ArgumentParser
import ServiceDesk
import Values
import Wording

/// `mainstay contract change`.
struct ContractChange: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Change a contract's plan; shows all three prices before choosing.",
        discussion: """
            Without --yes nothing is changed: the prices of each way are shown.

            Example:

              mainstay contract change acme-website-maintenance --plan care-5 --on today
              mainstay contract change acme-website-maintenance --plan care-5 --on today --yes
            """)

    @Argument(help: "The contract's id.") var contract: String
    @Option(help: ArgumentHelp("The new plan.", valueName: "id")) var plan: String
    @Option(help: ArgumentHelp("The date agreed; today if left out.", valueName: "date")) var on: String?
    @Flag(help: "Do it.") var yes = false
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let client = try session.desk.preview(by: session.actor) { try $0.client(of: "contract", contract) }
            let today = try session.today(of: client)
            let date = try on.map { try TypedInput.date($0, today: today) }
            if yes {
                let changed = try session.perform(
                    ChangePlan(contract: ContractID(contract), plan: PlanID(plan), on: date))
                return ["\(contract): \(plan)" + (changed.day.map { ", agreed on \(TypedInput.written($0))." } ?? ".")]
            }
            let inputs = try Inputs(session, client: client)
            return try PlanChangeText(inputs, client: client, contract: contract, plan: plan, on: date ?? today).lines
                + ["", "Nothing is changed yet: add --yes to agree to it."]
        }
    }
}
