import Database
import Exchange
import Storage
import Values

/// The one way into the outbox.
enum Telling {
    /// The text of a message that says who did it. It is for mail alone, and not told to webhooks.
    static let by = "by"

    /// Puts a message into the outbox and sets it to be sent to the webhooks that want it.
    ///
    /// - Returns: its number; 0 where nobody is mailed about it and no webhook wants it, so that there is none.
    @discardableResult
    static func tell(
        _ event: DeskEvent, client: String, _ texts: [(String, String)], _ connection: any SQLConnection,
        at now: Instant
    ) throws -> Int {
        let webhooks = Webhooks(connection)
        guard try event.isMailed || event == .webhookTest || webhooks.isWanted(event) else { return 0 }
        let message = try Outbox(connection).add(
            event.rawValue, client: client, body: FactPieces.object(texts), at: now)
        try webhooks.fanOut(event, message, at: now)
        return message
    }
}
