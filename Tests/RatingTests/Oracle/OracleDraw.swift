/// The draw orders, slow and obvious, on single pieces of work and single grants.
struct OracleDraw {
    /// Seconds of each piece, in the order of work.
    var asks: [Int]
    var rates: [Int]
    /// Pieces that come after all others, whatever their place.
    var last: Set<Int> = []
    /// Seconds of each grant, in the order of grants.
    var grants: [Int]
    /// `allowed[ask][grant]`.
    var allowed: [[Bool]]

    /// The most that can flow from pieces to grants.
    func most(_ supply: [Int], _ capacity: [Int]) -> Int {
        var flow = [[Int]](repeating: [Int](repeating: 0, count: capacity.count), count: supply.count)
        var supply = supply
        var capacity = capacity
        var total = 0
        func push(_ ask: Int, _ limit: Int, _ seen: inout Set<Int>) -> Int {
            for grant in capacity.indices where allowed[ask][grant] && !seen.contains(grant) {
                seen.insert(grant)
                if capacity[grant] > 0 {
                    let step = min(limit, capacity[grant])
                    capacity[grant] -= step
                    flow[ask][grant] += step
                    return step
                }
                for other in flow.indices where flow[other][grant] > 0 && other != ask {
                    let step = push(other, min(limit, flow[other][grant]), &seen)
                    if step > 0 {
                        flow[other][grant] -= step
                        flow[ask][grant] += step
                        return step
                    }
                }
            }
            return 0
        }
        for ask in supply.indices {
            while supply[ask] > 0 {
                var seen: Set<Int> = []
                let step = push(ask, supply[ask], &seen)
                if step == 0 { break }
                supply[ask] -= step
                total += step
            }
        }
        return total
    }

    /// What each piece takes from each grant by rule D1.
    func bestForClient() -> [[Int]] {
        // (a) Dearest first, then in order of work, each as much as can be, given what those before have.
        var covered = [Int](repeating: 0, count: asks.count)
        for ask in asks.indices.sorted(by: { (rates[$1], $0) < (rates[$0], $1) }) {
            let before = covered.reduce(0, +)
            covered[ask] = asks[ask]
            covered[ask] = most(covered, grants) - before
        }
        // (b) In the order of grants, each as much as can be, given what those before give.
        var used = [Int](repeating: 0, count: grants.count)
        for grant in grants.indices {
            let before = used.reduce(0, +)
            used[grant] = grants[grant]
            used[grant] = most(asks, used) - before
        }
        // (c) In the order of work, as much as can be from each grant in turn, such that both still hold.
        var takes = asks.map { _ in [Int](repeating: 0, count: grants.count) }
        for ask in asks.indices {
            for grant in grants.indices where allowed[ask][grant] {
                var take = min(covered[ask], used[grant])
                while take > 0 {
                    var supply = covered
                    var capacity = used
                    supply[ask] -= take
                    capacity[grant] -= take
                    // What has been taken from this piece's earlier grants is gone from both already.
                    let missing = supply.reduce(0, +) - most(supply, capacity)
                    if missing == 0 { break }
                    take -= missing
                }
                take = max(0, take)
                takes[ask][grant] = take
                covered[ask] -= take
                used[grant] -= take
            }
        }
        return takes
    }

    /// In the order of work, each piece from its grants in order.
    func greedy() -> [[Int]] {
        var left = grants
        var takes = asks.map { _ in [Int](repeating: 0, count: grants.count) }
        for turn in [false, true] {
            for ask in asks.indices where last.contains(ask) == turn {
                var needed = asks[ask]
                for grant in grants.indices where allowed[ask][grant] {
                    let take = min(needed, left[grant])
                    needed -= take
                    left[grant] -= take
                    takes[ask][grant] = take
                }
            }
        }
        return takes
    }

    /// By definition: of all lawful assignments the best, found by trying every one. For a few units only.
    func exhaustive() -> [[Int]] {
        let byRate = asks.indices.sorted { (rates[$1], $0) < (rates[$0], $1) }
        var best: (key: [Int], takes: [[Int]])?
        var takes = asks.map { _ in [Int](repeating: 0, count: grants.count) }
        var left = grants

        func consider() {
            let covered = byRate.map { takes[$0].reduce(0, +) }
            let used = grants.indices.map { grants[$0] - left[$0] }
            let key = covered + used + takes.flatMap { $0 }
            if best.map({ $0.key.lexicographicallyPrecedes(key) }) ?? true { best = (key, takes) }
        }
        func place(_ ask: Int, _ grant: Int, _ needed: Int) {
            if ask == asks.count { return consider() }
            if grant == grants.count { return place(ask + 1, 0, ask + 1 < asks.count ? asks[ask + 1] : 0) }
            let most = allowed[ask][grant] ? min(needed, left[grant]) : 0
            for take in 0...most {
                takes[ask][grant] = take
                left[grant] -= take
                place(ask, grant + 1, needed - take)
                left[grant] += take
                takes[ask][grant] = 0
            }
        }
        place(0, 0, asks.first ?? 0)
        return best?.takes ?? takes
    }
}
