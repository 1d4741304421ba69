import Foundation
import Logging
import Storage
import Synchronization
import Terminal

/// Opens a database, and waits for it where it is away: a second, then longer and longer, up to half a minute.
struct DatabaseWait {
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    func store(_ open: () throws -> Store) -> Store {
        var pause = 1
        while true {
            do {
                return try open()
            } catch {
                logger.warning(
                    "the database is waited for", metadata: ["failure": "\(error)", "again_in_seconds": "\(pause)"])
            }
            Thread.sleep(forTimeInterval: Double(pause))
            pause = min(2 * pause, DatabaseWait.longest)
        }
    }

    private static let longest = 30
}

/// What runs beside a server once its database is there.
final class ServingParts: Sendable {
    private struct State {
        var parts: (posting: Posting, watch: Watch)?
        var isStopped = false
    }

    private let state = Mutex(State())

    func start(_ posting: Posting, _ watch: Watch) {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.parts = (posting, watch)
            posting.start()
            watch.start()
        }
    }

    func stop() {
        let parts = state.withLock { state in
            state.isStopped = true
            return state.parts
        }
        parts?.posting.stop()
        parts?.watch.stop()
    }
}
