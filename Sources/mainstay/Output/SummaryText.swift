import Agreements
import Rating
import Terminal
import Values

/// A row for each client and month; then the sums of each client and of all, each with its proof that no second is lost.
struct SummaryText {
    private let accounts: [(client: Client, statements: [Statement])]
    private let now: Instant
    /// Whether any month has hours that were not consented to; else they need no column.
    private let hasWithheld: Bool

    /// - Parameter now: the time of asking, which tells whether hours have lapsed or are still left.
    init(_ accounts: [(client: Client, statements: [Statement])], now: Instant) {
        self.accounts = accounts
        self.now = now
        hasWithheld = accounts.contains { $0.statements.contains { $0.totals.withheld > .zero } }
    }

    var lines: [String] {
        var titles = ["worked", "drawn", "charged", "given", "uncharged", "lapsed", "billed"]
        if hasWithheld { titles.insert("withheld", at: 5) }
        var table = TextTable(
            [.init(title: "Client", kind: .shortened), .init(title: "Month", kind: .left)]
                + titles.map { .init(title: $0, kind: .right) })
        var allHours = HourTotals()
        var allGrants = GrantTotals()
        var allMoney = 0
        var monthCount = 0
        var sums: [String] = []
        for (client, statements) in accounts {
            var sum = HourTotals()
            var money = 0
            for statement in statements {
                let hours = statement.totals
                let lapsed = statement.grants.reduce(Hours.zero) { $0 + statement.standing(of: $1, at: now).lapsed }
                row(&table, printable(client.id.text), "\(statement.period)", hours, lapsed, statement.billed)
                sum += hours
                money += statement.billed.minorUnits
            }
            var grants = GrantTotals(statements)
            for statement in statements {
                for grant in statement.grants {
                    let stillLeft = grant.lapsed - statement.standing(of: grant, at: now).lapsed
                    grants.lapsed = grants.lapsed - stillLeft
                    grants.left += stillLeft
                }
            }
            // Sums are too wide for a column, and a proof wants all its terms.
            if accounts.count > 1 || statements.count > 1 {
                sums.append("")
                sums.append(
                    "\(printable(client.id.text)), \(statements.count == 1 ? "1 month" : "\(statements.count) months"): "
                        + "\(Money(minorUnits: money, client.currency)) billed")
                sums += proof(sum, grants)
            }
            allHours += sum
            allGrants += grants
            allMoney += money
            monthCount += statements.count
        }
        guard let currency = accounts.first?.client.currency else { return ["No statement."] }
        let all =
            accounts.count == 1
            ? ""
            : "all \(accounts.count) clients, \(monthCount) months: \(Money(minorUnits: allMoney, currency)) billed"
        if accounts.count == 1, monthCount > 1 { return table.lines() + sums }
        return table.lines() + sums + [""] + (all.isEmpty ? [] : [all]) + proof(allHours, allGrants)
    }

    private func row(
        _ table: inout TextTable, _ client: String, _ month: String, _ hours: HourTotals, _ lapsed: Hours,
        _ total: Money
    ) {
        table.add(
            [
                client, month, "\(hours.worked)", "\(hours.drawn)",
                "\(hours.charged)", "\(hours.courtesy + hours.waived)", "\(hours.notCharged)",
            ] + (hasWithheld ? ["\(hours.withheld)"] : []) + ["\(lapsed)", "\(total)"])
    }

    private func proof(_ hours: HourTotals, _ grants: GrantTotals) -> [String] {
        var made = "worked \(hours.worked)"
        if hours.rounding != .zero { made += " + rounding \(hours.rounding)" }
        if hours.weighting != .zero { made += " + weighting \(hours.weighting)" }
        let given = hours.courtesy + hours.waived
        let withheld = hours.withheld == .zero ? "" : " + withheld \(hours.withheld)"
        return wrap(
            "\(made) = drawn \(hours.drawn) + charged \(hours.charged) + given \(given) + not charged "
                + "\(hours.notCharged)\(withheld)", width: 80)
            + wrap(
                "granted \(grants.granted) = drawn \(grants.drawn) + lapsed \(grants.lapsed) + left \(grants.left)",
                width: 80)
    }
}
