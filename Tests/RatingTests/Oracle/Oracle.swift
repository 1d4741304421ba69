import Agreements
import Rating
import Values
import Wording

/// The rules of docs/rules.md once more, slow and obvious: dates are texts, months are texts, everything is looked for
/// from the start each time. It shares types with the engine, and no line of reasoning.
final class Oracle {
    let facts: Facts
    let versions: [Terms]
    let client: Client
    let time: OracleTime
    /// What is left of each permit, as month after month is rated.
    var permits: [(request: RequestID, until: String, left: Int)] = []
    /// How often all months were rated until no closed one held other hours than before.
    var sweeps = 0
    /// What each position of each month comes to.
    var positions: [String: [PositionKey: Difference]] = [:]
    /// What each position of each closed month comes to, less what was issued.
    var differences: [String: [PositionKey: Difference]] = [:]
    /// What led to the draws of each month.
    var rated: [String: (prepared: Prepared, drawn: Drawn)] = [:]

    /// What closed months draw from blocks for seconds that were billed.
    var elsewhere: [Billed] = []

    struct Billed: Hashable {
        var month: String
        var grant: String
        /// When the closing that billed them first was recorded.
        var billedAt: Int
        var seconds: Int
    }

    init(_ facts: Facts, _ versions: [Terms], _ client: ClientID, _ time: OracleTime) {
        self.facts = facts
        self.versions = versions.sorted { $0.effective < $1.effective }
        self.client = facts.clients.first { $0.id == client } ?? facts.clients[0]
        self.time = time
    }

    lazy var closings = findStandingClosings()
    lazy var issues = findIssues()
    /// The blocks as known at each standing closing.
    lazy var blocksThen = closings.map { blocks(knownAt: $0.recordedAt) }

    // MARK: What it says

    struct Line: Equatable {
        var key: String
        var part: String
        var date: String
        var worked = 0
        var rounding = 0
        var weighting = 0
        var draws: [String: Int] = [:]
        var charged = 0
        var courtesy = 0
        var tolerance = 0
        var roundingWaived = 0
        var lateWaived = 0
        var free = 0
        var withheld = 0
        var rate = 0
        var verdict: String
        var amount = 0
    }

    struct Grant: Equatable {
        var opening: Int
        var drawn = 0
        var lapsed = 0
        var left = 0
    }

    struct Difference: Equatable {
        var worked = 0
        var draws: [String: Int] = [:]
        var charged = 0
        var courtesy = 0
        var waived = 0
        var free = 0
        var withheld = 0
        var amount = 0

        var isNothing: Bool { self == Difference() }

        mutating func add(_ other: Difference, _ sign: Int) {
            worked += sign * other.worked
            for (grant, seconds) in other.draws {
                draws[grant, default: 0] += sign * seconds
                if draws[grant] == 0 { draws[grant] = nil }
            }
            charged += sign * other.charged
            courtesy += sign * other.courtesy
            waived += sign * other.waived
            free += sign * other.free
            withheld += sign * other.withheld
            amount += sign * other.amount
        }
    }

    struct Month: Equatable {
        var month: String
        var contracts: [String: [Int]] = [:]
        var grants: [String: Grant] = [:]
        var lines: [Line] = []
        var purchases: [String: Int] = [:]
        var setAside: [String: Int] = [:]
        var adjustments: [String: Difference] = [:]
    }

    // MARK: Looking things up

    func terms(on date: String) -> Terms { versions.last { "\($0.effective)" <= date } ?? versions[0] }

    func zone(of month: String) -> String {
        let changes = facts.zoneChanges.filter { $0.client == client.id && "\($0.from)" <= month }
        let latest = changes.max { ("\($0.from)", $0.recordedAt.seconds) < ("\($1.from)", $1.recordedAt.seconds) }
        return latest?.zone.identifier ?? client.zone.identifier
    }

    func start(of month: String) -> Int { time.start(of: "\(month)-01", zone(of: month)) }

    func month(of second: Int) -> String {
        var month = OracleTime.month(time.wall(second - 3 * 86_400, "UTC").date)
        while start(of: OracleTime.next(month)) <= second { month = OracleTime.next(month) }
        return month
    }

    func endDay(_ contract: Contract) -> String? {
        let ends = facts.contractEnds.filter { $0.contract == contract.id }
        guard let end = ends.max(by: { ($0.recordedAt.seconds, $0.on) < ($1.recordedAt.seconds, $1.on) }) else {
            return nil
        }
        return OracleTime.lastDay(OracleTime.month("\(end.on)"))
    }

    func isInForce(_ contract: Contract, _ date: String) -> Bool {
        "\(contract.from)" <= date && (endDay(contract).map { date <= $0 } ?? true)
    }

    func request(_ id: RequestID) -> Request? {
        let moves = facts.requestMoves.map(\.request).filter { $0.id == id }
        return moves.max { $0.recordedAt < $1.recordedAt } ?? facts.requests.first { $0.id == id }
    }

    var contracts: [Contract] { facts.contracts.filter { $0.client == client.id }.sorted { $0.id < $1.id } }

    /// Half up, and half away from zero below it.
    static func divide(_ a: Int, _ b: Int) -> Int { a < 0 ? -divide(-a, b) : (2 * a + b) / (2 * b) }

    // MARK: Contract accounts

    struct Account {
        var contract: Contract
        var anchor: String
        var plan: PlanID
        var hours: Int
        var fee: Int
        var policies: Policies
    }

    func negotiated(_ contract: Contract) -> [NegotiatedTerms] {
        facts.negotiatedTerms.filter { $0.contract == contract.id }.sorted {
            ($0.from, $0.recordedAt) < ($1.from, $1.recordedAt)
        }
    }

    func account(_ contract: Contract, _ month: String) -> Account? {
        let from = "\(contract.from)"
        guard OracleTime.month(from) <= month, (endDay(contract).map { month <= OracleTime.month($0) } ?? true) else {
            return nil
        }
        let anchor = max(from, "\(month)-01")
        let terms = terms(on: anchor)

        var policies = terms.policies
        for override in negotiated(contract) where OracleTime.month("\(override.from)") <= month {
            if let value = override.increment { policies.increment = value }
            if let value = override.tolerance { policies.tolerance = value }
            if let value = override.overageConsent { policies.overageConsent = value }
            if let value = override.lateTime { policies.lateTime = value }
            if let value = override.drawOrder { policies.drawOrder = value }
            if let value = override.firstPeriod { policies.firstPeriod = value }
            if let value = override.upgrade { policies.upgrade = value }
        }

        func figures(_ plan: PlanID, agreed: String) -> (hours: Int, fee: Int) {
            var hours = terms.plans[plan]?.hours.seconds ?? 0
            var fee = terms.plans[plan]?.fee.minorUnits ?? 0
            for override in negotiated(contract)
            where OracleTime.month("\(override.from)") <= month && agreed <= "\(override.from)" {
                if let value = override.hours { hours = value.seconds }
                if let value = override.fee { fee = value.minorUnits }
            }
            return (hours, fee)
        }
        func isUpgrade(_ new: PlanID, _ old: PlanID) -> Bool {
            guard let a = terms.plans[new], let b = terms.plans[old] else { return false }
            return a.hours > b.hours || (a.hours == b.hours && a.fee.minorUnits > b.fee.minorUnits)
        }

        let days = OracleTime.days("\(month)-01", "\(OracleTime.next(month))-01")
        func daysLeft(_ date: String) -> Int { OracleTime.days(date, "\(OracleTime.next(month))-01") }
        let step = policies.increment?.step.seconds ?? 60
        func share(_ amount: Int, _ date: String) -> Int { Oracle.divide(amount * daysLeft(date), days) }
        func shareHours(_ seconds: Int, _ date: String) -> Int {
            Oracle.divide(seconds * daysLeft(date), days * step) * step
        }

        let changes = facts.planChanges.filter { $0.contract == contract.id }
            .sorted { ($0.on, $0.recordedAt, $0.plan) < ($1.on, $1.recordedAt, $1.plan) }
        var plan = contract.plan
        var agreed = from
        for change in changes where OracleTime.month("\(change.on)") < month || "\(change.on)" <= anchor {
            plan = change.plan
            agreed = "\(change.on)"
        }
        var now = figures(plan, agreed: agreed)
        var fee = now.fee
        var hours = now.hours
        if from > "\(month)-01", OracleTime.month(from) == month {
            if policies.firstPeriod != .full { fee = share(fee, from) }
            if policies.firstPeriod == .prorateFeeAndHours { hours = shareHours(hours, from) }
        }
        if case .atOnce(let proration) = policies.upgrade {
            for change in changes where OracleTime.month("\(change.on)") == month && "\(change.on)" > anchor {
                guard isUpgrade(change.plan, plan) else { continue }
                let date = "\(change.on)"
                let next = figures(change.plan, agreed: date)
                fee += proration == .full ? next.fee - now.fee : share(next.fee - now.fee, date)
                hours +=
                    proration == .prorateFeeAndHours ? shareHours(next.hours - now.hours, date) : next.hours - now.hours
                (plan, now) = (change.plan, next)
            }
        }
        return Account(
            contract: contract, anchor: anchor, plan: plan, hours: max(0, hours), fee: fee, policies: policies)
    }

    // MARK: Parts

    struct Part {
        var entry: TimeEntry
        var request: Request
        var month: String
        var number: Int
        var count = 1
        var date: String
        var start: Int?
        var worked: Int
        var courtesy = 0
        var isOutside: Bool
    }

    func isOutside(_ date: String, second: Int?, weekday: Int) -> Bool {
        let terms = terms(on: date)
        guard terms.policies.outsideHoursPercent != 100, let hours = terms.businessHours else { return false }
        let names: [Weekday] = [.sunday, .monday, .tuesday, .wednesday, .thursday, .friday, .saturday]
        guard hours.days.contains(names[weekday - 1]) else { return true }
        guard let second else { return false }
        return second < hours.opens || second >= hours.closes
    }

    /// All entries as they stand, cut into parts.
    lazy var parts: [Part] = {
        var all: [Part] = []
        for original in facts.timeEntries {
            if facts.timeVoids.contains(where: { $0.entry == original.id }) { continue }
            let corrections = facts.timeCorrections.map(\.entry).filter { $0.id == original.id }
            let entry = corrections.max { $0.recordedAt < $1.recordedAt } ?? original
            guard let request = request(entry.request), request.client == client.id else { continue }
            var parts: [Part] = []
            switch entry.when {
            case .dated(let date, let hours):
                let date = "\(date)"
                parts = [
                    Part(
                        entry: entry, request: request, month: OracleTime.month(date), number: 1, date: date,
                        worked: hours.seconds,
                        isOutside: isOutside(date, second: nil, weekday: OracleTime.weekday(date)))
                ]
            case .clocked(let start, let end):
                // A cut at every month's start, and at every opening and closing where the terms of the part's date weigh
                // work outside of them.
                var at = start.seconds
                while at < end.seconds {
                    let month = month(of: at)
                    let zone = zone(of: month)
                    let wall = time.wall(at, zone)
                    var next = min(end.seconds, self.start(of: OracleTime.next(month)))
                    let terms = terms(on: wall.date)
                    if terms.policies.outsideHoursPercent != 100, terms.businessHours != nil {
                        let outside = isOutside(wall.date, second: wall.second, weekday: wall.weekday)
                        // Minute by minute until that changes: opening hours are on whole minutes.
                        var minute = at - at % 60 + 60
                        while minute < next {
                            let wall = time.wall(minute, zone)
                            if isOutsideBy(terms, wall) != outside { break }
                            minute += 60
                        }
                        next = min(next, minute)
                    }
                    parts.append(
                        Part(
                            entry: entry, request: request, month: month, number: parts.count + 1,
                            date: min(max(wall.date, "\(month)-01"), OracleTime.lastDay(month)),
                            start: at, worked: next - at,
                            isOutside: isOutside(wall.date, second: wall.second, weekday: wall.weekday)))
                    at = next
                }
            }
            var left = facts.courtesies.filter { $0.entry == entry.id }
                .map { $0.hours?.seconds ?? entry.worked.seconds }.reduce(0, +)
            left = min(left, entry.worked.seconds)
            for index in parts.indices {
                parts[index].count = parts.count
                parts[index].courtesy = min(left, parts[index].worked)
                left -= parts[index].courtesy
            }
            all += parts
        }
        return all
    }()

    /// Whether a wall clock is outside the hours of a version of the terms.
    private func isOutsideBy(_ terms: Terms, _ wall: OracleTime.Wall) -> Bool {
        guard let hours = terms.businessHours else { return false }
        let names: [Weekday] = [.sunday, .monday, .tuesday, .wednesday, .thursday, .friday, .saturday]
        return !hours.days.contains(names[wall.weekday - 1]) || wall.second < hours.opens || wall.second >= hours.closes
    }

    static func isBefore(_ a: Part, _ b: Part) -> Bool {
        if a.date != b.date { return a.date < b.date }
        if (a.start == nil) != (b.start == nil) { return a.start == nil }
        if a.start != b.start { return (a.start ?? 0) < (b.start ?? 0) }
        if a.entry.id != b.entry.id { return a.entry.id < b.entry.id }
        return a.number < b.number
    }

    // MARK: Coverage and rates

    func covers(_ contract: Contract, _ part: Part) -> Bool {
        guard contract.serviceLine == part.request.serviceLine, isInForce(contract, part.date) else { return false }
        if !contract.projects.isEmpty {
            guard let project = part.request.project, contract.projects.contains(project) else { return false }
        }
        guard let line = terms(on: part.date).serviceLines[contract.serviceLine] else { return false }
        if line.covers.contains(part.entry.workType) { return true }
        let isApproved = facts.requestApprovals.contains { $0.request == part.request.id }
        return line.coversWhenApproved.contains(part.entry.workType) && isApproved
    }

    func isCharged(_ part: Part) -> Bool { terms(on: part.date).workTypes[part.entry.workType]?.isCharged ?? true }

    /// The covering contracts, the one the verdict names first.
    func covering(_ part: Part) -> [Contract] {
        contracts.filter { covers($0, part) }.sorted { ($0.rank ?? .max, $0.id) < ($1.rank ?? .max, $1.id) }
    }

    func rate(_ part: Part, _ account: Account?) -> Int {
        let terms = terms(on: part.date)
        var rate = (terms.workTypes[part.entry.workType]?.listRate ?? terms.listRate).perHour.minorUnits
        if let account {
            let negotiated = negotiated(account.contract).last { $0.overageRate != nil && "\($0.from)" <= part.date }
            if let value = negotiated?.overageRate ?? terms.plans[account.plan]?.overageRate {
                rate = value.perHour.minorUnits
            }
        }
        if terms.policies.multiplierTarget == .price { rate = Oracle.divide(rate * percent(part), 100) }
        return rate
    }

    func percent(_ part: Part) -> Int {
        let terms = terms(on: part.date)
        let own = terms.workTypes[part.entry.workType]?.multiplierPercent ?? 100
        return part.isOutside ? max(own, terms.policies.outsideHoursPercent) : own
    }

    // MARK: Blocks

    struct BlockState {
        var block: Block
        var effective: String?
        var lastDay: String?
        var hours: Int
    }

    lazy var blocks: [BlockState] = blocks(knownAt: nil)

    /// The client's blocks as the facts recorded up to an instant have them, or as all facts do.
    func blocks(knownAt instant: Instant?) -> [BlockState] {
        func isKnown(_ recordedAt: Instant) -> Bool { instant.map { recordedAt <= $0 } ?? true }
        return facts.blocks.filter { $0.client == client.id && isKnown($0.recordedAt) }.map { block in
            var hours = block.hours.seconds
            var lastDay = block.lastDay.map { "\($0)" }
            var paid = block.paidOn.map { "\($0)" }
            for change in facts.blockChanges.filter({ $0.block == block.id && isKnown($0.recordedAt) })
                .sorted(by: { $0.recordedAt < $1.recordedAt })
            {
                if let value = change.hours { hours = value.seconds }
                if let value = change.lastDay { lastDay = "\(value)" }
                if let value = change.paidOn { paid = "\(value)" }
            }
            if block.endsWithProject, case .project(let project) = block.scope {
                let done = facts.projectsDone.filter { $0.project == project && isKnown($0.recordedAt) }
                    .max { ($0.recordedAt, $0.on) < ($1.recordedAt, $1.on) }
                if let done { lastDay = min(lastDay ?? "9999-12-31", "\(done.on)") }
            }
            var effective: String? = "\(block.effective)"
            if !block.usableBeforePaid { effective = paid.map { max($0, "\(block.effective)") } }
            return BlockState(block: block, effective: effective, lastDay: lastDay, hours: hours)
        }
    }
}
