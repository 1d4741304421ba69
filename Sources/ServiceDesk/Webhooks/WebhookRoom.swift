import Database
import Formats
import Foundation
import Storage
import Values

/// One message to one endpoint, as it goes over the wire.
package struct WebhookCall: Hashable, Sendable {
    /// Where to.
    package var url: String
    /// Its headers.
    package var headers: [String: String]
    /// Its body, JSON.
    package var body: String
}

/// What came of a call.
package enum WebhookAnswer: Hashable, Sendable {
    /// An answer, with its status, and in how many seconds to come again where it says that.
    case answered(status: Int, retryAfter: Int? = nil)
    /// None: what went wrong.
    case failed(String)
}

/// Tells endpoints what happened: signed, again and again until they took it or it is too late (Standard
/// Webhooks, https://www.standardwebhooks.com).
///
/// Several servers on one database share the work: each message is claimed before it is tried. One whose server dies
/// between sending and noting is sent again, under the same id.
package struct WebhookRoom: Sendable {
    private let desk: ServiceDesk
    private let send: @Sendable (WebhookCall) -> WebhookAnswer

    /// - Parameter send: makes a call and waits for what comes of it.
    package init(desk: ServiceDesk, send: @escaping @Sendable (WebhookCall) -> WebhookAnswer) {
        self.desk = desk
        self.send = send
    }

    /// The waits after each failed try, in seconds: the schedule that Standard Webhooks gives as its example. After the
    /// last, three days and three hours after the first, a message is given up.
    static let waits = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    /// What is put off for longer was put off by a clock that was wrong.
    private static let longestWait = Hours(24) + Clocks.skew
    /// How long a claimed message is left to who claimed it: longer than a call may last, with the looking up of its name.
    private static let lease = 300
    /// How long the log is kept.
    private static let logLasts = Hours(90 * 24)

    /// What was done.
    package struct Round: Hashable, Sendable {
        package var sent = 0
        package var failed = 0
    }

    /// Sends whatever is due to anybody, one endpoint after the other.
    package func round() throws -> Round {
        var round = Round()
        for endpoint in try endpointsDue() {
            let one = try work(on: endpoint)
            round.sent += one.sent
            round.failed += one.failed
        }
        return round
    }

    /// The endpoints for which something is due.
    package func endpointsDue() throws -> [String] {
        try desk.store.read { connection in
            try connection.all(
                """
                SELECT w.id FROM webhook w WHERE w.off_reason IS NULL AND EXISTS (
                    SELECT 1 FROM webhook_delivery d
                    WHERE d.webhook = w.id AND d.state = 'waiting' AND (d.next_at <= $1 OR d.next_at > $2))
                ORDER BY w.id
                """, [.integer(desk.now.seconds), .integer((desk.now + WebhookRoom.longestWait).seconds)]
            ) { $0.text(0) }
        }
    }

    /// Sends what is due to an endpoint, one message after the other.
    package func work(on endpoint: String) throws -> Round {
        var round = Round()
        while let (delivery, call) = try desk.store.write({ try claim(endpoint, $0) }) {
            let answer = send(call)
            let took = try desk.store.write { try note(answer, delivery, $0) }
            if took { round.sent += 1 } else { round.failed += 1 }
        }
        return round
    }

    // MARK: One message

    /// A message to try.
    private struct Delivery {
        var id: Int
        var endpoint: String
        var attempts: Int
        /// Until when it is left to who claimed it: what tells this claim from others.
        var claimedUntil: Int
    }

    private func claim(_ endpoint: String, _ connection: any SQLConnection) throws -> (Delivery, WebhookCall)? {
        let now = desk.now
        let webhooks = Webhooks(connection)
        guard let known = try webhooks.endpoint(endpoint), known.offReason == nil else { return nil }
        let due = try connection.first(
            """
            SELECT id, attempts, outbox_id FROM webhook_delivery
            WHERE webhook = $1 AND state = 'waiting' AND (next_at <= $2 OR next_at > $3) ORDER BY id LIMIT 1
            """, [.text(endpoint), .integer(now.seconds), .integer((now + WebhookRoom.longestWait).seconds)]
        ) { ($0.integer(0), $0.integer(1), $0.integer(2)) }
        guard let (id, attempts, outbox) = due, let message = try Outbox(connection).message(outbox) else { return nil }
        try connection.run(
            "UPDATE webhook_delivery SET next_at = $1 WHERE id = $2",
            [.integer(now.seconds + WebhookRoom.lease), .integer(id)])
        let call = WebhookRoom.call(
            message, to: known.url, secrets: try webhooks.secrets(of: endpoint, at: now), at: now)
        let claimed = now.seconds + WebhookRoom.lease
        return (Delivery(id: id, endpoint: endpoint, attempts: attempts, claimedUntil: claimed), call)
    }

    /// A message as it goes over the wire: the same body at every try, signed anew with the time of the try.
    static func call(_ message: Outbox.Message, to url: String, secrets: [WebhookSecret], at now: Instant)
        -> WebhookCall
    {
        let id = Webhooks.messageID(message)
        var data: [(String, JSONText)] = message.client.isEmpty ? [] : [("client", .string(message.client))]
        data += message.texts.filter { $0.key != Telling.by }.sorted { $0.key < $1.key }.map {
            ($0.key, .string($0.value))
        }
        let body = JSONText.object([
            ("type", .string(message.kind)), ("timestamp", .string("\(message.at)")), ("data", .object(data)),
        ]).line
        let signatures = secrets.map { $0.signature(id: id, timestamp: now.seconds, body: body) }
        return WebhookCall(
            url: url,
            headers: [
                "content-type": "application/json", "user-agent": "mainstay", "webhook-id": id,
                "webhook-timestamp": "\(now.seconds)", "webhook-signature": signatures.joined(separator: " "),
            ], body: body)
    }

    /// Notes what came of a try; whether the endpoint took it.
    private func note(_ answer: WebhookAnswer, _ delivery: Delivery, _ connection: any SQLConnection) throws -> Bool {
        let now = desk.now
        let isTaken: Bool
        let isGone: Bool
        var result: String
        var wait = WebhookRoom.waits.indices.contains(delivery.attempts) ? WebhookRoom.waits[delivery.attempts] : nil
        switch answer {
        case .answered(let status, let retryAfter):
            (isTaken, isGone, result) = ((200..<300).contains(status), status == 410, "\(status)")
            // Who asks for patience gets it, up to the longest wait of the schedule.
            wait = wait.map { max($0, min(retryAfter ?? 0, WebhookRoom.waits.last ?? 0)) }
        case .failed(let what): (isTaken, isGone, result) = (false, false, what.cut(toBytes: 200))
        }
        if isGone { wait = nil }
        let state = isTaken ? "sent" : wait == nil ? "failed" : "waiting"
        // Meanwhile the endpoint may be gone and its number another's, or the message set to be sent again.
        let isStill =
            try connection.run(
                """
                UPDATE webhook_delivery SET state = $1, attempts = $2, next_at = $3, tried_at = $4, result = $5
                WHERE id = $6 AND webhook = $7 AND state = 'waiting' AND next_at = $8
                """,
                [
                    .text(state), .integer(delivery.attempts + 1), .integer(now.seconds + (wait ?? 0)),
                    .integer(now.seconds), .text(result), .integer(delivery.id), .text(delivery.endpoint),
                    .integer(delivery.claimedUntil),
                ]) == 1
        guard isStill else { return isTaken }
        if isGone {
            try turnOff(delivery.endpoint, "it answered 410 Gone", connection)
        } else if state == "failed", try !hasTaken(delivery.endpoint, connection) {
            try turnOff(delivery.endpoint, "nothing arrived for three days; last: \(result)", connection)
        }
        let sure = try Clocks.sure(connection, now: now)
        try connection.run(
            "DELETE FROM webhook_delivery WHERE tried_at < $1 AND state <> 'waiting'",
            [.integer((sure + -WebhookRoom.logLasts).seconds)])
        return isTaken
    }

    /// Whether an endpoint took anything in the time for which a message is tried.
    private func hasTaken(_ endpoint: String, _ connection: any SQLConnection) throws -> Bool {
        let since = desk.now.seconds - WebhookRoom.waits.reduce(0, +)
        return try connection.first(
            "SELECT COUNT(*) FROM webhook_delivery WHERE webhook = $1 AND state = 'sent' AND tried_at >= $2",
            [.text(endpoint), .integer(since)]
        ) { $0.integer(0) > 0 } ?? false
    }

    private func turnOff(_ endpoint: String, _ reason: String, _ connection: any SQLConnection) throws {
        try connection.run("UPDATE webhook SET off_reason = $1 WHERE id = $2", [.text(reason), .text(endpoint)])
        try Telling.tell(
            .webhookOff, client: "", [("webhook", endpoint), ("reason", reason)], connection, at: desk.now)
    }
}
