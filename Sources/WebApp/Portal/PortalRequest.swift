import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// One request as its company sees it: what was written, and the hours that it took.
enum PortalRequest {
    static let routes: [Route] = [
        .get("/portal/requests/{request}", .viewer) { .page(try page($0)) },
        .post("/portal/requests/{request}/messages", .requester, limit: .upload, write),
        .post("/portal/requests/{request}/approval", .approver, approve),
        .post("/portal/requests/{request}/permit", .approver, permit),
        .get("/portal/attachments/{attachment}", .viewer, attachment),
    ]

    static func badge(_ row: RequestRow) -> HTML {
        switch row.state {
        case .new: "<span class=\"badge info\">received</span>"
        case .open: "<span class=\"badge good\">in work</span>"
        case .waiting: "<span class=\"badge warn\">waiting for you</span>"
        case .done: "<span class=\"badge\">done</span>"
        case .declined: "<span class=\"badge\">declined</span>"
        case .merged: "<span class=\"badge\">goes on in another</span>"
        }
    }

    private static func page(_ visit: PortalVisit, problems: Problems? = nil) throws -> Page {
        let row = try visit.request(RequestID(try visit.named("request")))
        let work = try hours(visit, row.id)
        let title = "\(work.used > .zero ? "[\(work.used)] " : "")\(row.title)"
        return try visit.page(
            title, in: .requests, trail: [("Requests", PortalLink.requests)],
            beside: "<p>\(badge(row)) <span class=\"muted\">\(row.id)</span></p>", problems: problems
        ) {
            """
            <div class="columns"><div class="stack loose">
            \(try conversation(visit, row, problems))
            </div><div class="stack loose">
            \(work.html)
            \(try consent(visit, row))
            </div></div>
            """
        }
    }

    // MARK: Conversation

    private static func conversation(_ visit: PortalVisit, _ row: RequestRow, _ problems: Problems?) throws -> HTML {
        let (messages, contacts) = try visit.read { connection in
            (
                try Conversation(connection).messages(of: row.id, for: visit.client),
                try Directory(connection).contacts(of: visit.client)
            )
        }
        let zone = try visit.preview { $0.zones(of: visit.client, try $0.standing(of: visit.client)).zone(at: $0.now) }
        let staff = try visit.staffNames()
        let items = messages.map { message -> HTML in
            let name =
                message.isFromClient
                ? contacts.first { $0.id == message.from }?.name ?? "Your company" : staff[message.from] ?? message.from
            let notedBy = message.notedBy.map { staff[$0] ?? $0 }
            return MessageHTML(
                message: message, name: name, notedBy: notedBy, zone: zone, link: PortalLink.attachment
            ).html
        }
        let parts = FormParts(visit.visit, problems: problems)
        let form: HTML =
            visit.may(.requester)
            ? """
            <div class="panel">\(parts.form(PortalLink.request(row.id, "messages"), submit: "Send", holdsFiles: true, attributes: " data-guard", """
                \(parts.area("text", "Write"))
                \(parts.files("attachment", "Attachments", hint: AttachmentRules.hint))
                """))</div>
            """ : .empty
        return """
            <section class="stack" aria-labelledby="conversation"><h2 id="conversation">Conversation</h2>
            \(items.isEmpty ? "<p class=\"muted\">Nothing is written yet.</p>" as HTML : "<ol class=\"conversation\">\(items)</ol>")\(form)</section>
            """
    }

    private static func write(_ visit: PortalVisit) throws -> Reply {
        let row = try visit.request(RequestID(try visit.named("request")))
        return try visit.submit({ try page(visit, problems: $0) }) {
            let written = try visit.perform(
                WriteMessage(
                    request: row.id, text: visit.form.text("text"), isInternal: false,
                    attachments: visit.form.attachments))
            return .redirect("\(PortalLink.request(row.id))#\(written.id)", saying: "Your message is sent.")
        }
    }

    private static func attachment(_ visit: PortalVisit) throws -> Reply {
        let id = try visit.named("attachment")
        guard let found = try visit.read({ try Conversation($0).attachment(id, for: visit.client) }) else {
            throw PageError.missing
        }
        _ = try visit.request(found.attachment.request)
        return .download(found.content, name: found.attachment.name, type: found.attachment.mediaType)
    }

    // MARK: Hours

    private static func hours(_ visit: PortalVisit, _ id: RequestID) throws -> (used: Hours, html: HTML) {
        let work = try visit.preview { desk in try desk.facts().work(on: id) }
        let entries = work.standingEntries(on: id)
        let used = entries.reduce(Hours.zero) { $0 + $1.worked }
        guard !entries.isEmpty else {
            return (used, "<section class=\"panel stack\"><h2>Hours</h2><p class=\"muted\">None yet.</p></section>")
        }
        let zones = try visit.preview { $0.zones(of: visit.client, try $0.standing(of: visit.client)) }
        let words = Wording(try visit.terms())
        let items = entries.map { entry -> HTML in
            let date: CivilDate
            switch entry.when {
            case .dated(let day, _): date = day
            case .clocked(let start, _): date = zones.date(of: start)
            }
            let month = Period(containing: date)
            return
                "<li><div class=\"spread\"><span>\(date.written), \(words.workType(entry.workType))</span><a href=\"\(PortalLink.statement(month))#\(entry.id)\">\(entry.worked)</a></div></li>"
        }
        return (
            used,
            "<section class=\"panel stack\" aria-labelledby=\"hours\"><h2 id=\"hours\">Hours: \(used)</h2><ul class=\"rows\">\(items)</ul><p class=\"small muted\">Each leads to its line on the statement, with what paid for it and why.</p></section>"
        )
    }

    // MARK: Consent

    private static func consent(_ visit: PortalVisit, _ row: RequestRow) throws -> HTML {
        guard visit.may(.approver), !row.state.isOver else { return .empty }
        let parts = FormParts(visit.visit)
        let (request, said) = try visit.preview { try $0.request(row.id) }
        let today = try visit.preview { $0.zones(of: visit.client, try $0.standing(of: visit.client)).date(of: $0.now) }
        let permits = said.permits.map {
            "<li>\($0.hours) until \($0.until.written), by \($0.by)</li>" as HTML
        }
        let matters = try visit.preview { try $0.permitMatters(for: request) }
        let rates = try visit.preview { try BillOutlook($0, request: row.id) }.lines.filter {
            $0.serviceLine == row.serviceLine
        }.compactMap(\.payment.rate)
        let price =
            rates.max { $0.perHour.minorUnits < $1.perHour.minorUnits }.map { "; each hour is \($0) at most" } ?? ""
        let asked: HTML =
            said.requestApprovals.isEmpty
            ? "<details><summary>We ask for this work</summary><p class=\"small\">Some work, a custom rule for example, is covered only where you have asked for it.</p>\(parts.prefixed("ask").form(PortalLink.request(request.id, "approval"), submit: "We ask for it", style: ""))</details>"
            : "<p class=\"small muted\">Your company asked for this work.</p>"
        let permit: HTML =
            !matters
            ? .empty
            : """
            <details><summary>Approve work beyond our hours</summary>\(parts.prefixed("permit").form(PortalLink.request(request.id, "permit"), submit: "Approve", style: "", """
                \(parts.prefixed("permit").text("hours", "At most", hint: "1:30 or 90m\(price)"))
                \(parts.prefixed("permit").date("until", "Until", value: Period(containing: today).lastDay))
                """))</details>
            """
        return """
            <section class="panel stack" aria-labelledby="consent"><h2 id="consent">Your approval</h2>\(permits.isEmpty ? .empty : "<ul>\(permits)</ul>")\(asked)
            \(permit)</section>
            """
    }

    private static func approve(_ visit: PortalVisit) throws -> Reply {
        let row = try visit.request(RequestID(try visit.named("request")))
        return try visit.submit({ try page(visit, problems: $0) }) {
            _ = try visit.perform(ApproveRequest(request: row.id, by: visit.person.name))
            return .redirect(PortalLink.request(row.id), saying: "It is noted that you ask for this work.")
        }
    }

    private static func permit(_ visit: PortalVisit) throws -> Reply {
        let row = try visit.request(RequestID(try visit.named("request")))
        return try visit.submit({ try page(visit, problems: $0) }) {
            let hours = try TypedInput.hours(visit.form.text("hours"))
            guard let until = visit.form.day("until", today: visit.today) else {
                throw Problems([Problem("until", "it is no date", fix: "write 2026-11-30")])
            }
            _ = try visit.perform(GivePermit(request: row.id, hours: hours, until: until, by: visit.person.name))
            return .redirect(PortalLink.request(row.id), saying: "You approved up to \(hours) beyond your hours.")
        }
    }
}
