public import Agreements

extension Facts {
    /// The facts of one client alone: what asking "what if" needs, so that it does not cost a rating of everybody.
    ///
    /// Requests are as they stand; time that moved away to another client with its request is left out.
    public func only(_ client: ClientID) -> Facts {
        let standing = RequestBook(self).requests.filter { $0.client == client }
        var facts = work(on: Set(standing.map(\.id)))
        facts.requests = standing
        facts.requestMoves = []
        facts.addAgreements(of: client, from: self)
        return facts
    }

    /// The facts that were ever about a client, as they were recorded: also those of requests that have moved to or from
    /// others since. A rating of them has this client alone.
    public func about(_ client: ClientID) -> Facts {
        guard clients.count > 1 || !requestMoves.isEmpty else { return self }
        var facts = work(
            on: Set(
                requests.filter { $0.client == client }.map(\.id)
                    + requestMoves.filter { $0.request.client == client }.map(\.request.id)))
        facts.addAgreements(of: client, from: self)
        return facts
    }

    /// The requests, and what was recorded about them and their time. A correction may move an entry to another request, so
    /// that both the entry and its corrections decide.
    private func work(on ids: Set<RequestID>) -> Facts {
        var facts = Facts()
        facts.requests = requests.filter { ids.contains($0.id) }
        facts.requestMoves = requestMoves.filter { ids.contains($0.request.id) }
        facts.requestApprovals = requestApprovals.filter { ids.contains($0.request) }
        facts.permits = permits.filter { ids.contains($0.request) }
        let corrected = Set(timeCorrections.filter { ids.contains($0.entry.request) }.map(\.entry.id))
        facts.timeEntries = timeEntries.filter { ids.contains($0.request) || corrected.contains($0.id) }
        let entries = Set(facts.timeEntries.map(\.id))
        facts.timeCorrections = timeCorrections.filter { entries.contains($0.entry.id) }
        facts.timeVoids = timeVoids.filter { entries.contains($0.entry) }
        facts.timeApprovals = timeApprovals.filter { entries.contains($0.entry) }
        facts.courtesies = courtesies.filter { entries.contains($0.entry) }
        return facts
    }

    /// Adds a client, what was agreed with them, and what was closed for them.
    private mutating func addAgreements(of client: ClientID, from all: Facts) {
        clients = all.clients.filter { $0.id == client }
        zoneChanges = all.zoneChanges.filter { $0.client == client }
        projects = all.projects.filter { $0.client == client }
        let projectIDs = Set(projects.map(\.id))
        projectsDone = all.projectsDone.filter { projectIDs.contains($0.project) }
        contracts = all.contracts.filter { $0.client == client }
        let contractIDs = Set(contracts.map(\.id))
        planChanges = all.planChanges.filter { contractIDs.contains($0.contract) }
        contractEnds = all.contractEnds.filter { contractIDs.contains($0.contract) }
        negotiatedTerms = all.negotiatedTerms.filter { contractIDs.contains($0.contract) }
        blocks = all.blocks.filter { $0.client == client }
        let blockIDs = Set(blocks.map(\.id))
        blockChanges = all.blockChanges.filter { blockIDs.contains($0.block) }
        closings = all.closings.filter { $0.client == client }
        reopenings = all.reopenings.filter { $0.client == client }
    }
}
