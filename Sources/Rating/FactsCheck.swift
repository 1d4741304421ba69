public import Agreements

/// Finds what is wrong with facts, all of it in one go: names that nobody knows, two contracts for the same work, a block of
/// 7 hours, time that ends before it starts. The order of the facts makes no difference to what it says.
public struct FactsCheck: Sendable {
    private let terms: TermsHistory
    private let now: Instant?
    private let allowsLongEntries: Bool

    /// - Parameters:
    ///   - now: the time of asking, after which no work can have been done; nil if any date will do.
    ///   - allowsLongEntries: whether entries over 24 hours are taken as meant.
    public init(terms: TermsHistory, now: Instant? = nil, allowsLongEntries: Bool = false) {
        self.terms = terms
        self.now = now
        self.allowsLongEntries = allowsLongEntries
    }

    /// Every problem, sorted. Linear in the facts, with a look-up or two for each.
    public func problems(in facts: Facts) -> [Problem] {
        var found = Findings()
        let index = FactIndex(facts, &found)
        checkReferences(facts, index, &found)
        checkContracts(facts, index, &found)
        checkOverlaps(facts, index, &found)
        checkBlocks(facts, index, &found)
        checkTime(facts, index, &found)
        checkClosings(facts, index, &found)
        return Set(found.problems).sorted { ($0.subject, $0.message, $0.fix) < ($1.subject, $1.message, $1.fix) }
    }

    /// What was found so far.
    struct Findings {
        var problems: [Problem] = []

        mutating func add(_ subject: String, _ message: String, fix: String) {
            problems.append(Problem(subject, message, fix: fix))
        }
    }

    // MARK: References

    private func checkReferences(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        func client(_ id: ClientID, _ subject: @autoclosure () -> String) {
            guard index.clients[id] == nil else { return }
            found.add(
                subject(), "there is no client \"\(id)\"",
                fix: suggestion(for: id.text, among: index.clients.keys.map(\.text)))
        }
        func contract(_ id: ContractID, _ subject: @autoclosure () -> String) {
            guard index.contracts[id] == nil else { return }
            found.add(
                subject(), "there is no contract \"\(id)\"",
                fix: suggestion(for: id.text, among: index.contracts.keys.map(\.text)))
        }
        for fact in facts.zoneChanges { client(fact.client, "change of zone of \(fact.client)") }
        for fact in facts.projects { client(fact.client, "project \(fact.id)") }
        for fact in facts.projectsDone where index.projects[fact.project] == nil {
            found.add(
                "end of project \(fact.project)", "there is no such project",
                fix: suggestion(for: fact.project.text, among: index.projects.keys.map(\.text)))
        }
        for fact in facts.contracts { client(fact.client, "contract \(fact.id)") }
        for fact in facts.planChanges { contract(fact.contract, "change of plan of \(fact.contract)") }
        for fact in facts.contractEnds { contract(fact.contract, "end of contract \(fact.contract)") }
        for fact in facts.negotiatedTerms { contract(fact.contract, "negotiated terms of \(fact.contract)") }
        for fact in facts.blocks { client(fact.client, "block \(fact.id)") }
        for fact in facts.blockChanges where index.blocks[fact.block] == nil {
            found.add(
                "change of block \(fact.block)", "there is no such block",
                fix: suggestion(for: fact.block.text, among: index.blocks.keys.map(\.text)))
        }
        for fact in facts.requests { checkRequest(fact, "request \(fact.id)", index, &found) }
        for fact in facts.requestMoves {
            checkRequest(fact.request, "move of request \(fact.request.id)", index, &found)
            if index.requests[fact.request.id] == nil {
                found.add(
                    "move of request \(fact.request.id)", "there is no such request", fix: "add the request itself")
            }
        }
        for fact in facts.requestApprovals where index.requests[fact.request] == nil {
            found.add("approval of request \(fact.request)", "there is no such request", fix: "check its id")
        }
        for fact in facts.timeCorrections where !index.entries.contains(fact.entry.id) {
            found.add("correction of time entry \(fact.entry.id)", "there is no such entry", fix: "check its id")
        }
        for fact in facts.timeVoids where !index.entries.contains(fact.entry) {
            found.add("withdrawal of time entry \(fact.entry)", "there is no such entry", fix: "check its id")
        }
        for fact in facts.timeApprovals where !index.entries.contains(fact.entry) {
            found.add("approval of time entry \(fact.entry)", "there is no such entry", fix: "check its id")
        }
        for fact in facts.courtesies where !index.entries.contains(fact.entry) {
            found.add("courtesy for time entry \(fact.entry)", "there is no such entry", fix: "check its id")
        }
    }

    private func checkRequest(_ request: Request, _ subject: String, _ index: FactIndex, _ found: inout Findings) {
        if index.clients[request.client] == nil {
            found.add(
                subject, "there is no client \"\(request.client)\"",
                fix: suggestion(for: request.client.text, among: index.clients.keys.map(\.text)))
        }
        if !terms.versions.contains(where: { $0.serviceLines[request.serviceLine] != nil }) {
            found.add(
                subject, "the terms have no service line \"\(request.serviceLine)\"",
                fix: suggestion(for: request.serviceLine.text, among: terms.latest.serviceLines.keys.map(\.text)))
        }
        guard let project = request.project else { return }
        guard let known = index.projects[project] else {
            found.add(
                subject, "there is no project \"\(project)\"",
                fix: suggestion(for: project.text, among: index.projects.keys.map(\.text)))
            return
        }
        if known.client != request.client {
            found.add(
                subject, "project \"\(project)\" belongs to client \"\(known.client)\"",
                fix: "name a project of \"\(request.client)\"")
        }
    }

    // MARK: Contracts

    private func checkContracts(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        for contract in facts.contracts {
            let subject = "contract \(contract.id)"
            if let end = index.ends[contract.id], end < contract.from {
                found.add(
                    subject, "it ends on \(end), before it begins on \(contract.from)",
                    fix: "end it later, or leave it out")
            }
            if terms.inForce(on: contract.from) == nil {
                found.add(
                    subject,
                    "it begins on \(contract.from), and the first terms hold from \(terms.versions[0].effective)",
                    fix: "give the terms of that time")
            }
            for project in contract.projects where index.projects[project]?.client != contract.client {
                found.add(
                    subject, "client \"\(contract.client)\" has no project \"\(project)\"",
                    fix: "name projects of that client")
            }
            checkPlans(contract, index, &found)
        }
        for fact in facts.negotiatedTerms where index.contracts[fact.contract] != nil {
            guard let terms = terms.inForce(on: fact.from) else { continue }
            for subject in fact.subjects.subtracting(terms.negotiable).sorted(by: { $0.rawValue < $1.rawValue }) {
                found.add(
                    "negotiated terms of \(fact.contract) from \(fact.from)",
                    "the terms of \(terms.effective) do not let a contract set its own \(subject.rawValue)",
                    fix: "list \(subject.rawValue) under negotiable in these terms, or leave it out")
            }
        }
    }

    /// Every plan that a contract ever has must be in every version of the terms that is in force while it has it.
    private func checkPlans(_ contract: Contract, _ index: FactIndex, _ found: inout Findings) {
        let changes = (index.planChanges[contract.id] ?? []).sorted {
            ($0.on, $0.recordedAt, $0.plan) < ($1.on, $1.recordedAt, $1.plan)
        }
        let steps =
            [(plan: contract.plan, from: contract.from)]
            + changes.map { (plan: $0.plan, from: max($0.on, contract.from)) }
        for (place, step) in steps.enumerated() {
            let through = place + 1 < steps.count ? steps[place + 1].from : index.ends[contract.id]
            for (number, version) in terms.versions.enumerated() {
                let begins = version.effective
                let next = number + 1 < terms.versions.count ? terms.versions[number + 1].effective : nil
                let hasBegun = terms.isOpenStart || (through.map { begins <= $0 } ?? true)
                let isInForce = (next.map { $0 > step.from } ?? true) && hasBegun
                guard isInForce else { continue }
                let subject =
                    place == 0 ? "contract \(contract.id)" : "change of plan of \(contract.id) on \(step.from)"
                guard let plan = version.plans[step.plan] else {
                    found.add(
                        subject, "the terms of \(begins) have no plan \"\(step.plan)\"",
                        fix: suggestion(for: step.plan.text, among: version.plans.keys.map(\.text)))
                    continue
                }
                if plan.serviceLine != contract.serviceLine {
                    found.add(
                        subject,
                        "plan \"\(step.plan)\" is for \(plan.serviceLine), and the contract for \(contract.serviceLine)",
                        fix: "choose a plan for \(contract.serviceLine)")
                }
            }
        }
    }

    /// Two contracts that cover the same work are refused unless they are ranked (design D6), and all contracts of a client
    /// that share a period must draw in the same order.
    private func checkOverlaps(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        for contracts in Dictionary(grouping: facts.contracts, by: \.client).values {
            let sorted = contracts.sorted { ($0.id, $0.from) < ($1.id, $1.from) }
            for (place, first) in sorted.enumerated() {
                for second in sorted[(place + 1)...] where first.id != second.id {
                    guard let day = sharedDay(first, second, index) else { continue }
                    let subject = "contracts \(first.id) and \(second.id)"
                    let shareWork =
                        first.serviceLine == second.serviceLine
                        && (first.projects.isEmpty || second.projects.isEmpty
                            || !first.projects.isDisjoint(with: second.projects))
                    if shareWork, first.rank == nil || second.rank == nil || first.rank == second.rank {
                        found.add(
                            subject, "both cover \(first.serviceLine) from \(day)",
                            fix:
                                "end one before the other begins, limit them to different projects, or give each a rank"
                        )
                    }
                    checkDrawOrder(first, second, from: day, facts, index, subject, &found)
                }
            }
        }
    }

    /// The first day on which two contracts are both in force.
    private func sharedDay(_ a: Contract, _ b: Contract, _ index: FactIndex) -> CivilDate? {
        let day = max(a.from, b.from)
        func runs(_ contract: Contract) -> Bool {
            index.ends[contract.id].map {
                max($0, contract.from) >= contract.from && day <= Period(containing: $0).lastDay
            } ?? true
        }
        return runs(a) && runs(b) ? day : nil
    }

    private func checkDrawOrder(
        _ a: Contract, _ b: Contract, from day: CivilDate, _ facts: Facts, _ index: FactIndex, _ subject: String,
        _ found: inout Findings
    ) {
        let overrides = [a, b].map { contract in
            (index.negotiated[contract.id] ?? []).filter { $0.drawOrder != nil }.sorted {
                ($0.from, $0.recordedAt, "\($0)") < ($1.from, $1.recordedAt, "\($1)")
            }
        }
        guard overrides.contains(where: { !$0.isEmpty }) else { return }
        let ends = [a, b].compactMap { index.ends[$0.id] }.map { Period(containing: $0) }
        let begin = Period(containing: day)
        let changes =
            overrides.flatMap { $0 }.map { Period(containing: $0.from) }
            + terms.versions.map { Period(containing: $0.effective).next }
        for period in Set([begin] + changes.filter { $0 > begin }).sorted() where ends.allSatisfy({ period <= $0 }) {
            let orders = overrides.enumerated().map { place, list in
                list.last { Period(containing: $0.from) <= period }?.drawOrder
                    ?? (terms.inForce(on: max([a, b][place].from, period.firstDay)) ?? terms.versions[0]).policies
                    .drawOrder
            }
            if orders[0] != orders[1] {
                found.add(
                    subject, "in \(period) one draws \(orders[0].rawValue) and the other \(orders[1].rawValue)",
                    fix: "agree on one order for all contracts of a client")
                return
            }
        }
    }

    // MARK: Blocks

    private func checkBlocks(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        for block in facts.blocks {
            let subject = "block \(block.id)"
            let version = terms.inForce(on: block.boughtOn)
            if version == nil {
                found.add(
                    subject, "it was bought on \(block.boughtOn), before the first terms",
                    fix: "give the terms of that time")
            } else if version?.blocks == nil {
                found.add(
                    subject, "the terms in force on \(block.boughtOn) sell no blocks",
                    fix: "add blocks to these terms, or leave it out")
            }
            checkSize(block.hours, subject, version?.blocks, &found)
            if let lastDay = block.lastDay, lastDay < block.effective {
                found.add(
                    subject, "its last day \(lastDay) is before its first day \(block.effective)",
                    fix: "give a later last day")
            }
            switch block.scope {
            case .project(let project) where index.projects[project]?.client != block.client:
                found.add(
                    subject, "client \"\(block.client)\" has no project \"\(project)\"",
                    fix: "name a project of that client")
            case .serviceLine(let line) where !terms.versions.contains { $0.serviceLines[line] != nil }:
                found.add(
                    subject, "the terms have no service line \"\(line)\"",
                    fix: suggestion(for: line.text, among: terms.latest.serviceLines.keys.map(\.text)))
            default: break
            }
        }
        for change in facts.blockChanges {
            guard let block = index.blocks[change.block], let hours = change.hours, hours != .zero else { continue }
            checkSize(hours, "change of block \(change.block)", terms.inForce(on: block.boughtOn)?.blocks, &found)
        }
    }

    private func checkSize(_ hours: Hours, _ subject: String, _ sale: BlockTerms?, _ found: inout Findings) {
        let minimum = sale?.minimum ?? Hours(5)
        let step = sale?.step ?? Hours(5)
        if hours < minimum || hours.seconds % step.seconds != 0 {
            found.add(subject, "it has \(hours)", fix: "blocks are sold from \(minimum) in steps of \(step)")
        }
    }

    // MARK: Time

    private func checkTime(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        // A day is over somewhere on earth 14 hours before it is in UTC.
        let today = now.map { CivilDate(day: floorDivide($0.seconds + 14 * 3600, 86_400)) }
        let limit = Hours(24)
        var worked: [EntryID: Hours] = [:]
        let given = Set(facts.courtesies.map(\.entry))

        func check(_ entry: TimeEntry, _ kind: String) {
            let hours = entry.worked
            var first: CivilDate
            switch entry.when {
            case .dated(let date, _):
                first = date
                if hours <= .zero {
                    found.add(
                        "\(kind) \(entry.id)", "it has \(hours) hours", fix: "write more than none, or leave it out")
                }
                if let today, date > today {
                    found.add(
                        "\(kind) \(entry.id)", "it lies in the future, on \(date)",
                        fix: "give the date on which the work was done")
                }
            case .clocked(let start, let end):
                first = CivilDate(day: floorDivide(start.seconds - 12 * 3600, 86_400))
                if end <= start {
                    found.add(
                        "\(kind) \(entry.id)", "it ends at \(end), not after it starts at \(start)",
                        fix: "give a later end")
                }
                if let now, end > now {
                    found.add(
                        "\(kind) \(entry.id)", "it lies in the future: it ends at \(end)",
                        fix: "give the time at which the work was done")
                }
            }
            if hours > limit, !allowsLongEntries {
                found.add(
                    "\(kind) \(entry.id)", "it lasts \(hours), over 24 hours",
                    fix: "split it by days, or allow long entries if it is meant")
            }
            guard let request = index.requests[entry.request] else {
                found.add(
                    "\(kind) \(entry.id)", "there is no request \"\(entry.request)\"",
                    fix: "add the request, or check its id")
                return
            }
            if let client = index.clients[request.client], case .clocked(let start, _) = entry.when {
                first = client.zone.date(of: start)
            }
            guard let version = terms.inForce(on: first) else {
                found.add(
                    "\(kind) \(entry.id)", "no terms were in force on \(first)", fix: "give the terms of that time")
                return
            }
            if version.workTypes[entry.workType] == nil {
                found.add(
                    "\(kind) \(entry.id)", "the terms of \(version.effective) have no work type \"\(entry.workType)\"",
                    fix: suggestion(for: entry.workType.text, among: version.workTypes.keys.map(\.text)))
            }
        }
        for entry in facts.timeEntries {
            check(entry, "time entry")
            if given.contains(entry.id) { worked[entry.id] = entry.worked }
        }
        for correction in facts.timeCorrections {
            check(correction.entry, "correction of time entry")
            if given.contains(correction.entry.id) {
                worked[correction.entry.id] = max(worked[correction.entry.id] ?? .zero, correction.entry.worked)
            }
        }
        for courtesy in facts.courtesies {
            if let hours = courtesy.hours, let most = worked[courtesy.entry], hours > most {
                found.add(
                    "courtesy for time entry \(courtesy.entry)", "it gives \(hours) of \(most)",
                    fix: "give at most what was worked")
            }
        }
    }

    // MARK: Closings

    private func checkClosings(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        var seen: Set<ClosedPeriod> = []
        for closing in facts.closings {
            let subject = "closing of \(closing.client) \(closing.period)"
            if index.clients[closing.client] == nil {
                found.add(
                    subject, "there is no client \"\(closing.client)\"",
                    fix: suggestion(for: closing.client.text, among: index.clients.keys.map(\.text)))
            }
            if !seen.insert(ClosedPeriod(client: closing.client, period: closing.period)).inserted {
                found.add(subject, "the period is closed twice", fix: "keep one closing")
            }
            for position in closing.positions where position.period > closing.period {
                found.add(
                    subject, "it issues something for \(position.period), a later period",
                    fix: "issue that with its own period")
            }
        }
    }

    private struct ClosedPeriod: Hashable {
        var client: ClientID
        var period: Period
    }
}

/// Facts by their ids; ids that are there twice are found on the way.
private struct FactIndex {
    var clients: [ClientID: Client] = [:]
    var projects: [ProjectID: Project] = [:]
    var contracts: [ContractID: Contract] = [:]
    var ends: [ContractID: CivilDate] = [:]
    var planChanges: [ContractID: [PlanChange]]
    var negotiated: [ContractID: [NegotiatedTerms]]
    var blocks: [BlockID: Block] = [:]
    var requests: [RequestID: Request] = [:]
    var entries: Set<EntryID> = []

    init(_ facts: Facts, _ found: inout FactsCheck.Findings) {
        func note(_ isKnown: Bool, _ kind: String, _ id: some CustomStringConvertible) {
            if isKnown {
                found.add("\(kind) \(id)", "the id is there twice", fix: "give each \(kind) an id of its own")
            }
        }
        for fact in facts.clients { note(clients.updateValue(fact, forKey: fact.id) != nil, "client", fact.id) }
        for fact in facts.projects { note(projects.updateValue(fact, forKey: fact.id) != nil, "project", fact.id) }
        for fact in facts.contracts { note(contracts.updateValue(fact, forKey: fact.id) != nil, "contract", fact.id) }
        for fact in facts.blocks { note(blocks.updateValue(fact, forKey: fact.id) != nil, "block", fact.id) }
        requests.reserveCapacity(facts.requests.count)
        for fact in facts.requests { note(requests.updateValue(fact, forKey: fact.id) != nil, "request", fact.id) }
        entries.reserveCapacity(facts.timeEntries.count)
        for fact in facts.timeEntries { note(!entries.insert(fact.id).inserted, "time entry", fact.id) }
        for fact in facts.contractEnds.sorted(by: { ($0.recordedAt, $0.on) < ($1.recordedAt, $1.on) }) {
            ends[fact.contract] = fact.on
        }
        planChanges = Dictionary(grouping: facts.planChanges, by: \.contract)
        negotiated = Dictionary(grouping: facts.negotiatedTerms, by: \.contract)
    }
}
