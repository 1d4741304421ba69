import ArgumentParser
import Exchange
import Rating
import Terminal
import Values
import Wording

/// `mainstay explain`: why a figure is what it is.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a figure of a statement is what it is, as a tree to follow by hand.",
        usage: "mainstay explain [<line>] --client <id> --period <month> <options>",
        discussion: """
            A line is named by what it is about. A time entry: its id. Others:
            fee:CONTRACT, block:BLOCK (its price), plan:CONTRACT and hours:BLOCK (who
            drew on it), request:REQUEST and rounding:ENTRY (what rounding added).
            Without a line the whole statement is explained; with --format json for a
            program, which can compute every figure again (docs/explain.md).

            Example:

              mainstay explain --terms examples/terms/*.yaml \\
                  --facts examples/agency/facts.jsonl \\
                  --client harbor --period 2026-09 e-35
            """)

    @Argument(help: ArgumentHelp("What to explain; the whole statement if left out.", valueName: "line"))
    var line: String?

    @OptionGroup var input: InputOptions
    @OptionGroup var choice: Choice

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: "How to print: text or json, which is the whole statement.")
    var format: Format = .text

    func validate() throws {
        if choice.client == nil { throw ValidationError("Say whose statement with --client.") }
        if choice.range.map({ $0.lowerBound != $0.upperBound }) ?? true {
            throw ValidationError("Say which month with --period 2026-09.")
        }
        if line != nil, format == .json {
            throw ValidationError("--format json explains the whole statement; leave out the line.")
        }
    }

    func run() throws {
        try refusing("Rating") { progress in
            let inputs = try input.read(now: currentInstant(), progress, client: choice.client)
            let words = Wording(inputs.terms)
            guard let statement = try choice.accounts(inputs).flatMap(\.statements).first else {
                throw Problems([
                    Problem(
                        "\(choice.client ?? "") \(choice.period ?? "")", "there is no statement for that month",
                        fix: "see the months that are there with: mainstay rate --summary")
                ])
            }
            if format == .json {
                progress.done()
                put([ExplanationJSON.document(statement, words: words)])
                return
            }
            let explanation = try explanation(of: statement, words)
            progress.done()
            put(ExplanationText(explanation).lines)
        }
    }

    private func explanation(of statement: Statement, _ words: Wording) throws(Problems) -> Explanation {
        let explainer = Explainer(statement, words: words, now: currentInstant())
        guard let line else { return explainer.total }
        let known = names(statement)
        let parts: [Explanation] = known.filter { $0.name == line }.compactMap { $0.explain(explainer) }
        guard let first = parts.first else {
            throw Problems([
                Problem(
                    "line \(line)", "the statement of \(statement.period.written) has no such line",
                    fix: suggestion(for: line, among: known.map(\.name)))
            ])
        }
        return parts.count == 1 ? first : Explanation(line, because: parts)
    }

    private func names(_ statement: Statement) -> [(name: String, explain: (Explainer) -> Explanation?)] {
        var names: [(name: String, explain: (Explainer) -> Explanation?)] = []
        let keys = Set(statement.positions.map(\.key) + statement.adjustments.map(\.position.key))
        for key in keys.sorted() {
            let name =
                switch key {
                case .fee(let contract): "fee:\(contract)"
                case .block(let block): "block:\(block)"
                case .entry(let entry): entry.text
                case .entryRounding(let entry): "rounding:\(entry)"
                case .requestRounding(let request), .dayRounding(let request, _): "request:\(request)"
                }
            names.append((name, { $0.position(key) }))
        }
        for index in statement.grants.indices {
            let name =
                switch statement.grants[index].id {
                case .allotment(let contract, _): "plan:\(contract)"
                case .block(let block): "hours:\(block)"
                }
            names.append((name, { $0.grant(index) }))
        }
        return names
    }
}
