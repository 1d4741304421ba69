package import Agreements
import Rating
import Storage
import Values

/// Lets a person at a client into the portal: somebody new, or a contact who is known. They get a one-time link. Whoever is
/// known keeps their address, and whoever has access keeps what they may do.
///
/// A client who names an address of staff gets the answer that they get for any other, and it counts as any other: they
/// do not learn whose it is. What they said is recorded, and nobody gets in by it; no mail goes there.
package struct InviteContact: DeskOperation {
    package static let name = "contact.invite"
    package static let role = Role.manager
    package static let contactRole: ContactRole? = .billing

    var client: ClientID
    /// The contact; nil for somebody new.
    var contact: String?
    /// Their name; of a known contact the one that is known.
    var fullName: String
    /// Where they read mail; nil for the known address of the contact.
    var email: String?
    var access: ContactRole
    /// What is kept of the link's token.
    var link: [UInt8]

    package var about: (client: String, subject: String) { (client.text, contact ?? "contact") }
    package var content: RequestContent {
        [
            "client": client, "contact": contact, "name": fullName, "email": email, "access": access.rawValue,
        ]
    }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool { self.client == client }

    package func perform(in desk: DeskTransaction) throws -> LinkMade {
        guard let given = try email ?? contact.flatMap({ try desk.contact($0, of: client).email }) else {
            throw Problems([Problem("e-mail", "it is missing", fix: "give the address where they read mail")])
        }
        let email = try Email.checked(given)
        let isOfStaff = try desk.isOfStaff(email)
        if desk.actor.client == nil { try desk.checkNotOfStaff(email) }
        try InvitationLimits(desk).take(by: desk.actor, to: email, of: client)
        let accounts = Accounts(desk.connection)
        let id: String
        if let known = try known(email, in: desk) {
            id = known.id
            let theirs = try accounts.account(of: id)?.email ?? known.email
            guard theirs == nil || theirs?.lowercased() == email.lowercased() else {
                throw Problems([
                    Problem("e-mail", "\(known.name) has another", fix: "leave it, or have an owner change it first")
                ])
            }
            guard try known.role == nil || (known.role == access && !accounts.wasIn(id)) else {
                throw Problems([
                    Problem(
                        "contact \(known.name)", "they have access already",
                        fix: "change what they may do; a link to sign in they ask for themselves")
                ])
            }
            if known.email == nil {
                try desk.record("contact-email", [("id", id), ("client", client.text), ("email", email)])
            }
        } else {
            id = try AddContact(client: client, fullName: fullName, email: email).perform(in: desk).id
        }
        if !isOfStaff {
            desk.note(try accounts.setEmail(email, of: id, salt: desk.newSalt()))
            try accounts.addLink(link, for: id, .invitation, at: desk.now)
            try desk.tell(
                .linkAsked, client: client.text,
                [("person", id), ("purpose", Accounts.LinkPurpose.invitation.rawValue)])
        }
        try desk.record("contact-role", [("id", id), ("client", client.text), ("role", access.rawValue)])
        try desk.tell(.contactChanged, client: client.text, [("contact", id)])
        return LinkMade(id: id, link: link)
    }

    /// Whom it is for, of those who are known: by their id, or by their address.
    private func known(_ email: String, in desk: DeskTransaction) throws -> Directory.Contact? {
        if let contact { return try desk.contact(contact, of: client) }
        let same = try Directory(desk.connection).contacts(of: client).filter {
            $0.email?.lowercased() == email.lowercased()
        }
        return same.first { $0.role != nil } ?? same.first
    }
}

/// How many invitations go out within an hour: more are a program's, and their mails nobody's wish.
struct InvitationLimits {
    private let desk: DeskTransaction

    init(_ desk: DeskTransaction) { self.desk = desk }

    /// The most of one inviter, of one company, and to one address.
    static let most = (ofStaff: 100, ofContact: 20, ofCompany: 100, toAddress: 3)

    /// What invitations to an address are counted under.
    static func subject(to email: String) -> String { "invitations/to/\(email.lowercased())" }

    /// - Throws: `Problems` where there were too many.
    func take(by inviter: Actor, to email: String, of client: ClientID) throws {
        let counts = HourlyCounts(desk.connection, at: desk.now)
        let most = InvitationLimits.most
        let left =
            try counts.take(
                "invitations/by/\(inviter.id)", most: inviter.client == nil ? most.ofStaff : most.ofContact)
            && counts.take("invitations/of/\(client)", most: most.ofCompany)
            && counts.take(InvitationLimits.subject(to: email), most: most.toAddress)
        guard left else {
            throw Problems([
                Problem("invitation", "there were too many within an hour", fix: "send the others later")
            ])
        }
    }
}

/// Gives a contact another address: an owner says so, and the one before is told. Whoever has access to the portal changes
/// their own there, and proves the new one.
package struct ChangeContactEmail: DeskOperation {
    package static let name = "contact.email"
    package static let role = Role.owner

    package var client: ClientID
    package var contact: String
    package var email: String

    package init(client: ClientID, contact: String, email: String) {
        self.client = client
        self.contact = contact
        self.email = email
    }

    package var about: (client: String, subject: String) { (client.text, contact) }
    package var content: RequestContent { ["client": client, "contact": contact, "email": email] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let known = try desk.contact(contact, of: client)
        let email = try Email.checked(email)
        try desk.checkNotOfStaff(email)
        guard known.email != email else { return Recorded(id: contact) }
        try desk.changeAddress(of: contact, at: client, from: known.email, to: email)
        try desk.tell(.contactChanged, client: client.text, [("contact", contact)])
        return Recorded(id: contact)
    }
}

/// Says what a person at a client may do in the portal.
package struct ChangeContactRole: DeskOperation {
    package static let name = "contact.role"
    package static let role = Role.manager
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
    package var content: RequestContent { ["client": client, "contact": contact, "access": access.rawValue] }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool { self.client == client }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let known = try desk.contact(contact, of: client)
        try desk.checkNotOneself(contact)
        guard known.role != nil else {
            throw Problems([Problem("contact \(contact)", "they have no access", fix: "invite them")])
        }
        guard known.role != access else { return Recorded(id: contact) }
        try Accounts(desk.connection).cutOff(contact, except: nil)
        try desk.record("contact-role", [("id", contact), ("client", client.text), ("role", access.rawValue)])
        try desk.tell(.contactChanged, client: client.text, [("contact", contact)])
        return Recorded(id: contact)
    }
}

/// Ends somebody's access to the portal, at once. They stay a contact, and what they wrote stays theirs.
package struct EndContact: DeskOperation {
    package static let name = "contact.end"
    package static let role = Role.manager
    package static let contactRole: ContactRole? = .billing

    package var client: ClientID
    package var contact: String

    package init(client: ClientID, contact: String) {
        self.client = client
        self.contact = contact
    }

    package var about: (client: String, subject: String) { (client.text, contact) }
    package var content: RequestContent { ["client": client, "contact": contact] }
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

    /// Who approved something: the contact who does it, or whom a member of staff says, with who noted it. What nobody but
    /// the client may say is never said in their name alone.
    func nameOfApprover(_ person: String) throws -> String {
        if let client = actor.client { return try contact(actor.id, of: client).name }
        try Words.check(person, "who approved")
        return try "\(person), noted by \(People(connection).user(actor.id)?.name ?? actor.id)"
    }

    /// Nobody takes their own rights: somebody else would have to give them back.
    func checkNotOneself(_ contact: String) throws {
        guard actor.id != contact else {
            throw Problems([Problem("contact \(contact)", "it is you", fix: "ask a colleague to do it")])
        }
    }
}
