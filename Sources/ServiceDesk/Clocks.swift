package import Database
import Synchronization
package import Values

/// What is known of the clocks of servers and shells, which may be wrong: set back, set ahead, or a minute from each other.
///
/// The order of facts never rests on a clock: it is that of their numbers.
package enum Clocks {
    /// By how much the clocks of several servers may differ. What lies further ahead was written by a clock that was wrong.
    package static let skew = Hours(0, 5)
    /// From how much on people are told that the clock is behind.
    package static let tolerated = Hours(seconds: 5)

    /// How far the clock is behind the last fact; zero where it is not.
    package static func behind(_ connection: any SQLConnection, now: Instant) throws -> Hours {
        let last = try connection.first("SELECT recorded_at FROM fact ORDER BY seq DESC LIMIT 1") {
            Instant(seconds: $0.integer(0))
        }
        return max(.zero, (last ?? now) - now)
    }

    /// The earlier of now and of the last line of the audit trail: what is forgotten after a while is forgotten by this, so that
    /// a clock that jumps ahead for once takes nothing away.
    static func sure(_ connection: any SQLConnection, now: Instant) throws -> Instant {
        let last = try connection.first("SELECT at FROM audit ORDER BY id DESC LIMIT 1") {
            Instant(seconds: $0.integer(0))
        }
        return min(now, last ?? now)
    }
}

/// The clock of a server. It goes on by what the machine has counted since the start; where the system's clock steps away from
/// that, the step is believed once it has held for a while. So a clock that jumps ahead for a moment closes no month, ends no
/// session and logs no time.
package final class SteadyClock: Sendable {
    private struct State {
        /// What is added to what the machine has counted.
        var base: Int
        /// Another base that the system's clock wants, and since when.
        var step: (base: Int, since: Int)?
    }

    /// So far the two may drift apart in seconds, and so long a step has to hold.
    private static let drift = 60
    private static let holds = 60

    private let system: @Sendable () -> Instant
    private let counted: @Sendable () -> Int
    private let told: @Sendable (_ step: Hours, _ isBelieved: Bool) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - system: the system's clock.
    ///   - counted: seconds since any moment, which nobody can set.
    ///   - told: called where the system's clock steps, and again once that is believed.
    package init(
        system: @escaping @Sendable () -> Instant, counted: @escaping @Sendable () -> Int,
        told: @escaping @Sendable (_ step: Hours, _ isBelieved: Bool) -> Void = { _, _ in }
    ) {
        self.system = system
        self.counted = counted
        self.told = told
        state = Mutex(State(base: system().seconds - counted()))
    }

    /// The time now.
    package var now: Instant {
        let (wall, count) = (system().seconds, counted())
        let (now, step) = state.withLock { state -> (Int, (Int, Bool)?) in
            let wanted = wall - count
            let away = wanted - state.base
            guard abs(away) > SteadyClock.drift else {
                (state.base, state.step) = (wanted, nil)
                return (wall, nil)
            }
            guard let step = state.step, abs(step.base - wanted) <= SteadyClock.drift else {
                state.step = (wanted, count)
                return (state.base + count, (away, false))
            }
            guard count - step.since >= SteadyClock.holds else { return (state.base + count, nil) }
            (state.base, state.step) = (wanted, nil)
            return (wall, (away, true))
        }
        if let (seconds, isBelieved) = step { told(Hours(seconds: seconds), isBelieved) }
        return Instant(seconds: now)
    }
}
