public import Agreements

/// Everything that happened, as far as rating needs it, in any order (design: facts are appended, figures derived).
public struct Facts: Hashable, Sendable {
    public var clients: [Client] = []
    public var zoneChanges: [ZoneChange] = []
    public var projects: [Project] = []
    public var projectsDone: [ProjectDone] = []
    public var contracts: [Contract] = []
    public var planChanges: [PlanChange] = []
    public var contractEnds: [ContractEnd] = []
    public var negotiatedTerms: [NegotiatedTerms] = []
    public var blocks: [Block] = []
    public var blockChanges: [BlockChange] = []
    public var requests: [Request] = []
    public var requestMoves: [RequestMove] = []
    public var requestApprovals: [RequestApproval] = []
    public var timeEntries: [TimeEntry] = []
    public var timeCorrections: [TimeCorrection] = []
    public var timeVoids: [TimeVoid] = []
    public var timeApprovals: [TimeApproval] = []
    public var courtesies: [Courtesy] = []
    public var closings: [Closing] = []

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
        known.timeEntries.removeAll { $0.recordedAt > instant }
        known.timeCorrections.removeAll { $0.entry.recordedAt > instant }
        known.timeVoids.removeAll { $0.recordedAt > instant }
        known.timeApprovals.removeAll { $0.recordedAt > instant }
        known.courtesies.removeAll { $0.recordedAt > instant }
        known.closings.removeAll { $0.recordedAt > instant }
        return known
    }

    /// These facts and others.
    public mutating func append(_ other: Facts) {
        clients += other.clients
        zoneChanges += other.zoneChanges
        projects += other.projects
        projectsDone += other.projectsDone
        contracts += other.contracts
        planChanges += other.planChanges
        contractEnds += other.contractEnds
        negotiatedTerms += other.negotiatedTerms
        blocks += other.blocks
        blockChanges += other.blockChanges
        requests += other.requests
        requestMoves += other.requestMoves
        requestApprovals += other.requestApprovals
        timeEntries += other.timeEntries
        timeCorrections += other.timeCorrections
        timeVoids += other.timeVoids
        timeApprovals += other.timeApprovals
        courtesies += other.courtesies
        closings += other.closings
    }
}
