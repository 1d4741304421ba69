import Database
import NIOCore
import NIOPosix
import ServiceDesk
import SiteKit
import Synchronization
import Values

/// What people asked for that takes longer than they wait for a page: it goes on, and a page of its own says how far it is.
final class LongWork: Sendable {
    /// One piece of it.
    final class Job: Sendable {
        /// What its page is found by.
        let id: String
        /// Who asked for it.
        let person: String
        /// What is done: "Closing the month".
        let title: String
        /// When it was asked for.
        let began = ContinuousClock.now
        /// How far it is.
        let progress = WorkProgress()
        /// Set once its body has come.
        let body = Arrival<Void>()
        /// Set once it is done.
        let outcome = Arrival<Result<Reply, any Error>>()
        fileprivate let ended = Mutex<ContinuousClock.Instant?>(nil)

        fileprivate init(id: String, person: String, title: String) {
            (self.id, self.person, self.title) = (id, person, title)
        }
    }

    private let jobs = Mutex<[String: Job]>([:])
    private let random: @Sendable (Int) -> [UInt8]
    /// How long a page can still be had of what is done.
    private static let kept = Duration.seconds(600)
    /// The most that is remembered; what ended first goes first.
    private static let most = 200

    init(random: @escaping @Sendable (Int) -> [UInt8]) { self.random = random }

    /// Begins something.
    func begin(
        _ title: String, of person: String, _ work: @escaping @Sendable (Job) async throws -> Reply
    ) -> Job {
        let job = Job(id: Secret.text(random(12)), person: person, title: title)
        jobs.withLock { jobs in
            let now = ContinuousClock.now
            jobs = jobs.filter { $0.value.ended.withLock { $0.map { now - $0 < LongWork.kept } ?? true } }
            if jobs.count >= LongWork.most {
                let ended = jobs.values.compactMap { job in job.ended.withLock { $0.map { (job.id, $0) } } }
                if let first = ended.min(by: { $0.1 < $1.1 }) { jobs[first.0] = nil }
            }
            jobs[job.id] = job
        }
        Task {
            let outcome: Result<Reply, any Error>
            do { outcome = .success(try await work(job)) } catch { outcome = .failure(error) }
            job.ended.withLock { $0 = .now }
            job.body.set(())
            job.outcome.set(outcome)
        }
        return job
    }

    /// Somebody's own; nil where there is none, or none any more.
    func job(_ id: String, of person: String) -> Job? {
        jobs.withLock { $0[id] }.flatMap { $0.person == person ? $0 : nil }
    }
}

/// A value that comes once, and those who wait for it.
final class Arrival<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiting: [Int: CheckedContinuation<Value?, Never>] = [:]
        var number = 0
    }

    private let state = Mutex(State())

    /// The value, if it has come.
    var value: Value? { state.withLock { $0.value } }

    /// Sets it, the first time.
    func set(_ value: Value) {
        let waiting = state.withLock { state in
            guard state.value == nil else { return [CheckedContinuation<Value?, Never>]() }
            state.value = value
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    /// Waits for it; nil where it has not come in time.
    func value(within time: Duration) async -> Value? {
        await withCheckedContinuation { continuation in
            let (value, number) = state.withLock { state in
                state.number += 1
                if state.value == nil { state.waiting[state.number] = continuation }
                return (state.value, state.number)
            }
            if let value { return continuation.resume(returning: value) }
            MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: TimeAmount(time)) {
                self.state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: nil)
            }
        }
    }
}
