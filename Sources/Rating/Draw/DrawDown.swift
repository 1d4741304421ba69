import Agreements

/// Work that asks for hours, and what it gets: the common ground of the draw orders (design D1, D2).
///
/// Grants are known by their place in the order of grants, work by its place in the order of work. Work that may draw on
/// the same grants is of one class.
struct DrawDown {
    /// One piece of work.
    struct Ask {
        /// Its place in ``DrawDown/classes``.
        var workClass: Int
        /// How much it asks for.
        var seconds: Int
        /// What an hour of it costs if no grant pays: dearer work is covered first.
        var rate: Int
        /// Whether it takes only what all other work leaves: time added by rounding that may cause no overage (edge case
        /// E31). Its rate is 0.
        var standsBack = false
    }

    /// So much for one piece of work from one grant.
    struct Taking: Equatable {
        var ask: Int
        var grant: Int
        var seconds: Int
    }

    /// The seconds each grant has, in the order of grants.
    var grants: [Int]
    /// For each class the grants it may draw on, in the order of grants.
    var classes: [[Int]]
    /// The work, in the order of work.
    var asks: [Ask]

    /// What each piece takes from each grant, in the order of work, then of grants.
    func takings(_ order: DrawOrder) -> [Taking] {
        switch order {
        case .bestForClient: bestForClient()
        case .soonestExpiry, .narrowestScope, .allotmentFirst: greedy()
        }
    }

    /// In the order of work; what stands back comes last.
    private func greedy() -> [Taking] {
        var takings = inOrder(
            asks.indices.filter { !asks[$0].standsBack } + asks.indices.filter { asks[$0].standsBack })
        takings.sort { ($0.ask, $0.grant) < ($1.ask, $1.grant) }
        return takings
    }

    /// In an order of work, each piece takes what is there from its grants in the order of grants.
    func inOrder(_ order: [Int]) -> [Taking] {
        var left = grants
        var takings: [Taking] = []
        for index in order {
            let ask = asks[index]
            var needed = ask.seconds
            for grant in classes[ask.workClass] where needed > 0 && left[grant] > 0 {
                let taken = min(needed, left[grant])
                left[grant] -= taken
                needed -= taken
                takings.append(Taking(ask: index, grant: grant, seconds: taken))
            }
        }
        return takings
    }
}
