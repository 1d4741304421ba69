import Database

/// How the two engines search words.
extension SQLDialect {
    /// The table of words to search by.
    var searchTable: String {
        switch self {
        case .sqlite:
            """
            CREATE VIRTUAL TABLE search USING fts5(
                words, kind UNINDEXED, id UNINDEXED, client UNINDEXED, request UNINDEXED, tokenize = 'unicode61'
            );
            """
        case .postgreSQL:
            """
            CREATE TABLE search (
                place BIGINT NOT NULL PRIMARY KEY, kind TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL, client TEXT COLLATE "C" NOT NULL,
                request TEXT COLLATE "C", words TEXT NOT NULL,
                vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED
            );
            CREATE INDEX search_by_words ON search USING gin (vector);
            """
        }
    }

    /// The column that says which fact a row of it is about.
    var searchPlace: String {
        switch self {
        case .sqlite: "rowid"
        case .postgreSQL: "place"
        }
    }

    /// The condition that finds rows of the search table by a query of ``SearchWords``.
    var searchMatch: String {
        switch self {
        case .sqlite: "search MATCH $1"
        case .postgreSQL: "vector @@ to_tsquery('simple', $1)"
        }
    }

    /// What sorts the best first.
    var searchOrder: String {
        switch self {
        case .sqlite: "rank, rowid DESC"
        case .postgreSQL: "ts_rank(vector, to_tsquery('simple', $2)) DESC, place DESC"
        }
    }

    /// A query of words: each as it is, the last as the beginning of one.
    func searchQuery(_ words: [String]) -> String {
        switch self {
        case .sqlite:
            words.enumerated().map { "\"\($1)\"" + ($0 == words.count - 1 ? "*" : "") }.joined(separator: " ")
        case .postgreSQL:
            words.enumerated().map { "'\($1)'" + ($0 == words.count - 1 ? ":*" : "") }.joined(separator: " & ")
        }
    }
}
