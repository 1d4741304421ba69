public import Agreements
public import Values

/// How one service line of a client stands in a month that is not over: what is used, what is left, when it runs out at the
/// pace so far, what would lapse (design section 5, "retainers at risk"). Hours of different lines are never added up; a
/// block that may pay for several lines counts with each.
public struct RiskForecast: Hashable, Sendable {
    /// The month.
    public var period: Period
    /// The line.
    public var serviceLine: ServiceLineID
    /// The plan hours of the line in this month, and the block hours that may pay for its work, whatever project it is for.
    public var granted: Hours
    /// The hours that work on the line took: of plans, of blocks, and charged.
    public var usedOfPlan: Hours
    /// Those of blocks.
    public var usedOfBlocks: Hours
    /// Those of blocks that were bought for one project.
    public var usedOfProjectBlocks: Hours
    /// Those of covered work that no grant paid.
    public var over: Hours
    /// The hours of work that no contract covers, charged at the list rate.
    public var notCovered: Hours
    /// The hours left that may pay for work on the line, without those of blocks for one project.
    public var left: Hours
    /// Those of them that a contract keeps for the work of some projects, by those projects.
    public var leftForProjects: [Set<ProjectID>: Hours]
    /// The hours left of blocks that were bought for one project, by the project: they pay for nothing else.
    public var leftOfProjectBlocks: [ProjectID: Hours]
    /// What the work of the line costs so far beside fees.
    public var amount: Money
    /// The days of the month that are left, that of asking counted.
    public var daysLeft: Int
    /// The first day on which more would be used than is left, at the pace so far; nil where it lasts.
    public var overOn: CivilDate?
    /// The hours that would lapse of what lapses first, at the pace so far.
    public var wouldLapse: Hours
    /// When they would.
    public var lapsesOn: CivilDate?
    /// The versions of the terms that the line's plans are taken from.
    public var termsEffective: [CivilDate]

    /// All hours used.
    public var used: Hours { usedOfPlan + usedOfBlocks + over + notCovered }

    /// The hours used of what is granted, and those beyond it: what is left is granted less these, or they are over.
    public var usedOfGranted: Hours { usedOfPlan + usedOfBlocks - usedOfProjectBlocks + over }

    /// The hours left that may pay for work for a project, or for none.
    public func left(for project: ProjectID?) -> Hours {
        let own = project.flatMap { leftOfProjectBlocks[$0] } ?? .zero
        return leftForProjects.reduce(left + own) { sum, limited in
            project.map { limited.key.contains($0) } ?? false ? sum : sum - limited.value
        }
    }
}

extension Statement {
    /// The forecast of each service line that has a contract or work in this period, asked on a date of it, by line.
    ///
    /// The pace is what was used since the period's start, for each day gone by, that of asking counted.
    public func riskForecasts(on date: CivilDate) -> [RiskForecast] {
        guard Period(containing: date) == period else { return [] }
        let lines = Set(contracts.map(\.serviceLine)).union(
            workClasses.filter { $0.verdict != .notCharged }.map(\.serviceLine))
        let lapses = lapseForecast(on: date)
        return lines.sorted().map { forecast(of: $0, on: date, lapses) }
    }

    private func forecast(of serviceLine: ServiceLineID, on date: CivilDate, _ lapses: [LapseForecast]) -> RiskForecast
    {
        let ours = contracts.filter { $0.serviceLine == serviceLine }
        var forecast = RiskForecast(
            period: period, serviceLine: serviceLine, granted: .zero, usedOfPlan: .zero, usedOfBlocks: .zero,
            usedOfProjectBlocks: .zero, over: .zero,
            notCovered: .zero, left: .zero, leftForProjects: [:], leftOfProjectBlocks: [:],
            amount: .zero(client.currency), daysLeft: period.lastDay.day - date.day + 1, overOn: nil, wouldLapse: .zero,
            lapsesOn: nil, termsEffective: Set(ours.map(\.termsEffective)).sorted())
        for grant in grants where mayPay(grant, for: serviceLine) {
            let left = grant.opening - grant.drawn
            if case .block(.project(let project)) = grant.scope {
                if left > .zero { forecast.leftOfProjectBlocks[project, default: .zero] += left }
                continue
            }
            forecast.granted += grant.opening
            forecast.left += left
            if case .contract(_, let projects) = grant.scope, !projects.isEmpty {
                forecast.leftForProjects[projects, default: .zero] += left
            }
        }
        // Work dated later tells nothing about the pace so far.
        var soFar = Hours.zero
        for line in lines where workClass(of: line).serviceLine == serviceLine {
            var ofProjectBlocks = Hours.zero
            for draw in draws(of: line) {
                if case .block(.project) = grants[draw.grant].scope { ofProjectBlocks += draw.hours }
                if case .allotment = grants[draw.grant].id {
                    forecast.usedOfPlan += draw.hours
                } else {
                    forecast.usedOfBlocks += draw.hours
                }
            }
            forecast.usedOfProjectBlocks += ofProjectBlocks
            if workClass(of: line).verdict == .chargedAtList {
                forecast.notCovered += line.charged
            } else {
                forecast.over += line.charged
            }
            forecast.amount.minorUnits += line.amount.minorUnits
            if line.date <= date, workClass(of: line).verdict != .chargedAtList {
                soFar += line.drawn + line.charged - ofProjectBlocks
            }
        }
        if forecast.over == .zero {
            forecast.overOn = RiskForecast.runsOut(
                left: forecast.left, used: soFar, from: period.firstDay, on: date, until: period.lastDay)
        }
        // What lapses of the line's own plan hours, and of blocks that may pay for it: the soonest.
        let mine = lapses.filter { lapse in
            lapse.wouldLapse > .zero
                && grants.contains { $0.id == lapse.grant && mayPay($0, for: serviceLine) }
        }
        if let day = mine.map(\.lastDay).min() {
            forecast.lapsesOn = day
            forecast.wouldLapse = mine.filter { $0.lastDay == day }.reduce(Hours.zero) { $0 + $1.wouldLapse }
        }
        return forecast
    }

    private func mayPay(_ grant: GrantAccount, for serviceLine: ServiceLineID) -> Bool {
        switch grant.scope {
        case .contract(let line, _): line == serviceLine
        case .block(.serviceLine(let line)): line == serviceLine
        case .block(.client), .block(.project): true
        }
    }
}

extension RiskForecast {
    /// The first day on which what was used up to then, at the pace so far, is more than there is; nil where that is after the
    /// last day.
    static func runsOut(left: Hours, used: Hours, from first: CivilDate, on date: CivilDate, until last: CivilDate)
        -> CivilDate?
    {
        guard used > .zero, left >= .zero else { return nil }
        let gone = date.day - first.day + 1
        // After d more days, used × d ÷ gone are used: the first whole d with which that is more than what is left.
        let (product, overflow) = left.seconds.multipliedReportingOverflow(by: gone)
        guard !overflow else { return nil }
        let days = product / used.seconds + 1
        let day = date + days
        return days <= last.day - date.day ? day : nil
    }
}
