package import Database
import Foundation
import Storage
package import Values

/// Something that a server cannot mend by itself and an owner should see to.
package struct Trouble: Hashable, Sendable {
    /// What kind it is of, for figures and rules of whoever watches.
    package enum Kind: String, CaseIterable, Sendable {
        /// Mails are refused by the mail command.
        case mail
        /// What happened is not looked at: nobody hands out mail.
        case outbox
        /// Calls of webhooks fail, or one was turned off.
        case webhooks
        /// The last backup is old, or there is none.
        case backup
        /// The database answers slowly.
        case database
    }

    package var kind: Kind
    /// What is wrong, and what to do about it.
    package var text: String
}

/// What can be read of such things.
package struct TroubleSigns: Sendable {
    /// Mails that were refused twice or more and wait, and those given up within a day.
    var refusedMails = 0
    /// What the mail command said last.
    var refusal = ""
    /// Since when the first message has not been looked at.
    var untold: Instant?
    /// Webhooks that were turned off, and those whose calls fail again and again.
    var failingWebhooks: [String] = []
    /// When the first fact was recorded; nil where there is none.
    var began: Instant?
    /// When the last backup was made.
    package var backedUp: Instant?
    /// How long a small question took, the way to the database included.
    package var took = Duration.zero

    /// Reads them.
    ///
    /// - Parameter looksForBackups: whether anybody wants to know when the last one was made.
    package init(_ connection: any SQLConnection, now: Instant, looksForBackups: Bool = true) throws {
        try readMail(connection, since: now + -Hours(24))
        try readWebhooks(connection)
        self.began =
            try connection.first("SELECT MIN(recorded_at) FROM fact WHERE seq < 100") {
                $0.optionalInteger(0).map { Instant(seconds: $0) }
            } ?? nil
        guard looksForBackups else { return }
        // From the newest line back: where backups are made, it is near.
        backedUp = try connection.first(
            "SELECT at FROM audit WHERE operation = '\(Backup.operation)' ORDER BY id DESC LIMIT 1"
        ) { Instant(seconds: $0.integer(0)) }
    }

    private mutating func readMail(_ connection: any SQLConnection, since: Instant) throws {
        // Two questions, so that each has its index.
        let refused = """
            SELECT next_at, result FROM delivery WHERE state = 'waiting' AND attempts >= 2
            UNION ALL SELECT next_at, result FROM delivery WHERE state = 'failed' AND next_at >= $1
            """
        refusedMails =
            try connection.first("SELECT COUNT(*) FROM (\(refused)) AS refused", [.integer(since.seconds)]) {
                $0.integer(0)
            } ?? 0
        refusal =
            try connection.first(
                "SELECT result FROM (\(refused)) AS refused ORDER BY next_at DESC LIMIT 1", [.integer(since.seconds)]
            ) { $0.text(0) } ?? ""
        untold = try Outbox(connection).waiting(limit: 1).first?.at
    }

    private mutating func readWebhooks(_ connection: any SQLConnection) throws {
        failingWebhooks = try connection.all(
            """
            SELECT url FROM webhook WHERE off_reason IS NOT NULL OR EXISTS
                (SELECT 1 FROM webhook_delivery d WHERE d.webhook = webhook.id AND d.state = 'waiting' AND d.attempts >= 3)
            ORDER BY url
            """
        ) { row in URL(string: row.text(0))?.host() ?? row.text(0) }
    }

    /// What an owner is told.
    ///
    /// - Parameters:
    ///   - sendsMail: whether mail is handed out at all.
    ///   - backupDays: after how many days without a backup it is said; nil for never.
    package func troubles(at now: Instant, sendsMail: Bool, backupDays: Int?) -> [Trouble] {
        var found: [Trouble] = []
        if sendsMail, refusedMails > 0 {
            let mails = refusedMails == 1 ? "One mail was" : "\(refusedMails) mails were"
            found.append(
                Trouble(
                    kind: .mail,
                    text: "\(mails) refused again and again, the last with: \(refusal.cut(toBytes: 200)). "
                        + "Mend the mail command; they are tried again, and `mainstay outbox replay` sends those given up."
                ))
        }
        if sendsMail, let untold, now - untold > TroubleSigns.patience {
            found.append(
                Trouble(
                    kind: .outbox,
                    text: "What happened since \(untold) has been told to nobody. "
                        + "Look for \"mail was not looked after\" in the log."))
        }
        if !failingWebhooks.isEmpty {
            found.append(
                Trouble(
                    kind: .webhooks,
                    text: "Calls of webhooks fail: \(failingWebhooks.prefix(3).joined(separator: ", ")). "
                        + "The page Webhooks says why, and turns one on again."))
        }
        if let backupDays, let began, (backedUp ?? began) < now + -Hours(backupDays * 24) {
            let since = backedUp.map { "The last backup was made on \($0)" } ?? "No backup was ever made"
            found.append(
                Trouble(
                    kind: .backup,
                    text:
                        "\(since). Have `mainstay backup` run every day; where others back up, set MAINSTAY_BACKUP_DAYS=0."
                ))
        }
        if took > TroubleSigns.slow {
            found.append(
                Trouble(
                    kind: .database,
                    text: "The database took \(took.components.seconds) s for a small question. "
                        + "Look at the machine that it is on: its disk, its memory, what else it does."))
        }
        return found
    }

    /// Mail goes out every few seconds: this long is too long.
    private static let patience = Hours(seconds: 600)
    private static let slow = Duration.seconds(2)
}
