import Agreements
import ArgumentParser
import Rating
import ServiceDesk

/// `mainstay time correct`.
struct TimeCorrect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct", abstract: "Say what an entry should have been; the old version stays on record.",
        discussion: "Example:\n\n  mainstay time correct e-34 --hours 1:15 --reason \"Lunch was in it\"")

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
            let before = try desk.entry(EntryID(entry))
            let client = try desk.client(of: request.map { RequestID($0) } ?? before.request)
            return try desk.told(
                try desk.correct(
                    CorrectTime(
                        entry: EntryID(entry), request: request.map { RequestID($0) },
                        workType: type.map { WorkTypeID($0) }, when: try changed(before.when, desk, client), note: note,
                        reason: reason, allowsLong: allowLong)))
        }
    }

    /// When the work was done, with what is given changed; nil where nothing is.
    private func changed(_ before: TimeEntry.When, _ desk: any TimeDesk, _ client: ClientID) throws -> TimeEntry.When? {
        guard hours != nil || on != nil || at != nil else { return nil }
        let zone = try desk.zone(of: client)
        switch before {
        case .dated(let date, let length):
            return try desk.when(hours ?? "\(length)", on: on ?? "\(date)", at: at, of: client)
        case .clocked(let start, let end):
            // A new end leaves the start as it was (edge case E3).
            if on == nil, at == nil { return .clocked(start: start, end: start + (try TypedInput.hours(hours ?? ""))) }
            let date = zone.date(of: start)
            let second = zone.local(start) - date.day * 86_400
            let clock = "\(second / 3600):\(second / 60 % 60 < 10 ? "0" : "")\(second / 60 % 60)"
            return try desk.when(hours ?? "\(end - start)", on: on ?? "\(date)", at: at ?? clock, of: client)
        }
    }
}
