import Synchronization

/// How much of what somebody asked for is saved: so that nobody says "nothing was done" where only showing it failed.
package final class SavedWork: Sendable {
    /// How much is saved.
    package enum Share: Hashable, Sendable {
        case nothing, part, everything
    }

    private struct Count {
        var begun = 0
        var saved = 0
    }

    private let count = Mutex(Count())

    package init() {}

    /// That of the work that this code is a part of; nil where nobody asks afterwards.
    @TaskLocal package static var current: SavedWork?

    /// How much of it is saved now.
    package var share: Share {
        count.withLock { $0.saved == 0 ? .nothing : $0.saved < $0.begun ? .part : .everything }
    }

    /// Saves something, and counts it.
    package static func saving<Value>(_ body: () throws -> Value) rethrows -> Value {
        current?.count.withLock { $0.begun += 1 }
        let value = try body()
        current?.count.withLock { $0.saved += 1 }
        return value
    }
}
