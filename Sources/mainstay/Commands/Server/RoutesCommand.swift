import ArgumentParser
import Terminal
import WebApp

/// `mainstay routes`: every address of the site.
struct RoutesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "List every address of the site, with the least role that may use it.",
        discussion: "Example:\n\n  mainstay routes --format json")

    @OptionGroup var output: ListOptions

    func run() throws {
        var list = ListText(["Method", "Path", "Access"])
        for line in RouteTable.lines { list.add(line.method, line.path, line.access) }
        put(list.lines(output))
    }
}
