import CPostgres

/// Why a statement failed, as the server or libpq says it.
struct PostgreSQLFailure {
    /// What is to be done about it.
    enum Kind {
        /// The connection is gone.
        case lost
        /// The server has said nothing for too long: another connection would wait as long.
        case silent
        /// The transaction met another one, or a change of the schema: it may succeed when it is run again.
        case conflict
        /// Anything else; running it again would not help.
        case other
    }

    let kind: Kind
    /// What the caller is told.
    let error: StorageError

    init(_ kind: Kind, _ error: StorageError) {
        self.kind = kind
        self.error = error
    }

    /// Reads a result that is no success; nil stands for none at all.
    init(_ result: PostgreSQLResult?, _ link: OpaquePointer) {
        let state = result?.field("C") ?? ""
        // The primary message alone: the detail quotes rows. Without one, the words are libpq's about the connection.
        let words = result?.field("M") ?? PostgreSQLFailure.tidy(String(cString: PQerrorMessage(link)))
        // What has no SQLSTATE was not said by the server.
        if PQstatus(link) == CONNECTION_BAD || state.isEmpty || state.hasPrefix("08")
            || ["57P01", "57P02", "57P03"].contains(state)
        {
            kind = .lost
            error = .connectionLost(words)
        } else {
            // Other features that a server lacks it lacks at the second try too.
            let isStale = state == "26000" || state == "0A000" && result?.field("R") == "RevalidateCachedQuery"
            kind = isStale || PostgreSQLFailure.conflicts.contains(state) ? .conflict : .other
            error = isStale ? .changed(words) : PostgreSQLFailure.meaning(of: state, words)
        }
    }

    /// serialization_failure, deadlock_detected.
    private static let conflicts: Set<String> = ["40001", "40P01"]

    private static func meaning(of state: String, _ words: String) -> StorageError {
        switch state {
        case "53100": .disk("the disk of the database server is full")
        case "58030": .disk("the disk of the database server cannot be read or written (\(words))")
        case "25006": .disk("the database takes no writes (\(words))")
        case "55P03", "57014", "40001", "40P01": .busy
        case "42501":
            .cannotOpen("the database does not permit it: \(words)", fix: "let its owner run this, or grant it")
        // Messages of class 22 quote the value that does not fit.
        case let state where state.hasPrefix("22"): .internalFault("a value does not fit (SQLSTATE \(state))")
        default: .internalFault(words)
        }
    }

    private static func tidy(_ words: String) -> String {
        words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
