import CPostgres
import Glibc

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
    /// How many seconds the server may say nothing while an answer is waited for.
    private let silence: Int
    /// Whether it said nothing for so long: the session is of no more use.
    private var isSilent = false

    /// Opens a session outside any transaction.
    ///
    /// - Throws: ``StorageError``.
    package convenience init(url: String) throws {
        let patience = PostgreSQLEngine.patience
        try self.init(PostgreSQLAddress(url), patience: patience, silence: 2 * patience)
    }

    /// - Parameters:
    ///   - patience: how long a statement waits for another transaction's lock, in seconds.
    ///   - silence: how long the server may say nothing, in seconds: longer than that.
    init(_ address: PostgreSQLAddress, patience: Int, silence: Int) throws {
        link = try address.connect()
        self.silence = silence
        // What is sent waits for the server as what is read does: with an end.
        PQsetnonblocking(link, 1)
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
    var isIdle: Bool {
        !isSilent && PQstatus(link) == CONNECTION_OK && PQtransactionStatus(link) == PQTRANS_IDLE
    }

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
    func rollBack() {
        guard !isSilent else { return }
        _ = try? result(of: PQsendQuery(link, "ROLLBACK"))
    }

    /// Commits. Where the connection is lost once the commit is on its way, nobody here knows whether it was done.
    func commit() throws {
        guard !isSilent, PQstatus(link) == CONNECTION_OK else {
            throw lastFailure?.error ?? .connectionLost("before the commit")
        }
        guard PQtransactionStatus(link) == PQTRANS_INTRANS else {
            rollBack()
            throw StorageError.internalFault(
                "the transaction went on after a statement had failed, and was undone"
                    + (lastFailure.map { " (\($0.error))" } ?? ""))
        }
        do {
            let command = try checked(try result(of: PQsendQuery(link, "COMMIT"))).command
            guard command == "COMMIT" else { throw StorageError.internalFault("the commit ended as \(command)") }
        } catch StorageError.connectionLost(let words) {
            let error = StorageError.commitUnknown(words)
            lastFailure = PostgreSQLFailure(isSilent ? .silent : .other, error)
            throw error
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
        try checked(try result(of: PQsendPrepare(link, name, sql, Int32(types.count), types)))
        names[wanted] = name
        return name
    }

    private func execute(_ sql: String, _ values: [SQLValue]) throws -> PostgreSQLResult {
        let parameters = try PostgreSQLParameters(values)
        let name = try prepare(sql, parameters.types)
        return try checked(
            try result(of: parameters.with { PQsendQueryPrepared(link, name, $0, $1, $2, $3, 1) }))
    }

    /// The last result of what was sent, once all of them are here.
    private func result(of sent: Int32) throws -> PostgreSQLResult? {
        guard sent == 1 else { return nil }
        var last: PostgreSQLResult?
        while let next = try nextResult() { last = next }
        return last
    }

    /// The next result; nil where there is none left.
    ///
    /// - Throws: where the server says nothing for too long.
    private func nextResult() throws -> PostgreSQLResult? {
        while true {
            // 1 where not all could be sent yet; what a lost connection means, the result says.
            let isSending = PQflush(link) == 1
            guard isSending || PQisBusy(link) == 1 else { break }
            try awaitServer(isSending ? POLLIN | POLLOUT : POLLIN)
            guard PQconsumeInput(link) == 1 else { break }
        }
        return PostgreSQLResult(PQgetResult(link))
    }

    /// Waits until the server takes or says something.
    private func awaitServer(_ events: Int32) throws {
        let end = ContinuousClock.now + .seconds(silence)
        var waiting = pollfd(fd: PQsocket(link), events: Int16(events), revents: 0)
        while true {
            let left = Int32(max(0, (end - ContinuousClock.now) / .milliseconds(1)))
            if poll(&waiting, 1, left) > 0 { return }
            guard ContinuousClock.now >= end else { continue }
            isSilent = true
            let failure = PostgreSQLFailure(
                .silent, .connectionLost("the database server has said nothing for \(silence) s"))
            lastFailure = failure
            throw failure.error
        }
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
        let result = try execute(sql, values)
        for row in try result.rows() { try result.mismatch.checking { try body(row) } }
    }

    package func runScript(_ sql: String) throws { try checked(try result(of: PQsendQuery(link, sql))) }

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
            while let result = try nextResult() {
                if !result.isSuccess, failed == nil { failed = result }
            }
            guard PQstatus(link) == CONNECTION_OK else { throw fail(failed) }
        }
        guard let end = try nextResult(), end.status == PGRES_PIPELINE_SYNC,
            PQexitPipelineMode(link) == 1
        else { throw fail(failed) }
        if let failed { throw fail(failed) }
    }
}
