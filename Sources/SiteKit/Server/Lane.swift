import Metrics
import NIOCore
import NIOPosix
import Synchronization

/// Threads for one kind of work that waits for the database, and the line before them. Each kind has its own, so that none
/// keeps another waiting.
package final class Lane: Sendable {
    /// The kinds of work.
    package enum Kind: String, CaseIterable, Sendable {
        /// Pages, files and answers that only read.
        case reading
        /// Forms and calls that record something: they wait for the one that writes.
        case saving
        /// What may take seconds: closing a month, imports, files of a whole history.
        case long
        /// Passwords, which cost the processor on purpose.
        case password
        /// Whether the database answers.
        case watching
    }

    /// How many work at once, how many may wait, and for how long.
    package struct Size: Sendable {
        package var threads: Int
        package var waiting: Int
        package var patience: Duration

        package init(_ kind: Kind) {
            (threads, waiting, patience) =
                switch kind {
                // Longer than a database that says nothing is waited for, so that this is what people are told.
                case .reading: (8, 512, .seconds(20))
                // Those who save at one time share a commit: more threads make fewer commits.
                case .saving: (16, 512, .seconds(20))
                case .long: (2, 16, .seconds(60))
                // As many as the line of passwords lets in; how many of them compute at once, the hasher says.
                case .password: (8, 64, .seconds(20))
                case .watching: (1, 64, .seconds(1))
                }
        }
    }

    private let kind: Kind
    private let size: Size
    private let pool: NIOThreadPool
    private let waiting = Atomic<Int>(0)

    package init(_ kind: Kind, size: Size? = nil) {
        self.kind = kind
        self.size = size ?? Size(kind)
        pool = NIOThreadPool(numberOfThreads: self.size.threads)
    }

    /// Starts its threads.
    package func start() { pool.start() }

    /// Ends its threads, once what they work on is done.
    package func stop() async throws { try await pool.shutdownGracefully() }

    /// Does something on one of its threads. What only reads is given up where it takes too long; what may record something
    /// is waited for once it has begun.
    ///
    /// - Throws: ``PageError/crowded`` where too many wait, or it would have to wait for too long: it was not begun then;
    ///   ``PageError/noAnswer`` where reading took too long; what the body throws.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        guard waiting.wrappingAdd(1, ordering: .relaxed).oldValue < size.waiting else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            throw PageError.crowded
        }
        count()
        let turn = Turn<Value>(isReading: kind == .reading || kind == .watching)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard turn.wait(continuation) else { return leaveLine() }
                let alarm = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: TimeAmount(size.patience)) {
                    turn.giveUp()
                }
                pool.submit { [self] state in
                    leaveLine()
                    guard turn.begin() else { return }
                    turn.finish(state == .active ? Result { try body() } : .failure(PageError.crowded))
                    alarm.cancel()
                }
            }
        } onCancel: {
            turn.abandon()
        }
    }

    private func leaveLine() {
        waiting.wrappingSubtract(1, ordering: .relaxed)
        count()
    }

    private func count() {
        Meter(label: "mainstay_lane_waiting", dimensions: [("lane", kind.rawValue)]).set(
            waiting.load(ordering: .relaxed))
    }
}

/// One wait in line: whoever waits is answered once, by the work or by the alarm.
private final class Turn<Value: Sendable>: Sendable {
    private enum State {
        case new, abandoned, waiting(CheckedContinuation<Value, any Error>), begun(
            CheckedContinuation<Value, any Error>),
            answered
    }

    private let state = Mutex(State.new)
    private let isReading: Bool

    init(isReading: Bool) { self.isReading = isReading }

    /// Stands in line; false where nobody waits for it any more.
    func wait(_ continuation: CheckedContinuation<Value, any Error>) -> Bool {
        let isAwaited = state.withLock { state in
            guard case .new = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !isAwaited { continuation.resume(throwing: CancellationError()) }
        return isAwaited
    }

    /// Begins the work; false where it was given up.
    func begin() -> Bool {
        state.withLock { state in
            guard case .waiting(let continuation) = state else { return false }
            state = .begun(continuation)
            return true
        }
    }

    func finish(_ result: Result<Value, any Error>) { take { _ in true }?.resume(with: result) }

    /// It took too long.
    func giveUp() {
        if let waiting = take({ if case .waiting = $0 { true } else { false } }) {
            waiting.resume(throwing: PageError.crowded)
        } else if isReading {
            take { _ in true }?.resume(throwing: PageError.noAnswer)
        }
    }

    /// Nobody waits for the answer any more: what was not begun is not begun.
    func abandon() {
        take { state in
            switch state {
            case .waiting: true
            case .begun: isReading
            default: false
            }
        }?.resume(throwing: CancellationError())
        state.withLock { if case .new = $0 { $0 = .abandoned } }
    }

    /// Takes whoever waits, where the state is right; nobody else gets them then.
    private func take(_ isRight: (State) -> Bool) -> CheckedContinuation<Value, any Error>? {
        state.withLock { state in
            guard isRight(state) else { return nil }
            switch state {
            case .waiting(let continuation), .begun(let continuation):
                state = .answered
                return continuation
            case .new, .abandoned, .answered: return nil
            }
        }
    }
}

/// The lanes of one server.
package final class Lanes: Sendable {
    private let reading = Lane(.reading)
    private let saving = Lane(.saving)
    private let long = Lane(.long)
    private let password = Lane(.password)
    private let watching = Lane(.watching)

    package init() {}

    package subscript(kind: Lane.Kind) -> Lane {
        switch kind {
        case .reading: reading
        case .saving: saving
        case .long: long
        case .password: password
        case .watching: watching
        }
    }

    /// Starts all threads.
    package func start() { for kind in Lane.Kind.allCases { self[kind].start() } }

    /// Ends all threads, once what they work on is done.
    package func stop() async throws { for kind in Lane.Kind.allCases { try await self[kind].stop() } }
}
