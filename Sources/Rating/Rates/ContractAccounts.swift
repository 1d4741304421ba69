import Agreements
import Values

/// What a contract gives and costs in one period: the plan in force, its hours and fee, upgrades and a partial first
/// period counted in (design D3, L1).
extension ContractHistory {
    /// The account of a period, or nil where the contract has none or the terms know no such plan.
    func account(in period: Period, terms history: TermsHistory) -> ContractAccount? {
        let first = Period(containing: contract.from)
        guard first <= period, lastDay.map({ period <= Period(containing: $0) }) ?? true else { return nil }
        let anchor = max(contract.from, period.firstDay)
        let terms = history.inForce(on: anchor) ?? history.versions[0]
        let policies = policies(in: period, terms)

        var agreed = AgreedPlan(id: contract.plan, on: contract.from)
        for change in changes where Period(containing: change.on) < period || change.on <= anchor {
            agreed = AgreedPlan(id: change.plan, on: change.on)
        }
        guard var plan = terms.plans[agreed.id] else { return nil }
        var figures = figures(of: plan, agreed, in: period)
        let step = policies.increment?.step.seconds ?? 60
        var fee = FigureReason(all: figures.fee.minorUnits, figures.feeSource, step: 1)
        var hours = FigureReason(all: figures.hours.seconds, figures.hoursSource, step: step)

        if contract.from > period.firstDay, first == period {
            let share = DayShare(from: contract.from, of: period)
            if policies.firstPeriod != .full { fee.begin(with: share) }
            if policies.firstPeriod == .prorateFeeAndHours { hours.begin(with: share) }
        }
        if case .atOnce(let proration) = policies.upgrade {
            for change in changes where Period(containing: change.on) == period && change.on > anchor {
                guard let next = terms.plans[change.plan], next.isBigger(than: plan) else { continue }
                let upgraded = AgreedPlan(id: change.plan, on: change.on)
                let newFigures = self.figures(of: next, upgraded, in: period)
                let share = DayShare(from: change.on, of: period)
                fee.upgrade(
                    from: agreed.id, figures.fee.minorUnits, to: upgraded.id, newFigures.fee.minorUnits,
                    newFigures.feeSource, on: change.on, proration == .full ? nil : share)
                hours.upgrade(
                    from: agreed.id, figures.hours.seconds, to: upgraded.id, newFigures.hours.seconds,
                    newFigures.hoursSource, on: change.on, proration == .prorateFeeAndHours ? share : nil)
                (agreed, plan, figures) = (upgraded, next, newFigures)
            }
        }

        return ContractAccount(
            contract: contract.id, serviceLine: contract.serviceLine, plan: agreed.id, planName: plan.name,
            termsEffective: terms.effective, fee: Money(minorUnits: fee.sum, terms.currency), feeReason: fee,
            hours: Hours(seconds: max(0, hours.sum)), hoursReason: hours,
            policies: policies, from: anchor)
    }

    /// A plan and the date since which it is agreed.
    private struct AgreedPlan {
        var id: PlanID
        var on: CivilDate
    }

    /// A plan's full figures, with what was negotiated.
    private struct Figures {
        var fee: Money
        var feeSource = FigureReason.Source.plan
        var hours: Hours
        var hoursSource = FigureReason.Source.plan
    }

    private func figures(of plan: Plan, _ agreed: AgreedPlan, in period: Period) -> Figures {
        var figures = Figures(fee: plan.fee, hours: plan.hours)
        for override in negotiated where Period(containing: override.from) <= period && override.from >= agreed.on {
            if let fee = override.fee {
                figures.fee = fee
                figures.feeSource = .negotiated(override.from)
            }
            if let hours = override.hours {
                figures.hours = hours
                figures.hoursSource = .negotiated(override.from)
            }
        }
        return figures
    }

    /// The policies of the terms, with what was negotiated up to the period.
    private func policies(in period: Period, _ terms: Terms) -> Policies {
        var policies = terms.policies
        for override in negotiated where Period(containing: override.from) <= period {
            if let increment = override.increment { policies.increment = increment }
            if let tolerance = override.tolerance { policies.tolerance = tolerance }
            if let overageConsent = override.overageConsent { policies.overageConsent = overageConsent }
            if let lateTime = override.lateTime { policies.lateTime = lateTime }
            if let drawOrder = override.drawOrder { policies.drawOrder = drawOrder }
            if let firstPeriod = override.firstPeriod { policies.firstPeriod = firstPeriod }
            if let upgrade = override.upgrade { policies.upgrade = upgrade }
        }
        return policies
    }
}

extension FigureReason {
    /// All of a full figure.
    fileprivate init(all full: Int, _ source: Source, step: Int) {
        self.init(source: source, full: full, share: .full, comesTo: full, step: step)
    }

    /// Takes the share of a partial first period.
    fileprivate mutating func begin(with share: DayShare) {
        comesTo = share.of(full, step: step)
        self.share = .days(share.days, of: share.dayCount)
    }

    /// Adds an upgrade, with all of the difference or a share of it.
    fileprivate mutating func upgrade(
        from old: PlanID, _ before: Int, to new: PlanID, _ after: Int, _ source: Source, on date: CivilDate,
        _ share: DayShare?
    ) {
        let difference = after - before
        upgrades.append(
            UpgradeStep(
                from: old, before: before, to: new, after: after, source: source, on: date,
                share: share.map { .days($0.days, of: $0.dayCount) } ?? .full,
                added: share.map { $0.of(difference, step: step) } ?? difference))
    }

    /// What it all comes to.
    fileprivate var sum: Int { upgrades.reduce(comesTo) { $0 + $1.added } }
}

extension Plan {
    /// Whether a change to this plan is an upgrade: more hours, or as many for a higher fee.
    func isBigger(than other: Plan) -> Bool {
        (hours.seconds, fee.minorUnits) > (other.hours.seconds, other.fee.minorUnits)
    }
}

/// The share of a period from a date to its end, both counted.
struct DayShare {
    let days: Int
    let dayCount: Int

    init(from date: CivilDate, of period: Period) {
        days = period.lastDay.day - date.day + 1
        dayCount = period.dayCount
    }

    /// The share of an amount in whole steps, half away from zero.
    func of(_ amount: Int, step: Int) -> Int {
        let numerator = Int(amount.magnitude) * days
        let steps = (2 * numerator + dayCount * step) / (2 * dayCount * step)
        return (amount < 0 ? -1 : 1) * steps * step
    }
}
