import Agreements
import ArgumentParser
import ServiceDesk

/// `mainstay contract negotiate`.
struct ContractNegotiate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "negotiate", abstract: "Note what a contract sets otherwise than the terms, from a date.",
        discussion: """
            Rates hold by the date of work; hours and fee from the month of the date. A rate
            noted late changes closed months by adjustments only.

            Example:

              mainstay contract negotiate acme-website-maintenance --from 2026-11-01 --rate 120
            """)

    @Argument(help: "The contract's id.") var contract: String
    @Option(help: ArgumentHelp("The first day.", valueName: "date")) var from: String
    @Option(help: ArgumentHelp("What an hour of overage costs.", valueName: "amount")) var rate: String?
    @Option(help: ArgumentHelp("The hours included each month.", valueName: "hours")) var hours: String?
    @Option(help: ArgumentHelp("The monthly fee.", valueName: "amount")) var fee: String?
    @Option(
        name: .customLong("when-hours-run-out"),
        help: ArgumentHelp("allow, ask, stop, or so many hours of overage a month.", valueName: "what"))
    var consent: String?
    @Option(help: ArgumentHelp("adjust, waive or refuse time that comes late.", valueName: "what")) var lateTime:
        String?
    @Option(
        help: ArgumentHelp(
            "best-for-client, soonest-expiry, narrowest-scope or allotment-first.", valueName: "order"))
    var drawOrder: String?
    @OptionGroup var options: DeskOptions

    func validate() throws {
        if let lateTime, LateTime(rawValue: lateTime) == nil {
            throw ValidationError("--late-time is adjust, waive or refuse.")
        }
        if let drawOrder, DrawOrder(rawValue: drawOrder) == nil {
            throw ValidationError(
                "--draw-order is \(DrawOrder.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
    }

    func run() throws {
        try atDesk(options) { session in
            let client = try session.desk.preview(by: session.actor) { try $0.client(of: "contract", contract) }
            let date = try TypedInput.date(from, today: try session.today(of: client))
            let currency = try session.terms().currency
            var terms = NegotiatedTerms(contract: ContractID(contract), from: date, recordedAt: currentInstant())
            terms.overageRate = try rate.map { HourlyRate(perHour: try TypedInput.money($0, currency)) }
            terms.hours = try hours.map { try TypedInput.hours($0) }
            terms.fee = try fee.map { try TypedInput.money($0, currency) }
            terms.overageConsent = try consent.map { try ContractNegotiate.consent($0) }
            terms.lateTime = lateTime.flatMap { LateTime(rawValue: $0) }
            terms.drawOrder = drawOrder.flatMap { DrawOrder(rawValue: $0) }
            _ = try session.perform(Negotiate(terms: terms))
            var said: [String] = []
            if let rate = terms.overageRate { said.append("\(rate.perHour) an hour of overage") }
            if let hours = terms.hours { said.append("\(hours) a month") }
            if let fee = terms.fee { said.append("\(fee) a month") }
            if let consent { said.append("when hours run out: \(consent)") }
            if let lateTime { said.append("late time: \(lateTime)") }
            if let drawOrder { said.append("draw order: \(drawOrder)") }
            return ["\(contract), from \(TypedInput.written(date)): \(said.joined(separator: ", "))."]
        }
    }

    private static func consent(_ text: String) throws(Problems) -> OverageConsent {
        switch text {
        case "allow": .allow
        case "ask": .ask
        case "stop": .stop
        default: .allowUpTo(try TypedInput.hours(text))
        }
    }
}
