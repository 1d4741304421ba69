import Agreements
import ArgumentParser
import Rating
import ServiceDesk
import Values

/// `mainstay time correct`.
struct TimeCorrect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct", abstract: "Say what an entry should have been; the old version stays on record.",
        discussion: """
            What you leave out stays as it was. A new length leaves the start; another date
            leaves the time of day; another time of day leaves the length.

            Example:

              mainstay time correct e-34 --hours 1:15 --reason "Lunch was in it"
            """)

    @Argument(help: "The entry's id.") var entry: String
    @Option(help: ArgumentHelp("How long it was.", valueName: "hours")) var hours: String?
    @Option(help: ArgumentHelp("The date it was done on.", valueName: "date")) var on: String?
    @Option(help: ArgumentHelp("When it began.", valueName: "time")) var at: String?
    @Option(help: ArgumentHelp("The work type.", valueName: "id")) var type: String?
    @Option(help: ArgumentHelp("The request it belongs to.", valueName: "id")) var request: String?
    @Option(help: "What was done.") var note: String?
    @Option(help: "Why it is corrected.") var reason: String
    @Flag(help: "Accept more than 24 hours.") var allowLong = false
    @OptionGroup var options: TimeOptions

    func run() throws {
        try atTimeDesk(options) { desk in
            let given = try desk.given(hours, on: on, at: at) {
                try desk.client(of: try desk.request(of: EntryID(entry)))
            }
            return try desk.told(
                try desk.correct(
                    CorrectTime(
                        entry: EntryID(entry), request: request.map { RequestID($0) },
                        workType: type.map { WorkTypeID($0) }, given: given, note: note, reason: reason,
                        allowsLong: allowLong)))
        }
    }
}
