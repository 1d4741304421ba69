public import Agreements

extension Facts {
    /// The facts of one client alone: what asking "what if" needs, so that it does not cost a rating of everybody.
    ///
    /// Time that moved away to another client with its request is left out.
    public func only(_ client: ClientID) -> Facts {
        var facts = Facts()
        facts.clients = clients.filter { $0.id == client }
        facts.zoneChanges = zoneChanges.filter { $0.client == client }
        facts.projects = projects.filter { $0.client == client }
        let projectIDs = Set(facts.projects.map(\.id))
        facts.projectsDone = projectsDone.filter { projectIDs.contains($0.project) }
        facts.contracts = contracts.filter { $0.client == client }
        let contractIDs = Set(facts.contracts.map(\.id))
        facts.planChanges = planChanges.filter { contractIDs.contains($0.contract) }
        facts.contractEnds = contractEnds.filter { contractIDs.contains($0.contract) }
        facts.negotiatedTerms = negotiatedTerms.filter { contractIDs.contains($0.contract) }
        facts.blocks = blocks.filter { $0.client == client }
        let blockIDs = Set(facts.blocks.map(\.id))
        facts.blockChanges = blockChanges.filter { blockIDs.contains($0.block) }

        let book = RequestBook(self)
        facts.requests = book.requests.filter { $0.client == client }
        let requestIDs = Set(facts.requests.map(\.id))
        facts.requestApprovals = requestApprovals.filter { requestIDs.contains($0.request) }
        facts.permits = permits.filter { requestIDs.contains($0.request) }
        // A correction may move an entry to another request, so both the entry and its corrections decide.
        let corrected = Set(timeCorrections.filter { requestIDs.contains($0.entry.request) }.map(\.entry.id))
        facts.timeEntries = timeEntries.filter { requestIDs.contains($0.request) || corrected.contains($0.id) }
        let entryIDs = Set(facts.timeEntries.map(\.id))
        facts.timeCorrections = timeCorrections.filter { entryIDs.contains($0.entry.id) }
        facts.timeVoids = timeVoids.filter { entryIDs.contains($0.entry) }
        facts.timeApprovals = timeApprovals.filter { entryIDs.contains($0.entry) }
        facts.courtesies = courtesies.filter { entryIDs.contains($0.entry) }
        facts.closings = closings.filter { $0.client == client }
        facts.reopenings = reopenings.filter { $0.client == client }
        return facts
    }
}
