import ArgumentParser
import Terminal

/// `mainstay time log`.
struct TimeLog: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Log time in one line, as on the web.",
        discussion: """
            First, in any order: the request, how long (20m, 1:30, 1h30) or from when to when
            (9:30-10:15), and, if it matters, the day and the kind of work. What follows is
            the note.

            Examples:

              mainstay time log r-12 20m research: read the logs
              mainstay time log yesterday r-12 9:30-10:15 training Showed the returns form
            """)

    @Argument(parsing: .remaining, help: "The line.") var line: [String]
    @OptionGroup var options: TimeOptions

    func run() throws {
        try atTimeDesk(options) { desk in
            let (understood, logged) = try desk.log(line: line.joined(separator: " "))
            return [printable(understood)] + (try desk.told(logged))
        }
    }
}
