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
    /// The table of words to search by.
    private let searchTable: String
    /// The column that says which fact a row of it is about.
    let searchPlace: String
    /// The condition that finds rows of the search table by a query of ``SearchWords``, and what sorts the best first.
    let searchMatch: String
    let searchOrder: String
    /// How a query of words is written.
    let searchQuery: @Sendable ([String]) -> String
    /// What keeps facts and the audit trail from being changed or deleted by mistake, also by somebody with a shell.
    let guards: String

    /// SQLite, with tables that hold each column to its type.
    static let sqlite = SQLDialect(
        integer: "INTEGER", text: "TEXT", bytes: "BLOB", tableEnd: " STRICT",
        tableExists: "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
        searchTable: """
            CREATE VIRTUAL TABLE search USING fts5(
                words, kind UNINDEXED, id UNINDEXED, client UNINDEXED, request UNINDEXED, tokenize = 'unicode61'
            );
            """,
        searchPlace: "rowid",
        searchMatch: "search MATCH $1", searchOrder: "rank, rowid DESC",
        searchQuery: { words in
            words.enumerated().map { "\"\($1)\"" + ($0 == words.count - 1 ? "*" : "") }.joined(separator: " ")
        },
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
        searchTable: """
            CREATE TABLE search (
                place BIGINT NOT NULL PRIMARY KEY, kind TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL, client TEXT COLLATE "C" NOT NULL,
                request TEXT COLLATE "C", words TEXT NOT NULL,
                vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED
            );
            CREATE INDEX search_by_words ON search USING gin (vector);
            """,
        searchPlace: "place",
        searchMatch: "vector @@ to_tsquery('simple', $1)",
        searchOrder: "ts_rank(vector, to_tsquery('simple', $2)) DESC, place DESC",
        searchQuery: { words in
            words.enumerated().map { "'\($1)'" + ($0 == words.count - 1 ? ":*" : "") }.joined(separator: " & ")
        },
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
            .replacing("{table_end}", with: tableEnd).replacing("{search_table}", with: searchTable)
    }
}
