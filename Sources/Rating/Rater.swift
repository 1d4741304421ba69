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
        return Histories(facts, terms: terms).all.map { account(of: $0, through: last, late) }
    }

    private func account(of history: ClientHistory, through last: Period?, _ late: LateFacts) -> ClientAccount {
        guard let range = history.periods(through: last) else {
            return ClientAccount(client: history.client, statements: [])
        }
        let issuedDraws = history.issued.blockDraws()
        var drawn: [BlockID: Hours] = [:]
        var permits = PermitBook(history.permits)
        var statements: [Statement] = []
        var adjustments: [Adjustment] = []
        var earlier: [Period: [GrantID: Hours]] = [:]
        let next = history.closings.keys.max().map(\.next)
        var parts = history.parts[...]
        while let first = parts.first, first.period.index < range.lowerBound { parts = parts.dropFirst() }
        for index in range {
            let period = Period(index: index)
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
                if !changes.isEmpty { earlier[period] = statement.available }
                adjustments += changes
            }
            if period == next {
                statement.adjustments = adjustments
                statement.availableEarlier = earlier
            }
            statements.append(statement)
        }
        return ClientAccount(client: history.client, statements: statements)
    }
}

/// One client's statements.
public struct ClientAccount: Sendable {
    /// Whose they are.
    public let client: Client
    /// A statement for each period, earliest first, none left out.
    public let statements: [Statement]
}

extension ClientHistory {
    /// The periods to rate: from the first in which anything happened to the last given, or the last in which anything
    /// happened. The period after the last closed one is always among them, for it carries the adjustments.
    fileprivate func periods(through last: Period?) -> Range<Int>? {
        var happened: [Period] = []
        for contract in contracts {
            happened.append(Period(containing: contract.contract.from))
            for change in contract.changes where last == nil { happened.append(Period(containing: change.on)) }
        }
        for block in blocks {
            happened.append(Period(containing: block.block.boughtOn))
            if let first = block.firstPeriod { happened.append(first) }
        }
        if let first = parts.first, let end = parts.last { happened += [first.period, end.period] }
        happened += awaitingApproval.keys
        for period in closings.keys { happened += [period, period.next] }
        guard let first = happened.min(), let latest = happened.max() else { return nil }
        let end = max(last ?? latest, closings.keys.max()?.next ?? first)
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
            for (later, draws) in issuedDraws where later > period && closings[later] != nil {
                hours -= draws[id] ?? .zero
            }
            available[id] = max(.zero, hours)
        }
        return available
    }
}
