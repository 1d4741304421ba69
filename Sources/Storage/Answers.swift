package import Database
import Formats
package import Values

/// The answers given to requests with a key, so that a repeat gets the same (design X4).
package struct Answers {
    /// An answer, and what it was given to.
    package struct Answer: Hashable, Sendable {
        /// The operation's name.
        package var operation: String
        /// What tells the request from others.
        package var digest: [UInt8]
        /// What was answered, as JSON.
        package var text: String

        package init(operation: String, digest: [UInt8], text: String) {
            self.operation = operation
            self.digest = digest
            self.text = text
        }
    }

    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// The answer that somebody's key has; nil where it is new.
    package func answer(to key: String, of actor: String) throws -> Answer? {
        try connection.first(
            "SELECT operation, digest, answer FROM idempotency WHERE actor = $1 AND key = $2",
            [.text(actor), .text(key)]
        ) { Answer(operation: $0.text(0), digest: $0.bytes(1), text: $0.text(2)) }
    }

    /// Keeps an answer under somebody's key.
    package func keep(_ answer: Answer, under key: String, of actor: String, at now: Instant) throws {
        try connection.run(
            "INSERT INTO idempotency (actor, key, operation, digest, answer, at, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            [
                .text(actor), .text(key), .text(answer.operation), .bytes(answer.digest), .text(answer.text),
                .integer(now.seconds), .bytes(Answers.hash(answer, key, actor, now.seconds)),
            ])
    }

    /// Forgets the answers to keys of programs and mails that were given before an instant.
    package func forget(before: Instant) throws {
        try connection.run(
            "DELETE FROM idempotency WHERE at < $1 AND (key LIKE 'api/%' OR key LIKE 'mail/%')",
            [.integer(before.seconds)])
    }

    /// What is wrong with an answer; nil where each is as it was given.
    package func fault() throws -> String? {
        var fault: String?
        let columns: [SQLColumn] = [
            .text("actor"), .text("key"), .text("operation"), .bytes("digest"), .text("answer"), .number("at"),
            .bytes("hash"),
        ]
        try connection.forEachRow(of: "idempotency", columns, keys: 2) { row in
            let answer = Answer(operation: row.text(2), digest: row.bytes(3), text: row.text(4))
            if fault == nil, Answers.hash(answer, row.text(1), row.text(0), row.integer(5)) != row.bytes(6) {
                fault = "the answer to \(row.text(0)) under the key \"\(row.text(1))\" is not as it was given"
            }
        }
        return fault
    }

    private static func hash(_ answer: Answer, _ key: String, _ actor: String, _ at: Int) -> [UInt8] {
        FactHash.of(
            row: [actor, key, answer.operation, Hex.text(answer.digest), answer.text, "\(at)"])
    }
}
