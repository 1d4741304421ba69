import Agreements
import Formats
public import Rating
import Values
public import Wording

/// A statement with the terms that each of its figures is made of, for programs that compute them again (docs/explain.md).
///
/// Lengths are seconds, money is minor units, rates are minor units an hour, instants are seconds since 1970: all whole
/// numbers. The same statement gives the same bytes.
public enum ExplanationJSON {
    /// The version of the form.
    package static let version = 1

    /// One statement.
    public static func document(_ statement: Statement, words: Wording) -> String {
        StatementReasons(statement, words).json.pretty
    }
}

/// One statement on its way to JSON.
private struct StatementReasons {
    private let statement: Statement
    private let words: Wording

    init(_ statement: Statement, _ words: Wording) {
        self.statement = statement
        self.words = words
    }

    private func text(_ value: (some CustomStringConvertible)?) -> JSONText? { value.map { .string("\($0)") } }
    private func seconds(_ hours: Hours) -> JSONText { .number(hours.seconds) }
    private func units(_ money: Money) -> JSONText { .number(money.minorUnits) }
    private func units(_ rate: HourlyRate) -> JSONText { units(rate.perHour) }
    private func at(_ instant: Instant?) -> JSONText? { instant.map { .number($0.seconds) } }

    var json: JSONText {
        let currency = statement.client.currency
        return .fields([
            ("mainstay_explanation", .number(ExplanationJSON.version)), ("client", text(statement.client.id)),
            ("name", text(statement.client.name)), ("zone", text(statement.zone.identifier)),
            ("period", text(statement.period)), ("first_day", text(statement.period.firstDay)),
            ("last_day", text(statement.period.lastDay)), ("start", at(statement.start)), ("end", at(statement.end)),
            ("currency", text(currency.code)), ("minor_digits", .number(currency.minorDigits)),
            ("closed_at", at(statement.closedAt)), ("draw_order", text(statement.drawOrder.rawValue)),
            ("list_increment", statement.listIncrement.map(increment)),
            ("contracts", .list(statement.contracts.map(contract))),
            ("permits", .list(statement.permits.map(permit))),
            ("purchases", .list(statement.purchases.map(purchase))),
            ("grants", .list(statement.grants.indices.map(grant))),
            ("lines", .list(statement.lines.indices.map(line))), ("groups", .list(statement.groups.map(group))),
            ("adjustments", .list(statement.adjustments.map(adjustment))),
            ("set_aside", .list(setAside)), ("totals", totals), ("total", total), ("billed", units(statement.billed)),
            (
                "adjusted_since",
                statement.closedAt == nil
                    ? nil
                    : .list(
                        statement.adjustedSince.map {
                            .fields(
                                [("shown_on", text($0.shownOn)), ("issued", .flag($0.isIssued))]
                                    + position($0.position))
                        })
            ),
        ])
    }

    // MARK: Agreements

    private func contract(_ account: ContractAccount) -> JSONText {
        let lines = statement.lines.filter { statement.account(of: $0)?.contract == account.contract }
        let overage = lines.reduce(Hours.zero) { $0 + $1.charged + $1.withheld + $1.toleranceWaived }
        let waived = lines.reduce(Hours.zero) { $0 + $1.toleranceWaived }
        return .fields([
            ("contract", text(account.contract)), ("service_line", text(account.serviceLine)),
            ("plan", text(account.plan)), ("plan_name", text(account.planName)),
            ("terms", text(account.termsEffective)), ("from", text(account.from)), ("fee", units(account.fee)),
            ("fee_terms", figure(account.feeReason, plan: account.plan)), ("hours", seconds(account.hours)),
            ("hours_terms", figure(account.hoursReason, plan: account.plan)),
            ("increment", account.policies.increment.map(increment)), ("overage", seconds(overage)),
            ("tolerance", account.policies.tolerance.map { tolerance($0, of: account.hours, waived) }),
            ("consent", consent(account.policies.overageConsent)),
        ])
    }

    private func figure(_ reason: FigureReason, plan: PlanID) -> JSONText {
        .fields([
            ("plan", text(reason.upgrades.first?.from ?? plan)), ("set_by", source(reason.source)),
            ("full", .number(reason.full)), ("share", share(reason.share)), ("step", .number(reason.step)),
            ("comes_to", .number(reason.comesTo)),
            (
                "upgrades",
                .list(
                    reason.upgrades.map { step in
                        .fields([
                            ("on", text(step.on)), ("from", text(step.from)), ("before", .number(step.before)),
                            ("to", text(step.to)), ("after", .number(step.after)), ("set_by", source(step.source)),
                            ("share", share(step.share)), ("added", .number(step.added)),
                        ])
                    })
            ),
        ])
    }

    private func source(_ source: FigureReason.Source) -> JSONText {
        switch source {
        case .plan: .string("plan")
        case .negotiated(let from): .string("negotiated from \(from)")
        }
    }

    private func share(_ share: FigureReason.Share) -> JSONText? {
        guard case .days(let days, let count) = share else { return nil }
        return .object([("days", .number(days)), ("of", .number(count))])
    }

    private func increment(_ increment: Increment) -> JSONText {
        .object([
            ("step", seconds(increment.step)), ("minimum", seconds(increment.minimum)),
            ("per", .string(increment.group.rawValue)), ("may_cause_overage", .flag(increment.mayCauseOverage)),
        ])
    }

    private func tolerance(_ tolerance: Tolerance, of allotment: Hours, _ waived: Hours) -> JSONText {
        let margin: [(String, JSONText?)] =
            switch tolerance.margin {
            case .hours(let hours): [("hours", seconds(hours))]
            case .percent(let percent): [("percent", .number(percent)), ("of", seconds(allotment))]
            }
        return .fields(
            margin + [
                ("margin", seconds(tolerance.margin(of: allotment))), ("beyond", .string(tolerance.beyond.rawValue)),
                ("waived", seconds(waived)),
            ])
    }

    private func consent(_ consent: OverageConsent) -> JSONText {
        switch consent {
        case .allow: .object([("clause", .string("allow"))])
        case .allowUpTo(let most): .object([("clause", .string("allow-up-to")), ("agreed", seconds(most))])
        case .ask: .object([("clause", .string("ask"))])
        case .stop: .object([("clause", .string("stop"))])
        }
    }

    private func permit(_ account: PermitAccount) -> JSONText {
        .fields([
            ("request", text(account.permit.request)), ("until", text(account.permit.until)),
            ("agreed", seconds(account.agreed)), ("used_before", seconds(account.usedBefore)),
            ("left", seconds(account.left)),
        ])
    }

    private func purchase(_ purchase: BlockPurchase) -> JSONText {
        .fields([
            ("block", text(purchase.block)), ("hours", seconds(purchase.hours)),
            ("rate", units(purchase.pricePerHour)), ("price", units(purchase.price)),
        ])
    }

    private func grant(_ index: Int) -> JSONText {
        let grant = statement.grants[index]
        func months(_ months: [MonthHours]) -> JSONText {
            .list(months.map { .fields([("period", text($0.period)), ("hours", seconds($0.hours))]) })
        }
        var fields: [(String, JSONText?)] = [
            ("grant", .string(grant.id.fileText)), ("pays_for", .string(words.scope(grant.scope))),
            ("from", text(grant.from)), ("last_day", text(grant.lastDay)), ("opening", seconds(grant.opening)),
        ]
        switch grant.id {
        case .allotment(let contract, _): fields.append(("hours_of", text(contract)))
        case .block:
            fields += [
                ("bought", grant.use.map { seconds($0.bought) }),
                ("drawn_earlier", grant.use.map { months($0.earlier) }),
                ("held_later", grant.use.map { months($0.later) }),
            ]
        }
        return .fields(
            fields + [
                ("drawn", seconds(grant.drawn)), ("lapsed", seconds(grant.lapsed)), ("left", seconds(grant.left)),
            ])
    }

    // MARK: Work

    private func line(_ index: Int) -> JSONText {
        let line = statement.lines[index]
        let workClass = statement.workClass(of: line)
        let isCharged = workClass.verdict != .notCharged
        let coverage: String =
            switch workClass.verdict {
            case .covered: "covered"
            case .chargedAtList: "charged-at-list"
            case .notCharged: "not-charged"
            }
        let multiplier =
            workClass.multiplierPercent == 100
            ? nil
            : JSONText.object([
                ("percent", .number(workClass.multiplierPercent)),
                ("weighs", .string(workClass.multiplierTarget.rawValue)),
            ])
        return .fields(
            [
                ("about", .string(statement.positionKey(of: line).fileText)),
                ("kind", .string(line.kind == .work ? "work" : "rounding")),
                ("group", line.groupPlace.map { .number($0) }), ("date", text(line.date)),
            ] + when(line)
                + [
                    ("service_line", text(workClass.serviceLine)), ("project", text(workClass.project)),
                    ("work_type", text(workClass.workType)), ("coverage", .string(coverage)),
                    ("contract", text(statement.account(of: line)?.contract)),
                    (
                        "checklist",
                        .list(
                            workClass.checklist.map {
                                .object([
                                    ("met", .flag($0.isMet)), ("requirement", .string(words.requirement($0))),
                                ])
                            })
                    ),
                    ("multiplier", multiplier), ("worked", seconds(line.worked)),
                    ("courtesy", seconds(line.courtesy)), ("late_waived", seconds(line.lateWaived)),
                    ("not_charged", seconds(line.notCharged)), ("rounding", seconds(line.rounding)),
                    ("weighting", seconds(line.weighting)),
                    (
                        "may_draw_on",
                        .list(workClass.eligible.map { .string(statement.grants[$0].id.fileText) })
                    ),
                    (
                        "draws",
                        .list(
                            statement.draws(of: line).map {
                                .object([
                                    ("grant", .string(statement.grants[$0.grant].id.fileText)),
                                    ("hours", seconds($0.hours)),
                                ])
                            })
                    ),
                    ("drawn", seconds(line.drawn)), ("within_tolerance", seconds(line.toleranceWaived)),
                    ("rounding_waived", seconds(line.roundingWaived)), ("withheld", seconds(line.withheld)),
                    ("charged", seconds(line.charged)),
                    ("base_rate", isCharged ? units(workClass.baseRate) : nil),
                    ("rate", isCharged ? units(workClass.rate) : nil),
                    ("clause", isCharged ? .string(words.clause(workClass.clause)) : nil),
                    ("amount", units(line.amount)),
                ])
    }

    /// The entry of a piece of work: when, and what was given of it. Rounding has its group instead.
    private func when(_ line: WorkLine) -> [(String, JSONText?)] {
        let entry = statement.entry(of: line)
        guard line.kind == .work else { return [("request", text(entry.request))] }
        var fields: [(String, JSONText?)] = [
            ("entry", text(entry.id)), ("request", text(entry.request)), ("person", text(entry.person)),
        ]
        fields += when(entry)
        if line.start != nil {
            fields += [
                ("part", .number(Int(line.part))), ("parts", .number(Int(line.parts))), ("start", at(line.start)),
                ("end", at(statement.end(of: line))),
            ]
        }
        let gifts = statement.notes(on: entry)?.courtesies ?? []
        if !gifts.isEmpty {
            fields.append(
                ("courtesies", .list(gifts.map { $0.hours.map { seconds($0) } ?? .string("all") })))
        }
        return fields
    }

    private func when(_ entry: TimeEntry) -> [(String, JSONText?)] {
        switch entry.when {
        case .dated(_, let hours): [("entry_hours", seconds(hours))]
        case .clocked(let start, let end): [("entry_start", at(start)), ("entry_end", at(end))]
        }
    }

    private func group(_ group: BilledGroup) -> JSONText {
        let first = group.lines.first.map { statement.lines[$0] }
        return .fields([
            ("about", .string(group.key.fileText)),
            ("contract", text(first.flatMap { statement.account(of: $0)?.contract })),
            ("lines", .list(group.lines.map { .number($0) })), ("asked", seconds(group.asked)),
            ("increment", increment(group.increment)), ("billed", seconds(group.billed)),
            ("added", seconds(group.billed - group.asked)),
            ("prices", .list(statement.prices(of: group).map { whole($0, isWholeGroup: true) })),
        ])
    }

    // MARK: Money

    private func whole(_ whole: PricedWhole, isWholeGroup: Bool) -> JSONText {
        .fields([
            ("lines", isWholeGroup ? .list(whole.lines.map { .number($0) }) : nil),
            ("charged", .list(whole.charged.map { seconds($0) })), ("rate", units(whole.rate)),
            ("amount", units(whole.amount)),
            ("kept", whole.kept.contains { $0 != nil } ? .list(whole.kept.map { $0.map { units($0) } ?? .null }) : nil),
            ("share_of", isWholeGroup ? nil : .number(whole.place)),
        ])
    }

    private func price(_ reason: PriceReason) -> JSONText {
        switch reason {
        case .fee(let fee, let terms, let plan):
            .fields([("fee", units(fee)), ("plan", text(plan)), ("fee_terms", figure(terms, plan: plan))])
        case .block(let bought): purchase(bought)
        case .issued(let amount): .object([("issued", units(amount))])
        case .work(let work):
            .fields([
                ("charged", seconds(work.charged)), ("base_rate", units(work.baseRate)),
                ("percent", work.ratePercent == 100 ? nil : .number(work.ratePercent)), ("rate", units(work.rate)),
                ("clause", .string(words.clause(work.clause))), ("amount", units(work.amount)),
                ("with", work.whole.map { whole($0, isWholeGroup: false) }),
            ])
        }
    }

    private func position(_ position: IssuedPosition, isWhole: Bool = true) -> [(String, JSONText?)] {
        [
            ("period", isWhole ? text(position.period) : nil),
            ("about", isWhole ? .string(position.key.fileText) : nil), ("worked", seconds(position.worked)),
            (
                "draws",
                .list(
                    position.draws.sorted { $0.key < $1.key }.map {
                        .object([("grant", .string($0.key.fileText)), ("hours", seconds($0.value))])
                    })
            ),
            ("charged", seconds(position.charged)), ("courtesy", seconds(position.courtesy)),
            ("waived", seconds(position.waived)), ("not_charged", seconds(position.notCharged)),
            ("withheld", seconds(position.withheld)), ("amount", units(position.amount)),
        ]
    }

    private func adjustment(_ adjustment: Adjustment) -> JSONText {
        let causes = adjustment.causes.map { cause in
            JSONText.fields(
                [("because", .string(words.cause(cause.reason, of: adjustment.position.key)))]
                    + position(cause.difference, isWhole: false)
                    + [
                        ("before", .list(cause.before.map(price))), ("after", .list(cause.after.map(price))),
                    ])
        }
        return .fields(position(adjustment.position) + [("causes", .list(causes))])
    }

    private var setAside: [JSONText] {
        statement.setAside.sorted { ($0.entry, $0.hours) < ($1.entry, $1.hours) }.map { entry in
            .fields(
                [
                    ("entry", text(entry.entry)), ("hours", seconds(entry.hours)),
                    ("reason", .string(entry.reason == .awaitingApproval ? "awaiting-approval" : "refused-late")),
                ] + (statement.entry(entry.entry).map { when($0) } ?? []))
        }
    }

    private var totals: JSONText {
        let totals = statement.totals
        return .object([
            ("worked", seconds(totals.worked)), ("rounding", seconds(totals.rounding)),
            ("weighting", seconds(totals.weighting)), ("drawn", seconds(totals.drawn)),
            ("charged", seconds(totals.charged)), ("courtesy", seconds(totals.courtesy)),
            ("waived", seconds(totals.waived)), ("not_charged", seconds(totals.notCharged)),
            ("withheld", seconds(totals.withheld)),
        ])
    }

    private var total: JSONText {
        let sums = statement.sums
        return .object([
            ("fees", units(sums.fees)), ("blocks", units(sums.blocks)), ("work", units(sums.work)),
            ("adjustments", units(sums.adjustments)), ("amount", units(statement.total)),
        ])
    }
}
