/// A flow from classes of work to the grants they may draw on, in seconds.
///
/// It is small: a class for each set of grants, so a few by a few. All amounts are exact, and every path is found by
/// breadth-first search over the grants, O(classes × grants).
struct ClassFlow {
    /// For each class the grants it may draw on.
    private let classes: [[Int]]
    /// What each class still has to place.
    private var supply: [Int]
    /// What each grant still can take.
    private var spare: [Int]
    /// What flows from class to grant: `flow[class * grantCount + grant]`.
    private var flow: [Int]
    /// Classes and grants that were found to have no way left. They never get one again: what lies beyond them is full,
    /// and no later path can enter it and leave again.
    private var isClassFull: [Bool]
    private var isPairDead: [Bool]
    private let grantCount: Int

    init(classes: [[Int]], supply: [Int], capacity: [Int]) {
        self.classes = classes
        self.supply = supply
        spare = capacity
        grantCount = capacity.count
        flow = [Int](repeating: 0, count: classes.count * grantCount)
        isClassFull = [Bool](repeating: false, count: classes.count)
        isPairDead = [Bool](repeating: false, count: classes.count * grantCount)
    }

    /// Places as much more of a class as can be, up to an amount, moving other classes to other grants where that helps.
    mutating func push(_ amount: Int, ofClass workClass: Int) -> Int {
        var left = amount
        while left > 0, !isClassFull[workClass] {
            guard let path = path(fromClass: workClass, to: { spare[$0] > 0 }) else {
                isClassFull[workClass] = true
                break
            }
            let end = path[path.count - 1].grant
            let step = min(left, spare[end], bottleneck(path))
            apply(path, step)
            spare[end] -= step
            left -= step
        }
        return amount - left
    }

    /// Uses as much of a grant as can be, up to an amount, of what the classes have to place.
    ///
    /// The other grants keep what they have: a path ends at the grant, and only moves flow between the grants on its way.
    mutating func pull(_ amount: Int, fromGrant grant: Int) -> Int {
        spare[grant] = amount
        for workClass in classes.indices {
            while supply[workClass] > 0, spare[grant] > 0 {
                guard let path = path(fromClass: workClass, to: { $0 == grant }) else { break }
                let step = min(supply[workClass], spare[grant], bottleneck(path))
                apply(path, step)
                spare[grant] -= step
                supply[workClass] -= step
            }
        }
        let used = amount - spare[grant]
        spare[grant] = 0
        return used
    }

    /// Places all supply.
    mutating func fill() {
        for workClass in classes.indices {
            let placed = push(supply[workClass], ofClass: workClass)
            supply[workClass] -= placed
        }
    }

    /// Takes as much as can be, up to an amount, of a class from a grant, out of a full flow that stays full: what flows
    /// there already, and what can be brought there by moving other work away in a circle.
    mutating func take(_ amount: Int, ofClass workClass: Int, fromGrant grant: Int) -> Int {
        let pair = workClass * grantCount + grant
        var left = amount
        while left > 0, !isPairDead[pair] {
            if flow[pair] == 0, !bringFlow(to: grant, ofClass: workClass) {
                isPairDead[pair] = true
                break
            }
            let step = min(left, flow[pair])
            flow[pair] -= step
            left -= step
        }
        return amount - left
    }

    /// Moves some flow of a class to a grant in a circle: the class leaves a grant it is on, others move along.
    private mutating func bringFlow(to grant: Int, ofClass workClass: Int) -> Bool {
        // A path from another class on the grant to a grant that the class is on; the class then moves the other way.
        for other in classes.indices where other != workClass && flow[other * grantCount + grant] > 0 {
            guard
                let path = path(
                    fromClass: other, avoiding: workClass, to: { flow[workClass * grantCount + $0] > 0 && $0 != grant })
            else { continue }
            let end = path[path.count - 1].grant
            let step = min(
                flow[other * grantCount + grant], flow[workClass * grantCount + end], bottleneck(path))
            apply(path, step)
            flow[other * grantCount + grant] -= step
            flow[workClass * grantCount + end] -= step
            flow[workClass * grantCount + grant] += step
            return true
        }
        return false
    }

    /// One edge of a path: the class that moves to the grant. Every class but the first leaves the grant before it.
    private struct Step {
        var workClass: Int
        var grant: Int
    }

    /// The shortest way from a class to a grant that fits, or nil.
    private func path(
        fromClass first: Int, avoiding avoided: Int = -1, to isEnd: (Int) -> Bool
    ) -> [Step]? {
        // The direct way is the common one and needs no search.
        if let grant = classes[first].first(where: isEnd) { return [Step(workClass: first, grant: grant)] }
        var arrival = [(step: Step, from: Int)?](repeating: nil, count: grantCount)
        var queue: [Int] = []
        for grant in classes[first] {
            arrival[grant] = (Step(workClass: first, grant: grant), -1)
            queue.append(grant)
        }
        var next = 0
        while next < queue.count {
            let grant = queue[next]
            next += 1
            for workClass in classes.indices
            where workClass != avoided && flow[workClass * grantCount + grant] > 0 {
                for further in classes[workClass] where arrival[further] == nil {
                    arrival[further] = (Step(workClass: workClass, grant: further), grant)
                    if isEnd(further) { return trace(further, arrival) }
                    queue.append(further)
                }
            }
        }
        return nil
    }

    private func trace(_ end: Int, _ arrival: [(step: Step, from: Int)?]) -> [Step] {
        var path: [Step] = []
        var grant = end
        while grant >= 0, let (step, from) = arrival[grant] {
            path.append(step)
            grant = from
        }
        return path.reversed()
    }

    /// How much can be moved along a path: the least that flows where a class leaves a grant.
    private func bottleneck(_ path: [Step]) -> Int {
        var least = Int.max
        for (previous, step) in zip(path, path.dropFirst()) {
            least = min(least, flow[step.workClass * grantCount + previous.grant])
        }
        return least
    }

    private mutating func apply(_ path: [Step], _ amount: Int) {
        for (index, step) in path.enumerated() {
            if index > 0 { flow[step.workClass * grantCount + path[index - 1].grant] -= amount }
            flow[step.workClass * grantCount + step.grant] += amount
        }
    }
}
