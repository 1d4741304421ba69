package import Database
import Exchange
import Storage
import Values

/// The members of staff, as they stand.
package struct People {
    /// A member of staff.
    package struct User: Hashable, Sendable {
        /// Their id.
        package var id: String
        /// Their name.
        package var name: String
        /// What they may do.
        package var role: Role
        /// Whether their access has ended.
        package var isEnded: Bool
    }

    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// All members of staff, by id; those who left too.
    package func users() throws -> [User] { try read(nil).values.sorted { $0.id < $1.id } }

    /// A member of staff, or nil where nobody has the id.
    package func user(_ id: String) throws -> User? { try read(id)[id] }

    private func read(_ id: String?) throws -> [String: User] {
        var users: [String: User] = [:]
        try connection.forEachRow(
            """
            SELECT kind, subject, body, words FROM fact
            WHERE client = '' AND shelf = $1\(id == nil ? "" : " AND subject = $2") ORDER BY seq
            """, [.integer(Shelf.agency.rawValue)] + (id.map { [.text($0)] } ?? [])
        ) { row in
            let texts = try row.texts(2, 3)
            let id = row.text(1)
            switch row.text(0) {
            case "user":
                users[id] = User(
                    id: id, name: texts["name"] ?? FactPieces.erased,
                    role: Role(rawValue: texts["role"] ?? "") ?? .agent,
                    isEnded: false)
            case "user-role": users[id]?.role = Role(rawValue: texts["role"] ?? "") ?? .agent
            case "user-end": users[id]?.isEnded = true
            default: break
            }
        }
        return users
    }

    /// Who asks: a member of staff whose access has not ended.
    ///
    /// - Throws: a problem where there is none of that id.
    package func actor(_ id: String) throws -> Actor {
        let known = try users().filter { !$0.isEnded }
        guard let user = known.first(where: { $0.id == id }) else {
            throw Problems([
                Problem(
                    "user \(id)", "there is no such member of staff",
                    fix: suggestion(for: id, among: known.map(\.id)) + ", by --user, MAINSTAY_USER or the configuration"
                )
            ])
        }
        return Actor(id: user.id, role: user.role)
    }

    /// Throws where nobody would be left who may add people.
    func checkOwnerRemains(without user: User, staying role: Role?) throws {
        guard user.role == .owner, role != .owner else { return }
        guard try users().contains(where: { $0.role == .owner && !$0.isEnded && $0.id != user.id }) else {
            throw Problems([
                Problem("user \(user.id)", "they are the only owner", fix: "make somebody else an owner first")
            ])
        }
    }
}
