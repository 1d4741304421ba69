public import Agreements
public import Values

/// The derived account of one client and one period, with a part for each contract (design section 1).
///
/// It is a value made of facts by a pure function: printing it, invoicing it and auditing it years later make the same
/// one. Hours add up in it in two ways, to the second:
///
/// - worked + rounding + weighting = drawn + charged + courtesy + waived + not charged + withheld, for each line and in
///   all;
/// - opening = drawn + lapsed + left, for each grant.
public struct Statement: Sendable {
    /// Whose it is.
    public let client: Client
    /// The zone in which the period's days are counted.
    public let zone: Zone
    /// The month it is for.
    public let period: Period
    /// The zone in which the next period's days are counted: the period ends at its midnight.
    let nextZone: Zone
    /// Which hours pay for which work.
    public internal(set) var drawOrder = DrawOrder.bestForClient
    /// When the period was closed, if it was. The figures are then what was issued (``Rater/asIssued(_:of:in:)``) or what it
    /// comes to now (``Rater/accounts(of:through:)``).
    public internal(set) var closedAt: Instant?
    /// What the period's closing issued, adjustments of earlier periods and all; nil while it is open.
    public internal(set) var issuedTotal: Money?
    /// Of a period as it was issued: what was adjusted since, and where that is shown.
    public package(set) var adjustedSince: [LaterAdjustment] = []
    /// The contracts in force, in the order of their ids.
    public internal(set) var contracts: [ContractAccount] = []
    /// The hours that could be drawn on, in the order in which the draw order prefers them.
    public internal(set) var grants: [GrantAccount] = []
    /// The kinds of work met, each with its verdict and its rate. Lines refer to them.
    public internal(set) var workClasses: [WorkClass] = []
    /// The work, in order (design T4).
    public internal(set) var lines: [WorkLine] = []
    /// What was rounded up as one (design P3), in the order of the groups' last lines.
    public internal(set) var groups: [BilledGroup] = []
    /// The draws of all lines, each line's together.
    public internal(set) var draws: [Draw] = []
    /// The blocks bought in the period.
    public internal(set) var purchases: [BlockPurchase] = []
    /// What earlier, closed periods come to now, less what was issued for them (design X2): on the first open period
    /// after the last closed one, and nowhere else.
    public internal(set) var adjustments: [Adjustment] = []
    /// The hours that the grants of the adjusted periods had.
    var availableEarlier: [Period: [GrantID: Hours]] = [:]
    /// Entries of the period that do not count, and why.
    public internal(set) var setAside: [SetAsideEntry] = []
    /// What permits allowed at the start of the period, for the requests whose overage asked for them.
    public internal(set) var permits: [PermitAccount] = []
    /// Of a closed period that is rated again: the amounts that lines of groups keep if they can, by the lines' places.
    var keptAmounts: [Int: Int] = [:]

    /// The increment of work that no contract covers.
    public let listIncrement: Increment?
    /// The entries of the client, which lines refer to.
    let entries: [TimeEntry]
    /// What was recorded about entries besides.
    let notes: [EntryID: EntryNotes]

    init(
        client: Client, zone: Zone, nextZone: Zone, period: Period, closedAt: Instant?, listIncrement: Increment?,
        entries: [TimeEntry], notes: [EntryID: EntryNotes]
    ) {
        self.client = client
        self.zone = zone
        self.nextZone = nextZone
        self.period = period
        self.closedAt = closedAt
        self.listIncrement = listIncrement
        self.entries = entries
        self.notes = notes
    }

    /// The first instant of the period.
    public var start: Instant { zone.start(of: period) }
    /// The first instant after the period.
    public var end: Instant { nextZone.start(of: period.next) }
    /// The time entry that a line is about; for added rounding, the last of its group.
    public func entry(of line: WorkLine) -> TimeEntry { entries[Int(line.entryIndex)] }
    /// The time entry of an id; nil where there is none.
    ///
    /// Complexity: O(entries); it is for explaining, not for rating.
    public func entry(_ id: EntryID) -> TimeEntry? { entries.first { $0.id == id } }
    /// What was recorded about an entry besides: corrections, approvals, courtesy; nil where nothing was.
    public func notes(on entry: TimeEntry) -> EntryNotes? { notes[entry.id] }
    /// The kind of work that a line is.
    public func workClass(of line: WorkLine) -> WorkClass { workClasses[Int(line.classIndex)] }
    /// What a line is rounded up with; nil where it is billed by itself.
    public func group(of line: WorkLine) -> BilledGroup? { line.groupIndex < 0 ? nil : groups[Int(line.groupIndex)] }
    /// When a piece of clocked work ends: where the next part begins, or with its entry; nil for other work.
    public func end(of line: WorkLine) -> Instant? {
        guard let start = line.start, case .clocked(_, let end) = entry(of: line).when else { return nil }
        return line.part == line.parts ? end : start + line.worked
    }
    /// What a line draws, grant by grant.
    public func draws(of line: WorkLine) -> ArraySlice<Draw> {
        draws[Int(line.firstDraw)..<Int(line.firstDraw) + Int(line.drawCount)]
    }
}

/// What one contract gives and costs in one period.
public struct ContractAccount: Hashable, Sendable {
    /// Which contract.
    public var contract: ContractID
    /// The line it is for.
    public var serviceLine: ServiceLineID
    /// The plan in force.
    public var plan: PlanID
    /// What the plan is called.
    public var planName: String
    /// The first day of the version of the terms that the plan was taken from.
    public var termsEffective: CivilDate
    /// The fee.
    public var fee: Money
    /// How the fee came about.
    public var feeReason: FigureReason
    /// The hours included.
    public var hours: Hours
    /// How the hours came about.
    public var hoursReason: FigureReason
    /// The policies in force.
    public var policies: Policies
    /// The first day of the contract within the period.
    public var from: CivilDate
}

/// Where a plan's fee or hours come from: `comesTo` and what each upgrade added are the figure.
///
/// Figures are minor units of a fee and seconds of hours.
public struct FigureReason: Hashable, Sendable {
    /// What set the full figure.
    public enum Source: Hashable, Sendable {
        /// The plan, in the version of the terms in force.
        case plan
        /// The contract, from a date.
        case negotiated(CivilDate)
    }
    /// How an upgrade in the period or a partial first period changed it.
    public enum Share: Hashable, Sendable {
        /// All of it.
        case full
        /// So many of the period's days.
        case days(Int, of: Int)
    }
    /// What set the full figure of the plan before any upgrade.
    public var source: Source
    /// That full figure.
    public var full: Int
    /// The share of it in a partial first period.
    public var share: Share
    /// What the share comes to.
    public var comesTo: Int
    /// In which steps shares are rounded half up.
    public var step: Int
    /// The upgrades made in the period, in their order.
    public var upgrades: [UpgradeStep] = []

    /// One upgrade.
    public struct UpgradeStep: Hashable, Sendable {
        /// The plan before.
        public var from: PlanID
        /// Its full figure.
        public var before: Int
        /// The plan after.
        public var to: PlanID
        /// Its full figure.
        public var after: Int
        /// What set that figure.
        public var source: Source
        /// The date of the change.
        public var on: CivilDate
        /// The share of the difference.
        public var share: Share
        /// What the step added.
        public var added: Int
    }
}

/// One grant's account of one period: opening = drawn + lapsed + left.
public struct GrantAccount: Hashable, Sendable {
    /// Which grant.
    public var id: GrantID
    /// What its hours may pay for.
    public var scope: GrantScope
    /// The first day of work it may pay for.
    public var from: CivilDate
    /// The last day of work it may pay for; nil where no date is set.
    public var lastDay: CivilDate?
    /// What was there at the start of the period, or was added in it.
    public var opening: Hours
    /// What the period's work drew.
    public var drawn: Hours
    /// What lapsed at the end of the period.
    public var lapsed: Hours
    /// What is left for later periods.
    public var left: Hours
    /// Of a block: how its opening hours came about.
    public var use: BlockUse?
}

/// What months other than the statement's take of a block: the opening hours are those bought, less all that is here.
public struct BlockUse: Hashable, Sendable {
    /// The hours it has in all, as changed.
    public var bought: Hours
    /// What earlier months draw, earliest first.
    public var earlier: [MonthHours]
    /// What later, closed months hold, earliest first.
    public var later: [MonthHours]
}

/// So many hours of one month.
public struct MonthHours: Hashable, Sendable {
    /// Which month.
    public var period: Period
    /// How many.
    public var hours: Hours
}

/// What a grant's hours may pay for.
public enum GrantScope: Hashable, Sendable {
    /// What a contract covers: its service line and, where it is limited, its projects.
    case contract(ServiceLineID, projects: Set<ProjectID>)
    /// Any charged work within the scope of a block.
    case block(Block.Scope)
}

/// A kind of work in a period: all work for which verdict, grants and rate are the same.
public struct WorkClass: Hashable, Sendable {
    /// The request's line.
    public var serviceLine: ServiceLineID
    /// The request's project.
    public var project: ProjectID?
    /// The kind of work time.
    public var workType: WorkTypeID
    /// Whether the work was done outside business hours, where that matters.
    public var isOutsideHours: Bool
    /// The judgement.
    public var verdict: Verdict
    /// What the judgement rests on, in order.
    public var checklist: [Requirement]
    /// The grants of the period it may draw on: places in ``Statement/grants``, preferred first.
    public var eligible: [Int]
    /// What an hour of it costs where no grant pays, a multiplier of prices counted in.
    public var rate: HourlyRate
    /// The rate that the clause sets, without a multiplier.
    public var baseRate: HourlyRate
    /// What set that rate.
    public var clause: RateClause
    /// The multiplier, in hundredths, and what it weighs.
    public var multiplierPercent: Int
    /// What the multiplier weighs.
    public var multiplierTarget: MultiplierTarget
}

/// Whether work is paid for by a plan (design C1).
public enum Verdict: Hashable, Sendable {
    /// A contract covers it: plan hours pay, and beyond them overage.
    case covered(ContractID)
    /// No contract covers it: it is charged at the list rate where no block pays (design C5).
    case chargedAtList
    /// It is never charged (design C2).
    case notCharged
}

/// One requirement of coverage, met or failed (design C1).
public struct Requirement: Hashable, Sendable {
    /// What is required.
    public enum Subject: Hashable, Sendable {
        /// The work type is one that is charged.
        case chargedWork(WorkTypeID)
        /// There is a contract on the service line.
        case contract(ServiceLineID)
        /// The contract is in force on the work date.
        case dates(ContractID, from: CivilDate, through: CivilDate?)
        /// The project is one that the contract is limited to.
        case scope(ContractID, ProjectID?)
        /// The contract's line covers the work type.
        case workType(ContractID, ServiceLineID, WorkTypeID)
        /// The client asked for the work: its request is approved.
        case approvedRequest(ContractID, WorkTypeID)
    }
    /// What is required.
    public var subject: Subject
    /// Whether it is met.
    public var isMet: Bool
}

/// What set a rate (design P2).
public enum RateClause: Hashable, Sendable {
    /// The contract, from a date.
    case negotiated(ContractID, from: CivilDate)
    /// The plan, in the version of the terms effective on a date.
    case plan(PlanID, terms: CivilDate)
    /// The list, in the version of the terms effective on a date.
    case list(terms: CivilDate)
    /// The list rate of a work type, in the version of the terms effective on a date.
    case listOfWorkType(WorkTypeID, terms: CivilDate)
}

/// One piece of work on a statement: a time entry, a part of one, or the time that rounding added to a group of them.
public struct WorkLine: Sendable {
    /// What a line is.
    public enum Kind: Sendable { case work, rounding }

    /// What it is.
    public var kind: Kind
    /// Which part of its entry, from 1, counted over all periods.
    public var part: Int32
    /// How many parts its entry has in all.
    public var parts: Int32
    /// The date it counts on: for clocked work the date on which this part starts.
    public var date: CivilDate
    /// When this part starts; nil for dated work and for rounding.
    public var start: Instant?
    /// The time worked; for rounding 0.
    public var worked: Hours
    /// The time that rounding added; for work 0.
    public var rounding: Hours
    /// The time that a multiplier of hours added, or, under 100, took away.
    public var weighting: Hours
    /// The hours that grants paid.
    public var drawn: Hours = .zero
    /// The hours charged: overage, or work charged at the list rate.
    public var charged: Hours = .zero
    /// The hours given as courtesy.
    public var courtesy: Hours
    /// The hours within the contract's tolerance.
    public var toleranceWaived: Hours = .zero
    /// The hours of rounding that are not charged, because rounding alone causes no overage.
    public var roundingWaived: Hours = .zero
    /// The late hours that are given.
    public var lateWaived: Hours
    /// The hours of work that is never charged.
    public var notCharged: Hours
    /// The hours of overage that the client did not consent to: they are not billed (design O1).
    public var withheld: Hours = .zero
    /// What it costs.
    public var amount: Money

    var entryIndex: Int32
    var classIndex: Int32
    /// Its group's place in ``Statement/groups``; -1 where it is in none.
    var groupIndex: Int32 = -1
    var firstDraw: Int32 = 0
    var drawCount: Int32 = 0

    /// Its group's place in ``Statement/groups``; nil where it is billed by itself.
    public var groupPlace: Int? { groupIndex < 0 ? nil : Int(groupIndex) }
    /// The hours waived, for whatever reason.
    public var waived: Hours { toleranceWaived + roundingWaived + lateWaived }
    /// The hours that grants paid or that are charged.
    public var billed: Hours { drawn + charged }
}

/// Work that is rounded up, and priced, as one (design P1, P3).
public struct BilledGroup: Hashable, Sendable {
    /// What its rounding is about.
    public var key: PositionKey
    /// The steps.
    public var increment: Increment
    /// The time that was rounded up: what courtesy and late time left of the work.
    public var asked: Hours
    /// What it was rounded up to.
    public var billed: Hours
    /// The places of its lines in ``Statement/lines``, the added rounding last.
    public var lines: [Int]
}

/// So much of one entry taken from one grant.
public struct Draw: Hashable, Sendable {
    /// The grant's place in ``Statement/grants``.
    public var grant: Int
    /// How much.
    public var hours: Hours
}

/// A block bought in the period.
public struct BlockPurchase: Hashable, Sendable {
    /// Which block.
    public var block: BlockID
    /// How many hours it has.
    public var hours: Hours
    /// What an hour cost.
    public var pricePerHour: HourlyRate
    /// What it costs.
    public var price: Money
}

/// What one thing in a closed period comes to now, less what was issued for it (design X2).
public struct Adjustment: Hashable, Sendable {
    /// The difference: every figure now, less what was issued.
    public var position: IssuedPosition
    /// The facts that made it, in the order in which they became known; their differences sum to ``position``.
    public var causes: [AdjustmentCause]
}

/// What one fact changed about a position of a closed period.
public struct AdjustmentCause: Hashable, Sendable {
    /// The fact.
    public enum Reason: Hashable, Sendable {
        /// The entry was logged after the period was closed.
        case lateTime(EntryID)
        /// The entry was corrected.
        case correction(EntryID, reason: String)
        /// The entry was withdrawn.
        case void(EntryID, reason: String)
        /// Time was given.
        case courtesy(EntryID, by: String, reason: String)
        /// The entry was approved.
        case approved(EntryID, by: String)
        /// The request moved.
        case moved(RequestID, reason: String)
        /// The client said that they asked for the work of the request.
        case requested(RequestID, by: String)
        /// The client approved the overage.
        case permitted(RequestID, by: String)
        /// A rate, hours, a fee, a plan or a policy of the contract was agreed, or its end.
        case agreed(ContractID)
        /// A block was bought.
        case blockBought(BlockID)
        /// A block was changed.
        case blockChanged(BlockID, reason: String)
        /// A project was done.
        case projectDone(ProjectID)
        /// The client's time zone changed.
        case zoneChanged
        /// No fact since: the closing was made by other rules.
        case rerated
    }
    /// The fact.
    public var reason: Reason
    /// What it changed.
    public var difference: IssuedPosition
    /// Where the amount changed: what it was made of before.
    public var before: [PriceReason] = []
    /// Where the amount changed: what it is made of since.
    public var after: [PriceReason] = []
}

/// An entry that does not count in its period.
public struct SetAsideEntry: Hashable, Sendable {
    /// Why not.
    public enum Reason: Hashable, Sendable {
        /// Nobody has approved it yet.
        case awaitingApproval
        /// It came after the period was closed, and the terms refuse late time.
        case refusedLate
    }
    /// Which entry.
    public var entry: EntryID
    /// The time that does not count.
    public var hours: Hours
    /// Why not.
    public var reason: Reason
}

// MARK: - Totals

extension Statement {
    /// The hours of the statement, added up.
    public var totals: HourTotals {
        var totals = HourTotals()
        for line in lines { totals.add(line) }
        return totals
    }

    /// What the period was billed: what its closing issued, or what it costs as long as it is open. Over many periods this
    /// adds up to what the client pays, for what changed in a closed one is an adjustment of an open one.
    public var billed: Money { issuedTotal ?? total }

    /// What the figures here come to: fees, blocks, work and adjustments.
    public var total: Money {
        let sums = sums
        return Money(
            minorUnits: sums.fees.minorUnits + sums.blocks.minorUnits + sums.work.minorUnits
                + sums.adjustments.minorUnits, client.currency)
    }

    /// What the total is the sum of.
    public var sums: (fees: Money, blocks: Money, work: Money, adjustments: Money) {
        var sums = (
            fees: Money.zero(client.currency), blocks: Money.zero(client.currency), work: Money.zero(client.currency),
            adjustments: Money.zero(client.currency)
        )
        for contract in contracts { sums.fees.minorUnits += contract.fee.minorUnits }
        for purchase in purchases { sums.blocks.minorUnits += purchase.price.minorUnits }
        for line in lines { sums.work.minorUnits += line.amount.minorUnits }
        for adjustment in adjustments { sums.adjustments.minorUnits += adjustment.position.amount.minorUnits }
        return sums
    }
}

/// Hours added up over lines.
public struct HourTotals: Hashable, Sendable {
    /// Time worked.
    public var worked = Hours.zero
    /// Time added by rounding.
    public var rounding = Hours.zero
    /// Time added by multipliers.
    public var weighting = Hours.zero
    /// Hours that grants paid.
    public var drawn = Hours.zero
    /// Hours charged.
    public var charged = Hours.zero
    /// Hours given as courtesy.
    public var courtesy = Hours.zero
    /// Hours waived.
    public var waived = Hours.zero
    /// Hours of work that is never charged.
    public var notCharged = Hours.zero
    /// Hours of overage that the client did not consent to.
    public var withheld = Hours.zero

    /// Nothing yet.
    public init() {}

    mutating func add(_ line: WorkLine) {
        worked = worked + line.worked
        rounding = rounding + line.rounding
        weighting = weighting + line.weighting
        drawn = drawn + line.drawn
        charged = charged + line.charged
        courtesy = courtesy + line.courtesy
        waived = waived + line.waived
        notCharged = notCharged + line.notCharged
        withheld = withheld + line.withheld
    }
}
