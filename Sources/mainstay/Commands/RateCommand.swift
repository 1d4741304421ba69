import Agreements
import ArgumentParser
import Exchange
import Rating
import Terminal
import Values
import Wording

/// `mainstay rate`: facts to statements.
struct RateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate",
        abstract: "State each client's months: hours, draws, overage, and why.",
        usage: "mainstay rate --terms <file> ... --facts <file> <options>",
        discussion: """
            Example, from facts and three versions of terms:

              mainstay rate --terms examples/terms/*.yaml \\
                  --facts examples/agency/facts.jsonl --client harbor --period 2026-09

            Example, from a time tracker's export:

              mainstay rate --terms examples/terms/current.yaml \\
                  --time export.csv --draft-mapping > map.yaml
              mainstay rate --terms examples/terms/current.yaml \\
                  --time export.csv --mapping map.yaml --summary
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

    @OptionGroup var input: InputOptions
    @OptionGroup var choice: Choice

    @Option(help: "How to print: table, json or csv.")
    var format: Format = .table

    @Flag(help: "One row a month and the sums, instead of whole statements.")
    var summary = false

    @Flag(help: "Print a draft of the mapping file for --time, and rate nothing.")
    var draftMapping = false

    @Flag(help: "Print the closing facts of the chosen month, to append to a facts file once its bills are out.")
    var closing = false

    func validate() throws {
        if summary, format != .table { throw ValidationError("--summary is a table; leave out --format.") }
        if closing, choice.range.map({ $0.lowerBound != $0.upperBound }) ?? true {
            throw ValidationError("--closing needs one month: --period 2026-09.")
        }
    }

    func run() throws {
        try refusing("Rating") { progress in
            if draftMapping {
                try draft(progress)
                return
            }
            let inputs = try input.read(now: currentInstant(), progress, client: choice.client)
            progress.now("Rating")
            let accounts = try choice.accounts(inputs)
            for problem in inputs.skipped { remark("left out: \(problem)") }
            progress.now("Printing")
            if closing {
                put(try closings(accounts, after: inputs.facts))
                return
            }
            let words = Wording(inputs.terms)
            progress.done()
            switch format {
            case .table where accounts.allSatisfy(\.statements.isEmpty):
                put(["No months to state: nothing was agreed or done in that time."])
            case .table where summary: put(SummaryText(accounts, now: currentInstant()).lines)
            case .table:
                for statement in accounts.flatMap(\.statements) {
                    put(StatementText(statement, words: words, now: currentInstant()).lines)
                }
            case .json:
                put([StatementJSON.document(accounts.flatMap(\.statements), words: words, now: currentInstant())])
            case .csv: put([StatementCSV.document(accounts.flatMap(\.statements), words: words)])
            }
        }
    }

    private func draft(_ progress: ProgressLine) throws {
        let terms = try Inputs.terms(input.terms, asIfAlways: input.asIfAlways)
        guard let time = input.time else { throw ValidationError("--draft-mapping needs --time.") }
        let export = try TimeSource.rows(time, allowsLongEntries: true, now: currentInstant())
        guard export.badRows.isEmpty || input.skipBad else { throw Problems(export.badRows) }
        progress.done()
        put([MappingDraft(export, terms: terms).text])
    }

    /// The closings of statements, to append to the facts: numbered after them where they have numbers.
    private func closings(
        _ accounts: [(client: Client, statements: [Statement])], after known: Facts
    ) throws(Problems) -> [String] {
        var facts = Facts()
        let next = known.moment(of: Instant(seconds: .max)).number
        for statement in accounts.flatMap(\.statements) {
            if let closedAt = statement.closedAt {
                throw Problems([
                    Problem(
                        "\(statement.client.id), \(statement.period)", "the month was closed \(closedAt)",
                        fix: "close a later one; what changed in this one is on the next statement")
                ])
            }
            guard currentInstant() >= statement.zone.start(of: statement.period.next) else {
                throw Problems([
                    Problem(
                        "\(statement.client.id), \(statement.period)", "the month is not over where the client is",
                        fix: "close it from \(statement.period.next.firstDay) on")
                ])
            }
            var closing = Closing(of: statement, recordedAt: currentInstant())
            if next > 0 { closing.number = next + facts.closings.count }
            facts.closings.append(closing)
        }
        return FactsFile.jsonLines(facts).split(separator: "\n").map(String.init)
    }
}
