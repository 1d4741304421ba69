public import Agreements
public import Values

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

/// What permits that are alike allow at the start of a period.
public struct PermitAccount: Hashable, Sendable {
    /// Which permits.
    public var permit: PermitUse
    /// The hours agreed to.
    public var agreed = Hours.zero
    /// What earlier periods left of them.
    public var left = Hours.zero

    /// What earlier periods used.
    public var usedBefore: Hours { agreed - left }
}

/// What clients' permits still allow, as period after period is rated: each permit's hours are used once.
struct PermitBook {
    /// By request, those that end soonest first, as they were given.
    private let given: [RequestID: [Permit]]
    /// The same with the hours that are left of them.
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

    init(_ permits: [RequestID: [Permit]]) { (given, left) = (permits, permits) }

    /// What the permits of requests allow now, those of one request and last day together.
    func accounts(of requests: Set<RequestID>) -> [PermitAccount] {
        var accounts: [PermitAccount] = []
        for request in requests.sorted() {
            for (given, left) in zip(given[request] ?? [], left[request] ?? []) {
                if accounts.last?.permit != PermitUse(request: request, until: given.until) {
                    accounts.append(PermitAccount(permit: PermitUse(request: request, until: given.until)))
                }
                accounts[accounts.count - 1].agreed += given.hours
                accounts[accounts.count - 1].left += left.hours
            }
        }
        return accounts
    }

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
        if contracts.contains(where: { $0.policies.overageConsent == .ask }) {
            var asking: Set<RequestID> = []
            for line in lines where line.charged > .zero && account(of: line)?.policies.overageConsent == .ask {
                asking.insert(entry(of: line).request)
            }
            self.permits = permits.accounts(of: asking)
        }
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
    public func account(of line: WorkLine) -> ContractAccount? {
        guard case .covered(let contract) = workClass(of: line).verdict else { return nil }
        return contracts.first { $0.contract == contract }
    }

    /// The overage of a contract in the period, and what of it was waived as within tolerance.
    package func overage(of contract: ContractID) -> (found: Hours, waived: Hours) {
        var overage = (found: Hours.zero, waived: Hours.zero)
        for line in lines where workClass(of: line).verdict == .covered(contract) {
            overage.found += line.charged + line.withheld + line.toleranceWaived
            overage.waived += line.toleranceWaived
        }
        return overage
    }

    /// The clause by which some of a line was withheld; nil where nothing was.
    public func consent(of line: WorkLine) -> OverageConsent? {
        line.withheld > .zero ? account(of: line)?.policies.overageConsent : nil
    }
}
