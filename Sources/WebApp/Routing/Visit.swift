import Agreements
import Database
import HTTPTypes
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// One request of a browser, as handlers see it: plain values, and the site that answers.
struct Visit: Sendable {
    /// The site.
    let site: Site
    /// The method and the path with its query, for links back.
    let path: String
    /// What the path names: `request`.
    let parameters: [String: String]
    /// The query of the address.
    let query: FormFields
    /// The form that was sent.
    let form: FormFields
    /// The cookies.
    let cookies: [String: String]
    /// The address that it came from.
    let address: String
    /// What the browser calls itself.
    let agent: String
    /// The header of that name, which programs use.
    let authorization: String?
    /// The token that each form carries, against forms of other sites.
    let formToken: String
    /// What the page before wanted to say on this one.
    let notice: String?
    /// The time.
    let now: Instant

    /// Today in the zone of the site: near enough to tell this year from a far one.
    var today: CivilDate { site.settings.zone.date(of: now) }

    /// What the path names.
    ///
    /// - Throws: a 404 where the path has no such part.
    func named(_ parameter: String) throws -> String {
        guard let value = parameters[parameter], !value.isEmpty else { throw PageError.missing }
        return value
    }

    /// How the form asks for a one-time link; nil where it has no key.
    var linkAsked: LinkAsked? { form.optional("key").map { LinkAsked(key: $0) } }

    /// A key for a form, so that sending it twice does it once (design X4).
    func newKey() -> String { Secret.text(site.random(16)) }
}

/// A request of a member of staff.
@dynamicMemberLookup
struct StaffVisit: Sendable {
    /// The request.
    let visit: Visit
    /// Who asks.
    let person: SignedIn
    /// What they may do.
    let role: Role

    subscript<Value>(dynamicMember member: KeyPath<Visit, Value>) -> Value { visit[keyPath: member] }

    /// Who asks, for operations.
    var actor: Actor { person.actor }

    /// What the path names.
    func named(_ parameter: String) throws -> String { try visit.named(parameter) }

    /// Whether they may do what takes a role.
    func may(_ role: Role) -> Bool { person.actor.may(role) }

    /// Does an operation. A form that is sent twice has the same key, and gets the first answer.
    func perform<Asked: DeskOperation>(_ operation: Asked) throws -> Asked.Answer {
        try visit.site.desk.perform(operation, by: actor, key: visit.form.optional("key"))
    }

    /// Reads one state of the database.
    func read<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        try visit.site.store.read(body)
    }

    /// Reads as an operation of this person would.
    func preview<Value>(_ body: (DeskTransaction) throws -> Value) throws -> Value {
        try visit.site.desk.preview(by: actor, body)
    }

    /// What stands for the client that the path names.
    ///
    /// - Throws: a 404 where there is no such client.
    func standing(of client: ClientID) throws -> Facts {
        let facts = try read { try visit.site.desk.loader($0).standing(of: client) }
        guard facts.clients.contains(where: { $0.id == client }) else { throw PageError.missing }
        return facts
    }

    /// What clients are called, by their ids.
    func clientNames(_ ids: [ClientID]) throws -> [ClientID: String] { try read { try Directory($0).names(of: ids) } }

    /// A client's statement of a month, as it was issued or, open, as it comes to now; nil where nothing was agreed or done by then.
    func statement(of client: ClientID, _ period: Period) throws -> Statement? {
        try read { connection in
            try visit.site.store.statement(connection, of: client, period)
        }
    }

    /// The versions of the terms.
    func terms() throws -> TermsHistory { try read(visit.site.store.terms) }

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
}
