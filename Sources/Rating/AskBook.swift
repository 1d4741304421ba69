import Agreements

/// Turns the lines and grants of a statement into a draw-down, and its places back into lines and grants.
///
/// In an open period each line asks once and each grant is one. In a closed period both are cut into layers, one for each
/// closing that issued something for the period and a last one for what nobody was billed for yet. A layer may draw only on
/// hours that were known when it was issued, so that hours which came later never pay for what was invoiced (design D5,
/// X2); and earlier layers come first, so that late time moves nothing that was issued without need.
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
        var standing = Issue.standing(issues)
        var rest = statement.lines.map { $0.asked.seconds }
        drawDown.asks.reserveCapacity(statement.lines.count)
        lines.reserveCapacity(statement.lines.count)
        for layer in 0..<layers {
            let classes = statement.workClasses.map { workClass in
                let eligible = workClass.eligible.flatMap { grant in (0...layer).map { grant * layers + $0 } }
                if let known = numbers[eligible] { return known }
                numbers[eligible] = drawDown.classes.count
                drawDown.classes.append(eligible)
                return drawDown.classes.count - 1
            }
            for (index, line) in statement.lines.enumerated() where rest[index] > 0 {
                var seconds = rest[index]
                if layer < issues.count {
                    let key = statement.positionKey(of: line)
                    seconds = min(seconds, standing[layer][key] ?? 0)
                    standing[layer][key, default: 0] -= seconds
                }
                guard seconds > 0 else { continue }
                rest[index] -= seconds
                drawDown.asks.append(
                    DrawDown.Ask(
                        workClass: classes[Int(line.classIndex)], seconds: seconds, rate: rate(line),
                        standsBack: standsBack(line)))
                lines.append(Int32(index))
            }
        }
    }

    func line(ofAsk ask: Int) -> Int { Int(lines[ask]) }
    func grant(ofPart part: Int) -> Int { grants[part] }
}
