import Foundation
import Synchronization

/// Says on standard error what is being done, where that is a terminal and it takes over a second.
package final class ProgressLine: Sendable {
    private struct State {
        package var stage: String
        package var isShown = false
        package var isDone = false
    }
    private let state: Mutex<State>

    package init(_ stage: String) {
        state = Mutex(State(stage: stage))
        guard isatty(STDERR_FILENO) == 1 else { return }
        let started = Date()
        Thread.detachNewThread { [self] in
            while true {
                Thread.sleep(forTimeInterval: 1)
                let goesOn = state.withLock { state in
                    guard !state.isDone else { return false }
                    let seconds = Int(Date().timeIntervalSince(started))
                    try? FileHandle.standardError.write(
                        contentsOf: Data("\r\u{1B}[K\(state.stage) … \(seconds) s".utf8))
                    state.isShown = true
                    return true
                }
                guard goesOn else { return }
            }
        }
    }

    /// Names what is done now.
    package func now(_ stage: String) { state.withLock { $0.stage = stage } }

    /// Clears the line.
    package func done() {
        state.withLock { state in
            state.isDone = true
            if state.isShown { try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8)) }
        }
    }
}
