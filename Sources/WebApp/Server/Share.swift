import ServiceDesk
import Synchronization

/// What may be under way at once, in bytes or in places: so much in all, and so much for each address, person and company, so
/// that nobody has it all. Each server counts by itself.
final class Share: Sendable {
    /// What is used up.
    enum Full: Hashable {
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
    let all: Int
    private let each: Int
    private let taken = Mutex(Taken())

    init(all: Int, each: Int) {
        self.all = all
        self.each = each
    }

    /// What of it is used.
    var inUse: Int { taken.withLock { $0.all } }

    /// Takes an amount in several names at once; what is used up where there is not enough, and then nothing is taken.
    func take(_ amount: Int, for names: [String]) -> Full? {
        taken.withLock { taken in
            if names.contains(where: { (taken.each[$0] ?? 0) > each - amount }) { return .each }
            if taken.all > all - amount { return .all }
            taken.all += amount
            for name in names { taken.each[name, default: 0] += amount }
            return nil
        }
    }

    /// Gives back what was taken.
    func giveBack(_ amount: Int, for names: [String]) {
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
    func with<Value: Sendable>(_ amount: Int, for names: [String], _ body: () async throws -> Value) async throws
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

/// What is shared among all who use a server.
struct Shares: Sendable {
    /// The bytes of what people type, from when they begin to come until they are answered.
    let typed = Share(all: 32 << 20, each: 4 << 20)
    /// The same of people who are not signed in: they cannot use up what others have.
    let strangers = Share(all: 8 << 20, each: 1 << 20)
    /// The bytes of files.
    let files = Share(all: 100 << 20, each: 2 * Route.BodyLimit.upload.rawValue)
    /// Wrong tokens that are yet to be counted, by address: more are not counted, for they keep nobody from saving.
    let wrongTokens = Share(all: 16, each: 4)
    /// Passwords that are tried: thirty at once would keep pages waiting. The others wait for their turn; an office of forty
    /// that signs in at nine has one address.
    let passwords: WaitingLine

    /// - Parameter patience: how long somebody waits in the line of passwords.
    init(patience: Duration) {
        passwords = WaitingLine(
            working: .init(all: 8, each: 4), waiting: .init(all: 256, each: 64), patience: patience)
    }
}

/// In whose names something is counted.
enum Counted {
    /// An address, by its block.
    static func address(_ address: String) -> String { "address/\(AddressBlock.name(address))" }
    /// A person, and their company where they are at a client.
    static func names(of actor: Actor) -> [String] { ["person/\(actor.id)"] + company(of: actor) }
    static func company(of actor: Actor) -> [String] { actor.client.map { ["company/\($0)"] } ?? [] }
}
