import Agreements

/// An answer to "why", as a tree that a person can follow by hand: each node states one figure or fact, and its children
/// are what it was made from.
public struct Explanation: Hashable, Sendable {
    /// What it states: `3:00 worked on 5 January 2026`.
    public var text: String
    /// What that was made from.
    public var because: [Explanation]

    /// A statement with its reasons.
    public init(_ text: String, because: [Explanation] = []) {
        self.text = text
        self.because = because
    }
}

/// Explains the figures of a statement.
public struct Explainer: Sendable {
    private let statement: Statement
    private let words: Wording

    /// An explainer of one statement, in the words of its terms.
    public init(_ statement: Statement, words: Wording) {
        self.statement = statement
        self.words = words
    }

    /// The whole statement: what it costs, contract by contract, grant by grant, line by line.
    public var total: Explanation {
        Explanation(
            "\(statement.client.name), \(statement.period.written): \(statement.total)",
            because: statement.contracts.map { fee($0) }
                + statement.purchases.map { purchase($0) }
                + statement.grants.indices.map { grant($0) }
                + statement.lines.map { line($0) }
                + statement.adjustments.map { adjustment($0) })
    }

    /// Everything about one position, or nil where the statement has none such.
    public func position(_ key: PositionKey) -> Explanation? {
        var parts: [Explanation] = []
        switch key {
        case .fee(let contract): parts = statement.contracts.filter { $0.contract == contract }.map { fee($0) }
        case .block(let block): parts = statement.purchases.filter { $0.block == block }.map { purchase($0) }
        default: parts = statement.lines.filter { statement.positionKey(of: $0) == key }.map { line($0) }
        }
        parts += statement.adjustments.filter { $0.position.key == key }.map { adjustment($0) }
        guard let first = parts.first else { return nil }
        return parts.count == 1 ? first : Explanation(words.position(key), because: parts)
    }

    /// A contract's fee and hours.
    public func fee(_ account: ContractAccount) -> Explanation {
        Explanation(
            "Contract \(words.contract(account.contract)), \(words.serviceLine(account.serviceLine)): \(account.fee) for "
                + "\(account.hours)",
            because: [
                Explanation("fee \(account.fee): \(words.figure(account.feeReason, plan: account.plan))"),
                Explanation("hours \(account.hours): \(words.figure(account.hoursReason, plan: account.plan))"),
                Explanation("terms of \(account.termsEffective.written)"),
            ])
    }

    /// A block's price.
    public func purchase(_ purchase: BlockPurchase) -> Explanation {
        Explanation(
            "\(words.block(purchase.block).capitalizedFirst), bought: \(purchase.price)",
            because: [Explanation("\(purchase.hours) × \(purchase.pricePerHour) = \(purchase.price)")])
    }

    /// A grant's account: what it had, who drew on it, what lapsed.
    public func grant(_ index: Int) -> Explanation {
        let grant = statement.grants[index]
        var because = [
            Explanation(
                "for \(words.scope(grant.scope)), from \(grant.from.written) \(words.until(grant.lastDay))")
        ]
        for line in statement.lines {
            for draw in statement.draws(of: line) where draw.grant == index {
                because.append(
                    Explanation("\(draw.hours) drawn by \(words.position(statement.positionKey(of: line)))"))
            }
        }
        if grant.lapsed > .zero { because.append(Explanation("\(grant.lapsed) lapsed, unused, at its end")) }
        if grant.left > .zero { because.append(Explanation("\(grant.left) left for later months")) }
        return Explanation(
            "\(words.grant(grant.id)): \(grant.opening) = \(grant.drawn) drawn + \(grant.lapsed) lapsed + "
                + "\(grant.left) left", because: because)
    }

    /// A line of work: what was worked, why it is covered or not, what it drew, what it costs.
    public func line(_ line: WorkLine) -> Explanation {
        let entry = statement.entry(of: line)
        let workClass = statement.workClass(of: line)
        var because: [Explanation] = [asked(line, entry, workClass)]
        because.append(
            Explanation(
                words.verdict(workClass.verdict),
                because: workClass.checklist.map {
                    Explanation("\($0.isMet ? "yes" : "no"): \(words.requirement($0))")
                }))
        let trail = statement.trail(of: line)
        if !trail.isEmpty {
            because.append(
                Explanation(
                    "hours that could pay, in order",
                    because: trail.map {
                        Explanation("\(words.grant(statement.grants[$0.grant].id)): \(words.outcome($0.outcome))")
                    }))
        }
        because += given(line)
        if line.charged > .zero { because.append(charge(line, workClass)) }
        return Explanation(headline(line, entry, workClass), because: because)
    }

    /// `e-2: 3:00 = 1:15 plan acme-web + 1:00 block b-1 + 0:45 overage, $123.75`.
    private func headline(_ line: WorkLine, _ entry: TimeEntry, _ workClass: WorkClass) -> String {
        let name =
            line.kind == .rounding ? words.position(statement.positionKey(of: line)) : words.position(.entry(entry.id))
        let part = line.parts > 1 ? " (part \(line.part) of \(line.parts))" : ""
        let time = line.kind == .rounding ? line.rounding : line.worked
        return "\(name)\(part): \(time + line.weighting) = \(summary(of: line)), \(line.amount)"
    }

    /// What became of a line's time: `1:15 plan acme-web + 0:45 overage`.
    ///
    /// - Parameter name: what a grant is called; by its contract or block where that is nil.
    public func summary(of line: WorkLine, name: ((GrantID) -> String)? = nil) -> String {
        var parts = statement.draws(of: line).map { draw in
            let grant = statement.grants[draw.grant].id
            return "\(draw.hours) \(name?(grant) ?? words.shortGrant(grant))"
        }
        if line.charged > .zero {
            let isCovered = statement.workClass(of: line).verdict != .chargedAtList
            parts.append("\(line.charged) \(isCovered ? "overage" : "not covered")")
        }
        if line.courtesy > .zero { parts.append("\(line.courtesy) courtesy") }
        if line.toleranceWaived > .zero { parts.append("\(line.toleranceWaived) within tolerance") }
        if line.roundingWaived > .zero { parts.append("\(line.roundingWaived) rounding waived") }
        if line.lateWaived > .zero { parts.append("\(line.lateWaived) late, waived") }
        if line.notCharged > .zero { parts.append("\(line.notCharged) not charged") }
        if line.withheld > .zero { parts.append("\(line.withheld) withheld") }
        return parts.isEmpty ? "nothing" : parts.joined(separator: " + ")
    }

    private func asked(_ line: WorkLine, _ entry: TimeEntry, _ workClass: WorkClass) -> Explanation {
        var because: [Explanation] = []
        switch entry.when {
        case .dated(let date, let hours): because.append(Explanation("dated \(date.written), \(hours)"))
        case .clocked(let start, let end):
            let zone = statement.zone
            because.append(
                Explanation(
                    "from \(zone.wallClock(start)) to \(zone.wallClock(end)) in \(zone.identifier): \(end - start)"))
        }
        if let start = line.start, line.parts > 1 {
            because.append(
                Explanation("this part starts \(statement.zone.wallClock(start)) and lasts \(line.worked)"))
        }
        let notes = statement.notes(on: entry)
        because.append(Explanation("logged \(statement.zone.wallClock((notes?.logged ?? entry).recordedAt))"))
        var before = notes?.logged
        for correction in notes?.corrections ?? [] {
            let was = before.map { $0.worked == correction.entry.worked ? "" : ", it was \($0.worked)" } ?? ""
            because.append(
                Explanation(
                    "corrected \(statement.zone.wallClock(correction.entry.recordedAt)): \(correction.reason)\(was)"))
            before = correction.entry
        }
        for approval in notes?.approvals ?? [] {
            because.append(
                Explanation("approved by \(words.person(approval.by)) \(statement.zone.wallClock(approval.recordedAt))")
            )
        }
        if workClass.multiplierPercent != 100 {
            let why = workClass.isOutsideHours ? "outside business hours" : words.workType(workClass.workType)
            let what = workClass.multiplierTarget == .hours ? "hours" : "the rate"
            because.append(
                Explanation("\(what) × \(percent(workClass.multiplierPercent)): \(why)"))
        }
        if line.weighting != .zero { because.append(Explanation("\(line.weighting) added by that")) }
        guard line.kind == .work else {
            let steps = statement.increment(of: line).map { words.increment($0) } ?? ""
            return Explanation("\(line.rounding) added by rounding: \(steps)", because: because)
        }
        return Explanation(
            "\(line.worked) of \(words.workType(workClass.workType)) by \(words.person(entry.person)) on \(line.date.written), "
                + words.request(entry.request), because: because)
    }

    private func given(_ line: WorkLine) -> [Explanation] {
        var given: [Explanation] = []
        if line.courtesy > .zero {
            let gifts = statement.notes(on: statement.entry(of: line))?.courtesies ?? []
            given.append(
                Explanation(
                    "\(line.courtesy) given as courtesy",
                    because: gifts.map { Explanation("by \(words.person($0.by)): \($0.reason)") }))
        }
        if line.toleranceWaived > .zero {
            given.append(Explanation("\(line.toleranceWaived) waived: within the contract's tolerance"))
        }
        if line.roundingWaived > .zero {
            given.append(Explanation("\(line.roundingWaived) waived: rounding alone is never charged"))
        }
        if line.lateWaived > .zero {
            given.append(Explanation("\(line.lateWaived) waived: it came after the month was closed"))
        }
        if let consent = statement.consent(of: line) {
            given.append(Explanation("\(line.withheld) withheld, \(words.withheld(consent))"))
        }
        return given
    }

    private func charge(_ line: WorkLine, _ workClass: WorkClass) -> Explanation {
        let rounded = line.charged.seconds * workClass.rate.perHour.minorUnits % 3600 == 0
        return Explanation(
            "\(line.charged) × \(workClass.rate) = \(line.amount)" + (rounded ? "" : ", rounded half up"),
            because: [Explanation(words.clause(workClass.clause))])
    }

    /// An adjustment of an earlier period.
    public func adjustment(_ adjustment: Adjustment) -> Explanation {
        let position = adjustment.position
        return Explanation(
            "adjustment of \(position.period.written), \(words.position(position.key)): \(position.amount)",
            because: adjustment.causes.map { cause in
                let differences = differences(cause.difference)
                let amount = cause.difference.amount
                return Explanation(
                    words.cause(cause.reason, of: position.key) + (amount.minorUnits == 0 ? "" : ": \(amount)"),
                    because: differences)
            })
    }

    /// A difference, figure by figure.
    private func differences(_ position: IssuedPosition) -> [Explanation] {
        var because: [Explanation] = []
        func difference(_ hours: Hours, _ name: String) {
            guard hours != .zero else { return }
            because.append(Explanation("\(hours > .zero ? "+" : "")\(hours) \(name)"))
        }
        difference(position.worked, "worked")
        for (grant, hours) in position.draws.sorted(by: { $0.key < $1.key }) {
            difference(hours, "from \(words.grant(grant))")
        }
        difference(position.charged, "charged")
        difference(position.courtesy, "courtesy")
        difference(position.waived, "waived")
        difference(position.notCharged, "not charged")
        difference(position.withheld, "withheld")
        return because
    }

    private func percent(_ percent: Int) -> String {
        let fraction = percent % 100
        return "\(percent / 100)" + (fraction == 0 ? "" : ".\(twoDigits(fraction))")
    }
}

extension String {
    /// With its first letter large.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
