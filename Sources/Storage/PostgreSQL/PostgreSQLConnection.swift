import CPostgres

/// One session with a PostgreSQL server, used by one thread at a time. Calls block.
package final class PostgreSQLConnection: @unchecked Sendable {
    /// What a statement was prepared from. A null has no type of its own, so the same text may be prepared more than once.
    private struct Prepared: Hashable {
        let sql: String
        let types: [Oid]
    }

    private let link: OpaquePointer
    private var names: [Prepared: String] = [:]
    private var made = 0
    /// The last failure since the transaction began.
    private var lastFailure: PostgreSQLFailure?

    /// Opens a session outside any transaction.
    ///
    /// - Throws: ``StorageError``.
    package convenience init(url: String) throws {
        try self.init(PostgreSQLAddress(url), patience: PostgreSQLEngine.patience)
    }

    /// - Parameter patience: how long a statement waits for another transaction's lock, in seconds.
    init(_ address: PostgreSQLAddress, patience: Int) throws {
        link = try address.connect()
        guard PQparameterStatus(link, "server_encoding").map({ String(cString: $0) }) == "UTF8" else {
            throw StorageError.cannotOpen(
                "\(address) does not keep its text in UTF-8", fix: "make it with createdb -E UTF8")
        }
        // The server's, the user's or the database's settings might have it that a commit does not wait for the disk. And a
        // plan that was made while a table was small must not stay when it has grown.
        try runScript(
            "SET synchronous_commit = on; SET lock_timeout = '\(patience)s'; SET plan_cache_mode = force_custom_plan")
        guard try synchronousCommit() == "on" else {
            throw StorageError.cannotOpen(
                "\(address) does not let a commit wait for the disk", fix: "permit SET synchronous_commit")
        }
    }

    deinit { PQfinish(link) }

    /// The setting of `synchronous_commit`.
    func synchronousCommit() throws -> String? { try first("SHOW synchronous_commit") { $0.text(0) } }

    /// Whether another transaction can begin.
    var isIdle: Bool { PQstatus(link) == CONNECTION_OK && PQtransactionStatus(link) == PQTRANS_IDLE }

    /// Begins a transaction with these statements.
    func begin(_ statements: String) throws {
        lastFailure = nil
        if names.count > 500 {
            try runScript("DEALLOCATE ALL")
            names = [:]
        }
        try runScript(statements)
    }

    /// Undoes the transaction. A connection that cannot is not idle afterwards.
    func rollBack() { _ = PostgreSQLResult(PQexec(link, "ROLLBACK")) }

    /// Commits. Where the connection is lost once the commit is on its way, nobody here knows whether it was done.
    func commit() throws {
        guard PQstatus(link) == CONNECTION_OK else {
            throw lastFailure?.error ?? .connectionLost("before the commit; nothing was written")
        }
        guard PQtransactionStatus(link) == PQTRANS_INTRANS else {
            rollBack()
            throw StorageError.internalFault(
                "the transaction went on after a statement had failed, and was undone"
                    + (lastFailure.map { " (\($0.error))" } ?? ""))
        }
        do {
            let command = try checked(PostgreSQLResult(PQexec(link, "COMMIT"))).command
            guard command == "COMMIT" else { throw StorageError.internalFault("the commit ended as \(command)") }
        } catch StorageError.connectionLost(let words) {
            throw StorageError.connectionLost("\(words); it happened at the commit, so look whether it was done")
        }
    }

    /// What is behind an error that left a transaction, where it came from this connection.
    func kind(of error: any Error) -> PostgreSQLFailure.Kind {
        guard let lastFailure, lastFailure.error == error as? StorageError else { return .other }
        // The server may have dropped or changed what it prepared.
        if case .conflict = lastFailure.kind { names = [:] }
        return lastFailure.kind
    }

    /// The name of the prepared statement for a text and types of parameters.
    private func prepare(_ sql: String, _ types: [Oid]) throws -> String {
        let wanted = Prepared(sql: sql, types: types)
        if let name = names[wanted] { return name }
        made += 1
        let name = "mainstay_\(made)"
        try checked(PostgreSQLResult(PQprepare(link, name, sql, Int32(types.count), types)))
        names[wanted] = name
        return name
    }

    private func execute(_ sql: String, _ values: [SQLValue]) throws -> PostgreSQLResult {
        let parameters = try PostgreSQLParameters(values)
        let name = try prepare(sql, parameters.types)
        return try checked(
            parameters.with { PostgreSQLResult(PQexecPrepared(link, name, $0, $1, $2, $3, 1)) })
    }

    @discardableResult private func checked(_ result: PostgreSQLResult?) throws -> PostgreSQLResult {
        if let result, result.isSuccess { return result }
        throw fail(result)
    }

    private func fail(_ result: PostgreSQLResult?) -> StorageError {
        let failure = PostgreSQLFailure(result, link)
        lastFailure = failure
        return failure.error
    }
}

extension PostgreSQLConnection: SQLConnection {
    @discardableResult package func run(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try execute(sql, values).changed
    }

    /// Hands over the rows of a query once all are here, so that the closure may run other statements.
    package func forEachRow(_ sql: String, _ values: [SQLValue], _ body: (any SQLRow) throws -> Void) throws {
        for row in try execute(sql, values).rows() { try body(row) }
    }

    package func runScript(_ sql: String) throws { try checked(PostgreSQLResult(PQexec(link, sql))) }

    /// Sends hundreds of rows at a time before it asks for the first answer.
    package func runMany(_ sql: String, _ rows: [[SQLValue]]) throws {
        var rest = rows[...]
        while !rest.isEmpty {
            let sent = try rest.prefix(PostgreSQLConnection.chunk).map { values in
                let parameters = try PostgreSQLParameters(values)
                return (name: try prepare(sql, parameters.types), parameters: parameters)
            }
            try pipeline(sent)
            rest = rest.dropFirst(sent.count)
        }
    }

    private static let chunk = 500

    private func pipeline(_ statements: [(name: String, parameters: PostgreSQLParameters)]) throws {
        guard PQenterPipelineMode(link) == 1 else { throw fail(nil) }
        for (name, parameters) in statements {
            let isSent = parameters.with { PQsendQueryPrepared(link, name, $0, $1, $2, $3, 1) }
            guard isSent == 1 else { throw fail(nil) }
        }
        guard PQpipelineSync(link) == 1 else { throw fail(nil) }
        // Each statement is answered by a result and an end; after the first failure, by a result that says it was skipped.
        var failed: PostgreSQLResult?
        for _ in statements {
            while let result = PostgreSQLResult(PQgetResult(link)) {
                if !result.isSuccess, failed == nil { failed = result }
            }
            guard PQstatus(link) == CONNECTION_OK else { throw fail(failed) }
        }
        guard let end = PostgreSQLResult(PQgetResult(link)), end.status == PGRES_PIPELINE_SYNC,
            PQexitPipelineMode(link) == 1
        else { throw fail(failed) }
        if let failed { throw fail(failed) }
    }
}
