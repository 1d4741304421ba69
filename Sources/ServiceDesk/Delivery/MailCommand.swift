import Foundation

/// Hands mail to a sendmail-compatible command: the message on its standard input, whom it is for as its last argument. No
/// shell reads any of it.
package struct MailCommand: Sendable {
    /// The program and its arguments.
    package let command: [String]
    /// Whom mail is from.
    package let sender: String
    /// What they are called; nil where the address says it, or nothing does.
    package let name: String?
    /// Where answers go, whose mail comes in; nil where none does.
    package let replyTo: String?

    package init(command: [String], sender: String, name: String? = nil, replyTo: String? = nil) {
        self.command = command
        self.sender = sender
        self.name = name
        self.replyTo = replyTo
    }

    /// Hands a whole message over; returns once the command took it, or did not within half a minute.
    ///
    /// - Returns: what went wrong, or nil.
    func deliver(_ message: String, to recipient: String) -> String? {
        guard let program = command.first else { return "there is no mail command" }
        do {
            let file = try NamelessFile(message)
            let process = ChildProcess(
                program, Array(command.dropFirst()) + ["--", recipient],
                environment: ChildEnvironment.of(ProcessInfo.processInfo.environment))
            return switch try process.run(input: file.descriptor, patience: MailCommand.patience) {
            case .exited(0): nil
            case .exited(let code): "the mail command ended with \(code)"
            case .signalled(let signal): "the mail command ended by signal \(signal)"
            case .outOfTime: "the mail command did not end in time"
            }
        } catch {
            return "\(error)"
        }
    }

    private static let patience = 30.0
}
