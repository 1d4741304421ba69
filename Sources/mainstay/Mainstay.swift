import ArgumentParser
import Foundation

/// The program: arguments, wiring, output; nothing else.
@main
struct Mainstay: AsyncParsableCommand {
    static func main() async {
        // Whatever a command writes is for its owner alone.
        umask(0o077)
        await main(nil)
    }

    static let configuration = CommandConfiguration(
        commandName: "mainstay",
        abstract:
            "Support hours that can be explained: plans, blocks, overage, and a reason for every minute and cent.",
        discussion: """
            Terms say the agency's rules; facts say what happened; every figure is derived from the two.

              mainstay terms show examples/terms/current.yaml
              mainstay rate --terms examples/terms/*.yaml \\
                  --facts examples/agency/facts.jsonl
              mainstay explain --terms examples/terms/*.yaml \\
                  --facts examples/agency/facts.jsonl --client harbor --period 2026-09

            Exit codes: 0 done, 1 refused, 64 wrong usage.
            """,
        version: "0.1.0",
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(
                name: "Figures",
                subcommands: [
                    StatementCommand.self, RateCommand.self, ExplainCommand.self, AdviseCommand.self,
                    TermsCommand.self,
                ]),
            CommandGroup(
                name: "Work",
                subcommands: [
                    RequestCommand.self, TimeCommand.self, TimerCommand.self, PeriodCommand.self, SearchCommand.self,
                ]),
            CommandGroup(
                name: "Agreements",
                subcommands: [ClientCommand.self, ContractCommand.self, BlockCommand.self, ProjectCommand.self]),
            CommandGroup(
                name: "Server",
                subcommands: [
                    ServeCommand.self, DemoCommand.self, RoutesCommand.self, OpenAPICommand.self, TokenCommand.self,
                    OutboxCommand.self, MailInCommand.self, WebhookCommand.self,
                ]),
            CommandGroup(
                name: "Database",
                subcommands: [
                    SetupCommand.self, UserCommand.self, ImportCommand.self, ExportCommand.self, BackupCommand.self,
                    BackupKeyCommand.self,
                    RestoreCommand.self, VerifyCommand.self,
                    AuditCommand.self,
                ]),
        ])
}
