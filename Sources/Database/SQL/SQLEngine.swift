/// One transaction on one connection.
///
/// Statements are written once for both engines: parameters are `$1`, `$2` …, each used once and in this order. After a
/// statement has failed, the transaction can only be left; or the savepoint, and what is outside goes on.
package protocol SQLConnection {
    /// Runs a statement and gives the number of rows it changed.
    ///
    /// - Throws: ``StorageError``.
    @discardableResult func run(_ sql: String, _ values: [SQLValue]) throws -> Int

    /// Hands over the rows of a query, one after another. A row is good only until the next one.
    ///
    /// - Throws: ``StorageError``, and what the closure throws.
    func forEachRow(_ sql: String, _ values: [SQLValue], _ body: (any SQLRow) throws -> Void) throws

    /// Runs one statement for each row of values, as fast as the engine can. Where one fails, nothing is known of the others
    /// until the transaction or the savepoint is left.
    ///
    /// - Throws: ``StorageError``.
    func runMany(_ sql: String, _ rows: [[SQLValue]]) throws

    /// Runs several statements without parameters, separated by semicolons.
    func runScript(_ sql: String) throws
}

extension SQLConnection {
    /// Runs a statement without parameters.
    @discardableResult package func run(_ sql: String) throws -> Int { try run(sql, []) }

    package func runMany(_ sql: String, _ rows: [[SQLValue]]) throws {
        for values in rows { try run(sql, values) }
    }

    /// The first row of a query, read by a closure; nil where there is none.
    package func first<Value>(
        _ sql: String, _ values: [SQLValue] = [], _ read: (any SQLRow) throws -> Value
    ) throws -> Value? {
        var found: Value?
        try forEachRow(sql, values) { row in
            if found == nil { found = try read(row) }
        }
        return found
    }

    /// All rows of a query, each read by a closure.
    package func all<Value>(
        _ sql: String, _ values: [SQLValue] = [], _ read: (any SQLRow) throws -> Value
    ) throws -> [Value] {
        var found: [Value] = []
        try forEachRow(sql, values) { found.append(try read($0)) }
        return found
    }

    /// Runs a closure so that what it wrote is undone alone where it throws.
    package func savepoint<Value>(_ body: () throws -> Value) throws -> Value {
        // Not prepared: a server that forgot what was prepared must still be told to undo it.
        try runScript("SAVEPOINT item")
        do {
            let value = try body()
            try runScript("RELEASE SAVEPOINT item")
            return value
        } catch {
            // Where the whole transaction is undone already there is no savepoint: what counts is why.
            _ = try? runScript("ROLLBACK TO SAVEPOINT item; RELEASE SAVEPOINT item")
            throw error
        }
    }
}

/// A database of either kind.
package protocol SQLEngine: Sendable {
    /// How it writes what the two write differently.
    var dialect: SQLDialect { get }

    /// Runs a transaction that may write. Only one runs at a time, over all processes on the database. It is durable once
    /// this returns, and undone where the closure throws.
    ///
    /// The closure may be run again, from the start, where it did not finish because the database made it stop; what it
    /// changes outside the database it therefore changes last.
    ///
    /// - Throws: ``StorageError``, and what the closure throws.
    @discardableResult func write<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value

    /// Runs a transaction that sees one state of the database and writes nothing. It too may be run again.
    ///
    /// - Throws: ``StorageError``, and what the closure throws.
    func read<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value

    /// How many connections it has.
    var connections: ConnectionFigures { get }

    /// What the engine itself finds wrong with its files; nothing where they are good, or where it looks after them itself.
    func damage() throws -> [String]
}
