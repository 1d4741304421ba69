import Foundation
import GRDB
import GRDBSQLite

/// A SQLite database: one file, in WAL mode, each commit on the disk before it is acknowledged (design section 4).
package final class SQLiteEngine: SQLEngine {
    private let pool: DatabasePool
    private let writing = TransactionCount()
    private let reading = TransactionCount()

    package let dialect = SQLDialect.sqlite

    /// Opens a file, or makes it.
    ///
    /// - Parameters:
    ///   - mayCreate: whether a file that is not there is made.
    ///   - told: called with a word where others than its owner could read it.
    /// - Throws: ``StorageError``.
    package init(path: String, mayCreate: Bool, told: (String) -> Void = { _ in }) throws {
        try SQLiteEngine.check(path, mayCreate: mayCreate)
        // What SQLite makes beside the file gets the file's mode.
        for file in [path, path + "-wal", path + "-shm"] { PrivateFile.close(file).map(told) }
        PrivateFile.word(onFolderOf: path).map(told)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = SQLiteEngine.readers
        configuration.busyMode = .timeout(SQLiteEngine.patience)
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB sets NORMAL when it opens a pool, after the configuration's own statements.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        } catch {
            throw StorageError(error, path)
        }
    }

    /// How many read at once: as many as threads of a server do, so that none waits for another.
    private static let readers = 12

    package var connections: ConnectionFigures {
        let (writers, readers) = (min(writing.value, 1), min(reading.value, SQLiteEngine.readers))
        return ConnectionFigures(
            inUse: writers + readers, idle: 1 + SQLiteEngine.readers - writers - readers,
            most: 1 + SQLiteEngine.readers, waiting: writing.value + reading.value - writers - readers)
    }

    /// How long a transaction waits for another process's, in seconds.
    private static let patience = 30.0

    private static func check(_ path: String, mayCreate: Bool) throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            if isFolder.boolValue { throw StorageError.cannotOpen("\(path) is a folder", fix: "give a file in it") }
            return
        }
        guard mayCreate else {
            throw StorageError.cannotOpen("there is no database \(path)", fix: "run `mainstay setup` to make one")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw StorageError.cannotOpen("the folder \(folder) cannot be written", fix: "choose another")
        }
    }

    @discardableResult package func write<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        do {
            return try writing.during {
                try pool.writeWithoutTransaction { database in
                    var value: Value?
                    try database.inTransaction(.immediate) {
                        value = try body(SQLiteConnection(database: database))
                        return .commit
                    }
                    guard let value else { throw StorageError.internalFault("a transaction had no result") }
                    return value
                }
            }
        } catch let error as DatabaseError {
            // Statements of the closure have their own words: this is the commit's. Its last write is on the way to the disk,
            // and a crash before the next one could find it there.
            if error.extendedResultCode == .SQLITE_IOERR_FSYNC { throw StorageError.commitUnknown("the disk failed") }
            throw StorageError(error, pool.path)
        }
    }

    package func read<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        do {
            return try reading.during { try pool.read { try body(SQLiteConnection(database: $0)) } }
        } catch let error as DatabaseError {
            throw StorageError(error, pool.path)
        }
    }

    package func damage() throws -> [String] {
        do {
            let found = try pool.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(20)") }
            return found == ["ok"] ? [] : found.map { "the file is damaged: \($0)" }
        } catch let error as DatabaseError {
            throw StorageError(error, pool.path)
        }
    }

    /// The setting of `PRAGMA synchronous` of the connection that writes: 2 is FULL.
    package func synchronous() throws -> Int {
        try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? -1 }
    }

    /// Copies the database, as it stands at one moment, into a new file.
    ///
    /// - Throws: ``StorageError``.
    package func copy(to path: String) throws {
        do {
            try pool.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        } catch let error as DatabaseError {
            throw StorageError(error, path)
        }
    }
}

/// GRDB's connection as the repositories see it.
private struct SQLiteConnection: SQLConnection {
    let database: GRDB.Database

    @discardableResult func run(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try translating {
            let statement = try statement(sql, values)
            // What is large or secret does not stay in a statement that is kept.
            defer { sqlite3_clear_bindings(statement.sqliteStatement) }
            try statement.execute()
            return database.changesCount
        }
    }

    func forEachRow(_ sql: String, _ values: [SQLValue], _ body: (any SQLRow) throws -> Void) throws {
        try translating {
            let rows = try Row.fetchCursor(statement(sql, values))
            let mismatch = RowMismatch()
            while let row = try rows.next() {
                try mismatch.checking { try body(SQLiteRow(row: row, mismatch: mismatch)) }
            }
        }
    }

    func runScript(_ sql: String) throws { try translating { try database.execute(sql: sql) } }

    /// A statement with its values. They are bound here: GRDB looks each of its arguments up by name, which took a tenth of a
    /// restore.
    private func statement(_ sql: String, _ values: [SQLValue]) throws -> Statement {
        var statement = try database.cachedStatement(sql: sql)
        // Rows of it are being read just now: this is another use of it.
        if sqlite3_stmt_busy(statement.sqliteStatement) != 0 { statement = try database.makeStatement(sql: sql) }
        // Takes the values of the last use away, and tells GRDB that there is nothing to check.
        statement.setUncheckedArguments(StatementArguments())
        guard Int(sqlite3_bind_parameter_count(statement.sqliteStatement)) == values.count else {
            throw StorageError.internalFault("a statement has another number of values than of places")
        }
        for (place, value) in values.enumerated() {
            let code = bind(value, statement.sqliteStatement, Int32(place + 1))
            guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        }
        return statement
    }

    private func bind(_ value: SQLValue, _ statement: SQLiteStatement, _ place: Int32) -> Int32 {
        // SQLite copies what it is given.
        let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return sqlite3_bind_null(statement, place)
        case .integer(let number): return sqlite3_bind_int64(statement, place, Int64(number))
        case .text(var text):
            return text.withUTF8 { utf8 in
                // No bytes at all would be no text.
                guard let start = utf8.baseAddress, !utf8.isEmpty else {
                    return sqlite3_bind_text(statement, place, "", 0, copies)
                }
                return start.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                    sqlite3_bind_text64(statement, place, $0, UInt64(utf8.count), copies, UInt8(SQLITE_UTF8))
                }
            }
        case .bytes(let bytes):
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, place, 0) }
            return sqlite3_bind_blob64(statement, place, bytes, UInt64(bytes.count), copies)
        }
    }

    private func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StorageError(error, "the database")
        }
    }
}

private struct SQLiteRow: SQLRow {
    let row: Row
    let mismatch: RowMismatch

    func isNull(_ column: Int) -> Bool { row.hasNull(atIndex: column) }

    func integer(_ column: Int) -> Int {
        if case .int64(let number) = storage(column) { return Int(number) }
        note(column, "a number")
        return 0
    }

    func text(_ column: Int) -> String {
        if case .string(let text) = storage(column) { return text }
        note(column, "a text")
        return ""
    }

    func bytes(_ column: Int) -> [UInt8] {
        if case .blob(let data) = storage(column) { return [UInt8](data) }
        note(column, "bytes")
        return []
    }

    private func storage(_ column: Int) -> DatabaseValue.Storage { (row[column] as DatabaseValue).storage }

    private func note(_ column: Int, _ kind: String) {
        mismatch.note(column, Array(row.columnNames)[column], readAs: kind)
    }
}

extension StorageError {
    /// What SQLite's result codes mean to a person.
    fileprivate init(_ error: any Error, _ path: String) {
        if let known = error as? StorageError {
            self = known
            return
        }
        guard let error = error as? DatabaseError else {
            self = .cannotOpen("\(path) cannot be opened: \(error)", fix: "check the path")
            return
        }
        let words = error.message ?? "code \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: self = .disk("the disk is full")
        case .SQLITE_IOERR: self = .disk("the disk cannot be read or written (\(words))")
        case .SQLITE_READONLY: self = .disk("\(path) cannot be written")
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
        case .SQLITE_NOTADB: self = .cannotOpen("\(path) is no SQLite database", fix: "give another file")
        case .SQLITE_CORRUPT:
            self = .cannotOpen("\(path) is damaged (\(words))", fix: "restore the last backup: `mainstay restore`")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self = .cannotOpen("\(path) cannot be opened", fix: "check that you may read and write it and its folder")
        default: self = .internalFault(words)
        }
    }
}
