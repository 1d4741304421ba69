import ArgumentParser
import Exchange
import Foundation
import ServiceDesk
import Terminal

/// `mainstay mail-in`: the mails that come in.
struct MailInCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail-in", abstract: "Take a mail from standard input: a new request, or an answer on one.",
        discussion: """
            For a mail server, which gives it each mail. A mail of a contact is filed as
            theirs: as an answer on the request that it answers, by its references or the
            [r-17] in its subject, else as a new request. Files that are taken come with
            it, and what is quoted in an answer is left out. Mail of which nobody can tell
            whose it is waits for staff, on the page Triage.

            Exit codes are those of sysexits.h, which mail servers read: 0 filed, or
            nobody has to know (mail of machines); 65 no mail, or too large; 67 the sender
            is not known; 75 try again later; 77 the sender may not. For the sender, what
            is wrong is on standard error.

            docs/running.md says how to give it mail from Postfix.

            Examples:

              mainstay mail-in < message.eml
              mainstay mail-in --line integration-support --verified-by mx.example.com
              mainstay mail-in list
            """,
        subcommands: [MailInTake.self, MailInList.self, MailInFile.self, MailInDismiss.self, MailInRead.self],
        defaultSubcommand: MailInTake.self)
}

/// `mainstay mail-in list`.
struct MailInList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what became of mails that came in, the latest first.",
        discussion: "Kept for 90 days.\n\nExample:\n\n  mainstay mail-in list --limit 20")

    @Option(help: "How many.") var limit = 50
    @Flag(help: "Those that wait for staff, with whose they may be.") var waiting = false
    @OptionGroup var list: ListOptions
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            guard !waiting else { return try waitingLines(session) }
            var text = ListText(["At", "From", "Outcome", "Request", "Reason"])
            for line in try session.read({ try MailInLog($0).lines(limit: max(1, min(limit, 1000))) }) {
                text.add("\(line.at)", line.person, line.outcome, line.request, line.reason)
            }
            return text.lines(list)
        }
    }
    private func waitingLines(_ session: Session) throws -> [String] {
        var text = ListText(["Mail", "At", "From", "Subject", "Reason", "May be"])
        for waiting in try session.read({ try MailWaiting($0).mails(limit: MailWaiting.most.inAll) }) {
            text.add(
                "\(waiting.id)", "\(waiting.at)", waiting.mail.sender, waiting.mail.subject, "\(waiting.reason)",
                waiting.candidates.map { "\($0.id) (\($0.name), \($0.client))" }.joined(separator: ", "))
        }
        return text.lines(list)
    }
}

/// `mainstay mail-in file`.
struct MailInFile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "file", abstract: "File a mail that waits, as that of a contact with its sender's address.",
        discussion: "Example:\n\n  mainstay mail-in file 3 --as p-12")

    @Argument(help: "The mail's number, as `mail-in list --waiting` has it.") var mail: Int
    @Option(name: .customLong("as"), help: "The contact's id.") var contact: String
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            switch try MailIntake(desk: session.desk).file(mail, as: contact, by: session.actor) {
            case .opened(let request): ["\(request) is opened."]
            case .answered(let request): ["It is filed on \(request)."]
            case .ignored(let why): ["Nothing was done: \(printable(why))."]
            case .waiting, .refused, .later: ["It waits."]
            }
        }
    }
}

/// `mainstay mail-in dismiss`.
struct MailInDismiss: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dismiss", abstract: "Take away a mail that waits, and file it nowhere.",
        discussion: "Example:\n\n  mainstay mail-in dismiss 3")

    @Argument(help: "The mail's number, as `mail-in list --waiting` has it.") var mail: Int
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            try MailIntake(desk: session.desk).dismiss(mail, by: session.actor)
            return ["It is taken away."]
        }
    }
}
