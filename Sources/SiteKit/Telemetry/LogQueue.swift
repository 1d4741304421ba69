package import Foundation

/// The lines of the log on their way out, written by one thread of its own, so that nothing waits for whoever reads them. Where
/// that stops reading, lines wait until so many bytes are there; then they are dropped, and counted.
package final class LogQueue: @unchecked Sendable {
    private let most: Int
    private let put: @Sendable (Data) -> Void
    private let line: @Sendable (_ dropped: Int) -> String
    private let told: @Sendable (_ dropped: Int) -> Void

    private let condition = NSCondition()
    // Guarded by the condition.
    private var waiting = Data()
    private var dropped = 0
    private var isWriting = false

    /// - Parameters:
    ///   - most: so many bytes wait at most.
    ///   - line: the line that says how many were dropped.
    ///   - told: called for each that is dropped.
    ///   - put: writes; it may block, and what cannot be written is gone.
    package init(
        most: Int = 1 << 20, line: @escaping @Sendable (_ dropped: Int) -> String,
        told: @escaping @Sendable (_ dropped: Int) -> Void = { _ in }, put: @escaping @Sendable (Data) -> Void
    ) {
        self.most = most
        self.line = line
        self.told = told
        self.put = put
        Thread.detachNewThread { [self] in write() }
    }

    /// Adds a line, its end included. Never waits for the writing.
    package func add(_ text: String) {
        let isKept = condition.withLock {
            guard waiting.count + text.utf8.count <= most else {
                dropped += 1
                return false
            }
            waiting.append(contentsOf: text.utf8)
            condition.signal()
            return true
        }
        if !isKept { told(1) }
    }

    /// Returns once all is written, or after so many seconds.
    package func flush(within seconds: Double) {
        let end = Date(timeIntervalSinceNow: seconds)
        condition.withLock {
            while !waiting.isEmpty || isWriting || dropped > 0 {
                guard condition.wait(until: end) else { return }
            }
        }
    }

    private func write() {
        while true {
            let next = condition.withLock { () -> Data in
                isWriting = false
                condition.broadcast()
                while waiting.isEmpty, dropped == 0 { condition.wait() }
                isWriting = true
                var next = waiting
                waiting = Data()
                if dropped > 0 { next.append(contentsOf: line(dropped).utf8) }
                dropped = 0
                return next
            }
            put(next)
        }
    }
}
