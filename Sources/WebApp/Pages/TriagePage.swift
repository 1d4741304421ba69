import Agreements
import Exchange
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// New requests, one after another: what they are, whose pool they would draw on, what becomes of them.
enum TriagePage {
    static let routes: [Route] = [
        .get(Link.triage, .agent) { .page(try list($0)) },
        .get("/triage/{request}", .agent) { .page(try page($0)) },
        .post("/triage/{request}/accept", .agent, accept),
        .post("/triage/{request}/merge", .agent, merge),
        .post("/triage/{request}/decline", .agent, decline),
        .post("/triage/{request}/snooze", .agent, snooze),
        .post("/triage/mail/{mail}/file", .agent, fileMail),
        .post("/triage/mail/{mail}/dismiss", .agent, dismissMail),
    ]

    private static func waiting(_ visit: StaffVisit) throws -> [RequestRow] {
        try visit.read { connection in
            try RequestBoard(connection).requests(
                .init(states: [.new], awakeOn: visit.site.settings.zone.date(of: visit.now)), limit: 100)
        }
    }

    private static func list(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let rows = try waiting(visit)
        return try visit.page(
            "Triage", in: .triage, beside: "<p class=\"muted\">\(Written.count(rows.count, "new request"))</p>",
            problems: problems
        ) {
            let mails = try mails(visit)
            guard !rows.isEmpty else {
                return "<p>Nothing is new. <a href=\"\(Link.requests)\">All requests</a></p>\(mails)"
            }
            let words = Wording(try visit.terms())
            let clocks = try visit.preview { try ResponseClock.clocks(of: rows, $0) }
            let names = try visit.clientNames(rows.map(\.client))
            let items = try rows.map { row -> HTML in
                let first = try visit.read { try Conversation($0).messages(of: row.id).first }
                return """
                    <li data-row><div class="spread"><a class="title" href="\(Link.triage(row.id))">\(row.title)</a>\(clocks[row.id].map { RequestList.clock($0) } ?? .empty)</div>
                    <p class="small muted"><a href="\(Link.client(row.client))">\(names[row.client] ?? row.client.text)</a> · \(words.serviceLine(row.serviceLine)) · \(row.id) · \(Written.time(row.openedAt, in: visit.site.settings.zone))</p>
                    \(first.map { "<p>\(Shortened.text($0.text, 220))</p>" as HTML })</li>
                    """
            }
            return "<div class=\"panel\"><ul class=\"rows\">\(items)</ul></div>\(mails)"
        }
    }

    // MARK: Mail that waits

    /// The mail of which nobody but staff can tell whose it is.
    private static func mails(_ visit: StaffVisit) throws -> HTML {
        let mails = try visit.read { try MailWaiting($0).mails(limit: 50) }
        guard !mails.isEmpty else { return .empty }
        let names = try visit.clientNames(mails.flatMap(\.candidates).map(\.client))
        let items = mails.map { waiting -> HTML in
            let parts = FormParts(visit.visit).prefixed("mail-\(waiting.id)")
            let whose = waiting.candidates.map { ($0.id, "\($0.name), \(names[$0.client] ?? $0.client.text)") }
            let file: HTML =
                whose.isEmpty
                ? "<p>Nobody has its address any more.</p>"
                : parts.form(
                    "/triage/mail/\(waiting.id)/file", submit: "File it", style: "",
                    parts.choice("contact", "Whose it is", [("", "choose")] + whose))
            return """
                <li><p class="title">\(waiting.mail.subject.isEmpty ? "(no subject)" : waiting.mail.subject)</p>
                <p class="small muted">\(waiting.mail.sender) · \(Written.time(waiting.at, in: visit.site.settings.zone)) · \("\(waiting.reason)")</p>
                <p>\(Shortened.text(waiting.mail.text, 220))</p>
                \(file)\(parts.button("/triage/mail/\(waiting.id)/dismiss", "Dismiss", style: "danger"))</li>
                """
        }
        return """
            <section class="panel stack" aria-labelledby="mail"><h2 id="mail">Mail that waits</h2><ul class="rows">\(items)</ul></section>
            """
    }

    /// The mail that the path names.
    private static func mail(_ visit: StaffVisit) throws -> Int {
        guard let id = TypedInput.recordNumber(try visit.named("mail")),
            try visit.read({ try MailWaiting($0).mail(id) }) != nil
        else { throw PageError.missing }
        return id
    }

    private static func fileMail(_ visit: StaffVisit) throws -> Reply {
        let id = try mail(visit)
        return try visit.submit({ try list(visit, problems: $0) }) {
            let outcome = try MailIntake(desk: visit.site.desk).file(
                id, as: visit.form.text("contact"), by: visit.actor)
            switch outcome {
            case .opened(let request): return .redirect(Link.triage(request), saying: "\(request) is opened.")
            case .answered(let request): return .redirect(Link.request(request), saying: "The mail is filed here.")
            case .ignored, .refused, .waiting, .later:
                return .redirect(Link.triage, saying: "The mail was filed before.")
            }
        }
    }

    private static func dismissMail(_ visit: StaffVisit) throws -> Reply {
        try MailIntake(desk: visit.site.desk).dismiss(try mail(visit), by: visit.actor)
        return .redirect(Link.triage, saying: "The mail is taken away.")
    }

    private static func page(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let id = RequestID(try visit.named("request"))
        guard let row = try visit.read({ try RequestBoard($0).request(id) }) else { throw PageError.missing }
        let terms = try visit.terms()
        let offered = try visit.offered(to: row.client)
        let messages = try visit.read { try Conversation($0).messages(of: id) }
        let users = try visit.read { try People($0).users().filter { !$0.isEnded } }
        let siblings = try visit.read { connection in
            try RequestBoard(connection).requests(.init(client: row.client), limit: 50)
        }.filter { $0.id != id }
        let parts = FormParts(visit.visit, problems: problems)
        let name = try visit.clientNames([row.client])[row.client]
        let tomorrow = visit.site.settings.zone.date(of: visit.now) + 1
        return try visit.page(
            row.title, in: .triage, trail: [("Triage", Link.triage)],
            beside: RequestList.badge(row, today: tomorrow + -1), problems: problems
        ) {
            """
            <div class="columns"><div class="stack">
            <p class="muted"><a href="\(Link.client(row.client))">\(name ?? row.client.text)</a> · <a href="\(Link.request(id))">\(id)</a> · \(Written.time(row.openedAt, in: visit.site.settings.zone))</p>
            \(messages.map { "<div class=\"message client\"><p class=\"text\">\($0.text)</p></div>" as HTML })
            \(row.state == .new ? .empty : "<p class=\"notice warn\">It is \(row.state.name) already.</p>")
            <section class="panel stack" aria-labelledby="accept"><h2 id="accept">Accept</h2>
            \(parts.form("\(Link.triage(id))/accept", submit: "Accept", key: "a", """
                <div class="fields">\(parts.choice("line", "Service line", Choices.lines(offered), value: row.serviceLine.text))
                \(parts.choice("work_type", "Work type", [("", "not known yet")] + Choices.workTypes(offered), value: row.workType?.text ?? ""))
                \(parts.choice("assignee", "Whose", [("", "nobody's")] + users.map { ($0.id, $0.name) }, value: visit.actor.id))</div>
                """))</section>
            \(try bill(visit, row, terms))
            </div><div class="stack">
            <section class="panel stack" aria-labelledby="merge"><h2 id="merge">Merge</h2>
            \(siblings.isEmpty ? "<p class=\"muted\">The client has no other request that is open.</p>" : parts.form("\(Link.triage(id))/merge", submit: "Merge", style: "", key: "m",
                parts.choice("into", "Into", siblings.map { ($0.id.text, "\($0.id) \($0.title)") })))</section>
            <section class="panel stack" aria-labelledby="snooze"><h2 id="snooze">Snooze</h2>
            \(parts.form("\(Link.triage(id))/snooze", submit: "Snooze", style: "", key: "s", parts.date("until", "Until", value: tomorrow)))</section>
            <section class="panel stack" aria-labelledby="decline"><h2 id="decline">Decline</h2>
            \(parts.form("\(Link.triage(id))/decline", submit: "Decline", style: "danger", key: "d",
                parts.text("reason", "Why", hint: "The client reads this.")))</section>
            </div></div>
            """
        }
    }

    /// What an hour of each kind of work would be on the bill, before anybody accepts it.
    private static func bill(_ visit: StaffVisit, _ row: RequestRow, _ terms: TermsHistory) throws -> HTML {
        let words = Wording(terms)
        let outcomes = try visit.preview { try BillOutlook($0, request: row.id).lines }
        var table = DataTable(
            "What an hour of work would be today", isCaptionHidden: false,
            [.init(title: "Service line", kind: .heading), .init(title: "Work type"), .init(title: "1:00 would be")])
        for outcome in outcomes {
            table.add([
                "\(words.serviceLine(outcome.serviceLine))",
                "\(outcome.workTypes.map { words.workType($0) }.joined(separator: ", "))", "\(outcome.outcome)",
            ])
        }
        return "<div class=\"panel\">\(table.html)</div>"
    }

    /// The next new request, or the list where there is none.
    private static func next(_ visit: StaffVisit, saying notice: String) throws -> Reply {
        let rows = try waiting(visit)
        return .redirect(rows.first.map { Link.triage($0.id) } ?? Link.triage, saying: notice)
    }

    private static func accept(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        return try visit.submit({ try page(visit, problems: $0) }) {
            _ = try visit.perform(
                AcceptRequest(
                    request: id, serviceLine: visit.form.optional("line").map { ServiceLineID($0) },
                    workType: visit.form.optional("work_type").map { WorkTypeID($0) },
                    assignee: visit.form.optional("assignee")))
            return try next(visit, saying: "\(id) is accepted.")
        }
    }

    private static func merge(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        return try visit.submit({ try page(visit, problems: $0) }) {
            _ = try visit.perform(MergeRequest(request: id, into: RequestID(visit.form.text("into"))))
            return try next(visit, saying: "\(id) is merged into \(visit.form.text("into")).")
        }
    }

    private static func decline(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        return try visit.submit({ try page(visit, problems: $0) }) {
            _ = try visit.perform(DeclineRequest(request: id, reason: visit.form.text("reason")))
            return try next(visit, saying: "\(id) is declined.")
        }
    }

    private static func snooze(_ visit: StaffVisit) throws -> Reply {
        let id = RequestID(try visit.named("request"))
        return try visit.submit({ try page(visit, problems: $0) }) {
            guard let until = visit.form.day("until", today: visit.today) else {
                throw Problems([Problem("until", "it is no date", fix: "choose the day on which it comes back")])
            }
            _ = try visit.perform(SnoozeRequest(request: id, until: until))
            return try next(visit, saying: "\(id) comes back on \(until.written).")
        }
    }
}

/// Long texts where there is little room.
enum Shortened {
    static func text(_ text: String, _ length: Int) -> String {
        text.count <= length ? text : text.prefix(length - 1) + "…"
    }
}
