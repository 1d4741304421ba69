import Agreements
import Rating
import Terminal
import Values
import Wording

/// What a change of plan would cost in each way, before anybody chooses (design L1).
struct PlanChangeText {
    let lines: [String]

    /// - Throws: what is wrong with the contract, the plan or the date.
    init(_ inputs: Inputs, client: ClientID, contract: String, plan: String, on date: CivilDate) throws(Problems) {
        let words = Wording(inputs.terms)
        let contracts = inputs.facts.contracts.filter { $0.client == client }
        guard let signed = contracts.first(where: { $0.id.text == contract }) else {
            throw Problems([
                Problem(
                    "contract \(contract)", "the client has no such contract",
                    fix: suggestion(for: contract, among: contracts.map(\.id.text)))
            ])
        }
        let offered = inputs.terms.offered(on: date).plans
            .filter { $0.value.serviceLine == signed.serviceLine }
        guard let chosen = offered[PlanID(plan)] else {
            throw Problems([
                Problem(
                    "plan \(plan)", "the terms offer no such plan on \(words.serviceLine(signed.serviceLine))",
                    fix: suggestion(for: plan, among: offered.keys.map(\.text)))
            ])
        }
        if signed.plan == PlanID(plan), !inputs.facts.planChanges.contains(where: { $0.contract == signed.id }) {
            throw Problems([
                Problem("contract \(contract)", "it is on \(chosen.name) already", fix: "ask for another plan")
            ])
        }
        let options = Advisor(terms: inputs.terms, facts: inputs.facts, client: client)
            .planChange(signed.id, to: PlanID(plan), on: date)
        guard !options.isEmpty else {
            throw Problems([
                Problem(
                    "contract \(contract)", "it is not in force on \(date.written)",
                    fix: "ask for a date on which it is")
            ])
        }
        var table = TextTable([
            .init(title: "When", kind: .wrapped), .init(title: "hours", kind: .right),
            .init(title: "fee", kind: .right), .init(title: "month in all", kind: .right),
            .init(title: "then a month", kind: .right),
        ])
        for option in options {
            table.add(
                PlanChangeText.when(option.upgrade) + (option.isAgreed ? " (as agreed)" : ""), "\(option.hours)",
                "\(option.fee)", "\(option.total)", "\(option.nextFee)")
        }
        lines = ["Contract \(contract) to \(chosen.name) on \(date.written):", ""] + table.lines()
    }

    private static func when(_ upgrade: Upgrade) -> String {
        switch upgrade {
        case .atOnce(.full): "at once, full difference"
        case .atOnce(.prorateFee): "at once, fee for the days left"
        case .atOnce(.prorateFeeAndHours): "at once, fee and hours for the days left"
        case .nextPeriod: "from the next month"
        }
    }
}
