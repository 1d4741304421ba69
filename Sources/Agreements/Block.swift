public import Values

/// Hours bought ahead, in steps of 5, at the price frozen at purchase (design D4).
public struct Block: Fact {
    /// What its hours may pay for.
    public enum Scope: Hashable, Sendable {
        /// Any charged work of one project.
        case project(ProjectID)
        /// Any charged work on one service line.
        case serviceLine(ServiceLineID)
        /// Any charged work of the client.
        case client
    }

    /// Its id in files.
    public var id: BlockID
    /// Who bought it.
    public var client: ClientID
    /// What its hours may pay for.
    public var scope: Scope
    /// How many hours.
    public var hours: Hours
    /// What an hour cost.
    public var pricePerHour: HourlyRate
    /// The date of purchase, which its expiry counts from.
    public var boughtOn: CivilDate
    /// The first day of work it may pay for; the date of purchase unless agreed otherwise (design D5).
    public var effective: CivilDate
    /// The last day of work it may pay for; nil where the end of its project decides, or nothing.
    public var lastDay: CivilDate?
    /// Whether the end of its project also ends it.
    public var endsWithProject: Bool
    /// Whether it may be used before it is paid for.
    public var usableBeforePaid: Bool
    /// The date on which it was paid; nil as long as it was not.
    public var paidOn: CivilDate?
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A block.
    public init(
        id: BlockID, client: ClientID, scope: Scope, hours: Hours, pricePerHour: HourlyRate, boughtOn: CivilDate,
        effective: CivilDate? = nil, lastDay: CivilDate? = nil, endsWithProject: Bool = false,
        usableBeforePaid: Bool = true, paidOn: CivilDate? = nil, recordedAt: Instant
    ) {
        self.id = id
        self.client = client
        self.scope = scope
        self.hours = hours
        self.pricePerHour = pricePerHour
        self.boughtOn = boughtOn
        self.effective = effective ?? boughtOn
        self.lastDay = lastDay
        self.endsWithProject = endsWithProject
        self.usableBeforePaid = usableBeforePaid
        self.paidOn = paidOn
        self.recordedAt = recordedAt
    }

    /// What was, or is to be, paid for all of it.
    public var price: Money { pricePerHour.amount(for: hours) }
}

/// A change to a block that a person made, with the reason: an extension, a payment, a correction of its hours.
/// Only what is given changes.
public struct BlockChange: Fact {
    /// Which block.
    public var block: BlockID
    /// The hours it now has; 0 takes it back.
    public var hours: Hours?
    /// Its new last day.
    public var lastDay: CivilDate?
    /// The date on which it was paid.
    public var paidOn: CivilDate?
    /// Why.
    public var reason: String
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A change to a block.
    public init(
        block: BlockID, hours: Hours? = nil, lastDay: CivilDate? = nil, paidOn: CivilDate? = nil, reason: String,
        recordedAt: Instant
    ) {
        self.block = block
        self.hours = hours
        self.lastDay = lastDay
        self.paidOn = paidOn
        self.reason = reason
        self.recordedAt = recordedAt
    }
}
