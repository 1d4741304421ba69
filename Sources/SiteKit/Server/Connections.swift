import Hummingbird
import HummingbirdCore
package import Logging
import Metrics
import NIOCore
import Synchronization

/// The connections that are open at once: fewer than the files that may be, so that some are always left for the database, for
/// mail and for the calls of webhooks. Who comes when all are taken waits until one is closed.
package final class Connections: AvailableConnectionsDelegate {
    private let most: Int
    private let open = Atomic<Int>(0)
    private let log: SeldomLog

    package init(most: Int = Connections.most(files: ProcessFigures.mostFiles), logger: Logger) {
        self.most = most
        log = SeldomLog(logger)
        Gauge(label: "http_connections_max").record(most)
    }

    /// How many there may be where so many files may be open.
    package static func most(files: Int) -> Int { max(1, files - min(reserve, files / 2)) }

    /// So many files are left for all else, where there are enough.
    private static let reserve = 128

    func connectionOpened() { count(1) }
    func connectionClosed() { count(-1) }

    func isAcceptingNewConnections() -> Bool {
        guard open.load(ordering: .relaxed) >= most else { return true }
        Counter(label: "http_connections_full_total").increment()
        log.write(
            .warning, "all connections are taken: who comes waits",
            [
                "connections": "\(most)",
                "fix": "raise LimitNOFILE, or let a proxy before it hold the connections that are idle",
            ])
        return false
    }

    private func count(_ change: Int) {
        Gauge(label: "http_connections_open").record(open.add(change, ordering: .relaxed).newValue)
    }
}

/// Says in the log that no connection can be taken. The library waits for a second then, and tries again.
package final class AcceptErrors: ChannelInboundHandler, Sendable {
    typealias InboundIn = any Channel

    private let log: SeldomLog

    package init(_ logger: Logger) { log = SeldomLog(logger) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        Counter(label: "http_accept_failures_total").increment()
        log.write(
            .error, "no connection can be taken; it is tried again every second",
            [
                "failure": "\(error)", "open_files": "\(ProcessFigures.openFiles ?? 0)",
                "most_files": "\(ProcessFigures.mostFiles)",
            ])
        context.fireErrorCaught(error)
    }
}
