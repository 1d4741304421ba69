import Crypto
import Database
import Formats
import Foundation
import Storage
import Values

/// Counts what somebody may do only so often within an hour.
struct HourlyCounts {
    private let connection: any SQLConnection
    private let now: Instant

    init(_ connection: any SQLConnection, at now: Instant) {
        self.connection = connection
        self.now = now
    }

    /// What a count is kept under: a hash, for what is counted may have somebody's address in it.
    private static func name(_ subject: String) -> String {
        "hourly/" + Hex.text(Array(SHA256.hash(data: Data(subject.utf8)).prefix(16)))
    }

    /// Forgets a count.
    func forget(_ subject: String) throws {
        try connection.run("DELETE FROM throttle WHERE subject = $1", [.text(HourlyCounts.name(subject))])
    }

    /// Counts one more; false where there were so many within the hour that the first of them began.
    func take(_ subject: String, most: Int) throws -> Bool {
        let name = HourlyCounts.name(subject)
        let known = try connection.first("SELECT failures, at FROM throttle WHERE subject = $1", [.text(name)]) {
            (count: $0.integer(0), began: $0.integer(1))
        }
        // What began further ahead was counted while the clock was wrong.
        let hour = (now.seconds - 3600 + 1)...(now + Clocks.skew).seconds
        let current = known.flatMap { hour.contains($0.began) ? $0 : nil } ?? (count: 0, began: now.seconds)
        guard current.count < most else { return false }
        try connection.run("DELETE FROM throttle WHERE subject = $1", [.text(name)])
        try connection.run(
            "INSERT INTO throttle (subject, failures, at) VALUES ($1, $2, $3)",
            [.text(name), .integer(current.count + 1), .integer(current.began)])
        return true
    }
}
