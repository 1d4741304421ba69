import Agreements
import Rating
import ServiceDesk
import SiteKit
import Values
import Wording

/// What was agreed, contract by contract, and when it changed.
struct ContractsHTML {
    let facts: Facts
    let words: Wording
    /// What stands beside the heading.
    var beside: HTML = .empty

    func html(name: (Contract) -> HTML) -> HTML {
        let items = facts.contracts.sorted { ($0.from, $0.id) < ($1.from, $1.id) }.map { contract -> HTML in
            let scope: HTML =
                contract.projects.isEmpty
                ? .empty
                : "<p class=\"muted\">for \(contract.projects.map(\.text).sorted().joined(separator: ", "))</p>"
            return """
                <li>\(name(contract))\(scope)
                <ul>\(history(of: contract).map { "<li>\($0.0.written): \($0.1)</li>" as HTML })</ul></li>
                """
        }
        return """
            <section class="panel stack" aria-labelledby="contracts"><div class="spread"><h2 id="contracts">Contracts</h2>\(beside)</div>
            \(items.isEmpty ? "<p class=\"muted\">None was signed.</p>" as HTML : "<ul class=\"rows\">\(items)</ul>")</section>
            """
    }

    private func history(of contract: Contract) -> [(CivilDate, String)] {
        var history: [(CivilDate, String)] = [(contract.from, "signed: \(words.plan(contract.plan))")]
        for change in facts.planChanges where change.contract == contract.id {
            history.append((change.on, "changed to \(words.plan(change.plan))"))
        }
        for terms in facts.negotiatedTerms where terms.contract == contract.id {
            history.append((terms.from, "negotiated: \(NegotiatedText.text(terms))"))
        }
        for end in facts.contractEnds where end.contract == contract.id {
            history.append((end.on, "ended, with the last day of \(Period(containing: end.on).written)"))
        }
        return history.sorted { $0.0 < $1.0 }
    }
}

/// A month's hours of one service line, day by day.
struct BurnOfLine {
    let html: HTML

    init(_ statement: Statement, _ line: ServiceLineID, today: CivilDate) {
        let period = statement.period
        var used = [Int](repeating: 0, count: period.dayCount)
        for work in statement.lines where statement.workClass(of: work).serviceLine == line {
            let day = work.date.day - period.firstDay.day
            if used.indices.contains(day) { used[day] += work.drawn.seconds + work.charged.seconds }
        }
        let granted = statement.contracts.filter { $0.serviceLine == line }.reduce(Hours.zero) { $0 + $1.hours }
        let isNow = Period(containing: today) == period
        let chart = BurnChart(
            period: period, usedByDay: used, granted: granted, today: isNow ? today.day - period.firstDay.day : nil)
        html = "\(chart.html)<details><summary>As a table</summary>\(chart.table)</details>"
    }
}
