import Agreements
import Database
import Values

/// Changes of addresses: what waits to be proved at the new one, and what the old one is to be told. Not facts: a change
/// that was proved is one of its own.
struct AddressChanges {
    /// A change.
    struct Change: Hashable {
        var id: Int
        var person: String
        /// The new address.
        var email: String
        /// The one before; nil while the new one is not proved.
        var old: String?
    }

    private let connection: any SQLConnection

    init(_ connection: any SQLConnection) { self.connection = connection }

    /// How long a new address may take to be proved.
    static let lifetime = Hours(24)

    /// Notes that somebody wants an address, in place of another that they wanted before.
    ///
    /// - Returns: the change's number.
    func ask(_ email: String, for person: String, at now: Instant) throws -> Int {
        try connection.run("DELETE FROM address_change WHERE person = $1 AND old IS NULL", [.text(person)])
        return try add(email, of: person, old: nil, until: now + AddressChanges.lifetime)
    }

    /// Notes that an address was changed, for the mail that tells the one before.
    func note(_ email: String, of person: String, old: String, at now: Instant) throws -> Int {
        try connection.run(
            "DELETE FROM address_change WHERE person = $1 AND expires_at < $2", [.text(person), .integer(now.seconds)])
        return try add(email, of: person, old: old, until: now + Hours(30 * 24))
    }

    private func add(_ email: String, of person: String, old: String?, until: Instant) throws -> Int {
        let id = (try connection.first("SELECT MAX(id) FROM address_change") { $0.optionalInteger(0) ?? 0 } ?? 0) + 1
        try connection.run(
            "INSERT INTO address_change (id, person, email, old, expires_at) VALUES ($1, $2, $3, $4, $5)",
            [
                .integer(id), .text(person), .text(email), old.map { .text($0) } ?? .null, .integer(until.seconds),
            ])
        return id
    }

    /// A change by its number, while it counts.
    func change(_ id: Int, at now: Instant) throws -> Change? {
        try connection.first(
            "\(AddressChanges.select) WHERE id = $1 AND expires_at > $2", [.integer(id), .integer(now.seconds)],
            AddressChanges.change)
    }

    /// The change that a link proves, while it is good.
    func change(_ hash: [UInt8], at now: Instant) throws -> Change? {
        try connection.first(
            "\(AddressChanges.select) WHERE token_hash = $1 AND old IS NULL AND expires_at > $2",
            [.bytes(hash), .integer(now.seconds)], AddressChanges.change)
    }

    /// Gives a change the link that proves it.
    func setToken(_ hash: [UInt8], of id: Int) throws {
        try connection.run(
            "UPDATE address_change SET token_hash = $1 WHERE id = $2", [.bytes(hash), .integer(id)])
    }

    private static let select = "SELECT id, person, email, old FROM address_change"

    private static func change(_ row: any SQLRow) -> Change {
        Change(id: row.integer(0), person: row.text(1), email: row.text(2), old: row.optionalText(3))
    }
}

extension DeskTransaction {
    /// Whether an address is that of a member of staff.
    func isOfStaff(_ email: String) throws -> Bool {
        let people = People(connection)
        return try Accounts(connection).accounts(email: email).contains { try people.user($0.user) != nil }
    }

    /// Throws where an address is that of a member of staff: nobody of staff acts for a client.
    func checkNotOfStaff(_ email: String) throws {
        guard try !isOfStaff(email) else {
            throw Problems([
                Problem("e-mail", "\(email) is one of ours: staff act for themselves", fix: "give the client's own")
            ])
        }
    }

    /// Throws where an address is another person's than a member of staff's own.
    func checkFree(_ email: String, for user: String) throws {
        let isTaken =
            try Accounts(connection).accounts(email: email).contains { $0.user != user }
            || Directory(connection).contacts(withEmail: email).contains { !$0.isEnded }
        guard !isTaken else {
            throw Problems([Problem("e-mail", "\(email) is another person's", fix: "give their own")])
        }
    }

    /// Records that a person has another address: whatever was let in before ends, and the address before is told.
    ///
    /// - Parameter client: the company of a contact; nil for a member of staff.
    /// - Throws: `Problems` where the address and the person have a password each.
    func changeAddress(of person: String, at client: ClientID?, from known: String?, to email: String) throws {
        let accounts = Accounts(connection)
        let account = try accounts.account(of: person)
        let others = try accounts.accounts(email: email)
        guard account?.password == nil || !others.contains(where: { $0.user != person && $0.password != nil }) else {
            throw Problems([
                Problem(
                    "e-mail", "\(email) has a password already, at another company: it would not be known whose one is",
                    fix: "give another address")
            ])
        }
        let old = account?.email ?? known
        if let client {
            try record("contact-email", [("id", person), ("client", client.text), ("email", email)])
        } else {
            try record("user-email", [("id", person), ("email", email)])
        }
        if account != nil || client == nil {
            note(try accounts.setEmail(email, of: person, salt: newSalt()))
        }
        try accounts.cutOff(person, except: nil)
        if let old, old.lowercased() != email.lowercased() {
            let change = try AddressChanges(connection).note(email, of: person, old: old, at: now)
            try tell(.addressChanged, client: client?.text ?? "", [("person", person), ("change", "\(change)")])
        }
    }
}
