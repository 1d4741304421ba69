/// A closed month's question: of all assignments that cover as much of each rate and use as much of each grant as the
/// draw order does, the one that keeps the most of what was issued.
struct OracleKeep {
    /// The pieces of lines and the pieces of grants.
    var draw: OracleDraw
    /// Of which grant each piece in `draw.grants` is.
    var grantOf: [Int]
    var grantCount: Int
    /// What was issued as drawn: `homes[ask][grant]`.
    var homes: [[Int]]
    /// Pieces that take what the draw order gives them.
    var isLeftOut: [Bool]

    /// What each ask takes from each grant.
    func takes(isGreedy: Bool) -> [[Int]] {
        let first = isGreedy ? draw.greedy() : draw.bestForClient()
        var takes = draw.asks.map { _ in [Int](repeating: 0, count: grantCount) }
        for ask in draw.asks.indices where isLeftOut[ask] {
            for (piece, seconds) in first[ask].enumerated() { takes[ask][grantOf[piece]] += seconds }
        }
        let compared = draw.asks.indices.filter { !isLeftOut[$0] }
        guard !compared.isEmpty else { return takes }

        // Pipes from each rate to its asks, from each ask to its grants (one for what is kept, one for the rest), and on to
        // the pieces of the grants.
        let rates = Set(compared.map { draw.rates[$0] }).sorted()
        var pipes = OraclePipes()
        let source = pipes.node()
        let sink = pipes.node()
        let rateNodes = rates.map { _ in pipes.node() }
        let pieceNodes = draw.grants.map { _ in pipes.node() }
        for (rate, node) in zip(rates, rateNodes) {
            let covered = compared.filter { draw.rates[$0] == rate }.reduce(0) { $0 + first[$1].reduce(0, +) }
            pipes.add(from: source, to: node, room: covered)
        }
        for (piece, node) in pieceNodes.enumerated() {
            pipes.add(from: node, to: sink, room: compared.reduce(0) { $0 + first[$1][piece] })
        }
        var kept: [(ask: Int, grant: Int, pipe: Int)] = []
        var rest: [(ask: Int, grant: Int, pipe: Int)] = []
        for ask in compared {
            let askNode = pipes.node()
            if let rate = rates.firstIndex(of: draw.rates[ask]) {
                pipes.add(from: rateNodes[rate], to: askNode, room: draw.asks[ask])
            }
            for grant in 0..<grantCount {
                let pieces = grantOf.indices.filter { grantOf[$0] == grant && draw.allowed[ask][$0] }
                guard !pieces.isEmpty else { continue }
                let grantNode = pipes.node()
                if homes[ask][grant] > 0 {
                    let pipe = pipes.add(from: askNode, to: grantNode, room: homes[ask][grant], gain: 1)
                    kept.append((ask, grant, pipe))
                }
                rest.append((ask, grant, pipes.add(from: askNode, to: grantNode, room: draw.asks[ask])))
                for piece in pieces { pipes.add(from: grantNode, to: pieceNodes[piece], room: draw.asks[ask]) }
            }
        }
        pipes.fill(from: source, to: sink)
        pipes.freeze(at: source)
        pipes.freeze(at: sink)
        for (_, _, pipe) in kept { pipes.raise(pipe) }
        for (_, _, pipe) in rest { pipes.raise(pipe) }
        for (ask, grant, pipe) in kept + rest { takes[ask][grant] += pipes.flow(pipe) }
        return takes
    }

    /// How much of what was issued an assignment keeps.
    func kept(_ takes: [[Int]]) -> Int {
        draw.asks.indices.filter { !isLeftOut[$0] }.reduce(0) { sum, ask in
            sum + (0..<grantCount).reduce(0) { $0 + min(homes[ask][$1], takes[ask][$1]) }
        }
    }

    /// By definition, for best-for-client and with nothing left out: of all lawful assignments the best, found by trying
    /// every one. For a few units only.
    func exhaustive() -> [[Int]] {
        let rates = Set(draw.rates).sorted(by: >)
        var best: (key: [Int], takes: [[Int]])?
        var pieces = draw.asks.map { _ in [Int](repeating: 0, count: draw.grants.count) }
        var left = draw.grants

        func consider() {
            var takes = draw.asks.map { _ in [Int](repeating: 0, count: grantCount) }
            for ask in pieces.indices {
                for (piece, seconds) in pieces[ask].enumerated() { takes[ask][grantOf[piece]] += seconds }
            }
            let covered = rates.map { rate in
                draw.asks.indices.filter { draw.rates[$0] == rate }.reduce(0) { $0 + takes[$1].reduce(0, +) }
            }
            let used = draw.grants.indices.map { draw.grants[$0] - left[$0] }
            let kept = takes.indices.flatMap { ask in (0..<grantCount).map { min(homes[ask][$0], takes[ask][$0]) } }
            let key = covered + used + [kept.reduce(0, +)] + kept + takes.flatMap { $0 }
            if best.map({ $0.key.lexicographicallyPrecedes(key) }) ?? true { best = (key, takes) }
        }
        func place(_ ask: Int, _ piece: Int, _ needed: Int) {
            if ask == pieces.count { return consider() }
            if piece == left.count { return place(ask + 1, 0, ask + 1 < pieces.count ? draw.asks[ask + 1] : 0) }
            let most = draw.allowed[ask][piece] ? min(needed, left[piece]) : 0
            for take in 0...most {
                pieces[ask][piece] = take
                left[piece] -= take
                place(ask, piece + 1, needed - take)
                left[piece] += take
                pieces[ask][piece] = 0
            }
        }
        place(0, 0, draw.asks.first ?? 0)
        return best?.takes ?? []
    }
}

/// Pipes between nodes, some of which gain something for each unit that goes through them (Bellman and Ford).
struct OraclePipes {
    private struct Pipe {
        var from: Int
        var to: Int
        var room: Int
        var gain: Int
        var flow = 0
        /// It may never have less again.
        var least = 0
    }
    private var pipes: [Pipe] = []
    private var nodes = 0

    mutating func node() -> Int {
        nodes += 1
        return nodes - 1
    }

    @discardableResult mutating func add(from: Int, to: Int, room: Int, gain: Int = 0) -> Int {
        pipes.append(Pipe(from: from, to: to, room: room, gain: gain))
        return pipes.count - 1
    }

    func flow(_ pipe: Int) -> Int { pipes[pipe].flow }

    /// The way that gains the most, along pipes with room and back along pipes with flow.
    private func way(from: Int, to: Int, without: Int?) -> (gain: Int, steps: [(pipe: Int, isForward: Bool)])? {
        var best = [Int?](repeating: nil, count: nodes)
        var last = [(pipe: Int, isForward: Bool)](repeating: (0, true), count: nodes)
        best[from] = 0
        var isNew = true
        while isNew {
            isNew = false
            for (index, pipe) in pipes.enumerated() where index != without {
                if pipe.flow < pipe.room, let gain = best[pipe.from],
                    best[pipe.to].map({ $0 < gain + pipe.gain }) ?? true
                {
                    best[pipe.to] = gain + pipe.gain
                    last[pipe.to] = (index, true)
                    isNew = true
                }
                if pipe.flow > pipe.least, let gain = best[pipe.to],
                    best[pipe.from].map({ $0 < gain - pipe.gain }) ?? true
                {
                    best[pipe.from] = gain - pipe.gain
                    last[pipe.from] = (index, false)
                    isNew = true
                }
            }
        }
        guard let gain = best[to] else { return nil }
        var steps: [(pipe: Int, isForward: Bool)] = []
        var node = to
        while node != from {
            steps.append(last[node])
            node = last[node].isForward ? pipes[last[node].pipe].from : pipes[last[node].pipe].to
        }
        return (gain, steps)
    }

    private mutating func push(_ steps: [(pipe: Int, isForward: Bool)], atMost: Int) {
        let amount = steps.reduce(atMost) { most, step in
            let pipe = pipes[step.pipe]
            return min(most, step.isForward ? pipe.room - pipe.flow : pipe.flow - pipe.least)
        }
        for step in steps { pipes[step.pipe].flow += step.isForward ? amount : -amount }
    }

    /// As much as can be, and of all such flows one that gains the most.
    mutating func fill(from: Int, to: Int) {
        while let way = way(from: from, to: to, without: nil) { push(way.steps, atMost: .max) }
    }

    /// What goes through the pipes of a node stays as it is.
    mutating func freeze(at node: Int) {
        for index in pipes.indices where pipes[index].from == node || pipes[index].to == node {
            pipes[index].room = pipes[index].flow
            pipes[index].least = pipes[index].flow
        }
    }

    /// As much through a pipe as can be without a loss of gain, and from now on never less.
    mutating func raise(_ pipe: Int) {
        while pipes[pipe].flow < pipes[pipe].room,
            let way = way(from: pipes[pipe].to, to: pipes[pipe].from, without: pipe), pipes[pipe].gain + way.gain >= 0
        {
            push(way.steps + [(pipe, true)], atMost: .max)
        }
        pipes[pipe].least = pipes[pipe].flow
    }
}
