import Agreements
package import Values

/// Dates and months that no agency has. Every month between the first and the last may have to be rated, so that a date in
/// the year 9999 would be the work of eight thousand years.
extension FactsCheck {
    private static let years = 1900...2199

    /// What lies too far away, in any fact from which months are rated. Days that only end something, as the last day of a
    /// block, may lie anywhere.
    package static func farDates(in facts: Facts) -> [Problem] {
        var found: [Problem] = []
        func check(_ date: CivilDate, _ subject: @autoclosure () -> String) {
            guard !years.contains(date.parts.year) else { return }
            found.append(
                Problem(
                    subject(), "it has the date \(date)",
                    fix: "give one from \(years.lowerBound) to \(years.upperBound)"))
        }
        func check(_ period: Period, _ subject: @autoclosure () -> String) {
            guard !years.contains(period.year) else { return }
            found.append(
                Problem(
                    subject(), "it has the month \(period)",
                    fix: "give one from \(years.lowerBound) to \(years.upperBound)"))
        }
        func check(_ entry: TimeEntry, _ kind: String) {
            switch entry.when {
            case .dated(let date, _): check(date, "\(kind) \(entry.id)")
            case .clocked(let start, let end):
                check(Zone.utc.date(of: start), "\(kind) \(entry.id)")
                check(Zone.utc.date(of: end), "\(kind) \(entry.id)")
            }
        }
        for fact in facts.zoneChanges { check(fact.from, "change of zone of \(fact.client)") }
        for fact in facts.projectsDone { check(fact.on, "end of project \(fact.project)") }
        for fact in facts.contracts { check(fact.from, "contract \(fact.id)") }
        for fact in facts.planChanges { check(fact.on, "change of plan of \(fact.contract) to \(fact.plan)") }
        for fact in facts.contractEnds { check(fact.on, "end of contract \(fact.contract)") }
        for fact in facts.negotiatedTerms { check(fact.from, "negotiated terms of \(fact.contract)") }
        for fact in facts.blocks {
            check(fact.boughtOn, "block \(fact.id)")
            check(fact.effective, "block \(fact.id)")
        }
        for fact in facts.blockChanges {
            if let paidOn = fact.paidOn { check(paidOn, "change of block \(fact.block)") }
        }
        // By place, for an entry has many parts to copy.
        let entries = facts.timeEntries
        for place in entries.indices { check(entries[place], "time entry") }
        for fact in facts.timeCorrections { check(fact.entry, "correction of time entry") }
        for fact in facts.closings {
            let subject = "closing of \(fact.client) \(fact.period)"
            check(fact.period, subject)
            for position in fact.positions { check(position.period, subject) }
            for period in fact.availableEarlier.keys { check(period, subject) }
        }
        for fact in facts.reopenings { check(fact.period, "reopening of \(fact.client) \(fact.period)") }
        return found
    }
}
