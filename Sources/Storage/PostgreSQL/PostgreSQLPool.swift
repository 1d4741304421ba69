import Foundation

/// The connections of one engine: one that writes and a few that read, opened when they are first needed.
final class PostgreSQLPool: @unchecked Sendable {
    /// What a connection is for.
    enum Purpose {
        case writing, reading

        /// How many connections there are at most: as many as threads of a server read at one time.
        fileprivate var limit: Int { self == .writing ? 1 : 12 }
    }

    private let condition = NSCondition()
    private let open: @Sendable () throws -> PostgreSQLConnection
    // Both are read and changed only while `condition` is locked.
    private var idle: [Purpose: [PostgreSQLConnection]] = [:]
    private var holders: [Purpose: [pthread_t]] = [:]

    init(_ open: @escaping @Sendable () throws -> PostgreSQLConnection) { self.open = open }

    /// Waits for a connection that this thread then has alone.
    ///
    /// - Throws: ``StorageError``, also where the thread has one already and so might wait for itself.
    func take(_ purpose: Purpose) throws -> PostgreSQLConnection {
        if let connection = try reserve(purpose) { return connection }
        do {
            return try open()
        } catch {
            release(purpose, keeping: nil)
            throw error
        }
    }

    /// Gives a connection back; one that cannot begin another transaction is closed.
    func giveBack(_ connection: PostgreSQLConnection, _ purpose: Purpose) {
        release(purpose, keeping: connection.isIdle ? connection : nil)
    }

    /// Closes what nobody uses: where one connection was lost, those are probably lost too.
    func closeIdle() {
        condition.lock()
        let closing = idle
        idle = [:]
        condition.unlock()
        withExtendedLifetime(closing) {}
    }

    private func reserve(_ purpose: Purpose) throws -> PostgreSQLConnection? {
        condition.lock()
        defer { condition.unlock() }
        guard !holders[purpose, default: []].contains(pthread_self()) else {
            throw StorageError.internalFault("a transaction was begun inside another of its kind")
        }
        while holders[purpose, default: []].count >= purpose.limit { condition.wait() }
        holders[purpose, default: []].append(pthread_self())
        return idle[purpose, default: []].popLast()
    }

    private func release(_ purpose: Purpose, keeping connection: PostgreSQLConnection?) {
        condition.lock()
        defer { condition.unlock() }
        if let place = holders[purpose, default: []].firstIndex(of: pthread_self()) {
            holders[purpose, default: []].remove(at: place)
        }
        if let connection { idle[purpose, default: []].append(connection) }
        condition.broadcast()
    }
}
