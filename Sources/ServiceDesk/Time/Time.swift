package import Agreements
package import Rating
package import Values

/// Logs work on a request. Finished work is always kept; what it will cost is another question (design O1).
package struct LogTime: DeskOperation {
    package static let name = "time.log"
    package static let role = Role.agent

    package var request: RequestID
    package var workType: WorkTypeID
    /// When it was. What is left out is read on the client's clock.
    package var given: GivenTime
    package var note: String
    /// Who did it; nil for who asks.
    package var person: String?
    package var allowsLong: Bool

    package init(
        request: RequestID, workType: WorkTypeID, when: TimeEntry.When, note: String = "", person: String? = nil,
        allowsLong: Bool = false
    ) {
        self.init(
            request: request, workType: workType, given: GivenTime(when), note: note, person: person,
            allowsLong: allowsLong)
    }

    package init(
        request: RequestID, workType: WorkTypeID, given: GivenTime, note: String = "", person: String? = nil,
        allowsLong: Bool = false
    ) {
        self.request = request
        self.workType = workType
        self.given = given
        self.note = note
        self.person = person
        self.allowsLong = allowsLong
    }

    package var content: RequestContent {
        [
            "request": request, "work type": workType, "when": given, "note": note, "person": person,
            "long": allowsLong,
        ]
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let (request, known) = try desk.work(on: request)
        desk.note(about: request.client, request.id.text)
        try Words.checkText(note, "note", mayBeEmpty: true)
        if let person { try Words.check(person, "person") }
        try desk.mayActFor(person)
        let when = try given.time(desk.zones(of: request.client, known), now: desk.now)
        let id = try desk.name(nil, "time", letter: "e")
        let entry = TimeEntry(
            id: EntryID(id), request: request.id, person: person ?? desk.actor.id, workType: workType, when: when,
            note: note, recordedAt: desk.now)
        var facts = Facts()
        facts.timeEntries = [entry]
        try desk.record(facts, knowing: known, allowsLongEntries: allowsLong)
        try desk.tell(.timeLogged, client: request.client.text, [("entry", id), ("request", request.id.text)])
        return Recorded(id: id, remarks: try desk.remarks(on: when, of: request.client, known))
    }
}

/// Says what an entry should have been; it then counts so, and the old version stays on record (edge case E12). What is not
/// given stays as it was.
package struct CorrectTime: DeskOperation {
    package static let name = "time.correct"
    package static let role = Role.agent

    package var entry: EntryID
    package var request: RequestID?
    package var workType: WorkTypeID?
    /// When it was, all of it.
    package var when: TimeEntry.When?
    /// What about when it was is otherwise, where ``when`` does not say all of it.
    package var given: GivenTime
    package var note: String?
    package var reason: String
    package var allowsLong: Bool

    package init(
        entry: EntryID, request: RequestID? = nil, workType: WorkTypeID? = nil, when: TimeEntry.When? = nil,
        given: GivenTime = GivenTime(), note: String? = nil, reason: String, allowsLong: Bool = false
    ) {
        self.entry = entry
        self.request = request
        self.workType = workType
        self.when = when
        self.given = given
        self.note = note
        self.reason = reason
        self.allowsLong = allowsLong
    }

    package var content: RequestContent {
        [
            "entry": entry, "request": request, "work type": workType, "all of when": when.map { GivenTime($0) },
            "when": given, "note": note, "reason": reason, "long": allowsLong,
        ]
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        var (known, before) = try desk.entry(entry)
        try desk.mayActFor(before.person)
        try Words.check(reason, "reason")
        var after = before
        if let request {
            let (target, facts) = try desk.request(request)
            let (origin, _) = try desk.request(before.request)
            guard target.client == origin.client else {
                throw Problems([
                    Problem(
                        "time entry \(entry)", "request \(request) is another client's",
                        fix: "void the entry and log it there, or move the whole request")
                ])
            }
            after.request = request
            if request != before.request { known.append(facts) }
        }
        if let workType { after.workType = workType }
        let (request, _) = try desk.request(after.request)
        desk.note(about: request.client, entry.text)
        var all = try desk.standing(of: request.client)
        let zones = desk.zones(of: request.client, all)
        if let when { after.when = try GivenTime(when).time(zones, now: desk.now) }
        if !given.isEmpty { after.when = try given.time(correcting: after.when, zones, now: desk.now) }
        if let note {
            try Words.checkText(note, "note", mayBeEmpty: true)
            after.note = note
        }
        guard after != before else {
            throw Problems([Problem("time entry \(entry)", "nothing changes", fix: "give what should be otherwise")])
        }
        after.recordedAt = desk.now
        all.append(known)
        var facts = Facts()
        facts.timeCorrections = [TimeCorrection(to: after, reason: reason)]
        try desk.record(facts, knowing: all, allowsLongEntries: allowsLong)
        try desk.tell(
            .timeCorrected, client: request.client.text, [("entry", entry.text), ("request", request.id.text)])
        return Recorded(
            id: entry.text,
            remarks: try desk.remarks(on: before.when, of: request.client, all)
                + (after.when == before.when ? [] : try desk.remarks(on: after.when, of: request.client, all)))
    }
}

/// Withdraws an entry: it no longer counts, and stays on record (edge case E13).
package struct VoidTime: DeskOperation {
    package static let name = "time.void"
    package static let role = Role.agent

    package var entry: EntryID
    package var reason: String

    package init(entry: EntryID, reason: String) {
        self.entry = entry
        self.reason = reason
    }

    package var content: RequestContent { ["entry": entry, "reason": reason] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let (before, request, known) = try desk.work(of: entry)
        desk.note(about: request.client, entry.text)
        try desk.mayActFor(before.person)
        try Words.check(reason, "reason")
        var facts = Facts()
        facts.timeVoids = [TimeVoid(entry: entry, reason: reason, recordedAt: desk.now)]
        try desk.record(facts, knowing: known)
        try desk.tell(.timeVoided, client: request.client.text, [("entry", entry.text), ("request", request.id.text)])
        return Recorded(id: entry.text, remarks: try desk.remarks(on: before.when, of: request.client, known))
    }
}

/// Gives time to the client; they see it as given (design P5).
package struct GiveCourtesy: DeskOperation {
    package static let name = "time.courtesy"
    package static let role = Role.manager

    package var entry: EntryID
    /// Nil for all of it.
    package var hours: Hours?
    package var reason: String

    package init(entry: EntryID, hours: Hours?, reason: String) {
        self.entry = entry
        self.hours = hours
        self.reason = reason
    }

    package var content: RequestContent { ["entry": entry, "hours": hours, "reason": reason] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let (before, request, known) = try desk.work(of: entry)
        desk.note(about: request.client, entry.text)
        try Words.check(reason, "reason")
        var facts = Facts()
        facts.courtesies = [
            Courtesy(
                entry: entry, hours: hours, by: desk.actor.id, reason: reason,
                recordedAt: desk.now)
        ]
        try desk.record(facts, knowing: known)
        try desk.tell(.timeGiven, client: request.client.text, [("entry", entry.text), ("request", request.id.text)])
        return Recorded(id: entry.text, remarks: try desk.remarks(on: before.when, of: request.client, known))
    }
}

/// A second person's approval of an entry (design T5).
package struct ApproveTime: DeskOperation {
    package static let name = "time.approve"
    package static let role = Role.manager

    package var entry: EntryID

    package init(entry: EntryID) { self.entry = entry }

    package var content: RequestContent { ["entry": entry] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let (before, request, known) = try desk.work(of: entry)
        desk.note(about: request.client, entry.text)
        guard before.person != desk.actor.id else {
            throw Refusal.notAllowed("nobody approves their own time: ask somebody else to approve \(entry)")
        }
        var facts = Facts()
        facts.timeApprovals = [TimeApproval(entry: entry, by: desk.actor.id, recordedAt: desk.now)]
        try desk.record(facts, knowing: known)
        return Recorded(id: entry.text)
    }
}

/// Starts a person's timer on a request. A person has one.
package struct StartTimer: DeskOperation {
    package static let name = "timer.start"
    package static let role = Role.agent

    package var request: RequestID
    package var workType: WorkTypeID
    package var note: String

    package init(request: RequestID, workType: WorkTypeID, note: String = "") {
        self.request = request
        self.workType = workType
        self.note = note
    }

    package var content: RequestContent { ["request": request, "work type": workType, "note": note] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let (request, _) = try desk.request(request)
        desk.note(about: request.client, request.id.text)
        try Words.checkText(note, "note", mayBeEmpty: true)
        try desk.checkOffered(workType, to: request.client, "timer")
        if let running = try Timers(desk.connection).running(of: desk.actor.id) {
            throw Problems([
                Problem(
                    "timer", "yours is running on \(running.request) since \(running.since)",
                    fix: "stop it first: `mainstay timer stop`")
            ])
        }
        if let withheld = try desk.withholding(of: workType, on: request) {
            throw Problems([StartTimer.refusal(request.id, withheld)])
        }
        try desk.record(
            "timer-start",
            [
                ("user", desk.actor.id), ("request", request.id.text), ("work_type", workType.text), ("note", note),
            ])
        return Recorded(id: request.id.text)
    }

    /// Why work is not begun, with what would let it be billed. A permit is named only where it would.
    private static func refusal(_ request: RequestID, _ withheld: Withholding) -> Problem {
        let why =
            switch withheld.consent {
            case .ask: "the client has not approved more"
            case .allowUpTo(let most): "the \(most) of overage that the client agreed to are used"
            case .stop, .allow: "the client has agreed to no overage"
            }
        return Problem(
            "request \(request)", "no hours are left for it, and \(why)",
            fix: withheld.permitHelps
                ? "ask them, and record it: `mainstay request permit \(request) --hours 1:00 --by NAME`"
                : "sell them hours ahead, or agree on another plan or on overage")
    }
}

/// Stops a person's timer and logs its time. It is never refused, whatever hours are left (design O1).
package struct StopTimer: DeskOperation {
    package static let name = "timer.stop"
    package static let role = Role.agent

    /// Nil for the note that the timer was started with.
    package var note: String?

    package init(note: String? = nil) { self.note = note }

    package var content: RequestContent { ["note": note] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        guard let timer = try Timers(desk.connection).running(of: desk.actor.id) else {
            throw Problems([Problem("timer", "none of yours is running", fix: "start one: `mainstay timer start`")])
        }
        try desk.record("timer-stop", [("user", desk.actor.id), ("request", timer.request.text)])
        // A timer stopped within its second still leaves one; no time lies in the future.
        let start = min(timer.since, Instant(seconds: desk.now.seconds - 1))
        var logged = try LogTime(
            request: timer.request, workType: timer.workType, when: .clocked(start: start, end: desk.now),
            note: note ?? timer.note, allowsLong: true
        ).perform(in: desk)
        if timer.since > desk.now {
            logged.remarks.append(
                "The timer began at \(timer.since), and now the clock says \(desk.now): it was set back, or two servers "
                    + "disagree. \(desk.now - start) is logged: correct the entry")
        }
        return logged
    }
}
