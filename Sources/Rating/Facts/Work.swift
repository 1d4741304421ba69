public import Agreements
public import Values

/// What a request is called in files.
public typealias RequestID = Identifier<Request>
/// What a time entry is called in files.
public typealias EntryID = Identifier<TimeEntry>

/// A support request: it says whose work it is, on which service line, and for which project.
public struct Request: Fact {
    /// Its id in files.
    public var id: RequestID
    /// Whose it is.
    public var client: ClientID
    /// The line it was filed on.
    public var serviceLine: ServiceLineID
    /// The project it belongs to, if any.
    public var project: ProjectID?
    /// What it is about.
    public var title: String
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A request.
    public init(
        id: RequestID, client: ClientID, serviceLine: ServiceLineID, project: ProjectID? = nil, title: String,
        recordedAt: Instant
    ) {
        self.id = id
        self.client = client
        self.serviceLine = serviceLine
        self.project = project
        self.title = title
        self.recordedAt = recordedAt
    }
}

/// A request's move to another client, line or project: it then belongs there with all its time (edge case E42).
public struct RequestMove: Fact {
    /// The request as it is from now on.
    public var request: Request
    /// Why.
    public var reason: String

    /// When this was recorded.
    public var recordedAt: Instant {
        get { request.recordedAt }
        set { request.recordedAt = newValue }
    }
    /// Its number in the ledger; 0 where it has none.
    public var number: Int {
        get { request.number }
        set { request.number = newValue }
    }

    /// A move. The request's `recordedAt` is when the move was recorded.
    public init(to request: Request, reason: String) {
        self.request = request
        self.reason = reason
    }
}

/// A client's word that they asked for the work of a request: what a custom rule needs to be covered (design C4).
public struct RequestApproval: Fact {
    /// Which request.
    public var request: RequestID
    /// Who gave it.
    public var by: String
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// An approval.
    public init(request: RequestID, by person: String, recordedAt: Instant) {
        self.request = request
        by = person
        self.recordedAt = recordedAt
    }
}

/// A client's approval of overage: for which request, how much, until when (design section 1, O1).
public struct Permit: Fact {
    /// For which request.
    public var request: RequestID
    /// How much, over all periods.
    public var hours: Hours
    /// The last day of work that it is for.
    public var until: CivilDate
    /// Who gave it.
    public var by: String
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// An approval of overage.
    public init(request: RequestID, hours: Hours, until: CivilDate, by person: String, recordedAt: Instant) {
        self.request = request
        self.hours = hours
        self.until = until
        by = person
        self.recordedAt = recordedAt
    }
}

/// Work on a request by one person (design section 1).
public struct TimeEntry: Fact {
    /// When the work was done.
    public enum When: Hashable, Sendable {
        /// From one instant to another, later one.
        case clocked(start: Instant, end: Instant)
        /// On a date, for so long, at a time of day nobody wrote down.
        case dated(CivilDate, Hours)
    }

    /// Its id in files.
    public var id: EntryID
    /// The request it was done for.
    public var request: RequestID
    /// Who did it.
    public var person: String
    /// What kind of work it was.
    public var workType: WorkTypeID
    /// When it was done.
    public var when: When
    /// What was done.
    public var note: String
    /// When it was logged (design T5).
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A time entry.
    public init(
        id: EntryID, request: RequestID, person: String, workType: WorkTypeID, when: When, note: String,
        recordedAt: Instant
    ) {
        self.id = id
        self.request = request
        self.person = person
        self.workType = workType
        self.when = when
        self.note = note
        self.recordedAt = recordedAt
    }

    /// How long it lasted.
    public var worked: Hours {
        switch when {
        case .clocked(let start, let end): end - start
        case .dated(_, let hours): hours
        }
    }
}

/// A time entry as it should have been: it takes the place of the one of the same id (edge case E12).
public struct TimeCorrection: Fact {
    /// The entry as it is from now on. Its `recordedAt` is when the correction was recorded.
    public var entry: TimeEntry
    /// Why.
    public var reason: String

    /// When this was recorded.
    public var recordedAt: Instant {
        get { entry.recordedAt }
        set { entry.recordedAt = newValue }
    }
    /// Its number in the ledger; 0 where it has none.
    public var number: Int {
        get { entry.number }
        set { entry.number = newValue }
    }

    /// A correction.
    public init(to entry: TimeEntry, reason: String) {
        self.entry = entry
        self.reason = reason
    }
}

/// A time entry's withdrawal: it no longer counts (edge case E13).
public struct TimeVoid: Fact {
    /// Which entry.
    public var entry: EntryID
    /// Why.
    public var reason: String
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A withdrawal.
    public init(entry: EntryID, reason: String, recordedAt: Instant) {
        self.entry = entry
        self.reason = reason
        self.recordedAt = recordedAt
    }
}

/// A second person's approval of a time entry (design T5, edge case E11).
public struct TimeApproval: Fact {
    /// Which entry.
    public var entry: EntryID
    /// Who approved it.
    public var by: String
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// An approval.
    public init(entry: EntryID, by person: String, recordedAt: Instant) {
        self.entry = entry
        by = person
        self.recordedAt = recordedAt
    }
}

/// Time given to the client, shown to them as given (design P5).
public struct Courtesy: Fact {
    /// Of which entry.
    public var entry: EntryID
    /// How much of it; nil for all.
    public var hours: Hours?
    /// Who gave it.
    public var by: String
    /// Why.
    public var reason: String
    /// When this was recorded.
    public var recordedAt: Instant
    /// Its number in the ledger; 0 where it has none.
    public var number = 0

    /// A gift of time.
    public init(entry: EntryID, hours: Hours?, by person: String, reason: String, recordedAt: Instant) {
        self.entry = entry
        self.hours = hours
        by = person
        self.reason = reason
        self.recordedAt = recordedAt
    }
}
