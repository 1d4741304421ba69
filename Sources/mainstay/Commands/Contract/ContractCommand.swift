import ArgumentParser

/// `mainstay contract`: what clients agreed to.
struct ContractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contract", abstract: "Sign, change and end contracts, and note what was negotiated.",
        subcommands: [ContractSign.self, ContractChange.self, ContractEndCommand.self, ContractNegotiate.self])
}
