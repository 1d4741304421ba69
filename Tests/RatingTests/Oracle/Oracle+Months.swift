import Agreements
import Rating
import Values

extension Oracle {
    static func name(_ grant: GrantID) -> String {
        switch grant {
        case .allotment(let contract, _): "plan \(contract)"
        case .block(let block): "block \(block)"
        }
    }

    /// The grant that a name is short for, in a month.
    static func grant(_ name: String, _ month: Period) -> GrantID {
        name.hasPrefix("plan ")
            ? .allotment(ContractID(String(name.dropFirst(5))), month) : .block(BlockID(String(name.dropFirst(6))))
    }

    static func name(_ key: PositionKey) -> String { "\(key)" }

    /// What a closing issued about a position, in the oracle's own words.
    static func difference(_ position: IssuedPosition) -> Difference {
        var draws: [String: Int] = [:]
        for (grant, hours) in position.draws where hours != .zero { draws[name(grant)] = hours.seconds }
        return Difference(
            worked: position.worked.seconds, draws: draws, charged: position.charged.seconds,
            courtesy: position.courtesy.seconds, waived: position.waived.seconds, free: position.notCharged.seconds,
            withheld: position.withheld.seconds, amount: position.amount.minorUnits)
    }

    /// The closings that stand, in order, by going through time: closing a month makes it closed, reopening it takes
    /// the last closing away again.
    func findStandingClosings() -> [Closing] {
        var standing: [String: [Closing]] = [:]
        let closings = facts.closings.filter { $0.client == client.id }
        let reopenings = facts.reopenings.filter { $0.client == client.id }
        for second in Set(closings.map(\.recordedAt.seconds) + reopenings.map(\.recordedAt.seconds)).sorted() {
            for closing in closings where closing.recordedAt.seconds == second {
                standing["\(closing.period)", default: []].append(closing)
            }
            for reopening in reopenings where reopening.recordedAt.seconds == second {
                _ = standing["\(reopening.period)"]?.popLast()
            }
        }
        return standing.values.flatMap { $0 }.sorted {
            ($0.recordedAt.seconds, $0.period) < ($1.recordedAt.seconds, $1.period)
        }
    }

    /// What one closing issued for each month, in the oracle's words.
    struct Issue {
        var closing: Closing
        var positions: [String: [PositionKey: Difference]] = [:]
    }

    func findIssues() -> [Issue] {
        closings.map { closing in
            var issue = Issue(closing: closing)
            for position in closing.positions {
                issue.positions["\(position.period)", default: [:]][position.key, default: Difference()].add(
                    Oracle.difference(position), 1)
            }
            return issue
        }
    }

    /// What all standing closings together issued for a month.
    func issued(_ month: String) -> [PositionKey: Difference] {
        var sum: [PositionKey: Difference] = [:]
        for issue in issues {
            for (key, difference) in issue.positions[month] ?? [:] {
                sum[key, default: Difference()].add(difference, 1)
            }
        }
        return sum
    }

    /// All months, earliest first.
    func months(_ wanted: [String]) -> [Month] {
        let prepared = wanted.map { prepare($0) }
        let drawn = settle(prepared)
        var months: [Month] = []
        var adjustments: [String: Difference] = [:]
        permits = facts.permits.map { ($0.request, "\($0.until)", $0.hours.seconds) }
        let closed = closings.map { "\($0.period)" }
        for (start, drawn) in zip(prepared, drawn) {
            var (month, now) = finish(start, drawn)
            let name = month.month
            positions[name] = now
            rated[name] = (start, drawn)
            if closed.contains(name) {
                let issued = issued(name)
                for key in Set(now.keys).union(issued.keys) {
                    var difference = now[key] ?? Difference()
                    difference.add(issued[key] ?? Difference(), -1)
                    guard !difference.isNothing else { continue }
                    adjustments["\(name) \(Oracle.name(key))"] = difference
                    differences[name, default: [:]][key] = difference
                }
            }
            if let last = closed.max(), OracleTime.next(last) == name { month.adjustments = adjustments }
            months.append(month)
        }
        return months
    }

    /// A month before anything is drawn: everything but which hours pay.
    struct Prepared {
        var month: Month
        var accounts: [Account]
        var order: DrawOrder
        var closing: Closing?
        /// In the order of grants; the hours of blocks come later.
        var grants: [OpenGrant]
        var drafts: [Draft]
    }

    /// What the lines of a month take from its grants: `takes[line][grant]`.
    struct Drawn {
        var grants: [OpenGrant]
        var takes: [[Int]]

        var blocks: [String: Int] {
            var drawn: [String: Int] = [:]
            for (index, grant) in grants.enumerated() where !grant.isAllotment {
                let seconds = takes.reduce(0) { $0 + $1[index] }
                if seconds > 0 { drawn[grant.name] = seconds }
            }
            return drawn
        }
    }

    func nothing(_ name: String) -> (prepared: Prepared, drawn: Drawn) {
        (prepare(name), Drawn(grants: [], takes: []))
    }

    private func prepare(_ name: String) -> Prepared {
        var month = Month(month: name)
        let accounts = contracts.compactMap { account($0, name) }
        let listPolicies = terms(on: "\(name)-01").policies
        let closing = closings.first { "\($0.period)" == name }
        for account in accounts { month.contracts[account.contract.id.text] = [account.hours, account.fee] }
        for state in blocks where OracleTime.month("\(state.block.boughtOn)") == name {
            month.purchases[state.block.id.text] = Oracle.divide(
                state.hours * state.block.pricePerHour.perHour.minorUnits, 3600)
        }
        let order = accounts.first?.policies.drawOrder ?? listPolicies.drawOrder
        var lines = makeLines(name, accounts, listPolicies, closing, &month)
        addRounding(&lines, accounts, listPolicies)
        for index in lines.indices { weigh(&lines[index]) }
        return Prepared(
            month: month, accounts: accounts, order: order, closing: closing,
            grants: makeGrants(name, accounts, order), drafts: lines)
    }

    /// The grants of a month in the order of grants, blocks with all the hours they ever had.
    private func makeGrants(_ name: String, _ accounts: [Account], _ order: DrawOrder) -> [OpenGrant] {
        var grants: [OpenGrant] = accounts.map { account in
            OpenGrant(
                name: "plan \(account.contract.id)", isAllotment: true, from: account.anchor,
                lastDay: OracleTime.lastDay(name), breadth: account.contract.projects.isEmpty ? 1 : 0,
                rank: account.contract.rank ?? .max, bought: "\(account.contract.from)", hours: account.hours,
                contract: account.contract, id: account.contract.id.text)
        }
        for state in blocks {
            guard isBlock(state, in: name), let effective = state.effective else { continue }
            let breadth =
                switch state.block.scope {
                case .project: 0
                case .serviceLine: 1
                case .client: 2
                }
            grants.append(
                OpenGrant(
                    name: "block \(state.block.id)", isAllotment: false, from: effective, lastDay: state.lastDay,
                    breadth: breadth, rank: .max, bought: "\(state.block.boughtOn)", hours: state.hours,
                    block: state.block, id: state.block.id.text))
        }
        return grants.sorted { OpenGrant.isBefore($0, $1, order) }
    }

    /// Whether a block is one of a month's grants, as far as its dates go.
    func isBlock(_ state: BlockState, in month: String) -> Bool {
        guard let effective = state.effective, OracleTime.month(effective) <= month else { return false }
        return state.lastDay.map { month <= OracleTime.month(max($0, effective)) } ?? true
    }

    /// Which hours of blocks each month gets, and what its lines take: first what closed months no longer need is let
    /// go, then all months are rated in turn until no closed one holds anything else than before.
    private func settle(_ months: [Prepared]) -> [Drawn] {
        var holds: [String: [String: Int]] = [:]
        for closing in closings {
            let month = "\(closing.period)"
            var held: [String: Int] = [:]
            for position in issued(month).values {
                for (grant, seconds) in position.draws where grant.hasPrefix("block") {
                    held[grant, default: 0] += seconds
                }
            }
            holds[month] = held.filter { $0.value > 0 }
        }
        let issued = holds
        let asIssued = closings.map { "\($0.period)" }.flatMap { billedAsIssued($0) }
        var billed: [String: [Billed]] = [:]
        for month in months where month.closing != nil {
            let name = month.month.month
            elsewhere = asIssued
            let now = draw(month, issued[name] ?? [:])
            holds[name] = now.blocks
            billed[name] = self.billed(month, now.grants)
        }
        sweeps = 0
        while true {
            sweeps += 1
            var earlier: [String: Int] = [:]
            var drawn: [Drawn] = []
            var isSame = true
            for month in months {
                let name = month.month.month
                var hours: [String: Int] = [:]
                for state in blocks {
                    let id = "block \(state.block.id)"
                    let later = holds.filter { $0.key > name }.values.reduce(0) { $0 + ($1[id] ?? 0) }
                    hours[id] = state.hours - (earlier[id] ?? 0) - later
                }
                elsewhere = billed.values.flatMap { $0 }
                let now = draw(month, hours)
                for (block, seconds) in now.blocks { earlier[block, default: 0] += seconds }
                if month.closing != nil {
                    let billedNow = self.billed(month, now.grants)
                    if holds[name] != now.blocks || Set(billed[name] ?? []) != Set(billedNow) { isSame = false }
                    holds[name] = now.blocks
                    billed[name] = billedNow
                }
                drawn.append(now)
            }
            // The rules say that this ends; a test says so too.
            if isSame || sweeps == 100 { return drawn }
        }
    }

    /// One month from what its lines take, and what each of its positions comes to.
    private func finish(_ start: Prepared, _ drawn: Drawn) -> (Month, [PositionKey: Difference]) {
        var month = start.month
        var lines = start.drafts
        let (grants, takes) = (drawn.grants, drawn.takes)
        for (index, list) in takes.enumerated() {
            for (grant, seconds) in list.enumerated() where seconds > 0 {
                lines[index].line.draws[grants[grant].name, default: 0] += seconds
            }
            let rest = lines[index].asked - list.reduce(0, +)
            if lines[index].isForgiven {
                lines[index].line.roundingWaived = rest
            } else {
                lines[index].line.charged = rest
            }
        }
        for (index, grant) in grants.enumerated() {
            let given = takes.reduce(0) { $0 + $1[index] }
            var account = Grant(opening: grant.hours, drawn: given)
            let lapses = grant.lastDay.map { max($0, grant.from) <= OracleTime.lastDay(month.month) } ?? false
            if lapses { account.lapsed = grant.hours - given } else { account.left = grant.hours - given }
            month.grants[grant.name] = account
        }

        // Tolerance, then consent, then amounts.
        for account in start.accounts {
            guard let tolerance = account.policies.tolerance else { continue }
            let mine = lines.indices.filter {
                lines[$0].line.verdict == "covered \(account.contract.id)" && lines[$0].line.charged > 0
            }
            let overage = mine.reduce(0) { $0 + lines[$1].line.charged }
            let margin =
                switch tolerance.margin {
                case .hours(let hours): hours.seconds
                case .percent(let percent): account.hours * percent / 100
                }
            if overage > margin, tolerance.beyond == .all { continue }
            var left = margin
            for index in mine.sorted(by: { (lines[$1].line.rate, $0) < (lines[$0].line.rate, $1) }) {
                let waived = min(left, lines[index].line.charged)
                lines[index].line.tolerance = waived
                lines[index].line.charged -= waived
                left -= waived
            }
        }
        withhold(&lines)
        price(&lines, start.closing == nil ? nil : issued(month.month))
        var positions: [PositionKey: Difference] = [:]
        for account in start.accounts {
            positions[.fee(account.contract.id), default: Difference()].amount += account.fee
        }
        for (block, price) in month.purchases {
            positions[.block(BlockID(block)), default: Difference()].amount += price
        }
        for draft in lines {
            let line = draft.line
            positions[draft.position, default: Difference()].add(
                Difference(
                    worked: line.worked, draws: line.draws, charged: line.charged, courtesy: line.courtesy,
                    waived: line.tolerance + line.roundingWaived + line.lateWaived, free: line.free,
                    withheld: line.withheld, amount: line.amount), 1)
        }
        month.lines = lines.map(\.line)
        return (month, positions.filter { !$0.value.isNothing })
    }

    // MARK: Amounts

    /// One amount for what is rounded up as one, shared among its lines by largest remainder. In a closed month, a line
    /// that is charged for as long as it was issued keeps its share where the sum allows that.
    private func price(_ drafts: inout [Draft], _ issued: [PositionKey: Difference]?) {
        var quantities: [String: [Int]] = [:]
        for (index, draft) in drafts.enumerated() {
            quantities["\(draft.group ?? "line \(index)") at \(draft.line.rate)", default: []].append(index)
        }
        for lines in quantities.values {
            let rate = drafts[lines[0]].line.rate
            let charged = lines.reduce(0) { $0 + drafts[$1].line.charged }
            var left = Oracle.divide(charged * rate, 3600)
            for index in lines {
                drafts[index].line.amount = drafts[index].line.charged * rate / 3600
                left -= drafts[index].line.amount
            }
            /// 0 for who had one more and keeps it, 2 for who had none and gets none, 1 for all others.
            func preference(_ index: Int) -> Int {
                guard let issued, let before = issued[drafts[index].position] else { return 1 }
                guard drafts.filter({ $0.position == drafts[index].position }).count == 1 else { return 1 }
                guard before.charged == drafts[index].line.charged else { return 1 }
                let more = before.amount - drafts[index].line.amount
                return more == 1 ? 0 : more == 0 ? 2 : 1
            }
            func remainder(_ index: Int) -> Int { drafts[index].line.charged * rate % 3600 }
            let order = lines.filter { remainder($0) > 0 }.map { (preference($0), -remainder($0), $0) }.sorted {
                $0 < $1
            }
            for (_, _, index) in order.prefix(left) { drafts[index].line.amount += 1 }
        }
    }

    // MARK: Lines

    /// A line with what led to it.
    struct Draft {
        var line: Line
        var position: PositionKey
        var part: Part
        var account: Account?
        var increment: Increment?
        var isCharged: Bool
        var isForgiven = false
        /// What is rounded up as one with it.
        var group: String? = nil

        /// What is to be drawn, charged or waived.
        var asked: Int { line.worked + line.rounding + line.weighting - line.courtesy - line.lateWaived - line.free }
    }

    private func makeLines(
        _ name: String, _ accounts: [Account], _ listPolicies: Policies, _ closing: Closing?, _ month: inout Month
    ) -> [Draft] {
        var mine = parts.filter { $0.month == name }.sorted(by: Oracle.isBefore)
        if terms(on: "\(name)-01").approvalRequired {
            func isApproved(_ part: Part) -> Bool {
                let lastChange = facts.timeCorrections.filter { $0.entry.id == part.entry.id }.map(\.entry.recordedAt)
                    .max()
                return facts.timeApprovals.contains { approval in
                    approval.entry == part.entry.id && approval.recordedAt >= lastChange ?? approval.recordedAt
                }
            }
            for part in mine where !isApproved(part) {
                month.setAside["waits \(part.entry.id)", default: 0] += part.worked
            }
            mine.removeAll { !isApproved($0) }
        }
        var drafts = mine.map { part -> Draft in
            let isCharged = isCharged(part)
            let contract = isCharged ? covering(part).first : nil
            let account = contract.flatMap { contract in accounts.first { $0.contract.id == contract.id } }
            let verdict = isCharged ? (contract.map { "covered \($0.id)" } ?? "list") : "free"
            return Draft(
                line: Line(
                    key: Oracle.name(PositionKey.entry(part.entry.id)), part: "\(part.number)/\(part.count)",
                    date: part.date,
                    worked: part.worked, courtesy: isCharged ? part.courtesy : 0, free: isCharged ? 0 : part.worked,
                    rate: rate(part, account), verdict: verdict),
                position: .entry(part.entry.id), part: part, account: account,
                increment: (account?.policies ?? listPolicies).increment,
                isCharged: isCharged)
        }
        guard let closing else { return drafts }
        // Late time: what exceeds the time that the period's own closing issued, from the latest parts on.
        for entry in Set(drafts.map(\.part.entry.id)) {
            let indices = drafts.indices.filter { drafts[$0].part.entry.id == entry }
            var issued = 0
            for position in closing.positions where "\(position.period)" == name && position.key == .entry(entry) {
                issued += position.worked.seconds
            }
            var excess = max(0, indices.reduce(0) { $0 + drafts[$1].part.worked } - issued)
            for index in indices.reversed() {
                let part = drafts[index].part
                let late = min(excess, part.worked - part.courtesy)
                excess -= late
                guard late > 0, drafts[index].isCharged else { continue }
                switch (drafts[index].account?.policies ?? listPolicies).lateTime {
                case .adjust: break
                case .waive: drafts[index].line.lateWaived = late
                case .refuse:
                    drafts[index].line.worked -= late
                    month.setAside["refused \(entry)", default: 0] += late
                }
            }
        }
        return drafts
    }

    private func addRounding(_ drafts: inout [Draft], _ accounts: [Account], _ listPolicies: Policies) {
        var groups: [String: [Int]] = [:]
        for (index, draft) in drafts.enumerated() {
            guard draft.asked > 0, let increment = draft.increment else { continue }
            let payer = draft.account?.contract.id.text ?? "list"
            let group =
                switch increment.group {
                case .entry: "\(payer) entry \(draft.part.entry.id)"
                case .requestAndDay: "\(payer) request \(draft.part.request.id) \(draft.part.date)"
                case .requestAndPeriod: "\(payer) request \(draft.part.request.id)"
                }
            groups[group, default: []].append(index)
            drafts[index].group = group
        }
        var added: [Int: Draft] = [:]
        for indices in groups.values {
            let last = indices[indices.count - 1]
            guard let increment = drafts[last].increment else { continue }
            let worked = indices.reduce(0) { $0 + drafts[$1].asked }
            var billed = 0
            while billed < worked { billed += increment.step.seconds }
            billed = max(billed, increment.minimum.seconds)
            guard billed > worked else { continue }
            var draft = drafts[last]
            let key: PositionKey =
                switch increment.group {
                case .entry: .entryRounding(draft.part.entry.id)
                case .requestAndDay:
                    .dayRounding(draft.part.request.id, CivilDate(draft.part.date) ?? CivilDate(day: 0))
                case .requestAndPeriod: .requestRounding(draft.part.request.id)
                }
            draft.position = key
            draft.line = Line(
                key: Oracle.name(key), part: "rounding", date: draft.line.date, rounding: billed - worked,
                rate: draft.line.rate, verdict: draft.line.verdict)
            draft.isForgiven = !increment.mayCauseOverage
            added[last] = draft
        }
        drafts = drafts.enumerated().flatMap { index, draft in [draft] + (added[index].map { [$0] } ?? []) }
    }

    private func weigh(_ draft: inout Draft) {
        guard draft.isCharged, terms(on: draft.part.date).policies.multiplierTarget == .hours else { return }
        draft.line.weighting = Oracle.divide(draft.asked * percent(draft.part), 100) - draft.asked
    }

    // MARK: Consent

    /// Second by second, earlier work first: overage is charged while the client has agreed to more of it.
    private func withhold(_ drafts: inout [Draft]) {
        var agreed: [ContractID: Int] = [:]
        for index in drafts.indices where drafts[index].line.charged > 0 {
            guard let account = drafts[index].account else { continue }
            let overage = drafts[index].line.charged
            var charged = 0
            switch account.policies.overageConsent {
            case .allow: charged = overage
            case .stop: break
            case .allowUpTo(let most):
                let left = agreed[account.contract.id] ?? most.seconds
                charged = min(overage, left)
                agreed[account.contract.id] = left - charged
            case .ask:
                while charged < overage {
                    // Of the permits that still allow something, the one that ends first.
                    let fit = permits.indices.filter {
                        permits[$0].request == drafts[index].part.request.id && permits[$0].left > 0
                            && drafts[index].part.date <= permits[$0].until
                    }
                    guard let soonest = fit.min(by: { permits[$0].until < permits[$1].until }) else { break }
                    let used = min(overage - charged, permits[soonest].left)
                    permits[soonest].left -= used
                    charged += used
                }
            }
            drafts[index].line.charged = charged
            drafts[index].line.withheld = overage - charged
        }
    }

    // MARK: Draw-down

    struct OpenGrant {
        var name: String
        var isAllotment: Bool
        var from: String
        var lastDay: String?
        var breadth: Int
        var rank: Int
        var bought: String
        var hours: Int
        var contract: Contract? = nil
        var block: Block? = nil
        var id: String

        static func isBefore(_ a: OpenGrant, _ b: OpenGrant, _ order: DrawOrder) -> Bool {
            func key(_ grant: OpenGrant) -> [String] {
                func number(_ value: Int) -> String { value == .max ? "~" : String(100_000 + value) }
                let end = grant.lastDay ?? "~"
                let common = [
                    end, number(grant.breadth), number(grant.rank), grant.bought, grant.isAllotment ? "0" : "1",
                    grant.id,
                ]
                switch order {
                case .bestForClient, .soonestExpiry: return common
                case .narrowestScope: return [number(grant.breadth)] + common
                case .allotmentFirst: return [grant.isAllotment ? "0" : "1"] + common
                }
            }
            return key(a).lexicographicallyPrecedes(key(b))
        }
    }

    func mayDraw(_ draft: Draft, _ grant: OpenGrant) -> Bool {
        guard draft.isCharged, grant.from <= draft.part.date, (grant.lastDay.map { draft.part.date <= $0 } ?? true)
        else { return false }
        if let contract = grant.contract { return covers(contract, draft.part) }
        guard let block = grant.block,
            terms(on: draft.part.date).workTypes[draft.part.entry.workType]?.isPaidByBlocks ?? true
        else { return false }
        switch block.scope {
        case .project(let project): return draft.part.request.project == project
        case .serviceLine(let line): return draft.part.request.serviceLine == line
        case .client: return true
        }
    }

    /// What each line takes from each grant, where blocks have so many hours.
    private func draw(_ month: Prepared, _ blockHours: [String: Int]) -> Drawn {
        var grants = month.grants
        for index in grants.indices where !grants[index].isAllotment {
            grants[index].hours = min(grants[index].hours, blockHours[grants[index].name] ?? 0)
        }
        grants.removeAll { !$0.isAllotment && $0.hours <= 0 }
        let drafts = month.drafts
        guard month.closing != nil else { return Drawn(grants: grants, takes: drawOpen(drafts, grants, month.order)) }
        return Drawn(grants: grants, takes: drawClosed(month, grants))
    }

    /// An open month: every line asks, every grant gives.
    private func drawOpen(_ drafts: [Draft], _ grants: [OpenGrant], _ order: DrawOrder) -> [[Int]] {
        var problem = OracleDraw(asks: [], rates: [], grants: grants.map(\.hours), allowed: [])
        for draft in drafts {
            if draft.isForgiven { problem.last.insert(problem.asks.count) }
            problem.asks.append(draft.asked)
            problem.rates.append(draft.isForgiven ? 0 : draft.line.rate)
            problem.allowed.append(grants.map { mayDraw(draft, $0) })
        }
        return order == .bestForClient ? problem.bestForClient() : problem.greedy()
    }
}

// MARK: The engine's statement in the oracle's words

extension Oracle.Month {
    init(_ statement: Statement) {
        self.init(month: "\(statement.period)")
        for account in statement.contracts {
            contracts[account.contract.text] = [account.hours.seconds, account.fee.minorUnits]
        }
        for grant in statement.grants {
            grants[Oracle.name(grant.id)] = Oracle.Grant(
                opening: grant.opening.seconds, drawn: grant.drawn.seconds, lapsed: grant.lapsed.seconds,
                left: grant.left.seconds)
        }
        for purchase in statement.purchases { purchases[purchase.block.text] = purchase.price.minorUnits }
        for entry in statement.setAside {
            let why = entry.reason == .awaitingApproval ? "waits" : "refused"
            setAside["\(why) \(entry.entry)", default: 0] += entry.hours.seconds
        }
        for adjustment in statement.adjustments {
            adjustments["\(adjustment.position.period) \(Oracle.name(adjustment.position.key))"] = Oracle.difference(
                adjustment.position)
        }
        lines = statement.lines.map { line in
            let workClass = statement.workClass(of: line)
            var draws: [String: Int] = [:]
            for draw in statement.draws(of: line) {
                draws[Oracle.name(statement.grants[draw.grant].id), default: 0] += draw.hours.seconds
            }
            let verdict =
                switch workClass.verdict {
                case .covered(let contract): "covered \(contract)"
                case .chargedAtList: "list"
                case .notCharged: "free"
                }
            return Oracle.Line(
                key: Oracle.name(statement.positionKey(of: line)),
                part: line.kind == .rounding ? "rounding" : "\(line.part)/\(line.parts)", date: "\(line.date)",
                worked: line.worked.seconds, rounding: line.rounding.seconds, weighting: line.weighting.seconds,
                draws: draws, charged: line.charged.seconds, courtesy: line.courtesy.seconds,
                tolerance: line.toleranceWaived.seconds, roundingWaived: line.roundingWaived.seconds,
                lateWaived: line.lateWaived.seconds, free: line.notCharged.seconds,
                withheld: line.withheld.seconds, rate: workClass.rate.perHour.minorUnits,
                verdict: verdict, amount: line.amount.minorUnits)
        }
    }
}
