import Agreements
import Rating
import Values

/// Makes a client's closing of a period from the facts so far; nil where there is nothing to close.
typealias LawCloser = (Facts, [Terms], ClientID, Period, Instant) -> Closing?

/// Whose months are judged: the engine's. `MAINSTAY_LAWS_OF=oracle` has the oracle's judged instead, closings and all,
/// which tries the laws themselves.
enum LawSubject {
    case engine, oracle
}

/// What a law needs to know of a month.
struct LawMonth {
    struct Line {
        var key: PositionKey
        /// What is drawn, charged, withheld or waived but for late time.
        var asked: Int
        var draws: [String: Int]
        /// 0 for rounding that may cause no overage.
        var rate: Int
        /// The grants it may draw on.
        var eligible: Set<String>
    }

    var period: Period
    var isClosed: Bool
    var drawOrder: DrawOrder
    var lines: [Line] = []
    var positions: [PositionKey: Oracle.Difference] = [:]
    /// By month and position.
    var adjustments: [String: Oracle.Difference] = [:]
    /// What each grant had: the order is that of the grants.
    var grants: [(name: String, opening: Int)] = []
    /// Whether late time was waived or refused.
    var hasLateTimeGiven = false

    var drawnByGrant: [String: Int] { total { $0.draws } }
    var coveredByRate: [String: Int] { total { ["\($0.rate)": $0.draws.values.reduce(0, +)] } }
    var eligible: Set<String> { lines.reduce(into: []) { if $1.asked > 0 { $0.formUnion($1.eligible) } } }

    private func total(_ parts: (Line) -> [String: Int]) -> [String: Int] {
        var sum: [String: Int] = [:]
        for line in lines { for (key, seconds) in parts(line) where seconds != 0 { sum[key, default: 0] += seconds } }
        return sum
    }

    /// An open month without anything in it.
    init(nothingIn period: Period) { (self.period, isClosed, drawOrder) = (period, false, .bestForClient) }

    /// As the engine has it.
    init(_ statement: Statement) {
        period = statement.period
        isClosed = statement.closedAt != nil
        drawOrder = statement.contracts.first?.policies.drawOrder ?? .soonestExpiry
        for grant in statement.grants { grants.append((Oracle.name(grant.id), grant.opening.seconds)) }
        for line in statement.lines {
            let workClass = statement.workClass(of: line)
            var draws: [String: Int] = [:]
            for draw in statement.draws(of: line) { draws[grants[draw.grant].name, default: 0] += draw.hours.seconds }
            let isForgiven = line.kind == .rounding && statement.increment(of: line)?.mayCauseOverage == false
            let asked = line.drawn + line.charged + line.withheld + line.toleranceWaived + line.roundingWaived
            lines.append(
                Line(
                    key: statement.positionKey(of: line), asked: asked.seconds, draws: draws,
                    rate: isForgiven ? 0 : workClass.rate.perHour.minorUnits,
                    eligible: Set(workClass.eligible.map { grants[$0].name })))
            if line.lateWaived > .zero { hasLateTimeGiven = true }
        }
        if statement.setAside.contains(where: { $0.reason == .refusedLate }) { hasLateTimeGiven = true }
        for position in statement.positions where position.period == period {
            positions[position.key, default: Oracle.Difference()].add(Oracle.difference(position), 1)
        }
        positions = positions.filter { !$0.value.isNothing }
        for adjustment in statement.adjustments {
            adjustments["\(adjustment.position.period) \(adjustment.position.key)"] = Oracle.difference(
                adjustment.position)
        }
    }

    /// As the oracle has it.
    init(_ month: Oracle.Month, _ oracle: Oracle) {
        period = Story.period(month.month)
        isClosed = oracle.closings.contains { $0.period.description == month.month }
        let (prepared, drawn) = oracle.rated[month.month] ?? oracle.nothing(month.month)
        drawOrder = prepared.accounts.first?.policies.drawOrder ?? .soonestExpiry
        for grant in drawn.grants { grants.append((grant.name, grant.hours)) }
        for (line, draft) in zip(month.lines, prepared.drafts) {
            lines.append(
                Line(
                    key: draft.position, asked: draft.asked, draws: line.draws,
                    rate: draft.isForgiven ? 0 : line.rate,
                    eligible: Set(drawn.grants.filter { oracle.mayDraw(draft, $0) }.map(\.name))))
            if line.lateWaived > 0 { hasLateTimeGiven = true }
        }
        if month.setAside.keys.contains(where: { $0.hasPrefix("refused") }) { hasLateTimeGiven = true }
        positions = oracle.positions[month.month] ?? [:]
        adjustments = month.adjustments
    }
}

extension LawSubject {
    /// The client's months, through one at least.
    func months(_ history: LawHistory, through last: Period) -> [LawMonth] {
        guard let terms = try? TermsHistory(history.versions) else { return [] }
        let accounts = Rater(terms: terms).accounts(of: history.facts, through: last, causes: false)
        guard let account = accounts.first(where: { $0.client.id == history.client }) else { return [] }
        switch self {
        case .engine: return account.statements.map { LawMonth($0) }
        case .oracle:
            // Only the names of the months are the engine's.
            let oracle = Oracle(history.facts, history.versions, history.client, history.time)
            return oracle.months(account.statements.map { "\($0.period)" }).map { LawMonth($0, oracle) }
        }
    }

    func closer(_ time: OracleTime) -> LawCloser {
        switch self {
        case .engine: Laws.engineCloser
        case .oracle:
            { facts, versions, client, period, instant in
                Laws.oracleClosing(facts, versions, client, period, instant, time)
            }
        }
    }
}

extension Laws {
    static var engineCloser: LawCloser {
        { facts, versions, client, period, instant in
            guard let history = try? TermsHistory(versions) else { return nil }
            let account = Rater(terms: history).accounts(of: facts, through: period, causes: false).first {
                $0.client.id == client
            }
            guard let statement = account?.statements.first(where: { $0.period == period }) else { return nil }
            return Closing(of: statement, recordedAt: instant)
        }
    }

    /// A closing of what the oracle has for a month.
    static func oracleClosing(
        _ facts: Facts, _ versions: [Terms], _ client: ClientID, _ period: Period, _ instant: Instant,
        _ time: OracleTime
    ) -> Closing? {
        guard let history = try? TermsHistory(versions) else { return nil }
        let account = Rater(terms: history).accounts(of: facts, through: period, causes: false).first {
            $0.client.id == client
        }
        guard let account, account.statements.contains(where: { $0.period == period }) else { return nil }
        let oracle = Oracle(facts, versions, client, time)
        _ = oracle.months(account.statements.map { "\($0.period)" })
        func issue(_ key: PositionKey, _ month: Period, _ difference: Oracle.Difference) -> IssuedPosition {
            var position = IssuedPosition(
                period: month, key: key, worked: Hours(seconds: difference.worked),
                charged: Hours(seconds: difference.charged), courtesy: Hours(seconds: difference.courtesy),
                waived: Hours(seconds: difference.waived), notCharged: Hours(seconds: difference.free),
                withheld: Hours(seconds: difference.withheld),
                amount: Money(minorUnits: difference.amount, versions[0].currency))
            for (name, seconds) in difference.draws {
                position.draws[Oracle.grant(name, month)] = Hours(seconds: seconds)
            }
            return position
        }
        func available(_ month: Period) -> [GrantID: Hours] {
            var hours: [GrantID: Hours] = [:]
            for grant in oracle.rated["\(month)"]?.drawn.grants ?? [] {
                hours[Oracle.grant(grant.name, month)] = Hours(seconds: grant.hours)
            }
            return hours
        }
        var closing = Closing(
            client: client, period: period, positions: [], available: available(period), recordedAt: instant)
        for (key, position) in oracle.positions["\(period)"] ?? [:] {
            closing.positions.append(issue(key, period, position))
        }
        for earlier in oracle.closings.map(\.period) where earlier < period {
            for (key, difference) in oracle.differences["\(earlier)"] ?? [:] {
                closing.positions.append(issue(key, earlier, difference))
                closing.availableEarlier[earlier] = available(earlier)
            }
        }
        return closing
    }
}
