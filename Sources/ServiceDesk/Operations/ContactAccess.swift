package import Agreements
import Rating
import Storage

/// Lets a person at a client into the portal: somebody new, or a contact who is known. They get a one-time link.
package struct InviteContact: DeskOperation {
    package static let name = "contact.invite"
    package static let role = Role.agent
    package static let contactRole: ContactRole? = .billing

    var client: ClientID
    /// The contact; nil for somebody new.
    var contact: String?
    /// Their name; of a known contact the one that is known.
    var fullName: String
    var email: String
    var access: ContactRole
    /// What is kept of the link's token.
    var link: [UInt8]

    package var about: (client: String, subject: String) { (client.text, contact ?? "contact") }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool { self.client == client }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        // A company cannot make somebody of another its own: their mail would be nobody's then.
        if desk.actor.client != nil,
            try Directory(desk.connection).contacts(withEmail: email).contains(where: {
                $0.client != client && !$0.isEnded
            })
        {
            throw Problems([Problem("e-mail", "\(email) cannot be invited here", fix: "ask us to do it")])
        }
        let id: String
        if let contact {
            id = try desk.contact(contact, of: client).id
        } else {
            id = try AddContact(client: client, fullName: fullName, email: email).perform(in: desk).id
        }
        let accounts = Accounts(desk.connection)
        try accounts.setEmail(email, of: id)
        try accounts.addLink(link, for: id, .invitation, at: desk.now)
        try desk.tell(
            .linkAsked, client: client.text,
            [("person", id), ("purpose", Accounts.LinkPurpose.invitation.rawValue)])
        try desk.record("contact-role", [("id", id), ("client", client.text), ("role", access.rawValue)])
        try desk.tell(.contactChanged, client: client.text, [("contact", id)])
        return Recorded(id: id)
    }
}

/// Says what a person at a client may do in the portal.
package struct ChangeContactRole: DeskOperation {
    package static let name = "contact.role"
    package static let role = Role.agent
    package static let contactRole: ContactRole? = .billing

    package var client: ClientID
    package var contact: String
    package var access: ContactRole

    package init(client: ClientID, contact: String, access: ContactRole) {
        self.client = client
        self.contact = contact
        self.access = access
    }

    package var about: (client: String, subject: String) { (client.text, contact) }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool { self.client == client }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let known = try desk.contact(contact, of: client)
        try desk.checkNotOneself(contact)
        guard known.role != nil else {
            throw Problems([Problem("contact \(contact)", "they have no access", fix: "invite them")])
        }
        try desk.record("contact-role", [("id", contact), ("client", client.text), ("role", access.rawValue)])
        try desk.tell(.contactChanged, client: client.text, [("contact", contact)])
        return Recorded(id: contact)
    }
}

/// Ends somebody's access to the portal, at once. They stay a contact, and what they wrote stays theirs.
package struct EndContact: DeskOperation {
    package static let name = "contact.end"
    package static let role = Role.agent
    package static let contactRole: ContactRole? = .billing

    package var client: ClientID
    package var contact: String

    package init(client: ClientID, contact: String) {
        self.client = client
        self.contact = contact
    }

    package var about: (client: String, subject: String) { (client.text, contact) }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool { self.client == client }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let known = try desk.contact(contact, of: client)
        try desk.checkNotOneself(contact)
        // Whoever was never invited is heard by mail: that ends too.
        guard !known.isEnded else {
            throw Problems([Problem("contact \(contact)", "they have no access", fix: "nothing is left to do")])
        }
        try desk.record("contact-end", [("id", contact), ("client", client.text)])
        try Accounts(desk.connection).close(contact)
        try desk.tell(.contactChanged, client: client.text, [("contact", contact)])
        return Recorded(id: contact)
    }
}

extension DeskTransaction {
    /// A contact of a client.
    ///
    /// - Throws: a problem where the client has none of that id.
    func contact(_ id: String, of client: ClientID) throws -> Directory.Contact {
        let contacts = try Directory(connection).contacts(of: client)
        guard let contact = contacts.first(where: { $0.id == id }) else {
            throw Problems([
                Problem(
                    "contact \(id)", "the client has no such contact",
                    fix: suggestion(for: id, among: contacts.map(\.id)))
            ])
        }
        return contact
    }

    /// Whose a request is now; nil where there is none.
    func owner(of request: RequestID) throws -> ClientID? { try RequestBoard(connection).request(request)?.client }

    /// The name of the contact who asks; nil where a member of staff does.
    func nameOfContact() throws -> String? {
        guard let client = actor.client else { return nil }
        return try contact(actor.id, of: client).name
    }

    /// Nobody takes their own rights: somebody else would have to give them back.
    func checkNotOneself(_ contact: String) throws {
        guard actor.id != contact else {
            throw Problems([Problem("contact \(contact)", "it is you", fix: "ask a colleague to do it")])
        }
    }
}
