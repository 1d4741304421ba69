package import Agreements
import Foundation
package import Rating
package import Storage

/// A client and one of their service lines, as the list of those at risk has them.
package struct RiskRow: Hashable, Sendable {
    /// The client.
    package var client: ClientID
    /// Their name.
    package var name: String
    /// How the line stands.
    package var forecast: RiskForecast

    /// The line.
    package var serviceLine: ServiceLineID { forecast.serviceLine }

    /// The nearest to trouble first: over already, by how much; then over soon; then most to lapse; then by name.
    static func isNearer(_ a: RiskRow, _ b: RiskRow) -> Bool {
        let (x, y) = (a.forecast, b.forecast)
        if x.over != y.over { return x.over > y.over }
        if x.overOn != y.overOn {
            guard let first = x.overOn else { return false }
            guard let second = y.overOn else { return true }
            return first < second
        }
        if x.wouldLapse != y.wouldLapse { return x.wouldLapse > y.wouldLapse }
        return (a.name, a.client, x.serviceLine) < (b.name, b.client, y.serviceLine)
    }
}

/// Every client's lines at risk, worked out once and kept until a fact, a new day or new terms change them: the list of many
/// clients then costs as much as what changed since it was last asked for.
package final class RiskCache: @unchecked Sendable {
    private struct Kept {
        var rows: [RiskRow]
        /// The day they are for, where the client is, and when that day ends.
        var until: Instant
    }

    private let lock = NSLock()
    /// Guarded by the lock.
    private var clients: [ClientID: Kept] = [:]
    /// The last fact that was taken into account. Guarded by the lock.
    private var lastSeq = 0
    /// The list as it was last given, while nothing in it changed. Guarded by the lock.
    private var sorted: [RiskRow]?
    /// The soonest end of a day among what is kept. Guarded by the lock.
    private var goodUntil = Instant(seconds: .min)

    package init() {}

    /// The rows of all clients, the nearest to trouble first.
    package func rows(_ connection: any SQLConnection, desk: ServiceDesk) throws -> [RiskRow] {
        try lock.withLock {
            let now = desk.now
            let seq = try connection.first("SELECT MAX(seq) FROM fact") { $0.integer(0) } ?? 0
            if seq != lastSeq { try drop(from: lastSeq, connection) }
            if let sorted, now < goodUntil { return sorted }
            let ids = try Directory(connection).clientIDs()
            var all: [RiskRow] = []
            goodUntil = Instant(seconds: .max)
            for id in ids {
                var kept = clients[id]
                if kept.map({ now >= $0.until }) ?? true {
                    kept = try RiskCache.make(id, connection, desk, now)
                    clients[id] = kept
                }
                guard let kept else { continue }
                all += kept.rows
                goodUntil = min(goodUntil, kept.until)
            }
            all.sort(by: RiskRow.isNearer)
            sorted = all
            lastSeq = seq
            return all
        }
    }

    /// Forgets whom the facts since may have changed.
    private func drop(from seq: Int, _ connection: any SQLConnection) throws {
        sorted = nil
        var isForAll = seq == 0
        var touched: [ClientID] = []
        try connection.forEachRow(
            "SELECT DISTINCT client, kind FROM fact WHERE seq > $1 AND shelf <> $2",
            [.integer(seq), .integer(Shelf.desk.rawValue)]
        ) { row in
            // Terms, and moves from one client to another, may change others too.
            if row.text(0).isEmpty || row.text(1) == "request-move" || row.text(1) == "time-correction" {
                isForAll = true
            }
            touched.append(ClientID(row.text(0)))
        }
        if isForAll { clients = [:] } else { for client in touched { clients[client] = nil } }
    }

    private static func make(_ id: ClientID, _ connection: any SQLConnection, _ desk: ServiceDesk, _ now: Instant)
        throws -> Kept
    {
        let facts = try desk.loader(connection).standing(of: id)
        let zones = ZoneTimeline(
            first: facts.clients.first { $0.id == id }?.zone ?? .utc,
            changes: facts.zoneChanges.filter { $0.client == id })
        let zone = zones.zone(at: now)
        let today = zone.date(of: now)
        let month = Period(containing: today)
        let statement = try desk.store.account(connection, of: id, through: month, wanting: month...month)?
            .statements.last { $0.period == month }
        let name = facts.clients.first { $0.id == id }?.name ?? id.text
        return Kept(
            rows: (statement?.riskForecasts(on: today) ?? []).map { RiskRow(client: id, name: name, forecast: $0) },
            until: zone.start(of: today + 1))
    }
}
