import ServiceDesk
import SiteKit
import Synchronization
import Values

/// How much each person and each company may ask for: so much in a burst, and so much a minute on average (a token bucket), in
/// calls or in kilobytes. Each server counts by itself.
final class RateLimit: Sendable {
    /// What is left to somebody.
    struct Bucket: Hashable {
        /// In sixtieths of a call.
        var level: Int
        var at: Instant
    }

    /// What comes back each minute; a fifth of it may be taken at once.
    let perMinute: Int

    /// - Parameter perMinute: at least one.
    init(perMinute: Int) { self.perMinute = max(1, perMinute) }

    private let buckets = Mutex<[String: Bucket]>([:])

    /// Takes from a bucket: what is left, or how many seconds until there is enough.
    static func take(_ bucket: Bucket?, _ amount: Int = 1, perMinute: Int, now: Instant) -> (
        bucket: Bucket, left: Int?, wait: Int
    ) {
        let full = max(1, perMinute / 5) * 60
        // What is larger than a bucket takes a full one.
        let wanted = min(amount * 60, full)
        var bucket = bucket ?? Bucket(level: full, at: now)
        // Nobody saves up more than an hour's, which is more than any bucket holds. A clock that was set back gives nothing,
        // and goes on from there.
        let seconds = min(max(0, now.seconds - bucket.at.seconds), 3600)
        bucket.level = min(full, bucket.level + seconds * perMinute)
        bucket.at = now
        guard bucket.level >= wanted else {
            return (bucket, nil, max(1, (wanted - bucket.level + perMinute - 1) / perMinute))
        }
        bucket.level -= wanted
        return (bucket, bucket.level / 60, 0)
    }

    /// Takes an amount in somebody's name.
    ///
    /// - Parameter times: how many times as much as one person they may have, for a company.
    func take(_ name: String, _ amount: Int = 1, times: Int = 1, now: Instant) -> (left: Int?, wait: Int) {
        buckets.withLock { buckets in
            // Whoever has not come for a while has a full bucket again: there is nothing to remember.
            if buckets.count > 10_000 {
                buckets = buckets.filter { abs(now.seconds - $0.value.at.seconds) < 60 }
            }
            let taken = RateLimit.take(buckets[name], amount, perMinute: perMinute * times, now: now)
            buckets[name] = taken.bucket
            return (taken.left, taken.wait)
        }
    }
}

/// How much people and companies may ask for.
struct RateLimits: Sendable {
    /// So many times as much as one person all people of a company may ask for together.
    private static let colleagues = 3

    /// Calls of the API.
    let calls: RateLimit
    /// Pages and forms.
    let pages: RateLimit
    /// What is sent, in kilobytes.
    let sent: RateLimit

    init(callsPerMinute: Int) {
        calls = RateLimit(perMinute: callsPerMinute)
        // A page leads to others at once; a person reads.
        pages = RateLimit(perMinute: callsPerMinute * 10)
        sent = RateLimit(perMinute: 200 << 10)
    }

    /// Takes an amount for a person and their company.
    ///
    /// - Returns: how much is left to them.
    /// - Throws: ``PageError/tooMuch(wait:)`` where there is not enough.
    @discardableResult
    static func take(_ limit: RateLimit, _ amount: Int = 1, for actor: Actor, now: Instant) throws -> Int {
        var (left, wait) = limit.take("person/\(actor.id)", amount, now: now)
        if let most = left, let client = actor.client {
            let theirs = limit.take("company/\(client)", amount, times: colleagues, now: now)
            (left, wait) = (theirs.left.map { min($0, most) }, theirs.wait)
        }
        guard let left else { throw PageError.tooMuch(wait: wait) }
        return left
    }
}
