import Agreements
import Values

/// What an hour that no grant pays for costs, and which clause says so (design P2): negotiated on the contract, else the
/// plan's, else the list's; by work date.
struct OverageRate {
    let terms: Terms
    let date: CivilDate

    /// The rate of work that a contract covers.
    func covered(
        by contract: ContractHistory, plan: PlanID, _ workType: WorkTypeID
    ) -> (rate: HourlyRate, clause: RateClause) {
        if let negotiated = contract.negotiated.last(where: { $0.from <= date && $0.overageRate != nil }),
            let rate = negotiated.overageRate
        {
            return (rate, .negotiated(contract.contract.id, from: negotiated.from))
        }
        if let rate = terms.plans[plan]?.overageRate { return (rate, .plan(plan, terms: terms.effective)) }
        return list(workType)
    }

    /// The list rate.
    func list(_ workType: WorkTypeID) -> (rate: HourlyRate, clause: RateClause) {
        if let rate = terms.workTypes[workType]?.listRate {
            return (rate, .listOfWorkType(workType, terms: terms.effective))
        }
        return (terms.listRate, .list(terms: terms.effective))
    }
}

/// How much more a kind of work weighs, and what the multiplier weighs (design P4): of the work type's and the one for
/// work outside business hours the larger, never the product.
struct Multiplier {
    let percent: Int
    let target: MultiplierTarget

    init(of kind: WorkKind, _ terms: Terms) {
        let ofType = terms.workTypes[kind.workType]?.multiplierPercent ?? 100
        percent = kind.isOutsideHours ? max(ofType, terms.policies.outsideHoursPercent) : ofType
        target = terms.policies.multiplierTarget
    }

    /// What it makes of a rate, half up to the minor unit.
    func price(_ rate: HourlyRate) -> HourlyRate {
        guard target == .price, percent != 100 else { return rate }
        return HourlyRate(
            perHour: Money(
                minorUnits: weighed(rate.perHour.minorUnits), rate.perHour.currency))
    }

    /// What it makes of a whole number, half up.
    func weighed(_ number: Int) -> Int { (number * percent * 2 + 100) / 200 }
}
