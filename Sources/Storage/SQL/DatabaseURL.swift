/// Opens a database by its address.
package enum Database {
    /// `sqlite:path` or `postgres://…`.
    package static func open(url: String, mayCreate: Bool) throws -> any SQLEngine {
        guard url.hasPrefix("sqlite:") else {
            throw StorageError.cannotOpen("\"\(url)\" is no database", fix: "write sqlite:PATH")
        }
        return try SQLiteEngine(path: String(url.dropFirst(7)), mayCreate: mayCreate)
    }
    package static func printable(_ url: String) -> String { url }
}
