import Agreements

/// Turns the lines and grants of a statement into a draw-down, and its places back into lines and grants.
///
/// In an open period each line asks once and each grant is one. In a closed period both are cut into layers, one for each
/// closing that issued something for the period and a last one for what nobody was billed for yet. A layer may draw only on
/// hours that were known when it was issued, so that hours which came later never pay for what was invoiced (design D5,
/// X2); and earlier layers come first, so that late time moves nothing that was issued without need. What a layer withheld
/// keeps its place there, but nobody was billed for it, so that all hours may pay for it (design O1).
struct AskBook {
    private(set) var drawDown = DrawDown(grants: [], classes: [], asks: [])
    private var lines: [Int32] = []
    private var grants: [Int] = []

    /// - Parameter issues: what was issued for the period; empty for an open one.
    init(
        statement: Statement, grants: [OpenGrant], issues: [Issue], rate: (WorkLine) -> Int,
        standsBack: (WorkLine) -> Bool
    ) {
        let layers = issues.count + 1
        for (index, grant) in grants.enumerated() {
            var known = Hours.zero
            for issue in issues {
                let then = max(known, min(issue.available[grant.id] ?? known, grant.hours))
                drawDown.grants.append((then - known).seconds)
                known = then
            }
            drawDown.grants.append((grant.hours - known).seconds)
            for _ in 0..<layers { self.grants.append(index) }
        }

        var numbers: [[Int]: Int] = [:]
        var standing = Issue.standing(issues.map(\.seconds))
        var withheld = Issue.standing(issues.map(\.withheld))
        var rest = statement.lines.map { $0.asked.seconds }
        drawDown.asks.reserveCapacity(statement.lines.count)
        lines.reserveCapacity(statement.lines.count)
        /// For each class of work the number of what it may draw on, of the hours up to a layer.
        func classes(upTo layer: Int) -> [Int] {
            statement.workClasses.map { workClass in
                let eligible = workClass.eligible.flatMap { grant in (0...layer).map { grant * layers + $0 } }
                if let known = numbers[eligible] { return known }
                numbers[eligible] = drawDown.classes.count
                drawDown.classes.append(eligible)
                return drawDown.classes.count - 1
            }
        }
        func ask(_ index: Int, _ seconds: Int, _ classes: [Int]) {
            guard seconds > 0 else { return }
            let line = statement.lines[index]
            rest[index] -= seconds
            drawDown.asks.append(
                DrawDown.Ask(
                    workClass: classes[Int(line.classIndex)], seconds: seconds, rate: rate(line),
                    standsBack: standsBack(line)))
            lines.append(Int32(index))
        }
        let all = classes(upTo: layers - 1)
        for layer in issues.indices {
            let known = classes(upTo: layer)
            for (index, line) in statement.lines.enumerated() where rest[index] > 0 {
                let key = statement.positionKey(of: line)
                let billed = min(rest[index], standing[layer][key] ?? 0)
                standing[layer][key, default: 0] -= billed
                ask(index, billed, known)
                let unbilled = min(rest[index], withheld[layer][key] ?? 0)
                withheld[layer][key, default: 0] -= unbilled
                ask(index, unbilled, all)
            }
        }
        for index in statement.lines.indices { ask(index, rest[index], all) }
    }

    func line(ofAsk ask: Int) -> Int { Int(lines[ask]) }
    func grant(ofPart part: Int) -> Int { grants[part] }
}
