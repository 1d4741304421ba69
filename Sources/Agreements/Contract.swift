public import Values

/// A customer company (design section 1).
public struct Client: Fact {
    /// Its id in files.
    public var id: ClientID
    /// Its name.
    public var name: String
    /// Where its days and months begin, until a ``ZoneChange``.
    public var zone: Zone
    /// What it is billed in.
    public var currency: Currency
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A client.
    public init(id: ClientID, name: String, zone: Zone, currency: Currency, recordedAt: Instant) {
        self.id = id
        self.name = name
        self.zone = zone
        self.currency = currency
        self.recordedAt = recordedAt
    }
}

/// A client's move to another time zone. It holds from the start of a period (edge case E48).
public struct ZoneChange: Fact {
    /// Whose zone.
    public var client: ClientID
    /// The new zone.
    public var zone: Zone
    /// The first period that is counted in it.
    public var from: Period
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A change of zone.
    public init(client: ClientID, zone: Zone, from: Period, recordedAt: Instant) {
        self.client = client
        self.zone = zone
        self.from = from
        self.recordedAt = recordedAt
    }
}

/// A piece of work with an end, which hours can be bought for.
public struct Project: Fact {
    /// Its id in files.
    public var id: ProjectID
    /// Whose it is.
    public var client: ClientID
    /// Its name.
    public var name: String
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A project.
    public init(id: ProjectID, client: ClientID, name: String, recordedAt: Instant) {
        self.id = id
        self.client = client
        self.name = name
        self.recordedAt = recordedAt
    }
}

/// The end of a project: its blocks that live until then can be used on that day for the last time.
public struct ProjectDone: Fact {
    /// Which project.
    public var project: ProjectID
    /// Its last day.
    public var on: CivilDate
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// The end of a project.
    public init(project: ProjectID, on date: CivilDate, recordedAt: Instant) {
        self.project = project
        on = date
        self.recordedAt = recordedAt
    }
}

/// A client's agreement to a plan on a service line, from a date (design section 1).
public struct Contract: Fact {
    /// Its id in files.
    public var id: ContractID
    /// Who signed it.
    public var client: ClientID
    /// The line it is for.
    public var serviceLine: ServiceLineID
    /// The plan agreed to, until a ``PlanChange``.
    public var plan: PlanID
    /// The first day.
    public var from: CivilDate
    /// The projects it is limited to; empty for the whole line.
    public var projects: Set<ProjectID>
    /// Its place among contracts that cover the same work, the lowest first; nil where no other does (design D6).
    public var rank: Int?
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A contract.
    public init(
        id: ContractID, client: ClientID, serviceLine: ServiceLineID, plan: PlanID, from: CivilDate,
        projects: Set<ProjectID> = [], rank: Int? = nil, recordedAt: Instant
    ) {
        self.id = id
        self.client = client
        self.serviceLine = serviceLine
        self.plan = plan
        self.from = from
        self.projects = projects
        self.rank = rank
        self.recordedAt = recordedAt
    }
}

/// A change of plan. An upgrade may hold for the whole period of its date; a downgrade holds from the next (design
/// L1).
public struct PlanChange: Fact {
    /// Of which contract.
    public var contract: ContractID
    /// The new plan.
    public var plan: PlanID
    /// The date agreed.
    public var on: CivilDate
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A change of plan.
    public init(contract: ContractID, plan: PlanID, on date: CivilDate, recordedAt: Instant) {
        self.contract = contract
        self.plan = plan
        on = date
        self.recordedAt = recordedAt
    }
}

/// A contract's cancellation. It runs to the end of the period that the date lies in (design L1).
public struct ContractEnd: Fact {
    /// Which contract.
    public var contract: ContractID
    /// The date agreed.
    public var on: CivilDate
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A cancellation.
    public init(contract: ContractID, on date: CivilDate, recordedAt: Instant) {
        self.contract = contract
        on = date
        self.recordedAt = recordedAt
    }
}

/// What a contract sets otherwise than the terms, from a date. Only what is given is overridden; a later override of
/// the same thing replaces it.
public struct NegotiatedTerms: Fact {
    /// Of which contract.
    public var contract: ContractID
    /// The first day: rates hold by work date, everything else from the period that contains it.
    public var from: CivilDate
    /// What an hour over the included ones costs.
    public var overageRate: HourlyRate?
    /// The hours included each month.
    public var hours: Hours?
    /// The monthly fee.
    public var fee: Money?
    /// The steps of billing; `.some(nil)` to the second.
    public var increment: Increment??
    /// The margin over the hours; `.some(nil)` for none.
    public var tolerance: Tolerance??
    /// What happens when the hours run out.
    public var overageConsent: OverageConsent?
    /// What happens to late time.
    public var lateTime: LateTime?
    /// Which hours pay for which work.
    public var drawOrder: DrawOrder?
    /// What the first, partial period costs and gives.
    public var firstPeriod: Proration?
    /// What an upgrade in mid-period costs and gives.
    public var upgrade: Upgrade?
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// Overrides, none yet.
    public init(contract: ContractID, from: CivilDate, recordedAt: Instant) {
        self.contract = contract
        self.from = from
        self.recordedAt = recordedAt
    }

    /// What is overridden here.
    public var subjects: Set<Negotiable> {
        var subjects: Set<Negotiable> = []
        if overageRate != nil { subjects.insert(.overageRate) }
        if hours != nil { subjects.insert(.hours) }
        if fee != nil { subjects.insert(.fee) }
        if increment != nil { subjects.insert(.increment) }
        if tolerance != nil { subjects.insert(.tolerance) }
        if overageConsent != nil { subjects.insert(.overageConsent) }
        if lateTime != nil { subjects.insert(.lateTime) }
        if drawOrder != nil { subjects.insert(.drawOrder) }
        if firstPeriod != nil { subjects.insert(.firstPeriod) }
        if upgrade != nil { subjects.insert(.upgrade) }
        return subjects
    }
}
