/// What the two engines write differently.
package enum SQLDialect: Hashable, Sendable {
    /// SQLite, with tables that hold each column to its type.
    case sqlite
    /// PostgreSQL.
    case postgreSQL

    /// A query for whether a table, the one parameter, exists: 0 or more.
    package var tableExists: String {
        switch self {
        case .sqlite: "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
        case .postgreSQL:
            "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1"
        }
    }

    /// A schema with its types written in this dialect: whole numbers of 64 bits for `{integer}`, texts in the order of their
    /// bytes for `{text}`, `{bytes}`, and what follows the columns of a table for `{table_end}`.
    package func write(_ schema: String) -> String {
        let (integer, text, bytes, tableEnd) =
            switch self {
            case .sqlite: ("INTEGER", "TEXT", "BLOB", " STRICT")
            case .postgreSQL: ("BIGINT", "TEXT COLLATE \"C\"", "BYTEA", "")
            }
        return schema.replacing("{integer}", with: integer).replacing("{text}", with: text)
            .replacing("{bytes}", with: bytes).replacing("{table_end}", with: tableEnd)
    }
}
