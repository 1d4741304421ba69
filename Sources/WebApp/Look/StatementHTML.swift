import Agreements
import Exchange
import Rating
import SiteKit
import Values
import Wording

/// A statement as a part of a page.
struct StatementHTML {
    private let statement: Statement
    private let words: Wording
    private let explainer: Explainer
    private let now: Instant
    private let reader: Reader

    /// Whom it is for.
    enum Reader {
        /// Staff: entries lead to their pages.
        case staff
        /// The client: requests and people have their names, and lines can be asked about.
        case client(titles: [RequestID: String], staff: [String: String], mayAsk: Bool)
    }

    init(_ statement: Statement, words: Wording, now: Instant, for reader: Reader = .staff) {
        self.statement = statement
        self.words = words
        self.reader = reader
        explainer = Explainer(statement, words: words, now: now)
        self.now = now
    }

    private var isForStaff: Bool { if case .staff = reader { true } else { false } }
    private var isOver: Bool { statement.isOver(at: now) }

    var html: HTML {
        """
        <p>\(heading)</p>
        <div class="panel stack">\(agreed)</div>
        \(grants)
        <section class="panel stack" aria-labelledby="work"><h2 id="work">Work</h2>\(work)\(setAside)</section>
        \(adjustments)
        <section class="panel stack" aria-labelledby="sum"><h2 id="sum">In all</h2>\(totals)</section>
        \(adjustedSince)
        """
    }

    private var heading: HTML {
        if let closedAt = statement.closedAt {
            let hasChanged = !statement.adjustedSince.isEmpty
            return
                "<span class=\"badge\">closed</span> \(Written.time(closedAt, in: statement.zone)).\(hasChanged ? " Something was adjusted since: see below." : "")"
        }
        guard isOver else {
            return
                "<span class=\"badge good\">open</span> The month so far, on \(statement.zone.date(of: now).written). What is left can be used until its last day."
        }
        return isForStaff
            ? "<span class=\"badge good\">open</span> The month is over and not closed."
            : "<span class=\"badge good\">open</span> Not final yet: the month is over, and work of it may still come."
    }

    private var agreed: HTML {
        var items: [HTML] = []
        for contract in statement.contracts {
            items.append(
                item(
                    "\(words.serviceLine(contract.serviceLine)): \(contract.planName)", "\(contract.hours) included",
                    contract.fee, explainer.fee(contract)))
        }
        for purchase in statement.purchases {
            items.append(
                item(
                    words.block(purchase.block).prefix(1).uppercased() + words.block(purchase.block).dropFirst(),
                    "\(purchase.hours) bought at \(purchase.pricePerHour)", purchase.price,
                    explainer.purchase(purchase)))
        }
        return items.isEmpty ? "<p>No contract in this month.</p>" : items.joined(separator: .empty)
    }

    private func item(_ title: String, _ text: String, _ amount: Money, _ why: Explanation) -> HTML {
        """
        <div><div class="spread"><p><strong>\(title)</strong> <span class="muted">\(text)</span></p><p class="money">\(amount)</p></div>\(Written.why("Why?", why))</div>
        """
    }

    private var grants: HTML {
        guard !statement.grants.isEmpty else { return .empty }
        var table = DataTable(
            "Hours",
            [
                .init(title: "Hours", kind: .heading), .init(title: "Had", kind: .number),
                .init(title: isForStaff ? "Drawn" : "Used", kind: .number),
                .init(title: "Lapsed", kind: .number), .init(title: "Left", kind: .number), .init(title: "Can be used"),
            ])
        for (index, grant) in statement.grants.enumerated() {
            let (lapsed, left) = statement.standing(of: grant, at: now)
            table.add([
                "\(name(of: grant.id))\(Written.why(isForStaff ? "Who drew on it?" : "What for?", explainer.grant(index)))",
                "\(grant.opening)",
                "\(grant.drawn)", "\(lapsed)", "\(left)", "\(words.until(grant.lastDay))",
            ])
        }
        return
            "<section class=\"panel stack\" aria-labelledby=\"hours\"><h2 id=\"hours\">Hours</h2>\(table.html)</section>"
    }

    /// So many lines show their reasons in place; of more, each links to its own page.
    private static let linesWithReasons = 40

    /// The work of the month, line by line, with what paid for it.
    var work: HTML {
        guard !statement.lines.isEmpty else { return "<p>No work in this month.</p>" }
        let isStaff = isForStaff
        let times: [DataTable.Column] =
            isStaff
            ? [.init(title: "Time", kind: .number)]
            : [.init(title: "Worked", kind: .number), .init(title: "Billed", kind: .number)]
        var table = DataTable(
            "Work",
            [.init(title: "Date"), .init(title: "Work", kind: .heading), .init(title: "Who")] + times + [
                .init(title: "Paid by"), .init(title: "Amount", kind: .number),
            ])
        let hasReasons = statement.lines.count <= StatementHTML.linesWithReasons
        var seen: Set<EntryID> = []
        for line in statement.lines {
            let entry = statement.entry(of: line)
            let time = (line.kind == .rounding ? line.rounding : line.worked) + line.weighting
            let why: HTML = hasReasons ? Written.why("Why?", explainer.line(line)) : .empty
            let hours: [HTML] = isStaff ? ["\(time)"] : ["\(line.worked)", "\(line.billed)"]
            table.add(
                ["<span class=\"nowrap\">\(line.date.written)</span>", what(line, entry, hasReasons), "\(who(entry))"]
                    + hours + [
                        "\(paidBy(line))\(why)\(ask(line, entry))",
                        "<span class=\"money\">\(line.amount)</span>",
                    ], id: seen.insert(entry.id).inserted ? entry.id.text : nil)
        }
        return table.html
    }

    private func what(_ line: WorkLine, _ entry: TimeEntry, _ isWhole: Bool) -> HTML {
        guard line.kind != .rounding else { return "rounding up" }
        let kind = words.workType(statement.workClass(of: line).workType)
        let part = line.parts > 1 ? " (part \(line.part) of \(line.parts))" : ""
        let text = isWhole ? entry.note : Shortened.text(entry.note, 60)
        let note: HTML = text.isEmpty ? .empty : "<br><span class=\"small\">\(text)</span>"
        switch reader {
        case .staff:
            return
                "<a href=\"\(Link.entry(entry.id))\">\(kind)</a>\(part) <span class=\"small muted\">\(entry.request)</span>\(note)"
        case .client(let titles, _, _):
            let title = titles[entry.request] ?? entry.request.text
            return
                "<a href=\"\(PortalLink.request(entry.request))\">\(title)</a> <span class=\"small muted\">\(kind)\(part)</span>\(note)"
        }
    }

    /// Clients know their plan by its name, not by the contract's.
    private func paidBy(_ line: WorkLine) -> String {
        guard case .client = reader else { return explainer.summary(of: line) }
        return explainer.summary(of: line) { grant in name(of: grant) }
    }

    private func name(of grant: GrantID) -> String {
        guard case .client = reader, case .allotment(let id, _) = grant,
            let contract = statement.contracts.first(where: { $0.contract == id })
        else { return words.shortGrant(grant) }
        return contract.planName
    }

    private func who(_ entry: TimeEntry) -> String {
        if case .client(_, let staff, _) = reader { staff[entry.person] ?? entry.person } else { entry.person }
    }

    private func ask(_ line: WorkLine, _ entry: TimeEntry) -> HTML {
        guard case .client(_, _, true) = reader, line.kind != .rounding else { return .empty }
        return
            "<p class=\"small no-print\"><a href=\"\(PortalLink.line(entry.id))\">Ask about this<span class=\"visually-hidden\">: \(line.worked) on \(line.date.written)</span></a></p>"
    }

    private var setAside: HTML {
        guard !statement.setAside.isEmpty else { return .empty }
        let items = statement.setAside.sorted { ($0.entry, $0.hours) < ($1.entry, $1.hours) }.map { aside -> HTML in
            let why =
                aside.reason == .awaitingApproval ? "nobody has approved it yet" : "it came after the month was closed"
            let name: HTML =
                if case .staff = reader {
                    "<a href=\"\(Link.entry(aside.entry))\">\(aside.entry)</a>"
                } else { "\(aside.entry)" }
            return "<li>\(name), \(aside.hours): \(why)</li>"
        }
        return "<h3>Not counted</h3><ul>\(items)</ul>"
    }

    private var adjustments: HTML {
        guard !statement.adjustments.isEmpty else { return .empty }
        let items = statement.adjustments.map { adjustment -> HTML in
            """
            <li><div class="spread"><p>\(adjustment.position.period.written): \(words.position(adjustment.position.key))<br><span class="muted small">\(words.causes(adjustment))</span></p><p class="money">\(adjustment.position.amount)</p></div>\(Written.why("Why?", explainer.adjustment(adjustment)))</li>
            """
        }
        return
            "<section class=\"panel stack\" aria-labelledby=\"adjustments\"><h2 id=\"adjustments\">Adjustments for months closed before</h2><ul class=\"rows\">\(items)</ul></section>"
    }

    /// What later statements changed of a closed month.
    private var adjustedSince: HTML {
        guard !statement.adjustedSince.isEmpty else { return .empty }
        let items = statement.adjustedSince.map { later -> HTML in
            let link: HTML =
                if case .staff = reader {
                    "<a href=\"\(Link.statement(statement.client.id, later.shownOn))\">\(later.shownOn.written)</a>"
                } else {
                    "<a href=\"\(PortalLink.statement(later.shownOn))\">\(later.shownOn.written)</a>"
                }
            let place: HTML = later.isIssued ? "on the statement of" : "will be on the statement of"
            return """
                <li><div class="spread"><p>\(words.position(later.position.key))<br><span class="muted small">\(place) \(link)</span></p><p class="money">\(later.position.amount)</p></div></li>
                """
        }
        return
            "<section class=\"panel stack\" aria-labelledby=\"since\"><h2 id=\"since\">Adjusted since</h2><p>This month stays as it was issued. What changed later is here, with the statement that it is on.</p><ul class=\"rows\">\(items)</ul></section>"
    }

    private var totals: HTML {
        let sum = statement.totals
        var made = "Worked \(sum.worked)"
        if sum.rounding != .zero { made += " + \(sum.rounding) rounding" }
        if sum.weighting != .zero { made += " + \(sum.weighting) weighting" }
        made += " = \(sum.drawn) \(isForStaff ? "drawn" : "from your hours") + \(sum.charged) charged"
        if sum.courtesy != .zero { made += " + \(sum.courtesy) courtesy" }
        if sum.waived != .zero { made += " + \(sum.waived) waived" }
        if isForStaff || sum.notCharged != .zero { made += " + \(sum.notCharged) not charged" }
        if sum.withheld != .zero { made += " + \(sum.withheld) withheld" }
        let amounts: HTML =
            "<div class=\"spread\"><p>\(isOver || statement.closedAt != nil ? "Total of" : "So far in") \(statement.period.written)</p><p class=\"money\"><strong>\(statement.total)</strong></p></div>"
        return "<p class=\"figure\">\(made)</p>\(amounts)"
    }
}
