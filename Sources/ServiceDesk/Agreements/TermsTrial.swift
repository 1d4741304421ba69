package import Agreements
import Database
import Rating
import Storage
package import Values

/// What another version of the terms would have meant on real work: the same contracts and the same time, rated as if it had
/// been in force all the while. What contracts negotiated stays.
package struct TermsTrial: Sendable {
    /// What it would have meant to one client.
    package struct Outcome: Hashable, Sendable {
        /// Whom.
        package var client: ClientID
        /// Their name.
        package var name: String
        /// What the months came to.
        package var before: Money
        /// What they would have come to.
        package var after: Money
        /// The hours charged, and those that would have been.
        package var chargedBefore: Hours
        package var chargedAfter: Hours
        /// The plan hours that lapsed, and those that would have.
        package var lapsedBefore: Hours
        package var lapsedAfter: Hours
        /// The plans that stand in for those that the version does not have.
        package var assumptions: [String]
    }

    /// The months rated.
    package let months: ClosedRange<Period>
    /// The outcomes, the dearest for the client first.
    package let clients: [Outcome]
    /// All months of all clients.
    package let before: Money
    package let after: Money

    /// - Throws: `StorageError`, or `Problems` where there are no terms yet.
    package init(_ desk: DeskTransaction, trial: Terms, months: ClosedRange<Period>) throws {
        self.months = months
        let terms = try desk.terms()
        var clients: [Outcome] = []
        for id in try Directory(desk.connection).clientIDs() {
            let facts = try desk.facts().all(of: id)
            if let outcome = TermsTrial.outcome(of: id, facts, terms, trial, months) { clients.append(outcome) }
        }
        clients.sort {
            ($1.after.minorUnits - $1.before.minorUnits, $0.name, $0.client)
                < ($0.after.minorUnits - $0.before.minorUnits, $1.name, $1.client)
        }
        self.clients = clients
        func sum(_ amount: (Outcome) -> Money) -> Money {
            Money(minorUnits: clients.reduce(0) { $0 + amount($1).minorUnits }, terms.currency)
        }
        before = sum(\.before)
        after = sum(\.after)
    }

    /// What it would have meant to one client; nil where nothing was agreed or done in the months.
    static func outcome(
        of id: ClientID, _ facts: Facts, _ terms: TermsHistory, _ trial: Terms, _ months: ClosedRange<Period>
    ) -> Outcome? {
        // Closings hold what was issued; here the work alone is rated, before and after in the same way.
        var work = facts
        work.closings = []
        work.reopenings = []
        let (asTrial, assumptions) = standIn(work, trial, terms)
        func account(_ facts: Facts, _ terms: TermsHistory) -> [Statement] {
            let account = Rater(terms: terms).account(
                of: facts, through: months.upperBound, settled: [:], causes: false)
            return account?.statements.filter { months.contains($0.period) } ?? []
        }
        let old = account(work, terms)
        let new = account(asTrial, TermsHistory(always: trial))
        guard let name = facts.clients.first(where: { $0.id == id })?.name, !old.isEmpty else { return nil }
        func total(_ statements: [Statement]) -> Money {
            Money(minorUnits: statements.reduce(0) { $0 + $1.total.minorUnits }, terms.currency)
        }
        func charged(_ statements: [Statement]) -> Hours { statements.reduce(.zero) { $0 + $1.totals.charged } }
        func lapsed(_ statements: [Statement]) -> Hours {
            statements.reduce(.zero) { sum, statement in
                sum
                    + statement.grants.reduce(.zero) { grants, grant in
                        if case .allotment = grant.id { grants + grant.lapsed } else { grants }
                    }
            }
        }
        return Outcome(
            client: id, name: name, before: total(old), after: total(new), chargedBefore: charged(old),
            chargedAfter: charged(new), lapsedBefore: lapsed(old), lapsedAfter: lapsed(new), assumptions: assumptions)
    }

    /// The facts with plans that the version has: one of the same name, else that of the line with the nearest hours.
    private static func standIn(_ facts: Facts, _ trial: Terms, _ terms: TermsHistory) -> (Facts, [String]) {
        var facts = facts
        var assumptions: Set<String> = []
        func plan(_ id: PlanID) -> PlanID {
            if trial.plans[id] != nil { return id }
            let known = terms.versions.reversed().lazy.compactMap { $0.plans[id] }.first
            let offered = trial.plans.filter { $0.value.serviceLine == known?.serviceLine }
            let nearest = offered.min { a, b in
                let wanted = known?.hours.seconds ?? 0
                return (abs(a.value.hours.seconds - wanted), a.key) < (abs(b.value.hours.seconds - wanted), b.key)
            }
            guard let nearest else {
                assumptions.insert("no plan in place of \(known?.name ?? id.text)")
                return id
            }
            assumptions.insert("\(nearest.value.name) in place of \(known?.name ?? id.text)")
            return nearest.key
        }
        for index in facts.contracts.indices { facts.contracts[index].plan = plan(facts.contracts[index].plan) }
        for index in facts.planChanges.indices { facts.planChanges[index].plan = plan(facts.planChanges[index].plan) }
        // A contract on a plan that does not exist would cover nothing: without it the work is charged at the list rate.
        let gone = Set(facts.contracts.filter { trial.plans[$0.plan] == nil }.map(\.id))
        facts.contracts.removeAll { gone.contains($0.id) }
        facts.planChanges.removeAll { gone.contains($0.contract) || trial.plans[$0.plan] == nil }
        facts.contractEnds.removeAll { gone.contains($0.contract) }
        facts.negotiatedTerms.removeAll { gone.contains($0.contract) }
        return (facts, assumptions.sorted())
    }
}
