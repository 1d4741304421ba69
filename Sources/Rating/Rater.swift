public import Agreements

/// Facts in, statements out: the one way of a figure (design section 2).
public struct Rater: Sendable {
    /// The versions of the terms.
    public let terms: TermsHistory

    /// A rater under terms.
    public init(terms: TermsHistory) { self.terms = terms }

    /// Every client's account: a statement for each period from the first in which anything happened to the given one,
    /// or to the last in which anything happened.
    ///
    /// It takes facts as they are: what is wrong with them, ``FactsCheck`` says. The order of the facts makes no
    /// difference. Linear in the facts, but for sorting the entries of a period.
    public func accounts(of facts: Facts, through last: Period? = nil) -> [ClientAccount] {
        let late = LateFacts(facts)
        return Histories(facts, terms: terms).all.map { account(of: $0, through: last, late, settled: [:]) }
    }

    /// One client's account without the settled periods, whose facts need not be there: the same statements that
    /// ``accounts(of:through:)`` has for the others.
    ///
    /// - Parameters:
    ///   - facts: what stands for the client, and the time, requests and closings of the periods that are not settled.
    ///   - last: the last period to rate: a closed one, or one after the last closed one.
    ///   - settled: periods that ``ClientAccount/settled`` of an earlier rating gave, since when nothing touched them.
    public func account(
        of facts: Facts, through last: Period, settled: [Period: SettledPeriod]
    ) -> ClientAccount? {
        Histories(facts, terms: terms).all.first.map {
            account(of: $0, through: last, LateFacts(facts), settled: settled)
        }
    }

    private func account(
        of history: ClientHistory, through last: Period?, _ late: LateFacts, settled: [Period: SettledPeriod]
    ) -> ClientAccount {
        guard let range = history.periods(through: last, settled: settled) else {
            return ClientAccount(client: history.client, statements: [], settled: [:])
        }
        let issuedDraws = history.issued.blockDraws().filter { history.closings[$0.key] != nil }.merging(
            settled.mapValues(\.draws), uniquingKeysWith: { $1 })
        var drawn: [BlockID: Hours] = [:]
        var permits = PermitBook(history.permits)
        var statements: [Statement] = []
        var adjustments: [Adjustment] = []
        var earlier: [Period: [GrantID: Hours]] = [:]
        var settledNow: [Period: SettledPeriod] = [:]
        let next = (Array(history.closings.keys) + settled.keys).max().map(\.next)
        var parts = history.parts[...]
        while let first = parts.first, first.period.index < range.lowerBound { parts = parts.dropFirst() }
        for index in range {
            let period = Period(index: index)
            if let known = settled[period] {
                for (block, hours) in known.draws { drawn[block, default: .zero] += hours }
                permits.take(known.permits)
                parts = parts.drop { $0.period == period }
                continue
            }
            permits.beginPeriod()
            let end = parts.firstIndex { $0.period != period } ?? parts.endIndex
            let available = history.blocksAvailable(in: period, drawn: drawn, issuedDraws: issuedDraws)
            var statement = PeriodRating.statement(
                of: history, terms: terms, period: period, parts: parts[parts.startIndex..<end], available: available,
                permits: &permits)
            parts = parts[end...]
            for grant in statement.grants {
                if case .block(let id) = grant.id { drawn[id, default: .zero] += grant.drawn }
            }
            if history.closings[period] != nil {
                let changes = statement.adjustments(to: history.issued.byPeriod[period] ?? [:], late)
                if changes.isEmpty {
                    settledNow[period] = SettledPeriod(draws: issuedDraws[period] ?? [:], permits: permits.taken)
                } else {
                    earlier[period] = statement.available
                }
                adjustments += changes
            }
            if period == next {
                statement.adjustments = adjustments
                statement.availableEarlier = earlier
            }
            statements.append(statement)
        }
        return ClientAccount(client: history.client, statements: statements, settled: settledNow)
    }
}

/// One client's statements.
public struct ClientAccount: Sendable {
    /// Whose they are.
    public let client: Client
    /// A statement for each period, earliest first, none left out.
    public let statements: [Statement]
    /// The closed periods among them that come to just what was issued for them.
    public let settled: [Period: SettledPeriod]
}

/// What a closed period that comes to just what was issued for it means to other periods: all that needs to be known of it
/// to rate them (design section 4).
public struct SettledPeriod: Hashable, Sendable {
    /// The hours it draws from each block.
    public var draws: [BlockID: Hours]
    /// The hours it takes of permits.
    public var permits: [PermitUse: Hours]

    /// A settled period.
    public init(draws: [BlockID: Hours], permits: [PermitUse: Hours] = [:]) {
        self.draws = draws
        self.permits = permits
    }
}

extension ClientHistory {
    /// The periods to rate: from the first in which anything happened to the last given, or the last in which anything
    /// happened. The period after the last closed one is always among them, for it carries the adjustments.
    fileprivate func periods(through last: Period?, settled: [Period: SettledPeriod]) -> Range<Int>? {
        var happened: [Period] = []
        for contract in contracts {
            happened.append(Period(containing: contract.contract.from))
            for change in contract.changes where last == nil { happened.append(Period(containing: change.on)) }
            if let lastDay = contract.lastDay, last == nil { happened.append(Period(containing: lastDay)) }
        }
        for block in blocks {
            happened.append(Period(containing: block.block.boughtOn))
            if let first = block.firstPeriod { happened.append(first) }
            if let end = block.lastPeriod, last == nil { happened.append(end) }
        }
        if let first = parts.first, let end = parts.last { happened += [first.period, end.period] }
        happened += awaitingApproval.keys
        for period in closings.keys { happened += [period, period.next] }
        happened += settled.keys
        guard let first = happened.min(), let latest = happened.max() else { return nil }
        // With settled periods it is known what is wanted; without, the adjustments are always among it.
        let end = settled.isEmpty ? max(last ?? latest, closings.keys.max()?.next ?? first) : last ?? latest
        return first <= end ? first.index..<end.index + 1 : nil
    }

    /// The hours each block has for a period: what it has, less what earlier periods draw now, less what later closed
    /// periods were issued as drawing, so that late time takes nothing that a later statement has used (design X2).
    fileprivate func blocksAvailable(
        in period: Period, drawn: [BlockID: Hours], issuedDraws: [Period: [BlockID: Hours]]
    ) -> [BlockID: Hours] {
        var available: [BlockID: Hours] = [:]
        for block in blocks {
            guard let first = block.firstPeriod, first <= period, block.lastPeriod.map({ period <= $0 }) ?? true
            else { continue }
            let id = block.block.id
            var hours = block.block.hours - (drawn[id] ?? .zero)
            for (later, draws) in issuedDraws where later > period {
                hours -= draws[id] ?? .zero
            }
            available[id] = max(.zero, hours)
        }
        return available
    }
}
