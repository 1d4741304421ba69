import Agreements
import ArgumentParser
import Rating
import ServiceDesk
import Storage
import Terminal
import Values
import Wording

/// `mainstay request`: what clients ask for.
struct RequestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "Open requests, triage and answer them, move them, see their time.",
        subcommands: [
            RequestOpen.self, RequestList.self, RequestShow.self, RequestMessage.self, RequestApprove.self,
            RequestMoveCommand.self, RequestPermit.self, RequestAccept.self, RequestDecline.self, RequestMerge.self,
            RequestSnooze.self, RequestAssign.self, RequestStateCommand.self,
        ])
}

/// `mainstay request open`.
struct RequestOpen: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Open a request.",
        discussion: "Example:\n\n  mainstay request open acme \"Images are slow\" --line website-maintenance")

    @Argument(help: "The client's id.") var client: String
    @Argument(help: "What it is about.") var title: String
    @Option(help: ArgumentHelp("The service line.", valueName: "id")) var line: String
    @Option(help: ArgumentHelp("The project.", valueName: "id")) var project: String?
    @Option(help: ArgumentHelp("What they wrote.", valueName: "text")) var message: String?
    @Option(help: ArgumentHelp("The contact who asked.", valueName: "id")) var contact: String?
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let opened = try session.perform(
                OpenRequest(
                    client: ClientID(client), serviceLine: ServiceLineID(line), project: project.map { ProjectID($0) },
                    title: title, message: message, contact: contact))
            return ["\(opened.id): \(title), for \(client) on \(line)."].map { printable($0) }
        }
    }
}

/// `mainstay request list`.
struct RequestList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List a client's requests, the latest first.",
        discussion: "Example:\n\n  mainstay request list acme")

    @Argument(help: "The client's id.") var client: String
    @OptionGroup var options: DatabaseOptions
    @OptionGroup var output: ListOptions

    func run() throws {
        try atDesk(options) { session in
            _ = try session.standing(of: ClientID(client))
            let facts = try session.read { try session.desk.loader($0).requests(of: ClientID(client)) }
            var list = ListText(["Id", "Opened", "Line", "State", "Title"])
            for request in facts.requests.reversed() {
                let row = try session.read { try RequestBoard($0).request(request.id) }
                list.add(
                    request.id.text, "\(request.recordedAt)", request.serviceLine.text, row?.state.rawValue ?? "",
                    request.title)
            }
            return list.lines(output)
        }
    }
}

/// `mainstay request show`.
struct RequestShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a request: its conversation and its time.",
        discussion: "Example:\n\n  mainstay request show r-12")

    @Argument(help: "The request's id.") var request: String
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            let (found, facts) = try session.desk.preview(by: session.actor) {
                (try $0.request(RequestID(request)).request, try $0.facts().work(on: RequestID(request)))
            }
            var lines = [
                "\(found.id): \(found.title)",
                "\(found.client), \(found.serviceLine)\(found.project.map { ", project \($0)" } ?? "")",
            ]
            if let row = try session.read({ try RequestBoard($0).request(found.id) }) {
                let until = row.snoozedUntil.map { ", put aside until \($0)" } ?? ""
                lines.append("\(row.state.name)\(until), \(row.assignee.map { "\($0)'s" } ?? "nobody's")")
                if let into = row.mergedInto { lines.append("goes on in \(into)") }
            }
            for approval in facts.requestApprovals {
                lines.append("Approved by \(approval.by), \(approval.recordedAt)")
            }
            let corrected = Dictionary(facts.timeCorrections.map { ($0.entry.id, $0.entry) }, uniquingKeysWith: { $1 })
            let voided = Set(facts.timeVoids.map(\.entry))
            var worked = Hours.zero
            for logged in facts.timeEntries where !voided.contains(logged.id) {
                let entry = corrected[logged.id] ?? logged
                guard entry.request == found.id else { continue }
                worked += entry.worked
                let day =
                    switch entry.when {
                    case .dated(let date, _): "\(date)"
                    case .clocked(let start, _): "\(start)"
                    }
                lines.append(
                    "  \(entry.id)  \(day)  \(entry.worked)  \(entry.workType)  \(entry.person)  \(entry.note)")
            }
            lines.append("Worked: \(worked)")
            for message in try session.read({ try Conversation($0).messages(of: found.id) }) {
                lines += ["", "\(message.from), \(message.at)\(message.isInternal ? ", for staff only" : ""):"]
                lines += message.text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
                    wrap(String($0), width: 80)
                }
                lines += message.attachments.map { "  [\($0.id)] \($0.name), \($0.size) bytes" }
            }
            return lines.map { printable($0) }
        }
    }
}

/// `mainstay request message`.
struct RequestMessage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message", abstract: "Answer the client, or leave a note for staff.",
        discussion: "Example:\n\n  mainstay request message r-12 \"The images are back.\"")

    @Argument(help: "The request's id.") var request: String
    @Argument(help: "What to say.") var text: String
    @Flag(name: .customLong("internal"), help: "Only staff may read it.") var isInternal = false
    @Option(help: ArgumentHelp("A file to go with it; as often as there are files.", valueName: "file")) var attach:
        [String] = []
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let written = try session.perform(
                WriteMessage(
                    request: RequestID(request), text: text, isInternal: isInternal,
                    attachments: try attach.map { NewAttachment(name: $0, content: [UInt8](try InputFile.read($0))) }))
            return ["\(written.id) is on \(request)\(isInternal ? ", for staff only" : "")."]
        }
    }
}

/// `mainstay request approve`.
struct RequestApprove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Note that the client asked for this work.",
        discussion: "Example:\n\n  mainstay request approve r-12 --by \"Cy Chen\"")

    @Argument(help: "The request's id.") var request: String
    @Option(help: "Who at the client.") var by: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            _ = try session.perform(ApproveRequest(request: RequestID(request), by: by))
            return ["\(request) is approved by \(by)."].map { printable($0) }
        }
    }
}

/// `mainstay request move`.
struct RequestMoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move a request with all its time to another client, line or project.",
        discussion: "Example:\n\n  mainstay request move r-12 --line integration-support --reason \"It is the sync\"")

    @Argument(help: "The request's id.") var request: String
    @Option(help: ArgumentHelp("The client it belongs to.", valueName: "id")) var client: String?
    @Option(help: ArgumentHelp("The service line.", valueName: "id")) var line: String?
    @Option(help: ArgumentHelp("The project.", valueName: "id")) var project: String?
    @Option(help: "Why.") var reason: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let moved = try session.perform(
                MoveRequest(
                    request: RequestID(request), client: client.map { ClientID($0) },
                    serviceLine: line.map { ServiceLineID($0) }, project: project.map { ProjectID($0) }, reason: reason)
            )
            return ["\(moved.id) is moved."]
        }
    }
}

/// `mainstay request permit`.
struct RequestPermit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permit", abstract: "Note that the client approved overage on a request.",
        discussion: "Example:\n\n  mainstay request permit r-12 --hours 2:00 --by \"Cy Chen\"")

    @Argument(help: "The request's id.") var request: String
    @Option(help: ArgumentHelp("How much.", valueName: "hours")) var hours: String
    @Option(help: ArgumentHelp("The last day of work it is for; that of this month if left out.", valueName: "date"))
    var until: String?
    @Option(help: "Who at the client.") var by: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let found = try session.request(RequestID(request))
            let today = try session.today(of: found.client)
            let last = try until.map { try TypedInput.date($0, today: today) }
            let length = try TypedInput.hours(hours)
            let given = try session.perform(GivePermit(request: found.id, hours: length, until: last, by: by))
            let day = given.day.map { ", until \(TypedInput.written($0))" } ?? ""
            let said = "\(length) of overage on \(request) is approved by \(by)\(day)."
            return ([said] + given.remarks).map { printable($0) }
        }
    }
}
