import Database
import Exchange

/// The words of what people wrote, by which it is found. A row's place is the number of the fact that it is about.
struct SearchIndex {
    private let connection: any SQLConnection
    private let dialect: SQLDialect

    init(_ connection: any SQLConnection, _ dialect: SQLDialect) {
        self.connection = connection
        self.dialect = dialect
    }

    /// What of each kind of fact is searched.
    private static let texts: [String: [String]] = [
        "client": ["id", "name"], "contact": ["name", "email", "phone"], "project": ["id", "name"],
        "request": ["id", "title"],
        "message": ["text"], "attachment": ["name"], "time": ["note"],
    ]

    func take(_ facts: [(seq: Int, fact: FactPieces)]) throws {
        var rows: [[SQLValue]] = []
        for (seq, fact) in facts {
            switch fact.kind {
            case "time-correction", "time-void":
                try flush(&rows)
                try change(fact)
            case "request-move":
                try flush(&rows)
                try move(fact)
            default:
                if let row = try row(fact, kind: fact.kind, id: fact.fields["id"] ?? "", place: seq) {
                    rows.append(row)
                }
            }
        }
        try flush(&rows)
    }

    private func row(_ fact: FactPieces, kind: String, id: String, place: Int) throws -> [SQLValue]? {
        guard let names = SearchIndex.texts[kind] else { return nil }
        // Most entries of a tracker have a note alone that is searched: no need to read the rest.
        if kind == "time", fact.words == nil { return nil }
        let texts = try fact.texts
        let words = names.flatMap { SearchWords.words(of: texts[$0] ?? "") }
        guard !words.isEmpty, fact.words != nil || kind == "client" else { return nil }
        let client = texts["client"] ?? (kind == "client" ? id : "")
        return [
            .integer(place), .text(words.joined(separator: " ")), .text(kind), .text(id), .text(client),
            .optional(texts["request"] ?? (kind == "request" ? id : nil)),
        ]
    }

    private func flush(_ rows: inout [[SQLValue]]) throws {
        guard !rows.isEmpty else { return }
        try connection.runMany(
            "INSERT INTO search (\(dialect.searchPlace), words, kind, id, client, request) VALUES ($1, $2, $3, $4, $5, $6)",
            rows)
        rows.removeAll(keepingCapacity: true)
    }

    /// What an entry says now, or nothing where it was withdrawn.
    private func change(_ fact: FactPieces) throws {
        let id = fact.fields["entry"] ?? ""
        guard let place = try place(of: "time", id) else { return }
        try remove(place)
        guard fact.kind == "time-correction" else { return }
        var rows = [try row(fact, kind: "time", id: id, place: place)].compactMap(\.self)
        try flush(&rows)
    }

    private func move(_ fact: FactPieces) throws {
        guard let place = try place(of: "request", fact.fields["request"] ?? "") else { return }
        try connection.run(
            "UPDATE search SET client = $1 WHERE \(dialect.searchPlace) = $2",
            [.text(fact.fields["client"] ?? ""), .integer(place)])
    }

    func forget(subject: String) throws {
        for kind in ["contact"] {
            if let place = try place(of: kind, subject) { try remove(place) }
        }
    }

    func clear() throws { try connection.run("DELETE FROM search") }

    private func remove(_ place: Int) throws {
        try connection.run("DELETE FROM search WHERE \(dialect.searchPlace) = $1", [.integer(place)])
    }

    private func place(of kind: String, _ id: String) throws -> Int? {
        try connection.first(
            "SELECT MIN(seq) FROM fact WHERE subject = $1 AND kind = $2", [.text(id), .text(kind)]
        ) { $0.optionalInteger(0) } ?? nil
    }
}
