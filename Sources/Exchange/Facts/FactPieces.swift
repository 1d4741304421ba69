import Agreements
package import Formats
package import Rating
package import Values

/// A fact in the pieces in which a database keeps it: what it says, and beside it what people wrote (names, notes), so
/// that this can be erased and the fact stay as it was.
package struct FactPieces: Sendable {
    /// What kind of fact it is: `time`, `contract`.
    package var kind: String
    /// When it was recorded.
    package var recordedAt: Instant
    /// A JSON object of everything that people did not write as text.
    package var body: String
    /// A JSON object of what they did; nil where there is none.
    package var words: String?
    /// The fields of the body that are texts; of a closing also the first period it issued something for.
    package var fields: [String: String]

    /// The fields that people write, which may tell who somebody is.
    static let words: Set<String> = [
        "name", "title", "person", "note", "reason", "by", "email", "phone", "text", "rest",
    ]

    /// What stands for an erased text.
    package static let erased = "(erased)"

    /// A fact of any kind, of texts alone.
    package init(kind: String, recordedAt: Instant, texts: [(String, String)]) {
        self.init(kind, recordedAt, texts.map { ($0, .string($1)) })
    }

    /// A fact from the pieces that a database has of it.
    ///
    /// - Throws: where the body is no JSON object.
    package init(stored kind: String, recordedAt: Instant, body: String, words: String?) throws(JSONFault) {
        self.kind = kind
        self.recordedAt = recordedAt
        self.body = body
        self.words = words
        fields = try FactPieces.texts(body: body, words: nil)
        if kind == "closing" { fields["first_period"] = try FactPieces.firstPeriod(body) }
    }

    fileprivate init(_ kind: String, _ recordedAt: Instant, _ all: [(String, JSONText)]) {
        self.kind = kind
        self.recordedAt = recordedAt
        body = JSONText.object(all.filter { !FactPieces.words.contains($0.0) }).line
        let written = all.filter { FactPieces.words.contains($0.0) }
        words = written.isEmpty ? nil : JSONText.object(written).line
        fields = [:]
        for (key, value) in all {
            if case .string(let text) = value, !FactPieces.words.contains(key) { fields[key] = text }
            if key == "positions", case .list(let positions) = value {
                fields["first_period"] = positions.compactMap(FactPieces.period).min()
            }
        }
    }

    /// The first period that a closing issued something for.
    private static func firstPeriod(_ body: String) throws(JSONFault) -> String? {
        for case .list(let positions) in try members(body).filter({ $0.key == "positions" }).map(\.value.content) {
            return positions.compactMap { position -> String? in
                guard case .object(let members) = position.content,
                    case .text(let period)? = members.first(where: { $0.key == "period" })?.value.content
                else { return nil }
                return period
            }.min()
        }
        return nil
    }

    /// The period of a position of a closing.
    private static func period(_ position: JSONText) -> String? {
        guard case .object(let fields) = position,
            case .string(let period)? = fields.first(where: { $0.0 == "period" })?.1
        else { return nil }
        return period
    }

    /// Facts in pieces, in the order in which they were recorded, and things before what refers to them.
    package static func pieces(of facts: Facts) -> [FactPieces] {
        var all: [(number: Int, place: Int, pieces: FactPieces)] = []
        FactWriter.forEachFact(of: facts) { kind, recorded, fields in
            all.append(
                (
                    recorded.number, FactWriter.place(ofKind: kind),
                    FactPieces(kind, recorded.at, fields.compactMap { field in field.1.map { (field.0, $0) } })
                ))
        }
        // A stable sort: what was given first stays first.
        all.sort { $0.place < $1.place }
        // Work may be written down before the request it was done for: it then follows the request.
        var known: [String: Instant] = [:]
        var order: [(number: Int, at: Instant, place: Int, pieces: FactPieces)] = []
        order.reserveCapacity(all.count)
        for (number, place, pieces) in all {
            let at = FactPieces.references.reduce(pieces.recordedAt) { at, kind in
                max(at, pieces.fields[kind].flatMap { known["\(kind) \($0)"] } ?? at)
            }
            let kind = pieces.kind == "time" ? "entry" : pieces.kind
            if let id = pieces.fields["id"] { known["\(kind) \(id)"] = at }
            order.append((number, at, place, pieces))
        }
        // Facts that had numbers keep the order of these.
        order.sort { ($0.number, $0.at, $0.place) < ($1.number, $1.at, $1.place) }
        return order.map(\.pieces)
    }

    /// The fields that name other facts.
    private static let references = ["client", "project", "contract", "block", "request", "entry"]

    /// A JSON object of texts.
    package static func object(_ texts: [(String, String)]) -> String {
        JSONText.object(texts.map { ($0, .string($1)) }).line
    }

    /// The texts of a body and of the words beside it, erased ones as ``erased``.
    ///
    /// - Throws: where one of them is no JSON object.
    package static func texts(body: String, words: String?) throws(JSONFault) -> [String: String] {
        var texts: [String: String] = [:]
        for json in [body, words ?? "{}"] {
            for member in try members(json) {
                if case .text(let text) = member.value.content { texts[member.key] = text }
            }
        }
        return texts
    }

    fileprivate static func members(_ json: String) throws(JSONFault) -> [JSONMember] {
        var scanner = JSONScanner(Array(json.utf8)[...], line: 1)
        guard case .object(let members) = try scanner.value().content else {
            throw JSONFault(line: 1, message: "it is no JSON object", fix: "restore the last backup")
        }
        try scanner.end()
        return members
    }
}

/// Puts facts together from their pieces.
package struct FactAssembly {
    private var reader: FactReader
    private let log: ProblemLog

    /// - Parameter currency: that of the terms, which all amounts are in.
    /// - Parameter source: where the pieces come from, for problems.
    package init(currency: Currency, source: String) {
        reader = FactReader(currency: currency)
        log = ProblemLog(file: source)
    }

    /// Adds a fact. Words that were erased read as ``FactPieces/erased``.
    ///
    /// - Parameter seq: its number.
    package mutating func add(kind: String, recordedAt: Instant, body: String, words: String?, seq: Int) {
        do {
            var members = try FactPieces.members(body)
            if let words {
                members += try FactPieces.members(words)
            } else {
                members += FactAssembly.wordsOfKind[kind, default: []].map {
                    JSONMember(key: $0, value: JSONValue(content: .text(FactPieces.erased), line: seq))
                }
            }
            members.append(JSONMember(key: "fact", value: JSONValue(content: .text(kind), line: seq)))
            members.append(
                JSONMember(key: "recorded_at", value: JSONValue(content: .text("\(recordedAt)"), line: seq)))
            reader.read(JSONValue(content: .object(members), line: seq), log, place: nil, number: seq)
        } catch {
            log.add("fact \(seq)", error.message, fix: "restore the last backup", line: seq)
        }
    }

    /// The facts added.
    ///
    /// - Throws: what could not be read, each with the fact's number as its line.
    package func facts() throws(Problems) -> Facts {
        try log.throwIfAny()
        return reader.facts
    }

    /// The words that a kind of fact cannot be read without.
    private static let wordsOfKind: [String: [String]] = [
        "client": ["name"], "project": ["name"], "block-change": ["reason"], "request": ["title"],
        "request-move": ["title", "reason"], "request-approval": ["by"], "time": ["person"],
        "time-correction": ["person", "reason"], "time-void": ["reason"], "time-approval": ["by"],
        "courtesy": ["by", "reason"], "permit": ["by"], "reopening": ["by", "reason"],
    ]
}
