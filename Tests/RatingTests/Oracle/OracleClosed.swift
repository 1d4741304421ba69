import Agreements
import Rating
import Values

/// Closed months once more: which seconds may draw on which hours, and which of the best assignments keeps the most.
extension Oracle {
    /// What one closing knew of a month.
    struct Layer {
        /// How many hours of each grant of the month had been known by then.
        var known: [Int]
        /// The dates that each block had then.
        var dates: [String: (from: String, lastDay: String)]
    }

    /// The closings that issued something for a month, its own among them, in order: by their places.
    func layerPlaces(_ month: String) -> [Int] {
        issues.indices.filter { "\(issues[$0].closing.period)" == month || issues[$0].positions[month] != nil }
    }

    /// What was known at each closing of a month of the grants that it has now; the last layer knows all.
    func layers(_ month: String, _ grants: [OpenGrant]) -> [Layer] {
        var layers: [Layer] = []
        var most = grants.map { _ in 0 }
        for place in layerPlaces(month) {
            let closing = issues[place].closing
            let said =
                "\(closing.period)" == month
                ? closing.available : closing.availableEarlier.first { "\($0.key)" == month }?.value ?? [:]
            var dates: [String: (from: String, lastDay: String)] = [:]
            for (index, grant) in grants.enumerated() {
                if grant.isAllotment {
                    let hours = said.first { Oracle.name($0.key) == grant.name }?.value.seconds
                    most[index] = max(most[index], hours ?? most[index])
                } else {
                    // 0 where it was not there, not to be used, or not in this month.
                    let then = blocksThen[place].first { "block \($0.block.id)" == grant.name }
                    guard let then, isBlock(then, in: month), let from = then.effective else { continue }
                    dates[grant.name] = (from, then.lastDay ?? "9999-12-31")
                }
            }
            let at = issues[place].closing.recordedAt.seconds
            for (index, grant) in grants.enumerated() where !grant.isAllotment {
                // Of what the block had by then, what other months do not draw for anything billed by then.
                let then = blocksThen[place].first { "block \($0.block.id)" == grant.name }
                let had = then.map { isBlock($0, in: month) ? $0.hours : 0 } ?? 0
                let gone = elsewhere.filter { $0.month != month && $0.grant == grant.name && $0.billedAt <= at }
                most[index] = max(most[index], had - gone.reduce(0) { $0 + $1.seconds })
            }
            let known = grants.indices.map { min(most[$0], grants[$0].hours) }
            layers.append(Layer(known: known, dates: dates))
        }
        layers.append(Layer(known: grants.map(\.hours), dates: [:]))
        return layers
    }

    /// How many seconds of a position each closing was the first to bill, as far as they are still there.
    func billedFirst(_ key: PositionKey, _ month: String) -> [Int] {
        var held: [Int] = []
        var size = 0
        var billed = 0
        for place in layerPlaces(month) {
            let issued = issues[place].positions[month]?[key] ?? Difference()
            billed += issued.draws.values.reduce(0, +) + issued.charged + issued.waived
            size += issued.draws.values.reduce(0, +) + issued.charged + issued.waived + issued.withheld
            held.append(0)
            Oracle.cut(&held, to: size)
            held[held.count - 1] += max(0, billed - held.reduce(0, +))
        }
        return held
    }

    /// Takes seconds off, the latest layer first, until there are no more than so many.
    static func cut(_ held: inout [Int], to most: Int) {
        var over = max(0, held.reduce(0, +) - max(0, most))
        for layer in held.indices.reversed() {
            let less = min(over, held[layer])
            held[layer] -= less
            over -= less
        }
    }

    /// A piece of a line in one layer.
    struct Ask {
        var line: Int
        var layer: Int
        var seconds: Int
        var position: PositionKey
    }

    /// The pieces of all lines, in the order of work, of one line the earlier layer first.
    func asks(_ month: Prepared, layers: Int) -> [Ask] {
        var held: [PositionKey: [Int]] = [:]
        for draft in month.drafts where held[draft.position] == nil {
            var first = billedFirst(draft.position, month.month.month)
            let now = month.drafts.filter { $0.position == draft.position }.reduce(0) { $0 + $1.asked }
            Oracle.cut(&first, to: now)
            held[draft.position] = first
        }
        var asks: [Ask] = []
        for (index, draft) in month.drafts.enumerated() {
            var rest = draft.asked
            for layer in 0..<layers {
                let isLast = layer == layers - 1
                let seconds = isLast ? rest : min(rest, held[draft.position]?[layer] ?? 0)
                if !isLast { held[draft.position]?[layer] -= seconds }
                rest -= seconds
                if seconds > 0 {
                    asks.append(Ask(line: index, layer: layer, seconds: seconds, position: draft.position))
                }
            }
        }
        return asks
    }

    /// The question that a closed month asks: pieces of lines, pieces of grants, and where the pieces come from.
    func problem(_ month: Prepared, _ grants: [OpenGrant]) -> (keep: OracleKeep, asks: [Ask]) {
        let layers = layers(month.month.month, grants)
        let asks = asks(month, layers: layers.count)
        var draw = OracleDraw(asks: asks.map(\.seconds), rates: [], grants: [], allowed: [])
        var grantOf: [Int] = []
        var layerOf: [Int] = []
        for index in grants.indices {
            for layer in layers.indices {
                let more = layers[layer].known[index] - (layer == 0 ? 0 : layers[layer - 1].known[index])
                guard more > 0 else { continue }
                draw.grants.append(more)
                grantOf.append(index)
                layerOf.append(layer)
            }
        }
        /// Which pieces of grants a line may draw on with seconds of a layer.
        func allowed(_ draft: Draft, _ layer: Int) -> [Bool] {
            grantOf.indices.map { piece in
                let grant = grants[grantOf[piece]]
                guard layerOf[piece] <= layer, mayDraw(draft, grant) else { return false }
                guard layer < layers.count - 1, !grant.isAllotment else { return true }
                guard let dates = layers[layer].dates[grant.name] else { return false }
                return dates.from <= draft.part.date && draft.part.date <= dates.lastDay
            }
        }
        for (place, ask) in asks.enumerated() {
            let draft = month.drafts[ask.line]
            if draft.isForgiven { draw.last.insert(place) }
            draw.rates.append(draft.isForgiven ? 0 : draft.line.rate)
            draw.allowed.append(allowed(draft, ask.layer))
        }

        // What was issued as drawn, and which positions are left out.
        let issued = issued(month.month.month)
        var homes = asks.map { _ in grants.map { _ in 0 } }
        var isLeftOut = asks.map { _ in false }
        for position in Set(asks.map(\.position)) {
            let mine = asks.indices.filter { asks[$0].position == position }
            let home = home(issued[position]?.draws ?? [:], grants, mine.reduce(0) { $0 + asks[$1].seconds })
            // Where its pieces are of several layers: does any of its lines find other hours in one than in another?
            let itsLayers = Set(mine.map { asks[$0].layer })
            let findsOther = mine.contains { place in
                Set(itsLayers.map { allowed(month.drafts[asks[place].line], $0) }).count > 1
            }
            let hasSeveralRates = Set(mine.map { draw.rates[$0] }).count > 1
            if findsOther || (hasSeveralRates && month.order != .bestForClient) {
                for place in mine { isLeftOut[place] = true }
            } else if mine.count == 1 {
                homes[mine[0]] = home
            } else {
                let alone = OracleDraw(
                    asks: mine.map { asks[$0].seconds }, rates: mine.map { draw.rates[$0] }, grants: home,
                    allowed: mine.map { place in
                        grants.indices.map { grant in
                            grantOf.indices.contains { grantOf[$0] == grant && draw.allowed[place][$0] }
                        }
                    })
                for (place, takes) in zip(mine, alone.bestForClient()) { homes[place] = takes }
            }
        }
        return (
            OracleKeep(draw: draw, grantOf: grantOf, grantCount: grants.count, homes: homes, isLeftOut: isLeftOut),
            asks
        )
    }

    /// What was issued as drawn from each grant of the month, and no more in all than there is work now.
    private func home(_ issued: [String: Int], _ grants: [OpenGrant], _ most: Int) -> [Int] {
        var home = grants.map { max(0, issued[$0.name] ?? 0) }
        let gone = issued.reduce(0) { sum, draw in
            sum + (grants.contains { $0.name == draw.key } ? 0 : max(0, draw.value))
        }
        // What falls away is first of grants that are gone, then of the last ones.
        var over = max(0, home.reduce(gone, +) - most)
        over -= min(over, gone)
        Oracle.cut(&home, to: home.reduce(0, +) - over)
        return home
    }

    func drawClosed(_ month: Prepared, _ grants: [OpenGrant]) -> [[Int]] {
        let (keep, asks) = problem(month, grants)
        var takes = month.drafts.map { _ in grants.map { _ in 0 } }
        for (place, list) in keep.takes(isGreedy: month.order != .bestForClient).enumerated() {
            for (grant, seconds) in list.enumerated() { takes[asks[place].line][grant] += seconds }
        }
        return takes
    }

    /// What a closed month's pieces that were billed take from blocks.
    func billed(_ month: Prepared, _ grants: [OpenGrant]) -> [Billed] {
        let (keep, asks) = problem(month, grants)
        let places = layerPlaces(month.month.month)
        var sums: [Billed: Int] = [:]
        for (place, list) in keep.takes(isGreedy: month.order != .bestForClient).enumerated() {
            for (grant, seconds) in list.enumerated() where seconds > 0 && !grants[grant].isAllotment {
                guard asks[place].layer < places.count else { continue }
                let at = issues[places[asks[place].layer]].closing.recordedAt.seconds
                sums[
                    Billed(month: month.month.month, grant: grants[grant].name, billedAt: at, seconds: 0), default: 0
                ] += seconds
            }
        }
        return sums.map {
            Billed(month: $0.key.month, grant: $0.key.grant, billedAt: $0.key.billedAt, seconds: $0.value)
        }
    }

    /// The same as it was issued.
    func billedAsIssued(_ month: String) -> [Billed] {
        let places = layerPlaces(month)
        var all: [Billed] = []
        for (key, position) in issued(month) {
            for (grant, seconds) in position.draws where seconds > 0 && grant.hasPrefix("block") {
                var rest = seconds
                for (place, held) in zip(places, billedFirst(key, month)) {
                    let some = min(rest, held)
                    rest -= some
                    all.append(
                        Billed(
                            month: month, grant: grant, billedAt: issues[place].closing.recordedAt.seconds,
                            seconds: some))
                }
            }
        }
        return all
    }
}
