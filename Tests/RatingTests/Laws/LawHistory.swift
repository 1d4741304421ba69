import Agreements
import Rating
import Values
import Wording

/// A history that a law is tried on: facts in their order, closings made again where facts before them change.
struct LawHistory {
    var facts: Facts { didSet { known = Known() } }
    var versions: [Terms] { didSet { known = Known() } }
    let client: ClientID
    let time: OracleTime
    let close: LawCloser
    private var known = Known()

    init(facts: Facts, versions: [Terms], client: ClientID, time: OracleTime, close: @escaping LawCloser) {
        (self.facts, self.versions, self.client, self.time, self.close) = (facts, versions, client, time, close)
    }

    /// What several laws ask of the same facts is worked out once.
    private final class Known {
        var months: [LawMonth]?
        var changes: [Laws.Change]?
    }

    /// The client's months, through the second open one.
    var months: [LawMonth] {
        if let months = known.months { return months }
        let months = lastClosed.map { Laws.subject.months(self, through: $0 + 2) } ?? []
        known.months = months
        return months
    }

    /// What each fact since the last closing changed.
    var changes: [Laws.Change] {
        if let changes = known.changes { return changes }
        let changes = Laws.replayed(self)
        known.changes = changes
        return changes
    }

    /// The first month that was ever closed.
    private var firstClosed: Period? { facts.closings.map(\.period).min() }

    /// The client's last closed month.
    var lastClosed: Period? { facts.closingsInForce.filter { $0.client == client }.map(\.period).max() }

    // MARK: Facts as a list

    /// One fact: how it reads, and how it is added to others.
    struct Event {
        var at: Instant
        var text: String
        var closes: Period?
        var reopens: Period?
        var add: (inout Facts) -> Void

        init(
            _ at: Instant, _ text: String, closes: Period? = nil, reopens: Period? = nil,
            _ add: @escaping (inout Facts) -> Void
        ) {
            (self.at, self.text, self.add) = (at, text, add)
            (self.closes, self.reopens) = (closes, reopens)
        }
    }

    /// All facts, in their order.
    var events: [Event] {
        var list: [Event] = []
        for fact in facts.clients {
            list.append(
                Event(fact.recordedAt, "Client(\(fact.id), zone: \(fact.zone.identifier))") { $0.clients.append(fact) })
        }
        for fact in facts.zoneChanges {
            list.append(
                Event(fact.recordedAt, "ZoneChange(\(fact.client), zone: \(fact.zone.identifier), from: \(fact.from))")
                {
                    $0.zoneChanges.append(fact)
                })
        }
        for fact in facts.projects {
            list.append(Event(fact.recordedAt, "Project(\(fact.id))") { $0.projects.append(fact) })
        }
        for fact in facts.projectsDone {
            list.append(
                Event(fact.recordedAt, "ProjectDone(\(fact.project), on: \(fact.on))") { $0.projectsDone.append(fact) })
        }
        for fact in facts.contracts {
            let projects = fact.projects.sorted().map(\.text)
            list.append(
                Event(
                    fact.recordedAt,
                    "Contract(\(fact.id), line: \(fact.serviceLine), plan: \(fact.plan), from: \(fact.from), "
                        + "projects: \(projects), rank: \(fact.rank.map { "\($0)" } ?? "nil"))"
                ) { $0.contracts.append(fact) })
        }
        for fact in facts.planChanges {
            list.append(
                Event(fact.recordedAt, "PlanChange(\(fact.contract), plan: \(fact.plan), on: \(fact.on))") {
                    $0.planChanges.append(fact)
                })
        }
        for fact in facts.contractEnds {
            list.append(
                Event(fact.recordedAt, "ContractEnd(\(fact.contract), on: \(fact.on))") {
                    $0.contractEnds.append(fact)
                })
        }
        for fact in facts.negotiatedTerms {
            list.append(Event(fact.recordedAt, LawHistory.text(fact)) { $0.negotiatedTerms.append(fact) })
        }
        for fact in facts.blocks {
            list.append(Event(fact.recordedAt, LawHistory.text(fact)) { $0.blocks.append(fact) })
        }
        for fact in facts.blockChanges {
            let hours = fact.hours.map { ", hours: \($0)" } ?? ""
            let lastDay = fact.lastDay.map { ", lastDay: \($0)" } ?? ""
            let paidOn = fact.paidOn.map { ", paidOn: \($0)" } ?? ""
            list.append(
                Event(fact.recordedAt, "BlockChange(\(fact.block)\(hours)\(lastDay)\(paidOn))") {
                    $0.blockChanges.append(fact)
                })
        }
        for fact in facts.requests {
            list.append(Event(fact.recordedAt, LawHistory.text(fact)) { $0.requests.append(fact) })
        }
        for fact in facts.requestMoves {
            list.append(
                Event(fact.request.recordedAt, "RequestMove(to: \(LawHistory.text(fact.request)))") {
                    $0.requestMoves.append(fact)
                })
        }
        for fact in facts.requestApprovals {
            list.append(
                Event(fact.recordedAt, "RequestApproval(\(fact.request))") { $0.requestApprovals.append(fact) })
        }
        for fact in facts.permits {
            list.append(
                Event(fact.recordedAt, "Permit(\(fact.request), hours: \(fact.hours), until: \(fact.until))") {
                    $0.permits.append(fact)
                })
        }
        for fact in facts.timeEntries {
            list.append(Event(fact.recordedAt, LawHistory.text(fact)) { $0.timeEntries.append(fact) })
        }
        for fact in facts.timeCorrections {
            list.append(
                Event(fact.entry.recordedAt, "TimeCorrection(to: \(LawHistory.text(fact.entry)))") {
                    $0.timeCorrections.append(fact)
                })
        }
        for fact in facts.timeVoids {
            list.append(Event(fact.recordedAt, "TimeVoid(\(fact.entry))") { $0.timeVoids.append(fact) })
        }
        for fact in facts.timeApprovals {
            list.append(Event(fact.recordedAt, "TimeApproval(\(fact.entry))") { $0.timeApprovals.append(fact) })
        }
        for fact in facts.courtesies {
            list.append(
                Event(fact.recordedAt, "Courtesy(\(fact.entry), hours: \(fact.hours.map { "\($0)" } ?? "nil"))") {
                    $0.courtesies.append(fact)
                })
        }
        for fact in facts.closings {
            list.append(
                Event(fact.recordedAt, "Closing(\(fact.period))", closes: fact.period) { $0.closings.append(fact) })
        }
        for fact in facts.reopenings {
            list.append(
                Event(fact.recordedAt, "Reopening(\(fact.period))", reopens: fact.period) { $0.reopenings.append(fact) }
            )
        }
        return list.sorted { $0.at < $1.at }
    }

    private static func text(_ fact: Request) -> String {
        "Request(\(fact.id), client: \(fact.client), line: \(fact.serviceLine), project: \(fact.project?.text ?? "nil"))"
    }

    private static func text(_ fact: TimeEntry) -> String {
        let when =
            switch fact.when {
            case .dated(let date, let hours): "dated: \(date), \(hours)"
            case .clocked(let start, let end): "clocked: \(start), \(end - start)"
            }
        return "TimeEntry(\(fact.id), request: \(fact.request), workType: \(fact.workType), \(when))"
    }

    private static func text(_ fact: Block) -> String {
        var text = "Block(\(fact.id), scope: \(fact.scope), hours: \(fact.hours), boughtOn: \(fact.boughtOn)"
        if fact.effective != fact.boughtOn { text += ", effective: \(fact.effective)" }
        if let lastDay = fact.lastDay { text += ", lastDay: \(lastDay)" }
        if fact.endsWithProject { text += ", endsWithProject: true" }
        if !fact.usableBeforePaid { text += ", usableBeforePaid: false" }
        return text + ")"
    }

    private static func text(_ fact: NegotiatedTerms) -> String {
        var text = "NegotiatedTerms(\(fact.contract), from: \(fact.from)"
        if let value = fact.overageRate { text += ", overageRate: \(value.perHour)" }
        if let value = fact.hours { text += ", hours: \(value)" }
        if let value = fact.fee { text += ", fee: \(value)" }
        if let value = fact.increment { text += ", increment: \(value.map { "\($0)" } ?? "nil")" }
        if let value = fact.tolerance { text += ", tolerance: \(value.map { "\($0)" } ?? "nil")" }
        if let value = fact.overageConsent { text += ", overageConsent: \(value)" }
        if let value = fact.lateTime { text += ", lateTime: \(value)" }
        if let value = fact.firstPeriod { text += ", firstPeriod: \(value)" }
        if let value = fact.upgrade { text += ", upgrade: \(value)" }
        return text + ")"
    }

    /// The terms and the facts, one a line, numbered in their order.
    var text: String {
        var lines: [String] = []
        for terms in versions {
            lines.append("Terms(effective: \(terms.effective), list: \(terms.listRate.perHour), \(terms.policies))")
            if terms.businessHours != nil {
                lines.append("  businessHours: \(terms.businessHours.map { "\($0)" } ?? "")")
            }
            if terms.approvalRequired { lines.append("  approvalRequired") }
            for (id, type) in terms.workTypes.sorted(by: { $0.key < $1.key })
            where type.multiplierPercent != 100 || !type.isPaidByBlocks || type.listRate != nil {
                lines.append(
                    "  \(type.multiplierPercent)% \(id) list \(type.listRate.map { "\($0.perHour)" } ?? "-") "
                        + (type.isPaidByBlocks ? "" : "no blocks"))
            }
            let inUse = Set(facts.contracts.map(\.plan) + facts.planChanges.map(\.plan))
            for (id, plan) in terms.plans.sorted(by: { $0.key < $1.key }) where inUse.contains(id) {
                lines.append(
                    "  plan \(id) \(plan.hours) for \(plan.fee), then \(plan.overageRate.map { "\($0.perHour)" } ?? "list")"
                )
            }
        }
        for (number, event) in events.enumerated() { lines.append("\(number). \(event.text)") }
        return lines.joined(separator: "\n")
    }

    // MARK: Smaller histories

    /// The same facts with closings made again, each from the facts before it.
    func remade(_ events: [Event]) -> LawHistory {
        var copy = self
        copy.facts = Facts()
        let firstClosed = firstClosed ?? events.compactMap(\.closes).min()
        for event in events {
            if let period = event.closes {
                // One month after the other, from the same on.
                guard period == copy.lastClosed?.next ?? firstClosed else { continue }
                if let closing = close(copy.facts, versions, client, period, event.at) {
                    copy.facts.closings.append(closing)
                }
            } else if let period = event.reopens {
                if copy.lastClosed == period { event.add(&copy.facts) }
            } else {
                event.add(&copy.facts)
            }
        }
        return copy
    }

    /// Whether every fact is about something that is there.
    var isWhole: Bool {
        let entries = Set(facts.timeEntries.map(\.id))
        let requests = Set(facts.requests.map(\.id))
        let contracts = Set(facts.contracts.map(\.id))
        let blocks = Set(facts.blocks.map(\.id))
        let projects = Set(facts.projects.map(\.id))
        let clients = Set(facts.clients.map(\.id))
        let all = facts.requests + facts.requestMoves.map(\.request)
        return (facts.timeEntries + facts.timeCorrections.map(\.entry)).allSatisfy { requests.contains($0.request) }
            && facts.timeCorrections.allSatisfy { entries.contains($0.entry.id) }
            && facts.timeVoids.allSatisfy { entries.contains($0.entry) }
            && facts.timeApprovals.allSatisfy { entries.contains($0.entry) }
            && facts.courtesies.allSatisfy { entries.contains($0.entry) }
            && all.allSatisfy { request in
                requests.contains(request.id) && clients.contains(request.client)
                    && request.project.map { projects.contains($0) } ?? true
            }
            && facts.requestApprovals.allSatisfy { requests.contains($0.request) }
            && facts.permits.allSatisfy { requests.contains($0.request) }
            && facts.planChanges.allSatisfy { contracts.contains($0.contract) }
            && facts.contractEnds.allSatisfy { contracts.contains($0.contract) }
            && facts.negotiatedTerms.allSatisfy { contracts.contains($0.contract) }
            && facts.contracts.allSatisfy { projects.isSuperset(of: $0.projects) }
            && facts.blockChanges.allSatisfy { blocks.contains($0.block) }
            && facts.blocks.allSatisfy { block in
                if case .project(let project) = block.scope { projects.contains(project) } else { true }
            }
            && facts.projectsDone.allSatisfy { projects.contains($0.project) } && clients.contains(client)
    }

    /// The smallest history on the way down that still breaks a law: facts are left out one at a time, then the terms and
    /// the figures are made plainer.
    func shrunk(_ breaks: (LawHistory) -> Bool) -> LawHistory {
        var smallest = self
        var isSmaller = true
        func take(_ candidate: LawHistory) -> Bool {
            guard candidate.isWhole, breaks(candidate) else { return false }
            smallest = candidate
            isSmaller = true
            return true
        }
        while isSmaller {
            isSmaller = false
            for index in smallest.events.indices.reversed() {
                var events = smallest.events
                guard index < events.count else { continue }
                events.remove(at: index)
                _ = take(smallest.remade(events))
            }
            for index in smallest.versions.indices.dropFirst().reversed() {
                var candidate = smallest
                candidate.versions.remove(at: index)
                _ = take(candidate.remade(candidate.events))
            }
            for change in LawHistory.plainer {
                var candidate = smallest
                for index in candidate.versions.indices { change(&candidate.versions[index]) }
                if candidate.versions != smallest.versions { _ = take(candidate.remade(candidate.events)) }
            }
            for index in smallest.facts.timeEntries.indices {
                var candidate = smallest
                candidate.facts.timeEntries[index].when = LawHistory.plain(candidate.facts.timeEntries[index].when)
                if candidate.facts != smallest.facts { _ = take(candidate.remade(candidate.events)) }
            }
            for index in smallest.facts.timeCorrections.indices {
                var candidate = smallest
                let when = candidate.facts.timeCorrections[index].entry.when
                candidate.facts.timeCorrections[index].entry.when = LawHistory.plain(when)
                if candidate.facts != smallest.facts { _ = take(candidate.remade(candidate.events)) }
            }
            for index in smallest.facts.blocks.indices {
                var candidate = smallest
                candidate.facts.blocks[index].hours = LawHistory.whole(candidate.facts.blocks[index].hours)
                if candidate.facts != smallest.facts { _ = take(candidate.remade(candidate.events)) }
            }
        }
        return smallest
    }

    private static func whole(_ hours: Hours) -> Hours { Hours(seconds: (hours.seconds + 3599) / 3600 * 3600) }

    private static func plain(_ when: TimeEntry.When) -> TimeEntry.When {
        switch when {
        case .dated(let date, let hours): .dated(date, whole(hours))
        case .clocked(let start, let end): .dated(CivilDate(day: start.seconds / 86_400), whole(end - start))
        }
    }

    private static var plainer: [(inout Terms) -> Void] {
        [
            { $0.policies.increment = nil },
            { $0.policies.tolerance = nil },
            { $0.policies.overageConsent = .allow },
            { $0.policies.lateTime = .adjust },
            { $0.policies.outsideHoursPercent = 100 },
            { $0.businessHours = nil },
            { $0.approvalRequired = false },
            { $0.policies.drawOrder = .bestForClient },
            { $0.policies.firstPeriod = .full },
            { $0.policies.upgrade = .atOnce(.full) },
            { $0.policies.multiplierTarget = .price },
            { terms in for id in terms.workTypes.keys { terms.workTypes[id]?.multiplierPercent = 100 } },
            { terms in for id in terms.workTypes.keys { terms.workTypes[id]?.listRate = nil } },
            { terms in for id in terms.workTypes.keys { terms.workTypes[id]?.isPaidByBlocks = true } },
            { terms in
                terms.plans = terms.plans.mapValues { plan in
                    var plan = plan
                    plan.hours = whole(plan.hours)
                    return plan
                }
            },
            { terms in for id in terms.plans.keys { terms.plans[id]?.overageRate = nil } },
            { $0.listRate = Story.rate("100.00") },
        ]
    }
}
