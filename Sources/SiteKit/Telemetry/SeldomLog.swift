package import Logging
import Synchronization

/// Writes what would be written again and again once a minute, with how often it happened meanwhile.
package final class SeldomLog: Sendable {
    private struct Told {
        var at: ContinuousClock.Instant
        var since = 0
    }

    private let logger: Logger
    private let told = Mutex<[String: Told]>([:])

    package init(_ logger: Logger) { self.logger = logger }

    /// Writes a line, unless the same message was written within a minute.
    package func write(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata = [:]) {
        let again = told.withLock { told -> Int? in
            if let last = told[message], .now - last.at < SeldomLog.pause {
                told[message]?.since += 1
                return nil
            }
            let since = told[message]?.since ?? 0
            told[message] = Told(at: .now)
            return since
        }
        guard let again else { return }
        var metadata = metadata
        if again > 0 { metadata["again"] = "\(again)" }
        logger.log(level: level, "\(message)", metadata: metadata)
    }

    /// What it is about is over: the next time is told at once.
    package func forget(_ message: String) { told.withLock { $0[message] = nil } }

    private static let pause = Duration.seconds(60)
}
