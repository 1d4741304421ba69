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

    /// The facts that were ever about a client, as they were recorded: also those of requests that have moved to or from
    /// others since. A rating of them has this client alone.
    public func about(_ client: ClientID) -> Facts {
        guard clients.count > 1 || !requestMoves.isEmpty else { return self }
        var facts = self
        facts.clients = clients.filter { $0.id == client }
        let ids = Set(
            requests.filter { $0.client == client }.map(\.id)
                + requestMoves.filter { $0.request.client == client }.map(\.request.id))
        facts.requests = requests.filter { ids.contains($0.id) }
        facts.requestMoves = requestMoves.filter { ids.contains($0.request.id) }
        facts.requestApprovals = requestApprovals.filter { ids.contains($0.request) }
        facts.permits = permits.filter { ids.contains($0.request) }
        let entries = Set(
            timeEntries.filter { ids.contains($0.request) }.map(\.id)
                + timeCorrections.filter { ids.contains($0.entry.request) }.map(\.entry.id))
        facts.timeEntries = timeEntries.filter { entries.contains($0.id) }
        facts.timeCorrections = timeCorrections.filter { entries.contains($0.entry.id) }
        facts.timeVoids = timeVoids.filter { entries.contains($0.entry) }
        facts.timeApprovals = timeApprovals.filter { entries.contains($0.entry) }
        facts.courtesies = courtesies.filter { entries.contains($0.entry) }
        facts.zoneChanges = zoneChanges.filter { $0.client == client }
        facts.contracts = contracts.filter { $0.client == client }
        let contractIDs = Set(facts.contracts.map(\.id))
        facts.planChanges = planChanges.filter { contractIDs.contains($0.contract) }
        facts.contractEnds = contractEnds.filter { contractIDs.contains($0.contract) }
        facts.negotiatedTerms = negotiatedTerms.filter { contractIDs.contains($0.contract) }
        facts.projects = projects.filter { $0.client == client }
        let projectIDs = Set(facts.projects.map(\.id))
        facts.projectsDone = projectsDone.filter { projectIDs.contains($0.project) }
        facts.blocks = blocks.filter { $0.client == client }
        let blockIDs = Set(facts.blocks.map(\.id))
        facts.blockChanges = blockChanges.filter { blockIDs.contains($0.block) }
        facts.closings = closings.filter { $0.client == client }
        facts.reopenings = reopenings.filter { $0.client == client }
        return facts
    }
}
