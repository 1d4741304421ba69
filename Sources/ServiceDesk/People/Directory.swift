package import Agreements
package import Database
import Exchange
import Storage
import Values

/// Lists of what is there.
package struct Directory {
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// The clients' ids, sorted.
    package func clientIDs() throws -> [ClientID] {
        try connection.all("SELECT subject FROM fact WHERE kind = 'client' ORDER BY subject") { ClientID($0.text(0)) }
            .sorted()
    }

    /// What clients are called, by their ids.
    package func names(of clients: some Sequence<ClientID>) throws -> [ClientID: String] {
        var names: [ClientID: String] = [:]
        for id in Set(clients) {
            names[id] = try connection.first(
                "SELECT body, words FROM fact WHERE subject = $1 AND kind = 'client'", [.text(id.text)]
            ) { try $0.texts(0, 1)["name"] ?? FactPieces.erased }
        }
        return names
    }

    /// A person at a client.
    package struct Contact: Hashable, Sendable {
        /// Their id.
        package var id: String
        /// Their name.
        package var name: String
        /// Their e-mail address.
        package var email: String?
        /// Who said that it is theirs; empty where nobody gave one.
        var emailBy = ""
        /// Their telephone number.
        package var phone: String?
        /// The client they belong to.
        package var client: ClientID
        /// What they may do in the portal; nil where they have no access.
        package var role: ContactRole?
        /// Whether their access was ended: they are not to be heard any more, by mail either.
        package var isEnded = false
        /// The mails that they do without.
        package var mailOff: Set<MailKind> = []
    }

    /// The people at a client, in the order in which they were added.
    package func contacts(of client: ClientID) throws -> [Contact] {
        try contacts("client = $1 AND shelf = $2", [.text(client.text), .integer(Shelf.desk.rawValue)])
    }

    /// A person at a client; nil where nobody has the id.
    package func contact(_ id: String) throws -> Contact? {
        try contacts("subject = $1 AND shelf = $2", [.text(id), .integer(Shelf.desk.rawValue)]).first
    }

    /// The people at clients who have an address, each as they are noted at each client.
    package func contacts(withEmail email: String) throws -> [Contact] {
        let email = email.lowercased()
        // Their facts alone are looked through: there are indexes of them.
        var ids: Set<String> = []
        for kind in ["contact", "contact-email"] {
            try connection.forEachRow("SELECT subject, body, words FROM fact WHERE kind = '\(kind)'", []) { row in
                let texts = try row.texts(1, 2)
                if texts["email"]?.lowercased() == email { ids.insert(row.text(0)) }
            }
        }
        // Who signs in by another address writes from that one.
        let accounts = try Accounts(connection).accounts(email: email).map(\.user)
        return try ids.union(accounts).sorted().compactMap { try contact($0) }
            .filter { $0.email?.lowercased() == email || accounts.contains($0.id) }
    }

    /// Whether an address is a contact's for sure: staff say so, or they themselves read what was sent there. That a
    /// colleague named it makes nobody theirs.
    func isSure(_ email: String, of contact: Contact) throws -> Bool {
        if contact.email?.lowercased() == email.lowercased(), !contact.emailBy.isEmpty {
            if contact.emailBy == contact.id { return true }
            if try self.contact(contact.emailBy) == nil { return true }
        }
        return try Accounts(connection).hasProvedAddress(contact.id)
    }

    private func contacts(_ condition: String, _ values: [SQLValue]) throws -> [Contact] {
        var contacts: [Contact] = []
        var places: [String: Int] = [:]
        try connection.forEachRow(
            """
            SELECT subject, kind, body, words, client, actor FROM fact
            WHERE \(condition)
                AND kind IN ('contact', 'contact-email', 'contact-role', 'contact-mail', 'contact-end')
            ORDER BY seq
            """, values
        ) { row in
            let texts = try row.texts(2, 3)
            guard row.text(1) != "contact" else {
                places[row.text(0)] = contacts.count
                contacts.append(
                    Contact(
                        id: row.text(0), name: texts["name"] ?? FactPieces.erased, email: texts["email"],
                        emailBy: texts["email"] == nil ? "" : row.text(5), phone: texts["phone"],
                        client: ClientID(row.text(4))))
                return
            }
            guard let place = places[row.text(0)] else { return }
            switch row.text(1) {
            case "contact-email":
                contacts[place].email = texts["email"]
                contacts[place].emailBy = row.text(5)
            case "contact-role":
                contacts[place].role = ContactRole(rawValue: texts["role"] ?? "")
                contacts[place].isEnded = false
            case "contact-mail":
                let off = (texts["off"] ?? "").split(separator: " ").compactMap { MailKind(rawValue: String($0)) }
                contacts[place].mailOff = Set(off)
            default:
                contacts[place].role = nil
                contacts[place].isEnded = true
            }
        }
        return contacts
    }
}
