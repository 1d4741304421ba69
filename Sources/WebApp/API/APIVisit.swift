import Agreements
import Database
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values
import Wording

/// One call of a program, as handlers see it. Where its owner is a person at a client, everything is theirs alone.
struct APIVisit {
    let site: Site
    let holder: TokenHolder
    let parameters: [String: String]
    let query: FormFields
    /// The members of what was sent, checked against the endpoint's schema.
    let body: [String: APIValue]
    /// The bytes of what was sent, where it is a file.
    let file: [UInt8]
    let key: String?
    /// The token that was sent: what nobody but the program knows.
    let secret: String
    let now: Instant
    /// The transaction that is open; nil where each reading has one of its own.
    var connection: (any SQLConnection)?
    /// Throws where the operation is not to be done any more: what it would change is not what the program read.
    var condition: ((any SQLConnection) throws -> Void)?

    var actor: Actor { holder.actor }

    // MARK: What is named

    func named(_ name: String) throws -> String {
        guard let value = parameters[name], !value.isEmpty else { throw APIProblem.missing }
        return value
    }

    /// The client that the path names: of a contact, only their own.
    func client() throws -> ClientID {
        let id = ClientID(try named("client"))
        if let own = actor.client, own != id { throw APIProblem.missing }
        guard try read({ try Directory($0).names(of: [id]) })[id] != nil else { throw APIProblem.missing }
        return id
    }

    /// The request that the path names: of a contact, only of their own company.
    func request() throws -> RequestRow {
        let id = RequestID(try named("request"))
        guard let row = try read({ try RequestBoard($0).request(id) }),
            actor.client == nil || actor.client == row.client
        else { throw APIProblem.missing }
        return row
    }

    /// The month that the path names.
    func period() throws -> Period {
        guard let period = TypedInput.month(try named("period"), today: today) else {
            throw APIProblem.missing
        }
        return period
    }

    // MARK: What was sent

    func text(_ name: String) -> String? {
        if case .text(let text)? = body[name] { text } else { nil }
    }
    func required(_ name: String) -> String { text(name) ?? "" }
    func flag(_ name: String) -> Bool { body[name] == .flag(true) }
    func texts(_ name: String) -> [String] {
        guard case .list(let list)? = body[name] else { return [] }
        return list.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }
    func whole(_ name: String) -> Int? {
        if case .whole(let number)? = body[name] { number } else { nil }
    }
    func hours(_ name: String) throws -> Hours? { try value(name) { Hours(text: $0) } }
    func date(_ name: String) throws -> CivilDate? { try value(name) { TypedInput.day($0, today: today) } }
    private var today: CivilDate { site.settings.zone.date(of: now) }
    func instant(_ name: String) throws -> Instant? { try value(name) { Instant($0) } }
    func amount(_ name: String) throws -> Money? {
        let currency = try terms().currency
        return try value(name) { Money(text: $0, currency) }
    }
    func date(orToday name: String, of client: ClientID) throws -> CivilDate {
        try date(name) ?? preview { $0.zones(of: client, try $0.standing(of: client)).date(of: now) }
    }

    /// A member that its pattern lets through and that is still none of its kind: 31 February.
    private func value<Value>(_ name: String, _ read: (String) -> Value?) throws -> Value? {
        guard let text = text(name) else { return nil }
        guard let value = read(text) else {
            throw APIProblem.invalid([APIFault("/\(name)", "invalid", "\(text) is none", fix: "see the schema")])
        }
        return value
    }

    // MARK: The desk

    func perform<Asked: DeskOperation>(_ operation: Asked) throws -> Asked.Answer {
        try site.desk.perform(operation, by: actor, key: key.map { "api/\($0)" }, onlyIf: condition)
    }

    /// How a one-time link is asked for: the same for the same key.
    func linkAsked() -> LinkAsked? {
        key.map { LinkAsked(key: "api/\($0)", token: Secret.proof(of: "link/\($0)", by: secret), onlyIf: condition) }
    }

    func recorded<Asked: DeskOperation>(_ operation: Asked) throws -> APIReply where Asked.Answer == Recorded {
        .recorded(try perform(operation))
    }

    func read<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        guard let connection else { return try site.store.read(body) }
        return try body(connection)
    }

    func preview<Value>(_ body: (DeskTransaction) throws -> Value) throws -> Value {
        try read { try site.desk.preview(by: actor, on: $0, body) }
    }

    func terms() throws -> TermsHistory { try read(site.store.terms) }

    func statement(_ client: ClientID, _ period: Period) throws -> Statement {
        let found = try read { connection in
            try site.store.statement(connection, of: client, period)
        }
        guard let found else { throw APIProblem.missing }
        return found
    }
}
