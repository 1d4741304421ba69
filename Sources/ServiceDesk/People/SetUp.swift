import Values

extension ServiceDesk {
    /// Makes the first member of staff, an owner, in an empty database. Of several who try at once, one does.
    ///
    /// - Throws: a problem where somebody is there already.
    package func setUp(owner id: String, fullName: String) throws {
        // Nobody is there who could be asked whether they may. Whether somebody is, is asked in the transaction that adds
        // them, and only one of these runs at a time.
        _ = try perform(AddUser(id: id, fullName: fullName, role: .owner), by: Actor(id: id, role: .owner)) {
            connection in
            let owners = try People(connection).users().map(\.id)
            guard owners.isEmpty else {
                throw Problems([
                    Problem(
                        "database", "it is set up already, by \(owners.first ?? "")",
                        fix: "an owner adds others: `mainstay user add`")
                ])
            }
        }
    }
}
