import Agreements
public import Rating
public import Values

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
    private let now: Instant?

    /// An explainer of one statement, in the words of its terms.
    ///
    /// - Parameter now: the time of asking: hours of a month that is not over are left, and have not lapsed; nil for the month
    ///   as it ends.
    public init(_ statement: Statement, words: Wording, now: Instant? = nil) {
        self.statement = statement
        self.words = words
        self.now = now
    }

    /// The whole statement: what it costs, contract by contract, grant by grant, line by line.
    public var total: Explanation {
        Explanation(
            "\(statement.client.name), \(statement.period.written): \(statement.total)" + sum,
            because: statement.contracts.map { fee($0) }
                + statement.purchases.map { purchase($0) }
                + statement.grants.indices.map { grant($0) }
                + statement.lines.map { line($0) }
                + statement.adjustments.map { adjustment($0) })
    }

    /// ` = $200.00 fees + $991.67 work`.
    private var sum: String {
        let sums = statement.sums
        let terms = [
            (statement.contracts.isEmpty, sums.fees, "fees"), (statement.purchases.isEmpty, sums.blocks, "blocks"),
            (statement.lines.isEmpty, sums.work, "work"),
            (statement.adjustments.isEmpty, sums.adjustments, "adjustments"),
        ].filter { !$0.0 }
        return terms.enumerated().map { place, term in
            let isCredit = place > 0 && term.1.minorUnits < 0
            let amount = isCredit ? Money(minorUnits: -term.1.minorUnits, term.1.currency) : term.1
            return (place == 0 ? " = " : isCredit ? " − " : " + ") + "\(amount) \(term.2)"
        }.joined()
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
                figure("fee", account.fee, account.feeReason, plan: account.plan),
                figure("hours", account.hours, account.hoursReason, plan: account.plan) { Hours(seconds: $0) },
                Explanation("terms of \(account.termsEffective.written)"),
            ])
    }

    private func figure(_ name: String, _ fee: Money, _ reason: FigureReason, plan id: PlanID) -> Explanation {
        figure(name, fee, reason, plan: id) { Money(minorUnits: $0, fee.currency) }
    }

    /// `fee $350.00 = $200.00 plan Care 2 + ($500.00 plan Care 5 − $200.00 plan Care 2) × 15/30 days`.
    private func figure<Figure>(
        _ name: String, _ total: Figure, _ reason: FigureReason, plan id: PlanID, _ unit: (Int) -> Figure
    ) -> Explanation {
        let first = words.source(reason.source, reason.upgrades.first?.from ?? id)
        if reason.share == .full, reason.upgrades.isEmpty { return Explanation("\(name) \(total): \(first)") }
        var sum = "\(unit(reason.full)) \(first)\(words.share(reason.share))"
        var because: [Explanation] = []
        if reason.share != .full {
            because.append(
                Explanation("first month, in part: \(unit(reason.comesTo)) of \(unit(reason.full))"))
        }
        for step in reason.upgrades {
            sum +=
                " + (\(unit(step.after)) \(words.source(step.source, step.to)) − \(unit(step.before)) plan "
                + "\(words.plan(step.from)))\(words.share(step.share))"
            because.append(
                Explanation(
                    "upgraded from \(words.plan(step.from)) to \(words.plan(step.to)) on \(step.on.written): "
                        + "\(unit(step.added)) added"))
        }
        let isShared = reason.share != .full || reason.upgrades.contains { $0.share != .full }
        if isShared, reason.step > 1 {
            because.append(Explanation("shares are rounded half up, in steps of \(unit(reason.step))"))
        }
        return Explanation("\(name) \(total) = \(sum)", because: because)
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
        if let use = grant.use { because.append(opening(grant.opening, use)) }
        for line in statement.lines {
            for draw in statement.draws(of: line) where draw.grant == index {
                because.append(
                    Explanation("\(draw.hours) drawn by \(words.position(statement.positionKey(of: line)))"))
            }
        }
        let (lapsed, left) = now.map { statement.standing(of: grant, at: $0) } ?? (grant.lapsed, grant.left)
        if lapsed > .zero { because.append(Explanation("\(lapsed) lapsed, unused, at its end")) }
        if left > .zero {
            let until = grant.left == .zero ? "left until the month's end" : "left for later months"
            because.append(Explanation("\(left) \(until)"))
        }
        return Explanation(
            "\(words.grant(grant.id)): \(grant.opening) = \(grant.drawn) drawn + \(lapsed) lapsed + \(left) left",
            because: because)
    }

    /// `3:00 = 5:00 bought − 2:00 drawn in August 2026`.
    private func opening(_ hours: Hours, _ use: BlockUse) -> Explanation {
        var terms = ["\(use.bought) bought"]
        terms += use.earlier.map { "\($0.hours) drawn in \($0.period.written)" }
        terms += use.later.map { "\($0.hours) held by \($0.period.written), which is closed" }
        return Explanation(
            terms.count == 1 ? terms[0] : "\(hours) at the start = " + terms.joined(separator: " − "))
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
                Explanation(
                    "this part from \(statement.zone.wallClock(start)) to "
                        + "\(statement.zone.wallClock(start + line.worked)): \(line.worked)"))
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
            let what = workClass.multiplierTarget == .hours ? "hours" : "the rate"
            because.append(
                Explanation("\(what) × \(percent(workClass.multiplierPercent)): \(multiplied(workClass))"))
        }
        if line.weighting != .zero {
            because.append(
                Explanation(
                    "\(line.asked) = \(line.askedBeforeWeighting) × \(percent(workClass.multiplierPercent)): "
                        + "\(line.weighting) added by that"))
        }
        guard line.kind == .work else {
            let steps = statement.increment(of: line).map { words.increment($0) } ?? ""
            if let group = statement.group(of: line) { because.append(rounded(group)) }
            return Explanation("\(line.rounding) added by rounding: \(steps)", because: because)
        }
        return Explanation(
            "\(line.worked) of \(words.workType(workClass.workType)) by \(words.person(entry.person)) on \(line.date.written), "
                + words.request(entry.request), because: because)
    }

    private func multiplied(_ workClass: WorkClass) -> String {
        workClass.isOutsideHours ? "outside business hours" : words.workType(workClass.workType)
    }

    /// `0:30 billed = 0:07 + 0:07 + 0:07 + 0:09 added, in steps of 0:30`, with the work below.
    private func rounded(_ group: BilledGroup) -> Explanation {
        let members = group.lines.map { statement.lines[$0] }.filter { $0.kind == .work }
        let increment = group.increment
        let isMinimum = group.billed == increment.minimum && increment.minimum > group.asked
        return Explanation(
            "\(group.billed) billed = " + members.map { "\($0.askedBeforeWeighting)" }.joined(separator: " + ")
                + " + \(group.billed - group.asked) added, in steps of \(increment.step)"
                + (isMinimum ? ", at least \(increment.minimum)" : ""),
            because: members.map { member in
                let asked = member.askedBeforeWeighting
                var text = "\(asked): \(words.position(statement.positionKey(of: member)))"
                if member.parts > 1 { text += ", part \(member.part)" }
                text += " on \(member.date.written)"
                if member.courtesy > .zero || member.lateWaived > .zero {
                    text += ", \(member.worked) worked"
                    if member.courtesy > .zero { text += " − \(member.courtesy) courtesy" }
                    if member.lateWaived > .zero { text += " − \(member.lateWaived) late" }
                }
                return Explanation(text)
            })
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
            given.append(
                Explanation(
                    "\(line.toleranceWaived) waived: within the contract's tolerance", because: tolerated(line)))
        }
        if line.roundingWaived > .zero {
            given.append(Explanation("\(line.roundingWaived) waived: rounding alone is never charged"))
        }
        if line.lateWaived > .zero {
            given.append(Explanation("\(line.lateWaived) waived: it came after the month was closed"))
        }
        if let consent = statement.consent(of: line) {
            given.append(
                Explanation(
                    "\(line.withheld) withheld, \(words.withheld(consent))", because: agreed(line, consent)))
        }
        return given
    }

    /// The margin, where it comes from, the overage found, and what of it is waived.
    private func tolerated(_ line: WorkLine) -> [Explanation] {
        guard let account = statement.account(of: line), let tolerance = account.policies.tolerance else { return [] }
        let margin = tolerance.margin(of: account.hours)
        let overage = statement.overage(of: account.contract)
        let beyond = tolerance.beyond == .all ? ", and nothing where there is more" : ""
        let source: String =
            switch tolerance.margin {
            case .hours: "margin \(margin) a month\(beyond)"
            case .percent(let percent): "margin \(margin) = \(percent)% of \(account.hours)\(beyond)"
            }
        return [
            Explanation(source),
            Explanation(
                "overage in the month: \(overage.found) = \(overage.waived) waived, the dearest work first + "
                    + "\(overage.found - overage.waived) more"),
        ]
    }

    /// What the client had agreed to, and what of it was used.
    private func agreed(_ line: WorkLine, _ consent: OverageConsent) -> [Explanation] {
        switch consent {
        case .allow, .stop: return []
        case .allowUpTo(let most):
            return [
                Explanation(
                    "\(most) agreed to = \(most - line.charged) used by earlier work + \(line.charged) charged here")
            ]
        case .ask:
            let request = statement.entry(of: line).request
            return statement.permits.filter { $0.permit.request == request }.map { permit in
                Explanation(
                    "\(permit.agreed) approved for work until \(permit.permit.until.written) = "
                        + "\(permit.usedBefore) used in earlier months + \(permit.left) for this one, earliest work first"
                )
            }
        }
    }

    private func charge(_ line: WorkLine, _ workClass: WorkClass) -> Explanation {
        guard let price = statement.price(of: line) else { return Explanation("\(line.amount)") }
        return self.price(price)
    }

    /// `0:20 × $148.50/h = $49.50`, with what set the rate; of what is billed as one, all of it and the share.
    private func price(_ work: PricedWork) -> Explanation {
        var because: [Explanation] = []
        if work.ratePercent != 100 {
            because.append(
                Explanation("\(work.rate) = \(work.baseRate) × \(percent(work.ratePercent)), rounded half up"))
        }
        because.append(Explanation(words.clause(work.clause)))
        func isWhole(_ hours: Hours) -> Bool { work.rate.amount(for: hours).isExact(work.rate, hours) }
        guard let whole = work.whole, whole.lines.count > 1 else {
            return Explanation(
                "\(work.charged) × \(work.rate) = \(work.amount)" + (isWhole(work.charged) ? "" : ", rounded half up"),
                because: because)
        }
        let all = whole.charged.reduce(.zero, +)
        because.insert(
            Explanation(
                "\(all) × \(work.rate) = \(whole.amount)" + (isWhole(all) ? "" : ", rounded half up")
                    + ": billed as one, for " + whole.charged.map { "\($0)" }.joined(separator: " + ")), at: 0)
        because.append(Explanation("the shares are whole, and sum to it: the largest remainders have one more"))
        return Explanation(
            "\(work.amount) for \(work.charged) of \(all) × \(work.rate) = \(whole.amount)", because: because)
    }

    private func price(_ reason: PriceReason) -> Explanation {
        switch reason {
        case .fee(let fee, let terms, let plan): figure("fee", fee, terms, plan: plan)
        case .block(let bought): Explanation("\(bought.hours) × \(bought.pricePerHour) = \(bought.price)")
        case .work(let work): price(work)
        case .issued(let amount): Explanation("\(amount) was issued")
        }
    }

    /// An adjustment of an earlier period.
    public func adjustment(_ adjustment: Adjustment) -> Explanation {
        let position = adjustment.position
        return Explanation(
            "adjustment of \(position.period.written), \(words.position(position.key)): \(position.amount)",
            because: adjustment.causes.map { cause in
                var differences = differences(cause.difference)
                let amount = cause.difference.amount
                if amount.minorUnits != 0 { differences += prices(cause) }
                return Explanation(
                    words.cause(cause.reason, of: position.key) + (amount.minorUnits == 0 ? "" : ": \(amount)"),
                    because: differences)
            })
    }

    /// What an amount was before a fact and is since, each with its hours and rate.
    private func prices(_ cause: AdjustmentCause) -> [Explanation] {
        func all(_ prices: [PriceReason], _ name: String) -> Explanation {
            let sum = prices.reduce(0) { $0 + $1.amount.minorUnits }
            let amount = Money(minorUnits: sum, statement.client.currency)
            return Explanation("\(name) \(amount)", because: prices.map { price($0) })
        }
        return [all(cause.after, "now"), all(cause.before, "less, before")]
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

extension Money {
    /// Whether it is what so many hours cost without rounding.
    fileprivate func isExact(_ rate: HourlyRate, _ hours: Hours) -> Bool {
        Int128(hours.seconds) * Int128(rate.perHour.minorUnits) == Int128(minorUnits) * 3600
    }
}

extension String {
    /// With its first letter large.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
