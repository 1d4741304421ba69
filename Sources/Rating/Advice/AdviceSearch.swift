import Agreements
import Values

/// Finds the hours to buy ahead that make one period cost least, by rating it with them.
///
/// Every size that is sold is looked at for every scope, and every choice of a block for several scopes: no size is skipped
/// because its neighbour costs more. Tolerance, the rounding of lines and draw orders that are greedy make the cost go up
/// and down with the size, so a search that follows a slope may stop too early. Three laws bound the search, and each holds
/// for every draw order:
///
/// 1. *More hours never raise a charge.* In the greedy orders each grant has at least as much left at every piece of work;
///    in `best-for-client` the work that is covered is a greedy basis of a matroid, and more hours only add to it. So what is
///    over a contract's hours only falls, on every line, and what tolerance leaves of it falls too.
/// 2. *An hour bought pays for at most an hour.* So a size comes to at least its price and what is left when that many
///    hours are taken off the dearest work, and the tolerance with them.
/// 3. *Hours that nobody draws change nothing.* A block that is not used up draws the same and leaves the same charges at
///    every larger size.
///
/// By 3 the sizes end: at the first that a period does not use up; in `best-for-client` at the first that is no less than
/// the hours charged, for by 2 no more can be paid for. By 1 and 2 a choice is left out only where it cannot cost less
/// than one that was rated.
struct AdviceSearch {
    /// Some hours bought, and the period with them.
    struct Choice {
        var ahead: [Alternative.HoursAhead]
        var statement: Statement
        /// The price of the hours and the charges.
        var cost: Int

        var hours: Hours { ahead.reduce(.zero) { $0 + $1.hours } }

        /// Cheaper, or as cheap with fewer hours or fewer blocks.
        func isBefore(_ other: Choice) -> Bool {
            (cost, hours, ahead.count) < (other.cost, other.hours, other.ahead.count)
        }
    }

    /// How many choices of blocks for several scopes are rated at most, how many lines these may have in all, and how many
    /// are looked at. Where a block for any work is as good as any, but for the rounding of lines, few are enough.
    private static let simple = (rated: 200, lines: 4000)
    private static let other = (rated: 1000, lines: 20_000)
    private static let mostSeen = 200_000

    private let month: AdviceMonth
    private let blocks: [Block]
    private let sale: BlockTerms
    private let client: ClientID
    private let boughtOn: CivilDate
    private let least: LeastCharges
    /// The scopes of the period's charged work, the client first.
    private let scopes: [Block.Scope]
    /// What is over the hours without anything bought.
    private let need: Hours
    private let isBestForClient: Bool

    /// Nothing bought.
    let nothing: Choice
    /// For each scope that can be of use the size that comes out cheapest, the client's first.
    private(set) var single: [Choice] = []
    /// For each scope a block of the smallest size that is not used up, or that pays for all there is.
    private(set) var ample: [Choice] = []
    /// The cheapest of all.
    private(set) var best: Choice

    /// - Parameters:
    ///   - statement: the period with nothing bought.
    ///   - blocks: the blocks that are there, with the hours that they have for the period.
    ///   - isQuick: for one month of many: one block, and for any work where that is as good as any.
    init(
        _ month: AdviceMonth, _ statement: Statement, blocks: [Block], _ sale: BlockTerms, client: ClientID,
        boughtOn: CivilDate, isQuick: Bool = false
    ) {
        self.month = month
        self.blocks = blocks
        self.sale = sale
        self.client = client
        self.boughtOn = boughtOn
        least = LeastCharges(statement)
        scopes = AdviceSearch.scopes(of: statement)
        need = statement.lines.reduce(.zero) { $0 + $1.charged + $1.toleranceWaived }
        isBestForClient = month.drawOrder(statement) == .bestForClient
        nothing = Choice(ahead: [], statement: statement, cost: statement.charges)
        best = nothing
        guard need > .zero else { return }
        // Such a block is for any work then, and serves all that others would.
        let isSimple = isBestForClient && statement.contracts.allSatisfy { $0.policies.tolerance == nil }
        let scopes = isQuick && isSimple ? [.client] : scopes
        let sizes = scopes.map { self.sizes(for: $0) }
        for (scope, sizes) in zip(scopes, sizes) { tryEach(sizes, for: scope) }
        if isQuick { return }
        let most = isSimple ? AdviceSearch.simple : AdviceSearch.other
        trySeveral(sizes, atMost: min(most.rated, most.lines / max(1, statement.lines.count)))
    }

    private static func scopes(of statement: Statement) -> [Block.Scope] {
        var lines: Set<ServiceLineID> = []
        var projects: Set<ProjectID> = []
        for line in statement.lines where line.asked > .zero {
            let kind = statement.workClass(of: line)
            lines.insert(kind.serviceLine)
            if let project = kind.project { projects.insert(project) }
        }
        return [.client] + lines.sorted().map { .serviceLine($0) } + projects.sorted().map { .project($0) }
    }

    // MARK: Buying

    private func choice(_ bought: [(scope: Block.Scope, hours: Hours)]) -> Choice? {
        let ahead = bought.map { Alternative.HoursAhead(hours: $0.hours, scope: $0.scope, boughtOn: boughtOn) }
        guard let statement = month.statement(blocks + ahead.map { Block($0, sale, client: client) })
        else { return nil }
        let price = bought.reduce(0) { $0 + self.price($1.hours) }
        return Choice(ahead: ahead, statement: statement, cost: price + statement.charges)
    }

    private func price(_ hours: Hours) -> Int { sale.pricePerHour.amount(for: hours).minorUnits }

    /// The sizes that may be of use for a scope, and the least that each can leave to be charged.
    private struct Sizes {
        var hours: [Hours] = []
        /// The charges where there is no end of such hours.
        var charges = 0
        var last: Choice?
    }

    private func sizes(for scope: Block.Scope) -> Sizes {
        guard sale.step > .zero else { return Sizes() }
        let asked = nothing.statement.lines.reduce(Hours.zero) { $0 + max(.zero, $1.asked) }
        guard let endless = choice([(scope, asked + sale.step)]) else { return Sizes() }
        var useful = endless.drawn
        if isBestForClient { useful = min(useful, need) }
        guard useful > .zero else { return Sizes() }
        let step = sale.step.seconds
        let first = max(1, (sale.minimum.seconds + step - 1) / step)
        let last = max(first, (useful.seconds + step - 1) / step)
        return Sizes(
            hours: (first...last).map { Hours(seconds: $0 * step) }, charges: endless.statement.charges, last: endless)
    }

    // MARK: One block

    /// Rates the sizes for one scope, those first that may come out cheapest, until none is left that could.
    private mutating func tryEach(_ sizes: Sizes, for scope: Block.Scope) {
        let hours = sizes.hours
        guard let largest = hours.last else { return }
        var bounds = hours.map { price($0) + max(sizes.charges, least.after($0)) }
        var open = Set(hours.indices)
        var chosen: Choice?
        while let next = open.min(by: { (bounds[$0], $0) < (bounds[$1], $1) }) {
            if let chosen, (bounds[next], hours[next]) >= (chosen.cost, chosen.hours) {
                if bounds[next] > chosen.cost { break }
                open.remove(next)
                continue
            }
            open.remove(next)
            guard let rated = choice([(scope, hours[next])]) else { continue }
            if chosen.map({ rated.isBefore($0) }) ?? true { chosen = rated }
            for smaller in open where smaller < next {
                bounds[smaller] = max(bounds[smaller], price(hours[smaller]) + rated.statement.charges)
            }
            // What is left over of it is left over of every larger one.
            if rated.drawn < hours[next] { open = open.filter { $0 < next } }
        }
        guard let chosen else { return }
        single.append(chosen)
        if chosen.isBefore(best) { best = chosen }
        if let ample = chosen.hours == largest ? chosen : choice([(scope, largest)]) { self.ample.append(ample) }
    }

    // MARK: Several blocks

    /// Rates every choice of blocks for two or more scopes that could cost less than the best so far.
    private mutating func trySeveral(_ sizes: [Sizes], atMost most: Int) {
        let useful = zip(scopes, sizes).filter { !$1.hours.isEmpty }
        guard useful.count > 1, let floor = choice(useful.map { ($0, $1.last?.hours ?? .zero) })?.statement.charges
        else { return }
        var rated = 0
        var seen = 0

        // First from each single block step by step, a step more or less of one scope at a time, as long as it saves: a
        // low cost to begin with leaves less to rate, and is what there is where not all can be rated.
        for start in single.sorted(by: { $0.isBefore($1) }) {
            var chosen = start
            var sizes = useful.map { scope, _ in start.ahead.first { $0.scope == scope }?.hours ?? .zero }
            var isBetter = true
            while isBetter {
                isBetter = false
                for place in useful.indices {
                    let now = useful[place].1.hours.firstIndex(of: sizes[place]) ?? -1
                    for step in [now + 1, now - 1] where step >= -1 && step < useful[place].1.hours.count {
                        var others = sizes
                        others[place] = step < 0 ? .zero : useful[place].1.hours[step]
                        let bought = zip(useful, others).filter { $1 > .zero }.map { (scope: $0.0, hours: $1) }
                        let hours = others.reduce(.zero) { $0 + $1 }
                        let bound = bought.reduce(0) { $0 + price($1.hours) } + max(floor, least.after(hours))
                        // Half for this, half for all others.
                        guard rated < most / 2, bought.count > 1, bound < chosen.cost else { continue }
                        rated += 1
                        guard let choice = choice(bought), choice.isBefore(chosen) else { continue }
                        (chosen, sizes, isBetter) = (choice, others, true)
                        break
                    }
                }
            }
            if chosen.isBefore(best) { best = chosen }
        }

        // Then all.
        func extend(_ bought: [(scope: Block.Scope, hours: Hours)], _ paid: Int, _ hours: Hours, from place: Int) {
            guard place < useful.count else {
                guard bought.count > 1 else { return }
                let bound = paid + max(floor, least.after(hours))
                guard (bound, hours, bought.count) < (best.cost, best.hours, best.ahead.count) else { return }
                rated += 1
                if let choice = choice(bought), choice.isBefore(best) { best = choice }
                return
            }
            extend(bought, paid, hours, from: place + 1)
            for size in useful[place].1.hours {
                seen += 1
                // Whatever comes to it makes it no cheaper than what nobody can pay for.
                let paid = paid + price(size)
                guard paid + floor <= best.cost, rated < most, seen < AdviceSearch.mostSeen else { return }
                extend(bought + [(useful[place].0, size)], paid, hours + size, from: place + 1)
            }
        }
        extend([], 0, .zero, from: 0)
    }
}

extension AdviceSearch.Choice {
    /// What the period draws of the hours bought.
    fileprivate var drawn: Hours {
        let bought = Set(ahead.map { GrantID.block(Block.advised($0)) })
        return statement.grants.reduce(.zero) { bought.contains($1.id) ? $0 + $1.drawn : $0 }
    }
}

extension Block {
    /// A block as the terms sell it, for work from the first of the month on.
    init(_ ahead: Alternative.HoursAhead, _ sale: BlockTerms, client: ClientID) {
        // As the service desk sells it: a project's block ends with the project where the terms name no other end.
        var endsWithProject = false
        if case .project = ahead.scope { endsWithProject = sale.expiry == .projectDone }
        self.init(
            id: Block.advised(ahead), client: client, scope: ahead.scope, hours: ahead.hours,
            pricePerHour: sale.pricePerHour, boughtOn: ahead.boughtOn,
            effective: Period(containing: ahead.boughtOn).firstDay,
            lastDay: sale.expiry.lastDay(boughtOn: ahead.boughtOn), endsWithProject: endsWithProject,
            usableBeforePaid: sale.usableBeforePaid, paidOn: ahead.boughtOn, recordedAt: Instant(seconds: 0))
    }

    /// An id that no other purchase of the advisor has: one block for a scope on a date.
    static func advised(_ ahead: Alternative.HoursAhead) -> BlockID {
        let scope =
            switch ahead.scope {
            case .client: "any"
            case .serviceLine(let line): "line-\(line)"
            case .project(let project): "project-\(project)"
            }
        return BlockID("advice-\(ahead.boughtOn)-\(scope)")
    }
    /// Whether the advisor bought it.
    static func isAdvised(_ id: BlockID) -> Bool { id.text.hasPrefix("advice-") }
}

/// The least that a period can be charged when so many hours are bought, whatever they pay for.
private struct LeastCharges {
    /// The seconds over the hours, by rate, dearest first.
    private var byRate: [(rate: Int, seconds: Int)]
    /// What tolerance may give.
    private let given: Int
    /// How many lines are rounded.
    private let lines: Int

    init(_ statement: Statement) {
        var seconds: [Int: Int] = [:]
        var lines = 0
        for line in statement.lines {
            let over = line.charged + line.toleranceWaived
            guard over > .zero else { continue }
            seconds[statement.workClass(of: line).rate.perHour.minorUnits, default: 0] += over.seconds
            lines += 1
        }
        byRate = seconds.sorted { $0.key > $1.key }.map { (rate: $0.key, seconds: $0.value) }
        given = statement.contracts.reduce(0) {
            $0 + ($1.policies.tolerance?.margin(of: $1.hours).seconds ?? 0)
        }
        self.lines = lines
    }

    /// What is left when these hours and the tolerance pay for the dearest, each line rounded down by half a unit.
    func after(_ hours: Hours) -> Int {
        var paid = hours.seconds + given
        var sum = 0
        for (rate, seconds) in byRate {
            let taken = min(paid, seconds)
            paid -= taken
            sum += (seconds - taken) * rate
        }
        return max(0, (sum - 1800 * lines) / 3600)
    }
}
