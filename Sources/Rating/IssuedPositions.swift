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
            && waived == .zero && notCharged == .zero && amount.minorUnits == 0
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
        amount.minorUnits += sign * other.amount.minorUnits
    }
}
