import Agreements

/// Turns the lines and grants of a statement into a draw-down, and its places back into lines and grants.
///
/// In an open period each line asks once and each grant is one. In a closed period both are cut in two, so that hours that
/// came after the closing never pay for what was invoiced (design D5, X2): the seconds of a line that were issued may draw
/// only on the hours that the grant had then, the others on all.
struct AskBook {
    private(set) var drawDown: DrawDown
    private var lines: [Int32] = []
    private var halves: [Int] = []

    init(
        statement: Statement, grants: [OpenGrant], closing: Closing?, issued: [PositionKey: IssuedPosition],
        rate: (WorkLine) -> Int
    ) {
        drawDown = DrawDown(grants: [], classes: [], asks: [])
        var classes: [[Int]: Int] = [:]
        func number(_ eligible: [Int]) -> Int {
            if let known = classes[eligible] { return known }
            classes[eligible] = drawDown.classes.count
            drawDown.classes.append(eligible)
            return drawDown.classes.count - 1
        }

        guard let closing else {
            halves = Array(grants.indices)
            drawDown.grants = grants.map(\.hours.seconds)
            let numbers = statement.workClasses.map { number($0.eligible) }
            drawDown.asks.reserveCapacity(statement.lines.count)
            lines.reserveCapacity(statement.lines.count)
            for (index, line) in statement.lines.enumerated() where line.asked > .zero {
                drawDown.asks.append(
                    DrawDown.Ask(
                        workClass: numbers[Int(line.classIndex)], seconds: line.asked.seconds, rate: rate(line)))
                lines.append(Int32(index))
            }
            return
        }

        for (index, grant) in grants.enumerated() {
            let old = min(closing.available[grant.id] ?? .zero, grant.hours)
            drawDown.grants += [old.seconds, (grant.hours - old).seconds]
            halves += [index, index]
        }
        let oldOnly = statement.workClasses.map { number($0.eligible.map { $0 * 2 }) }
        let all = statement.workClasses.map { number($0.eligible.flatMap { [$0 * 2, $0 * 2 + 1] }) }
        var budget = issued.mapValues { ($0.drawn + $0.charged + $0.waived).seconds }
        var late: [(line: Int, ask: DrawDown.Ask)] = []
        for (index, line) in statement.lines.enumerated() where line.asked > .zero {
            let key = statement.positionKey(of: line)
            let old = min(line.asked.seconds, max(0, budget[key] ?? 0))
            budget[key, default: 0] -= old
            let place = Int(line.classIndex)
            if old > 0 {
                drawDown.asks.append(DrawDown.Ask(workClass: oldOnly[place], seconds: old, rate: rate(line)))
                lines.append(Int32(index))
            }
            let rest = line.asked.seconds - old
            if rest > 0 { late.append((index, DrawDown.Ask(workClass: all[place], seconds: rest, rate: rate(line)))) }
        }
        // What was issued comes before what is late, so that late time moves nothing that was issued without need.
        for (line, ask) in late {
            drawDown.asks.append(ask)
            lines.append(Int32(line))
        }
    }

    func line(ofAsk ask: Int) -> Int { Int(lines[ask]) }
    func grant(ofHalf half: Int) -> Int { halves[half] }
}
