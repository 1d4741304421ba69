import Agreements
import Foundation

/// How many calls each token may make: so many in a burst, and so many a minute on average (a token bucket). Each server
/// counts by itself.
final class RateLimit: @unchecked Sendable {
    /// What is left to somebody.
    struct Bucket: Hashable {
        /// In sixtieths of a call.
        var level: Int
        var at: Instant
    }

    /// The calls that come back each minute; a fifth of them may come at once.
    let perMinute: Int

    /// - Parameter perMinute: at least one.
    init(perMinute: Int) { self.perMinute = max(1, perMinute) }

    private let lock = NSLock()
    /// Guarded by the lock.
    private var buckets: [String: Bucket] = [:]

    /// Takes one call from a bucket: what is left, or how many seconds until one is there.
    static func take(_ bucket: Bucket?, perMinute: Int, now: Instant) -> (bucket: Bucket, left: Int?, wait: Int) {
        let full = max(1, perMinute / 5) * 60
        var bucket = bucket ?? Bucket(level: full, at: now)
        // Nobody saves up more than an hour's, which is more than any bucket holds.
        let seconds = min(max(0, now.seconds - bucket.at.seconds), 3600)
        bucket.level = min(full, bucket.level + seconds * perMinute)
        bucket.at = max(now, bucket.at)
        guard bucket.level >= 60 else { return (bucket, nil, max(1, (60 - bucket.level + perMinute - 1) / perMinute)) }
        bucket.level -= 60
        return (bucket, bucket.level / 60, 0)
    }

    /// Takes one call of a token.
    func take(_ token: String, now: Instant) -> (left: Int?, wait: Int) {
        lock.withLock {
            // Whoever has not come for a while has a full bucket again: there is nothing to remember.
            if buckets.count > 10_000 { buckets = buckets.filter { now.seconds - $0.value.at.seconds < 60 } }
            let taken = RateLimit.take(buckets[token], perMinute: perMinute, now: now)
            buckets[token] = taken.bucket
            return (taken.left, taken.wait)
        }
    }
}
