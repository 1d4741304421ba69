import Agreements
import Values

/// A grant as it stands in one period, before the period's work draws on it.
struct OpenGrant {
    var id: GrantID
    var scope: GrantScope
    var from: CivilDate
    var lastDay: CivilDate?
    /// A contract's first day, or a block's purchase.
    var boughtOn: CivilDate
    /// The rank of an allotment's contract.
    var rank: Int?
    /// The hours it has for the period.
    var hours: Hours

    /// How narrow its scope is: 0 for projects, 1 for a line, 2 for the client.
    private var breadth: Int {
        switch scope {
        case .contract(_, let projects): projects.isEmpty ? 1 : 0
        case .block(.project): 0
        case .block(.serviceLine): 1
        case .block(.client): 2
        }
    }

    private var isAllotment: Bool {
        if case .allotment = id { true } else { false }
    }

    /// Whether work draws on this grant before another (design D1).
    func isBefore(_ other: OpenGrant, _ order: DrawOrder) -> Bool {
        let key = order == .narrowestScope ? breadth : 0
        let otherKey = order == .narrowestScope ? other.breadth : 0
        if key != otherKey { return key < otherKey }
        if order == .allotmentFirst, isAllotment != other.isAllotment { return isAllotment }
        let (end, otherEnd) = (lastDay?.day ?? .max, other.lastDay?.day ?? .max)
        if end != otherEnd { return end < otherEnd }
        if breadth != other.breadth { return breadth < other.breadth }
        if rank != other.rank { return (rank ?? .max) < (other.rank ?? .max) }
        if boughtOn != other.boughtOn { return boughtOn < other.boughtOn }
        return id < other.id
    }

    /// Whether its hours may pay for a kind of work on a date.
    func mayPay(for kind: WorkKind, covering: [ContractID], paidByBlocks: Bool, on date: CivilDate) -> Bool {
        guard from <= date, lastDay.map({ date <= $0 }) ?? true else { return false }
        switch (id, scope) {
        case (.allotment(let contract, _), _): return covering.contains(contract)
        case (.block, .block(.project(let project))): return paidByBlocks && kind.project == project
        case (.block, .block(.serviceLine(let line))): return paidByBlocks && kind.serviceLine == line
        case (.block, _): return paidByBlocks
        }
    }
}
