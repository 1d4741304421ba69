import Agreements
import ArgumentParser
import Rating
import Terminal
import Values

/// The options that choose clients and months.
struct Choice: ParsableArguments {
    @Option(help: ArgumentHelp("Only this client.", valueName: "id"))
    var client: String?

    @Option(
        help: ArgumentHelp("Only this month, 2026-09, or these, 2026-07..2026-09.", valueName: "month"))
    var period: String?

    func validate() throws {
        if let period, Choice.range(period) == nil {
            throw ValidationError("\"\(period)\" is no month: write 2026-09, or 2026-07..2026-09.")
        }
    }

    var range: ClosedRange<Period>? { period.flatMap(Choice.range) }

    static func range(_ text: String) -> ClosedRange<Period>? {
        if let period = month(text) { return period...period }
        guard let dots = text.firstRange(of: "..") else { return nil }
        guard let first = month(String(text[..<dots.lowerBound])), let last = month(String(text[dots.upperBound...])),
            first <= last
        else { return nil }
        return first...last
    }

    /// A month that is near enough to be stated: each one from the first contract on is worked out.
    private static func month(_ text: String) -> Period? {
        Period(text).flatMap { (1900...2199).contains($0.year) ? $0 : nil }
    }

    /// The statements chosen, client by client.
    func accounts(_ inputs: Inputs) throws -> [(client: Client, statements: [Statement])] {
        let facts = try client.map { inputs.facts.about(try inputs.client($0)) } ?? inputs.facts
        return Rater(terms: inputs.terms).statements(of: facts, through: range?.upperBound, in: range)
    }
}
