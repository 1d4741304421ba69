public import Values

/// A dated version of the agency's rules (design section 1). It is never edited, only followed by the next version.
public struct Terms: Hashable, Sendable {
    /// The name the agency gives this version.
    public var name: String
    /// The first day it is in force.
    public var effective: CivilDate
    /// The one currency of all its prices.
    public var currency: Currency
    /// What an hour costs where nothing else sets a rate (design P2).
    public var listRate: HourlyRate
    /// The lines of service, by id.
    public var serviceLines: [ServiceLineID: ServiceLine]
    /// The kinds of work, by id.
    public var workTypes: [WorkTypeID: WorkType]
    /// The plans on offer, by id.
    public var plans: [PlanID: Plan]
    /// How hours are sold ahead; nil where they are not.
    public var blocks: BlockTerms?
    /// What a contract may set otherwise, and the terms' own value of it.
    public var policies: Policies
    /// Which of ``policies`` and of the plan's figures a contract may override.
    public var negotiable: Set<Negotiable>
    /// When the agency's offices are open; nil where nothing depends on it.
    public var businessHours: BusinessHours?
    /// Whether time counts before a second person has approved it.
    public var approvalRequired: Bool
    /// How licenses of the agency's software are sold; nil where none are.
    public var licensing: LicensingTerms?
    /// When this version became known; nil where it was from the beginning.
    public var recorded: Moment?

    /// A version of the terms.
    public init(
        name: String, effective: CivilDate, currency: Currency, listRate: HourlyRate,
        serviceLines: [ServiceLineID: ServiceLine], workTypes: [WorkTypeID: WorkType], plans: [PlanID: Plan],
        blocks: BlockTerms? = nil, policies: Policies = Policies(), negotiable: Set<Negotiable> = [],
        businessHours: BusinessHours? = nil, approvalRequired: Bool = false, licensing: LicensingTerms? = nil
    ) {
        self.name = name
        self.effective = effective
        self.currency = currency
        self.listRate = listRate
        self.serviceLines = serviceLines
        self.workTypes = workTypes
        self.plans = plans
        self.blocks = blocks
        self.policies = policies
        self.negotiable = negotiable
        self.businessHours = businessHours
        self.approvalRequired = approvalRequired
        self.licensing = licensing
    }
}

/// A line of service: `website-maintenance`, `integration-support`, or one the agency adds.
public struct ServiceLine: Hashable, Sendable {
    /// What it is called: Website maintenance.
    public var name: String
    /// The work types that a plan on this line pays for (design C3, C4).
    public var covers: Set<WorkTypeID>
    /// Those it pays for only where the client asked for the work: where the request is approved (design C4).
    public var coversWhenApproved: Set<WorkTypeID>
    /// In a sentence, what it is for, shown to clients.
    public var about: String

    /// A service line.
    public init(
        name: String, covers: Set<WorkTypeID>, coversWhenApproved: Set<WorkTypeID> = [], about: String = ""
    ) {
        self.name = name
        self.covers = covers
        self.coversWhenApproved = coversWhenApproved
        self.about = about
    }
}

/// What kind of work time is.
public struct WorkType: Hashable, Sendable {
    /// What it is called: Custom development.
    public var name: String
    /// False for work that is never charged, such as server work (design C2).
    public var isCharged: Bool
    /// What an hour of it costs without a plan, where that differs from the list rate.
    public var listRate: HourlyRate?
    /// Whether hours bought ahead may pay for it.
    public var isPaidByBlocks: Bool
    /// The multiplier of this kind of work, in hundredths: 150 is one and a half (design P4).
    public var multiplierPercent: Int

    /// A kind of work.
    public init(
        name: String, isCharged: Bool = true, listRate: HourlyRate? = nil, isPaidByBlocks: Bool = true,
        multiplierPercent: Int = 100
    ) {
        self.name = name
        self.isCharged = isCharged
        self.listRate = listRate
        self.isPaidByBlocks = isPaidByBlocks
        self.multiplierPercent = multiplierPercent
    }
}

/// A level of service on offer.
public struct Plan: Hashable, Sendable {
    /// What it is called: Care 5.
    public var name: String
    /// The line it is for.
    public var serviceLine: ServiceLineID
    /// The hours it includes each month.
    public var hours: Hours
    /// What it costs each month.
    public var fee: Money
    /// What an hour over the included ones costs; nil where the list rate holds.
    public var overageRate: HourlyRate?
    /// The business hours within which the first answer to a request is promised; nil where nothing is.
    public var firstResponse: Hours?

    /// A plan.
    public init(
        name: String, serviceLine: ServiceLineID, hours: Hours, fee: Money, overageRate: HourlyRate? = nil,
        firstResponse: Hours? = nil
    ) {
        self.name = name
        self.serviceLine = serviceLine
        self.hours = hours
        self.fee = fee
        self.overageRate = overageRate
        self.firstResponse = firstResponse
    }
}

/// How hours are sold ahead (design D4).
public struct BlockTerms: Hashable, Sendable {
    /// The price of an hour, frozen at purchase.
    public var pricePerHour: HourlyRate
    /// The fewest hours sold at once.
    public var minimum: Hours
    /// The step in which they are sold.
    public var step: Hours
    /// Until when they can be used.
    public var expiry: BlockExpiry
    /// Whether they can be used before they are paid for (edge case E20).
    public var usableBeforePaid: Bool

    /// Terms of sale of blocks.
    public init(
        pricePerHour: HourlyRate, minimum: Hours = Hours(5), step: Hours = Hours(5),
        expiry: BlockExpiry = .projectDone, usableBeforePaid: Bool = true
    ) {
        self.pricePerHour = pricePerHour
        self.minimum = minimum
        self.step = step
        self.expiry = expiry
        self.usableBeforePaid = usableBeforePaid
    }
}

/// Until when a block can be used.
public enum BlockExpiry: Hashable, Sendable {
    /// Until the project is done; for ever where it is for no project.
    case projectDone
    /// Until the last day of the so-manyth month after the one it was bought in: 1 is the following month.
    case months(Int)
    /// For ever.
    case never

    /// The last day on which a block bought on a date can be used, or nil where the date alone does not say.
    public func lastDay(boughtOn date: CivilDate) -> CivilDate? {
        switch self {
        case .projectDone, .never: nil
        case .months(let count): (Period(containing: date) + count).lastDay
        }
    }
}

/// When the offices are open, in the client's time zone.
public struct BusinessHours: Hashable, Sendable {
    /// The days on which they are.
    public var days: Set<Weekday>
    /// The second of the day at which they open.
    public var opens: Int
    /// The second of the day at which they close, later than ``opens``.
    public var closes: Int

    /// Opening hours.
    public init(days: Set<Weekday>, opens: Int, closes: Int) {
        self.days = days
        self.opens = opens
        self.closes = closes
    }
}

/// How licenses are sold. The hours engine only tells it to clients.
public struct LicensingTerms: Hashable, Sendable {
    /// How often a license can be billed.
    public enum Billing: String, CaseIterable, Sendable { case monthly, annually }
    /// The choices of billing.
    public var billing: [Billing]
    /// Whether upgrades to the latest stable release are free while the license is current.
    public var upgradesAreFree: Bool

    /// Terms of licensing.
    public init(billing: [Billing], upgradesAreFree: Bool) {
        self.billing = billing
        self.upgradesAreFree = upgradesAreFree
    }
}
