import Agreements
import Rating

extension Oracle {
    static func name(_ grant: GrantID) -> String {
        switch grant {
        case .allotment(let contract, _): "plan \(contract)"
        case .block(let block): "block \(block)"
        }
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

    /// The closings that stand, by going through time: closing a month makes it closed, reopening makes it open.
    func closings() -> [Closing] {
        var standing: [String: Closing] = [:]
        let closings = facts.closings.filter { $0.client == client.id }
        let reopenings = facts.reopenings.filter { $0.client == client.id }
        for second in Set(closings.map(\.recordedAt.seconds) + reopenings.map(\.recordedAt.seconds)).sorted() {
            for closing in closings where closing.recordedAt.seconds == second {
                standing["\(closing.period)"] = closing
            }
            for reopening in reopenings where reopening.recordedAt.seconds == second {
                standing["\(reopening.period)"] = nil
            }
        }
        return standing.values.sorted { $0.recordedAt < $1.recordedAt }
    }

    /// All months, earliest first.
    func months(_ wanted: [String]) -> [Month] {
        var drawn: [String: Int] = [:]
        var months: [Month] = []
        var differences: [String: Difference] = [:]
        permits = facts.permits.map { ($0.request, "\($0.until)", $0.hours.seconds) }
        let closed = closings().map { "\($0.period)" }
        for name in wanted {
            var (month, positions) = rate(name, drawn: drawn)
            for (grant, account) in month.grants where grant.hasPrefix("block") {
                drawn[grant, default: 0] += account.drawn
            }
            if closed.contains(name) {
                var issued: [String: Difference] = [:]
                for position in closings().flatMap(\.positions) where "\(position.period)" == name {
                    issued[Oracle.name(position.key), default: Difference()].add(Oracle.difference(position), 1)
                }
                for key in Set(positions.keys).union(issued.keys) {
                    var difference = positions[key] ?? Difference()
                    difference.add(issued[key] ?? Difference(), -1)
                    if !difference.isNothing { differences["\(name) \(key)"] = difference }
                }
            }
            if let last = closed.max(), OracleTime.next(last) == name { month.adjustments = differences }
            months.append(month)
        }
        return months
    }

    /// One month, and what each of its positions comes to.
    private func rate(_ name: String, drawn: [String: Int]) -> (Month, [String: Difference]) {
        var month = Month(month: name)
        let accounts = contracts.compactMap { account($0, name) }
        let listPolicies = terms(on: "\(name)-01").policies
        let closing = closings().first { "\($0.period)" == name }
        for account in accounts { month.contracts[account.contract.id.text] = [account.hours, account.fee] }
        for state in blocks where OracleTime.month("\(state.block.boughtOn)") == name {
            month.purchases[state.block.id.text] = Oracle.divide(
                state.hours * state.block.pricePerHour.perHour.minorUnits, 3600)
        }

        // Grants, in the order of grants.
        let order = accounts.first?.policies.drawOrder ?? listPolicies.drawOrder
        var grants: [OpenGrant] = accounts.map { account in
            OpenGrant(
                name: "plan \(account.contract.id)", isAllotment: true, from: account.anchor,
                lastDay: OracleTime.lastDay(name), breadth: account.contract.projects.isEmpty ? 1 : 0,
                rank: account.contract.rank ?? .max, bought: "\(account.contract.from)", hours: account.hours,
                contract: account.contract, id: account.contract.id.text)
        }
        for state in blocks {
            guard let effective = state.effective, OracleTime.month(effective) <= name else { continue }
            if let lastDay = state.lastDay, OracleTime.month(max(lastDay, effective)) < name { continue }
            let id = "block \(state.block.id)"
            var hours = state.hours - (drawn[id] ?? 0)
            for closing in closings() {
                for position in closing.positions where "\(position.period)" > name {
                    for (grant, seconds) in position.draws where Oracle.name(grant) == id { hours -= seconds.seconds }
                }
            }
            guard hours > 0 else { continue }
            let breadth =
                switch state.block.scope {
                case .project: 0
                case .serviceLine: 1
                case .client: 2
                }
            grants.append(
                OpenGrant(
                    name: id, isAllotment: false, from: effective, lastDay: state.lastDay, breadth: breadth, rank: .max,
                    bought: "\(state.block.boughtOn)", hours: hours, block: state.block, id: state.block.id.text))
        }
        grants.sort { OpenGrant.isBefore($0, $1, order) }

        // Lines.
        var lines = makeLines(name, accounts, listPolicies, closing, &month)
        addRounding(&lines, accounts, listPolicies)
        for index in lines.indices { weigh(&lines[index]) }

        // Draw-down.
        let takes = draw(lines, grants, order, closing)
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
            let lapses = grant.lastDay.map { max($0, grant.from) <= OracleTime.lastDay(name) } ?? false
            if lapses { account.lapsed = grant.hours - given } else { account.left = grant.hours - given }
            month.grants[grant.name] = account
        }

        // Tolerance, then amounts.
        for account in accounts {
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
        var positions: [String: Difference] = [:]
        for account in accounts {
            positions[Oracle.name(PositionKey.fee(account.contract.id)), default: Difference()].amount += account.fee
        }
        for (block, price) in month.purchases {
            positions[Oracle.name(PositionKey.block(BlockID(block))), default: Difference()].amount += price
        }
        for index in lines.indices {
            let line = lines[index].line
            lines[index].line.amount = Oracle.divide(line.charged * line.rate, 3600)
            positions[line.key, default: Difference()].add(
                Difference(
                    worked: line.worked, draws: line.draws, charged: line.charged, courtesy: line.courtesy,
                    waived: line.tolerance + line.roundingWaived + line.lateWaived, free: line.free,
                    withheld: line.withheld, amount: lines[index].line.amount), 1)
        }
        month.lines = lines.map(\.line)
        return (month, positions.filter { !$0.value.isNothing })
    }

    // MARK: Lines

    /// A line with what led to it.
    private struct Draft {
        var line: Line
        var part: Part
        var account: Account?
        var increment: Increment?
        var isCharged: Bool
        var isForgiven = false

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
                part: part, account: account, increment: (account?.policies ?? listPolicies).increment,
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

    private func mayDraw(_ draft: Draft, _ grant: OpenGrant) -> Bool {
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

    /// What each line takes from each grant.
    private func draw(_ drafts: [Draft], _ grants: [OpenGrant], _ order: DrawOrder, _ closing: Closing?) -> [[Int]] {
        // Layers: one for each closing that issued something for this period, its own first, and one for the rest.
        var issues: [(seconds: [String: Int], withheld: [String: Int], available: [String: Int])] = []
        if let closing {
            for other in closings().sorted(by: {
                ($0.period != closing.period ? 1 : 0, $0.recordedAt.seconds) < (
                    $1.period != closing.period ? 1 : 0, $1.recordedAt.seconds
                )
            }) {
                let positions = other.positions.filter { $0.period == closing.period }
                guard other.period == closing.period || !positions.isEmpty else { continue }
                var seconds: [String: Int] = [:]
                var withheld: [String: Int] = [:]
                for position in positions {
                    let issued = Oracle.difference(position)
                    let billable = issued.draws.values.reduce(0, +) + issued.charged + issued.waived
                    let key = Oracle.name(position.key)
                    seconds[key, default: 0] += max(0, billable)
                    // What is taken back counts from the latest layer on.
                    var taken = max(0, -billable)
                    for index in issues.indices.reversed() {
                        let less = min(taken, issues[index].seconds[key] ?? 0)
                        issues[index].seconds[key, default: 0] -= less
                        taken -= less
                    }
                    withheld[key, default: 0] += max(0, issued.withheld)
                    taken = max(0, -issued.withheld)
                    for index in issues.indices.reversed() {
                        let less = min(taken, issues[index].withheld[key] ?? 0)
                        issues[index].withheld[key, default: 0] -= less
                        taken -= less
                    }
                }
                let hours =
                    other.period == closing.period ? other.available : other.availableEarlier[closing.period] ?? [:]
                var available: [String: Int] = [:]
                for (grant, value) in hours { available[Oracle.name(grant)] = value.seconds }
                issues.append((seconds, withheld, available))
            }
        }
        let layers = issues.count + 1
        var problem = OracleDraw(asks: [], rates: [], grants: [], allowed: [])
        var grantOf: [Int] = []
        var layerOf: [Int] = []
        for (index, grant) in grants.enumerated() {
            var known = 0
            for layer in 0..<layers {
                let now =
                    layer < issues.count
                    ? max(known, min(grant.hours, issues[layer].available[grant.name] ?? known)) : grant.hours
                problem.grants.append(now - known)
                known = now
                grantOf.append(index)
                layerOf.append(layer)
            }
        }
        var lineOf: [Int] = []
        var rest = drafts.map(\.asked)
        func ask(_ index: Int, _ seconds: Int, of layer: Int) {
            guard seconds > 0 else { return }
            let draft = drafts[index]
            rest[index] -= seconds
            lineOf.append(index)
            if draft.isForgiven { problem.last.insert(problem.asks.count) }
            problem.asks.append(seconds)
            problem.rates.append(draft.isForgiven ? 0 : draft.line.rate)
            problem.allowed.append(
                grantOf.indices.map { layerOf[$0] <= layer && mayDraw(draft, grants[grantOf[$0]]) })
        }
        for layer in 0..<layers {
            for (index, draft) in drafts.enumerated() {
                guard layer < issues.count else {
                    ask(index, rest[index], of: layer)
                    continue
                }
                let key = draft.line.key
                let billed = min(rest[index], issues[layer].seconds[key] ?? 0)
                issues[layer].seconds[key, default: 0] -= billed
                ask(index, billed, of: layer)
                // Nobody was billed for what was withheld: hours that came later may pay for it.
                let withheld = min(rest[index], issues[layer].withheld[key] ?? 0)
                issues[layer].withheld[key, default: 0] -= withheld
                ask(index, withheld, of: layers - 1)
            }
        }
        var takes = drafts.map { _ in [Int](repeating: 0, count: grants.count) }
        for (ask, list) in (order == .bestForClient ? problem.bestForClient() : problem.greedy()).enumerated() {
            for (place, seconds) in list.enumerated() { takes[lineOf[ask]][grantOf[place]] += seconds }
        }
        return takes
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
