package import Agreements
package import Database
package import Rating
import Storage
import Synchronization
import Values

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
package final class RiskCache: Sendable {
    private struct Sorted {
        var rows: [RiskRow]
        var seq: Int
        var until: Instant
    }

    private let clients = ClientCache<[RiskRow]> { id, today, facts, connection, desk in
        let month = Period(containing: today)
        let statement = try desk.store.account(connection, of: id, through: month, wanting: month...month)?
            .statements.last { $0.period == month }
        let name = facts.clients.first { $0.id == id }?.name ?? id.text
        return (statement?.riskForecasts(on: today) ?? []).map { RiskRow(client: id, name: name, forecast: $0) }
    }
    /// The list as it was last given.
    private let sorted = Mutex<Sorted?>(nil)

    package init() {}

    /// The rows of one client, by line.
    package func rows(of id: ClientID, _ connection: any SQLConnection, desk: ServiceDesk) throws -> [RiskRow] {
        try clients.value(of: id, connection, desk: desk) ?? []
    }

    /// The rows of all clients, the nearest to trouble first.
    package func rows(_ connection: any SQLConnection, desk: ServiceDesk) throws -> [RiskRow] {
        let seq = try ClientCache<[RiskRow]>.lastSeq(connection)
        if let sorted = sorted.withLock({ $0 }), sorted.seq == seq, desk.now < sorted.until { return sorted.rows }
        let all = try clients.values(connection, desk: desk)
        let rows = all.values.flatMap(\.self).sorted(by: RiskRow.isNearer)
        sorted.withLock { $0 = Sorted(rows: rows, seq: all.seq, until: all.until) }
        return rows
    }
}
