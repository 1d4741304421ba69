import Foundation

/// The connections of one engine: one that writes and a few that read, opened when they are first needed.
///
/// While the server cannot be reached, one thread a second tries; the others are told at once, so that nobody waits in line for
/// what is not there.
final class PostgreSQLPool: @unchecked Sendable {
    /// What a connection is for.
    enum Purpose: CaseIterable {
        case writing, reading

        /// How many connections there are at most: as many as threads of a server read at one time.
        fileprivate var limit: Int { self == .writing ? 1 : 12 }
    }

    /// The server cannot be reached.
    private struct Outage {
        var error: any Error
        var nextTry: ContinuousClock.Instant
    }

    private let condition = NSCondition()
    private let open: @Sendable (Purpose) throws -> PostgreSQLConnection
    // All are read and changed only while `condition` is locked.
    private var idle: [Purpose: [PostgreSQLConnection]] = [:]
    private var holders: [Purpose: [pthread_t]] = [:]
    private var waiting = 0
    private var outage: Outage?

    /// How long somebody waits for a connection, in seconds.
    private let patience: Double

    init(patience: Double, _ open: @escaping @Sendable (Purpose) throws -> PostgreSQLConnection) {
        self.patience = patience
        self.open = open
    }

    /// Waits for a connection that this thread then has alone.
    ///
    /// - Throws: ``StorageError``, also where the thread has one already and so might wait for itself, and where none gets free in
    ///   time.
    func take(_ purpose: Purpose) throws -> PostgreSQLConnection {
        if let connection = try reserve(purpose) { return connection }
        do {
            return try open(purpose)
        } catch {
            if case StorageError.away = error { rest(after: error) }
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

    /// Nobody tries for a while: the server cannot be reached.
    func rest(after error: any Error) {
        condition.withLock { outage = Outage(error: error, nextTry: .now + PostgreSQLPool.pause) }
    }

    /// The server did what it was asked.
    func isReached() { condition.withLock { outage = nil } }

    /// How long all rest after a try.
    private static let pause = Duration.seconds(1)
    /// How long a try may take before another is made beside it.
    private static let longestTry = Duration.seconds(20)

    var figures: ConnectionFigures {
        condition.withLock {
            let inUse = holders.values.reduce(0) { $0 + $1.count }
            return ConnectionFigures(
                inUse: inUse, idle: idle.values.reduce(0) { $0 + $1.count },
                most: Purpose.allCases.reduce(0) { $0 + $1.limit }, waiting: waiting)
        }
    }

    private func reserve(_ purpose: Purpose) throws -> PostgreSQLConnection? {
        condition.lock()
        defer { condition.unlock() }
        guard !holders[purpose, default: []].contains(pthread_self()) else {
            throw StorageError.internalFault("a transaction was begun inside another of its kind")
        }
        waiting += 1
        defer { waiting -= 1 }
        let deadline = ContinuousClock.now + .seconds(patience)
        while holders[purpose, default: []].count >= purpose.limit {
            try checkOutage()
            guard ContinuousClock.now < deadline else { throw StorageError.busy }
            // In short steps: a clock that is set forward or back ends no wait and prolongs none.
            _ = condition.wait(until: Date(timeIntervalSinceNow: min(patience, 0.25)))
        }
        try checkOutage()
        // Whoever tries may wait long for an answer: nobody else does meanwhile.
        if outage != nil { outage?.nextTry = .now + PostgreSQLPool.longestTry }
        holders[purpose, default: []].append(pthread_self())
        return idle[purpose, default: []].popLast()
    }

    private func checkOutage() throws {
        guard let outage, ContinuousClock.now < outage.nextTry else { return }
        throw outage.error
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
