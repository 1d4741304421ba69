public import Agreements
public import Values

/// Everything that happened, as far as rating needs it, in any order (design: facts are appended, figures derived).
public struct Facts: Hashable, Sendable {
    /// The clients.
    public var clients: [Client] = []
    /// Their changes of zone.
    public var zoneChanges: [ZoneChange] = []
    /// Their projects.
    public var projects: [Project] = []
    /// The ends of projects.
    public var projectsDone: [ProjectDone] = []
    /// The contracts.
    public var contracts: [Contract] = []
    /// Their changes of plan.
    public var planChanges: [PlanChange] = []
    /// Their cancellations.
    public var contractEnds: [ContractEnd] = []
    /// What they set otherwise than the terms.
    public var negotiatedTerms: [NegotiatedTerms] = []
    /// The hours bought ahead.
    public var blocks: [Block] = []
    /// What was changed about them later.
    public var blockChanges: [BlockChange] = []
    /// The support requests.
    public var requests: [Request] = []
    /// Their moves to another client, line or project.
    public var requestMoves: [RequestMove] = []
    /// The clients' approvals of requests.
    public var requestApprovals: [RequestApproval] = []
    /// The clients' approvals of overage.
    public var permits: [Permit] = []
    /// The time worked.
    public var timeEntries: [TimeEntry] = []
    /// Its corrections.
    public var timeCorrections: [TimeCorrection] = []
    /// Its withdrawals.
    public var timeVoids: [TimeVoid] = []
    /// Its approvals.
    public var timeApprovals: [TimeApproval] = []
    /// The time given.
    public var courtesies: [Courtesy] = []
    /// The periods closed, with what was issued; ``closingsInForce`` are those that stand.
    public var closings: [Closing] = []
    /// The closings withdrawn.
    public var reopenings: [Reopening] = []

    /// No facts.
    public init() {}

    /// The facts known before a moment.
    public func known(before moment: Moment) -> Facts {
        var known = self
        known.clients.removeAll { !($0.recorded < moment) }
        known.zoneChanges.removeAll { !($0.recorded < moment) }
        known.projects.removeAll { !($0.recorded < moment) }
        known.projectsDone.removeAll { !($0.recorded < moment) }
        known.contracts.removeAll { !($0.recorded < moment) }
        known.planChanges.removeAll { !($0.recorded < moment) }
        known.contractEnds.removeAll { !($0.recorded < moment) }
        known.negotiatedTerms.removeAll { !($0.recorded < moment) }
        known.blocks.removeAll { !($0.recorded < moment) }
        known.blockChanges.removeAll { !($0.recorded < moment) }
        known.requests.removeAll { !($0.recorded < moment) }
        known.requestMoves.removeAll { !($0.recorded < moment) }
        known.requestApprovals.removeAll { !($0.recorded < moment) }
        known.permits.removeAll { !($0.recorded < moment) }
        known.timeEntries.removeAll { !($0.recorded < moment) }
        known.timeCorrections.removeAll { !($0.recorded < moment) }
        known.timeVoids.removeAll { !($0.recorded < moment) }
        known.timeApprovals.removeAll { !($0.recorded < moment) }
        known.courtesies.removeAll { !($0.recorded < moment) }
        known.closings.removeAll { !($0.recorded < moment) }
        known.reopenings.removeAll { !($0.recorded < moment) }
        return known
    }

    /// The facts known at an instant. Where facts have numbers, those up to the last that was recorded at or before it,
    /// whatever the clock said in between.
    public func known(at instant: Instant) -> Facts { known(before: moment(of: instant)) }

    /// The moment that ends an instant: after the last fact that was recorded at or before it.
    public func moment(of instant: Instant) -> Moment {
        var last = 0
        var isNumbered = false
        forEachRecord { number, recordedAt in
            guard number != 0 else { return }
            isNumbered = true
            if recordedAt <= instant { last = max(last, number) }
        }
        return isNumbered ? Moment(number: last + 1, at: instant, place: .max) : .end(of: instant)
    }

    /// Whether any of them has a number.
    public var isNumbered: Bool { moment(of: Instant(seconds: .max)).number != 0 }

    /// Hands over the number of every fact, and when it was recorded.
    private func forEachRecord(_ body: (_ number: Int, _ recordedAt: Instant) -> Void) {
        func look(_ facts: [some Fact]) { for fact in facts { body(fact.number, fact.recordedAt) } }
        look(clients)
        look(zoneChanges)
        look(projects)
        look(projectsDone)
        look(contracts)
        look(planChanges)
        look(contractEnds)
        look(negotiatedTerms)
        look(blocks)
        look(blockChanges)
        look(requests)
        look(requestMoves)
        look(requestApprovals)
        look(permits)
        look(timeEntries)
        look(timeCorrections)
        look(timeVoids)
        look(timeApprovals)
        look(courtesies)
        look(closings)
        look(reopenings)
    }

    /// What is wrong with the numbers of facts that were put together: several have one number, or some have none.
    public var numberingProblems: [Problem] {
        var numbers: [Int: Int] = [:]
        forEachRecord { number, _ in numbers[number, default: 0] += 1 }
        let unnumbered = numbers.removeValue(forKey: 0) ?? 0
        guard !numbers.isEmpty else { return [] }
        var problems: [Problem] = []
        if unnumbered > 0 {
            problems.append(
                Problem(
                    "facts", "\(unnumbered) of them have no number, and others have",
                    fix: "number all facts of all files, or none"))
        }
        if let twice = numbers.filter({ $0.value > 1 }).keys.min() {
            problems.append(
                Problem(
                    "facts", "several have the number \(twice)",
                    fix: "give each fact of all files a number of its own, or rate the files one by one"))
        }
        return problems
    }

    /// The same facts, as if they were recorded after everything that is there: for asking what they would mean.
    public var asked: Facts {
        var asked = self
        for place in asked.clients.indices { asked.clients[place].number = .max }
        for place in asked.zoneChanges.indices { asked.zoneChanges[place].number = .max }
        for place in asked.projects.indices { asked.projects[place].number = .max }
        for place in asked.projectsDone.indices { asked.projectsDone[place].number = .max }
        for place in asked.contracts.indices { asked.contracts[place].number = .max }
        for place in asked.planChanges.indices { asked.planChanges[place].number = .max }
        for place in asked.contractEnds.indices { asked.contractEnds[place].number = .max }
        for place in asked.negotiatedTerms.indices { asked.negotiatedTerms[place].number = .max }
        for place in asked.blocks.indices { asked.blocks[place].number = .max }
        for place in asked.blockChanges.indices { asked.blockChanges[place].number = .max }
        for place in asked.requests.indices { asked.requests[place].number = .max }
        for place in asked.requestMoves.indices { asked.requestMoves[place].number = .max }
        for place in asked.requestApprovals.indices { asked.requestApprovals[place].number = .max }
        for place in asked.permits.indices { asked.permits[place].number = .max }
        for place in asked.timeEntries.indices { asked.timeEntries[place].number = .max }
        for place in asked.timeCorrections.indices { asked.timeCorrections[place].number = .max }
        for place in asked.timeVoids.indices { asked.timeVoids[place].number = .max }
        for place in asked.timeApprovals.indices { asked.timeApprovals[place].number = .max }
        for place in asked.courtesies.indices { asked.courtesies[place].number = .max }
        for place in asked.closings.indices { asked.closings[place].number = .max }
        for place in asked.reopenings.indices { asked.reopenings[place].number = .max }
        return asked
    }

    /// These facts and others.
    public mutating func append(_ other: Facts) {
        Facts.join(&clients, other.clients)
        Facts.join(&zoneChanges, other.zoneChanges)
        Facts.join(&projects, other.projects)
        Facts.join(&projectsDone, other.projectsDone)
        Facts.join(&contracts, other.contracts)
        Facts.join(&planChanges, other.planChanges)
        Facts.join(&contractEnds, other.contractEnds)
        Facts.join(&negotiatedTerms, other.negotiatedTerms)
        Facts.join(&blocks, other.blocks)
        Facts.join(&blockChanges, other.blockChanges)
        Facts.join(&requests, other.requests)
        Facts.join(&requestMoves, other.requestMoves)
        Facts.join(&requestApprovals, other.requestApprovals)
        Facts.join(&permits, other.permits)
        Facts.join(&timeEntries, other.timeEntries)
        Facts.join(&timeCorrections, other.timeCorrections)
        Facts.join(&timeVoids, other.timeVoids)
        Facts.join(&timeApprovals, other.timeApprovals)
        Facts.join(&courtesies, other.courtesies)
        Facts.join(&closings, other.closings)
        Facts.join(&reopenings, other.reopenings)
    }

    /// Joins lists; one that is empty takes the other over without a copy.
    private static func join<Fact>(_ list: inout [Fact], _ other: [Fact]) {
        if list.isEmpty { list = other } else { list += other }
    }
}
