package import Agreements
package import Database
import Exchange
package import Rating
import Storage
package import Values

/// The timers that run. The server holds their start, so that nothing is lost with a browser or a shell.
package struct Timers {
    /// A timer that runs.
    package struct Running: Hashable, Sendable {
        /// Whose it is.
        package var user: String
        /// What it runs on.
        package var request: RequestID
        /// The kind of work.
        package var workType: WorkTypeID
        /// What is done.
        package var note: String
        /// Since when, by the clock at the start.
        package var since: Instant
    }

    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// A person's timer, if it runs.
    package func running(of user: String) throws -> Running? {
        let last = try connection.first(
            """
            SELECT kind, recorded_at, body, words FROM fact
            WHERE subject = $1 AND shelf = $2 ORDER BY seq + 0 DESC LIMIT 1
            """, [.text("timer/\(user)"), .integer(Shelf.desk.rawValue)]
        ) { row -> Running? in
            guard row.text(0) == "timer-start" else { return nil }
            let texts = try row.texts(2, 3)
            return Running(
                user: user, request: RequestID(texts["request"] ?? ""), workType: WorkTypeID(texts["work_type"] ?? ""),
                note: texts["note"] ?? "", since: Instant(seconds: row.integer(1)))
        }
        return last ?? nil
    }
}
