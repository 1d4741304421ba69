import Agreements
import Rating
import Terminal
import Values
import Wording

/// A statement as text of 80 columns, with a reason on each line.
struct StatementText {
    private let statement: Statement
    private let words: Wording
    private let explainer: Explainer
    private let width = 80

    private let now: Instant

    /// - Parameter now: the time of asking, which tells whether the month is over.
    init(_ statement: Statement, words: Wording, now: Instant) {
        self.statement = statement
        self.now = now
        self.words = words
        explainer = Explainer(statement, words: words, now: now)
    }

    var lines: [String] {
        var lines = heading
        lines += contracts
        lines += grants
        lines += work
        lines += setAside
        lines += adjustments
        lines += totals
        lines += adjustedSince
        return lines
    }

    private var heading: [String] {
        let title = "\(printable(statement.client.name)), \(statement.period.written)"
        let zone = statement.zone.identifier
        let gap = max(2, width - title.count - zone.count)
        var lines = [title + String(repeating: " ", count: gap) + zone, String(repeating: "=", count: width)]
        if let closedAt = statement.closedAt {
            lines.append("Closed \(statement.zone.wallClock(closedAt)): as it was issued.")
        }
        if !isOver {
            lines += wrap(
                "Not over: what is here by \(statement.zone.date(of: now).written). What is left can be used until its last day.",
                width: width
            )
        }
        return lines
    }

    private var isOver: Bool { statement.isOver(at: now) }

    private var contracts: [String] {
        var lines: [String] = []
        for contract in statement.contracts {
            lines += amountLine(
                "\(words.serviceLine(contract.serviceLine)): \(contract.planName), contract \(contract.contract)",
                contract.fee)
            lines += indented(
                "\(contract.hours) included. Fee: \(words.figure(contract.feeReason, plan: contract.plan)); "
                    + "terms of \(contract.termsEffective.written).")
        }
        for purchase in statement.purchases {
            lines += amountLine(
                "Block \(purchase.block): \(purchase.hours) bought at \(purchase.pricePerHour)", purchase.price)
        }
        if lines.isEmpty { lines.append("No contract in this month.") }
        return lines + [""]
    }

    private var grants: [String] {
        guard !statement.grants.isEmpty else { return [] }
        var table = TextTable([
            .init(title: "Hours", kind: .shortened), .init(title: "had", kind: .right),
            .init(title: "drawn", kind: .right), .init(title: "lapsed", kind: .right),
            .init(title: "left", kind: .right), .init(title: "can be used", kind: .left),
        ])
        for grant in statement.grants {
            let (lapsed, left) = statement.standing(of: grant, at: now)
            table.add(
                words.shortGrant(grant.id), "\(grant.opening)", "\(grant.drawn)", "\(lapsed)", "\(left)",
                words.until(grant.lastDay))
        }
        return table.lines(width: width) + [""]
    }

    private var work: [String] {
        guard !statement.lines.isEmpty else { return ["No work in this month.", ""] }
        var table = TextTable([
            .init(title: "Date", kind: .left), .init(title: "Entry", kind: .shortened),
            .init(title: "Work", kind: .wrapped), .init(title: "Time", kind: .right),
            .init(title: "Paid by", kind: .wrapped), .init(title: "Amount", kind: .right),
        ])
        for line in statement.lines {
            let entry = statement.entry(of: line)
            let workClass = statement.workClass(of: line)
            let part = line.parts > 1 ? " (part \(line.part)/\(line.parts))" : ""
            let time = (line.kind == .rounding ? line.rounding : line.worked) + line.weighting
            let what =
                line.kind == .rounding
                ? "rounding up" : words.workType(workClass.workType) + part + note(of: entry)
            table.add(
                "\(line.date)", line.kind == .rounding ? "" : printable(entry.id.text), what, "\(time)",
                explainer.summary(of: line) + reason(of: line, workClass), "\(line.amount)")
        }
        return table.lines(width: width) + [""]
    }

    private func note(of entry: TimeEntry) -> String {
        entry.note.isEmpty ? "" : ": " + shorten(printable(entry.note), width: 48)
    }

    /// Why a line costs what it does, in a few words.
    private func reason(of line: WorkLine, _ workClass: WorkClass) -> String {
        var reason = line.charged > .zero ? " at \(workClass.rate) (\(words.clause(workClass.clause)))" : ""
        if let consent = statement.consent(of: line) { reason += "; \(words.withheld(consent))" }
        return reason
    }

    private var setAside: [String] {
        guard !statement.setAside.isEmpty else { return [] }
        return ["Not counted:"]
            + statement.setAside.sorted { ($0.entry, $0.hours) < ($1.entry, $1.hours) }.flatMap { entry in
                let why =
                    switch entry.reason {
                    case .awaitingApproval: "nobody has approved it yet"
                    case .refusedLate: "it came after the month was closed"
                    }
                return indented("\(printable(entry.entry.text)), \(entry.hours): \(why)")
            } + [""]
    }

    private var adjustments: [String] {
        var lines: [String] = []
        var period: Period?
        for adjustment in statement.adjustments {
            let position = adjustment.position
            if position.period != period {
                period = position.period
                lines.append("Adjustments for \(position.period.written), closed before:")
            }
            lines += amountLine("  \(printable(words.position(position.key)))", position.amount)
            lines += indented(printable(words.causes(adjustment)) + changes(position), by: 4)
        }
        return lines.isEmpty ? [] : lines + [""]
    }

    private func changes(_ position: IssuedPosition) -> String {
        var parts: [String] = []
        func add(_ hours: Hours, _ name: String) {
            if hours != .zero { parts.append("\(hours > .zero ? "+" : "")\(hours) \(name)") }
        }
        add(position.worked, "worked")
        for (grant, hours) in position.draws.sorted(by: { $0.key < $1.key }) { add(hours, words.shortGrant(grant)) }
        add(position.charged, "charged")
        add(position.courtesy, "courtesy")
        add(position.waived, "waived")
        add(position.notCharged, "not charged")
        add(position.withheld, "withheld")
        return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    }

    private var totals: [String] {
        let sum = statement.totals
        var made = "Worked \(sum.worked)"
        if sum.rounding != .zero { made += " + \(sum.rounding) rounding" }
        if sum.weighting != .zero { made += " + \(sum.weighting) weighting" }
        made += " = \(sum.drawn) drawn + \(sum.charged) charged"
        if sum.courtesy != .zero { made += " + \(sum.courtesy) courtesy" }
        if sum.waived != .zero { made += " + \(sum.waived) waived" }
        made += " + \(sum.notCharged) not charged"
        if sum.withheld != .zero { made += " + \(sum.withheld) withheld" }
        var lines = wrap(made, width: width)
        lines += amountLine("\(isOver ? "Total of" : "So far in") \(statement.period.written)", statement.total)
        return lines + [""]
    }

    /// What later statements changed of a closed month.
    private var adjustedSince: [String] {
        guard !statement.adjustedSince.isEmpty else { return [] }
        var lines = ["Adjusted since:"]
        for later in statement.adjustedSince {
            let place = later.isIssued ? "on the statement of" : "will be on the statement of"
            lines += amountLine("  \(printable(words.position(later.position.key)))", later.position.amount)
            lines += indented("\(place) \(later.shownOn.written)\(changes(later.position))", by: 4)
        }
        return lines + [""]
    }

    private func amountLine(_ text: String, _ amount: Money) -> [String] {
        let amount = "\(amount)"
        let room = width - amount.count - 2
        var lines = wrap(text.trimmed, width: room - text.indent).map {
            String(repeating: " ", count: text.indent) + $0
        }
        let last = lines.removeLast()
        return lines + [last + String(repeating: " ", count: max(2, width - last.count - amount.count)) + amount]
    }

    private func indented(_ text: String, by indent: Int = 2) -> [String] {
        wrap(text, width: width - indent).map { String(repeating: " ", count: indent) + $0 }
    }
}

extension String {
    fileprivate var indent: Int { prefix { $0 == " " }.count }
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
