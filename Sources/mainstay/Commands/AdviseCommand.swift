import Agreements
import ArgumentParser
import Rating
import Terminal
import Values
import Wording

/// `mainstay advise`: what other ways to pay would have cost, and the cheapest lawful way now.
struct AdviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advise",
        abstract: "Compare paying by the hour, by blocks and by other plans, on the work that was done.",
        usage: "mainstay advise --client <id> <options>",
        discussion: """
            Rates the same work again in each way. Then, for the last month, names the
            cheapest way that the terms allow now, and what would lapse.

            Example:

              mainstay advise --terms examples/terms/*.yaml \\
                  --facts examples/agency/facts.jsonl \\
                  --client harbor --period 2026-04..2026-09

            Example, the prices of a change of plan before choosing:

              mainstay advise --terms examples/terms/*.yaml \\
                  --facts examples/agency/facts.jsonl --client harbor \\
                  --contract harbor-web --plan care-10 --on 2026-10-15
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup var choice: Choice

    @Option(help: ArgumentHelp("With --plan: the contract to change.", valueName: "id"))
    var contract: String?

    @Option(help: ArgumentHelp("Show what changing to this plan would cost in each way.", valueName: "id"))
    var plan: String?

    @Option(help: ArgumentHelp("The date to ask for; today if left out.", valueName: "date"))
    var on: String?

    func validate() throws {
        if choice.client == nil { throw ValidationError("Say for whom with --client.") }
        if (plan == nil) != (contract == nil) { throw ValidationError("--plan and --contract go together.") }
        if let on, CivilDate(on) == nil { throw ValidationError("\"\(on)\" is no date: write 2026-09-15.") }
    }

    func run() throws {
        try refusing("Rating") { progress in
            let inputs = try input.read(now: currentInstant(), progress, client: choice.client)
            let client = try inputs.client(choice.client ?? "")
            let advisor = Advisor(terms: inputs.terms, facts: inputs.facts, client: client)
            let words = Wording(inputs.terms, projects: inputs.facts.projects)
            let lines: [String]
            if let plan, let contract {
                lines = try PlanChangeText(inputs, client: client, contract: contract, plan: plan, on: date).lines
            } else {
                lines = try comparison(inputs, advisor, words)
            }
            progress.done()
            put(lines)
        }
    }

    private var date: CivilDate { on.flatMap { CivilDate($0) } ?? Zone.utc.date(of: currentInstant()) }

    // MARK: Ways to pay

    private func comparison(_ inputs: Inputs, _ advisor: Advisor, _ words: Wording) throws -> [String] {
        guard let account = try choice.accounts(inputs).first, let first = account.statements.first,
            let last = account.statements.last
        else {
            throw Problems([
                Problem(
                    "client \(choice.client ?? "")", "nothing happened in that time",
                    fix: "see the months that are there with: mainstay rate --summary")
            ])
        }
        let name = printable(account.client.name)
        let months = first.period.written + (first.period == last.period ? "" : " to \(last.period.written)")
        var lines = wrap("\(name), \(months): the same work, paid for in other ways", width: 80) + [""]
        let history = advisor.history(first.period...last.period)
        lines += table(history, words)
        if let agreed = history.first, let best = history.min(by: { $0.total.minorUnits < $1.total.minorUnits }) {
            lines.append("")
            if best.total.minorUnits < agreed.total.minorUnits {
                let saved = Money(minorUnits: agreed.total.minorUnits - best.total.minorUnits, agreed.total.currency)
                lines += wrap(
                    "Cheapest on this history: \(words.way(best.way)), \(saved) less than as agreed.", width: 80)
            } else {
                lines.append("What is agreed was the cheapest on this history.")
            }
        }
        let withheld = account.statements.reduce(Hours.zero) { $0 + $1.totals.withheld }
        if withheld > .zero {
            lines += wrap(
                "All of the work is priced here, and \(withheld) of it is withheld as agreed: the client has not agreed "
                    + "to this overage, and it is not billed.", width: 80)
        }
        lines += now(advisor, last, words)
        return lines
    }

    private func table(_ alternatives: [Alternative], _ words: Wording) -> [String] {
        var table = TextTable([
            .init(title: "Way", kind: .wrapped), .init(title: "fees", kind: .right),
            .init(title: "blocks", kind: .right), .init(title: "overage", kind: .right),
            .init(title: "charges", kind: .right), .init(title: "total", kind: .right),
        ])
        for alternative in alternatives {
            table.add(
                words.way(alternative.way), "\(alternative.fees)", "\(alternative.blocks)",
                "\(alternative.charged)", "\(alternative.charges)", "\(alternative.total)")
        }
        return table.lines()
    }

    private func now(_ advisor: Advisor, _ last: Statement, _ words: Wording) -> [String] {
        let ways = advisor.ways(for: last.period, on: Period(containing: date) == last.period ? date : nil)
        var lines = [""]
        guard let best = ways.first, let agreed = ways.first(where: { $0.way == .asAgreed }) else {
            return lines + ["\(last.period.written) is closed: what was invoiced is final."]
        }
        lines.append("\(last.period.written) is open: what each way would still make of it")
        lines.append("")
        lines += table(ways, words)
        lines.append("")
        if best.way != .asAgreed {
            let saved = Money(minorUnits: agreed.total.minorUnits - best.total.minorUnits, agreed.total.currency)
            lines += wrap("Cheapest: \(words.way(best.way)), \(saved) less than leaving it as it is.", width: 80)
        } else if agreed.charged == .zero {
            lines += wrap(
                "Nothing is charged beyond the fees of this month: no hours or bigger plan would save anything.",
                width: 80)
        } else {
            lines.append("Cheapest: to leave it as it is.")
        }
        for forecast in last.lapseForecast(on: date) where forecast.wouldLapse > .zero {
            lines += wrap(
                "At this pace \(forecast.wouldLapse) of \(words.grant(forecast.grant)) will lapse on "
                    + "\(forecast.lastDay.written) (\(forecast.left) left, \(forecast.daysLeft) days to go).", width: 80
            )
        }
        return lines
    }
}
