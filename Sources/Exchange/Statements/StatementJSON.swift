import Agreements
package import Formats
public import Rating
public import Values
public import Wording

/// Statements as JSON, with everything they say and why. The same statements give the same bytes.
public enum StatementJSON {
    /// The version of the form.
    package static let version = 1

    /// One statement, as a part of something else.
    ///
    /// - Parameter now: the time of asking, which tells whether hours have lapsed or are still left; nil for when all is over.
    package static func value(_ statement: Statement, words: Wording, now: Instant? = nil) -> JSONText {
        StatementRecord(statement, words, now).json
    }

    /// Statements in one document.
    ///
    /// - Parameter now: the time of asking, which tells whether hours have lapsed or are still left; nil for when all is over.
    public static func document(_ statements: [Statement], words: Wording, now: Instant? = nil) -> String {
        JSONText.object([
            ("mainstay_statements", .number(version)),
            ("statements", .list(statements.map { StatementRecord($0, words, now).json })),
        ]).pretty
    }
}

/// One statement on its way to JSON.
private struct StatementRecord {
    private let statement: Statement
    private let words: Wording
    private let now: Instant?

    init(_ statement: Statement, _ words: Wording, _ now: Instant?) {
        self.statement = statement
        self.words = words
        self.now = now
    }

    private func text(_ value: (some CustomStringConvertible)?) -> JSONText? { value.map { .string("\($0)") } }
    private func amount(_ money: Money) -> JSONText { .string(money.decimalText) }
    private func unlessZero(_ hours: Hours) -> JSONText? { hours == .zero ? nil : text(hours) }

    var json: JSONText {
        .fields([
            ("client", text(statement.client.id)), ("name", text(statement.client.name)),
            ("zone", text(statement.zone.identifier)), ("period", text(statement.period)),
            ("currency", text(statement.client.currency.code)), ("closed_at", text(statement.closedAt)),
            ("contracts", .list(statement.contracts.map(contract))),
            ("purchases", .list(statement.purchases.map(purchase))),
            ("grants", .list(statement.grants.map(grant))), ("lines", .list(statement.lines.map(line))),
            ("adjustments", .list(statement.adjustments.map(adjustment))),
            (
                "set_aside",
                .list(
                    statement.setAside.sorted { ($0.entry, $0.hours) < ($1.entry, $1.hours) }.map { entry in
                        .fields([
                            ("entry", text(entry.entry)), ("hours", text(entry.hours)),
                            (
                                "reason",
                                .string(entry.reason == .awaitingApproval ? "awaiting-approval" : "refused-late")
                            ),
                        ])
                    })
            ),
            ("totals", totals), ("total", amount(statement.total)),
            ("billed", amount(statement.billed)),
            (
                "adjusted_since",
                statement.closedAt == nil ? nil : .list(statement.adjustedSince.map(later))
            ),
        ])
    }

    private func contract(_ account: ContractAccount) -> JSONText {
        .fields([
            ("contract", text(account.contract)), ("service_line", text(account.serviceLine)),
            ("plan", text(account.plan)), ("plan_name", text(account.planName)),
            ("terms_effective", text(account.termsEffective)), ("from", text(account.from)),
            ("hours", text(account.hours)),
            ("hours_because", text(words.figure(account.hoursReason, plan: account.plan))),
            ("fee", amount(account.fee)), ("fee_because", text(words.figure(account.feeReason, plan: account.plan))),
        ])
    }

    private func purchase(_ purchase: BlockPurchase) -> JSONText {
        .fields([
            ("block", text(purchase.block)), ("hours", text(purchase.hours)),
            ("price_per_hour", amount(purchase.pricePerHour.perHour)), ("price", amount(purchase.price)),
        ])
    }

    private func grant(_ grant: GrantAccount) -> JSONText {
        let (lapsed, left) = now.map { statement.standing(of: grant, at: $0) } ?? (grant.lapsed, grant.left)
        return .fields([
            ("grant", .string(grant.id.fileText)), ("pays_for", .string(words.scope(grant.scope))),
            ("from", text(grant.from)), ("last_day", text(grant.lastDay)), ("opening", text(grant.opening)),
            ("drawn", text(grant.drawn)), ("lapsed", text(lapsed)), ("left", text(left)),
        ])
    }

    private func line(_ line: WorkLine) -> JSONText {
        let entry = statement.entry(of: line)
        let workClass = statement.workClass(of: line)
        let isCharged = workClass.verdict != .notCharged
        return .fields([
            ("about", .string(statement.positionKey(of: line).fileText)), ("entry", text(entry.id)),
            ("part", line.parts > 1 ? .string("\(line.part) of \(line.parts)") : nil), ("date", text(line.date)),
            ("start", text(line.start)), ("request", text(entry.request)), ("person", text(entry.person)),
            ("logged_at", text((statement.notes(on: entry)?.logged ?? entry).recordedAt)),
            ("service_line", text(workClass.serviceLine)),
            ("project", text(workClass.project)), ("work_type", text(workClass.workType)),
            ("note", line.kind == .rounding || entry.note.isEmpty ? nil : text(entry.note)),
            ("worked", text(line.worked)), ("rounding", unlessZero(line.rounding)),
            ("weighting", unlessZero(line.weighting)), ("drawn", unlessZero(line.drawn)),
            ("charged", unlessZero(line.charged)), ("courtesy", unlessZero(line.courtesy)),
            ("within_tolerance", unlessZero(line.toleranceWaived)),
            ("rounding_waived", unlessZero(line.roundingWaived)),
            ("late_waived", unlessZero(line.lateWaived)), ("not_charged", unlessZero(line.notCharged)),
            ("withheld", unlessZero(line.withheld)),
            ("withheld_because", statement.consent(of: line).map { .string(words.withheld($0)) }),
            ("multiplier_percent", workClass.multiplierPercent == 100 ? nil : .number(workClass.multiplierPercent)),
            ("amount", amount(line.amount)), ("coverage", .string(coverage(workClass.verdict).code)),
            ("contract", text(coverage(workClass.verdict).contract)),
            ("verdict", .string(words.verdict(workClass.verdict))),
            (
                "checklist",
                .list(
                    workClass.checklist.map {
                        .object([("met", .flag($0.isMet)), ("requirement", .string(words.requirement($0)))])
                    })
            ),
            (
                "grants",
                isCharged
                    ? .list(
                        statement.trail(of: line).map { trial in
                            var fields: [(String, JSONText?)] = [
                                ("grant", .string(statement.grants[trial.grant].id.fileText))
                            ]
                            if case .taken(let hours) = trial.outcome { fields.append(("taken", text(hours))) }
                            fields.append(("because", .string(words.outcome(trial.outcome))))
                            return .fields(fields)
                        }) : nil
            ),
            ("rate", isCharged ? amount(workClass.rate.perHour) : nil),
            ("rate_because", isCharged ? .string(words.clause(workClass.clause)) : nil),
        ])
    }

    private func coverage(_ verdict: Verdict) -> (code: String, contract: ContractID?) {
        switch verdict {
        case .covered(let contract): ("covered", contract)
        case .chargedAtList: ("charged-at-list", nil)
        case .notCharged: ("not-charged", nil)
        }
    }

    private func adjustment(_ adjustment: Adjustment) -> JSONText {
        guard case .object(let fields) = FactWriter.position(adjustment.position) else { return .null }
        let causes = adjustment.causes.map { cause -> JSONText in
            guard case .object(let difference) = FactWriter.position(cause.difference) else { return .null }
            return .object(
                [
                    ("cause", .string(code(cause.reason))),
                    ("because", .string(words.cause(cause.reason, of: adjustment.position.key))),
                ] + difference.filter { $0.0 != "period" && $0.0 != "about" })
        }
        return .object(fields + [("because", .string(words.causes(adjustment))), ("causes", .list(causes))])
    }

    private func code(_ reason: AdjustmentCause.Reason) -> String {
        switch reason {
        case .lateTime: "late-time"
        case .correction: "correction"
        case .void: "void"
        case .courtesy: "courtesy"
        case .approved: "approval"
        case .moved: "moved"
        case .requested: "request-approval"
        case .permitted: "permit"
        case .agreed: "agreement"
        case .blockBought: "block"
        case .blockChanged: "block-change"
        case .projectDone: "project-done"
        case .zoneChanged: "client-zone"
        case .rerated: "rerated"
        }
    }

    private func later(_ adjustment: LaterAdjustment) -> JSONText {
        guard case .object(let fields) = FactWriter.position(adjustment.position) else { return .null }
        return .object(
            [("shown_on", .string("\(adjustment.shownOn)")), ("issued", .flag(adjustment.isIssued))]
                + fields.filter { $0.0 != "period" })
    }

    private var totals: JSONText {
        let totals = statement.totals
        return .fields([
            ("worked", text(totals.worked)), ("rounding", text(totals.rounding)), ("weighting", text(totals.weighting)),
            ("drawn", text(totals.drawn)), ("charged", text(totals.charged)), ("courtesy", text(totals.courtesy)),
            ("waived", text(totals.waived)), ("not_charged", text(totals.notCharged)),
            ("withheld", text(totals.withheld)),
        ])
    }
}
