import Agreements
import Values

/// One block as it came to be: extended, paid, corrected, ended with its project.
struct BlockHistory {
    var block: Block
    /// The first day of work it may pay for, or nil while it may not be used.
    var effective: CivilDate?
    /// The last day of work it may pay for, or nil where no date is set.
    var lastDay: CivilDate?
    /// The block as it was sold, its changes in the order in which they became known, and the ends of its project.
    private let sold: Block
    private let changes: [BlockChange]
    private let projectEnds: [ProjectDone]

    init(_ block: Block, changes: [BlockChange], projectEnds: [ProjectDone]) {
        self.init(sold: block, sorted: changes.sorted(by: BlockHistory.isBefore), projectEnds)
    }

    private init(sold: Block, sorted changes: [BlockChange], _ projectEnds: [ProjectDone]) {
        self.sold = sold
        self.changes = changes
        self.projectEnds = projectEnds
        block = sold
        for change in changes {
            if let hours = change.hours { block.hours = hours }
            if let lastDay = change.lastDay { block.lastDay = lastDay }
            if let paidOn = change.paidOn { block.paidOn = paidOn }
        }
        let projectDone = projectEnds.max { ($0.recorded, $0.on) < ($1.recorded, $1.on) }?.on
        lastDay = [block.lastDay, projectDone].compactMap(\.self).min()
        if block.usableBeforePaid {
            effective = block.effective
        } else {
            effective = block.paidOn.map { max($0, block.effective) }
        }
    }

    /// Whether it got more hours after it was sold: those that came later then pay for nothing that was invoiced before.
    var hasGrown: Bool {
        var hours = sold.hours
        for change in changes {
            guard let changed = change.hours else { continue }
            if changed > hours { return true }
            hours = changed
        }
        return false
    }

    /// The block as it was known before a moment; nil where nobody had bought it.
    func known(before moment: Moment) -> BlockHistory? {
        guard sold.recorded < moment else { return nil }
        return BlockHistory(
            sold: sold, sorted: changes.filter { $0.recorded < moment }, projectEnds.filter { $0.recorded < moment })
    }

    /// The last recorded change counts; of those recorded in one second the greatest in content, so that their order
    /// in a file never matters.
    private static func isBefore(_ a: BlockChange, _ b: BlockChange) -> Bool {
        if a.recorded != b.recorded { return a.recorded < b.recorded }
        let (x, y) = (a.hours?.seconds ?? -1, b.hours?.seconds ?? -1)
        if x != y { return x < y }
        return (a.lastDay?.day ?? Int.min, a.paidOn?.day ?? Int.min, a.reason)
            < (b.lastDay?.day ?? Int.min, b.paidOn?.day ?? Int.min, b.reason)
    }

    /// The first period in which it can be drawn on.
    var firstPeriod: Period? { effective.map(Period.init(containing:)) }

    /// The period at the end of which its hours lapse, or nil where they do not.
    var lastPeriod: Period? {
        guard let lastDay, let effective else { return nil }
        return Period(containing: max(lastDay, effective))
    }

    /// Whether it can be drawn on in a period.
    func isUsable(in period: Period) -> Bool {
        guard let first = firstPeriod, first <= period else { return false }
        return lastPeriod.map { period <= $0 } ?? true
    }
}
