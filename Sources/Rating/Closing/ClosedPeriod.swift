import Agreements
import Values

/// What rating a closed period again needs to know of what was issued for it.
struct ClosedPeriod {
    /// What each standing closing issued for it, its own first.
    var layers: [IssuedLayer]
    /// The sum of it.
    var issued: [PositionKey: IssuedPosition]
    /// For each layer the blocks as they were known then.
    private var blocks: [[BlockID: BlockHistory]]
    /// The seconds of each position that each layer billed first.
    let seconds: [PositionKey: [Int]]
    private let period: Period
    /// For each layer whether a block could pay for work of other days then.
    private var otherDates: [Bool]

    init(_ history: ClientHistory, _ period: Period) {
        layers = history.issued.layers[period] ?? []
        issued = history.issued.byPeriod[period] ?? [:]
        seconds = IssuedLayer.seconds(of: layers)
        self.period = period
        blocks = []
        otherDates = []
        for layer in layers {
            var known: [BlockID: BlockHistory] = [:]
            var isOther = false
            for block in history.blocks {
                known[block.block.id] = block.known(before: layer.closing)
                guard let then = known[block.block.id] else { continue }
                if then.effective != block.effective || then.lastDay != block.lastDay { isOther = true }
            }
            blocks.append(known)
            otherDates.append(isOther)
        }
    }

    /// The seconds of a grant's hours that came with each layer, the last being those that nobody knew of at any closing.
    ///
    /// - Parameter elsewhere: what other periods draw from blocks for seconds that were billed, closing by closing.
    func hours(of grant: OpenGrant, _ elsewhere: BilledDraws) -> [Int] {
        var parts: [Int] = []
        var known = 0
        for (place, layer) in layers.enumerated() {
            let then: Int
            switch grant.id {
            case .allotment: then = layer.available[grant.id]?.seconds ?? known
            case .block(let id):
                // Of what the block had by then, what was not drawn for anything billed by then.
                let hours = blocks[place][id].flatMap { $0.isUsable(in: period) ? $0.block.hours.seconds : nil } ?? 0
                then = hours - elsewhere.seconds(of: id, upTo: layer.closing)
            }
            let now = max(known, min(then, grant.hours.seconds))
            parts.append(now - known)
            known = now
        }
        return parts + [grant.hours.seconds - known]
    }

    /// What the seconds billed at each closing were issued as drawing from blocks.
    var issuedDraws: BilledDraws {
        var draws = BilledDraws()
        for (key, position) in issued {
            for case (.block(let block), let hours) in position.draws where hours > .zero {
                var rest = hours.seconds
                for (layer, billed) in zip(layers, seconds[key] ?? []) {
                    let taken = min(rest, billed)
                    draws.add(taken, of: block, layer.closing)
                    rest -= taken
                }
            }
        }
        return draws
    }

    /// Whether a grant could pay for work of a date, as it was known at a layer.
    func mayPay(_ grant: OpenGrant, on date: CivilDate, inLayer layer: Int) -> Bool {
        guard case .block(let id) = grant.id else { return true }
        guard let block = blocks[layer][id], let effective = block.effective else { return false }
        return effective <= date && block.lastDay.map { date <= $0 } ?? true
    }

    /// The days on which it mattered, at one closing or another, which work a block could pay for.
    var edges: Set<CivilDate> {
        var edges: Set<CivilDate> = []
        for (place, known) in blocks.enumerated() where otherDates[place] {
            for block in known.values {
                if let effective = block.effective { edges.insert(effective) }
                if let lastDay = block.lastDay { edges.insert(lastDay + 1) }
            }
        }
        return edges
    }
}

/// What is drawn from blocks for seconds that were billed, by the closing that billed them first.
struct BilledDraws: Equatable {
    private var seconds: [BlockID: [Moment: Int]] = [:]

    mutating func add(_ amount: Int, of block: BlockID, _ closing: Moment) {
        if amount > 0 { seconds[block, default: [:]][closing, default: 0] += amount }
    }

    mutating func add(_ other: BilledDraws) {
        for (block, amounts) in other.seconds {
            seconds[block, default: [:]].merge(amounts, uniquingKeysWith: +)
        }
    }

    /// What was drawn of a block for seconds billed up to a closing.
    func seconds(of block: BlockID, upTo closing: Moment) -> Int {
        (seconds[block] ?? [:]).reduce(0) { closing < $1.key ? $0 : $0 + $1.value }
    }
}
