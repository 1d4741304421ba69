/// Of the assignments that are as good as another one, the one that keeps the most of what was issued (docs/rules.md, "Least
/// change"): a flow of least cost, found exactly.
///
/// What asks keep is counted in seconds that are drawn from the grant they were issued from. All seconds with the same
/// rate, the same hours to draw on and the same home are alike, so the flow is between a few kinds of work and a few
/// parts of grants, whatever the number of asks. Ties are settled ask by ask, by moving flow in circles that cost nothing.
struct LeastChange {
    private let drawDown: DrawDown
    private let homes: [[(grant: Int, seconds: Int)]]
    private let grantOfPart: [Int]
    /// For each class of work the parts that it may draw on, as they are taken.
    private let parts: [[Int]]

    /// - Parameters:
    ///   - homes: for each ask what was issued for it, by grant.
    ///   - grantOfPart: for each of the draw-down's grants which grant it is a part of.
    init(_ drawDown: DrawDown, homes: [[(grant: Int, seconds: Int)]], grantOfPart: [Int]) {
        self.drawDown = drawDown
        self.homes = homes
        self.grantOfPart = grantOfPart
        parts = drawDown.classes.map { LeastChange.latestFirst($0, grantOfPart) }
    }

    /// Parts in the order of grants, of each grant the latest first: whoever may draw on later hours leaves the earlier ones to
    /// those who may draw on no others, which takes nothing from anybody.
    private static func latestFirst(_ parts: [Int], _ grantOfPart: [Int]) -> [Int] {
        var ordered: [Int] = []
        var start = 0
        for (place, part) in parts.enumerated() {
            if place > 0, grantOfPart[part] != grantOfPart[parts[place - 1]] { start = place }
            ordered.insert(part, at: start)
        }
        return ordered
    }

    /// The assignment that covers of each rate, and uses of each part, as many seconds as a given one does, and keeps the
    /// most; in the order of work, then of grants.
    ///
    /// - Parameter isFixed: the asks that take what the given assignment has for them.
    func takings(asGoodAs given: [DrawDown.Taking], isFixed: [Bool]) -> [DrawDown.Taking] {
        var fixed: [DrawDown.Taking] = []
        var used = [Int](repeating: 0, count: drawDown.grants.count)
        var covered: [Int: Int] = [:]
        for taking in given {
            if isFixed[taking.ask] {
                fixed.append(taking)
            } else {
                used[taking.grant] += taking.seconds
                covered[drawDown.asks[taking.ask].rate, default: 0] += taking.seconds
            }
        }
        let free = drawDown.asks.indices.filter { !isFixed[$0] }
        let rest = atHome(free, used: used, covered: covered) ?? flow(free, used: used, covered: covered)
        return (fixed + rest).sorted { ($0.ask, $0.grant) < ($1.ask, $1.grant) }
    }

    // MARK: The common case

    /// Everything as it was issued, where that is as good; nil where it is not.
    private func atHome(_ free: [Int], used: [Int], covered: [Int: Int]) -> [DrawDown.Taking]? {
        var used = used
        var covered = covered
        var takings: [DrawDown.Taking] = []
        for ask in free {
            for home in homes[ask] {
                var left = home.seconds
                for part in parts[drawDown.asks[ask].workClass]
                where grantOfPart[part] == home.grant && left > 0 && used[part] > 0 {
                    let taken = min(left, used[part])
                    used[part] -= taken
                    left -= taken
                    takings.append(DrawDown.Taking(ask: ask, grant: part, seconds: taken))
                }
                guard left == 0 else { return nil }
                covered[drawDown.asks[ask].rate, default: 0] -= home.seconds
            }
        }
        guard used.allSatisfy({ $0 == 0 }), covered.values.allSatisfy({ $0 == 0 }) else { return nil }
        return takings
    }

    // MARK: The flow

    /// What is alike: the rate, what it may draw on, and where it was.
    private struct Kind: Hashable {
        var rate: Int
        var workClass: Int
        var home: Int
    }

    private func flow(_ free: [Int], used: [Int], covered: [Int: Int]) -> [DrawDown.Taking] {
        var numbers: [Kind: Int] = [:]
        var kinds: [Kind] = []
        var supply: [Int] = []
        /// For each ask its seconds of each kind: where they were first, in the order of grants, then the rest.
        var pieces: [[(kind: Int, seconds: Int)]] = []
        for ask in free {
            let asked = drawDown.asks[ask]
            var rest = asked.seconds
            var own: [(kind: Int, seconds: Int)] = []
            func add(_ home: Int, _ seconds: Int) {
                guard seconds > 0 else { return }
                let kind = Kind(rate: asked.rate, workClass: asked.workClass, home: home)
                let number = numbers[kind] ?? kinds.count
                if number == kinds.count {
                    numbers[kind] = number
                    kinds.append(kind)
                    supply.append(0)
                }
                supply[number] += seconds
                own.append((number, seconds))
            }
            for home in homes[ask] {
                let seconds = min(rest, home.seconds)
                add(home.grant, seconds)
                rest -= seconds
            }
            add(-1, rest)
            pieces.append(own)
        }
        var flow = HomeFlow(
            kinds: kinds.map { kind in
                HomeFlow.Kind(
                    rate: kind.rate, parts: drawDown.classes[kind.workClass],
                    isHome: drawDown.classes[kind.workClass].map { grantOfPart[$0] == kind.home })
            }, supply: supply, covered: covered, used: used)
        flow.fill()

        var takings: [DrawDown.Taking] = []
        // What is kept, in the order of work; then the rest.
        for (place, ask) in free.enumerated() {
            for (index, piece) in pieces[place].enumerated() where kinds[piece.kind].home >= 0 {
                for part in parts[kinds[piece.kind].workClass]
                where grantOfPart[part] == kinds[piece.kind].home && pieces[place][index].seconds > 0 {
                    let taken = flow.take(pieces[place][index].seconds, ofKind: piece.kind, from: part)
                    guard taken > 0 else { continue }
                    pieces[place][index].seconds -= taken
                    takings.append(DrawDown.Taking(ask: ask, grant: part, seconds: taken))
                }
            }
        }
        for (place, ask) in free.enumerated() where !pieces[place].isEmpty {
            for part in parts[drawDown.asks[ask].workClass] {
                for (index, piece) in pieces[place].enumerated() where pieces[place][index].seconds > 0 {
                    let taken = flow.take(pieces[place][index].seconds, ofKind: piece.kind, from: part)
                    guard taken > 0 else { continue }
                    pieces[place][index].seconds -= taken
                    takings.append(DrawDown.Taking(ask: ask, grant: part, seconds: taken))
                }
            }
            for piece in pieces[place] { flow.drop(piece.seconds, ofKind: piece.kind) }
        }
        return takings.reduce(into: [:]) { sums, taking in
            sums[Pair(ask: taking.ask, part: taking.grant), default: 0] += taking.seconds
        }.map { DrawDown.Taking(ask: $0.key.ask, grant: $0.key.part, seconds: $0.value) }
    }

    private struct Pair: Hashable {
        var ask: Int
        var part: Int
    }
}

/// A flow from rates over kinds of work to parts of grants, where a second that goes to the home of its kind costs one less.
/// What flows out of each rate and into each part is given.
private struct HomeFlow {
    struct Kind {
        var rate: Int
        /// The parts it may draw on, in the order of grants, and whether each is its home.
        var parts: [Int]
        var isHome: [Bool]
    }

    private let kinds: [Kind]
    /// What each kind still has, and what of it is covered.
    private var supply: [Int]
    private var covered: [Int]
    /// What flows from each kind to each of its parts.
    private var flow: [[Int]]
    /// What still has to flow out of each rate and into each part.
    private let rates: [Int]
    private let rateOfKind: [Int]
    private var rateLeft: [Int]
    private var partLeft: [Int]
    private let kindsOfRate: [[Int]]
    /// For each part the kinds that may draw on it, and the part's place in theirs.
    private let kindsOfPart: [[(kind: Int, place: Int)]]
    /// Kinds and parts between which nothing can flow any more at no cost.
    private var isDead: [[Bool]]

    init(kinds: [Kind], supply: [Int], covered wanted: [Int: Int], used: [Int]) {
        self.kinds = kinds
        self.supply = supply
        covered = [Int](repeating: 0, count: kinds.count)
        flow = kinds.map { [Int](repeating: 0, count: $0.parts.count) }
        isDead = kinds.map { [Bool](repeating: false, count: $0.parts.count) }
        rates = Set(kinds.map(\.rate)).sorted()
        var places: [Int: Int] = [:]
        for (place, rate) in rates.enumerated() { places[rate] = place }
        rateOfKind = kinds.map { places[$0.rate] ?? 0 }
        rateLeft = rates.map { wanted[$0] ?? 0 }
        partLeft = used
        var ofRate = [[Int]](repeating: [], count: rates.count)
        var ofPart = [[(kind: Int, place: Int)]](repeating: [], count: used.count)
        for (number, kind) in kinds.enumerated() {
            ofRate[rateOfKind[number]].append(number)
            for (place, part) in kind.parts.enumerated() { ofPart[part].append((number, place)) }
        }
        kindsOfRate = ofRate
        kindsOfPart = ofPart
    }

    /// One step of a path: kind to part or back (`place` is the part's in the kind's), or between a rate and a kind.
    private enum Step {
        case start
        case toPart(kind: Int, place: Int)
        case backToKind(kind: Int, place: Int)
        case toKind(Int)
        case backToRate(Int)
    }

    // Nodes: rates, kinds, parts.
    private func node(rate: Int) -> Int { rate }
    private func node(kind: Int) -> Int { rates.count + kind }
    private func node(part: Int) -> Int { rates.count + kinds.count + part }
    private var nodeCount: Int { rates.count + kinds.count + partLeft.count }

    private func cost(_ kind: Int, _ place: Int) -> Int { kinds[kind].isHome[place] ? -1 : 0 }

    /// The cheapest ways from some nodes to all others (Bellman and Ford, by a queue): there is no circle of less than no
    /// cost, so it ends.
    private func ways(from starts: [Int], without: (kind: Int, place: Int)? = nil) -> (
        cost: [Int], step: [Step], before: [Int]
    ) {
        var best = [Int](repeating: .max, count: nodeCount)
        var step = [Step](repeating: .start, count: nodeCount)
        var before = [Int](repeating: -1, count: nodeCount)
        var isQueued = [Bool](repeating: false, count: nodeCount)
        var queue = starts
        var next = 0
        for start in starts {
            best[start] = 0
            isQueued[start] = true
        }
        func reach(_ to: Int, _ cost: Int, _ by: Step, _ from: Int) {
            guard cost < best[to] else { return }
            (best[to], step[to], before[to]) = (cost, by, from)
            if !isQueued[to] {
                isQueued[to] = true
                queue.append(to)
            }
        }
        while next < queue.count {
            let at = queue[next]
            next += 1
            isQueued[at] = false
            let cost = best[at]
            if at < rates.count {
                for kind in kindsOfRate[at] where covered[kind] < supply[kind] {
                    reach(node(kind: kind), cost, .toKind(kind), at)
                }
            } else if at < rates.count + kinds.count {
                let kind = at - rates.count
                for (place, part) in kinds[kind].parts.enumerated() {
                    if let without, without == (kind, place) { continue }
                    reach(node(part: part), cost + self.cost(kind, place), .toPart(kind: kind, place: place), at)
                }
                if covered[kind] > 0 { reach(node(rate: rateOfKind[kind]), cost, .backToRate(kind), at) }
            } else {
                for (kind, place) in kindsOfPart[at - rates.count - kinds.count] where flow[kind][place] > 0 {
                    reach(node(kind: kind), cost - self.cost(kind, place), .backToKind(kind: kind, place: place), at)
                }
            }
        }
        return (best, step, before)
    }

    /// The steps of the way to a node, and how much can flow along it.
    private func way(to end: Int, _ step: [Step], _ before: [Int]) -> (steps: [Step], most: Int) {
        var steps: [Step] = []
        var most = Int.max
        var at = end
        while before[at] >= 0 {
            steps.append(step[at])
            switch step[at] {
            case .start, .toPart: break
            case .backToKind(let kind, let place): most = min(most, flow[kind][place])
            case .toKind(let kind): most = min(most, supply[kind] - covered[kind])
            case .backToRate(let kind): most = min(most, covered[kind])
            }
            at = before[at]
        }
        return (steps, most)
    }

    private mutating func apply(_ steps: [Step], _ amount: Int) {
        for step in steps {
            switch step {
            case .start: break
            case .toPart(let kind, let place): flow[kind][place] += amount
            case .backToKind(let kind, let place): flow[kind][place] -= amount
            case .toKind(let kind): covered[kind] += amount
            case .backToRate(let kind): covered[kind] -= amount
            }
        }
    }

    /// Lets all flow that is to flow, at the least cost.
    mutating func fill() {
        while true {
            let starts = rates.indices.filter { rateLeft[$0] > 0 }
            guard !starts.isEmpty else { return }
            let (cost, step, before) = ways(from: starts.map { node(rate: $0) })
            let ends = partLeft.indices.filter { partLeft[$0] > 0 && cost[node(part: $0)] < .max }
            guard let end = ends.min(by: { (cost[node(part: $0)], $0) < (cost[node(part: $1)], $1) }) else { return }
            let (steps, most) = way(to: node(part: end), step, before)
            var start = node(part: end)
            while before[start] >= 0 { start = before[start] }
            let amount = min(most, rateLeft[start], partLeft[end])
            apply(steps, amount)
            rateLeft[start] -= amount
            partLeft[end] -= amount
        }
    }

    /// Takes out as much of a kind from a part as can be, up to an amount, such that what is left is still of least cost.
    mutating func take(_ amount: Int, ofKind kind: Int, from part: Int) -> Int {
        guard let place = kinds[kind].parts.firstIndex(of: part) else { return 0 }
        var left = amount
        while left > 0, !isDead[kind][place] {
            if flow[kind][place] == 0, !bring(to: kind, place, part) {
                isDead[kind][place] = true
                break
            }
            let taken = min(left, flow[kind][place])
            flow[kind][place] -= taken
            covered[kind] -= taken
            supply[kind] -= taken
            left -= taken
        }
        return amount - left
    }

    /// Moves some flow in a circle that costs nothing, so that it goes from a kind to a part.
    private mutating func bring(to kind: Int, _ place: Int, _ part: Int) -> Bool {
        let (cost, step, before) = ways(from: [node(part: part)], without: (kind, place))
        guard cost[node(kind: kind)] == -self.cost(kind, place) else { return false }
        let (steps, most) = way(to: node(kind: kind), step, before)
        apply(steps + [.toPart(kind: kind, place: place)], most)
        return true
    }

    /// Leaves so much of a kind uncovered for good.
    mutating func drop(_ seconds: Int, ofKind kind: Int) { supply[kind] -= seconds }
}
