import Agreements
import Values

/// A client's months and the hours that they hold of blocks (docs/rules.md, "Hours that months hold"): each month is rated
/// with what the others leave it, until no closed month holds anything else than it draws.
struct ClientMonths {
    private let history: ClientHistory
    private let range: Range<Int>
    private let settled: [Period: SettledPeriod]
    /// Each month's parts, in the order of work.
    private var parts: [Period: ArraySlice<WorkPart>] = [:]
    /// What each closed month holds of each block.
    private(set) var holds: [Period: [BlockID: Hours]] = [:]
    /// For which billed seconds it holds them.
    private var billed: [Period: BilledDraws] = [:]
    /// Whether some block has got more hours, so that it matters which of them were known when.
    private let hasGrown: Bool
    /// Each month as it is rated, and with which hours.
    private(set) var ratings: [Period: PeriodRating] = [:]
    private var available: [Period: [BlockID: Hours]] = [:]
    /// The first settled month that may use hours which were freed.
    private(set) var unsettled: Period?

    init(_ history: ClientHistory, _ range: Range<Int>, _ settled: [Period: SettledPeriod]) {
        self.history = history
        self.range = range
        self.settled = settled
        hasGrown = history.blocks.contains(where: \.hasGrown)
        var rest = history.parts[...]
        while let first = rest.first, first.period.index < range.lowerBound { rest = rest.dropFirst() }
        for index in range {
            let period = Period(index: index)
            let end = rest.firstIndex { $0.period != period } ?? rest.endIndex
            parts[period] = rest[rest.startIndex..<end]
            rest = rest[end...]
        }
        for period in settled.keys { holds[period] = settled[period]?.draws }
    }

    /// Rates all months.
    mutating func settle() {
        release()
        while sweep() {}
    }

    /// Each closed month lets go of what it does not draw any more of the hours that were issued as drawn.
    private mutating func release() {
        guard !history.blocks.isEmpty else { return }
        let issued = history.issued.blockDraws().filter { history.closings[$0.key] != nil && settled[$0.key] == nil }
            .mapValues { $0.filter { $0.value > .zero } }
        if hasGrown {
            for period in issued.keys { billed[period] = ClosedPeriod(history, period).issuedDraws }
        }
        let issuedDraws = billed
        for (period, held) in issued where !held.isEmpty && range.contains(period.index) {
            var usable: [BlockID: Hours] = [:]
            for block in history.blocks where block.isUsable(in: period) {
                if let hours = held[block.block.id] { usable[block.block.id] = min(hours, block.block.hours) }
            }
            let rating = rate(period, usable, billed: issuedDraws)
            holds[period] = rating.blockDraws
            billed[period] = rating.billedDraws
        }
    }

    /// Rates the months in their order, each with what is left for it.
    ///
    /// - Returns: whether a closed month holds something else now, so that others may find other hours.
    private mutating func sweep() -> Bool {
        var drawn: [BlockID: Hours] = [:]
        var later: [BlockID: Hours] = [:]
        for held in holds.values { later.merge(held, uniquingKeysWith: +) }
        var isChanged = false
        for index in range {
            let period = Period(index: index)
            for (block, hours) in holds[period] ?? [:] { later[block, default: .zero] -= hours }
            var left: [BlockID: Hours] = [:]
            for block in history.blocks where block.isUsable(in: period) {
                let id = block.block.id
                left[id] = max(.zero, block.block.hours - (drawn[id] ?? .zero) - (later[id] ?? .zero))
            }
            if let known = settled[period] {
                if unsettled == nil, known.wants.contains(where: { (left[$0] ?? .zero) > (known.draws[$0] ?? .zero) }) {
                    unsettled = period
                }
                drawn.merge(known.draws, uniquingKeysWith: +)
                continue
            }
            let rating: PeriodRating
            if let known = ratings[period], available[period] == left, !hasGrown {
                rating = known
            } else {
                rating = rate(period, left, billed: billed)
                ratings[period] = rating
                available[period] = left
            }
            let draws = rating.blockDraws
            drawn.merge(draws, uniquingKeysWith: +)
            guard history.closings[period] != nil else { continue }
            if draws != holds[period] ?? [:] || (hasGrown && rating.billedDraws != billed[period] ?? BilledDraws()) {
                holds[period] = draws
                billed[period] = rating.billedDraws
                isChanged = true
            }
        }
        return isChanged
    }

    private func rate(
        _ period: Period, _ available: [BlockID: Hours], billed: [Period: BilledDraws]
    ) -> PeriodRating {
        var elsewhere = BilledDraws()
        if hasGrown { for (other, draws) in billed where other != period { elsewhere.add(draws) } }
        return PeriodRating(
            of: history, terms: history.terms.known(in: period), period: period, parts: parts[period] ?? [],
            available: available, elsewhere: elsewhere)
    }

    /// Whether a month may be left out from now on: not where it draws on a block that has grown, for then it matters for which
    /// closing it does.
    func canSettle(_ period: Period) -> Bool {
        guard hasGrown, let draws = ratings[period]?.blockDraws else { return true }
        return !history.blocks.contains { $0.hasGrown && draws[$0.block.id] != nil }
    }

    /// The blocks that a month used up or found used up.
    func wants(of period: Period) -> Set<BlockID> {
        guard let rating = ratings[period], parts[period]?.isEmpty == false else { return [] }
        let draws = rating.blockDraws
        return Set((available[period] ?? [:]).filter { draws[$0.key] ?? .zero == $0.value }.keys)
    }
}

/// The terms that each period is rated under: a closed one under those known at its closing (edge case E32).
struct KnownTerms {
    /// All versions.
    let all: TermsHistory
    private var closed: [Period: TermsHistory] = [:]

    init(_ all: TermsHistory, closings: [Period: Closing] = [:]) {
        self.all = all
        guard all.versions.contains(where: { $0.recorded != nil }) else { return }
        for (period, closing) in closings {
            let known = all.known(before: closing.recorded)
            if known != all { closed[period] = known }
        }
    }

    func known(in period: Period) -> TermsHistory { closed.isEmpty ? all : closed[period] ?? all }
}
