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
    }

    /// The people at a client, in the order in which they were added.
    package func contacts(of client: ClientID) throws -> [Contact] {
        try connection.all(
            "SELECT subject, body, words FROM fact WHERE client = $1 AND shelf = $2 AND kind = 'contact' ORDER BY seq",
            [.text(client.text), .integer(Shelf.desk.rawValue)]
        ) { row in
            let texts = FactPieces.texts(body: row.text(1), words: row.optionalText(2))
            return Contact(
                id: row.text(0), name: texts["name"] ?? FactPieces.erased, email: texts["email"], phone: texts["phone"])
        }
    }
}
