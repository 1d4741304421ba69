import Agreements

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
        var fee = figures.fee.minorUnits
        var hours = figures.hours.seconds
        var feeShare = FigureReason.Share.full
        var hoursShare = FigureReason.Share.full
        let step = policies.increment?.step.seconds ?? 60

        if contract.from > period.firstDay, first == period {
            let share = Share(from: contract.from, of: period)
            if policies.firstPeriod != .full {
                fee = share.of(fee)
                feeShare = .days(share.days, of: share.dayCount)
            }
            if policies.firstPeriod == .prorateFeeAndHours {
                hours = share.of(hours, step: step)
                hoursShare = feeShare
            }
        }

        var feeSteps: [FigureReason.UpgradeStep] = []
        var hoursSteps: [FigureReason.UpgradeStep] = []
        if case .atOnce(let proration) = policies.upgrade {
            for change in changes where Period(containing: change.on) == period && change.on > anchor {
                guard let next = terms.plans[change.plan], next.isBigger(than: plan) else { continue }
                let upgraded = AgreedPlan(id: change.plan, on: change.on)
                let newFigures = self.figures(of: next, upgraded, in: period)
                let share = Share(from: change.on, of: period)
                let days = FigureReason.Share.days(share.days, of: share.dayCount)
                let feeDifference = newFigures.fee.minorUnits - figures.fee.minorUnits
                let hoursDifference = newFigures.hours.seconds - figures.hours.seconds
                fee += proration == .full ? feeDifference : share.of(feeDifference)
                hours += proration == .prorateFeeAndHours ? share.of(hoursDifference, step: step) : hoursDifference
                feeSteps.append(.init(from: agreed.id, on: change.on, share: proration == .full ? .full : days))
                hoursSteps.append(
                    .init(from: agreed.id, on: change.on, share: proration == .prorateFeeAndHours ? days : .full))
                (agreed, plan, figures) = (upgraded, next, newFigures)
            }
        }

        return ContractAccount(
            contract: contract.id, serviceLine: contract.serviceLine, plan: agreed.id, planName: plan.name,
            termsEffective: terms.effective, fee: Money(minorUnits: fee, terms.currency),
            feeReason: FigureReason(source: figures.feeSource, share: feeShare, upgrades: feeSteps),
            hours: Hours(seconds: max(0, hours)),
            hoursReason: FigureReason(source: figures.hoursSource, share: hoursShare, upgrades: hoursSteps),
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

extension Plan {
    /// Whether a change to this plan is an upgrade: more hours, or as many for a higher fee.
    func isBigger(than other: Plan) -> Bool {
        (hours.seconds, fee.minorUnits) > (other.hours.seconds, other.fee.minorUnits)
    }
}

/// The share of a period from a date to its end, both counted.
struct Share {
    let days: Int
    let dayCount: Int

    init(from date: CivilDate, of period: Period) {
        days = period.lastDay.day - date.day + 1
        dayCount = period.dayCount
    }

    /// The share of an amount, half away from zero.
    func of(_ amount: Int) -> Int { of(amount, step: 1) }

    /// The share of an amount in whole steps, half away from zero.
    func of(_ amount: Int, step: Int) -> Int {
        let numerator = Int(amount.magnitude) * days
        let steps = (2 * numerator + dayCount * step) / (2 * dayCount * step)
        return (amount < 0 ? -1 : 1) * steps * step
    }
}
