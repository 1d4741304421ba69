import Agreements
import Rating

/// How grants and positions are written in a facts file and in a statement's JSON. The name comes last, for it may hold a
/// colon itself.
extension GrantID {
    /// `allotment:2026-01:acme-web`, `block:b-12`.
    var fileText: String {
        switch self {
        case .allotment(let contract, let period): "allotment:\(period):\(contract)"
        case .block(let block): "block:\(block)"
        }
    }

    init?(fileText text: String) {
        if let rest = text.after("block:"), !rest.isEmpty {
            self = .block(BlockID(rest))
        } else if let rest = text.after("allotment:"), let period = Period(String(rest.prefix(7))),
            let contract = String(rest.dropFirst(7)).after(":"), !contract.isEmpty
        {
            self = .allotment(ContractID(contract), period)
        } else {
            return nil
        }
    }
}

extension PositionKey {
    /// `entry:e-12`, `fee:acme-web`, `block:b-12`, `entry-rounding:e-12`, `request-rounding:r-7`,
    /// `day-rounding:2026-01-05:r-7`.
    var fileText: String {
        switch self {
        case .fee(let contract): "fee:\(contract)"
        case .block(let block): "block:\(block)"
        case .entry(let entry): "entry:\(entry)"
        case .entryRounding(let entry): "entry-rounding:\(entry)"
        case .requestRounding(let request): "request-rounding:\(request)"
        case .dayRounding(let request, let date): "day-rounding:\(date):\(request)"
        }
    }

    init?(fileText text: String) {
        if let name = text.after("fee:") {
            self = .fee(ContractID(name))
        } else if let name = text.after("block:") {
            self = .block(BlockID(name))
        } else if let name = text.after("entry:") {
            self = .entry(EntryID(name))
        } else if let name = text.after("entry-rounding:") {
            self = .entryRounding(EntryID(name))
        } else if let name = text.after("request-rounding:") {
            self = .requestRounding(RequestID(name))
        } else if let rest = text.after("day-rounding:"), let date = CivilDate(String(rest.prefix(10))),
            let name = String(rest.dropFirst(10)).after(":")
        {
            self = .dayRounding(RequestID(name), date)
        } else {
            return nil
        }
    }
}

extension Upgrade {
    /// `at-once`, `at-once-prorate-fee`, `at-once-prorate-fee-and-hours`, `next-period`.
    var fileText: String { TermsReader.upgrades.first { $0.value == self }?.name ?? "at-once" }
}

extension String {
    fileprivate func after(_ prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
