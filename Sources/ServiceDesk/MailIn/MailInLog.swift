package import Database
import Rating
package import Values

/// What became of the mails that came in; kept for 90 days. It has who sent one and what was done, not what it said.
package struct MailInLog {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    private static let lasts = Hours(90 * 24)

    /// A mail.
    package struct Line: Hashable, Sendable {
        package var at: Instant
        /// A contact's or user's id; an address where nobody has it.
        package var person: String
        /// `opened`, `answered`, `ignored`, `refused`, `waiting` or `later`.
        package var outcome: String
        /// The request that it is filed on; empty for none.
        package var request: String
        /// Why nothing was done; empty where it was.
        package var reason: String
    }

    func add(_ outcome: MailIntake.Outcome, from person: String, at now: Instant) throws {
        let (word, request, reason): (String, String, String) =
            switch outcome {
            case .opened(let id): ("opened", id.text, "")
            case .answered(let id): ("answered", id.text, "")
            case .ignored(let why): ("ignored", "", why)
            case .refused(let why): ("refused", "", "\(why)")
            case .waiting(let why): ("waiting", "", "\(why)")
            case .later: ("later", "", "there were \(MailIntake.mostPerHour) within an hour")
            }
        let sure = try Clocks.sure(connection, now: now)
        try connection.run("DELETE FROM mail_in WHERE at < $1", [.integer((sure + -MailInLog.lasts).seconds)])
        let id = (try connection.first("SELECT MAX(id) FROM mail_in") { $0.optionalInteger(0) ?? 0 } ?? 0) + 1
        try connection.run(
            "INSERT INTO mail_in (id, at, person, outcome, request, reason) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                .integer(id), .integer(now.seconds), .text(person.cut(toBytes: 254)), .text(word), .text(request),
                .text(reason.cut(toBytes: 500)),
            ])
    }

    /// How many mails of somebody were filed since an instant.
    func count(from person: String, since: Instant) throws -> Int {
        try connection.first(
            "SELECT COUNT(*) FROM mail_in WHERE person = $1 AND at >= $2 AND outcome IN ('opened', 'answered')",
            [.text(person), .integer(since.seconds)]
        ) { $0.integer(0) } ?? 0
    }

    /// Forgets somebody.
    func forget(_ person: String) throws {
        try connection.run("DELETE FROM mail_in WHERE person = $1", [.text(person)])
    }

    /// The mails, the latest first.
    package func lines(limit: Int) throws -> [Line] {
        try connection.all(
            "SELECT at, person, outcome, request, reason FROM mail_in ORDER BY id DESC LIMIT \(limit)"
        ) { row in
            Line(
                at: Instant(seconds: row.integer(0)), person: row.text(1), outcome: row.text(2), request: row.text(3),
                reason: row.text(4))
        }
    }
}
