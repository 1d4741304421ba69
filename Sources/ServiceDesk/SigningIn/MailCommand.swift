import Foundation

/// Hands mail to a sendmail-compatible command: the message on its standard input, whom it is for as its last argument. No
/// shell reads any of it.
package struct MailCommand: Sendable {
    /// The program and its arguments.
    package let command: [String]
    /// Whom mail is from.
    package let sender: String
    /// Where answers go, whose mail comes in; nil where none does.
    package let replyTo: String?
    private let failed: @Sendable (String) -> Void

    /// - Parameter failed: told why a message could not be handed over.
    package init(
        command: [String], sender: String, replyTo: String? = nil, failed: @escaping @Sendable (String) -> Void
    ) {
        self.command = command
        self.sender = sender
        self.replyTo = replyTo
        self.failed = failed
    }

    /// Sends a plain text; returns once the command took it, or did not within half a minute.
    package func send(to recipient: String, subject: String, body: String) {
        if let failure = deliver(message(to: recipient, subject: subject, body: body), to: recipient) {
            failed(failure)
        }
    }

    /// Hands a whole message over; returns once the command took it, or did not within half a minute.
    ///
    /// - Returns: what went wrong, or nil.
    func deliver(_ message: String, to recipient: String) -> String? {
        guard let program = command.first else { return "there is no mail command" }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = Array(command.dropFirst()) + ["--", recipient]
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

    /// The message with its headers. Addresses were checked; a subject of other letters is encoded, so that no header can
    /// begin inside it (RFC 2047).
    func message(to recipient: String, subject: String, body: String) -> String {
        let isPlain = subject.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        let encoded = isPlain ? subject : "=?utf-8?B?\(Data(subject.utf8).base64EncodedString())?="
        return """
            From: \(sender)
            To: \(recipient)
            Subject: \(encoded)
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit
            Auto-Submitted: auto-generated

            \(body)
            """
    }
}
