import Agreements

/// One block as it came to be: extended, paid, corrected, ended with its project.
struct BlockHistory {
    var block: Block
    /// The first day of work it may pay for, or nil while it may not be used.
    var effective: CivilDate?
    /// The last day of work it may pay for, or nil where no date is set.
    var lastDay: CivilDate?

    init(_ block: Block, changes: [BlockChange], projectDone: CivilDate?) {
        self.block = block
        for change in changes.sorted(by: BlockHistory.isBefore) {
            if let hours = change.hours { self.block.hours = hours }
            if let lastDay = change.lastDay { self.block.lastDay = lastDay }
            if let paidOn = change.paidOn { self.block.paidOn = paidOn }
        }
        lastDay = [self.block.lastDay, projectDone].compactMap(\.self).min()
        if block.usableBeforePaid {
            effective = block.effective
        } else {
            effective = self.block.paidOn.map { max($0, block.effective) }
        }
    }

    /// The last recorded change counts; of those recorded in one second the greatest in content, so that their order
    /// in a file never matters.
    private static func isBefore(_ a: BlockChange, _ b: BlockChange) -> Bool {
        if a.recordedAt != b.recordedAt { return a.recordedAt < b.recordedAt }
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
}
