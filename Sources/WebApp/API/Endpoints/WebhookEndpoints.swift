import Crypto
import Formats
import Foundation
import ServiceDesk
import SiteKit
import Storage
import Values

/// The endpoints that are told what happens. For owners alone.
enum WebhookEndpoints {
    private static let event = APISchema.word(
        DeskEvent.offered.map(\.rawValue),
        DeskEvent.offered.map { "`\($0.rawValue)`: \($0.meaning)" }.joined(separator: " "))

    private static let webhookSchema = APISchema.object([
        .must("id", .id), .must("url", .text("Where messages go.")),
        .must("events", .list(event)), .must("created_at", .instant), .must("is_on", .flag("Whether it is on.")),
        .may("off_reason", .text("Why it is off.")),
    ])

    private static let deliverySchema = APISchema.object([
        .must("id", .whole(1...Int(Int32.max), "Its number, to send it again.")),
        .must("message", .text("The message's id, as its header has it.")),
        .must("event", .text("What it tells.")), .must("client", .text("Whom it is about; empty for nobody.")),
        .must("state", .word(["waiting", "sent", "failed"], "What became of it.")),
        .must("attempts", .whole(0...1000, "How often it was tried.")), .may("tried_at", .instant),
        .may("next_at", .instant), .must("result", .text("What came of the last try: a status, or what went wrong.")),
    ])

    private static let secretSchema = APISchema.object([
        .must("id", .id), .must("secret", .text("What messages are signed with: keep it, it is not shown again.")),
    ])

    static let all: [APIEndpoint] = [
        .get("/webhooks", "listWebhooks", "The webhooks. For owners.", answer: .list(of: webhookSchema)) { visit in
            try forOwners(visit)
            return .page(try visit.read { try Webhooks($0).all() }.map(json), next: nil)
        },
        .post(
            "/webhooks", "addWebhook",
            "Add a webhook: it is told what happens from now on. No events are all of them.", .admin,
            body: .object([
                .must(
                    "url",
                    .text(
                        "Where messages go: https, a public address.", pattern: "^[\\x21-\\x7E]{1,500}$",
                        example: "https://example.com/hooks")),
                .may("events", .list(event, most: 50)),
            ]), answer: secretSchema
        ) { visit in
            let events = visit.texts("events").compactMap { DeskEvent(rawValue: $0) }
            let secret = visit.webhookSecret
            let added = try visit.perform(
                AddWebhook(
                    url: visit.required("url"), events: Set(events), secret: secret,
                    allowsPrivate: visit.site.settings.allowsPrivateWebhooks))
            return answer(added, secret)
        }.making("getWebhook", "webhook").takingPassword,
        .get("/webhooks/{webhook}", "getWebhook", "A webhook. For owners.", answer: webhookSchema) { visit in
            try forOwners(visit)
            let id = try webhook(visit)
            guard let found = try visit.read({ try Webhooks($0).endpoint(id) }) else { throw APIProblem.missing }
            return .json(json(found))
        },
        .post("/webhooks/{webhook}/remove", "removeWebhook", "Remove a webhook and its log.", .admin) { visit in
            .recorded(try perform(visit) { RemoveWebhook(webhook: $0) })
        },
        .post(
            "/webhooks/{webhook}/on", "turnOnWebhook",
            "Turn a webhook on again that was turned off; what waited is sent.", .admin
        ) { visit in
            .recorded(try perform(visit) { TurnOnWebhook(webhook: $0) })
        },
        .post(
            "/webhooks/{webhook}/secret", "changeWebhookSecret",
            "Give a webhook another secret. For a day its messages are signed with both.", .admin, answer: secretSchema
        ) { visit in
            let secret = visit.webhookSecret
            return answer(try perform(visit) { ChangeWebhookSecret(webhook: $0, secret: secret) }, secret)
        }.takingPassword,
        .post("/webhooks/{webhook}/test", "testWebhook", "Send a webhook a test message.", .admin) { visit in
            .recorded(try perform(visit) { TestWebhook(webhook: $0) })
        },
        .get(
            "/webhooks/{webhook}/deliveries", "listWebhookDeliveries",
            "What a webhook was sent, the latest first; kept for 90 days. For owners.",
            query: [
                .page, .init(name: "cursor", schema: .whole(1...Int(Int32.max), "The last line of the page before.")),
            ],
            answer: .list(of: deliverySchema)
        ) { visit in
            try forOwners(visit)
            let id = try webhook(visit)
            let cursor = visit.query.recordNumber("cursor")
            let lines = try visit.read { try Webhooks($0).log(of: id, before: cursor, limit: visit.limit) }
            return .page(
                lines.map(json), next: lines.count == visit.limit ? lines.last.map { "\($0.id)" } : nil)
        },
        .post(
            "/webhooks/{webhook}/deliveries/{delivery}/replay", "replayWebhookDelivery",
            "Send a message to a webhook again.", .admin
        ) { visit in
            guard let delivery = TypedInput.recordNumber(try visit.named("delivery")) else { throw APIProblem.missing }
            return .recorded(try perform(visit) { ReplayWebhook(webhook: $0, delivery: delivery) })
        },
    ]

    private static func forOwners(_ visit: APIVisit) throws {
        guard visit.actor.may(.owner) else { throw Refusal.notAllowed("Webhooks are for owners.") }
    }

    private static func webhook(_ visit: APIVisit) throws -> String {
        let id = try visit.named("webhook")
        // Who may not know of it hears that before whether it is there.
        try forOwners(visit)
        guard try visit.read({ try Webhooks($0).endpoint(id) }) != nil else { throw APIProblem.missing }
        return id
    }

    /// Does something with the webhook that the path names. Whether it is there is asked within: a repeat gets the first
    /// answer, also where the webhook is gone by then.
    private static func perform<Asked: DeskOperation>(_ visit: APIVisit, _ operation: (String) -> Asked) throws
        -> Recorded
    where Asked.Answer == Recorded {
        let id = try visit.named("webhook")
        do {
            return try visit.perform(operation(id))
        } catch let problems as Problems {
            guard try visit.read({ try Webhooks($0).endpoint(id) }) != nil else { throw APIProblem.missing }
            throw problems
        }
    }

    private static func answer(_ recorded: Recorded, _ secret: WebhookSecret) -> APIReply {
        .json(.object([("id", .string(recorded.id)), ("secret", .string(secret.text))]))
    }

    private static func json(_ endpoint: Webhooks.Endpoint) -> JSONText {
        .fields([
            ("id", .string(endpoint.id)), ("url", .string(endpoint.url)),
            ("events", .list(endpoint.events.map(\.rawValue).sorted().map { .string($0) })),
            ("created_at", .string("\(endpoint.createdAt)")), ("is_on", .flag(endpoint.offReason == nil)),
            ("off_reason", endpoint.offReason.map { .string($0) }),
        ])
    }

    private static func json(_ line: Webhooks.Line) -> JSONText {
        .fields([
            ("id", .number(line.id)), ("message", .string(line.message)), ("event", .string(line.event)),
            ("client", .string(line.client)), ("state", .string(line.state)), ("attempts", .number(line.attempts)),
            ("tried_at", line.triedAt.map { .string("\($0)") }), ("next_at", line.nextAt.map { .string("\($0)") }),
            ("result", .string(line.result)),
        ])
    }
}

extension APIVisit {
    /// A new secret: the same for the same key of the same program.
    fileprivate var webhookSecret: WebhookSecret {
        guard let key else { return WebhookSecret(random: site.random) }
        let proof = Secret.proof(of: "webhook/\(key)", by: secret)
        return WebhookSecret { Array(SHA256.hash(data: Data(proof.utf8)).prefix($0)) }
    }
}
