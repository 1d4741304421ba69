package import Agreements
package import Rating
package import Values

/// Records a client's approval of overage on a request (design O1).
package struct GivePermit: DeskOperation {
    package static let name = "request.permit"
    package static let role = Role.agent
    package static let contactRole: ContactRole? = .approver

    package var request: RequestID
    package var hours: Hours
    /// The last day of work it is for; nil for that of this month, where the client is.
    package var until: CivilDate?
    package var by: String

    package init(request: RequestID, hours: Hours, until: CivilDate?, by person: String) {
        self.request = request
        self.hours = hours
        self.until = until
        by = person
    }

    package var content: RequestContent { ["request": request, "hours": hours, "until": until, "by": by] }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool {
        try desk.owner(of: request) == client
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let (request, known) = try desk.work(on: request)
        desk.note(about: request.client, request.id.text)
        let by = try desk.nameOfApprover(by)
        try Words.check(by, "who approved")
        let until = try until ?? Period(containing: desk.today(of: request.client, known)).lastDay
        var facts = Facts()
        let permit = Permit(request: request.id, hours: hours, until: until, by: by, recordedAt: desk.now)
        facts.permits = [permit]
        let matters = try desk.permitMatters(for: request, permit)
        try desk.record(facts, knowing: known)
        try desk.tell(
            .permitGiven, client: request.client.text,
            [("request", request.id.text), ("hours", "\(hours)"), ("until", "\(until)")])
        let remark = "as things stand it changes no figure: no contract asks before overage of this work by then"
        return Recorded(id: request.id.text, remarks: matters ? [] : [remark], on: until)
    }
}

/// Why work now would not be billed.
struct Withholding {
    /// The clause of its contract.
    var consent: OverageConsent
    /// Whether a permit would change that.
    var permitHelps: Bool
}

extension DeskTransaction {
    /// Why a minute of work now would not be billed, as no hours are left and the client has not agreed to more; nil where it
    /// would be.
    func withholding(of workType: WorkTypeID, on request: Request) throws -> Withholding? {
        let today = try today(of: request.client, standing(of: request.client))
        let month = Period(containing: today)
        let work = try facts(of: request, adding: .dated(today, Hours(0, 1)), workType)
        func statement(_ extra: Facts) throws -> Statement? {
            try account(of: request.client, through: month, wanting: month...month, adding: extra)?
                .statements.last { $0.period == month }
        }
        // It may take the hours of work later in the day, which then is what is not billed.
        guard let after = try statement(work),
            after.totals.withheld > (try statement(Facts())?.totals.withheld ?? .zero),
            let line = after.lines.last(where: { after.entry(of: $0).id == whatIf && $0.withheld > .zero })
                ?? after.lines.last(where: { $0.withheld > .zero }),
            let consent = after.consent(of: line)
        else { return nil }
        let permit = Permit(request: request.id, hours: Hours(24), until: today, by: actor.id, recordedAt: now)
        return Withholding(consent: consent, permitHelps: try helps(permit, work, month...month))
    }

    /// Whether a permit for a request would change what is billed, for work that is done or for any that may be done this month.
    /// The engine is asked: it would not where the contract does not ask, where blocks or nothing at all pay for the work, or
    /// where its last day is before the work.
    ///
    /// - Parameter permit: the permit; nil for one that is large enough and lasts for this month.
    package func permitMatters(for request: Request, _ permit: Permit? = nil) throws -> Bool {
        let standing = try standing(of: request.client)
        let asks =
            try terms().versions.contains { $0.policies.overageConsent == .ask }
            || standing.negotiatedTerms.contains { $0.overageConsent == .ask }
        guard asks else { return false }
        let today = try today(of: request.client, standing)
        let line = try terms().inForce(on: today)?.serviceLines[request.serviceLine]
        guard let workType = line?.covers.min() else { return false }
        // More work than any grant has hours for.
        let most = Hours(10_000)
        let work = try facts(of: request, adding: .dated(today, most), workType)
        let month = Period(containing: today)
        let large = Permit(request: request.id, hours: most, until: month.lastDay, by: actor.id, recordedAt: now)
        // Older work that was held back may be approved too.
        return try helps(permit ?? large, work, (month + -12)...month)
    }

    private func helps(_ permit: Permit, _ work: Facts, _ months: ClosedRange<Period>) throws -> Bool {
        var permitted = work
        permitted.permits.append(permit)
        func withheld(_ extra: Facts) throws -> Hours {
            guard let client = extra.requestMoves.last?.request.client ?? extra.requests.first?.client else {
                return .zero
            }
            return try account(of: client, through: months.upperBound, wanting: months, adding: extra)?.statements
                .filter { months.contains($0.period) }.reduce(.zero) { $0 + $1.totals.withheld } ?? .zero
        }
        return try withheld(permitted) < withheld(work)
    }

    private var whatIf: EntryID { EntryID("what-if") }

    /// A request with an entry that nobody logged. The request may have no time yet, and so not be among what is read for a
    /// month.
    private func facts(of request: Request, adding when: TimeEntry.When, _ workType: WorkTypeID) throws -> Facts {
        var facts = try self.request(request.id).facts
        facts.timeEntries = [
            TimeEntry(
                id: whatIf, request: request.id, person: actor.id, workType: workType, when: when, note: "",
                recordedAt: now)
        ]
        return facts
    }
}
