import Database
package import Storage
import Synchronization
import Values

/// When sessions and tokens were last used, until it is written down: apart from whoever used them, who waits for no write and
/// is kept from nothing where none can be made.
package final class LastSeen: Sendable {
    /// Whose use is noted.
    enum Subject: Hashable, Sendable {
        /// A session, by what is kept of its token.
        case session([UInt8])
        /// A token for programs, likewise.
        case token([UInt8])
    }

    /// The most that wait to be written; of others it is not noted.
    private static let most = 100_000

    private let waiting = Mutex<[Subject: Instant]>([:])

    /// Whether something waits to be written.
    package var isWaiting: Bool { waiting.withLock { !$0.isEmpty } }

    /// Notes a use.
    func note(_ subject: Subject, at now: Instant) {
        waiting.withLock { waiting in
            guard waiting.count < LastSeen.most || waiting[subject] != nil else { return }
            waiting[subject] = now
        }
    }

    /// When something was last used, as far as it is not written yet.
    func of(_ subject: Subject) -> Instant? { waiting.withLock { $0[subject] } }

    /// Writes down what waits, all of it in one go.
    ///
    /// - Throws: `StorageError`; then it goes on waiting.
    package func write(to store: Store) throws {
        let all = waiting.withLock { $0 }
        guard !all.isEmpty else { return }
        try store.write { connection in
            for (subject, at) in all.sorted(by: { $0.value < $1.value }) {
                switch subject {
                case .session(let hash): try Accounts(connection).seen(hash, at: at)
                case .token(let hash):
                    try connection.run(
                        "UPDATE api_token SET used_at = $1 WHERE token_hash = $2",
                        [.integer(at.seconds), .bytes(hash)])
                }
            }
        }
        // Who was seen again meanwhile waits for the next time.
        waiting.withLock { waiting in waiting = waiting.filter { all[$0.key] != $0.value } }
    }
}
