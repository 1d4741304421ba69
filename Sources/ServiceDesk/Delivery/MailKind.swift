package import Agreements
import Storage
import Values

/// The kinds of mail that somebody may do without.
package enum MailKind: String, CaseIterable, Sendable {
    /// Answers, and what becomes of requests.
    case requests
    /// Hours that are used up, or about to lapse.
    case hours
    /// Statements of closed months.
    case statements

    /// The kind of an outbox message; nil where nobody is mailed about it.
    init?(of message: String) {
        switch message {
        case "request.answered", "request.done", "request.declined", "request.opened", "request.written":
            self = .requests
        case "hours.alert": self = .hours
        case "period.closed": self = .statements
        default: return nil
        }
    }
}

/// Says which mails a contact wants.
package struct SetMailPreference: DeskOperation {
    package static let name = "contact.mail"
    package static let role = Role.agent
    package static let contactRole: ContactRole? = .viewer

    package var client: ClientID
    package var contact: String
    /// The kinds that they do without.
    package var off: Set<MailKind>

    package init(client: ClientID, contact: String, off: Set<MailKind>) {
        self.client = client
        self.contact = contact
        self.off = off
    }

    package var about: (client: String, subject: String) { (client.text, contact) }
    package var content: RequestContent { ["client": client, "contact": contact, "off": Set(off.map(\.rawValue))] }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool { self.client == client }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        guard desk.actor.client == nil || desk.actor.id == contact else {
            throw Refusal.notAllowed("everybody chooses their own mails")
        }
        _ = try desk.contact(contact, of: client)
        try desk.record(
            "contact-mail",
            [("id", contact), ("client", client.text), ("off", off.map(\.rawValue).sorted().joined(separator: " "))])
        return Recorded(id: contact)
    }
}
