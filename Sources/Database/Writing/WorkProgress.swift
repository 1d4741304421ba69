import Synchronization

/// How far long work is: told by whoever does it, read by whoever waits for it.
package final class WorkProgress: Sendable {
    /// What is done now, and how much of it.
    package struct Stage: Hashable, Sendable {
        /// What is done: "recording".
        package var name: String
        /// How many of how many; nil where nobody counts.
        package var share: (done: Int, of: Int)? {
            guard let total, total > 0 else { return nil }
            return (min(done, total), total)
        }
        private var done: Int
        private var total: Int?

        fileprivate init(_ name: String, _ done: Int, _ total: Int?) {
            (self.name, self.done, self.total) = (name, done, total)
        }
    }

    private let state = Mutex<Stage?>(nil)

    package init() {}

    /// The stage that was told last.
    package var stage: Stage? { state.withLock { $0 } }

    /// That of the work that this code is a part of; nil where nobody waits to hear.
    @TaskLocal package static var current: WorkProgress?

    /// Tells what is done now.
    package static func now(_ name: String, _ done: Int = 0, of total: Int? = nil) {
        guard let current else { return }
        current.state.withLock { $0 = Stage(name, done, total) }
    }
}
