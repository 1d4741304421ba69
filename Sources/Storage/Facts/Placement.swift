package import Agreements
import Database
import Exchange
import Values

/// Where a fact lies: whose it is, on which shelf, and which periods it may touch. Derived from the fact and from what was
/// recorded before it.
package struct Placement: Hashable, Sendable {
    /// The client's id; empty for what belongs to no client.
    package var client: String
    var shelf: Shelf
    /// The periods it may touch, by their numbers; 0 where that does not matter.
    var firstPeriod = 0
    var lastPeriod = 0
    /// The id of what it is about.
    package var subject: String
    /// The request that a fact about time belongs to.
    var parent: String?

    /// What the moves away from a client have as their parent.
    static func movedFrom(_ client: String) -> String { movedFrom + client }

    /// The client that a move with this parent was away from; nil where it is none.
    package static func client(movedFrom parent: String) -> ClientID? {
        parent.hasPrefix(movedFrom) ? ClientID(String(parent.dropFirst(movedFrom.count))) : nil
    }

    private static let movedFrom = "moved-from/"
}

/// A client whose figures may change from a period on; from the first where it is nil.
package struct Touch: Hashable, Sendable {
    package var client: String
    package var from: Int?
}

/// Finds the places of facts, one after another, as they are appended.
package struct Placer {
    private let connection: any SQLConnection
    /// What was placed or looked up before, by kind and id.
    private var known: Recent<Placement>
    /// More than are appended at once: what is not in the database yet is remembered.
    package static let most = 5000
    /// The number of the fact that is placed, where what follows it is in the database already; else nothing does.
    private var number = Int.max

    /// Whose figures the facts placed so far may change, from which period on.
    private(set) var touched: Set<Touch> = []

    /// - Parameter most: of how many things it remembers the places; others it looks up.
    init(_ connection: any SQLConnection, remembering most: Int = Placer.most) {
        self.connection = connection
        known = Recent(most: most)
    }

    /// The place of a fact.
    ///
    /// - Parameter number: its number where it is in the database, and facts after it are.
    /// - Throws: ``StorageError``, where it names something that was never recorded.
    mutating func place(_ fact: FactPieces, at number: Int = .max) throws -> Placement {
        self.number = number
        let placement = try find(fact)
        let isOfPeriod = [.time, .longTime, .closing].contains(placement.shelf)
        if ![.desk, .agency].contains(placement.shelf) {
            touched.insert(Touch(client: placement.client, from: isOfPeriod ? placement.firstPeriod : nil))
        }
        switch fact.kind {
        case "client", "project", "contract", "block", "request", "closing":
            known["\(fact.kind) \(placement.subject)"] = placement
        case "request-move": known["request \(placement.subject)"] = placement
        case "time", "time-correction": known["time \(placement.subject)"] = placement
        default: break
        }
        return placement
    }

    private mutating func find(_ fact: FactPieces) throws -> Placement {
        func field(_ key: String) -> String { fact.fields[key] ?? "" }
        switch fact.kind {
        case "client": return Placement(client: field("id"), shelf: .standing, subject: field("id"))
        case "client-zone": return Placement(client: field("client"), shelf: .standing, subject: field("client"))
        case "project", "contract", "block":
            return Placement(client: field("client"), shelf: .standing, subject: field("id"))
        case "project-done": return try about("project", field("project"), .standing)
        case "plan-change", "contract-end", "negotiated": return try about("contract", field("contract"), .standing)
        case "block-change": return try about("block", field("block"), .standing)
        case "request": return Placement(client: field("client"), shelf: .request, subject: field("id"))
        case "request-move":
            // Beside what stands, so that whoever reads the new client finds what moved in; and under the old one's name, so
            // that whoever reads that finds what moved out.
            let old = try lookUp("request", field("request")).client
            touched.insert(Touch(client: old, from: nil))
            return Placement(
                client: field("client"), shelf: .standing, subject: field("request"), parent: Placement.movedFrom(old))
        case "request-approval", "permit": return try about("request", field("request"), .request)
        case "time":
            let request = try lookUp("request", field("request"))
            return time(fact, client: request.client, entry: field("id"), request: field("request"))
        case "time-correction":
            let before = try lookUp("time", field("entry"))
            let request = try lookUp("request", field("request"))
            if let old = before.parent, old != field("request") {
                touched.insert(Touch(client: try lookUp("request", old).client, from: before.firstPeriod))
            }
            var place = time(fact, client: request.client, entry: field("entry"), request: field("request"))
            // Whoever reads a period that any version of the entry touches finds the correction.
            place.firstPeriod = min(place.firstPeriod, before.firstPeriod)
            place.lastPeriod = max(place.lastPeriod, before.lastPeriod)
            place.shelf = shelf(place)
            return place
        case "time-void", "time-approval", "courtesy":
            var place = try lookUp("time", field("entry"))
            // Their request may have moved since.
            if let request = place.parent { place.client = try lookUp("request", request).client }
            return place
        case "reopening": return try lookUp("closing", "\(field("client"))/\(field("period"))")
        case "closing":
            let period = (Period(field("period")) ?? Period(index: 0)).index
            let first = Period(field("first_period")).map { min($0.index, period) } ?? period
            return Placement(
                client: field("client"), shelf: .closing, firstPeriod: first, lastPeriod: period,
                subject: "\(field("client"))/\(field("period"))")
        case "terms": return Placement(client: "", shelf: .agency, subject: field("effective"))
        case "user", "user-role", "user-email", "user-end", "person-erase":
            return Placement(client: "", shelf: .agency, subject: field("id"))
        case "contact", "contact-role", "contact-email", "contact-mail", "contact-end":
            return Placement(client: field("client"), shelf: .desk, subject: field("id"))
        case "request-triage":
            let request = try lookUp("request", field("request"))
            return Placement(
                client: request.client, shelf: .desk, subject: field("request"), parent: field("request"))
        case "message", "attachment":
            let request = try lookUp("request", field("request"))
            return Placement(
                client: request.client, shelf: .desk, subject: field("id"), parent: field("request"))
        case "timer-start", "timer-stop":
            let request = try lookUp("request", field("request"))
            return Placement(
                client: request.client, shelf: .desk, subject: "timer/\(field("user"))", parent: field("request"))
        default: throw StorageError.internalFault("there is no place for a fact \"\(fact.kind)\"")
        }
    }

    private mutating func about(_ kind: String, _ id: String, _ shelf: Shelf) throws -> Placement {
        Placement(client: try lookUp(kind, id).client, shelf: shelf, subject: id)
    }

    /// Where the last fact lies that says where something is.
    private mutating func lookUp(_ kind: String, _ id: String) throws -> Placement {
        if let found = known["\(kind) \(id)"] { return found }
        let kinds =
            switch kind {
            case "request": "('request', 'request-move')"
            case "time": "('time', 'time-correction')"
            default: "('\(kind)')"
            }
        let found = try connection.first(
            """
            SELECT client, shelf, first_period, last_period, parent FROM fact
            WHERE subject = $1 AND kind IN \(kinds) AND seq + 0 < $2 ORDER BY seq + 0 DESC LIMIT 1
            """, [.text(id), .integer(number)]
        ) { row in
            Placement(
                client: row.text(0), shelf: Shelf(rawValue: row.integer(1)) ?? .standing, firstPeriod: row.integer(2),
                lastPeriod: row.integer(3), subject: id, parent: row.optionalText(4))
        }
        guard let found else { throw StorageError.internalFault("there is no \(kind) \"\(id)\"") }
        known["\(kind) \(id)"] = found
        return found
    }

    private func time(_ fact: FactPieces, client: String, entry: String, request: String) -> Placement {
        var first = 0
        var last = 0
        if let date = fact.fields["date"].flatMap({ CivilDate($0) }) {
            first = Period(containing: date).index
            last = first
        } else if let start = fact.fields["start"].flatMap({ Instant($0) }),
            let end = fact.fields["end"].flatMap({ Instant($0) })
        {
            // Whatever the client's zone is, now or by a change recorded later: no clock is further from UTC than this.
            let widest = 15 * 3600
            first = Period(containing: Zone.utc.date(of: Instant(seconds: start.seconds - widest))).index
            last = Period(containing: Zone.utc.date(of: Instant(seconds: end.seconds + widest))).index
        }
        var place = Placement(
            client: client, shelf: .time, firstPeriod: first, lastPeriod: last, subject: entry, parent: request)
        place.shelf = shelf(place)
        return place
    }

    /// Time near the end of a month may touch two periods and is still found by its first; what touches more lies apart.
    private func shelf(_ place: Placement) -> Shelf { place.lastPeriod - place.firstPeriod > 1 ? .longTime : .time }
}
