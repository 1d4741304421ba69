package import Agreements
package import Database
import Rating
import Storage
package import Values

/// What one month of a client came to in hours.
package struct MonthHours: Hashable, Sendable {
    /// The month.
    package var period: Period
    /// The hours that plans paid.
    package var plan: Hours
    /// Those that blocks paid.
    package var block: Hours
    /// Those charged.
    package var charged: Hours
    /// The hours that lapsed; none as long as the month is not over.
    package var lapsed: Hours

    init(_ statement: Statement, now: Instant) {
        period = statement.period
        plan = .zero
        block = .zero
        for draw in statement.draws {
            if case .allotment = statement.grants[draw.grant].id { plan += draw.hours } else { block += draw.hours }
        }
        charged = statement.totals.charged
        lapsed = statement.grants.reduce(.zero) { $0 + statement.standing(of: $1, at: now).lapsed }
    }
}

/// The last twelve months of each client, as they come to now, kept until something changes them.
package struct YearCache: Sendable {
    private let clients = ClientCache<[MonthHours]> { id, today, _, connection, desk in
        let month = Period(containing: today)
        let months = (month + -11)...month
        let statements = try desk.store.account(connection, of: id, through: month, wanting: months)?.statements ?? []
        return statements.filter { months.contains($0.period) }.map { MonthHours($0, now: desk.now) }
    }

    package init() {}

    /// The months of a client, the earliest first; fewer where they have not been one for so long.
    package func months(of id: ClientID, _ connection: any SQLConnection, desk: ServiceDesk) throws -> [MonthHours] {
        try clients.value(of: id, connection, desk: desk) ?? []
    }
}
