import Agreements
import ArgumentParser
import Rating
import ServiceDesk
import Storage
import Terminal
import Values

/// `mainstay request accept`.
struct RequestAccept: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Take a new request on.",
        discussion: "Example:\n\n  mainstay request accept r-12 --assignee ben --type troubleshooting")

    @Argument(help: "The request's id.") var request: String
    @Option(help: ArgumentHelp("The service line, where it is another.", valueName: "id")) var line: String?
    @Option(help: ArgumentHelp("The project.", valueName: "id")) var project: String?
    @Option(help: ArgumentHelp("The kind of work that is expected.", valueName: "id")) var type: String?
    @Option(help: ArgumentHelp("Whose it is.", valueName: "id")) var assignee: String?
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let accepted = try session.perform(
                AcceptRequest(
                    request: RequestID(request), serviceLine: line.map { ServiceLineID($0) },
                    project: project.map { ProjectID($0) }, workType: type.map { WorkTypeID($0) }, assignee: assignee))
            return ["\(accepted.id) is accepted."]
        }
    }
}

/// `mainstay request decline`.
struct RequestDecline: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decline", abstract: "Decline a request, with the reason that the client reads.",
        discussion: "Example:\n\n  mainstay request decline r-12 --reason \"The till is not ours\"")

    @Argument(help: "The request's id.") var request: String
    @Option(help: "Why.") var reason: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            ["\(try session.perform(DeclineRequest(request: RequestID(request), reason: reason)).id) is declined."]
        }
    }
}

/// `mainstay request merge`.
struct RequestMerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Let a request go on in another of the same client.",
        discussion: "Example:\n\n  mainstay request merge r-13 r-12")

    @Argument(help: "The request's id.") var request: String
    @Argument(help: "The one it goes on in.") var into: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let merged = try session.perform(MergeRequest(request: RequestID(request), into: RequestID(into)))
            return ["\(request) goes on in \(merged.id)."].map { printable($0) }
        }
    }
}

/// `mainstay request snooze`.
struct RequestSnooze: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snooze", abstract: "Put a request aside until a day.",
        discussion: "Example:\n\n  mainstay request snooze r-12 2026-12-01")

    @Argument(help: "The request's id.") var request: String
    @Argument(help: "The day on which it comes back.") var until: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let found = try session.request(RequestID(request))
            let day = try TypedInput.date(until, today: try session.today(of: found.client))
            _ = try session.perform(SnoozeRequest(request: found.id, until: day))
            return ["\(found.id) comes back on \(TypedInput.written(day))."]
        }
    }
}

/// `mainstay request assign`.
struct RequestAssign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign", abstract: "Give a request to somebody, or to nobody.",
        discussion: "Example:\n\n  mainstay request assign r-12 ben")

    @Argument(help: "The request's id.") var request: String
    @Argument(help: "Whose it is; nobody's if left out.") var person: String?
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            _ = try session.perform(AssignRequest(request: RequestID(request), to: person))
            return ["\(request) is \(person.map { "\($0)'s" } ?? "nobody's")."].map { printable($0) }
        }
    }
}

/// `mainstay request state`.
struct RequestStateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "Say where a request stands: open, waiting (for the client) or done.",
        discussion: "Example:\n\n  mainstay request state r-12 done")

    @Argument(help: "The request's id.") var request: String
    @Argument(
        help: "open, waiting or done.",
        transform: { text in
            guard let state = RequestState(rawValue: text) else {
                throw ValidationError("\"\(text)\" is no state: write open, waiting or done.")
            }
            return state
        }) var state: RequestState
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let changed = try session.perform(SetRequestState(request: RequestID(request), state: state))
            return ["\(changed.id) is \(state.name)."]
        }
    }
}
