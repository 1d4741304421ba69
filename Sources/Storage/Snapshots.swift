package import Agreements
package import Database
import Exchange
package import Rating
package import Values

/// What closed periods leave behind: the hours that each drew from each block, so that later periods can be rated without
/// their facts (design section 4). A cache: without it every figure is the same.
///
/// Only settled periods have one: those that come to just what was issued for them. A fact that touches a period takes away
/// its snapshot and those of all later periods. An earlier one says which blocks it would use more of, so that hours which
/// were freed later find it.
package struct Snapshots {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// The settled periods of a client.
    package func all(of client: ClientID) throws -> [Period: SettledPeriod] {
        var settled: [Period: SettledPeriod] = [:]
        try connection.forEachRow("SELECT period, body FROM snapshot WHERE client = $1", [.text(client.text)]) { row in
            settled[Period(index: row.integer(0))] = try Snapshots.settled(row.text(1))
        }
        return settled
    }

    /// Keeps settled periods of a client, in place of what was kept of them, and takes away those that are settled no more.
    package func keep(
        _ settled: [Period: SettledPeriod], of client: ClientID, without unsettled: some Sequence<Period> = []
    ) throws {
        try connection.runMany(
            "DELETE FROM snapshot WHERE client = $1 AND period = $2",
            (Array(settled.keys) + Array(unsettled)).sorted().map { [.text(client.text), .integer($0.index)] })
        try connection.runMany(
            "INSERT INTO snapshot (client, period, body) VALUES ($1, $2, $3)",
            settled.sorted { $0.key < $1.key }.map { period, settled in
                let draws = settled.draws.map { ("block/\($0.key)", "\($0.value.seconds)") }
                let permits = settled.permits.map {
                    ("permit/\($0.key.until)/\($0.key.request)", "\($0.value.seconds)")
                }
                let wants = settled.wants.map { ("want/\($0)", "") }
                return [
                    .text(client.text), .integer(period.index),
                    .text(FactPieces.object((draws + permits + wants).sorted { $0.0 < $1.0 })),
                ]
            })
    }

    /// Takes away what facts may have changed.
    package func drop(_ touched: Set<Touch>) throws {
        for touch in touched where !touch.client.isEmpty {
            if let period = touch.from {
                try connection.run(
                    "DELETE FROM snapshot WHERE client = $1 AND period >= $2", [.text(touch.client), .integer(period)])
            } else {
                try connection.run("DELETE FROM snapshot WHERE client = $1", [.text(touch.client)])
            }
        }
    }

    private static func settled(_ body: String) throws -> SettledPeriod {
        var settled = SettledPeriod(draws: [:])
        guard body != "{}" else { return settled }
        guard let texts = try? FactPieces.texts(body: body, words: nil) else { throw unreadable }
        for (name, seconds) in texts {
            let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts[0] == "want", parts.count == 2 {
                settled.wants.insert(BlockID(parts[1]))
                continue
            }
            guard let seconds = Int(seconds), parts.count == 2 else { throw unreadable }
            if parts[0] == "block" {
                settled.draws[BlockID(parts[1])] = Hours(seconds: seconds)
                continue
            }
            let rest = parts[1].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts[0] == "permit", rest.count == 2, let until = CivilDate(rest[0]) else { throw unreadable }
            settled.permits[PermitUse(request: RequestID(rest[1]), until: until)] = Hours(seconds: seconds)
        }
        return settled
    }

    private static let unreadable = StorageError.internalFault("a snapshot cannot be read")
}
