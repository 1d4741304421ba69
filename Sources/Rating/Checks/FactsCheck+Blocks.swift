package import Agreements
package import Values

/// Blocks: how many hours, for what, until when (design D4).
extension FactsCheck {
    /// The most hours a block may have: more than ten years of hours, and few enough for every sum of prices.
    private static let largest = Hours(100_000)

    /// The most that the blocks of all clients may cost together, in minor units: few enough for every sum.
    private static let dearest = 1_000_000_000_000_000_000

    func checkBlocks(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        var sum = 0
        for block in facts.blocks where block.hours <= FactsCheck.largest {
            let (next, isTooMuch) = sum.addingReportingOverflow(block.price.minorUnits)
            sum = isTooMuch ? .max : next
            guard sum > FactsCheck.dearest else { continue }
            found.add("blocks", "their prices are more than can be added", fix: "correct their hours and prices")
            break
        }
        for block in facts.blocks {
            let subject = "block \(block.id)"
            let version = terms.inForce(on: block.boughtOn)
            if version == nil {
                found.add(
                    subject, "it was bought on \(block.boughtOn), before the first terms",
                    fix: "give the terms of that time")
            } else if version?.blocks == nil {
                found.add(
                    subject, "the terms in force on \(block.boughtOn) sell no blocks",
                    fix: "add blocks to these terms, or leave it out")
            }
            checkSize(block.hours, subject, version?.blocks, &found)
            checkCurrency(block.pricePerHour.perHour, subject, &found)
            if let lastDay = block.lastDay { checkLastDay(lastDay, of: block, subject, &found) }
            switch block.scope {
            case .project(let project): checkProject(project, of: block.client, subject, index, &found)
            case .serviceLine(let line): checkServiceLine(line, subject, &found)
            case .client: break
            }
        }
        checkBlockChanges(facts, index, &found)
    }

    // MARK: Changes

    /// Each change is judged by what was issued before it was recorded: fewer hours, an earlier end or a later start take back
    /// nothing that was issued as used by then (edge cases E19, E21).
    private func checkBlockChanges(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        var steps = facts.blockChanges.map { BlockStep.change($0) }
        var ending: [ProjectID: [Block]] = [:]
        for case (let block, .project(let project)) in facts.blocks.map({ ($0, $0.scope) }) where block.endsWithProject
        {
            ending[project, default: []].append(block)
        }
        steps += facts.projectsDone.filter { ending[$0.project] != nil }.map { .done($0) }
        guard !steps.isEmpty else { return }
        steps += facts.closings.map { .closing($0) } + facts.reopenings.map { .reopening($0) }
        var use = IssuedUse()
        for step in steps.sorted(by: { $0.order < $1.order }) {
            switch step {
            case .closing(let closing): use.add(closing)
            case .reopening(let reopening): use.withdraw(reopening)
            case .change(let change):
                guard let block = index.blocks[change.block] else { continue }
                check(change, of: block, use, &found)
            case .done(let done):
                for block in ending[done.project] ?? [] {
                    checkEnd(done.on, of: block, use, "end of project \(done.project)", &found)
                }
            }
        }
    }

    private func check(_ change: BlockChange, of block: Block, _ use: IssuedUse, _ found: inout Findings) {
        let subject = "change of block \(change.block)"
        if let hours = change.hours {
            let used = use.used(of: block.id)
            if hours < used {
                found.add(
                    subject, "it leaves \(hours), and closed months used \(used) of it",
                    fix: "leave at least \(used): what was used cannot be taken back")
            } else if hours > block.hours {
                // More hours are another purchase.
                checkSize(hours, subject, terms.inForce(on: block.boughtOn)?.blocks, &found)
            }
        }
        if let lastDay = change.lastDay {
            checkLastDay(lastDay, of: block, subject, &found)
            checkEnd(lastDay, of: block, use, subject, &found)
        }
        if let paidOn = change.paidOn, !block.usableBeforePaid, let first = use.periods(of: block.id)?.lowerBound,
            first < Period(containing: paidOn)
        {
            found.add(
                subject, "it would be paid on \(paidOn), and \(first), which is closed, used hours of it",
                fix: "give a date of payment in \(first) or before")
        }
    }

    private func checkEnd(
        _ lastDay: CivilDate, of block: Block, _ use: IssuedUse, _ subject: String, _ found: inout Findings
    ) {
        guard let last = use.periods(of: block.id)?.upperBound, Period(containing: lastDay) < last else { return }
        found.add(
            subject, "block \(block.id) would end on \(lastDay), and \(last), which is closed, used hours of it",
            fix: "give a day in \(last) or later")
    }

    private func checkSize(_ hours: Hours, _ subject: String, _ sale: BlockTerms?, _ found: inout Findings) {
        let minimum = sale?.minimum ?? Hours(5)
        let step = max(sale?.step ?? Hours(5), Hours(seconds: 1))
        if hours < minimum || hours.seconds % step.seconds != 0 {
            found.add(subject, "it has \(hours)", fix: "blocks are sold from \(minimum) in steps of \(step)")
        } else if hours > FactsCheck.largest {
            found.add(subject, "it has \(hours)", fix: "a block has at most \(FactsCheck.largest)")
        }
    }

    private func checkLastDay(_ lastDay: CivilDate, of block: Block, _ subject: String, _ found: inout Findings) {
        guard lastDay < block.effective else { return }
        found.add(
            subject, "its last day \(lastDay) is before its first day \(block.effective)", fix: "give a later last day")
    }
}

/// Something that was recorded about blocks, or that issued work that drew on them.
private enum BlockStep {
    case change(BlockChange)
    case done(ProjectDone)
    case closing(Closing)
    case reopening(Reopening)

    /// When it was recorded. Where there are no numbers, changes come first within one second, then closings, then what
    /// reopens them: nobody knows better, and a change that was lawful when it was recorded stays so.
    var order: Moment {
        switch self {
        case .change(let change): change.recorded
        case .done(let done): done.recorded
        case .closing(let closing): closing.recorded
        case .reopening(let reopening): reopening.recorded
        }
    }
}

/// What closings issued as drawn from blocks, as one after the other was recorded.
package struct IssuedUse {
    private struct ClosedPeriod: Hashable {
        var client: ClientID
        var period: Period
    }

    /// The hours that stand, net of what later closings took back.
    private var standing: [BlockID: [Period: Hours]] = [:]
    /// The most that ever stood of each block.
    private var most: [BlockID: Hours] = [:]
    private var closings: [ClosedPeriod: [Closing]] = [:]
    /// The entries whose work was ever issued as drawing on a block.
    private var entries: [BlockID: Set<EntryID>] = [:]

    /// Nothing was issued yet.
    init() {}

    /// All that was issued, in the order in which it was recorded.
    package init(_ facts: Facts) {
        let steps = facts.closings.map { BlockStep.closing($0) } + facts.reopenings.map { .reopening($0) }
        for step in steps.sorted(by: { $0.order < $1.order }) {
            switch step {
            case .closing(let closing): add(closing)
            case .reopening(let reopening): withdraw(reopening)
            case .change, .done: break
            }
        }
    }

    mutating func add(_ closing: Closing) {
        closings[ClosedPeriod(client: closing.client, period: closing.period), default: []].append(closing)
        count(closing, 1)
    }

    /// A reopening withdraws the latest closing of its period: what that issued stands no more, and was issued all the same.
    mutating func withdraw(_ reopening: Reopening) {
        let period = ClosedPeriod(client: reopening.client, period: reopening.period)
        if let closing = closings[period]?.popLast() { count(closing, -1) }
    }

    private mutating func count(_ closing: Closing, _ sign: Int) {
        var touched: Set<BlockID> = []
        for position in closing.positions {
            for case (.block(let block), let hours) in position.draws {
                standing[block, default: [:]][position.period, default: .zero] += Hours(seconds: sign * hours.seconds)
                touched.insert(block)
                switch position.key {
                case .entry(let entry), .entryRounding(let entry): entries[block, default: []].insert(entry)
                default: break
                }
            }
        }
        for block in touched { most[block] = max(everUsed(of: block), used(of: block)) }
    }

    /// The hours of a block that stand as issued.
    package func used(of block: BlockID) -> Hours { standing[block]?.values.reduce(.zero, +) ?? .zero }

    /// The most hours of a block that ever stood as issued: taking back what was issued does not undo that it was used.
    package func everUsed(of block: BlockID) -> Hours { most[block] ?? .zero }

    /// From the first to the last period for which hours of a block stand as issued.
    func periods(of block: BlockID) -> ClosedRange<Period>? {
        let periods = (standing[block] ?? [:]).filter { $0.value > .zero }.keys
        guard let first = periods.min(), let last = periods.max() else { return nil }
        return first...last
    }

    /// The entries whose work was ever issued as drawing on a block.
    package func entries(of block: BlockID) -> Set<EntryID> { entries[block] ?? [] }
}
