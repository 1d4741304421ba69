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
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = Array(command.dropFirst()) + ["--", recipient]
        process.environment = ChildEnvironment.of(ProcessInfo.processInfo.environment)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            process.standardInput = try MailCommand.file(message)
            try process.run()
        } catch {
            return "\(error)"
        }
        let deadline = Date(timeIntervalSinceNow: MailCommand.patience)
        while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
        if process.isRunning {
            process.terminate()
            return "the mail command did not end in time"
        }
        return process.terminationStatus == 0 ? nil : "the mail command ended with \(process.terminationStatus)"
    }

    private static let patience = 30.0

    /// A text in a file without a name, from its beginning. A pipe would kill this program where the command does not read.
    private static func file(_ text: String) throws -> FileHandle {
        var name = Array((NSTemporaryDirectory() + "mainstay-mail-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        unlink(name)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(text.utf8))
        try file.seek(toOffset: 0)
        return file
    }
}
