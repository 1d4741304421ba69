public import Agreements
public import Values

extension Rater {
    /// Every client's statements as people see them: closed periods as they were issued, open ones as they come to now.
    ///
    /// Complexity: that of ``accounts(of:through:)``, and for each closed period that of rating it once more.
    public func statements(
        of facts: Facts, through last: Period? = nil, in wanted: ClosedRange<Period>? = nil
    ) -> [(client: Client, statements: [Statement])] {
        accounts(of: facts, through: last).map { account in
            let statements = account.statements.filter { wanted?.contains($0.period) ?? true }.map { statement in
                guard statement.closedAt != nil else { return statement }
                var issued =
                    asIssued(statement.period, of: account.client.id, in: facts) ?? statement
                issued.adjustedSince += account.pending(for: statement.period)
                return issued
            }
            return (account.client, statements)
        }
    }

    /// The statement of a closed period as its closing issued it, with what was adjusted since: rated from the facts known
    /// before the closing, so that it is the same for ever (docs/rules.md, law of memory). Nil where the period is open.
    public func asIssued(_ period: Period, of client: ClientID, in facts: Facts) -> Statement? {
        let closings = facts.closingsInForce.filter { $0.client == client }
        guard let closing = closings.first(where: { $0.period == period }) else { return nil }
        let known = facts.known(before: closing.recorded)
        guard var statement = Rater(terms: terms.known(before: closing.recorded)).statement(closing, known)
        else { return nil }
        statement.closedAt = closing.recordedAt
        statement.issuedTotal = closing.total(statement.client.currency)
        statement.adjustedSince = Rater.adjustments(of: period, after: closing, closings)
        return statement
    }

    /// What closings after a period's own one adjusted of it.
    package static func adjustments(of period: Period, after closing: Closing, _ closings: [Closing])
        -> [LaterAdjustment]
    {
        closings.filter { closing.recorded < $0.recorded }.sorted { $0.recorded < $1.recorded }.flatMap { later in
            later.positions.filter { $0.period == period }.sorted { $0.key < $1.key }.map {
                LaterAdjustment(shownOn: later.period, isIssued: true, position: $0)
            }
        }
    }

    /// What a closing issued, from the facts known before it.
    ///
    /// A closing without adjustments of earlier periods depends on them by their blocks and permits alone: where there are no
    /// permits, and blocks had all their hours, its own period is enough.
    private func statement(_ closing: Closing, _ known: Facts) -> Statement? {
        guard !needsEarlierMonths(closing, known) else {
            return accounts(of: known, through: closing.period).first { $0.client.id == closing.client }?
                .statements.last { $0.period == closing.period }
        }
        return statement(ofPeriodIn: closing, known)
    }

    /// Whether what a closing issued rests on more than its own month: where it adjusted earlier ones, where permits may have
    /// been used by them, or where a block may not have had all its hours, so that they have to say what they drew of it.
    ///
    /// Facts that are known later never make it depend on less.
    package func needsEarlierMonths(_ closing: Closing, _ known: Facts) -> Bool {
        !closing.positions.allSatisfy { $0.period == closing.period } || !known.permits.isEmpty
            || closing.available.contains { grant, hours in
                guard case .block(let id) = grant else { return false }
                return known.blocks.contains { $0.id == id && $0.hours != hours }
                    || known.blockChanges.contains { $0.block == id && $0.hours ?? hours != hours }
            }
    }

    /// The statement of an open period alone, with the hours of blocks that its closing found.
    private func statement(ofPeriodIn closing: Closing, _ known: Facts) -> Statement? {
        guard
            let history = Histories(known.around(closing.period), terms: terms).all
                .first(where: { $0.client.id == closing.client })
        else { return nil }
        var available: [BlockID: Hours] = [:]
        for case (.block(let block), let hours) in closing.available { available[block] = hours }
        var permits = PermitBook(history.permits)
        var statement = PeriodRating(
            of: history, terms: terms, period: closing.period,
            parts: history.parts.filter { $0.period == closing.period }[...], available: available
        ).statement(using: &permits)
        // Blocks have all their hours yet: no other month draws on them.
        BlockUses(history, holds: [:]).explain(&statement)
        return statement
    }
}

extension ClientAccount {
    /// What the open period after the last closed one is about to adjust of a period.
    package func pending(for period: Period) -> [LaterAdjustment] {
        statements.flatMap { statement in
            statement.adjustments.filter { $0.position.period == period }.map {
                LaterAdjustment(shownOn: statement.period, isIssued: false, position: $0.position)
            }
        }
    }
}

/// What was adjusted of a closed period after it was issued, and on which statement.
public struct LaterAdjustment: Hashable, Sendable {
    /// The period that shows it.
    public var shownOn: Period
    /// Whether that period is closed, so that it is issued.
    public var isIssued: Bool
    /// The difference.
    public var position: IssuedPosition
}

extension Facts {
    /// The facts without the time that lies far from a period.
    fileprivate func around(_ period: Period) -> Facts {
        let (first, last) = (period.firstDay + -2, period.lastDay + 2)
        func isNear(_ entry: TimeEntry) -> Bool {
            switch entry.when {
            case .dated(let date, _): first <= date && date <= last
            case .clocked(let start, let end):
                first <= Zone.utc.date(of: end) && Zone.utc.date(of: start) <= last
            }
        }
        var near = self
        let ids = Set(
            timeEntries.lazy.filter(isNear).map(\.id) + timeCorrections.lazy.map(\.entry).filter(isNear).map(\.id))
        near.timeEntries = timeEntries.filter { ids.contains($0.id) }
        near.timeCorrections = timeCorrections.filter { ids.contains($0.entry.id) }
        near.timeVoids = timeVoids.filter { ids.contains($0.entry) }
        near.courtesies = courtesies.filter { ids.contains($0.entry) }
        near.timeApprovals = timeApprovals.filter { ids.contains($0.entry) }
        near.closings = []
        near.reopenings = []
        return near
    }
}
