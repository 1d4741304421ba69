import Agreements
package import Rating
package import Values
import Wording

/// What a time entry comes to on the statement of its month, in words.
package struct EntryOutcome: Hashable, Sendable {
    /// The entry.
    package var entry: EntryID
    /// The request that it was for, and what that is called.
    package var request: RequestID
    package var title: String
    /// The day, where the client is.
    package var date: CivilDate
    /// How long it was.
    package var hours: Hours
    /// What pays for it: `1:30 from plan hours of acme-web`.
    package var parts: [String]
    /// What is left in its month: `0:30 of plan hours of acme-web`.
    package var left: [String]

    package init(
        entry: EntryID, request: RequestID, title: String, date: CivilDate, hours: Hours, parts: [String],
        left: [String]
    ) {
        self.entry = entry
        self.request = request
        self.title = title
        self.date = date
        self.hours = hours
        self.parts = parts
        self.left = left
    }

    /// - Throws: a problem where there is no such entry.
    package init(_ desk: DeskTransaction, _ id: EntryID) throws {
        let entry = try desk.entry(id).entry
        let request = try desk.request(entry.request).request
        switch entry.when {
        case .dated(let day, let length): (date, hours) = (day, length)
        case .clocked(let start, let end):
            let zones = desk.zones(of: request.client, try desk.standing(of: request.client))
            (date, hours) = (zones.date(of: start), end - start)
        }
        self.entry = id
        self.request = request.id
        title = request.title
        let period = Period(containing: date)
        let statement = try desk.account(of: request.client, through: period, wanting: period...period)?.statements
            .last { $0.period == period }
        guard let statement, let position = statement.positions.first(where: { $0.key == .entry(id) }) else {
            (parts, left) = ([], [])
            return
        }
        let words = Wording(try desk.terms())
        let consent = statement.lines.lazy.filter { statement.entry(of: $0).id == id }.compactMap {
            statement.consent(of: $0)
        }.first
        parts = EntryOutcome.words(of: position, consent, words)
        // Hours of another project or line are none for this work.
        left = statement.grants.filter {
            $0.opening > $0.drawn && EntryOutcome.mayPay($0.scope, for: request)
        }.map {
            "\($0.opening - $0.drawn) of \(words.grant($0.id))"
        }
    }

    private static func mayPay(_ scope: GrantScope, for request: Request) -> Bool {
        switch scope {
        case .contract(let line, let projects):
            line == request.serviceLine && (projects.isEmpty || request.project.map(projects.contains) ?? false)
        case .block(.project(let project)): project == request.project
        case .block(.serviceLine(let line)): line == request.serviceLine
        case .block(.client): true
        }
    }

    private static func words(of position: IssuedPosition, _ consent: OverageConsent?, _ words: Wording) -> [String] {
        var parts = position.draws.sorted { $0.key < $1.key }.map { "\($1) from \(words.grant($0))" }
        if position.charged > .zero { parts.append("\(position.charged) charged, \(position.amount)") }
        if position.notCharged > .zero { parts.append("\(position.notCharged) never charged") }
        if position.courtesy > .zero { parts.append("\(position.courtesy) given") }
        if position.waived > .zero { parts.append("\(position.waived) waived") }
        if position.withheld > .zero {
            parts.append("\(position.withheld) " + words.withheld(consent ?? .ask))
        }
        return parts
    }
}
