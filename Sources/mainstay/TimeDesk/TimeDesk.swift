import Agreements
import ArgumentParser
import Foundation
import Rating
import ServiceDesk
import Terminal
import Values

/// Where time is logged: the database here, or a server elsewhere.
protocol TimeDesk {
    /// The client that a request is of.
    func client(of request: RequestID) throws -> ClientID
    /// The zone that a client's days are counted in now.
    func zone(of client: ClientID) throws -> Zone
    /// The request of an entry.
    func request(of entry: EntryID) throws -> RequestID
    /// What an entry comes to on the statement of its month.
    func outcome(_ entry: EntryID) throws -> EntryOutcome
    /// What a person's own timer runs on, and since when; nil where it does not run.
    func timer() throws -> (request: RequestID, workType: WorkTypeID, since: Instant)?

    func log(_ time: LogTime) throws -> Recorded
    /// Logs time in one line; how it was understood, too.
    func log(line: String) throws -> (understood: String, Recorded)
    func correct(_ correction: CorrectTime) throws -> Recorded
    func void(_ void: VoidTime) throws -> Recorded
    func give(_ courtesy: GiveCourtesy) throws -> Recorded
    func approve(_ approval: ApproveTime) throws -> Recorded
    func start(_ timer: StartTimer) throws -> Recorded
    func stop(_ timer: StopTimer) throws -> Recorded
}

extension TimeDesk {
    /// When work was done, as people type it; dates count from today where the client is.
    func given(_ hours: String?, on date: String?, at clock: String?, of client: () throws -> ClientID) throws
        -> GivenTime
    {
        GivenTime(
            date: try date.map { text in
                // What is written in full needs nobody's calendar but to be of these years.
                let zone = CivilDate(text) == nil ? try zone(of: client()) : .utc
                return try TypedInput.date(text, today: zone.date(of: currentInstant()))
            }, hours: try hours.map { try TypedInput.hours($0) }, clock: try clock.map { try TypedInput.clock($0) })
    }

    /// An entry that was logged, as it is told.
    func told(_ recorded: Recorded) throws -> [String] {
        try EntryText(outcome(EntryID(recorded.id))).lines + recorded.remarks.map { printable($0) }
    }
}

/// The options of commands about time: which database, or which server.
struct TimeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A server in place of a database: https://desk.example.com; else MAINSTAY_SERVER, else the configuration file. Its token is MAINSTAY_TOKEN's, else the configuration file's.",
            valueName: "url"))
    var server: String?
    @OptionGroup var desk: DeskOptions

    func validate() throws {
        if server != nil, desk.place.database != nil {
            throw ValidationError("--server and --database do not go together.")
        }
    }
}

/// Opens the database, or turns to the server, runs what somebody asks, and prints what it comes to.
func atTimeDesk(_ options: TimeOptions, _ body: (any TimeDesk) throws -> [String]) throws {
    try refusing("Working") { progress in
        let configuration = try Configuration(database: options.desk.place.database, user: options.desk.place.user)
        // A database that is named is meant, whatever server is configured.
        let server = options.server ?? (options.desk.place.database == nil ? configuration.server : nil)
        let desk: any TimeDesk =
            try server.map { try RemoteDesk(server: $0, token: configuration.token(for: $0), key: options.desk.key) }
            ?? Session(options.desk)
        let lines = try body(desk)
        progress.done()
        if !lines.isEmpty { put(lines) }
    }
}
