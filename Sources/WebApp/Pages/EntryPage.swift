import Agreements
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// One time entry: why it costs what it does, what was said about it, and how to put it right.
enum EntryPage {
    static let routes: [Route] = [
        .get("/time/{entry}", .agent) { .page(try page($0)) },
        .post("/time/{entry}/correction", .agent, correct),
        .post("/time/{entry}/void", .agent, void),
        .post("/time/{entry}/courtesy", .manager, courtesy),
        .post("/time/{entry}/approval", .manager, approve),
    ]

    private static func page(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let id = EntryID(try visit.named("entry"))
        let facts = try visit.read { try visit.site.desk.loader($0).entry(id) }
        guard let logged = facts.timeEntries.first else { throw PageError.missing }
        let entry = facts.timeCorrections.last?.entry ?? logged
        let void = facts.timeVoids.first
        let request = try visit.preview { try $0.request(entry.request).request }
        let zones = try visit.preview { $0.zones(of: request.client, try $0.standing(of: request.client)) }
        let name = try visit.clientNames([request.client])[request.client]
        let date: CivilDate
        switch entry.when {
        case .dated(let day, _): date = day
        case .clocked(let start, _): date = zones.date(of: start)
        }
        let terms = try visit.terms()
        let words = Wording(terms)
        return try visit.page(
            "\(entry.worked) of \(words.workType(entry.workType))", in: .requests,
            trail: [
                (name ?? request.client.text, Link.client(request.client)),
                ("\(request.id) \(request.title)", Link.request(request.id)),
            ], beside: "<p class=\"muted\">\(id) by \(entry.person), \(Written.day(date))</p>", problems: problems
        ) {
            """
            \(entry.note.isEmpty ? .empty : "<p>\(entry.note)</p>")
            \(void.map { "<p class=\"notice warn\">It was withdrawn: \($0.reason)</p>" as HTML })
            <div class="columns"><section class="panel stack" aria-labelledby="why"><h2 id="why">Why it costs what it does</h2>
            \(try why(visit, id, request.client, Period(containing: date), words))</section>
            <div class="stack">\(void == nil ? try forms(visit, entry, zones, terms, facts, problems) : .empty)</div></div>
            """
        }
    }

    private static func why(
        _ visit: StaffVisit, _ id: EntryID, _ client: ClientID, _ period: Period, _ words: Wording
    ) throws -> HTML {
        var found: [HTML] = []
        for month in [period, period.next] {
            guard let statement = try visit.statement(of: client, month) else { continue }
            let explainer = Explainer(statement, words: words)
            for line in statement.lines where statement.entry(of: line).id == id && line.kind == .work {
                found.append(Written.reasons(explainer.line(line)))
            }
            for aside in statement.setAside where aside.entry == id {
                let reason =
                    switch aside.reason {
                    case .awaitingApproval: "nobody has approved it yet"
                    case .refusedLate: "it came after the month was closed, and the terms refuse late time"
                    }
                found.append("<p>\(aside.hours) do not count in \(month.written): \(reason).</p>")
            }
            if !found.isEmpty {
                found.append("<p><a href=\"\(Link.statement(client, month))\">Statement of \(month.written)</a></p>")
            }
        }
        return found.isEmpty ? "<p class=\"muted\">It is on no statement.</p>" : found.joined(separator: .empty)
    }

    private static func forms(
        _ visit: StaffVisit, _ entry: TimeEntry, _ zones: ZoneTimeline, _ terms: TermsHistory, _ facts: Facts,
        _ problems: Problems?
    ) throws -> HTML {
        let parts = FormParts(visit.visit, problems: problems)
        let isMine = entry.person == visit.actor.id || visit.may(.manager)
        let (date, clock) = written(entry, zones)
        let correct: HTML =
            !isMine
            ? "<p class=\"muted\">This is the time of \(entry.person): only they or a manager may change it.</p>"
            : """
            <section class="panel stack" aria-labelledby="correct"><h2 id="correct">Put it right</h2>
            <p class="hint">The old version stays on record. In a closed month the difference goes on the next statement.</p>
            \(parts.form(Link.entry(entry.id, "correction"), submit: "Correct it", """
                <div class="fields">\(parts.text("hours", "How long", value: "\(entry.worked)"))
                \(parts.choice("work_type", "Work type", Choices.workTypes(terms.offered(on: date)), value: entry.workType.text))
                \(parts.date("date", "Date", value: date))
                \(parts.text("at", "Began at", value: clock, isRequired: false))
                \(parts.text("request", "Request", value: entry.request.text))</div>
                \(parts.text("note", "What was done", value: entry.note, isRequired: false))
                \(parts.text("reason", "Why it changes"))
                """))
            <details><summary>Withdraw it</summary>\(parts.prefixed("void").form(Link.entry(entry.id, "void"), submit: "Withdraw", style: "danger",
                parts.prefixed("void").text("reason", "Why")))</details></section>
            """
        return correct + (visit.may(.manager) ? manager(visit, entry, terms.offered(on: date), facts, parts) : .empty)
    }

    private static func manager(
        _ visit: StaffVisit, _ entry: TimeEntry, _ terms: Terms, _ facts: Facts, _ parts: FormParts
    ) -> HTML {
        let approve: HTML =
            terms.approvalRequired && facts.timeApprovals.isEmpty && entry.person != visit.actor.id
            ? parts.button(Link.entry(entry.id, "approval"), "Approve it", style: "primary") : .empty
        return """
            <section class="panel stack" aria-labelledby="give"><h2 id="give">Give it</h2>\(approve)
            \(parts.prefixed("give").form(Link.entry(entry.id, "courtesy"), submit: "Give", style: "", """
                \(parts.prefixed("give").text("hours", "How much", hint: "Empty for all of it. The client sees it as given.", isRequired: false))
                \(parts.prefixed("give").text("reason", "Why"))
                """))</section>
            """
    }

    private static func written(_ entry: TimeEntry, _ zones: ZoneTimeline) -> (CivilDate, String) {
        switch entry.when {
        case .dated(let date, _): return (date, "")
        case .clocked(let start, _):
            let zone = zones.zone(at: start)
            let clock = zone.wallClock(start).split(separator: " ").last.map { String($0.prefix(5)) } ?? ""
            return (zone.date(of: start), clock)
        }
    }

    // MARK: What the forms do

    private static func correct(_ visit: StaffVisit) throws -> Reply {
        let id = EntryID(try visit.named("entry"))
        return try visit.submit({ try page(visit, problems: $0) }) {
            let (before, zones) = try visit.preview { desk -> (TimeEntry, ZoneTimeline) in
                let (entry, request, known) = try desk.work(of: id)
                try desk.mayActFor(entry.person)
                return (entry, desk.zones(of: request.client, known))
            }
            let (when, given) = try otherwise(visit, before, zones)
            let request = RequestID(visit.form.text("request"))
            let note = visit.form.text("note")
            let done = try visit.perform(
                CorrectTime(
                    entry: id, request: request == before.request ? nil : request,
                    workType: WorkTypeID(visit.form.text("work_type")), when: when, given: given, note: note,
                    reason: visit.form.text("reason"), allowsLong: before.worked > Hours(24)))
            return .redirect(
                Link.entry(id),
                saying: (["It is corrected."] + done.remarks.map(Written.sentence)).joined(separator: " "))
        }
    }

    /// What the form says about when it was: only what differs from what it showed, for that is to the minute.
    ///
    /// - Returns: all of it, or what is otherwise.
    private static func otherwise(
        _ visit: StaffVisit, _ entry: TimeEntry, _ zones: ZoneTimeline
    ) throws -> (TimeEntry.When?, GivenTime) {
        let (oldDate, oldClock) = written(entry, zones)
        let hours = try TypedInput.hours(visit.form.text("hours"))
        let date = try TypedInput.date(visit.form.text("date"), today: zones.date(of: visit.now))
        let at = visit.form.text("at")
        // Without its time of day, clocked work is dated.
        if at.isEmpty, !oldClock.isEmpty { return (.dated(date, hours), GivenTime()) }
        let given = GivenTime(
            date: date == oldDate ? nil : date, hours: hours == entry.worked ? nil : hours,
            clock: at == oldClock ? nil : try TypedInput.clock(at))
        return (nil, given)
    }

    private static func void(_ visit: StaffVisit) throws -> Reply {
        let id = EntryID(try visit.named("entry"))
        return try visit.submit({ try page(visit, problems: $0) }) {
            let done = try visit.perform(VoidTime(entry: id, reason: visit.form.text("reason")))
            return .redirect(
                Link.entry(id),
                saying: (["It is withdrawn."] + done.remarks.map(Written.sentence)).joined(separator: " "))
        }
    }

    private static func courtesy(_ visit: StaffVisit) throws -> Reply {
        let id = EntryID(try visit.named("entry"))
        return try visit.submit({ try page(visit, problems: $0) }) {
            let hours = try visit.form.optional("hours").map { try TypedInput.hours($0) }
            let done = try visit.perform(GiveCourtesy(entry: id, hours: hours, reason: visit.form.text("reason")))
            return .redirect(
                Link.entry(id), saying: (["It is given."] + done.remarks.map(Written.sentence)).joined(separator: " "))
        }
    }

    private static func approve(_ visit: StaffVisit) throws -> Reply {
        let id = EntryID(try visit.named("entry"))
        return try visit.submit({ try page(visit, problems: $0) }) {
            _ = try visit.perform(ApproveTime(entry: id))
            return .redirect(Link.entry(id), saying: "It is approved.")
        }
    }
}
