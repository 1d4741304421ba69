import Agreements
package import Values

/// Rates one period of one client: what each piece of work asks for, what it draws, and what is charged.
///
/// The steps are those of docs/rules.md, in their order: accounts, grants, coverage, what a part asks for, draw-down,
/// tolerance, consent, amounts.
struct PeriodRating {
    private let history: ClientHistory
    private let terms: TermsHistory
    private let period: Period
    private let accounts: [ContractAccount]
    private let grants: [OpenGrant]
    private let classes: WorkClasses
    private let listPolicies: Policies
    private let closing: Closing?
    /// What was issued for the period; nil while it is open.
    private let closed: ClosedPeriod?
    private(set) var statement: Statement
    /// What seconds that were billed draw from blocks, by the closing that billed them first.
    private(set) var billedDraws = BilledDraws()

    /// Rates a period up to its draws: what remains depends on no other period but for permits.
    ///
    /// - Parameters:
    ///   - parts: the period's parts, in the order of work.
    ///   - available: the hours each of the client's blocks has for the period.
    ///   - elsewhere: what other periods draw from blocks for seconds that were billed.
    init(
        of history: ClientHistory, terms: TermsHistory, period: Period, parts: ArraySlice<WorkPart>,
        available: [BlockID: Hours], elsewhere: BilledDraws = BilledDraws()
    ) {
        self.init(history: history, terms: terms, period: period, available: available)
        addLines(parts)
        addRounding(parts)
        drawDown(elsewhere)
    }

    /// The hours drawn from each block.
    var blockDraws: [BlockID: Hours] {
        var draws: [BlockID: Hours] = [:]
        for grant in statement.grants where grant.drawn > .zero {
            if case .block(let id) = grant.id { draws[id] = grant.drawn }
        }
        return draws
    }

    /// The statement: tolerance, consent and amounts after the draws.
    ///
    /// - Parameter permits: what earlier periods left of the client's permits; the period's use is taken off.
    func statement(using permits: inout PermitBook) -> Statement {
        var rating = self
        rating.waiveTolerance()
        rating.statement.withhold(using: &permits)
        rating.price()
        return rating.statement
    }

    private init(history: ClientHistory, terms: TermsHistory, period: Period, available: [BlockID: Hours]) {
        self.history = history
        self.terms = terms
        self.period = period
        let accounts = history.contracts.compactMap { $0.account(in: period, terms: terms) }
        self.accounts = accounts
        listPolicies = (terms.inForce(on: period.firstDay) ?? terms.versions[0]).policies
        let order = accounts.first?.policies.drawOrder ?? listPolicies.drawOrder
        let grants = PeriodRating.grants(history, accounts, period, available).sorted { $0.isBefore($1, order) }
        self.grants = grants
        closing = history.closings[period]
        closed = closing == nil ? nil : ClosedPeriod(history, period)
        classes = WorkClasses(
            history: history, terms: terms, period: period, accounts: accounts, grants: grants,
            edges: closed?.edges ?? [])

        statement = Statement(
            client: history.client, zone: history.zones.zone(of: period), nextZone: history.zones.zone(of: period.next),
            period: period, closedAt: closing?.recordedAt, listIncrement: listPolicies.increment,
            entries: history.entries, notes: history.notes)
        statement.drawOrder = order
        statement.contracts = accounts
        statement.grants = grants.map {
            GrantAccount(
                id: $0.id, scope: $0.scope, from: $0.from, lastDay: $0.lastDay, opening: $0.hours, drawn: .zero,
                lapsed: .zero, left: .zero)
        }
        statement.purchases = history.blocks.map(\.block).filter { Period(containing: $0.boughtOn) == period }.map {
            BlockPurchase(block: $0.id, hours: $0.hours, pricePerHour: $0.pricePerHour, price: $0.price)
        }
        statement.issuedTotal = closing?.total(history.client.currency)
        statement.setAside = history.awaitingApproval[period] ?? []
    }

    // MARK: Grants

    private static func grants(
        _ history: ClientHistory, _ accounts: [ContractAccount], _ period: Period, _ available: [BlockID: Hours]
    ) -> [OpenGrant] {
        var grants: [OpenGrant] = []
        for account in accounts {
            guard let contract = history.contracts.first(where: { $0.contract.id == account.contract })?.contract
            else { continue }
            grants.append(
                OpenGrant(
                    id: .allotment(contract.id, period),
                    scope: .contract(contract.serviceLine, projects: contract.projects), from: account.from,
                    lastDay: period.lastDay, boughtOn: contract.from, rank: contract.rank, hours: account.hours))
        }
        for block in history.blocks {
            guard let effective = block.effective, let hours = available[block.block.id], hours > .zero else {
                continue
            }
            grants.append(
                OpenGrant(
                    id: .block(block.block.id), scope: .block(block.block.scope), from: effective,
                    lastDay: block.lastDay, boughtOn: block.block.boughtOn, rank: nil, hours: hours))
        }
        return grants
    }

    // MARK: Lines

    /// A line for each part: what is courtesy, late or never charged, and what is left to be paid for.
    private mutating func addLines(_ parts: ArraySlice<WorkPart>) {
        statement.lines.reserveCapacity(parts.count)
        let nothing = Money.zero(history.client.currency)
        let late = closing == nil ? [:] : lateTime(parts)
        for part in parts {
            let index = classes.index(ofKind: Int(part.kind), on: part.date)
            let isCharged = classes.figures[index].isCharged
            var line = WorkLine(
                kind: .work, part: part.part, parts: part.parts, date: part.date,
                start: part.isDated ? nil : part.start, worked: part.worked, rounding: .zero, weighting: .zero,
                courtesy: isCharged ? part.courtesy : .zero, lateWaived: .zero,
                notCharged: isCharged ? .zero : part.worked, amount: nothing, entryIndex: part.entry,
                classIndex: Int32(index))
            if isCharged, let hours = late[LatePart(entry: part.entry, part: part.part)], hours > .zero {
                switch policies(of: index).lateTime {
                case .adjust: break
                case .waive: line.lateWaived = hours
                case .refuse:
                    line.worked = line.worked - hours
                    statement.setAside.append(
                        SetAsideEntry(
                            entry: history.entries[Int(part.entry)].id, hours: hours, reason: .refusedLate))
                }
            }
            weigh(&line)
            statement.lines.append(line)
        }
        statement.workClasses = classes.all
    }

    private func weigh(_ line: inout WorkLine) {
        let percent = classes.figures[Int(line.classIndex)].weighting
        guard percent != 100 else { return }
        let asked = line.askedBeforeWeighting.seconds
        line.weighting = Hours(seconds: (asked * percent * 2 + 100) / 200 - asked)
    }

    /// The policies that hold for a class of work: its contract's, or the list's.
    private func policies(of workClass: Int) -> Policies {
        accountIndex(of: workClass).map { accounts[$0].policies } ?? listPolicies
    }

    private func accountIndex(of workClass: Int) -> Int? {
        guard case .covered(let contract) = classes.all[workClass].verdict else { return nil }
        return accounts.firstIndex { $0.contract == contract }
    }

    // MARK: Late time

    private struct LatePart: Hashable {
        var entry: Int32
        var part: Int32
    }

    /// For each part what of it came after the closing: what the entry's time exceeds the time that its period's own
    /// closing issued for it, taken from its latest parts first, from what courtesy left (design X2). Later closings do
    /// not count here: late time that was given once stays given.
    private func lateTime(_ parts: ArraySlice<WorkPart>) -> [LatePart: Hours] {
        var excess: [Int32: Hours] = [:]
        for part in parts { excess[part.entry, default: .zero] += part.worked }
        var closed: [EntryID: Hours] = [:]
        for position in closing?.positions ?? [] where position.period == period {
            if case .entry(let entry) = position.key { closed[entry, default: .zero] += position.worked }
        }
        for (entry, worked) in excess {
            excess[entry] = max(.zero, worked - (closed[history.entries[Int(entry)].id] ?? .zero))
        }
        var late: [LatePart: Hours] = [:]
        for part in parts.reversed() {
            let taken = min(excess[part.entry] ?? .zero, part.worked - part.courtesy)
            excess[part.entry, default: .zero] -= taken
            late[LatePart(entry: part.entry, part: part.part)] = taken
        }
        return late
    }

    // MARK: Increments

    /// What is rounded up as one (design P3).
    private enum RoundingGroup: Hashable {
        case entry(account: Int, Int32)
        case requestAndDay(account: Int, Int32, CivilDate)
        case requestAndPeriod(account: Int, Int32)
    }

    /// Adds to each group of work the time that rounds it up, as a line after its last piece.
    private mutating func addRounding(_ parts: ArraySlice<WorkPart>) {
        guard listPolicies.increment != nil || accounts.contains(where: { $0.policies.increment != nil }) else {
            return
        }
        struct Members {
            var asked = Hours.zero
            var lines: [Int] = []
        }
        var groups: [RoundingGroup: Members] = [:]
        for (index, part) in zip(statement.lines.indices, parts) {
            let line = statement.lines[index]
            guard let increment = policies(of: Int(line.classIndex)).increment, line.askedBeforeWeighting > .zero
            else { continue }
            let account = accountIndex(of: Int(line.classIndex)) ?? -1
            let group: RoundingGroup =
                switch increment.group {
                case .entry: .entry(account: account, part.entry)
                case .requestAndDay: .requestAndDay(account: account, part.request, part.date)
                case .requestAndPeriod: .requestAndPeriod(account: account, part.request)
                }
            groups[group, default: Members()].asked += line.askedBeforeWeighting
            groups[group]?.lines.append(index)
        }
        let inOrder = groups.values.sorted { ($0.lines.last ?? 0) < ($1.lines.last ?? 0) }
        var rounding: [Int: WorkLine] = [:]
        for members in inOrder {
            guard let last = members.lines.last else { continue }
            var line = statement.lines[last]
            guard let increment = policies(of: Int(line.classIndex)).increment else { continue }
            for member in members.lines { statement.lines[member].groupIndex = Int32(statement.groups.count) }
            line.kind = .rounding
            line.groupIndex = Int32(statement.groups.count)
            let billed = increment.billed(members.asked)
            statement.groups.append(
                BilledGroup(
                    key: statement.positionKey(of: line), increment: increment, asked: members.asked, billed: billed,
                    lines: []))
            line.rounding = billed - members.asked
            guard line.rounding > .zero else { continue }
            (line.part, line.parts) = (1, 1)
            (line.start, line.worked, line.courtesy, line.lateWaived) = (nil, .zero, .zero, .zero)
            weigh(&line)
            rounding[last] = line
        }
        var lines: [WorkLine] = []
        lines.reserveCapacity(statement.lines.count + rounding.count)
        for (index, line) in statement.lines.enumerated() {
            lines.append(line)
            if let added = rounding[index] { lines.append(added) }
        }
        statement.lines = lines
        for (place, line) in lines.enumerated() where line.groupIndex >= 0 {
            statement.groups[Int(line.groupIndex)].lines.append(place)
        }
    }

    /// Whether a line is rounding that may draw hours, but may not cause overage.
    private func isForgiven(_ line: WorkLine) -> Bool {
        line.kind == .rounding && !(policies(of: Int(line.classIndex)).increment?.mayCauseOverage ?? true)
    }

    // MARK: Draw-down

    private mutating func drawDown(_ elsewhere: BilledDraws) {
        let order = accounts.first?.policies.drawOrder ?? listPolicies.drawOrder
        let rate = { (line: WorkLine) in isForgiven(line) ? 0 : classes.figures[Int(line.classIndex)].rate }
        let book: AskBook
        let takings: [DrawDown.Taking]
        if let closed {
            book = AskBook(
                closed: closed, elsewhere: elsewhere, statement: statement, grants: grants, dates: classes.dates,
                rate: rate,
                standsBack: isForgiven, isGreedy: order != .bestForClient)
            takings = LeastChange(book.drawDown, homes: book.homes, grantOfPart: book.grantOfPart)
                .takings(asGoodAs: book.drawDown.takings(order), isFixed: book.isFixed)
        } else {
            book = AskBook(open: statement, grants: grants, rate: rate, standsBack: isForgiven)
            takings = book.drawDown.takings(order)
        }
        statement.draws.reserveCapacity(takings.count)
        for taking in takings {
            let line = book.line(ofAsk: taking.ask)
            let grant = book.grant(ofPart: taking.grant)
            let hours = Hours(seconds: taking.seconds)
            statement.grants[grant].drawn += hours
            statement.lines[line].drawn += hours
            if let closed, case .block(let block) = grants[grant].id,
                book.layer(ofAsk: taking.ask) < closed.layers.count
            {
                billedDraws.add(taking.seconds, of: block, closed.layers[book.layer(ofAsk: taking.ask)].closing)
            }
            if statement.lines[line].drawCount == 0 { statement.lines[line].firstDraw = Int32(statement.draws.count) }
            // A line's draws stand together, one for each grant, in the order of grants.
            let draws = Int(statement.lines[line].firstDraw)..<statement.draws.count
            if let known = draws.first(where: { statement.draws[$0].grant == grant }) {
                statement.draws[known].hours += hours
                continue
            }
            statement.lines[line].drawCount += 1
            statement.draws.append(Draw(grant: grant, hours: hours))
        }
        sortDraws()
        for index in statement.grants.indices {
            let grant = statement.grants[index]
            let rest = grant.opening - grant.drawn
            let lapses = grant.lastDay.map { max($0, grant.from) <= period.lastDay } ?? false
            statement.grants[index].lapsed = lapses ? rest : .zero
            statement.grants[index].left = lapses ? .zero : rest
        }
        for index in statement.lines.indices {
            let line = statement.lines[index]
            let rest = line.asked - line.drawn
            if isForgiven(line) {
                statement.lines[index].roundingWaived = rest
            } else {
                statement.lines[index].charged = rest
            }
        }
    }

    /// Puts each line's draws in the order of grants: its layers may have drawn on them in another.
    private mutating func sortDraws() {
        guard closed != nil else { return }
        for line in statement.lines where line.drawCount > 1 {
            let draws = Int(line.firstDraw)..<Int(line.firstDraw + line.drawCount)
            statement.draws[draws].sort { $0.grant < $1.grant }
        }
    }

    // MARK: Tolerance and amounts

    /// Waives what is within a contract's tolerance, the dearest first (design P5).
    private mutating func waiveTolerance() {
        for account in accounts {
            guard let tolerance = account.policies.tolerance else { continue }
            let verdict = Verdict.covered(account.contract)
            let over = statement.lines.indices.filter {
                statement.lines[$0].charged > .zero
                    && classes.all[Int(statement.lines[$0].classIndex)].verdict == verdict
            }
            let overage = over.reduce(Hours.zero) { $0 + statement.lines[$1].charged }
            let margin = tolerance.margin(of: account.hours)
            if overage > margin, tolerance.beyond == .all { continue }
            var left = min(margin, overage)
            func rate(_ index: Int) -> Int {
                classes.figures[Int(statement.lines[index].classIndex)].rate
            }
            for index in over.sorted(by: { (rate($1), $0) < (rate($0), $1) }) where left > .zero {
                let waived = min(left, statement.lines[index].charged)
                statement.lines[index].charged -= waived
                statement.lines[index].toleranceWaived = waived
                left -= waived
            }
        }
    }

    /// Prices each line by itself, and each group as one for each of its rates (design P1).
    private mutating func price() {
        var groups: [BilledPrice: [Int]] = [:]
        for index in statement.lines.indices where statement.lines[index].charged > .zero {
            let line = statement.lines[index]
            let rate = classes.figures[Int(line.classIndex)].rate
            guard line.groupIndex < 0 else {
                groups[BilledPrice(group: line.groupIndex, rate: rate), default: []].append(index)
                continue
            }
            statement.lines[index].amount.minorUnits = HourlyRate.amount(
                seconds: line.charged.seconds, minorUnitsPerHour: rate)
        }
        guard !groups.isEmpty else { return }
        let issued = closed == nil ? [:] : issuedAmounts()
        statement.keptAmounts = issued
        for (price, lines) in groups {
            let shares = AmountShares(
                seconds: lines.map { statement.lines[$0].charged.seconds }, rate: price.rate,
                issued: lines.map { issued[$0] })
            for (line, amount) in zip(lines, shares.amounts) { statement.lines[line].amount.minorUnits = amount }
        }
    }

    /// What is priced as one.
    private struct BilledPrice: Hashable {
        var group: Int32
        var rate: Int
    }

    /// The amounts that were issued for lines which are charged just what they were issued with, by their places. A
    /// position with several lines was issued as a sum, so that nothing is known of each.
    private func issuedAmounts() -> [Int: Int] {
        var lines: [PositionKey: [Int]] = [:]
        for (index, line) in statement.lines.enumerated() {
            lines[statement.positionKey(of: line), default: []].append(index)
        }
        var amounts: [Int: Int] = [:]
        for (key, places) in lines where places.count == 1 {
            guard let issued = closed?.issued[key], issued.charged == statement.lines[places[0]].charged else {
                continue
            }
            amounts[places[0]] = issued.amount.minorUnits
        }
        return amounts
    }
}

extension WorkLine {
    /// What is left to be rounded, weighed and paid for.
    package var askedBeforeWeighting: Hours { worked + rounding - courtesy - lateWaived - notCharged }
    /// What is to be drawn, charged or waived.
    package var asked: Hours { askedBeforeWeighting + weighting }
}
