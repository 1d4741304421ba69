import Agreements
import ArgumentParser
import Foundation
import ServiceDesk
import Storage
import Terminal
import Values
import HTTPClient

/// `mainstay webhook`: programs that are told what happens.
struct WebhookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "Tell programs what happens, and see what they were told.",
        discussion: """
            The server sends what waits every few seconds, signed as Standard Webhooks
            says, and for three days again and again until it is taken.
            docs/webhooks.md has the rest.
            """,
        subcommands: [
            WebhookAdd.self, WebhookList.self, WebhookLog.self, WebhookTest.self, WebhookReplay.self, WebhookOn.self,
            WebhookSecretCommand.self, WebhookRemove.self, WebhookRun.self,
        ])
}

/// `mainstay webhook add`.
struct WebhookAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a webhook, and print its secret once.",
        discussion: """
            Events: \(DeskEvent.offered.map(\.rawValue).joined(separator: ", ")).

            Example:

              mainstay webhook add https://example.com/hooks --event time.logged --event hours.alert
            """)

    @Argument(help: "Where messages go.") var url: String
    @Option(
        name: .customLong("event"), help: ArgumentHelp("What it is told of; all if left out.", valueName: "event"),
        transform: TypedInput.event)
    var events: [DeskEvent] = []
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let added = try session.perform(
                AddWebhook(
                    url: url, events: Set(events), secret: WebhookSecret(random: randomBytes),
                    allowsPrivate: Serving.allowsPrivateWebhooks(ProcessInfo.processInfo.environment)))
            return try WebhookSecretCommand.lines(added.id, session)
        }
    }
}

/// `mainstay webhook list`.
struct WebhookList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the webhooks.")

    @OptionGroup var list: ListOptions
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            try session.mayManageWebhooks()
            var text = ListText(["Webhook", "State", "Address", "Told of"])
            for endpoint in try session.read({ try Webhooks($0).all() }) {
                text.add(
                    endpoint.id, endpoint.offReason.map { "off: \($0)" } ?? "on", endpoint.url, endpoint.eventsInWords)
            }
            return text.lines(list)
        }
    }
}

/// `mainstay webhook log`.
struct WebhookLog: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "List what a webhook was sent, the latest first.")

    @Argument(help: "Its id.") var webhook: String
    @Option(help: "How many.") var limit = 50
    @OptionGroup var list: ListOptions
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options) { session in
            try session.mayManageWebhooks()
            var text = ListText(["Number", "Message", "Event", "Client", "State", "Tries", "Last try", "Result"])
            guard try session.read({ try Webhooks($0).endpoint(webhook) }) != nil else {
                let known = try session.read { try Webhooks($0).all().map(\.id) }
                throw Problems([
                    Problem(
                        "webhook \(webhook)", "there is no such webhook", fix: suggestion(for: webhook, among: known))
                ])
            }
            for line in try session.read({ try Webhooks($0).log(of: webhook, limit: max(1, min(limit, 1000))) }) {
                text.add(
                    "\(line.id)", line.message, line.event, line.client, line.state, "\(line.attempts)",
                    line.triedAt.map { "\($0)" } ?? "", line.result)
            }
            return text.lines(list)
        }
    }
}

/// `mainstay webhook test`.
struct WebhookTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a webhook a message that tells of nothing.")

    @Argument(help: "Its id.") var webhook: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            ["\(try session.perform(TestWebhook(webhook: webhook)).id) waits to be sent."]
        }
    }
}

/// `mainstay webhook replay`.
struct WebhookReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Send a webhook a message again.",
        discussion: "Example:\n\n  mainstay webhook replay wh-1 34")

    @Argument(help: "Its id.") var webhook: String
    @Argument(help: "The number that the log has.") var number: Int
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            _ = try session.perform(ReplayWebhook(webhook: webhook, delivery: number))
            return ["\(number) waits to be sent again."]
        }
    }
}

/// `mainstay webhook on`.
struct WebhookOn: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "on", abstract: "Turn a webhook on again that was turned off; what waited is sent.")

    @Argument(help: "Its id.") var webhook: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in ["\(try session.perform(TurnOnWebhook(webhook: webhook)).id) is on."] }
    }
}

/// `mainstay webhook secret`.
struct WebhookSecretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret", abstract: "Give a webhook another secret; for a day messages are signed with both.")

    @Argument(help: "Its id.") var webhook: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in
            let changed = try session.perform(
                ChangeWebhookSecret(webhook: webhook, secret: WebhookSecret(random: randomBytes)))
            return try WebhookSecretCommand.lines(changed.id, session)
        }
    }

    /// What is shown once.
    static func lines(_ id: String, _ session: Session) throws -> [String] {
        let secret = try session.read { try Webhooks($0).secret(of: id) }
        return ["\(id). Its messages are signed with this secret, which is shown only now:", secret ?? ""]
    }
}

/// `mainstay webhook remove`.
struct WebhookRemove: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove a webhook and its log.")

    @Argument(help: "Its id.") var webhook: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options) { session in ["\(try session.perform(RemoveWebhook(webhook: webhook)).id) is removed."] }
    }
}

/// `mainstay webhook run`.
struct WebhookRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Send what waits, once: what the server does by itself.")

    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try atDesk(options, "Sending") { session in
            try session.mayManageWebhooks()
            try AlertRoom(desk: session.desk).round()
            let allowsPrivate = Serving.allowsPrivateWebhooks(ProcessInfo.processInfo.environment)
            let room = WebhookRoom(desk: session.desk, send: WebClient.webhooks(allowsPrivate: allowsPrivate))
            let round = try room.round()
            return ["\(round.sent) sent, \(round.failed) failed."]
        }
    }
}

extension Session {
    fileprivate func mayManageWebhooks() throws {
        guard actor.may(.owner) else { throw Refusal.notAllowed("webhooks are for owners") }
    }
}
