public import Agreements

/// What clients' permits still allow, as period after period is rated: each permit's hours are used once.
struct PermitBook {
    /// By request, those that end soonest first.
    private var left: [RequestID: [Permit]]

    init(_ permits: [RequestID: [Permit]]) { left = permits }

    /// Takes up to so many hours for work of a date, and says how many there were.
    mutating func take(_ hours: Hours, for request: RequestID, on date: CivilDate) -> Hours {
        var needed = hours
        for place in (left[request] ?? []).indices where needed > .zero {
            guard let permit = left[request]?[place], date <= permit.until, permit.hours > .zero else { continue }
            let taken = min(needed, permit.hours)
            left[request]?[place].hours -= taken
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
