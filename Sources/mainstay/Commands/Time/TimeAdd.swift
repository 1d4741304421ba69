import Agreements
import ArgumentParser
import Rating
import ServiceDesk
import Values

/// `mainstay time add`.
struct TimeAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Log time on a request, and say what it comes to.",
        discussion: """
            The length as you type it: 1:30, 1.5, 90m, 1h30. The date: 2026-11-02, today,
            yesterday, monday, or --on=-3 for three days ago. With --at the time of day is
            kept too, on the client's clock as it was on that date.

            Examples:

              mainstay time add r-12 20m --type research --note "Read the logs"
              mainstay time add r-12 1h30 --type custom-development --on yesterday
              mainstay time add r-12 1:30 --type content --on monday --at 14:00
            """)

    @Argument(help: "The request's id.") var request: String
    @Argument(help: "How long.") var hours: String
    @Option(help: ArgumentHelp("The work type.", valueName: "id")) var type: String
    @Option(help: ArgumentHelp("The date; today if left out.", valueName: "date")) var on: String?
    @Option(help: ArgumentHelp("When it began.", valueName: "time")) var at: String?
    @Option(help: "What was done.") var note = ""
    @Option(help: ArgumentHelp("Who did it; you if left out.", valueName: "id")) var person: String?
    @Flag(help: "Accept more than 24 hours.") var allowLong = false
    @OptionGroup var options: TimeOptions

    func run() throws {
        try atTimeDesk(options) { desk in
            let request = RequestID(request)
            let given = try desk.given(hours, on: on, at: at) { try desk.client(of: request) }
            return try desk.told(
                try desk.log(
                    LogTime(
                        request: request, workType: WorkTypeID(type), given: given, note: note, person: person,
                        allowsLong: allowLong)))
        }
    }
}
