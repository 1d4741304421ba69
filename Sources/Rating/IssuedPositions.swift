import Agreements

/// What was issued for each closed period: its own closing and the differences that later closings issued.
struct IssuedPositions {
    private(set) var byPeriod: [Period: [PositionKey: IssuedPosition]] = [:]

    mutating func add(_ closing: Closing) {
        for position in closing.positions {
            byPeriod[position.period, default: [:]][position.key, default: position.nothing].add(position)
        }
    }

    /// What was issued as drawn from each block, by period.
    func blockDraws() -> [Period: [BlockID: Hours]] {
        byPeriod.mapValues { positions in
            var draws: [BlockID: Hours] = [:]
            for position in positions.values {
                for case (.block(let id), let hours) in position.draws { draws[id, default: .zero] += hours }
            }
            return draws
        }
    }
}

extension IssuedPosition {
    /// The same position with nothing in it.
    var nothing: IssuedPosition { IssuedPosition(period: period, key: key, amount: .zero(amount.currency)) }

    /// Nothing of anything.
    var isNothing: Bool {
        worked == .zero && draws.values.allSatisfy { $0 == .zero } && charged == .zero && courtesy == .zero
            && waived == .zero && notCharged == .zero && withheld == .zero && amount.minorUnits == 0
    }

    mutating func add(_ other: IssuedPosition, times sign: Int = 1) {
        func sum(_ a: Hours, _ b: Hours) -> Hours { Hours(seconds: a.seconds + sign * b.seconds) }
        worked = sum(worked, other.worked)
        for (grant, hours) in other.draws {
            let total = sum(draws[grant, default: .zero], hours)
            draws[grant] = total == .zero ? nil : total
        }
        charged = sum(charged, other.charged)
        courtesy = sum(courtesy, other.courtesy)
        waived = sum(waived, other.waived)
        notCharged = sum(notCharged, other.notCharged)
        withheld = sum(withheld, other.withheld)
        amount.minorUnits += sign * other.amount.minorUnits
    }
}

/// What one closing issued for one period: for its own, or as a difference for an earlier one.
struct Issue {
    var period: Period
    /// The seconds drawn, charged or waived, by position; negative where a difference took some back.
    var seconds: [PositionKey: Int]
    /// The seconds withheld, by position; negative likewise. Nobody was billed for them.
    var withheld: [PositionKey: Int] = [:]
    /// The hours that the period's grants had, as known then.
    var available: [GrantID: Hours]

    static func issues(of closing: Closing) -> [Issue] {
        var issues: [Period: Issue] = [
            closing.period: Issue(period: closing.period, seconds: [:], available: closing.available)
        ]
        for position in closing.positions {
            var issue =
                issues[position.period]
                ?? Issue(
                    period: position.period, seconds: [:],
                    available: closing.availableEarlier[position.period] ?? [:])
            issue.seconds[position.key, default: 0] += (position.drawn + position.charged + position.waived).seconds
            if position.withheld != .zero {
                issue.withheld[position.key, default: 0] += position.withheld.seconds
            }
            issues[position.period] = issue
        }
        return issues.values.sorted { $0.period < $1.period }
    }

    /// The seconds of each position that each issue still stands for: what a later one took back counts from the latest on.
    static func standing(_ issued: [[PositionKey: Int]]) -> [[PositionKey: Int]] {
        var standing: [[PositionKey: Int]] = []
        for issue in issued {
            var added: [PositionKey: Int] = [:]
            for (key, seconds) in issue {
                added[key] = max(0, seconds)
                var taken = max(0, -seconds)
                for place in standing.indices.reversed() where taken > 0 {
                    let less = min(taken, standing[place][key] ?? 0)
                    standing[place][key, default: 0] -= less
                    taken -= less
                }
            }
            standing.append(added)
        }
        return standing
    }
}
