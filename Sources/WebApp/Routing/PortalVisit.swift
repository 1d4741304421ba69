import Agreements
import Database
import HTTPTypes
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// A request of a person at a client. Whatever it reads is read for their company.
@dynamicMemberLookup
struct PortalVisit: Sendable {
    /// The request.
    let visit: Visit
    /// Who asks.
    let person: SignedIn
    /// Their company.
    let client: ClientID
    /// What they may do.
    let role: ContactRole

    subscript<Value>(dynamicMember member: KeyPath<Visit, Value>) -> Value { visit[keyPath: member] }

    /// What the path names.
    func named(_ parameter: String) throws -> String { try visit.named(parameter) }

    /// Whether they may do what takes a role.
    func may(_ role: ContactRole) -> Bool { self.role >= role }

    /// Does an operation. A form that is sent twice has the same key, and gets the first answer.
    func perform<Asked: DeskOperation>(_ operation: Asked) throws -> Asked.Answer {
        try visit.site.desk.perform(operation, by: person.actor, key: visit.form.optional("key"))
    }

    /// Reads one state of the database.
    func read<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        try visit.site.store.read(body)
    }

    /// Reads as an operation of this person would.
    func preview<Value>(_ body: (DeskTransaction) throws -> Value) throws -> Value {
        try visit.site.desk.preview(by: person.actor, body)
    }

    /// What stands for their company.
    func standing() throws -> Facts { try read { try visit.site.desk.loader($0).standing(of: client) } }

    /// The versions of the terms.
    func terms() throws -> TermsHistory { try read(visit.site.store.terms) }

    /// Their company's statement of a month, as it was issued or, open, as it comes to now; nil where nothing was agreed or done by then.
    func statement(_ period: Period) throws -> Statement? {
        try read { connection in
            try visit.site.store.statement(connection, of: client, period)
        }
    }

    /// A request of their company.
    ///
    /// - Throws: a 404 where they have none of that id.
    func request(_ id: RequestID) throws -> RequestRow {
        guard let row = try read({ try RequestBoard($0).request(id) }), row.client == client else {
            throw PageError.missing
        }
        return row
    }

    /// What members of staff are called, by their ids.
    func staffNames() throws -> [String: String] {
        try read { try People($0).users() }.reduce(into: [:]) { $0[$1.id] = $1.name }
    }

    /// Does what a form asks; where something is wrong with it, the form is shown again with what is.
    func submit(_ again: (Problems) throws -> Page, _ body: () throws -> Reply) throws -> Reply {
        do {
            return try body()
        } catch let problems as Problems {
            var page = try again(problems)
            page.status = .unprocessableContent
            return .page(page)
        }
    }

    /// A page within the frame of the portal.
    func page(
        _ title: String, in section: PortalFrame.Section?, trail: [(name: String, path: String)] = [],
        beside: HTML = .empty, problems: Problems? = nil, _ content: () throws -> HTML
    ) throws -> Page {
        let company = try read { try Directory($0).names(of: [client]) }[client] ?? client.text
        let html = try content()
        var page = Page(title: title) { html }
        page.portal = PortalFrame(name: person.name, company: company, role: role, section: section)
        page.trail = trail
        page.beside = beside
        page.problems = problems
        return page
    }
}
