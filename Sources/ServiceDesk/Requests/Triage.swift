package import Agreements
import Database
package import Rating
package import Storage
package import Values

/// Takes a new request on: on which line, for which kind of work, whose.
package struct AcceptRequest: DeskOperation {
    package static let name = "request.accept"
    package static let role = Role.agent

    package var request: RequestID
    /// Nil for the one it is on.
    package var serviceLine: ServiceLineID?
    package var project: ProjectID?
    package var workType: WorkTypeID?
    package var assignee: String?

    package init(
        request: RequestID, serviceLine: ServiceLineID? = nil, project: ProjectID? = nil, workType: WorkTypeID? = nil,
        assignee: String? = nil
    ) {
        self.request = request
        self.serviceLine = serviceLine
        self.project = project
        self.workType = workType
        self.assignee = assignee
    }

    package var content: RequestContent {
        [
            "request": request, "line": serviceLine, "project": project, "work type": workType, "assignee": assignee,
        ]
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let row = try desk.board(request)
        desk.note(about: row.client, request.text)
        guard row.state == .new || row.state == .open else {
            throw Problems([Problem("request \(request)", "it is \(row.state.name)", fix: "open it again first")])
        }
        if let workType {
            try desk.checkOffered(workType, to: row.client, "request \(request)")
        }
        let moves = (serviceLine ?? row.serviceLine) != row.serviceLine || (project ?? row.project) != row.project
        if moves {
            // Time that was logged moves with it, and money with the time.
            guard try desk.actor.may(.manager) || !desk.hasTime(request) else {
                throw Refusal.notAllowed("time is logged on \(request): moving it takes a manager")
            }
            _ = try MoveRequest(
                request: request, serviceLine: serviceLine, project: project, reason: "set when it was accepted"
            ).perform(in: desk)
        }
        try desk.checkAssignee(assignee)
        try desk.triage(request, .open, [("assignee", assignee), ("work_type", workType?.text)])
        try desk.tell(.requestAccepted, client: row.client.text, [("request", request.text)])
        return Recorded(id: request.text)
    }
}

/// Declines a request, with the reason that the client reads.
package struct DeclineRequest: DeskOperation {
    package static let name = "request.decline"
    package static let role = Role.agent

    package var request: RequestID
    package var reason: String

    package init(request: RequestID, reason: String) {
        self.request = request
        self.reason = reason
    }

    package var content: RequestContent { ["request": request, "reason": reason] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let row = try desk.board(request)
        desk.note(about: row.client, request.text)
        try Words.check(reason, "reason")
        guard !row.state.isOver else {
            throw Problems([
                Problem("request \(request)", "it is \(row.state.name)", fix: "there is nothing to decline")
            ])
        }
        guard try !desk.hasTime(request) else {
            throw Problems([
                Problem("request \(request)", "time is logged on it", fix: "set it to done, or withdraw the time first")
            ])
        }
        try desk.triage(request, .declined, [("reason", reason)])
        try desk.tell(.requestDeclined, client: row.client.text, [("request", request.text)])
        return Recorded(id: request.text)
    }
}

/// Lets a request go on in another of the same client. Its time stays where it is; its conversation shows in both.
package struct MergeRequest: DeskOperation {
    package static let name = "request.merge"
    package static let role = Role.agent

    package var request: RequestID
    package var into: RequestID

    package init(request: RequestID, into other: RequestID) {
        self.request = request
        into = other
    }

    package var content: RequestContent { ["request": request, "into": into] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let (row, other) = (try desk.board(request), try desk.board(into))
        desk.note(about: row.client, request.text)
        func refuse(_ message: String, _ fix: String) -> Problems {
            Problems([Problem("request \(request)", message, fix: fix)])
        }
        guard request != into else { throw refuse("it cannot go on in itself", "name another") }
        guard row.client == other.client else {
            throw refuse("\(into) is another client's", "name one of the same client")
        }
        guard !row.state.isOver else { throw refuse("it is \(row.state.name)", "open it again first") }
        guard other.state != .merged, other.state != .declined else {
            throw refuse(
                "\(into) is \(other.state.name)",
                other.mergedInto.map { "merge it into \($0)" } ?? "name one that goes on")
        }
        guard try RequestBoard(desk.connection).merged(into: request).isEmpty else {
            throw refuse("others go on in it", "merge \(into) into it instead")
        }
        try desk.triage(request, .merged, [("into", into.text)])
        try desk.tell(.requestMerged, client: row.client.text, [("request", request.text), ("into", into.text)])
        return Recorded(id: into.text)
    }
}

/// Puts a request aside until a day.
package struct SnoozeRequest: DeskOperation {
    package static let name = "request.snooze"
    package static let role = Role.agent

    package var request: RequestID
    package var until: CivilDate

    package init(request: RequestID, until: CivilDate) {
        self.request = request
        self.until = until
    }

    package var content: RequestContent { ["request": request, "until": until] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let row = try desk.board(request)
        desk.note(about: row.client, request.text)
        let today = try desk.today(of: row.client, desk.standing(of: row.client))
        func refuse(_ message: String, _ fix: String) -> Problems {
            Problems([Problem("request \(request)", message, fix: fix)])
        }
        guard !row.state.isOver else { throw refuse("it is \(row.state.name)", "there is nothing to put aside") }
        guard until > today else { throw refuse("\(until) is not in the future", "name a later day") }
        guard until <= today + 366 else { throw refuse("\(until) is over a year away", "name a day within a year") }
        try desk.triage(request, row.state, [("until", "\(until)")])
        return Recorded(id: request.text)
    }
}

/// Gives a request to somebody, or to nobody.
package struct AssignRequest: DeskOperation {
    package static let name = "request.assign"
    package static let role = Role.agent

    package var request: RequestID
    /// Nil for nobody.
    package var person: String?

    package init(request: RequestID, to person: String?) {
        self.request = request
        self.person = person
    }

    package var content: RequestContent { ["request": request, "person": person] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let row = try desk.board(request)
        desk.note(about: row.client, request.text)
        try desk.checkAssignee(person)
        try desk.triage(
            request, row.state, [("assignee", person ?? ""), ("until", row.snoozedUntil.map { "\($0)" })])
        try desk.tell(
            .requestAssigned, client: row.client.text, [("request", request.text), ("person", person ?? "")])
        return Recorded(id: request.text)
    }
}

/// Says where a request stands: open, waiting for the client, done.
package struct SetRequestState: DeskOperation {
    package static let name = "request.state"
    package static let role = Role.agent

    package var request: RequestID
    package var state: RequestState

    package init(request: RequestID, state: RequestState) {
        self.request = request
        self.state = state
    }

    package var content: RequestContent { ["request": request, "state": state.rawValue] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let row = try desk.board(request)
        desk.note(about: row.client, request.text)
        func refuse(_ message: String, _ fix: String) -> Problems {
            Problems([Problem("request \(request)", message, fix: fix)])
        }
        guard [.open, .waiting, .done].contains(state) else {
            throw refuse("it cannot be set to \(state.name) so", "accept, decline or merge it")
        }
        guard row.state != state || row.snoozedUntil != nil else {
            throw refuse("it is \(state.name) already", "choose another state")
        }
        guard row.state != .merged else {
            throw refuse("it goes on in \(row.mergedInto?.text ?? "another")", "look there")
        }
        try desk.triage(request, state, [])
        if state == .done { try desk.tell(.requestDone, client: row.client.text, [("request", request.text)]) }
        if state != .done {
            try desk.tell(
                .requestReopened, client: row.client.text, [("request", request.text), ("state", state.rawValue)])
        }
        return Recorded(id: request.text)
    }
}

extension DeskTransaction {
    /// A request as it stands.
    ///
    /// - Throws: a problem where there is none.
    func board(_ request: RequestID) throws -> RequestRow {
        guard let row = try RequestBoard(connection).request(request) else {
            throw try unknown("request", request.text)
        }
        return row
    }

    /// Records what was decided about a request.
    func triage(_ request: RequestID, _ state: RequestState, _ more: [(String, String?)]) throws {
        try record("request-triage", [("request", request.text), ("state", state.rawValue)] + more)
    }

    /// Whether time was ever logged on a request.
    func hasTime(_ request: RequestID) throws -> Bool {
        try connection.first(
            "SELECT COUNT(*) FROM fact WHERE parent = $1 AND kind = 'time'", [.text(request.text)]
        ) { $0.integer(0) > 0 } ?? false
    }

    /// Throws where somebody is no member of staff.
    func checkAssignee(_ person: String?) throws {
        guard let person else { return }
        let users = try People(connection).users().filter { !$0.isEnded }
        guard users.contains(where: { $0.id == person }) else {
            throw Problems([
                Problem(
                    "user \(person)", "there is no such member of staff",
                    fix: suggestion(for: person, among: users.map(\.id)))
            ])
        }
    }
}
