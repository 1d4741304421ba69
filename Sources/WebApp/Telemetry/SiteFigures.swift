import Database
import SiteKit
import Storage

/// What of the site can run out: how much there is of it, and how much is used. Nothing is asked of the database for it, so that
/// it is told also where that is away.
struct SiteFigures {
    private let site: Site

    init(_ site: Site) { self.site = site }

    func text() -> String {
        let connections = site.store.engine.connections
        var text = "# TYPE database_connections gauge\n"
        text += "database_connections{state=\"in_use\"} \(connections.inUse)\n"
        text += "database_connections{state=\"idle\"} \(connections.idle)\n"
        text += ProcessFigures.gauge("database_connections_max", connections.most)
        text += ProcessFigures.gauge("database_connections_waiting", connections.waiting)
        text += ProcessFigures.gauge("database_writable", site.store.saving.trouble == nil ? 1 : 0)
        let shares = [
            ("typed", site.shares.typed), ("strangers", site.shares.strangers), ("files", site.shares.files),
        ]
        text += "# TYPE request_bytes_in_flight gauge\n"
        for (kind, share) in shares { text += "request_bytes_in_flight{kind=\"\(kind)\"} \(share.inUse)\n" }
        text += "# TYPE request_bytes_in_flight_max gauge\n"
        for (kind, share) in shares { text += "request_bytes_in_flight_max{kind=\"\(kind)\"} \(share.all)\n" }
        text += ProcessFigures.gauge("passwords_in_line", site.shares.passwords.waitingNow)
        text += ProcessFigures.gauge("passwords_in_line_max", site.shares.passwords.mostWaiting)
        return text
    }
}
