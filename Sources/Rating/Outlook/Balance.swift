public import Agreements
public import Values

/// What is left of one pool of hours in a month that is not over, or how far a service line is over. Pools are never added
/// up: hours of one may not pay for what hours of another pay for.
public struct Balance: Hashable, Sendable {
    /// Which pool.
    public enum Pool: Hashable, Sendable {
        /// The plan hours of a contract.
        case plan(ContractID, ServiceLineID, planName: String)
        /// A block of hours bought ahead.
        case block(BlockID, Block.Scope)
        /// The covered work of a line that no hours paid for.
        case over(ServiceLineID)
    }

    /// Which pool.
    public var pool: Pool
    /// The hours left; of a line that is over, the hours beyond. Never negative.
    public var hours: Hours
    /// The hours there were.
    public var granted: Hours
    /// The last day on which they can be used; nil for always, and for what is over.
    public var lastDay: CivilDate?

    /// Whether it is work beyond the hours there were.
    public var isOver: Bool {
        if case .over = pool { true } else { false }
    }

    /// In a sentence: `6 h 30 min left until 31 October 2026`, `All 5 h used`, or `0:30 over`.
    public var sentence: String {
        if isOver { return "\(hours) over" }
        if hours == .zero { return "All \(granted.inWords) used" }
        return "\(hours.inWords) left" + (lastDay.map { " until \($0.written)" } ?? "")
    }
}

extension Statement {
    /// The pools as they stand: what is over first, then what can be used, the soonest to lapse first.
    public var balances: [Balance] {
        var over: [ServiceLineID: Hours] = [:]
        for line in lines where line.charged > .zero && workClass(of: line).verdict != .chargedAtList {
            over[workClass(of: line).serviceLine, default: .zero] += line.charged
        }
        let beyond = over.sorted { $0.key < $1.key }.map {
            Balance(pool: .over($0.key), hours: $0.value, granted: .zero, lastDay: nil)
        }
        let pools = grants.compactMap { grant -> Balance? in
            let pool: Balance.Pool
            switch grant.id {
            case .allotment(let id, _):
                guard let contract = contracts.first(where: { $0.contract == id }) else { return nil }
                pool = .plan(id, contract.serviceLine, planName: contract.planName)
            case .block(let id):
                guard case .block(let scope) = grant.scope else { return nil }
                pool = .block(id, scope)
            }
            return Balance(
                pool: pool, hours: grant.opening - grant.drawn, granted: grant.opening, lastDay: grant.lastDay)
        }
        // Blocks that are used up say nothing any more; a plan's hours come back on the 1st.
        let shown = pools.filter { balance in
            if case .block = balance.pool { balance.hours > .zero } else { balance.granted > .zero }
        }
        return beyond
            + shown.enumerated().sorted { a, b in
                let (x, y) = (a.element.lastDay?.day ?? .max, b.element.lastDay?.day ?? .max)
                return (x, a.offset) < (y, b.offset)
            }.map(\.element)
    }
}

extension Hours {
    /// For people who do not read clocks: `6 h 30 min`.
    public var inWords: String {
        var parts: [String] = []
        if seconds / 3600 > 0 { parts.append("\(seconds / 3600) h") }
        if seconds / 60 % 60 > 0 { parts.append("\(seconds / 60 % 60) min") }
        if seconds % 60 > 0 { parts.append("\(seconds % 60) s") }
        return parts.isEmpty ? "0 h" : parts.joined(separator: " ")
    }
}
