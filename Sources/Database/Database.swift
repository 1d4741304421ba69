/// Opens a database of either kind by its URL.
package enum Database {
    /// Opens `sqlite:path`, or `postgres://…` or `postgresql://…`.
    ///
    /// - Parameters:
    ///   - mayCreate: whether a SQLite file that is not there is made. A PostgreSQL database never is.
    ///   - isServing: whether people wait for it: then a PostgreSQL server that says nothing is given up sooner.
    ///   - told: called with a word where others could read a SQLite file.
    /// - Throws: ``StorageError``.
    package static func open(
        url: String, mayCreate: Bool, isServing: Bool = false, told: (String) -> Void = { _ in }
    ) throws -> any SQLEngine {
        guard let path = try file(of: url) else {
            return try PostgreSQLEngine(
                url: url, silence: isServing ? PostgreSQLEngine.silenceServing : PostgreSQLEngine.silence)
        }
        return try SQLiteEngine(path: path, mayCreate: mayCreate, told: told)
    }

    /// The path of a SQLite file; nil for a PostgreSQL database.
    ///
    /// - Throws: ``StorageError`` where the URL is of neither.
    package static func file(of url: String) throws -> String? {
        if isPostgreSQL(url) { return nil }
        guard url.hasPrefix("sqlite:") else {
            throw StorageError.cannotOpen(
                url.isEmpty ? "the address of the database is empty" : "\(printable(url)) is no address of a database",
                fix: forms)
        }
        let path = String(url.dropFirst("sqlite:".count))
        // `sqlite://name` would be a host; `:memory:` and `file:` mean something else to SQLite.
        let isHost = path.hasPrefix("//") && !path.hasPrefix("///")
        guard !path.isEmpty, !isHost, !path.hasPrefix(":memory:"), !path.hasPrefix("file:") else {
            throw StorageError.cannotOpen("\(url) names no file", fix: forms)
        }
        return path
    }

    private static let forms =
        "write sqlite:mainstay.sqlite, sqlite:/var/lib/mainstay.sqlite or postgres://user@host:5432/database"

    /// A URL as it may be shown: without a password, whatever it is.
    package static func printable(_ url: String) -> String {
        if isPostgreSQL(url) { return (try? PostgreSQLAddress(url).description) ?? "postgres://…" }
        if url.hasPrefix("sqlite:") { return url }
        // Of another kind: a name is shown, but nothing that might hold a password.
        guard url.contains("@") || url.contains("=") else { return url }
        return (url.firstRange(of: "://").map { url[..<$0.upperBound] } ?? "") + "…"
    }

    private static func isPostgreSQL(_ url: String) -> Bool {
        url.hasPrefix("postgres://") || url.hasPrefix("postgresql://")
    }
}
