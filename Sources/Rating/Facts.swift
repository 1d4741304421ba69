public import Agreements

/// Everything that happened, as far as rating needs it, in any order (design: facts are appended, figures derived).
public struct Facts: Hashable, Sendable {
    /// The clients.
    public var clients: [Client] = []
    /// Their changes of zone.
    public var zoneChanges: [ZoneChange] = []
    /// Their projects.
    public var projects: [Project] = []
    /// The ends of projects.
    public var projectsDone: [ProjectDone] = []
    /// The contracts.
    public var contracts: [Contract] = []
    /// Their changes of plan.
    public var planChanges: [PlanChange] = []
    /// Their cancellations.
    public var contractEnds: [ContractEnd] = []
    /// What they set otherwise than the terms.
    public var negotiatedTerms: [NegotiatedTerms] = []
    /// The hours bought ahead.
    public var blocks: [Block] = []
    /// What was changed about them later.
    public var blockChanges: [BlockChange] = []
    /// The support requests.
    public var requests: [Request] = []
    /// Their moves to another client, line or project.
    public var requestMoves: [RequestMove] = []
    /// The clients' approvals of requests.
    public var requestApprovals: [RequestApproval] = []
    /// The clients' approvals of overage.
    public var permits: [Permit] = []
    /// The time worked.
    public var timeEntries: [TimeEntry] = []
    /// Its corrections.
    public var timeCorrections: [TimeCorrection] = []
    /// Its withdrawals.
    public var timeVoids: [TimeVoid] = []
    /// Its approvals.
    public var timeApprovals: [TimeApproval] = []
    /// The time given.
    public var courtesies: [Courtesy] = []
    /// The periods closed, with what was issued; ``closingsInForce`` are those that stand.
    public var closings: [Closing] = []
    /// The closings withdrawn.
    public var reopenings: [Reopening] = []

    /// No facts.
    public init() {}

    /// The facts recorded up to an instant, that one included: what was known then.
    public func known(at instant: Instant) -> Facts {
        var known = self
        known.clients.removeAll { $0.recordedAt > instant }
        known.zoneChanges.removeAll { $0.recordedAt > instant }
        known.projects.removeAll { $0.recordedAt > instant }
        known.projectsDone.removeAll { $0.recordedAt > instant }
        known.contracts.removeAll { $0.recordedAt > instant }
        known.planChanges.removeAll { $0.recordedAt > instant }
        known.contractEnds.removeAll { $0.recordedAt > instant }
        known.negotiatedTerms.removeAll { $0.recordedAt > instant }
        known.blocks.removeAll { $0.recordedAt > instant }
        known.blockChanges.removeAll { $0.recordedAt > instant }
        known.requests.removeAll { $0.recordedAt > instant }
        known.requestMoves.removeAll { $0.request.recordedAt > instant }
        known.requestApprovals.removeAll { $0.recordedAt > instant }
        known.permits.removeAll { $0.recordedAt > instant }
        known.timeEntries.removeAll { $0.recordedAt > instant }
        known.timeCorrections.removeAll { $0.entry.recordedAt > instant }
        known.timeVoids.removeAll { $0.recordedAt > instant }
        known.timeApprovals.removeAll { $0.recordedAt > instant }
        known.courtesies.removeAll { $0.recordedAt > instant }
        known.closings.removeAll { $0.recordedAt > instant }
        known.reopenings.removeAll { $0.recordedAt > instant }
        return known
    }

    /// These facts and others.
    public mutating func append(_ other: Facts) {
        Facts.join(&clients, other.clients)
        Facts.join(&zoneChanges, other.zoneChanges)
        Facts.join(&projects, other.projects)
        Facts.join(&projectsDone, other.projectsDone)
        Facts.join(&contracts, other.contracts)
        Facts.join(&planChanges, other.planChanges)
        Facts.join(&contractEnds, other.contractEnds)
        Facts.join(&negotiatedTerms, other.negotiatedTerms)
        Facts.join(&blocks, other.blocks)
        Facts.join(&blockChanges, other.blockChanges)
        Facts.join(&requests, other.requests)
        Facts.join(&requestMoves, other.requestMoves)
        Facts.join(&requestApprovals, other.requestApprovals)
        Facts.join(&permits, other.permits)
        Facts.join(&timeEntries, other.timeEntries)
        Facts.join(&timeCorrections, other.timeCorrections)
        Facts.join(&timeVoids, other.timeVoids)
        Facts.join(&timeApprovals, other.timeApprovals)
        Facts.join(&courtesies, other.courtesies)
        Facts.join(&closings, other.closings)
        Facts.join(&reopenings, other.reopenings)
    }

    /// Joins lists; one that is empty takes the other over without a copy.
    private static func join<Fact>(_ list: inout [Fact], _ other: [Fact]) {
        if list.isEmpty { list = other } else { list += other }
    }
}
