package import Agreements
import Database
import Exchange
import Storage
import Values

/// Adds a member of staff.
package struct AddUser: DeskOperation {
    package static let name = "user.add"
    package static let role = Role.owner

    package var id: String
    package var fullName: String
    package var role: Role

    package init(id: String, fullName: String, role: Role) {
        self.id = id
        self.fullName = fullName
        self.role = role
    }

    package var about: (client: String, subject: String) { ("", id) }
    package var content: RequestContent { ["id": id, "name": fullName, "role": role.rawValue] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        try Words.checkID(id, "user")
        guard !Words.isGenerated(id) else {
            throw Problems([
                Problem("user \(id)", "ids like this are given to what is recorded", fix: "choose a short name: ada")
            ])
        }
        try Words.check(fullName, "name")
        guard try People(desk.connection).user(id) == nil else {
            throw Problems([Problem("user \(id)", "the id is taken", fix: "choose another")])
        }
        try desk.record("user", [("id", id), ("name", fullName), ("role", role.rawValue)])
        return Recorded(id: id)
    }
}

/// Gives a member of staff another role.
package struct ChangeRole: DeskOperation {
    package static let name = "user.role"
    package static let role = Role.owner

    package var id: String
    package var newRole: Role

    package init(id: String, newRole: Role) {
        self.id = id
        self.newRole = newRole
    }

    package var about: (client: String, subject: String) { ("", id) }
    package var content: RequestContent { ["id": id, "role": newRole.rawValue] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let people = People(desk.connection)
        guard let user = try people.user(id) else { throw try desk.unknown("user", id) }
        try people.checkOwnerRemains(without: user, staying: newRole)
        guard user.role != newRole else { return Recorded(id: id) }
        try desk.record("user-role", [("id", id), ("role", newRole.rawValue)])
        try Accounts(desk.connection).cutOff(id, except: nil)
        return Recorded(id: id)
    }
}

/// Ends a member of staff's access. What they did stays theirs.
package struct EndUser: DeskOperation {
    package static let name = "user.end"
    package static let role = Role.owner

    package var id: String

    package init(id: String) { self.id = id }

    package var about: (client: String, subject: String) { ("", id) }
    package var content: RequestContent { ["id": id] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let people = People(desk.connection)
        guard let user = try people.user(id) else { throw try desk.unknown("user", id) }
        try people.checkOwnerRemains(without: user, staying: nil)
        try desk.record("user-end", [("id", id)])
        try Accounts(desk.connection).close(id)
        return Recorded(id: id)
    }
}

/// Adds a person at a client.
package struct AddContact: DeskOperation {
    package static let name = "contact.add"
    package static let role = Role.agent
    package static let contactRole: ContactRole? = .billing

    package var client: ClientID
    package var fullName: String
    package var email: String?
    package var phone: String?

    package init(client: ClientID, fullName: String, email: String? = nil, phone: String? = nil) {
        self.client = client
        self.fullName = fullName
        self.email = email
        self.phone = phone
    }

    package var about: (client: String, subject: String) { (client.text, "contact") }
    package var content: RequestContent { ["client": client, "name": fullName, "email": email, "phone": phone] }
    package func isAbout(_ client: ClientID, in desk: DeskTransaction) throws -> Bool { self.client == client }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        _ = try desk.standing(of: client)
        try Words.check(fullName, "name")
        if let email {
            _ = try Email.checked(email)
            // A client does not learn whose an address is: what they note lets nobody in and sends no mail.
            if desk.actor.client == nil { try desk.checkNotOfStaff(email) }
        }
        if let phone { try Words.check(phone, "phone") }
        let id = try desk.name(nil, "contact", letter: "p")
        try desk.record(
            "contact", [("id", id), ("client", client.text), ("name", fullName), ("email", email), ("phone", phone)])
        try desk.tell(.contactChanged, client: client.text, [("contact", id)])
        return Recorded(id: id)
    }
}

/// Erases what is kept of a person: a contact's name, address and telephone number, or a former user's name. The facts stay,
/// and the chain stays whole; what the person did is kept under their id.
package struct ErasePerson: DeskOperation {
    package static let name = "person.erase"
    package static let role = Role.owner

    package var id: String

    package init(id: String) { self.id = id }

    package var about: (client: String, subject: String) { ("", id) }
    package var content: RequestContent { ["id": id] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        if let user = try People(desk.connection).user(id), !user.isEnded {
            throw Problems([
                Problem("user \(id)", "they still have access", fix: "end it first: `mainstay user end \(id)`")
            ])
        }
        // A contact's way in ends with what is known of them.
        if let contact = try Directory(desk.connection).contact(id) {
            desk.note(about: contact.client, id)
            if contact.role != nil { try desk.record("contact-end", [("id", id), ("client", contact.client.text)]) }
        }
        for person in try [id] + desk.addresses(of: id).sorted() {
            try MailInLog(desk.connection).forget(person)
            try MailWaiting(desk.connection).forget(person)
            try HourlyCounts(desk.connection, at: desk.now).forget(InvitationLimits.subject(to: person))
        }
        let erased = try desk.connection.run(
            """
            UPDATE fact SET words = NULL, salt = NULL
            WHERE subject = $1 AND kind IN ('contact', 'contact-email', 'user', 'user-email') AND words IS NOT NULL
            """, [.text(id)])
        try Accounts(desk.connection).close(id)
        try desk.forget(id)
        let isKnown = try desk.exists("contact", id) || desk.exists("user", id)
        // A check of the database finds words that are gone without this.
        let isNoted = try desk.exists("person-erase", id)
        guard erased > 0 || (isKnown && !isNoted) else {
            throw isKnown
                ? Problems([Problem("person \(id)", "they are erased already", fix: "nothing is left to do")])
                : try desk.unknown("contact", id)
        }
        try desk.record("person-erase", [("id", id)])
        return Recorded(id: id)
    }
}

extension DeskTransaction {
    /// All addresses that somebody has, had, or asked for, in small letters.
    fileprivate func addresses(of person: String) throws -> Set<String> {
        var addresses: Set<String> = []
        func add(_ address: String?) { if let address { addresses.insert(address.lowercased()) } }
        try connection.forEachRow(
            """
            SELECT body, words FROM fact
            WHERE subject = $1 AND kind IN ('contact', 'contact-email', 'user-email') AND words IS NOT NULL
            """, [.text(person)]
        ) { try add($0.texts(0, 1)["email"]) }
        try connection.forEachRow("SELECT email, old FROM address_change WHERE person = $1", [.text(person)]) {
            add($0.text(0))
            add($0.optionalText(1))
        }
        add(try Accounts(connection).account(of: person)?.email)
        return addresses
    }
}
