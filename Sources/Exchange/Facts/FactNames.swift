import Agreements
import Rating
import Values

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
        guard let (kind, rest) = text.cutAtColon else { return nil }
        switch kind {
        case "block":
            guard let block = BlockID(fit: rest) else { return nil }
            self = .block(block)
        case "allotment":
            guard let (period, name) = rest.cutAtColon, let period = Period(period),
                let contract = ContractID(fit: name)
            else { return nil }
            self = .allotment(contract, period)
        default: return nil
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
        guard let (kind, rest) = text.cutAtColon else { return nil }
        let key: PositionKey? =
            switch kind {
            case "fee": ContractID(fit: rest).map { .fee($0) }
            case "block": BlockID(fit: rest).map { .block($0) }
            case "entry": EntryID(fit: rest).map { .entry($0) }
            case "entry-rounding": EntryID(fit: rest).map { .entryRounding($0) }
            case "request-rounding": RequestID(fit: rest).map { .requestRounding($0) }
            case "day-rounding": PositionKey(dayRounding: rest)
            default: nil
            }
        guard let key else { return nil }
        self = key
    }

    private init?(dayRounding text: String) {
        guard let (date, name) = text.cutAtColon, let date = CivilDate(date), let request = RequestID(fit: name) else {
            return nil
        }
        self = .dayRounding(request, date)
    }
}

extension Upgrade {
    /// `at-once`, `at-once-prorate-fee`, `at-once-prorate-fee-and-hours`, `next-period`.
    var fileText: String { TermsReader.upgrades.first { $0.value == self }?.name ?? "at-once" }
}

extension Identifier {
    /// A name that is fit to be one, or nil.
    fileprivate init?(fit text: String) {
        self.init(text)
        guard isFit else { return nil }
    }
}

extension String {
    /// What stands before and after the first colon, cut between bytes: an id may begin with an accent, which would make
    /// one character with the colon.
    fileprivate var cutAtColon: (String, String)? {
        guard let colon = utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        return (String(self[..<colon]), String(decoding: utf8[colon...].dropFirst(), as: UTF8.self))
    }
}
