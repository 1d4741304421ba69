import Values

/// Turns the lines and grants of a statement into a draw-down, and its places back into lines and grants.
///
/// In an open period each line asks once and each grant is one. In a closed period both are cut into layers
/// (docs/rules.md, "Hours that came late"): seconds that a closing billed may draw only on hours known then, so that hours
/// which came later never pay for what was invoiced (design D5, X2).
struct AskBook {
    private(set) var drawDown = DrawDown(grants: [], classes: [], asks: [])
    /// For each ask what was issued for it as drawn, by the grant's place; empty in an open period.
    private(set) var homes: [[(grant: Int, seconds: Int)]] = []
    /// The asks whose draws the draw order alone decides, also in a closed period.
    private(set) var isFixed: [Bool] = []
    private var lines: [Int32] = []
    private var layers: [Int32] = []
    /// For each part of a grant's hours the grant.
    private(set) var grantOfPart: [Int] = []

    /// What the asks of an open period are made of.
    init(open statement: Statement, grants: [OpenGrant], rate: (WorkLine) -> Int, standsBack: (WorkLine) -> Bool) {
        drawDown.grants = grants.map(\.hours.seconds)
        grantOfPart = Array(grants.indices)
        var numbers: [[Int]: Int] = [:]
        let classes = statement.workClasses.map { number(of: $0.eligible, &numbers) }
        reserve(statement.lines.count)
        for (index, line) in statement.lines.enumerated() where line.asked > .zero {
            add(line, index, line.asked.seconds, classes[Int(line.classIndex)], layer: 0, rate, standsBack)
        }
    }

    /// - Parameters:
    ///   - closed: the period's layers, and what was issued for it in all.
    ///   - elsewhere: what other periods draw from blocks for seconds that were billed.
    ///   - dates: the first day of each class of work.
    init(
        closed: ClosedPeriod, elsewhere: BilledDraws, statement: Statement, grants: [OpenGrant], dates: [CivilDate],
        rate: (WorkLine) -> Int, standsBack: (WorkLine) -> Bool, isGreedy: Bool
    ) {
        let count = closed.layers.count + 1
        let hours = grants.map { closed.hours(of: $0, elsewhere) }
        for (grant, parts) in hours.enumerated() {
            drawDown.grants += parts
            grantOfPart += [Int](repeating: grant, count: parts.count)
        }
        var numbers: [[Int]: Int] = [:]
        /// The class of the work of a kind that was billed in a layer.
        var known: [Int: Int] = [:]
        func workClass(_ line: WorkLine, _ layer: Int) -> Int {
            let key = Int(line.classIndex) * count + layer
            if let found = known[key] { return found }
            let date = dates[Int(line.classIndex)]
            let eligible = statement.workClasses[Int(line.classIndex)].eligible.flatMap { grant -> [Int] in
                guard layer == count - 1 || closed.mayPay(grants[grant], on: date, inLayer: layer) else { return [] }
                return (0...layer).filter { hours[grant][$0] > 0 }.map { grant * count + $0 }
            }
            let number = number(of: eligible, &numbers)
            known[key] = number
            return number
        }

        let keys = statement.lines.map { statement.positionKey(of: $0) }
        var asked: [PositionKey: Int] = [:]
        for (line, key) in zip(statement.lines, keys) { asked[key, default: 0] += line.asked.seconds }
        var layered = closed.seconds
        for key in layered.keys { layered[key]?.cut(to: asked[key] ?? 0) }

        reserve(statement.lines.count)
        var asks: [PositionKey: [Int]] = [:]
        for (index, line) in statement.lines.enumerated() where line.asked > .zero {
            var rest = line.asked.seconds
            func ask(_ seconds: Int, _ layer: Int) {
                asks[keys[index], default: []].append(drawDown.asks.count)
                add(line, index, seconds, workClass(line, layer), layer: layer, rate, standsBack)
            }
            if let seconds = layered[keys[index]] {
                for layer in seconds.indices where rest > 0 && seconds[layer] > 0 {
                    let taken = min(rest, seconds[layer])
                    layered[keys[index]]?[layer] -= taken
                    rest -= taken
                    ask(taken, layer)
                }
            }
            if rest > 0 { ask(rest, count - 1) }
        }
        homes = [[(grant: Int, seconds: Int)]](repeating: [], count: drawDown.asks.count)
        isFixed = [Bool](repeating: false, count: drawDown.asks.count)
        for (key, places) in asks {
            findHomes(of: places, closed.issued[key]?.draws ?? [:], grants)
            guard places.count > 1 else { continue }
            // Where the layers of a position find different hours, or, greedy, its lines have several rates.
            let layers = Set(places.map { Int(self.layers[$0]) })
            let rate = drawDown.asks[places[0]].rate
            let differ =
                layers.count > 1
                && places.contains { place in
                    Set(layers.map { workClass(statement.lines[Int(lines[place])], $0) }).count > 1
                }
            if differ || (isGreedy && places.contains { drawDown.asks[$0].rate != rate }) {
                for place in places { isFixed[place] = true }
            }
        }
    }

    private mutating func number(of eligible: [Int], _ numbers: inout [[Int]: Int]) -> Int {
        if let known = numbers[eligible] { return known }
        numbers[eligible] = drawDown.classes.count
        drawDown.classes.append(eligible)
        return drawDown.classes.count - 1
    }

    private mutating func reserve(_ count: Int) {
        drawDown.asks.reserveCapacity(count)
        lines.reserveCapacity(count)
    }

    private mutating func add(
        _ line: WorkLine, _ index: Int, _ seconds: Int, _ workClass: Int, layer: Int, _ rate: (WorkLine) -> Int,
        _ standsBack: (WorkLine) -> Bool
    ) {
        drawDown.asks.append(
            DrawDown.Ask(workClass: workClass, seconds: seconds, rate: rate(line), standsBack: standsBack(line)))
        lines.append(Int32(index))
        layers.append(Int32(layer))
    }

    /// Puts what was issued for a position as drawn to its asks. Of a position that has shrunk, what came from the last
    /// grants has fallen away.
    private mutating func findHomes(of places: [Int], _ draws: [GrantID: Hours], _ grants: [OpenGrant]) {
        guard !draws.isEmpty else { return }
        var home = grants.map { max(0, draws[$0.id]?.seconds ?? 0) }
        home.cut(to: places.reduce(0) { $0 + drawDown.asks[$1].seconds })
        guard places.count > 1 else {
            homes[places[0]] = home.enumerated().filter { $0.element > 0 }.map { ($0.offset, $0.element) }
            return
        }
        var alone = DrawDown(grants: home, classes: [], asks: [])
        for place in places {
            var ask = drawDown.asks[place]
            var eligible: [Int] = []
            for part in drawDown.classes[ask.workClass] where eligible.last != grantOfPart[part] {
                eligible.append(grantOfPart[part])
            }
            alone.classes.append(eligible)
            ask.workClass = alone.classes.count - 1
            alone.asks.append(ask)
        }
        for taking in alone.bestForClient() { homes[places[taking.ask]].append((taking.grant, taking.seconds)) }
    }

    func line(ofAsk ask: Int) -> Int { Int(lines[ask]) }
    func layer(ofAsk ask: Int) -> Int { Int(layers[ask]) }
    func grant(ofPart part: Int) -> Int { grantOfPart[part] }
}
