package import Agreements
import Exchange
import Rating
package import Storage

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
            ) { FactPieces.texts(body: $0.text(0), words: $0.optionalText(1))["name"] ?? FactPieces.erased }
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
        // Their facts alone are looked through: there is an index of them.
        var ids: Set<String> = []
        try connection.forEachRow("SELECT subject, body, words FROM fact WHERE kind = 'contact'", []) { row in
            let texts = FactPieces.texts(body: row.text(1), words: row.optionalText(2))
            if texts["email"]?.lowercased() == email { ids.insert(row.text(0)) }
        }
        // Who signs in by another address writes from that one.
        if let account = try Accounts(connection).account(email: email) { ids.insert(account.user) }
        return try ids.sorted().compactMap { try contact($0) }
    }

    private func contacts(_ condition: String, _ values: [SQLValue]) throws -> [Contact] {
        var contacts: [Contact] = []
        var places: [String: Int] = [:]
        try connection.forEachRow(
            """
            SELECT subject, kind, body, words, client FROM fact
            WHERE \(condition) AND kind IN ('contact', 'contact-role', 'contact-mail', 'contact-end') ORDER BY seq
            """, values
        ) { row in
            let texts = FactPieces.texts(body: row.text(2), words: row.optionalText(3))
            guard row.text(1) != "contact" else {
                places[row.text(0)] = contacts.count
                contacts.append(
                    Contact(
                        id: row.text(0), name: texts["name"] ?? FactPieces.erased, email: texts["email"],
                        phone: texts["phone"], client: ClientID(row.text(4))))
                return
            }
            guard let place = places[row.text(0)] else { return }
            switch row.text(1) {
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
