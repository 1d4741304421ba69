public import Values

/// What the design marks as policy: data of the terms, which a contract may override where they say so.
public struct Policies: Hashable, Sendable {
    /// In which steps time is billed; nil to the second (design P3).
    public var increment: Increment?
    /// What multipliers weigh (design P4).
    public var multiplierTarget: MultiplierTarget
    /// The multiplier outside business hours, in hundredths (design P4).
    public var outsideHoursPercent: Int
    /// How far a period may go over its hours without a charge (design P5).
    public var tolerance: Tolerance?
    /// What happens when a contract's hours run out (design O1).
    public var overageConsent: OverageConsent
    /// What happens to time that arrives after its period was closed (design X2).
    public var lateTime: LateTime
    /// Which hours pay for which work (design D1).
    public var drawOrder: DrawOrder
    /// What a contract's first, partial period costs and gives (design L1).
    public var firstPeriod: Proration
    /// What an upgrade in mid-period costs and gives (design L1).
    public var upgrade: Upgrade

    /// The defaults: to the second, no multiplier, no tolerance, overage allowed, late time adjusted, best for the
    /// client, nothing prorated.
    public init(
        increment: Increment? = nil, multiplierTarget: MultiplierTarget = .price, outsideHoursPercent: Int = 100,
        tolerance: Tolerance? = nil, overageConsent: OverageConsent = .allow, lateTime: LateTime = .adjust,
        drawOrder: DrawOrder = .bestForClient, firstPeriod: Proration = .full, upgrade: Upgrade = .atOnce(.full)
    ) {
        self.increment = increment
        self.multiplierTarget = multiplierTarget
        self.outsideHoursPercent = outsideHoursPercent
        self.tolerance = tolerance
        self.overageConsent = overageConsent
        self.lateTime = lateTime
        self.drawOrder = drawOrder
        self.firstPeriod = firstPeriod
        self.upgrade = upgrade
    }
}

/// The steps in which time is billed, rounded up (design P3).
public struct Increment: Hashable, Sendable {
    /// What is rounded up as one.
    public enum Group: String, CaseIterable, Sendable {
        /// Each time entry by itself.
        case entry = "entry"
        /// All entries of one request on one day.
        case requestAndDay = "request-and-day"
        /// All entries of one request in one period.
        case requestAndPeriod = "request-and-period"
    }

    /// The step.
    public var step: Hours
    /// What is rounded up as one.
    public var group: Group
    /// The least that a group with any charged work is billed as (edge case E30).
    public var minimum: Hours
    /// Whether time added by rounding may be charged as overage. Where not, it draws what hours are there and the
    /// rest is waived (edge case E31).
    public var mayCauseOverage: Bool

    /// Steps of billing.
    public init(step: Hours, group: Group, minimum: Hours = .zero, mayCauseOverage: Bool = true) {
        self.step = step
        self.group = group
        self.minimum = minimum
        self.mayCauseOverage = mayCauseOverage
    }

    /// What a group's time is billed as.
    public func billed(_ worked: Hours) -> Hours {
        guard worked > .zero else { return .zero }
        let steps = (worked.seconds + step.seconds - 1) / step.seconds
        return max(Hours(seconds: steps * step.seconds), minimum)
    }
}

/// What a multiplier weighs: the hours drawn or the price charged, never both (design P4).
public enum MultiplierTarget: String, CaseIterable, Sendable {
    case hours, price
}

/// A margin over the hours within which overage is waived (edge case E38).
public struct Tolerance: Hashable, Sendable {
    /// How large the margin is.
    public enum Margin: Hashable, Sendable {
        case hours(Hours)
        /// A share of the period's allotment, in hundredths.
        case percent(Int)
    }
    /// What is charged when the overage exceeds the margin.
    public enum Beyond: String, CaseIterable, Sendable { case excess, all }

    /// How large the margin is.
    public var margin: Margin
    /// What is charged when the overage exceeds it.
    public var beyond: Beyond

    /// A tolerance.
    public init(margin: Margin, beyond: Beyond) {
        self.margin = margin
        self.beyond = beyond
    }

    /// The margin for an allotment, to the second below.
    public func margin(of allotment: Hours) -> Hours {
        switch margin {
        case .hours(let hours): hours
        case .percent(let percent): Hours(seconds: allotment.seconds * percent / 100)
        }
    }
}

/// What happens when a contract's hours run out: how much overage the client has agreed to (design O1).
public enum OverageConsent: Hashable, Sendable {
    /// All of it.
    case allow
    /// So much in a period.
    case allowUpTo(Hours)
    /// What a permit allows, request by request.
    case ask
    /// None.
    case stop
}

/// What happens to time that arrives after its period was closed (design X2).
public enum LateTime: String, CaseIterable, Sendable {
    /// The period is rated again; the difference goes on the next invoice.
    case adjust
    /// The late time is given to the client.
    case waive
    /// The late time does not count; it is listed as refused.
    case refuse
}

/// Which hours pay for which work (design D1).
public enum DrawOrder: String, CaseIterable, Sendable {
    /// The lawful assignment that costs the client least and lets least lapse.
    case bestForClient = "best-for-client"
    /// In the order of work, each from the hours that lapse soonest.
    case soonestExpiry = "soonest-expiry"
    /// In the order of work, each from the hours of narrowest scope.
    case narrowestScope = "narrowest-scope"
    /// In the order of work, each from plan hours first.
    case allotmentFirst = "allotment-first"
}

/// What a part of a period costs and gives (design L1, edge case E24).
public enum Proration: String, CaseIterable, Sendable {
    /// The full fee and the full hours.
    case full = "full"
    /// A share of the fee and the full hours.
    case prorateFee = "prorate-fee"
    /// A share of both.
    case prorateFeeAndHours = "prorate-fee-and-hours"
}

/// When an upgrade takes effect, and what the period of the change costs and gives (design L1, edge case E22).
public enum Upgrade: Hashable, Sendable {
    /// At once, for the whole period.
    case atOnce(Proration)
    /// From the next period.
    case nextPeriod
}

/// What a contract may set otherwise than the terms, where they allow it.
public enum Negotiable: String, CaseIterable, Sendable {
    case overageRate = "overage_rate"
    case hours = "hours"
    case fee = "fee"
    case increment = "increment"
    case tolerance = "tolerance"
    case overageConsent = "when_hours_run_out"
    case lateTime = "late_time"
    case drawOrder = "draw_order"
    case firstPeriod = "first_period"
    case upgrade = "upgrade"
}
