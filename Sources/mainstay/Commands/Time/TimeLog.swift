import Agreements
import ArgumentParser
import Rating
import ServiceDesk
import Storage

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
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let text = line.joined(separator: " ")
            let found = try session.request(try QuickEntry.request(in: text))
            let entry = try session.desk.preview(by: session.actor) { desk in
                try QuickEntry(
                    text, terms: try desk.terms().latest,
                    zones: desk.zones(of: found.client, desk.standing(of: found.client)),
                    now: desk.now, defaultWorkType: try RequestBoard(desk.connection).request(found.id)?.workType)
            }
            let logged = try session.perform(
                LogTime(request: found.id, workType: entry.workType, when: entry.when, note: entry.note))
            return try [printable(entry.echo)] + EntryText(session, EntryID(logged.id), found, entry.when).lines
                + logged.remarks
        }
    }
}
