import Agreements
import Formats
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// What a technician has before them: their requests, the field for time, what they logged.
enum TodayPage {
    static let routes: [Route] = [
        .get(Link.today, .agent) { .page(try page($0)) },
        .get(Link.quickEntry, .agent) { .page(try alone($0)) },
        .post(Link.quickEntry, .agent, quickEntry),
        .post("/time/preview", .agent, preview),
        .post(Link.timerStart, .agent, startTimer),
        .post(Link.timerStop, .agent, stopTimer),
    ]

    private static func page(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        try visit.page("Today", in: .today, beside: beside(visit), problems: problems) {
            """
            <div class="columns"><div class="stack loose">
            \(field(visit, problems))
            \(try myRequests(visit))
            </div><div class="stack loose">\(try myTime(visit))</div></div>
            """
        }
    }

    private static func beside(_ visit: StaffVisit) -> HTML {
        "<p class=\"muted\">\(Written.day(visit.site.settings.zone.date(of: visit.now)))</p>"
    }

    // MARK: One field

    /// The field alone, to bookmark: what the address says is typed already.
    private static func alone(_ visit: StaffVisit) throws -> Page {
        try visit.page("Log time", in: .today) { field(visit, nil, line: visit.query.text("line")) }
    }

    private static func field(_ visit: StaffVisit, _ problems: Problems?, line: String = "") -> HTML {
        let parts = FormParts(visit.visit, problems: problems)
        return """
            <section class="panel stack" aria-labelledby="log"><h2 id="log">Log time</h2>
            \(parts.form(Link.quickEntry, submit: "Read it back", attributes: " data-preview=\"/time/preview\" data-preview-into=\"#understood\"",
                parts.text("line", "What you did", value: line, hint: "Request, time, kind of work, note, for example: r-17 20m troubleshooting: checked the labels. A date (yesterday, monday) or a clock (9:30-10:15) may stand there too.", attributes: " data-key=\"t\"")))
            <div id="understood" class="preview" aria-live="polite"></div></section>
            """
    }

    private static func quickEntry(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try page(visit, problems: $0) }) {
            let line = visit.form.text("line")
            let shown = visit.form.optional("meant")
            let understood = try TimeLine(visit, line, readOn: shown == nil ? nil : visit.form.text("read_on"))
            // What is saved is what was shown: where it means something else by now, that is shown first.
            guard visit.form.optional("save") != nil, shown == nil || shown == understood.meant else {
                // Unless it was saved as it was shown, and only its answer got lost.
                if shown != nil, let key = visit.form.optional("key"),
                    try visit.site.desk.isDone(key, by: visit.actor)
                {
                    return .redirect(Link.request(understood.request.id), saying: "This was saved before.")
                }
                return .page(try readBack(visit, line, understood, isOtherwise: shown != nil))
            }
            let logged = try visit.perform(understood.operation)
            return .redirect(
                Link.request(understood.request.id),
                saying: ([understood.entry.echo] + logged.remarks).joined(separator: ". "))
        }
    }

    /// The entry as it was understood, with what it costs, before it is saved.
    private static func readBack(
        _ visit: StaffVisit, _ line: String, _ understood: TimeLine, isOtherwise: Bool
    ) throws -> Page {
        let parts = FormParts(visit.visit)
        let kept = [
            ("line", line), ("save", "yes"), ("read_on", "\(understood.entry.readOn)"), ("meant", understood.meant),
        ].map { FormParts.hiddenField($0, $1) }
        let warning: HTML = isOtherwise ? "<p>It means something else by now. Nothing is saved yet.</p>" : .empty
        return try visit.page("Is this right?", in: .today, trail: [("Today", Link.today)]) {
            """
            <div class="panel stack">\(warning)\(try understood.html(visit))
            \(parts.form(Link.quickEntry, submit: "Save it", kept.joined(separator: .empty)))</div>
            <details><summary>Change it</summary><div class="panel">\(parts.form(Link.quickEntry, submit: "Read it back", style: "",
                parts.text("line", "What you did", value: line)))</div></details>
            """
        }
    }

    private static func preview(_ visit: StaffVisit) throws -> Reply {
        let line = visit.form.text("line")
        guard line.split(separator: " ").count > 1 else { return .fragment(.empty) }
        do {
            return .fragment(try TimeLine(visit, line).html(visit))
        } catch let problems as Problems {
            return .fragment("<p class=\"muted\">\(problems.all.first.map { "\($0)" } ?? "")</p>")
        }
    }

    // MARK: Timer

    private static func startTimer(_ visit: StaffVisit) throws -> Reply {
        let request = RequestID(visit.form.text("request"))
        let isKnown = try visit.read { try RequestBoard($0).request(request) } != nil
        return try visit.submit({
            isKnown ? try RequestPage.page(visit, request, problems: $0) : try page(visit, problems: $0)
        }) {
            _ = try visit.perform(
                StartTimer(
                    request: request, workType: WorkTypeID(visit.form.text("work_type")), note: visit.form.text("note"))
            )
            return .redirect(Link.request(request), saying: "The timer runs on \(request).")
        }
    }

    private static func stopTimer(_ visit: StaffVisit) throws -> Reply {
        do {
            let running = try visit.read { try Timers($0).running(of: visit.actor.id) }
            let logged = try visit.perform(StopTimer())
            let request = running?.request ?? RequestID("")
            let path = running == nil ? Link.today : Link.request(request)
            let said = try running.flatMap { _ in try saved(visit, EntryID(logged.id)) } ?? "The time is saved."
            return .redirect(path, saying: ([said] + logged.remarks).joined(separator: " "))
        } catch is Problems {
            return .redirect(Link.today, saying: "No timer of yours is running.")
        }
    }

    private static func saved(_ visit: StaffVisit, _ entry: EntryID) throws -> String? {
        let found = try visit.read { try visit.site.desk.loader($0).entry(entry) }
        return found.timeEntries.first.map { "Saved \($0.worked) on \($0.request)." }
    }

    // MARK: Lists

    private static func myRequests(_ visit: StaffVisit) throws -> HTML {
        let rows = try visit.read { connection in
            try RequestBoard(connection).requests(
                .init(assignee: visit.actor.id, awakeOn: visit.site.settings.zone.date(of: visit.now)), limit: 50)
        }
        let beside: HTML = "<a class=\"button\" href=\"\(Link.newRequest)\" data-key=\"n\">New request</a>"
        guard !rows.isEmpty else {
            return """
                <section class="stack" aria-labelledby="mine"><div class="spread"><h2 id="mine">My requests</h2>\(beside)</div>
                <p>None is yours. <a href="\(Link.triage)">Triage</a> has what is new, <a href="\(Link.requests)">Requests</a> what is open.</p></section>
                """
        }
        return """
            <section class="stack" aria-labelledby="mine"><div class="spread"><h2 id="mine">My requests</h2>\(beside)</div>
            \(try RequestList(visit, rows).html(caption: "My requests"))</section>
            """
    }

    private static func myTime(_ visit: StaffVisit) throws -> HTML {
        let entries = try visit.read {
            try RecentTime($0, currency: visit.site.store.terms($0).currency).entries(of: visit.actor.id, limit: 25)
        }
        let zone = visit.site.settings.zone
        let words = Wording(try visit.terms())
        let today = zone.date(of: visit.now)
        var total = Hours.zero
        let items = entries.map { entry -> HTML in
            let date: CivilDate
            switch entry.when {
            case .dated(let day, _): date = day
            case .clocked(let start, _): date = zone.date(of: start)
            }
            if date == today { total += entry.worked }
            return """
                <li><div class="spread"><a class="title" href="\(Link.entry(entry.id))">\(entry.worked) \(words.workType(entry.workType))</a><span class="muted small">\(date == today ? "today" : date.written)</span></div>
                <p class="small"><a href="\(Link.request(entry.request))">\(entry.request)</a>\(entry.note.isEmpty ? "" : ": \(entry.note)")</p></li>
                """
        }
        return """
            <section class="panel stack" aria-labelledby="logged"><div class="spread"><h2 id="logged">My time</h2><p><strong class="figure">\(total)</strong> today</p></div>
            \(items.isEmpty ? "<p class=\"muted\">Nothing yet.</p>" as HTML : "<ul class=\"rows\">\(items)</ul>")</section>
            """
    }
}

/// A line of time as it was understood: what it would record, and what that costs.
struct TimeLine {
    let request: Request
    let entry: QuickEntry

    /// - Parameter day: the day on which it was read and shown before; today where that was more than a day ago.
    /// - Throws: `Problems` that say which word was not understood.
    init(_ visit: StaffVisit, _ line: String, readOn day: String? = nil) throws {
        (request, entry) = try visit.preview { desk in
            let request = try desk.request(QuickEntry.request(in: line)).request
            let today = try desk.today(of: request.client, desk.standing(of: request.client))
            let day = day.flatMap { TypedInput.day($0, today: today) }
                .flatMap { (today + -1...today).contains($0) ? $0 : nil }
            return (request, try QuickEntry(line, in: desk, readOn: day))
        }
    }

    /// What tells what it would record, and for whom, from anything else.
    var meant: String {
        let all: RequestContent = ["client": request.client, "operation": operation.content]
        return Hex.text(all.digest)
    }

    var operation: LogTime { entry.operation }

    func html(_ visit: StaffVisit) throws -> HTML {
        let cost = try visit.preview { desk in
            try EntryPreview(desk, request: request.id, workType: entry.workType, when: entry.when).sentence
        }
        return "<p><strong>\(entry.echo)</strong></p><p>\(request.title) · \(request.client)</p><p>\(cost)</p>"
    }
}
