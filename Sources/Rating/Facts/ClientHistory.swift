import Agreements
import Values

/// All that is known of one client, sorted and resolved for rating: corrections applied, withdrawn entries left out,
/// entries cut into parts and the parts put in the order of work (design T3, T4).
struct ClientHistory {
    let client: Client
    var zones: ZoneTimeline
    var contracts: [ContractHistory] = []
    var blocks: [BlockHistory] = []
    /// All entries, as corrected; parts refer to them by their place.
    var entries: [TimeEntry] = []
    /// What was recorded about entries besides.
    var notes: [EntryID: EntryNotes] = [:]
    /// What the requests and work types of the parts come to, so that alike work is judged once.
    var kinds: [WorkKind] = []
    /// The parts: by period and within it in the order of work, once ``sortParts()`` was called.
    var parts: [WorkPart] = []
    /// Entries that wait for approval, by period.
    var awaitingApproval: [Period: [SetAsideEntry]] = [:]
    /// The permits of each request, those that end soonest first.
    var permits: [RequestID: [Permit]] = [:]
    /// The closings that stand, by their own periods.
    var closings: [Period: Closing] = [:]
    var issued = IssuedPositions()
    /// The terms of each period.
    var terms: KnownTerms

    init(client: Client, zones: ZoneTimeline, terms: TermsHistory) {
        self.client = client
        self.zones = zones
        self.terms = KnownTerms(terms)
    }
}

extension ClientHistory {
    /// Puts the parts in order: by period, then by date, dated work before clocked, by start, by entry id, by part
    /// (design T4). A log in order is left as it is; another is dealt out by period first, so that it costs
    /// n log(entries of a period).
    mutating func sortParts() {
        let entries = entries
        func isBefore(_ a: WorkPart, _ b: WorkPart) -> Bool {
            if a.date != b.date { return a.date < b.date }
            if a.isDated != b.isDated { return a.isDated }
            if a.start != b.start { return a.start < b.start }
            if a.entry != b.entry { return entries[Int(a.entry)].id < entries[Int(b.entry)].id }
            return a.part < b.part
        }
        var isSorted = true
        for index in parts.indices.dropFirst() {
            let (a, b) = (parts[index - 1], parts[index])
            if a.period != b.period ? a.period > b.period : isBefore(b, a) {
                isSorted = false
                break
            }
        }
        guard !isSorted else { return }
        let byPeriod = Dictionary(grouping: parts, by: \.period).sorted { $0.key < $1.key }
        parts.removeAll(keepingCapacity: true)
        for (_, parts) in byPeriod { self.parts += parts.sorted(by: isBefore) }
    }
}

/// What matters of a part's request and work type to its verdict.
struct WorkKind: Hashable {
    var serviceLine: ServiceLineID
    var project: ProjectID?
    var isApproved: Bool
    var workType: WorkTypeID
    var isOutsideHours: Bool
}

/// A part of a time entry that lies in one period, and on one side of the business hours where those matter.
struct WorkPart {
    var entry: Int32
    var period: Period
    /// A number for the entry's request, the same for the same request.
    var request: Int32
    /// The place of its kind in ``ClientHistory/kinds``.
    var kind: Int32
    var part: Int32
    var parts: Int32
    var isDated: Bool
    var date: CivilDate
    /// For clocked work, when the part starts.
    var start: Instant
    var worked: Hours
    var courtesy: Hours
}

/// One contract with all that was agreed about it later.
struct ContractHistory {
    var contract: Contract
    /// By date, then by when they were recorded.
    var changes: [PlanChange]
    /// By date, then by when they were recorded: the last that fits counts.
    var negotiated: [NegotiatedTerms]
    /// The last day it is in force: that of the period of its end date.
    var lastDay: CivilDate?

    func isInForce(on date: CivilDate) -> Bool {
        contract.from <= date && lastDay.map { date <= $0 } ?? true
    }

    func includes(_ project: ProjectID?) -> Bool {
        contract.projects.isEmpty || (project.map(contract.projects.contains) ?? false)
    }
}

extension ClientHistory {
    /// Adds a kind of work and gives its number.
    mutating func add(_ kind: WorkKind) -> Int32 {
        kinds.append(kind)
        return Int32(kinds.count - 1)
    }

    /// Notes that a part of an entry does not count until somebody approves it.
    mutating func setAside(_ entry: EntryID, _ part: WorkPart) {
        awaitingApproval[part.period, default: []].append(
            SetAsideEntry(entry: entry, hours: part.worked, reason: .awaitingApproval))
    }
}
