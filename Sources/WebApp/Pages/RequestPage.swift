import Agreements
import Exchange
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// One request: its conversation, its time with what paid for it, and what can be done next.
enum RequestPage {
    static let routes: [Route] = [
        .get("/requests/{request}", .agent) { .page(try page($0, RequestID($0.named("request")))) },
        .post("/requests/{request}/messages", .agent, limit: .upload, write),
        .post("/requests/{request}/time", .agent, logTime),
        .post("/requests/{request}/time/preview", .agent, previewTime),
        .post("/requests/{request}/state", .agent, changeState),
        .post("/requests/{request}/assignee", .agent, assign),
        .post("/requests/{request}/move", .manager, move),
        .post("/requests/{request}/approval", .agent, approve),
        .post("/requests/{request}/permit", .agent, permit),
        .get("/attachments/{attachment}", .agent, attachment),
    ]

    /// All that the page shows.
    private struct Model {
        var request: Request
        var row: RequestRow
        var clock: ResponseClock?
        var messages: [Conversation.Message]
        var work: Facts
        var zone: Zone
        var timer: Timers.Running?
        var users: [People.User]
        var clientName: String
        var contacts: [Directory.Contact]
        var isApproved: Bool
        var permits: [Permit]
        /// Whether another permit would change what is billed.
        var permitMatters: Bool
    }

    private static func model(_ visit: StaffVisit, _ id: RequestID) throws -> Model {
        try visit.preview { desk in
            guard let row = try RequestBoard(desk.connection).request(id) else { throw PageError.missing }
            let (request, said) = try desk.request(id)
            let standing = try desk.standing(of: request.client)
            return Model(
                request: request, row: row, clock: try ResponseClock.clocks(of: [row], desk)[id],
                messages: try Conversation(desk.connection).messages(of: id), work: try desk.facts().work(on: id),
                zone: desk.zones(of: request.client, standing).zone(at: desk.now),
                timer: try Timers(desk.connection).running(of: visit.actor.id),
                users: try People(desk.connection).users(),
                clientName: standing.clients.first { $0.id == request.client }?.name ?? request.client.text,
                contacts: try Directory(desk.connection).contacts(of: request.client),
                isApproved: !said.requestApprovals.isEmpty, permits: said.permits,
                permitMatters: try desk.permitMatters(for: request))
        }
    }

    static func page(_ visit: StaffVisit, _ id: RequestID, problems: Problems? = nil) throws -> Page {
        let model = try model(visit, id)
        let work = try WorkOfRequest(visit, model.request, model.work)
        let today = visit.site.settings.zone.date(of: visit.now)
        return try visit.page(
            "\(work.used > .zero ? "[\(work.used)] " : "")\(model.request.title)", in: .requests,
            trail: [("Requests", Link.requests), (model.clientName, Link.client(model.request.client))],
            beside: "<p>\(RequestList.badge(model.row, today: today)) <span class=\"muted\">\(id)</span></p>",
            problems: problems
        ) {
            """
            <div class="columns"><div class="stack loose">
            \(conversation(visit, model, problems))
            \(try time(visit, model, work, problems))
            </div><div class="stack loose">
            \(try details(visit, model, work))
            \(actions(visit, model))
            </div></div>
            """
        }
    }

    // MARK: Conversation

    private static func conversation(_ visit: StaffVisit, _ model: Model, _ problems: Problems?) -> HTML {
        let messages = model.messages.map { message($0, model) }
        let parts = FormParts(visit.visit, problems: problems)
        return """
            <section class="stack" aria-labelledby="conversation"><h2 id="conversation">Conversation</h2>
            \(messages.isEmpty ? "<p class=\"muted\">Nothing is written yet.</p>" as HTML : "<ol class=\"conversation\">\(messages)</ol>")
            <div class="panel">\(parts.form(Link.request(model.request.id, "messages"), submit: "Send", holdsFiles: true, attributes: " data-guard", """
                \(parts.area("text", "Write"))
                \(parts.files("attachment", "Attachments", hint: AttachmentRules.hint))
                \(parts.choice("for", "Who reads it", [("client", "The client: an answer"), ("staff", "Only us: an internal note")]))
                """))</div></section>
            """
    }

    private static func message(_ message: Conversation.Message, _ model: Model) -> HTML {
        let name =
            message.isFromClient
            ? model.contacts.first { $0.id == message.from }?.name ?? model.clientName
            : model.users.first { $0.id == message.from }?.name ?? message.from
        let notedBy = message.notedBy.map { id in model.users.first { $0.id == id }?.name ?? id }
        return MessageHTML(
            message: message, name: name, notedBy: notedBy, zone: model.zone, link: Link.attachment
        ).html
    }

    private static func write(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        return try visit.submit({ try page(visit, id, problems: $0) }) {
            let isInternal = visit.form.text("for") == "staff"
            let written = try visit.perform(
                WriteMessage(
                    request: id, text: visit.form.text("text"), isInternal: isInternal,
                    attachments: visit.form.attachments))
            return .redirect(
                "\(Link.request(id))#\(written.id)", saying: isInternal ? "The note is kept." : "The answer is sent.")
        }
    }

    private static func attachment(_ visit: StaffVisit) throws -> Reply {
        guard let found = try visit.read({ try Conversation($0).attachment(visit.named("attachment")) }) else {
            throw PageError.missing
        }
        return .download(found.content, name: found.attachment.name, type: found.attachment.mediaType)
    }

    // MARK: Time

    private static func time(_ visit: StaffVisit, _ model: Model, _ work: WorkOfRequest, _ problems: Problems?) throws
        -> HTML
    {
        let terms = try visit.offered(to: model.row.client)
        let parts = FormParts(visit.visit, problems: problems).prefixed("time")
        let today = model.zone.date(of: visit.now)
        let id = model.request.id
        return """
            <section class="stack" aria-labelledby="time"><h2 id="time">Time</h2>
            \(work.html)
            <details class="panel"\(problems == nil ? .empty : " open" as HTML)><summary data-key="l">Log time on this request</summary>
            \(parts.form(Link.request(id, "time"), submit: "Log it", attributes: " data-preview=\"\(Link.request(id, "time/preview"))\" data-preview-into=\"#cost\"", """
                <div class="fields">\(parts.text("hours", "How long", hint: "20m, 1:30 or 1.5"))
                \(parts.choice("work_type", "Work type", Choices.workTypes(terms), value: model.row.workType?.text ?? ""))
                \(parts.date("date", "Date", value: today))
                \(parts.text("at", "Began at", hint: "9:30, if it matters", isRequired: false))</div>
                \(parts.text("note", "What was done", isRequired: false))
                """))
            <div id="cost" class="preview" aria-live="polite"></div></details></section>
            """
    }

    private static func operation(_ visit: StaffVisit, _ id: RequestID) throws -> LogTime {
        let today = try visit.preview { desk in
            let (request, known) = try desk.work(on: id)
            return try desk.today(of: request.client, known)
        }
        let given = GivenTime(
            date: try TypedInput.date(visit.form.optional("date") ?? "today", today: today),
            hours: try TypedInput.hours(visit.form.text("hours")),
            clock: try visit.form.optional("at").map { try TypedInput.clock($0) })
        return LogTime(
            request: id, workType: WorkTypeID(visit.form.text("work_type")), given: given,
            note: visit.form.text("note"))
    }

    /// Logs time; where the form asks to see what it costs first, shows that and a button to save.
    private static func logTime(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        return try visit.submit({ try page(visit, id, problems: $0) }) {
            let asked = try operation(visit, id)
            if visit.form.optional("save") == nil { return .page(try confirm(visit, id, asked)) }
            let logged = try visit.perform(asked)
            return .redirect(
                "\(Link.request(id))#\(logged.id)",
                saying: (["Logged \(logged.id)."] + logged.remarks.map(Written.sentence)).joined(separator: " "))
        }
    }

    private static func confirm(_ visit: StaffVisit, _ id: RequestID, _ asked: LogTime) throws -> Page {
        let preview = try visit.preview { desk in
            try EntryPreview(desk, request: id, workType: asked.workType, given: asked.given)
        }
        let parts = FormParts(visit.visit)
        // The day that was meant, whatever day it is when the form is sent.
        let day = FormParts.hiddenField("date", asked.given.date.map { "\($0)" } ?? "")
        let kept = ["hours", "work_type", "at", "note"].map { FormParts.hiddenField($0, visit.form.text($0)) } + [day]
        return try visit.page(
            "What this would be", in: .requests, trail: [("Requests", Link.requests), (id.text, Link.request(id))]
        ) {
            """
            <div class="panel stack">\(PreviewHTML(preview).html)
            \(parts.form(Link.request(id, "time"), submit: "Log it", kept.joined(separator: .empty) + FormParts.hiddenField("save", "yes")))
            <p><a href="\(Link.request(id))">Do not log it</a></p></div>
            """
        }
    }

    private static func previewTime(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        guard try visit.read({ try RequestBoard($0).request(id) }) != nil else { throw PageError.missing }
        guard visit.form.optional("hours") != nil else { return .fragment(.empty) }
        do {
            let asked = try operation(visit, id)
            return .fragment(
                PreviewHTML(
                    try visit.preview {
                        try EntryPreview($0, request: id, workType: asked.workType, given: asked.given)
                    }
                ).html)
        } catch let problems as Problems {
            return .fragment("<p class=\"muted\">\(problems.all.first.map { "\($0)" } ?? "")</p>")
        }
    }

    // MARK: Beside

    private static func details(_ visit: StaffVisit, _ model: Model, _ work: WorkOfRequest) throws -> HTML {
        let words = Wording(try visit.terms())
        let row = model.row
        var items: [(String, HTML)] = [
            ("Client", "<a href=\"\(Link.client(row.client))\">\(model.clientName)</a>"),
            ("Service line", "\(words.serviceLine(row.serviceLine))"),
        ]
        if let project = row.project { items.append(("Project", "\(project)")) }
        if let type = row.workType { items.append(("Work type", "\(words.workType(type))")) }
        items.append(("Whose", "\(model.users.first { $0.id == row.assignee }?.name ?? row.assignee ?? "nobody's")"))
        items.append(("Opened", Written.time(row.openedAt, in: model.zone)))
        if let clock = model.clock {
            items.append(("First answer", RequestList.clock(clock)))
            if let due = clock.due, clock.state == .running || clock.state == .overdue {
                items.append(("Due", Written.time(due, in: model.zone)))
            }
        }
        items.append(("Hours used", "<span class=\"figure\">\(work.used)</span>"))
        if model.isApproved { items.append(("Asked for", "<span class=\"badge good\">by the client</span>")) }
        for permit in model.permits {
            items.append(("Overage", "\(permit.hours) approved by \(permit.by) until \(permit.until.written)"))
        }
        if let into = row.mergedInto { items.append(("Merged into", "<a href=\"\(Link.request(into))\">\(into)</a>")) }
        return """
            <section class="panel stack" aria-labelledby="details"><h2 id="details">Details</h2>
            <dl class="facts">\(items.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as HTML })</dl>
            \(try timerForm(visit, model))</section>
            """
    }

    private static func timerForm(_ visit: StaffVisit, _ model: Model) throws -> HTML {
        guard model.timer == nil else { return .empty }
        let terms = try visit.offered(to: model.row.client)
        let parts = FormParts(visit.visit).prefixed("timer")
        return """
            <form class="stack tight" action="\(Link.timerStart)" method="post">\(FormParts.hidden(visit.visit))\(FormParts.hiddenField("request", model.request.id.text))
            \(parts.choice("work_type", "Timer for", Choices.workTypes(terms), value: model.row.workType?.text ?? "troubleshooting"))
            <button data-key="t">Start the timer</button></form>
            """
    }

    private static func actions(_ visit: StaffVisit, _ model: Model) -> HTML {
        let id = model.request.id
        let parts = FormParts(visit.visit)
        let moves: [(RequestState, String)] =
            switch model.row.state {
            case .new: [(.open, "Accept as it is")]
            case .open: [(.waiting, "Waiting for the client"), (.done, "Done")]
            case .waiting: [(.open, "Open again"), (.done, "Done")]
            case .done, .declined: [(.open, "Open again")]
            case .merged: []
            }
        let buttons = moves.map { state, label in
            parts.button(Link.request(id, "state"), label, hidden: ["state": state.rawValue])
        }
        return """
            <section class="panel stack" aria-labelledby="next"><h2 id="next">Next</h2>
            <div class="cluster">\(buttons)</div>
            <form class="stack tight" action="\(Link.request(id, "assignee"))" method="post">\(FormParts.hidden(visit.visit))
            \(parts.choice("assignee", "Whose", [("", "nobody's")] + model.users.filter { !$0.isEnded }.map { ($0.id, $0.name) }, value: model.row.assignee ?? ""))
            <button>Give</button></form>
            \(more(visit, model))</section>
            """
    }

    private static func more(_ visit: StaffVisit, _ model: Model) -> HTML {
        let id = model.request.id
        let parts = FormParts(visit.visit)
        let lastDay = Period(containing: model.zone.date(of: visit.now)).lastDay
        let move: HTML =
            !visit.may(.manager)
            ? .empty
            : """
            <details><summary>Move it</summary>\(parts.prefixed("move").form(Link.request(id, "move"), submit: "Move", style: "", """
                <p class="hint">With all its time. What that changes in closed months becomes an adjustment.</p>
                \(parts.prefixed("move").text("client", "To client", value: model.request.client.text))
                \(parts.prefixed("move").text("line", "To service line", value: model.request.serviceLine.text))
                \(parts.prefixed("move").text("project", "To project", value: model.request.project?.text ?? "", isRequired: false))
                \(parts.prefixed("move").text("reason", "Why"))
                """))</details>
            """
        let permit: HTML =
            !model.permitMatters
            ? .empty
            : """
            <details><summary>The client approves overage</summary>\(parts.prefixed("permit").form(Link.request(id, "permit"), submit: "Record it", style: "", """
                \(parts.prefixed("permit").text("hours", "How much", hint: "1:00"))
                \(parts.prefixed("permit").date("until", "Until", value: lastDay))
                \(parts.prefixed("permit").text("by", "Who approved it"))
                """))</details>

            """
        return """
            <details><summary>The client asked for it</summary>\(parts.prefixed("ask").form(Link.request(id, "approval"), submit: "Record it", style: "",
                parts.prefixed("ask").text("by", "Who approved the work", hint: "A custom rule is covered only where the client asked for it.")))</details>
            \(permit)\(move)
            """
    }

    // MARK: What the forms do

    private static func changeState(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        return try visit.submit({ try page(visit, id, problems: $0) }) {
            guard let state = RequestState(rawValue: visit.form.text("state")) else {
                throw Problems([Problem("state", "there is no such state", fix: "choose one of those offered")])
            }
            if try visit.read({ try RequestBoard($0).request(id)?.state }) == .new, state == .open {
                _ = try visit.perform(AcceptRequest(request: id))
            } else {
                _ = try visit.perform(SetRequestState(request: id, state: state))
            }
            return .redirect(Link.request(id), saying: "The request is \(state.name).")
        }
    }

    private static func assign(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        return try visit.submit({ try page(visit, id, problems: $0) }) {
            let person = visit.form.optional("assignee")
            _ = try visit.perform(AssignRequest(request: id, to: person))
            return .redirect(
                Link.request(id), saying: person.map { "The request is \($0)'s." } ?? "The request is nobody's.")
        }
    }

    private static func move(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        return try visit.submit({ try page(visit, id, problems: $0) }) {
            _ = try visit.perform(
                MoveRequest(
                    request: id, client: visit.form.optional("client").map { ClientID($0) },
                    serviceLine: visit.form.optional("line").map { ServiceLineID($0) },
                    project: visit.form.optional("project").map { ProjectID($0) }, reason: visit.form.text("reason")))
            return .redirect(Link.request(id), saying: "The request is moved, with its time.")
        }
    }

    private static func approve(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        return try visit.submit({ try page(visit, id, problems: $0) }) {
            _ = try visit.perform(ApproveRequest(request: id, by: visit.form.text("by")))
            return .redirect(Link.request(id), saying: "It is recorded that the client asked for this work.")
        }
    }

    private static func permit(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        return try visit.submit({ try page(visit, id, problems: $0) }) {
            guard let until = visit.form.day("until", today: visit.today) else {
                throw Problems([Problem("until", "it is no date", fix: "write 2026-11-30")])
            }
            let hours = try TypedInput.hours(visit.form.text("hours"))
            let given = try visit.perform(
                GivePermit(request: id, hours: hours, until: until, by: visit.form.text("by")))
            let said =
                ["\(hours) of overage are approved until \(until.written)."] + given.remarks.map(Written.sentence)
            return .redirect(Link.request(id), saying: said.joined(separator: " "))
        }
    }
}

/// A request's time, entry by entry, with what paid for it.
struct WorkOfRequest {
    /// The hours that count to the client: what grants paid and what is charged.
    let used: Hours
    let html: HTML

    /// How many months back it is said what paid.
    private static let months = 6

    init(_ visit: StaffVisit, _ request: Request, _ facts: Facts) throws {
        let zones = try visit.preview { $0.zones(of: request.client, try $0.standing(of: request.client)) }
        let mine = facts.standingEntries(on: request.id)
        let periods = Set(
            mine.flatMap { entry -> [Period] in
                switch entry.when {
                case .dated(let date, _): [Period(containing: date)]
                case .clocked(let start, let end):
                    [zones.period(containing: start), zones.period(containing: Instant(seconds: end.seconds - 1))]
                }
            }
        ).sorted().suffix(WorkOfRequest.months)
        let words = Wording(try visit.terms())
        var used = Hours.zero
        var table = DataTable(
            "Time on this request",
            [
                .init(title: "Date"), .init(title: "Work", kind: .heading), .init(title: "Who"),
                .init(title: "Time", kind: .number), .init(title: "Paid by"), .init(title: "Amount", kind: .number),
            ])
        var seen: Set<EntryID> = []
        for period in periods {
            guard let statement = try visit.statement(of: request.client, period) else { continue }
            let explainer = Explainer(statement, words: words)
            for line in statement.lines {
                let entry = statement.entry(of: line)
                guard entry.request == request.id else { continue }
                used += line.drawn + line.charged
                let time = (line.kind == .rounding ? line.rounding : line.worked) + line.weighting
                let name: HTML =
                    line.kind == .rounding
                    ? "rounding up" : "<a href=\"\(Link.entry(entry.id))\">\(words.workType(entry.workType))</a>"
                table.add(
                    [
                        "\(line.date.written)",
                        name
                            + (line.kind == .work && !entry.note.isEmpty
                                ? "<br><span class=\"small\">\(entry.note)</span>" : .empty),
                        "\(entry.person)", "\(time)", "\(explainer.summary(of: line))",
                        "<span class=\"money\">\(line.amount)</span>",
                    ], id: line.kind == .work && seen.insert(entry.id).inserted ? entry.id.text : nil)
            }
        }
        self.used = used
        let waiting = mine.filter { !seen.contains($0.id) }
        let rest: HTML =
            waiting.isEmpty
            ? .empty
            : "<p class=\"muted\">\(Written.count(waiting.count, "more entry", "more entries")) with \(waiting.reduce(Hours.zero) { $0 + $1.worked }): of earlier months, or waiting for approval.</p>"
        html = (table.isEmpty ? "<p class=\"muted\">No time is logged yet.</p>" : table.html) + rest
    }
}

/// What one more entry would cost, as people read it.
struct PreviewHTML {
    let preview: EntryPreview

    init(_ preview: EntryPreview) { self.preview = preview }

    var html: HTML {
        let others = preview.others.map { "<li>\($0)</li>" as HTML }
        let remarks = preview.remarks.map { "<li>\(Written.sentence($0))</li>" as HTML }
        let bills = preview.bills.map { bill -> HTML in
            "<p>\(bill.period.written): <span class=\"money\">\(bill.before)</span> \(bill.before == bill.after ? "stays." : "becomes <span class=\"money\">\(bill.after)</span>." as HTML)</p>"
        }
        return """
            <p><strong>\(preview.sentence)</strong></p>
            \(bills)
            \(others.isEmpty ? .empty : "<p>Because of it:</p><ul>\(others)</ul>")
            \(remarks.isEmpty ? .empty : "<ul>\(remarks)</ul>")
            """
    }
}

/// Sizes of files for people.
enum Size {
    static func text(_ bytes: Int) -> String {
        bytes >= 1_048_576 ? "\(bytes / 1_048_576) MB" : bytes >= 1024 ? "\(bytes / 1024) KB" : "\(bytes) bytes"
    }
}

extension FormFields {
    /// The attachments that a form carries.
    var attachments: [NewAttachment] {
        files("attachment").map {
            NewAttachment(name: $0.filename, content: $0.bytes)
        }
    }
}
