import Agreements
import Values

/// What was issued for each closed period: its own closing and the differences that later closings issued.
struct IssuedPositions {
    /// The sum of all that was issued.
    private(set) var byPeriod: [Period: [PositionKey: IssuedPosition]] = [:]
    /// The same closing by closing, in their order: the layers of a period.
    private(set) var layers: [Period: [IssuedLayer]] = [:]

    /// Adds a closing, which comes after those added before.
    mutating func add(_ closing: Closing) {
        var layers: [Period: IssuedLayer] = [
            closing.period: IssuedLayer(closing: closing.recorded, available: closing.available)
        ]
        for position in closing.positions {
            byPeriod[position.period, default: [:]][position.key, default: position.nothing].add(position)
            layers[
                position.period,
                default: IssuedLayer(
                    closing: closing.recorded, available: closing.availableEarlier[position.period] ?? [:])
            ].positions.append(position)
        }
        for (period, layer) in layers { self.layers[period, default: []].append(layer) }
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

/// What one closing issued for one period: for its own, or as differences for an earlier one.
struct IssuedLayer {
    /// When the closing was recorded.
    var closing: Moment
    /// The hours that the period's grants had, as known then.
    var available: [GrantID: Hours]
    var positions: [IssuedPosition] = []

    /// The seconds of each position that each layer billed first and that are still there (docs/rules.md, "Hours that came
    /// late"): a second stays of the layer that billed it as long as the work is there. Linear in the positions.
    static func seconds(of layers: [IssuedLayer]) -> [PositionKey: [Int]] {
        struct Standing {
            /// All that was issued as drawn, charged, waived or withheld, and the same without what was withheld.
            var size = 0
            var billed = 0
            var layers: [Int]
        }
        var standing: [PositionKey: Standing] = [:]
        for (place, layer) in layers.enumerated() {
            for position in layer.positions {
                var now = standing[position.key] ?? Standing(layers: [Int](repeating: 0, count: layers.count))
                let billed = (position.drawn + position.charged + position.waived).seconds
                now.billed += billed
                now.size += billed + position.withheld.seconds
                now.layers.cut(to: max(0, now.size))
                let sum = now.layers.reduce(0, +)
                if sum < now.billed { now.layers[place] += now.billed - sum }
                standing[position.key] = now
            }
        }
        return standing.mapValues(\.layers)
    }
}

extension [Int] {
    /// Takes off what is over a sum, from the last on.
    mutating func cut(to most: Int) {
        var over = reduce(0, +) - most
        for place in indices.reversed() where over > 0 {
            let less = Swift.min(over, self[place])
            self[place] -= less
            over -= less
        }
    }
}
