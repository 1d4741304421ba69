package import Database
package import Values

/// What waits to be told, for those who watch.
package struct Backlog: Hashable, Sendable {
    /// Messages of which nobody has looked yet whom they are for.
    package var messages: Int
    /// Mails, and since when the first of them is due.
    package var mails: Int
    package var mailDueSince: Instant?
    /// Calls of webhooks, and since when the first of them is due.
    package var calls: Int
    package var callDueSince: Instant?

    /// Counts it.
    package init(_ connection: any SQLConnection) throws {
        func waiting(_ table: String) throws -> (count: Int, first: Instant?) {
            try connection.first("SELECT COUNT(*), MIN(next_at) FROM \(table) WHERE state = 'waiting'") {
                ($0.integer(0), $0.optionalInteger(1).map { Instant(seconds: $0) })
            } ?? (0, nil)
        }
        messages =
            try connection.first("SELECT COUNT(*) FROM outbox WHERE delivered_at IS NULL") { $0.integer(0) } ?? 0
        (mails, mailDueSince) = try waiting("delivery")
        (calls, callDueSince) = try waiting("webhook_delivery")
    }
}
