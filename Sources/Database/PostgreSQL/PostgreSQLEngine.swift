import Foundation

/// A PostgreSQL database: for several servers on one database, each commit on the disk before it is acknowledged (design
/// section 4). Calls block, so they belong on threads that may.
///
/// Sessions keep settings and prepared statements: a pooler between must not share them (PgBouncer: `pool_mode = session`).
package final class PostgreSQLEngine: SQLEngine {
    private let pool: PostgreSQLPool

    package let dialect = SQLDialect.postgreSQL

    /// Connects to a database that is there.
    ///
    /// - Parameters:
    ///   - url: `postgres://user:password@host:5432/database`, or a libpq connection string. A password that is not in it
    ///     is taken from `PGPASSWORD`, `PGPASSFILE` or `~/.pgpass`.
    ///   - patience: how long a transaction waits for another's, and for a connection, in seconds.
    ///   - silence: how long the server may say nothing to somebody who reads, in seconds.
    /// - Throws: ``StorageError``, never with the password in it.
    package init(
        url: String, patience: Int = PostgreSQLEngine.patience, silence: Int = PostgreSQLEngine.silence
    ) throws {
        let address = try PostgreSQLAddress(url)
        pool = PostgreSQLPool(patience: Double(patience)) { purpose in
            // Whoever writes may wait for a lock before the server says anything.
            try PostgreSQLConnection(
                address, patience: patience, silence: purpose == .reading ? silence : patience + silence)
        }
        pool.giveBack(try pool.take(.writing), .writing)
    }

    /// How long a transaction waits for another process's where nothing else is said, in seconds.
    package static let patience = 30

    /// How long the server may say nothing, in seconds: a backup may read much before the first row comes.
    package static let silence = 120
    /// The same where people wait for pages.
    package static let silenceServing = 15

    package var connections: ConnectionFigures { pool.figures }

    /// How often a transaction that met another one is run again.
    private static let repeats = 5

    @discardableResult package func write<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        // The lock is one number for the whole database, and goes with the transaction. The letters are MAINSTAY.
        try transaction(
            .writing, "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(\(0x4D41_494E_5354_4159))",
            body)
    }

    /// PostgreSQL looks after its files itself.
    package func damage() throws -> [String] { [] }

    package func read<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        try transaction(.reading, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", body)
    }

    /// Runs a transaction, and again where the closure did not finish because the transaction met another one or, once,
    /// because the connection was lost. A closure that finished is never run again.
    private func transaction<Value>(
        _ purpose: PostgreSQLPool.Purpose, _ begin: String, _ body: (any SQLConnection) throws -> Value
    ) throws -> Value {
        var conflicts = 0
        var wasLost = false
        while true {
            let connection = try pool.take(purpose)
            defer { pool.giveBack(connection, purpose) }
            let value: Value
            do {
                try connection.begin(begin)
                value = try body(connection)
            } catch {
                connection.rollBack()
                switch connection.kind(of: error) {
                case .lost where !wasLost:
                    wasLost = true
                    pool.closeIdle()
                case .conflict where conflicts < PostgreSQLEngine.repeats: conflicts += 1
                case .silent:
                    pool.closeIdle()
                    pool.rest(after: error)
                    throw error
                default: throw error
                }
                continue
            }
            do {
                try connection.commit()
            } catch {
                if case .silent = connection.kind(of: error) { pool.rest(after: error) }
                // What was read is read, however its transaction ends.
                guard purpose == .writing else { return value }
                throw error
            }
            pool.isReached()
            return value
        }
    }

    /// The setting of `synchronous_commit` of the connection that writes: `on`.
    package func synchronousCommit() throws -> String? {
        let connection = try pool.take(.writing)
        defer { pool.giveBack(connection, .writing) }
        return try connection.synchronousCommit()
    }
}
