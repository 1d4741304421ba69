import ArgumentParser
import Rating
import ServiceDesk
import Values

/// `mainstay time void`.
struct TimeVoidCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "void", abstract: "Withdraw an entry: it no longer counts, and stays on record.",
        discussion: "Example:\n\n  mainstay time void e-34 --reason \"Logged twice\"")

    @Argument(help: "The entry's id.") var entry: String
    @Option(help: "Why.") var reason: String
    @OptionGroup var options: TimeOptions

    func run() throws {
        try atTimeDesk(options) { desk in
            let voided = try desk.void(VoidTime(entry: EntryID(entry), reason: reason))
            return ["\(voided.id) is withdrawn."] + voided.remarks
        }
    }
}

/// `mainstay time courtesy`.
struct TimeCourtesy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "courtesy", abstract: "Give an entry, or a part of it, to the client, who sees it as given.",
        discussion: "Example:\n\n  mainstay time courtesy e-34 --hours 0:30 --reason \"Our own mistake\"")

    @Argument(help: "The entry's id.") var entry: String
    @Option(help: ArgumentHelp("How much of it; all if left out.", valueName: "hours")) var hours: String?
    @Option(help: "Why.") var reason: String
    @OptionGroup var options: TimeOptions

    func run() throws {
        try atTimeDesk(options) { desk in
            let length = try hours.map { try TypedInput.hours($0) }
            let given = try desk.give(GiveCourtesy(entry: EntryID(entry), hours: length, reason: reason))
            return ["\(length.map { "\($0) of " } ?? "")\(given.id) \(length == nil ? "is" : "are") given."]
                + given.remarks
        }
    }
}

/// `mainstay time approve`.
struct TimeApprove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve somebody else's time, where the terms ask for it.",
        discussion: "Example:\n\n  mainstay time approve e-34")

    @Argument(help: "The entry's id.") var entry: String
    @OptionGroup var options: TimeOptions

    func run() throws {
        try atTimeDesk(options) { desk in
            ["\(try desk.approve(ApproveTime(entry: EntryID(entry))).id) is approved."]
        }
    }
}
