import Agreements

/// Facts by their ids, for checking what refers to them. Every id is there once.
struct FactIndex {
    var clients: [ClientID: Client] = [:]
    var projects: [ProjectID: Project] = [:]
    var contracts: [ContractID: Contract] = [:]
    var blocks: [BlockID: Block] = [:]
    /// The requests as they stand, moved where they were moved.
    let requests: RequestBook
    /// The time entries' ids.
    let entries: Set<EntryID>
    /// The clients' zones through time.
    var zones: [ClientID: ZoneTimeline] = [:]

    init(_ facts: Facts, entries: Set<EntryID>) {
        for client in facts.clients { clients[client.id] = client }
        for project in facts.projects { projects[project.id] = project }
        for contract in facts.contracts { contracts[contract.id] = contract }
        for block in facts.blocks { blocks[block.id] = block }
        requests = RequestBook(facts)
        self.entries = entries
        let changes = Dictionary(grouping: facts.zoneChanges, by: \.client)
        for client in facts.clients {
            zones[client.id] = ZoneTimeline(first: client.zone, changes: changes[client.id] ?? [])
        }
    }

    /// A request as it stands.
    func request(_ id: RequestID) -> Request? { requests.index(of: id).map { requests.requests[$0] } }
}
