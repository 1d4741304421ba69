public import Agreements
public import Values

/// The closing of a client's period: what was issued for it then, and what for earlier closed ones (design X1, X2).
public struct Closing: Fact {
    /// Whose period.
    public var client: ClientID
    /// Which period.
    public var period: Period
    /// The positions issued: those of the period itself whole, those of earlier periods as differences.
    public var positions: [IssuedPosition]
    /// The hours each grant had for the period, by the grant's id.
    public var available: [GrantID: Hours]
    /// The hours each grant had for earlier periods that it issues differences for, as they were known then.
    public var availableEarlier: [Period: [GrantID: Hours]]
    /// When it was closed: facts recorded later are late.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A closing.
    public init(
        client: ClientID, period: Period, positions: [IssuedPosition], available: [GrantID: Hours],
        availableEarlier: [Period: [GrantID: Hours]] = [:], recordedAt: Instant
    ) {
        self.client = client
        self.period = period
        self.positions = positions
        self.available = available
        self.availableEarlier = availableEarlier
        self.recordedAt = recordedAt
    }
}

extension Closing {
    /// What it issued in all, adjustments of earlier periods and all.
    public func total(_ currency: Currency) -> Money {
        Money(minorUnits: positions.reduce(0) { $0 + $1.amount.minorUnits }, currency)
    }

    /// When it became known: of one second after everything else, earlier periods first.
    public var recorded: Moment { Moment(number: number, at: recordedAt, place: 1_000_000 + period.index) }
}

extension Reopening {
    /// When it became known: of one second after the closings, later periods first.
    public var recorded: Moment { Moment(number: number, at: recordedAt, place: 3_000_000 - period.index) }
}

/// The withdrawal of a closing: the period is open again, as if it had not been closed (design X1).
///
/// It withdraws the latest closing of the period that was recorded before it.
public struct Reopening: Fact {
    /// Whose period.
    public var client: ClientID
    /// Which period: the client's last closed one.
    public var period: Period
    /// Who reopened it.
    public var by: String
    /// Why.
    public var reason: String
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A reopening.
    public init(client: ClientID, period: Period, by person: String, reason: String, recordedAt: Instant) {
        self.client = client
        self.period = period
        by = person
        self.reason = reason
        self.recordedAt = recordedAt
    }
}

extension Facts {
    /// The closings that no reopening withdrew: what was issued and stands.
    public var closingsInForce: [Closing] {
        guard !reopenings.isEmpty else { return closings }
        struct ClosedPeriod: Hashable {
            var client: ClientID
            var period: Period
        }
        let reopened = Dictionary(grouping: reopenings) { ClosedPeriod(client: $0.client, period: $0.period) }
        let places = Dictionary(grouping: closings.indices) {
            ClosedPeriod(client: closings[$0].client, period: closings[$0].period)
        }
        var withdrawn: Set<Int> = []
        for (period, reopenings) in reopened {
            var left = (places[period] ?? []).sorted { closings[$0].recorded < closings[$1].recorded }
            for reopening in reopenings.sorted(by: { $0.recorded < $1.recorded }) {
                guard let latest = left.lastIndex(where: { closings[$0].recorded < reopening.recorded })
                else { continue }
                withdrawn.insert(left.remove(at: latest))
            }
        }
        return closings.indices.filter { !withdrawn.contains($0) }.map { closings[$0] }
    }
}

/// What something on a statement is about; it has at most one position in a period.
public enum PositionKey: Hashable, Comparable, Sendable {
    /// The fee of a contract's plan.
    case fee(ContractID)
    /// The price of a block.
    case block(BlockID)
    /// The work of a time entry.
    case entry(EntryID)
    /// The time added by rounding up one entry.
    case entryRounding(EntryID)
    /// The time added by rounding up the work on a request in the period.
    case requestRounding(RequestID)
    /// The time added by rounding up the work on a request on one day.
    case dayRounding(RequestID, CivilDate)
}

/// What was issued about one thing for one period: a whole, or a difference to what was issued before.
public struct IssuedPosition: Hashable, Sendable {
    /// The period it is for.
    public var period: Period
    /// What it is about.
    public var key: PositionKey
    /// The time worked that it accounts for.
    public var worked: Hours
    /// The hours drawn, by grant.
    public var draws: [GrantID: Hours]
    /// The hours charged: overage, or work charged at the list rate.
    public var charged: Hours
    /// The hours given as courtesy.
    public var courtesy: Hours
    /// The hours waived: tolerance, rounding, late time.
    public var waived: Hours
    /// The hours of work that is never charged.
    public var notCharged: Hours
    /// The hours of overage that the client did not consent to: they are not billed.
    public var withheld: Hours
    /// The amount.
    public var amount: Money

    /// A position.
    public init(
        period: Period, key: PositionKey, worked: Hours = .zero, draws: [GrantID: Hours] = [:], charged: Hours = .zero,
        courtesy: Hours = .zero, waived: Hours = .zero, notCharged: Hours = .zero, withheld: Hours = .zero,
        amount: Money
    ) {
        self.period = period
        self.key = key
        self.worked = worked
        self.draws = draws
        self.charged = charged
        self.courtesy = courtesy
        self.waived = waived
        self.notCharged = notCharged
        self.withheld = withheld
        self.amount = amount
    }

    /// The hours drawn from all grants.
    public var drawn: Hours { draws.values.reduce(.zero, +) }
}

/// Anything that time can draw on (design section 1).
public enum GrantID: Hashable, Comparable, Sendable {
    /// The plan hours of a contract for one period.
    case allotment(ContractID, Period)
    /// Hours bought ahead.
    case block(BlockID)
}
