package import Agreements
package import Values

/// One thing that a person can do: checked, recorded, and told, in one transaction.
package protocol DeskOperation: Sendable {
    /// What they get for it. Kept with the idempotency key, so that a repeat gets the same.
    associatedtype Answer: Codable & Sendable

    /// Its name in the audit trail: `time.log`.
    static var name: String { get }
    /// The least role that may do it.
    static var role: Role { get }
    /// The least role of a contact that may do it for their own company; nil where it is for staff alone.
    static var contactRole: ContactRole? { get }
    /// Whether it is about a client: a contact's operation about another reads as one about nothing.
    func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool
    /// Whom and what it is about, for the audit trail, where that is known before it is performed; else it says so to the
    /// transaction.
    var about: (client: String, subject: String) { get }
    /// All that was asked for: a repeat with the same key must have the same.
    var content: RequestContent { get }

    /// Checks and records it.
    ///
    /// - Throws: `Problems` for what is wrong with what was asked, ``Refusal`` for what the person may not do.
    func perform(in desk: DeskTransaction) throws -> Answer
}

extension DeskOperation {
    package static var contactRole: ContactRole? { nil }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool { false }
    package var about: (client: String, subject: String) { ("", "") }
}

/// The answer of operations that make or change something: its id.
public struct Recorded: Codable, Hashable, Sendable {
    /// The id of what was made or changed.
    public let id: String
    /// What the person should know, in words: work in a closed month, hours that ran out.
    public internal(set) var remarks: [String]
    /// The day that was meant, of what holds from a day or until one: `2026-11-02`.
    let on: String?

    package init(id: String, remarks: [String] = [], on day: CivilDate? = nil) {
        self.id = id
        self.remarks = remarks
        on = day.map { "\($0)" }
    }

    /// The day that was meant, of what holds from a day or until one; nil of everything else.
    package var day: CivilDate? { on.flatMap { CivilDate($0) } }
}
