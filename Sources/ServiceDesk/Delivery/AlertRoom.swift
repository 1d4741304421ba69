import Agreements
import Database
import Rating
import Storage
import Values

/// Looks after hours that clients are to be told of: 50, 80 and 100 % used, and hours about to lapse (design O2).
package struct AlertRoom: Sendable {
    private let desk: ServiceDesk
    private let risk = RiskCache()

    package init(desk: ServiceDesk) { self.desk = desk }

    /// Puts into the outbox what clients are to be told.
    ///
    /// Writes only where there is something to write: nobody waits for a round that finds nothing.
    package func round() throws {
        let changed = try desk.store.read { connection -> [(ClientID, [RiskForecast])] in
            let rows = Dictionary(grouping: try risk.rows(connection, desk: desk), by: \.client)
            return try rows.sorted { $0.key < $1.key }.map { ($0.key, $0.value.map(\.forecast)) }.filter {
                let told = try told($0.0, $0.1, connection)
                let due = HoursAlert.due($0.1, told: told)
                return !due.reached.isSubset(of: told) || !due.rearmed.isEmpty
            }
        }
        guard !changed.isEmpty else { return }
        try desk.store.write { connection in
            for (client, forecasts) in changed { try add(client, forecasts, connection) }
        }
    }

    /// What a client was told of the month of some forecasts.
    private func told(_ client: ClientID, _ forecasts: [RiskForecast], _ connection: any SQLConnection) throws
        -> Set<HoursAlert>
    {
        guard let month = forecasts.first?.period.index else { return [] }
        return Set(
            try connection.all(
                "SELECT service_line, mark FROM hours_alert WHERE client = $1 AND period = $2",
                [.text(client.text), .integer(month)]
            ) { HoursAlert(serviceLine: ServiceLineID($0.text(0)), mark: $0.integer(1)) })
    }

    private func add(_ client: ClientID, _ forecasts: [RiskForecast], _ connection: any SQLConnection) throws {
        guard let month = forecasts.first?.period.index else { return }
        let key: [SQLValue] = [.text(client.text), .integer(month)]
        // Another server may have told it meanwhile.
        let told = try told(client, forecasts, connection)
        let due = HoursAlert.due(forecasts, told: told)
        for alert in due.rearmed.sorted() {
            try connection.run(
                "DELETE FROM hours_alert WHERE client = $1 AND period = $2 AND service_line = $3 AND mark = $4",
                key + [.text(alert.serviceLine.text), .integer(alert.mark)])
        }
        for alert in due.reached.subtracting(told).sorted() {
            try connection.run(
                "INSERT INTO hours_alert (client, period, service_line, mark) VALUES ($1, $2, $3, $4)",
                key + [.text(alert.serviceLine.text), .integer(alert.mark)])
        }
        for alert in due.tell {
            guard let forecast = forecasts.first(where: { $0.serviceLine == alert.serviceLine }) else { continue }
            try Telling.tell(
                .hoursAlert, client: client.text,
                [
                    ("line", alert.serviceLine.text), ("mark", "\(alert.mark)"),
                    ("used", "\(forecast.usedOfGranted)"), ("granted", "\(forecast.granted)"),
                    ("left", "\(forecast.left)"), ("over", "\(forecast.over)"),
                    ("amount", forecast.amount.decimalText),
                    ("lapse", "\(Hours(seconds: forecast.wouldLapse.seconds - forecast.wouldLapse.seconds % 60))"),
                    ("on", forecast.lapsesOn.map { "\($0)" } ?? ""),
                ], connection, at: desk.now)
        }
    }
}
