import Database
import Storage
import Values

/// Adds an endpoint that is told what happens from now on.
package struct AddWebhook: DeskOperation {
    package static let name = "webhook.add"
    package static let role = Role.owner

    package var url: String
    /// What it is told of; all where there is none.
    package var events: Set<DeskEvent>
    /// A new one, made by who asks: the desk keeps it to sign with.
    package var secret: WebhookSecret
    /// Whether addresses in networks of one's own are taken.
    package var allowsPrivate: Bool

    package init(url: String, events: Set<DeskEvent>, secret: WebhookSecret, allowsPrivate: Bool) {
        self.url = url
        self.events = events
        self.secret = secret
        self.allowsPrivate = allowsPrivate
    }

    package var about: (client: String, subject: String) { ("", AddWebhook.line(url, kinds)) }
    package var content: RequestContent { ["url": url, "events": Set(events.map(\.rawValue))] }

    /// What the endpoint's row says it is told of, each with a space on both sides, so that one is found whole.
    private var kinds: String {
        events.isEmpty ? "" : " \(events.map(\.rawValue).sorted().joined(separator: " ")) "
    }

    /// What the audit trail says of an endpoint, so that a check finds one that was changed.
    static func line(_ url: String, _ kinds: String) -> String {
        "\(url) \(kinds.isEmpty ? "everything" : kinds.split(separator: " ").joined(separator: " "))"
    }

    private static let most = 50

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        try WebhookURL.check(url, allowsPrivate: allowsPrivate)
        let webhooks = Webhooks(desk.connection)
        guard try webhooks.all().count < AddWebhook.most else {
            throw Problems([Problem("webhooks", "there are \(AddWebhook.most) already", fix: "remove one first")])
        }
        let number = try desk.connection.first("SELECT COUNT(*) FROM audit WHERE operation = $1", [.text(Self.name)]) {
            $0.integer(0)
        }
        // Numbers of removed ones are not used again: the log and the trail name them.
        let id = "wh-\((number ?? 0) + 1)"
        try desk.connection.run(
            """
            INSERT INTO webhook (id, url, kinds, secret, old_secret, old_until, created_by, created_at, off_reason)
            VALUES ($1, $2, $3, $4, NULL, NULL, $5, $6, NULL)
            """,
            [
                .text(id), .text(url), .text(kinds), .text(secret.text), .text(desk.actor.id),
                .integer(desk.now.seconds),
            ])
        desk.note(WebhookState(webhook: id, secret: secret.text))
        return Recorded(id: id)
    }
}

/// Removes an endpoint and what it was told.
package struct RemoveWebhook: DeskOperation {
    package static let name = "webhook.remove"
    package static let role = Role.owner

    package var webhook: String

    package init(webhook: String) { self.webhook = webhook }

    package var about: (client: String, subject: String) { ("", webhook) }
    package var content: RequestContent { ["webhook": webhook] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        _ = try desk.webhook(webhook)
        try desk.connection.run("DELETE FROM webhook_delivery WHERE webhook = $1", [.text(webhook)])
        try desk.connection.run("DELETE FROM webhook WHERE id = $1", [.text(webhook)])
        return Recorded(id: webhook)
    }
}

/// Turns an endpoint on again; what waited for it is sent.
package struct TurnOnWebhook: DeskOperation {
    package static let name = "webhook.on"
    package static let role = Role.owner

    package var webhook: String

    package init(webhook: String) { self.webhook = webhook }

    package var about: (client: String, subject: String) { ("", webhook) }
    package var content: RequestContent { ["webhook": webhook] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        guard try desk.webhook(webhook).offReason != nil else {
            throw Problems([Problem("webhook \(webhook)", "it is on", fix: "see its log")])
        }
        try desk.connection.run("UPDATE webhook SET off_reason = NULL WHERE id = $1", [.text(webhook)])
        return Recorded(id: webhook)
    }
}

/// Gives an endpoint another secret; for a day messages are signed with both, so that none is refused meanwhile.
package struct ChangeWebhookSecret: DeskOperation {
    package static let name = "webhook.secret"
    package static let role = Role.owner

    package var webhook: String
    package var secret: WebhookSecret

    package init(webhook: String, secret: WebhookSecret) {
        self.webhook = webhook
        self.secret = secret
    }

    package var about: (client: String, subject: String) { ("", webhook) }
    package var content: RequestContent { ["webhook": webhook] }

    /// How long the secret before still signs.
    static let both = Hours(24)

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        _ = try desk.webhook(webhook)
        try desk.connection.run(
            "UPDATE webhook SET old_secret = secret, old_until = $1, secret = $2 WHERE id = $3",
            [.integer((desk.now + ChangeWebhookSecret.both).seconds), .text(secret.text), .text(webhook)])
        desk.note(WebhookState(webhook: webhook, secret: secret.text))
        return Recorded(id: webhook)
    }
}

/// Sends an endpoint a message that tells of nothing.
package struct TestWebhook: DeskOperation {
    package static let name = "webhook.test"
    package static let role = Role.owner

    package var webhook: String

    package init(webhook: String) { self.webhook = webhook }

    package var about: (client: String, subject: String) { ("", webhook) }
    package var content: RequestContent { ["webhook": webhook] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let endpoint = try desk.webhook(webhook)
        guard endpoint.offReason == nil else {
            throw Problems([Problem("webhook \(webhook)", "it is off", fix: "turn it on first")])
        }
        let message = try desk.tell(.webhookTest, client: "", [("webhook", webhook)])
        try Webhooks(desk.connection).add(message, to: webhook, at: desk.now)
        let sent = try Outbox(desk.connection).message(message)
        return Recorded(id: sent.map(Webhooks.messageID) ?? "")
    }
}

/// Sends an endpoint a message again.
package struct ReplayWebhook: DeskOperation {
    package static let name = "webhook.replay"
    package static let role = Role.owner

    package var webhook: String
    /// The number that the log has.
    package var delivery: Int

    package init(webhook: String, delivery: Int) {
        self.webhook = webhook
        self.delivery = delivery
    }

    package var about: (client: String, subject: String) { ("", webhook) }
    package var content: RequestContent { ["webhook": webhook, "delivery": delivery] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        _ = try desk.webhook(webhook)
        let found = try desk.connection.run(
            """
            UPDATE webhook_delivery SET state = 'waiting', attempts = 0, next_at = $1
            WHERE id = $2 AND webhook = $3
            """, [.integer(desk.now.seconds), .integer(delivery), .text(webhook)])
        guard found == 1 else {
            throw Problems([
                Problem("delivery \(delivery)", "the webhook has none of that number", fix: "see its log")
            ])
        }
        return Recorded(id: "\(delivery)")
    }
}

extension DeskTransaction {
    /// - Throws: a problem where there is no such endpoint.
    fileprivate func webhook(_ id: String) throws -> Webhooks.Endpoint {
        let webhooks = Webhooks(connection)
        guard let endpoint = try webhooks.endpoint(id) else {
            throw Problems([
                Problem(
                    "webhook \(id)", "there is no such webhook",
                    fix: suggestion(for: id, among: try webhooks.all().map(\.id)))
            ])
        }
        return endpoint
    }
}
