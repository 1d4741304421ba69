public import Agreements
public import Values

/// Rates facts under terms: the one function behind every figure (design: facts are appended, figures are derived).
public struct Rater: Sendable {
    /// The versions of the terms.
    public let terms: TermsHistory

    /// A rater under terms.
    public init(terms: TermsHistory) { self.terms = terms }

    /// Every client's account: a statement for each period from the first in which anything happened to the given one,
    /// or to the last in which anything happened. Closed periods come to what they come to now; what was issued for them
    /// is what ``asIssued(_:of:in:)`` gives.
    ///
    /// It takes facts as they are: what is wrong with them, ``FactsCheck`` says. The order of the facts makes no
    /// difference. Linear in the facts, but for sorting the entries of a period, and for the causes of adjustments.
    ///
    /// - Parameters:
    ///   - last: the last period to rate.
    ///   - causes: whether adjustments name their causes. That takes a rating for each fact that became known since the
    ///     last closing; figures are the same without.
    public func accounts(of facts: Facts, through last: Period? = nil, causes: Bool = true) -> [ClientAccount] {
        Histories(facts, terms: terms).all.map { history in
            account(of: history, through: last, settled: [:]) {
                guard causes else { return nil }
                return Replay(rater: self, facts: facts, client: history.client.id, settled: [:], lastClosing: nil)
            }
        }
    }

    /// One client's account without the settled periods, whose facts need not be there: the same statements that
    /// ``accounts(of:through:)`` has for the others.
    ///
    /// - Parameters:
    ///   - facts: what stands for the client, and the time, requests and closings of the periods that are not settled.
    ///   - last: the last period to rate: a closed one, or one after the last closed one.
    ///   - settled: periods that ``ClientAccount/settled`` of an earlier rating gave, since when nothing touched them.
    ///   - lastClosing: when the client's last standing closing was recorded; its period may be a settled one.
    ///   - causes: whether adjustments name their causes, as for ``accounts(of:through:causes:)``.
    public func account(
        of facts: Facts, through last: Period, settled: [Period: SettledPeriod], lastClosing: Moment? = nil,
        causes: Bool = true
    ) -> ClientAccount? {
        Histories(facts, terms: terms).all.first.map { history in
            account(of: history, through: last, settled: settled) {
                guard causes else { return nil }
                return Replay(
                    rater: self, facts: facts, client: history.client.id, settled: settled, lastClosing: lastClosing)
            }
        }
    }

    /// - Parameter replay: what finds the causes of adjustments, asked for where there are any; nil leaves them out.
    private func account(
        of history: ClientHistory, through last: Period?, settled: [Period: SettledPeriod], replay: () -> Replay?
    ) -> ClientAccount {
        guard let range = history.periods(through: last, settled: settled) else {
            return ClientAccount(client: history.client, statements: [], settled: [:])
        }
        var months = ClientMonths(history, range, settled)
        months.settle()
        var permits = PermitBook(history.permits)
        var uses = BlockUses(history, holds: months.holds)
        var statements: [Statement] = []
        var changes: [IssuedPosition] = []
        var earlier: [Period: [GrantID: Hours]] = [:]
        var settledNow: [Period: SettledPeriod] = [:]
        let next = (Array(history.closings.keys) + settled.keys).max().map(\.next)
        for index in range {
            let period = Period(index: index)
            if let known = settled[period] {
                permits.take(known.permits)
                uses.add(known.draws, in: period)
                continue
            }
            permits.beginPeriod()
            guard let rating = months.ratings[period] else { continue }
            var statement = rating.statement(using: &permits)
            uses.explain(&statement)
            uses.add(rating.blockDraws, in: period)
            if history.closings[period] != nil {
                let found = statement.changes(since: history.issued.byPeriod[period] ?? [:])
                if found.isEmpty, months.canSettle(period) {
                    settledNow[period] = SettledPeriod(
                        draws: rating.blockDraws, permits: permits.taken, wants: months.wants(of: period))
                } else if !found.isEmpty {
                    earlier[period] = statement.available
                }
                changes += found
            }
            statements.append(statement)
        }
        if let place = statements.firstIndex(where: { $0.period == next }) {
            if !changes.isEmpty {
                statements[place].adjustments =
                    replay()?.adjustments(ClosedMonths(changes, statements))
                    ?? changes.map { Adjustment(position: $0, causes: []) }
            }
            statements[place].availableEarlier = earlier
        }
        return ClientAccount(
            client: history.client, statements: statements, settled: settledNow, unsettled: months.unsettled)
    }

    /// What the positions of a client's closed periods come to, and less what was issued for them.
    func closedMonths(of facts: Facts, client: ClientID, settled: [Period: SettledPeriod]) -> ClosedMonths {
        guard let history = Histories(facts, terms: terms).all.first(where: { $0.client.id == client }),
            let last = (Array(history.closings.keys) + settled.keys).max(),
            let range = history.periods(through: last, settled: settled)
        else { return ClosedMonths([], []) }
        var months = ClientMonths(history, range, settled)
        months.settle()
        var permits = PermitBook(history.permits)
        var changes: [IssuedPosition] = []
        var statements: [Statement] = []
        for index in range where index <= last.index {
            let period = Period(index: index)
            if let known = settled[period] {
                permits.take(known.permits)
                continue
            }
            guard let statement = months.ratings[period]?.statement(using: &permits) else { continue }
            guard history.closings[period] != nil else { continue }
            changes += statement.changes(since: history.issued.byPeriod[period] ?? [:])
            statements.append(statement)
        }
        return ClosedMonths(changes, statements)
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
    /// The first of the periods given as settled that has to be rated after all, for hours were freed that it may use: the
    /// figures here are then not the last word, and the account has to be asked for again without it and all later ones.
    public var unsettled: Period?
}

/// What a closed period that comes to just what was issued for it means to other periods: all that needs to be known of it
/// to rate them (design section 4).
public struct SettledPeriod: Hashable, Sendable {
    /// The hours it draws from each block.
    public var draws: [BlockID: Hours]
    /// The hours it takes of permits.
    public var permits: [PermitUse: Hours]
    /// The blocks that it used up or found used up: more of their hours might change it.
    public var wants: Set<BlockID>

    /// A settled period.
    public init(draws: [BlockID: Hours], permits: [PermitUse: Hours] = [:], wants: Set<BlockID> = []) {
        self.draws = draws
        self.permits = permits
        self.wants = wants
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
}
