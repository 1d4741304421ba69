import Agreements
public import Values

/// What became of one grant when a line asked for hours.
public struct GrantTrial: Hashable, Sendable {
    /// Why it gave hours, or none.
    public enum Outcome: Hashable, Sendable {
        /// It gave so much.
        case taken(Hours)
        /// The line had all it asked for from other grants.
        case notNeeded
        /// What its hours may pay for does not include this work.
        case outOfScope
        /// Its hours may not pay for work of this date.
        case outOfDates(from: CivilDate, lastDay: CivilDate?)
        /// Blocks do not pay for this kind of work.
        case notPaidByBlocks
        /// It had no hours at the start of the period.
        case empty
        /// Its hours went to other work, which was dearer, or earlier, or had no other hours.
        case usedElsewhere([OtherUse])
        /// It has hours, but they came after the period was closed, and what was invoiced stays invoiced.
        case cameAfterInvoice
    }

    /// What another entry drew.
    public struct OtherUse: Hashable, Sendable {
        /// Which entry.
        public var entry: EntryID
        /// How much.
        public var hours: Hours
    }

    /// The grant's place in ``Statement/grants``.
    public var grant: Int
    /// What became of it.
    public var outcome: Outcome
}

extension Statement {
    /// The grants of the period in the order in which they are preferred, and why each gave hours to a line or none.
    ///
    /// Complexity: O(grants × draws of the period); it is for explaining a line, not for rating.
    public func trail(of line: WorkLine) -> [GrantTrial] {
        let workClass = workClass(of: line)
        guard workClass.verdict != .notCharged, line.asked > .zero else { return [] }
        return grants.indices.map { index in
            GrantTrial(grant: index, outcome: outcome(of: index, for: line, workClass))
        }
    }

    private func outcome(of index: Int, for line: WorkLine, _ workClass: WorkClass) -> GrantTrial.Outcome {
        let grant = grants[index]
        if let draw = draws(of: line).first(where: { $0.grant == index }) { return .taken(draw.hours) }
        guard workClass.eligible.contains(index) else { return whyNotEligible(grant, line, workClass) }
        // A line that has all it asked for may still have been kept from hours it would have preferred.
        let isPreferred = draws(of: line).contains { $0.grant > index }
        if line.drawn == line.asked, !isPreferred || grant.drawn < grant.opening { return .notNeeded }
        if grant.opening == .zero { return .empty }
        guard grant.drawn == grant.opening else { return .cameAfterInvoice }
        var uses: [GrantTrial.OtherUse] = []
        for other in lines {
            let hours = draws(of: other).filter { $0.grant == index }.reduce(Hours.zero) { $0 + $1.hours }
            guard hours > .zero else { continue }
            let entry = entry(of: other).id
            if let last = uses.indices.last, uses[last].entry == entry {
                uses[last].hours += hours
            } else {
                uses.append(GrantTrial.OtherUse(entry: entry, hours: hours))
            }
        }
        return .usedElsewhere(uses)
    }

    private func whyNotEligible(_ grant: GrantAccount, _ line: WorkLine, _ workClass: WorkClass) -> GrantTrial.Outcome {
        let isInScope =
            switch grant.scope {
            case .contract(let serviceLine, let projects):
                serviceLine == workClass.serviceLine
                    && (projects.isEmpty || (workClass.project.map(projects.contains) ?? false))
                    && workClass.verdict != .chargedAtList
            case .block(.project(let project)): workClass.project == project
            case .block(.serviceLine(let serviceLine)): workClass.serviceLine == serviceLine
            case .block(.client): true
            }
        guard isInScope else { return .outOfScope }
        if line.date < grant.from || grant.lastDay.map({ line.date > $0 }) ?? false {
            return .outOfDates(from: grant.from, lastDay: grant.lastDay)
        }
        if case .block = grant.id { return .notPaidByBlocks }
        return .outOfScope
    }
}
