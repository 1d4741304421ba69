package import Agreements
package import Database
import Exchange
package import Rating
import Values

/// Finds what people wrote by words.
package struct Search {
    /// What was found.
    package enum Kind: String, CaseIterable, Sendable {
        case request, message, attachment, time, client, contact, project

        /// As people read it.
        package var name: String { self == .time ? "time entry" : rawValue }
    }

    /// One thing found.
    package struct Hit: Hashable, Sendable {
        /// What it is.
        package var kind: Kind
        /// Its id.
        package var id: String
        /// The client it belongs to.
        package var client: ClientID
        /// The request it belongs to.
        package var request: RequestID?
        /// What it is called.
        package var title: String
        /// Where the words stand.
        package var snippet: [Part]
    }

    /// A part of a snippet.
    package struct Part: Hashable, Sendable {
        /// The text.
        package var text: String
        /// Whether it is one of the words.
        package var isMatch: Bool
    }

    private let connection: any SQLConnection
    private let dialect: SQLDialect

    package init(_ connection: any SQLConnection, _ dialect: SQLDialect) {
        self.connection = connection
        self.dialect = dialect
    }

    /// What has all the words, the last of which may be unfinished: what is called just so first, then the best.
    package func find(_ text: String, limit: Int) throws -> [Hit] {
        let words = SearchWords.query(text)
        guard !words.isEmpty else { return [] }
        let query = dialect.searchQuery(words)
        var places: [(place: Int, kind: String, id: String, client: String, request: String?)] = []
        func add(_ row: any SQLRow) {
            let place = row.integer(0)
            guard !places.contains(where: { $0.place == place }) else { return }
            places.append((place, row.text(1), row.text(2), row.text(3), row.optionalText(4)))
        }
        let columns = "\(dialect.searchPlace), kind, id, client, request"
        let kinds = Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let named = text.split(whereSeparator: \.isWhitespace)
        // No id has a NUL in it, and PostgreSQL takes no text that has.
        if named.count == 1, let id = named.first, !id.utf8.contains(0) {
            try connection.forEachRow(
                "SELECT seq, kind, subject, client, parent FROM fact WHERE subject = $1 AND kind IN (\(kinds)) ORDER BY seq",
                [.text(String(id))], add)
        }
        var values: [SQLValue] = [.text(query)]
        if dialect.searchOrder.contains("$2") { values.append(.text(query)) }
        try connection.forEachRow(
            "SELECT \(columns) FROM search WHERE \(dialect.searchMatch) ORDER BY \(dialect.searchOrder) LIMIT \(limit)",
            values, add)
        return try places.prefix(limit).compactMap { place in
            try hit(place.place, place.kind, place.id, place.client, place.request, words)
        }
    }

    private func hit(
        _ place: Int, _ kind: String, _ id: String, _ client: String, _ request: String?, _ words: [String]
    )
        throws -> Hit?
    {
        guard let kind = Kind(rawValue: kind) else { return nil }
        let stored = try connection.first("SELECT body, words FROM fact WHERE seq = $1", [.integer(place)]) {
            try $0.texts(0, 1)
        }
        guard var texts = stored else { return nil }
        if kind == .time {
            // What it says now.
            let last = try connection.first(
                """
                SELECT body, words FROM fact WHERE subject = $1 AND kind = 'time-correction' ORDER BY seq + 0 DESC LIMIT 1
                """, [.text(id)]
            ) { try $0.texts(0, 1) }
            if let last { texts = last }
        }
        // Requests move; where one is now, it takes with it what belongs to it.
        let request = texts["request"] ?? request
        let owner = try request.flatMap { id in
            try connection.first("SELECT client FROM request_state WHERE id = $1", [.text(id)]) { $0.text(0) }
        }
        let client = owner ?? client
        let title: String
        let found: String
        switch kind {
        case .request: (title, found) = (texts["title"] ?? id, texts["title"] ?? "")
        case .client, .project: (title, found) = (texts["name"] ?? id, id)
        case .contact:
            (title, found) = (
                texts["name"] ?? FactPieces.erased,
                [texts["email"], texts["phone"]].compactMap(\.self).joined(separator: ", ")
            )
        case .message: (title, found) = ("Message on \(request ?? "")", texts["text"] ?? "")
        case .attachment: (title, found) = (texts["name"] ?? id, texts["name"] ?? "")
        case .time: (title, found) = ("Time \(id)", texts["note"] ?? "")
        }
        return Hit(
            kind: kind, id: id, client: ClientID(client), request: request.map { RequestID($0) }, title: title,
            snippet: Search.snippet(found, words))
    }

    /// The text around the first of the words, with all of them marked.
    static func snippet(_ text: String, _ words: [String]) -> [Part] {
        let length = 200
        var parts: [Part] = []
        var first: Int?
        var position = 0
        var rest = text.prefix(20_000)[...]
        while !rest.isEmpty {
            let isWord = rest.first.map { $0.isLetter || $0.isNumber } ?? false
            let piece = rest.prefix { ($0.isLetter || $0.isNumber) == isWord }
            rest = rest[piece.endIndex...]
            var isMatch = false
            if isWord, let folded = SearchWords.words(of: piece).first {
                isMatch = words.contains(folded) || (words.last.map { folded.hasPrefix($0) } ?? false)
            }
            if isMatch, first == nil { first = position }
            if parts.last?.isMatch == isMatch {
                parts[parts.count - 1].text += piece
            } else {
                parts.append(Part(text: String(piece), isMatch: isMatch))
            }
            position += piece.count
        }
        return cut(parts, from: max(0, (first ?? 0) - length / 3), length)
    }

    private static func cut(_ parts: [Part], from start: Int, _ length: Int) -> [Part] {
        var cut: [Part] = start > 0 ? [Part(text: "… ", isMatch: false)] : []
        var position = 0
        for part in parts {
            defer { position += part.text.count }
            let (from, to) = (max(start, position), min(start + length, position + part.text.count))
            guard from < to else { continue }
            cut.append(
                Part(text: String(part.text.dropFirst(from - position).prefix(to - from)), isMatch: part.isMatch))
        }
        if position > start + length { cut.append(Part(text: " …", isMatch: false)) }
        return cut
    }
}
