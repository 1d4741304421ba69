import Agreements
import ArgumentParser
import Foundation
import ServiceDesk
import Storage

/// `mainstay mail-in`: the mails that come in.
struct MailInCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail-in", abstract: "Take a mail from standard input: a new request, or an answer on one.",
        discussion: """
            For a mail server, which gives it each mail. A mail of a contact is filed as
            theirs: as an answer on the request that it answers, by its references or the
            [r-17] in its subject, else as a new request. Files that are taken come with
            it, and what is quoted in an answer is left out.

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
        subcommands: [MailInTake.self, MailInList.self, MailInRead.self], defaultSubcommand: MailInTake.self)
}

/// `mainstay mail-in list`.
struct MailInList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what became of mails that came in, the latest first.",
        discussion: "Kept for 90 days.\n\nExample:\n\n  mainstay mail-in list --limit 20")

    @Option(help: "How many.") var limit = 50
    @OptionGroup var list: ListOptions
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            var text = ListText(["At", "From", "Outcome", "Request", "Reason"])
            for line in try session.read({ try MailInLog($0).lines(limit: max(1, min(limit, 1000))) }) {
                text.add("\(line.at)", line.person, line.outcome, line.request, line.reason)
            }
            return text.lines(list)
        }
    }
}
