import Agreements
import ArgumentParser
import Foundation
import ServiceDesk
import Storage
import Terminal
import Values

/// `mainstay outbox`: the mails that go out.
struct OutboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "Send waiting mail, see what was sent, send it again.",
        discussion: """
            The server does this by itself every few seconds, where MAINSTAY_MAIL_COMMAND
            and MAINSTAY_MAIL_FROM are set.
            """,
        subcommands: [OutboxRun.self, OutboxList.self, OutboxReplay.self])
}

/// `mainstay outbox run`.
struct OutboxRun: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Send what waits, once.")

    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            let environment = ProcessInfo.processInfo.environment
            guard let mail = try Serving.mail(environment) else {
                throw Problems([
                    Problem(
                        "mail", "there is no command that sends it",
                        fix: "set MAINSTAY_MAIL_COMMAND, as /usr/sbin/sendmail -i, and MAINSTAY_MAIL_FROM")
                ])
            }
            let room = MailRoom(desk: session.desk, mail: mail, publicURL: environment["MAINSTAY_URL"] ?? "")
            try AlertRoom(desk: session.desk).round()
            let round = try room.round()
            let left = round.notSent == 0 ? "" : ", \(round.notSent) not sent: `mainstay outbox list` says why"
            return ["\(round.sent) sent, \(round.failed) failed\(left)."]
        }
    }
}

/// `mainstay outbox list`.
struct OutboxList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the mails, the latest first.")

    @Option(help: "How many.") var limit = 50
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            var table = TextTable([
                .init(title: "Mail", kind: .right), .init(title: "About", kind: .left),
                .init(title: "Client", kind: .left),
                .init(title: "To", kind: .left), .init(title: "State", kind: .left),
                .init(title: "Tries", kind: .right),
                .init(title: "Result", kind: .wrapped),
            ])
            for line in try session.desk.store.read({ try MailRoom.log($0, limit: max(1, min(limit, 1000))) }) {
                table.add(
                    "\(line.id)", line.kind, line.client, line.person, line.state, "\(line.attempts)",
                    printable(line.result))
            }
            return table.lines()
        }
    }
}

/// `mainstay outbox replay`.
struct OutboxReplay: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "replay", abstract: "Send a mail again.")

    @Argument(help: "Its number, as the list has it.") var id: Int
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            guard try session.desk.store.write({ try MailRoom.replay(id, $0, at: session.desk.now) }) else {
                throw Problems([Problem("mail \(id)", "there is none of that number", fix: "see: mainstay outbox list")]
                )
            }
            return ["Mail \(id) is sent again with the next round."]
        }
    }
}
