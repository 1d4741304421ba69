/// The default draw order, exact (design D1).
///
/// (a) What can be covered is a matroid on the work, so taking the dearest and earliest first covers the most valuable
/// work there is. (b) What can be used is a matroid on the grants, so filling the soonest-lapsing first lets the least
/// lapse. (c) A flow exists that has both (N. S. Mendelsohn and A. L. Dulmage, "Some generalizations of the problem of
/// distinct representatives", Canadian Journal of Mathematics 10, 1958); among these, earlier work takes the
/// sooner-lapsing hours.
///
/// Feasibility depends only on the sums of each class of work, so the flow is between a few classes and a few grants.
/// A piece of work costs O(grants it may draw on), and an augmenting path O(classes × grants) only where classes
/// compete.
extension DrawDown {
    func bestForClient() -> [Taking] {
        let demand = classDemand()
        if let takings = withoutCompetition(demand) { return takings }

        let covered = coveredSeconds()
        var coveredByClass = [Int](repeating: 0, count: classes.count)
        for (ask, seconds) in zip(asks, covered) { coveredByClass[ask.workClass] += seconds }
        let used = usedSeconds(demand: demand)

        var flow = ClassFlow(classes: classes, supply: coveredByClass, capacity: used)
        flow.fill()
        return takings(covered: covered, from: &flow)
    }

    private func classDemand() -> [Int] {
        var demand = [Int](repeating: 0, count: classes.count)
        for ask in asks { demand[ask.workClass] += ask.seconds }
        return demand
    }

    /// Where no two classes that ask for anything share a grant, and each class either gets all it asks for or has work
    /// of one rate, taking in order is already best: the common case.
    private func withoutCompetition(_ demand: [Int]) -> [Taking]? {
        var owner = [Int](repeating: -1, count: grants.count)
        for (index, eligible) in classes.enumerated() where demand[index] > 0 {
            var hours = 0
            for grant in eligible where grants[grant] > 0 {
                guard owner[grant] < 0 else { return nil }
                owner[grant] = index
                hours += grants[grant]
            }
            if demand[index] > hours, !isOfOneRate(index) { return nil }
        }
        return inOrder(Array(asks.indices))
    }

    private func isOfOneRate(_ workClass: Int) -> Bool {
        var rate: Int?
        for ask in asks where ask.workClass == workClass {
            if let rate, rate != ask.rate { return false }
            rate = ask.rate
        }
        return true
    }

    /// (a): for each piece how much of it is covered.
    private func coveredSeconds() -> [Int] {
        var order = Array(asks.indices)
        if let first = asks.first, asks.contains(where: { $0.rate != first.rate }) {
            order.sort { (asks[$1].rate, $0) < (asks[$0].rate, $1) }
        }
        var covered = [Int](repeating: 0, count: asks.count)
        var flow = ClassFlow(classes: classes, supply: [Int](repeating: 0, count: classes.count), capacity: grants)
        for index in order {
            covered[index] = flow.push(asks[index].seconds, ofClass: asks[index].workClass)
        }
        return covered
    }

    /// (b): for each grant how much of it is used.
    private func usedSeconds(demand: [Int]) -> [Int] {
        var flow = ClassFlow(
            classes: classes, supply: demand, capacity: [Int](repeating: 0, count: grants.count))
        return grants.indices.map { flow.pull(grants[$0], fromGrant: $0) }
    }

    /// (c): in the order of work each piece takes as much as can be from each grant in turn, such that (a) and (b) hold.
    private func takings(covered: [Int], from flow: inout ClassFlow) -> [Taking] {
        var takings: [Taking] = []
        for (index, ask) in asks.enumerated() {
            var needed = covered[index]
            for grant in classes[ask.workClass] where needed > 0 {
                let taken = flow.take(needed, ofClass: ask.workClass, fromGrant: grant)
                guard taken > 0 else { continue }
                needed -= taken
                takings.append(Taking(ask: index, grant: grant, seconds: taken))
            }
        }
        return takings
    }
}
