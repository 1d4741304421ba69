import Foundation
import Testing

@Suite("Help")
struct HelpTests {
    /// A command as the program describes itself.
    private struct Command: Decodable {
        var commandName: String
        var shouldDisplay: Bool?
        var subcommands: [Command]?

        /// The words of each command in it that people are shown, its own first.
        func paths(_ before: [String]) -> [[String]] {
            let path = before + [commandName]
            let shown = (subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
            return [path] + shown.flatMap { $0.paths(path) }
        }
    }

    private struct Description: Decodable {
        var command: Command
    }

    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/commands.md")

    /// The help of every command, in one document.
    private func document() throws -> String {
        let description = try JSONDecoder().decode(
            Description.self, from: Data(Program.run(["--experimental-dump-help"]).output.utf8))
        var text =
            "# Every command\n\nAs `--help` has them. `mainstay help time add` and `mainstay time add --help` are the same.\n"
        for path in description.command.paths([]) {
            let run = try Program.run(path.dropFirst() + ["--help"])
            #expect(run.exitCode == 0, "\(path)")
            // The library does not wrap the line of usage.
            let lines = run.output.split(separator: "\n").filter { !$0.hasPrefix("USAGE: ") }
            #expect(lines.allSatisfy { $0.count <= 88 }, "\(path)")
            let help = run.output.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                String(line.reversed().drop { $0 == " " }.reversed())
            }
            text +=
                "\n## \(path.joined(separator: " "))\n\n```text\n\(help.joined(separator: "\n").trimmingCharacters(in: .newlines))\n```\n"
        }
        return text
    }

    @Test("Every command's help, whole, is that of docs/commands.md (MAINSTAY_REFRESH=1 writes it anew)")
    func whole() throws {
        let now = try document()
        if ProcessInfo.processInfo.environment["MAINSTAY_REFRESH"] != nil {
            try now.write(to: HelpTests.file, atomically: true, encoding: .utf8)
        }
        let kept = try String(contentsOf: HelpTests.file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let lines = now.split(separator: "\n", omittingEmptySubsequences: false)
        let place =
            zip(lines, kept).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(lines.count, kept.count)
        #expect(
            lines == kept,
            "line \(place + 1): \(lines.dropFirst(place).first ?? "") and not \(kept.dropFirst(place).first ?? "")")
    }
}
