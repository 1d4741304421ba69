package import Agreements
import Exchange
package import Rating
import Storage

/// Records a client's approval of overage on a request (design O1).
package struct GivePermit: DeskOperation {
    package static let name = "request.permit"
    package static let role = Role.agent
    package static let contactRole: ContactRole? = .approver

    package var request: RequestID
    package var hours: Hours
    package var until: CivilDate
    package var by: String

    package init(request: RequestID, hours: Hours, until: CivilDate, by person: String) {
        self.request = request
        self.hours = hours
        self.until = until
        by = person
    }

    package var about: (client: String, subject: String) { ("", request.text) }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool {
        try desk.owner(of: request) == client
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let (request, known) = try desk.work(on: request)
        let by = try desk.nameOfContact() ?? by
        try Words.check(by, "who approved")
        var facts = Facts()
        let at = try desk.moment(of: "permit", about: request.id.text)
        facts.permits = [Permit(request: request.id, hours: hours, until: until, by: by, recordedAt: at)]
        try desk.record(facts, knowing: known)
        try desk.tell(
            .permitGiven, client: request.client.text,
            [("request", request.id.text), ("hours", "\(hours)"), ("until", "\(until)")])
        return Recorded(id: request.id.text)
    }
}

extension DeskTransaction {
    /// How much of a minute of work now would not be billed, because no hours are left and the client has not approved
    /// more: nothing, or the minute.
    func wouldWithhold(_ workType: WorkTypeID, on request: Request) throws -> Bool {
        let standing = try standing(of: request.client)
        let today = try today(of: request.client, standing)
        // The request may have no time yet, and so not be among what is read for the month.
        var extra = try self.request(request.id).facts
        extra.timeEntries = [
            TimeEntry(
                id: EntryID("what-if"), request: request.id, person: actor.id, workType: workType,
                when: .dated(today, Hours(0, 1)), note: "", recordedAt: now)
        ]
        let period = Period(containing: today)
        let statement = try account(of: request.client, through: period, wanting: period...period, adding: extra)?
            .statements.last { $0.period == period }
        return (statement?.totals.withheld ?? .zero) > (try withheld(of: request.client, period))
    }

    private func withheld(of client: ClientID, _ period: Period) throws -> Hours {
        try account(of: client, through: period, wanting: period...period)?.statements.last { $0.period == period }?
            .totals.withheld ?? .zero
    }
}
