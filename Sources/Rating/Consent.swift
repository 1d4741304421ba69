public import Agreements

/// The permits of one request that end on one day: which of them is used makes no difference.
public struct PermitUse: Hashable, Sendable {
    /// For which request.
    public var request: RequestID
    /// The last day of work that they are for.
    public var until: CivilDate

    /// The permits of a request that end on a day.
    public init(request: RequestID, until: CivilDate) {
        self.request = request
        self.until = until
    }
}

/// What clients' permits still allow, as period after period is rated: each permit's hours are used once.
struct PermitBook {
    /// By request, those that end soonest first.
    private var left: [RequestID: [Permit]]
    /// What was taken since ``beginPeriod()``.
    private(set) var taken: [PermitUse: Hours] = [:]

    /// Begins to note what a period takes.
    mutating func beginPeriod() { taken = [:] }

    /// Takes what a period is known to take.
    mutating func take(_ known: [PermitUse: Hours]) {
        for (use, hours) in known {
            var rest = hours
            for place in (left[use.request] ?? []).indices where rest > .zero {
                guard let permit = left[use.request]?[place], permit.until == use.until else { continue }
                let some = min(rest, permit.hours)
                left[use.request]?[place].hours -= some
                rest -= some
            }
        }
    }

    init(_ permits: [RequestID: [Permit]]) { left = permits }

    /// Takes up to so many hours for work of a date, and says how many there were.
    mutating func take(_ hours: Hours, for request: RequestID, on date: CivilDate) -> Hours {
        var needed = hours
        for place in (left[request] ?? []).indices where needed > .zero {
            guard let permit = left[request]?[place], date <= permit.until, permit.hours > .zero else { continue }
            let taken = min(needed, permit.hours)
            left[request]?[place].hours -= taken
            self.taken[PermitUse(request: request, until: permit.until), default: .zero] += taken
            needed -= taken
        }
        return hours - needed
    }
}

extension Statement {
    /// Withholds the overage that the client did not consent to, by the policy of each contract: earlier work first is
    /// charged (design O1). What no contract covers is not overage.
    mutating func withhold(using permits: inout PermitBook) {
        guard contracts.contains(where: { $0.policies.overageConsent != .allow }) else { return }
        var used: [ContractID: Hours] = [:]
        for index in lines.indices where lines[index].charged > .zero {
            guard let account = account(of: lines[index]) else { continue }
            let overage = lines[index].charged
            let allowed: Hours
            switch account.policies.overageConsent {
            case .allow: allowed = overage
            case .allowUpTo(let most):
                allowed = max(.zero, min(overage, most - (used[account.contract] ?? .zero)))
                used[account.contract, default: .zero] += allowed
            case .ask:
                allowed = permits.take(overage, for: entry(of: lines[index]).request, on: lines[index].date)
            case .stop: allowed = .zero
            }
            lines[index].charged = allowed
            lines[index].withheld = overage - allowed
        }
    }

    /// The account of the contract that covers a line; nil where none does.
    private func account(of line: WorkLine) -> ContractAccount? {
        guard case .covered(let contract) = workClass(of: line).verdict else { return nil }
        return contracts.first { $0.contract == contract }
    }

    /// The clause by which some of a line was withheld; nil where nothing was.
    public func consent(of line: WorkLine) -> OverageConsent? {
        line.withheld > .zero ? account(of: line)?.policies.overageConsent : nil
    }
}
