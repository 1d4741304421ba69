import Agreements
import ArgumentParser
import ServiceDesk
import Terminal
import Values

/// `mainstay contract negotiate`.
struct ContractNegotiate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "negotiate", abstract: "Note what a contract sets otherwise than the terms, from a date.",
        discussion: """
            Rates hold by the date of work; everything else from the month of the date. What
            is noted late changes closed months by adjustments only. The terms say what a
            contract may set (negotiable); the words here are those of their files.

            Examples:

              mainstay contract negotiate acme-website-maintenance --from 2026-11-01 --rate 120
              mainstay contract negotiate acme-website-maintenance --from 2026-11-01 \\
                --increment 0:15 --per request-and-day --minimum 0:30 --rounding-overage no
              mainstay contract negotiate acme-website-maintenance --from 2026-11-01 \\
                --tolerance 5% --beyond excess --when-hours-run-out 2:00
              mainstay contract negotiate acme-website-maintenance --from 2027-01-01 \\
                --increment none --tolerance none
            """)

    @Argument(help: "The contract's id.") var contract: String
    @Option(help: ArgumentHelp("The first day.", valueName: "date")) var from: String
    @Option(help: ArgumentHelp("What an hour of overage costs.", valueName: "amount")) var rate: String?
    @Option(help: ArgumentHelp("The hours included each month.", valueName: "hours")) var hours: String?
    @Option(help: ArgumentHelp("The monthly fee.", valueName: "amount")) var fee: String?
    @Option(help: ArgumentHelp("The step in which time is billed, or none: to the second.", valueName: "hours"))
    var increment: String?
    @Option(
        help: ArgumentHelp(
            "What the increment rounds up as one: entry, request-and-day or request-and-period.", valueName: "what"))
    var per: String?
    @Option(help: ArgumentHelp("The least that the increment bills.", valueName: "hours")) var minimum: String?
    @Option(
        help: ArgumentHelp(
            "Whether time added by rounding may be charged as overage: yes (if left out) or no.", valueName: "yes|no"))
    var roundingOverage: String?
    @Option(
        help: ArgumentHelp(
            "The margin over the hours that is not charged: 0:15, or 5% of them, or none.", valueName: "margin"))
    var tolerance: String?
    @Option(
        help: ArgumentHelp(
            "What is charged beyond the tolerance: excess (if left out) or all.", valueName: "what"))
    var beyond: String?
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
    @Option(
        help: ArgumentHelp(
            "What a first, partial month costs and gives: full, prorate-fee or prorate-fee-and-hours.",
            valueName: "what"))
    var firstPeriod: String?
    @Option(
        help: ArgumentHelp(
            "When an upgrade in mid-month holds: at-once, at-once-prorate-fee, at-once-prorate-fee-and-hours or next-period.",
            valueName: "what"))
    var upgrade: String?
    @OptionGroup var options: DeskOptions

    /// The options by what they say.
    private var input: NegotiatedInput {
        NegotiatedInput([
            .overageRate: rate, .hours: hours, .fee: fee, .increment: increment, .incrementPer: per,
            .incrementMinimum: minimum, .roundingMayCauseOverage: roundingOverage, .tolerance: tolerance,
            .toleranceBeyond: beyond, .overageConsent: consent, .lateTime: lateTime, .drawOrder: drawOrder,
            .firstPeriod: firstPeriod, .upgrade: upgrade,
        ])
    }

    func run() throws {
        try atDesk(options) { session in
            let client = try session.desk.preview(by: session.actor) { try $0.client(of: "contract", contract) }
            let date = try TypedInput.date(from, today: try session.today(of: client))
            let terms = try input.terms(of: ContractID(contract), from: date, try session.terms().currency)
            _ = try session.perform(Negotiate(terms: terms))
            return ["\(contract), from \(TypedInput.written(date)): \(NegotiatedText.text(terms))."]
        }
    }
}
