package import Agreements
package import Database
import Storage
package import Values

/// Which periods of clients are closed.
package struct Closings {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// The last closed period of a client; nil where none is. Periods are closed in order, and the last is reopened first.
    package func last(of client: ClientID) throws -> Period? {
        var closed: [Int] = []
        try connection.forEachRow(
            "SELECT kind, last_period FROM fact WHERE client = $1 AND shelf = $2 ORDER BY seq",
            [.text(client.text), .integer(Shelf.closing.rawValue)]
        ) { row in
            if row.text(0) == "closing" {
                closed.append(row.integer(1))
            } else {
                closed.removeAll { $0 == row.integer(1) }
            }
        }
        return closed.max().map { Period(index: $0) }
    }

    /// The latest period that is closed for any client; nil where none is.
    func latest() throws -> (client: ClientID, period: Period)? {
        let clients = try connection.all(
            "SELECT DISTINCT client FROM fact WHERE shelf = $1 ORDER BY client", [.integer(Shelf.closing.rawValue)]
        ) { ClientID($0.text(0)) }
        let closed = try clients.compactMap { client in try last(of: client).map { (client: client, period: $0) } }
        return closed.max { $0.period < $1.period }
    }
}
