package import Agreements
package import Rating
package import Values
import Wording

/// What one more entry would cost, before it is logged: every month that it changes, with it and without it. Nothing is
/// recorded.
package struct EntryPreview: Sendable {
    /// What a month is billed, without the entry and with it.
    package struct Bill: Hashable, Sendable {
        /// The month.
        package var period: Period
        /// What it is billed without the entry.
        package var before: Money
        /// What it would be billed.
        package var after: Money
    }

    /// How the entry itself would be paid, in hours.
    package struct Payment: Hashable, Sendable {
        /// From plan hours, and from blocks.
        package var plan = Hours.zero
        package var blocks = Hours.zero
        /// Covered work beyond the hours there are.
        package var overage = Hours.zero
        /// Work that no contract covers.
        package var notCovered = Hours.zero
        /// Never charged, given or waived.
        package var free = Hours.zero
        /// Not billed, for the client has not agreed to it.
        package var withheld = Hours.zero
        /// What an hour costs that is charged.
        package var rate: HourlyRate?
    }

    /// How the entry itself would be paid, in hours.
    package let payment: Payment
    /// How the entry itself would be paid, a part for each grant and rate.
    package let parts: [String]
    /// All of it in a sentence: `This 1:00 would be 0:15 plan acme-web + 0:45 overage at $165.00/h: $123.75.`
    package let sentence: String
    /// Other entries that would be paid otherwise.
    package let others: [String]
    /// What else somebody should know.
    package let remarks: [String]
    /// The bills that it changes; where it changes none, that of the month it would be on.
    package let bills: [Bill]

    /// What all bills together would be more, in minor units.
    var difference: Int { bills.reduce(0) { $0 + $1.after.minorUnits - $1.before.minorUnits } }

    private static let shown = 5

    /// - Throws: `Problems` with what is wrong with the entry, as logging it would.
    package init(
        _ desk: DeskTransaction, request id: RequestID, workType: WorkTypeID, when: TimeEntry.When
    ) throws {
        try self.init(desk, request: id, workType: workType, given: GivenTime(when))
    }

    /// - Throws: `Problems` with what is wrong with the entry, as logging it would.
    package init(_ desk: DeskTransaction, request id: RequestID, workType: WorkTypeID, given: GivenTime) throws {
        let (request, known) = try desk.work(on: id)
        let when = try given.time(desk.zones(of: request.client, known), now: desk.now)
        try self.init(desk, request, known, workType: workType, when: when)
    }

    /// - Parameters:
    ///   - request: the request as it would be.
    ///   - known: what stands for its client, and what was said about it.
    init(
        _ desk: DeskTransaction, _ request: Request, _ known: Facts, workType: WorkTypeID, when: TimeEntry.When
    ) throws {
        // The id that it would get: of two entries of one day the one with the smaller id draws first (design T4).
        let id = EntryID(try desk.name(nil, "time", letter: "e"))
        let entry = TimeEntry(
            id: id, request: request.id, person: desk.actor.id, workType: workType, when: when, note: "",
            recordedAt: desk.now)
        var facts = Facts()
        facts.timeEntries = [entry]
        let problems = FactsCheck(terms: try desk.terms(), now: desk.now).problems(in: known.adding(facts))
        let mine = problems.filter { $0.subject.contains(id.text) }
        guard mine.isEmpty else {
            throw Problems(mine.map { Problem("time", $0.message, fix: $0.fix) })
        }
        var extra = known.aboutRequests
        extra.timeEntries = [entry]
        let zones = desk.zones(of: request.client, known)
        let worked = EntryPreview.months(of: when, zones)
        // Work in a closed month changes the next open one, and blocks that it draws on are less for all months since.
        let closed = try Closings(desk.connection).last(of: request.client)?.next ?? worked.upperBound
        let last = max(worked.upperBound, closed, zones.period(containing: desk.now))
        let months = worked.lowerBound...last
        func statements(_ extra: Facts) throws -> [Statement] {
            let account = try desk.account(of: request.client, through: last, wanting: months, adding: extra)
            return account?.statements.filter { months.contains($0.period) } ?? []
        }
        let (before, after) = try (statements(Facts()), statements(extra))
        bills = EntryPreview.bills(before, after, worked, try desk.terms().currency)
        let words = Wording(try desk.terms())
        let (parts, amount) = EntryPreview.parts(of: id, after, words)
        self.parts = parts
        payment = EntryPreview.payment(of: id, after)
        let what = parts.isEmpty ? "on no statement" : parts.joined(separator: " + ")
        sentence = "This \(entry.worked) would be \(what)" + (amount.map { ": \($0)." } ?? ".")
        others = EntryPreview.others(than: id, before, after)
        remarks = try desk.remarks(on: when, of: request.client, known) + EntryPreview.remarks(on: id, after, words)
    }

    /// The months in which work is.
    private static func months(of when: TimeEntry.When, _ zones: ZoneTimeline) -> ClosedRange<Period> {
        switch when {
        case .dated(let date, _):
            return Period(containing: date)...Period(containing: date)
        case .clocked(let start, let end):
            let first = zones.period(containing: start)
            return first...max(first, zones.period(containing: end + Hours(seconds: -1)))
        }
    }

    private static func bills(
        _ before: [Statement], _ after: [Statement], _ worked: ClosedRange<Period>, _ currency: Currency
    ) -> [Bill] {
        let old = Dictionary(before.map { ($0.period, $0.billed) }, uniquingKeysWith: { $1 })
        let bills = after.map { Bill(period: $0.period, before: old[$0.period] ?? .zero(currency), after: $0.billed) }
        let changed = bills.filter { $0.before != $0.after }
        return changed.isEmpty ? bills.filter { $0.period == worked.upperBound } : changed
    }

    private static func parts(of id: EntryID, _ statements: [Statement], _ words: Wording) -> ([String], Money?) {
        var all: [String] = []
        var amount: Money?
        let months = statements.filter { statement in statement.lines.contains { statement.entry(of: $0).id == id } }
        for statement in statements {
            var (parts, cost) = parts(of: id, on: statement, words)
            if months.count > 1 { parts = parts.map { "\($0) in \(statement.period.written)" } }
            all += parts
            guard let cost else { continue }
            amount = Money(minorUnits: (amount?.minorUnits ?? 0) + cost.minorUnits, cost.currency)
        }
        return (all, amount)
    }

    private static func parts(of id: EntryID, on statement: Statement, _ words: Wording) -> ([String], Money?) {
        var parts: [String] = []
        var amount = Money.zero(statement.client.currency)
        var rounding = Hours.zero
        for line in statement.lines where statement.entry(of: line).id == id {
            if line.kind == .rounding { rounding += line.rounding }
            for draw in statement.draws(of: line) {
                parts.append("\(draw.hours) \(words.shortGrant(statement.grants[draw.grant].id))")
            }
            let workClass = statement.workClass(of: line)
            if line.charged > .zero {
                let kind = workClass.verdict == .chargedAtList ? "not covered" : "overage"
                parts.append("\(line.charged) \(kind) at \(workClass.rate) (\(words.clause(workClass.clause)))")
            }
            if line.waived > .zero { parts.append("\(line.waived) waived") }
            if line.notCharged > .zero { parts.append("\(line.notCharged) never charged") }
            if line.withheld > .zero {
                parts.append("\(line.withheld) " + words.withheld(statement.consent(of: line) ?? .ask))
            }
            amount.minorUnits += line.amount.minorUnits
        }
        for aside in statement.setAside where aside.entry == id {
            parts.append("\(aside.hours) that wait for approval")
        }
        if rounding > .zero { parts.append("with \(rounding) of rounding in it") }
        return (parts, parts.isEmpty ? nil : amount)
    }

    private static func payment(of id: EntryID, _ statements: [Statement]) -> Payment {
        var payment = Payment()
        for statement in statements {
            for line in statement.lines where statement.entry(of: line).id == id {
                for draw in statement.draws(of: line) {
                    if case .allotment = statement.grants[draw.grant].id {
                        payment.plan += draw.hours
                    } else {
                        payment.blocks += draw.hours
                    }
                }
                let workClass = statement.workClass(of: line)
                if line.charged > .zero { payment.rate = workClass.rate }
                if workClass.verdict == .chargedAtList {
                    payment.notCovered += line.charged
                } else {
                    payment.overage += line.charged
                }
                payment.free += line.notCharged + line.waived + line.courtesy
                payment.withheld += line.withheld
            }
        }
        return payment
    }

    /// The entries that would be paid otherwise because of it.
    private static func others(than id: EntryID, _ before: [Statement], _ after: [Statement]) -> [String] {
        func amounts(_ statements: [Statement]) -> [EntryID: Int] {
            var amounts: [EntryID: Int] = [:]
            for statement in statements {
                for line in statement.lines {
                    amounts[statement.entry(of: line).id, default: 0] += line.amount.minorUnits
                }
            }
            return amounts
        }
        guard let currency = after.first?.client.currency else { return [] }
        let (old, new) = (amounts(before), amounts(after))
        let changed = new.keys.filter { $0 != id && old[$0] != nil && old[$0] != new[$0] }.sorted()
        let lines = changed.prefix(shown).map { entry in
            "\(entry) goes from \(Money(minorUnits: old[entry] ?? 0, currency)) to \(Money(minorUnits: new[entry] ?? 0, currency))"
        }
        return lines + (changed.count > shown ? ["and \(changed.count - shown) more"] : [])
    }

    private static func remarks(on id: EntryID, _ after: [Statement], _ words: Wording) -> [String] {
        // A block that pays in several months is what it is after the last.
        var left: [GrantID: Hours] = [:]
        var drawn: [GrantID] = []
        for statement in after {
            for line in statement.lines where statement.entry(of: line).id == id {
                for draw in statement.draws(of: line) { drawn.append(statement.grants[draw.grant].id) }
            }
            for grant in statement.grants { left[grant.id] = grant.opening - grant.drawn }
        }
        return Set(drawn).sorted().compactMap { grant in
            left[grant].map { "\($0) would be left of \(words.shortGrant(grant))" }
        }
    }
}

extension Facts {
    /// These and others.
    func adding(_ other: Facts) -> Facts {
        var all = self
        all.append(other)
        return all
    }

    /// What is said about requests alone.
    fileprivate var aboutRequests: Facts {
        var facts = Facts()
        facts.requests = requests
        facts.requestMoves = requestMoves
        facts.requestApprovals = requestApprovals
        facts.permits = permits
        return facts
    }
}
