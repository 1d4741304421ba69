/// What the two engines write differently.
package struct SQLDialect: Sendable {
    /// The type of whole numbers of 64 bits.
    private let integer: String
    /// The type of texts, in the order of their bytes.
    private let text: String
    /// The type of bytes.
    private let bytes: String
    /// What follows the columns of a table.
    private let tableEnd: String
    /// A query for whether a table, the one parameter, exists: 0 or more.
    let tableExists: String
    /// What keeps facts and the audit trail from being changed or deleted by mistake, also by somebody with a shell.
    let guards: String

    /// SQLite, with tables that hold each column to its type.
    static let sqlite = SQLDialect(
        integer: "INTEGER", text: "TEXT", bytes: "BLOB", tableEnd: " STRICT",
        tableExists: "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
        guards: """
            CREATE TRIGGER fact_stays BEFORE UPDATE OF
                seq, recorded_at, actor, kind, body, words_hash, hash, client, shelf, first_period, last_period, subject, parent
                ON fact BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END;
            CREATE TRIGGER fact_remains BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END;
            CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
                BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
            CREATE TRIGGER audit_remains BEFORE DELETE ON audit
                BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;
            """)

    /// PostgreSQL.
    static let postgreSQL = SQLDialect(
        integer: "BIGINT", text: "TEXT COLLATE \"C\"", bytes: "BYTEA", tableEnd: "",
        tableExists: "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1",
        guards: """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME; END $$;
            CREATE TRIGGER fact_stays BEFORE UPDATE OF
                seq, recorded_at, actor, kind, body, words_hash, hash, client, shelf, first_period, last_period, subject, parent
                ON fact EXECUTE FUNCTION refuse();
            CREATE TRIGGER fact_remains BEFORE DELETE OR TRUNCATE ON fact EXECUTE FUNCTION refuse();
            CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION refuse();
            """)

    /// A schema with its types written in this dialect: `{integer}`, `{text}`, `{bytes}`, `{table_end}`.
    package func write(_ schema: String) -> String {
        schema.replacing("{integer}", with: integer).replacing("{text}", with: text)
            .replacing("{bytes}", with: bytes)
            .replacing("{table_end}", with: tableEnd)
    }
}
