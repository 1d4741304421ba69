import Agreements
import Exchange
import Storage

extension ServiceDesk {
    /// Makes the first member of staff, an owner, in an empty database.
    ///
    /// - Throws: a problem where somebody is there already.
    package func setUp(owner id: String, fullName: String) throws {
        let hasPeople = try store.read { try !People($0).users().isEmpty }
        guard !hasPeople else {
            throw Problems([
                Problem("database", "it is set up already", fix: "an owner adds others: `mainstay user add`")
            ])
        }
        // Nobody is there who could be asked whether they may.
        _ = try perform(
            AddUser(id: id, fullName: fullName, role: .owner), by: Actor(id: id, role: .owner), key: "setup/\(id)")
    }
}
