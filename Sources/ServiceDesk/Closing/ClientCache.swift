package import Agreements
package import Database
package import Rating
import Storage
import Synchronization
package import Values

/// What was worked out about each client, kept until a fact, new terms or a new day of theirs may change it.
package final class ClientCache<Value: Sendable>: Sendable {
    /// Works it out: a client, the day where they are, their standing facts.
    package typealias Make = @Sendable (ClientID, CivilDate, Facts, any SQLConnection, ServiceDesk) throws -> Value

    private struct Kept {
        var value: Value
        /// When the client's day ends.
        var until: Instant
    }

    private struct State {
        var clients: [ClientID: Kept] = [:]
        /// The last fact that was taken into account.
        var lastSeq = 0
    }

    private let make: Make
    private let state = Mutex(State())

    package init(_ make: @escaping Make) { self.make = make }

    /// Of one client; nil where there is none.
    package func value(of id: ClientID, _ connection: any SQLConnection, desk: ServiceDesk) throws -> Value? {
        try kept(of: id, try seen(connection), connection, desk)?.value
    }

    /// Of all clients, by id.
    ///
    /// - Returns: the values, and until when they stand if nothing is recorded after the fact of the number given.
    package func values(_ connection: any SQLConnection, desk: ServiceDesk) throws -> (
        values: [Value], seq: Int, until: Instant
    ) {
        let seq = try seen(connection)
        let all = try Directory(connection).clientIDs().compactMap { try kept(of: $0, seq, connection, desk) }
        return (all.map(\.value), seq, all.map(\.until).min() ?? Instant(seconds: .max))
    }

    /// The number of the last fact there is.
    static func lastSeq(_ connection: any SQLConnection) throws -> Int {
        try connection.first("SELECT MAX(seq) FROM fact") { $0.optionalInteger(0) ?? 0 } ?? 0
    }

    /// Forgets what the facts since may have changed, and says which the last one is.
    private func seen(_ connection: any SQLConnection) throws -> Int {
        let seq = try ClientCache.lastSeq(connection)
        try state.withLock { state in
            guard seq != state.lastSeq else { return }
            if let touched = try ClientCache.touched(after: min(seq, state.lastSeq), connection) {
                for client in touched { state.clients[client] = nil }
            } else {
                state.clients = [:]
            }
            state.lastSeq = seq
        }
        return seq
    }

    /// The clients whose figures facts after one may change; nil for all.
    private static func touched(after seq: Int, _ connection: any SQLConnection) throws -> Set<ClientID>? {
        guard seq > 0 else { return nil }
        var touched: Set<ClientID> = []
        var isForAll = false
        try connection.forEachRow(
            "SELECT client, kind, parent FROM fact WHERE seq > $1 AND shelf <> $2",
            [.integer(seq), .integer(Shelf.desk.rawValue)]
        ) { row in
            if row.text(1) == "terms" { isForAll = true }
            if !row.text(0).isEmpty { touched.insert(ClientID(row.text(0))) }
            if row.text(1) == "request-move", let old = row.optionalText(2).flatMap({ Placement.client(movedFrom: $0) })
            {
                touched.insert(old)
            }
        }
        return isForAll ? nil : touched
    }

    private func kept(of id: ClientID, _ seq: Int, _ connection: any SQLConnection, _ desk: ServiceDesk) throws -> Kept?
    {
        let now = desk.now
        if let known = state.withLock({ $0.lastSeq == seq ? $0.clients[id] : nil }), now < known.until { return known }
        let facts = try desk.loader(connection).standing(of: id)
        guard let client = facts.clients.first(where: { $0.id == id }) else { return nil }
        let zone = ZoneTimeline(first: client.zone, changes: facts.zoneChanges.filter { $0.client == id }).zone(at: now)
        let today = zone.date(of: now)
        let made = Kept(value: try make(id, today, facts, connection, desk), until: zone.start(of: today + 1))
        // Where somebody has seen newer facts meanwhile, this is good for this reader alone.
        state.withLock { if $0.lastSeq == seq { $0.clients[id] = made } }
        return made
    }
}
