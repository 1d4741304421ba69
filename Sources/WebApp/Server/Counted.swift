import ServiceDesk

/// In whose names something is counted.
enum Counted {
    /// An address, by its block.
    static func address(_ address: String) -> String { "address/\(AddressBlock.name(address))" }
    /// A person, and their company where they are at a client.
    static func names(of actor: Actor) -> [String] { ["person/\(actor.id)"] + company(of: actor) }
    static func company(of actor: Actor) -> [String] { actor.client.map { ["company/\($0)"] } ?? [] }
}
