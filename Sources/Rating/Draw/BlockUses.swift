import Agreements
import Values

/// What months take of blocks, as a client's months are gone through in their order: the terms of each block's opening
/// hours (docs/rules.md, "Hours that months hold").
struct BlockUses {
    private let bought: [BlockID: Hours]
    private var earlier: [BlockID: [MonthHours]] = [:]
    private var later: [BlockID: [MonthHours]] = [:]

    /// - Parameter holds: what closed months hold of each block.
    init(_ history: ClientHistory, holds: [Period: [BlockID: Hours]]) {
        bought = Dictionary(
            history.blocks.lazy.map { ($0.block.id, $0.block.hours) }, uniquingKeysWith: { first, _ in first })
        guard !bought.isEmpty else { return }
        for (period, hours) in holds.sorted(by: { $0.key < $1.key }) {
            for (block, hours) in hours where hours > .zero {
                later[block, default: []].append(MonthHours(period: period, hours: hours))
            }
        }
    }

    /// Adds what the next month draws.
    mutating func add(_ draws: [BlockID: Hours], in period: Period) {
        for (block, hours) in draws where hours > .zero {
            earlier[block, default: []].append(MonthHours(period: period, hours: hours))
        }
    }

    /// Says of each block on a statement how its opening hours came about.
    func explain(_ statement: inout Statement) {
        for index in statement.grants.indices {
            guard case .block(let id) = statement.grants[index].id, let bought = bought[id] else { continue }
            let later = (later[id] ?? []).filter { $0.period > statement.period }
            statement.grants[index].use = BlockUse(bought: bought, earlier: earlier[id] ?? [], later: later)
        }
    }
}
