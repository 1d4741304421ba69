import Agreements
import Rating
import ServiceDesk

/// An entry as it was understood, and what it comes to on its month's statement.
struct EntryText {
    let lines: [String]

    init(_ session: Session, _ entry: EntryID, _ request: Request, _ when: TimeEntry.When) throws {
        let zone = try session.zone(of: request.client)
        let date: CivilDate
        let length: Hours
        switch when {
        case .dated(let day, let hours): (date, length) = (day, hours)
        case .clocked(let start, let end): (date, length) = (zone.date(of: start), end - start)
        }
        var lines = ["\(entry): \(length) on \(TypedInput.written(date)), \(request.id) \(request.title)"]
        let period = Period(containing: date)
        if let statement = try session.statement(of: request.client, period),
            let position = statement.positions.first(where: { $0.key == .entry(entry) })
        {
            let words = Wording(try session.terms())
            var parts: [String] = []
            for (grant, hours) in position.draws.sorted(by: { $0.key < $1.key }) {
                parts.append("\(hours) from \(words.grant(grant))")
            }
            if position.charged > .zero { parts.append("\(position.charged) charged, \(position.amount)") }
            if position.notCharged > .zero { parts.append("\(position.notCharged) never charged") }
            if position.courtesy > .zero { parts.append("\(position.courtesy) given") }
            if position.waived > .zero { parts.append("\(position.waived) waived") }
            if position.withheld > .zero {
                parts.append("\(position.withheld) not billed: the client has not approved this overage")
            }
            if !parts.isEmpty { lines.append("  " + parts.joined(separator: "; ")) }
            for grant in statement.grants where grant.opening > grant.drawn {
                lines.append("  left in \(period.written): \(grant.opening - grant.drawn) of \(words.grant(grant.id))")
            }
        }
        self.lines = lines.map { printable($0) }
    }
}
