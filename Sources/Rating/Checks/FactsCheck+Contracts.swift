import Agreements
import Values

/// Contracts: their plans, what they set otherwise, and how those of one client go together (design D6).
extension FactsCheck {
    func checkContracts(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        let ends = Dictionary(grouping: facts.contractEnds, by: \.contract)
        for contract in facts.contracts {
            let subject = "contract \(contract.id)"
            let end = ends[contract.id]?.max { ($0.recorded, $0.on) < ($1.recorded, $1.on) }?.on
            if let end, end < contract.from {
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
            checkServiceLine(contract.serviceLine, subject, &found)
            for project in contract.projects { checkProject(project, of: contract.client, subject, index, &found) }
        }
        for fact in facts.negotiatedTerms {
            checkNegotiated(fact, &found)
            guard let contract = index.contracts[fact.contract], fact.from < contract.from else { continue }
            found.add(
                "negotiated terms of \(fact.contract) from \(fact.from)",
                "the contract begins on \(contract.from)", fix: "date them \(contract.from) or later")
        }
        for change in facts.planChanges {
            guard let contract = index.contracts[change.contract] else { continue }
            let subject = "change of plan of \(change.contract) to \(change.plan)"
            if change.on < contract.from {
                found.add(
                    subject, "it is dated \(change.on), before the contract begins on \(contract.from)",
                    fix: "sign the contract on that plan, or date the change later")
            }
            let end = ends[change.contract]?.max { ($0.recorded, $0.on) < ($1.recorded, $1.on) }?.on
            if let end, change.on > Period(containing: end).lastDay {
                found.add(
                    subject, "it is dated \(change.on), after the contract ended with \(Period(containing: end))",
                    fix: "sign a new contract")
            }
        }

        // The histories that rating uses, without the work.
        var agreements = facts
        agreements.timeEntries = []
        agreements.timeCorrections = []
        agreements.closings = []
        agreements.reopenings = []
        for client in Histories(agreements, terms: terms).all {
            for contract in client.contracts { checkPlans(contract, &found) }
            checkSameWork(client.contracts, &found)
            checkDrawOrders(client.contracts, &found)
        }
    }

    private func checkNegotiated(_ fact: NegotiatedTerms, _ found: inout Findings) {
        let subject = "negotiated terms of \(fact.contract) from \(fact.from)"
        for money in [fact.fee, fact.overageRate?.perHour].compactMap(\.self) { checkCurrency(money, subject, &found) }
        if let increment = fact.increment, let increment, increment.step <= .zero {
            found.add(subject, "the step is \(increment.step)", fix: "write a step of more than no time")
        }
        guard let version = terms.inForce(on: fact.from) else {
            found.add(
                subject, "the first terms hold from \(terms.versions[0].effective)", fix: "give the terms of that time")
            return
        }
        for subjectOfFact in fact.subjects.subtracting(version.negotiable) {
            let name = subjectOfFact.rawValue
            found.add(
                subject, "the terms of \(version.effective) do not let a contract set its own \(name)",
                fix: "list \(name) under negotiable in these terms, or leave it out")
        }
    }

    // MARK: Plans

    /// Every plan that a contract ever has must be in every version of the terms that is in force while it has it.
    private func checkPlans(_ history: ContractHistory, _ found: inout Findings) {
        let contract = history.contract
        func check(_ plan: PlanID, in version: Terms) {
            let subject =
                plan == contract.plan ? "contract \(contract.id)" : "change of plan of \(contract.id) to \(plan)"
            guard let offer = version.plans[plan] else {
                found.add(
                    subject, "the terms of \(version.effective) have no plan \"\(plan)\"",
                    fix: suggestion(for: plan.text, among: version.plans.keys.map(\.text)))
                return
            }
            guard offer.serviceLine != contract.serviceLine else { return }
            found.add(
                subject, "plan \"\(plan)\" is for \(offer.serviceLine), and the contract for \(contract.serviceLine)",
                fix: "choose a plan for \(contract.serviceLine)")
        }
        for change in history.changes where !terms.versions.contains(where: { $0.plans[change.plan] != nil }) {
            check(change.plan, in: terms.inForce(on: change.on) ?? terms.versions[0])
        }
        let turns = turningPeriods(of: [history])
        for (place, period) in turns.enumerated() {
            let anchor = max(contract.from, period.firstDay)
            guard let version = terms.index(on: anchor) else { continue }
            let agreed =
                history.changes.last { Period(containing: $0.on) < period || $0.on <= anchor }?.plan ?? contract.plan
            check(agreed, in: terms.versions[version])
            // Between two turns nothing changes but the terms in the middle of the first period.
            let until = place + 1 < turns.count ? turns[place + 1].firstDay + -1 : history.lastDay
            guard let account = history.account(in: period, terms: terms) else { continue }
            for later in terms.versions[(version + 1)...] where until.map({ later.effective <= $0 }) ?? true {
                check(account.plan, in: later)
            }
        }
    }

    /// The periods of some contracts from which on anything about them may differ from the period before.
    private func turningPeriods(of histories: [ContractHistory]) -> [Period] {
        var dates = terms.versions.map(\.effective)
        for history in histories {
            dates.append(history.contract.from)
            dates += history.changes.map(\.on) + history.negotiated.map(\.from)
            if let lastDay = history.lastDay { dates.append(lastDay) }
        }
        // What is dated within a period may hold for it, or from the next.
        let periods = Set(dates.flatMap { [Period(containing: $0), Period(containing: $0).next] })
        return periods.sorted().filter { period in
            histories.contains { history in
                Period(containing: history.contract.from) <= period
                    && history.lastDay.map { period <= Period(containing: $0) } ?? true
            }
        }
    }

    // MARK: Contracts of one client

    /// Two contracts that cover the same work are refused unless they are ranked (design D6, edge case E40).
    private func checkSameWork(_ histories: [ContractHistory], _ found: inout Findings) {
        let lines = Dictionary(grouping: histories, by: \.contract.serviceLine)
        for (line, histories) in lines where histories.count > 1 {
            let sorted = histories.sorted {
                ($0.contract.from, $0.contract.id) < ($1.contract.from, $1.contract.id)
            }
            for (place, first) in sorted.enumerated() {
                for second in sorted[(place + 1)...] {
                    let day = second.contract.from
                    if let lastDay = first.lastDay, lastDay < day { break }
                    if let lastDay = second.lastDay, lastDay < day { continue }
                    let (a, b) = (first.contract, second.contract)
                    let sharesWork =
                        a.projects.isEmpty || b.projects.isEmpty || !a.projects.isDisjoint(with: b.projects)
                    guard sharesWork, a.rank == nil || b.rank == nil || a.rank == b.rank else { continue }
                    let ids = [a.id, b.id].sorted()
                    found.add(
                        "contracts \(ids[0]) and \(ids[1])", "both cover \(line) from \(day)",
                        fix:
                            "end one before the other begins, limit them to different projects, or give each a rank of its own"
                    )
                }
            }
        }
    }

    /// All contracts of a client that share a period must draw in the same order.
    private func checkDrawOrders(_ histories: [ContractHistory], _ found: inout Findings) {
        guard histories.count > 1 else { return }
        var told: Set<ContractID> = []
        for period in turningPeriods(of: histories) {
            let accounts = histories.compactMap { $0.account(in: period, terms: terms) }
            guard let first = accounts.first else { continue }
            for other in accounts.dropFirst() where other.policies.drawOrder != first.policies.drawOrder {
                guard told.insert(other.contract).inserted else { continue }
                found.add(
                    "contracts \(first.contract) and \(other.contract)",
                    "in \(period) one draws \(first.policies.drawOrder.rawValue) and the other "
                        + other.policies.drawOrder.rawValue,
                    fix: "agree on one order for all contracts of a client")
            }
        }
    }
}
