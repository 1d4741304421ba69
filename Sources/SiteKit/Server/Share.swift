import Synchronization

/// What may be under way at once, in bytes or in places: so much in all, and so much for each address, person and company, so
/// that nobody has it all. Each server counts by itself.
package final class Share: Sendable {
    /// What is used up.
    package enum Full: Hashable {
        /// What there is in all.
        case all
        /// What one may have.
        case each
    }

    private struct Taken {
        var all = 0
        var each: [String: Int] = [:]
    }

    /// What there is in all.
    package let all: Int
    private let each: Int
    private let taken = Mutex(Taken())

    package init(all: Int, each: Int) {
        self.all = all
        self.each = each
    }

    /// What of it is used.
    package var inUse: Int { taken.withLock { $0.all } }

    /// Takes an amount in several names at once; what is used up where there is not enough, and then nothing is taken.
    package func take(_ amount: Int, for names: [String]) -> Full? {
        taken.withLock { taken in
            if names.contains(where: { (taken.each[$0] ?? 0) > each - amount }) { return .each }
            if taken.all > all - amount { return .all }
            taken.all += amount
            for name in names { taken.each[name, default: 0] += amount }
            return nil
        }
    }

    /// Gives back what was taken.
    package func giveBack(_ amount: Int, for names: [String]) {
        taken.withLock { taken in
            taken.all -= amount
            for name in names {
                let left = (taken.each[name] ?? 0) - amount
                taken.each[name] = left > 0 ? left : nil
            }
        }
    }

    /// Does something for which an amount is needed.
    ///
    /// - Throws: ``PageError/crowded`` or ``PageError/tooMuch(wait:)`` where there is not enough of it.
    package func with<Value: Sendable>(_ amount: Int, for names: [String], _ body: () async throws -> Value)
        async throws
        -> Value
    {
        switch take(amount, for: names) {
        case .all?: throw PageError.crowded
        case .each?: throw PageError.tooMuch(wait: 2)
        case nil: break
        }
        defer { giveBack(amount, for: names) }
        return try await body()
    }
}
