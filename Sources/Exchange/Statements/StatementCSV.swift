import Agreements
import Formats
public import Rating
import Values
public import Wording

/// Statements as CSV (RFC 4180), a row for each fee, block, line and adjustment, and for each entry that was set
/// aside, for spreadsheets.
public enum StatementCSV {
    private static let header = [
        "client", "period", "about", "for_period", "date", "request", "person", "work_type", "note", "worked",
        "rounding", "weighting", "drawn", "charged", "courtesy", "waived", "not_charged", "withheld", "rate", "amount",
        "currency", "because",
    ]

    /// Statements in one table, its header first.
    public static func document(_ statements: [Statement], words: Wording) -> String {
        var rows = [header]
        for statement in statements { rows += self.rows(of: statement, words) }
        return CSVText.table(rows)
    }

    private static func rows(of statement: Statement, _ words: Wording) -> [[String]] {
        let currency = statement.client.currency.code
        let start = [statement.client.id.text, "\(statement.period)"]
        let period = "\(statement.period)"
        var rows: [[String]] = []
        func money(_ about: PositionKey, _ amount: Money, _ because: String) {
            rows.append(
                start + [about.fileText, period] + Array(repeating: "", count: 15)
                    + [amount.decimalText, currency, because])
        }
        for account in statement.contracts {
            money(.fee(account.contract), account.fee, words.figure(account.feeReason, plan: account.plan))
        }
        for purchase in statement.purchases {
            money(.block(purchase.block), purchase.price, "\(purchase.hours) at \(purchase.pricePerHour)")
        }
        let explainer = Explainer(statement, words: words)
        for line in statement.lines {
            let entry = statement.entry(of: line)
            let workClass = statement.workClass(of: line)
            var because = "\(words.verdict(workClass.verdict)); \(explainer.summary(of: line))"
            if let consent = statement.consent(of: line) { because += "; \(words.withheld(consent))" }
            rows.append(
                start + [
                    statement.positionKey(of: line).fileText, period, "\(line.date)", entry.request.text, entry.person,
                    workClass.workType.text, line.kind == .rounding ? "" : entry.note, "\(line.worked)",
                    "\(line.rounding)", "\(line.weighting)", "\(line.drawn)", "\(line.charged)", "\(line.courtesy)",
                    "\(line.waived)", "\(line.notCharged)", "\(line.withheld)",
                    line.charged > .zero ? workClass.rate.perHour.decimalText : "", line.amount.decimalText, currency,
                    because,
                ])
        }
        for adjustment in statement.adjustments {
            let position = adjustment.position
            rows.append(
                start + [
                    position.key.fileText, "\(position.period)", "", "", "", "", "", "\(position.worked)",
                    "", "", "\(position.drawn)", "\(position.charged)", "\(position.courtesy)", "\(position.waived)",
                    "\(position.notCharged)", "\(position.withheld)", "", position.amount.decimalText, currency,
                    words.causes(adjustment),
                ])
        }
        for entry in statement.setAside.sorted(by: { ($0.entry, $0.hours) < ($1.entry, $1.hours) }) {
            let because =
                switch entry.reason {
                case .awaitingApproval: "set aside: it awaits approval"
                case .refusedLate: "set aside: it came after the period was closed"
                }
            rows.append(
                start + [PositionKey.entry(entry.entry).fileText, period] + Array(repeating: "", count: 5)
                    + ["\(entry.hours)"] + Array(repeating: "", count: 10) + [currency, because])
        }
        return rows
    }
}
