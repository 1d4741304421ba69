import Agreements
import ArgumentParser
import ServiceDesk
import Terminal
import Values

/// `mainstay project`.
struct ProjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Begin and end projects.",
        subcommands: [ProjectAdd.self, ProjectDoneCommand.self])
}

/// `mainstay project add`.
struct ProjectAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Begin a project.",
        discussion: "Example:\n\n  mainstay project add shop-launch --client acme --name \"Launch of the shop\"")

    @Argument(help: "The project's id.") var id: String
    @Option(help: ArgumentHelp("The client.", valueName: "id")) var client: String
    @Option(help: "Its name.") var name: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let added = try session.perform(AddProject(id: ProjectID(id), client: ClientID(client), title: name))
            return ["\(added.id): \(name), for \(client)."].map { printable($0) }
        }
    }
}

/// `mainstay project done`.
struct ProjectDoneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "done", abstract: "End a project, and with it the blocks that live until then.",
        discussion: "Example:\n\n  mainstay project done shop-launch --on today")

    @Argument(help: "The project's id.") var project: String
    @Option(help: ArgumentHelp("Its last day; today if left out.", valueName: "date")) var on: String?
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let client = try session.desk.preview(by: session.actor) { try $0.client(of: "project", project) }
            let date = try on.map { try TypedInput.date($0, today: try session.today(of: client)) }
            let ended = try session.perform(EndProject(project: ProjectID(project), on: date))
            return ["\(project) is done" + (ended.day.map { " on \(TypedInput.written($0))." } ?? ".")]
        }
    }
}
