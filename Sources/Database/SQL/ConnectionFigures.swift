import Synchronization

/// How many connections a database has, for those who watch.
package struct ConnectionFigures: Hashable, Sendable {
    /// Those with a transaction under way.
    package var inUse: Int
    /// Those that are open and wait for one.
    package var idle: Int
    /// How many there may be.
    package var most: Int
    /// The threads that wait for one.
    package var waiting: Int
}

/// Counts transactions that are under way.
final class TransactionCount: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    func during<Value>(_ body: () throws -> Value) rethrows -> Value {
        count.add(1, ordering: .relaxed)
        defer { count.subtract(1, ordering: .relaxed) }
        return try body()
    }
}
