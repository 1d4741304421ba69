import Values

/// Logs time in one line. Said again under its key it is the same, however the day or the request changed meanwhile.
package struct LogTimeLine: DeskOperation {
    package static let name = "time.log"
    package static let role = Role.agent

    /// What was made of it.
    package struct Logged: Codable, Hashable, Sendable {
        /// The entry.
        package var recorded: Recorded
        /// The line as it was understood.
        package var understood: String
    }

    package var line: String

    package init(line: String) { self.line = line }

    package var content: RequestContent { ["line": line] }

    package func perform(in desk: DeskTransaction) throws -> Logged {
        let entry = try QuickEntry(line, in: desk)
        return Logged(recorded: try entry.operation.perform(in: desk), understood: entry.echo)
    }
}
