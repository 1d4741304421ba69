import ArgumentParser

/// `mainstay time`: the work that was done.
struct TimeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "time", abstract: "Log time, correct it, withdraw it, give it, approve it.",
        subcommands: [
            TimeAdd.self, TimeLog.self, TimeCorrect.self, TimeVoidCommand.self, TimeCourtesy.self, TimeApprove.self,
        ])
}
