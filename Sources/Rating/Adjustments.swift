import Agreements

extension Statement {
    /// What each position of this closed period comes to now, less what was issued for it, where that is anything
    /// (design X2). In the order of the positions.
    func adjustments(to issued: [PositionKey: IssuedPosition], _ late: LateFacts) -> [Adjustment] {
        guard let closedAt else { return [] }
        var differences = Dictionary(uniqueKeysWithValues: positions.map { ($0.key, $0) })
        for (key, position) in issued {
            differences[key, default: position.nothing].add(position, times: -1)
        }
        return differences.values
            .filter { !$0.isNothing }
            .sorted { $0.key < $1.key }
            .map { Adjustment(position: $0, cause: late.cause(of: $0, closedAt: closedAt, contracts.map(\.contract))) }
    }
}

/// The facts that can explain an adjustment: what was recorded about an entry, and when.
struct LateFacts {
    private var entries: [EntryID: Instant] = [:]
    private var requests: [EntryID: RequestID] = [:]
    private var corrections: [EntryID: TimeCorrection] = [:]
    private var voids: [EntryID: TimeVoid] = [:]
    private var courtesies: [EntryID: Courtesy] = [:]
    private var moves: [RequestID: RequestMove] = [:]
    private var permits: [RequestID: Permit] = [:]
    private var approvals: [EntryID: TimeApproval] = [:]
    /// When something was last agreed on each contract.
    private var agreements: [ContractID: Instant] = [:]

    init(_ facts: Facts) {
        guard !facts.closingsInForce.isEmpty else { return }
        moves = RequestBook(facts).moves
        for entry in facts.timeEntries {
            entries[entry.id] = entry.recordedAt
            if !moves.isEmpty || !facts.permits.isEmpty { requests[entry.id] = entry.request }
        }
        for correction in facts.timeCorrections {
            let known = corrections[correction.entry.id]
            if known.map({ ($0.entry.recordedAt, $0.reason) < (correction.entry.recordedAt, correction.reason) })
                ?? true
            {
                corrections[correction.entry.id] = correction
            }
        }
        for void in facts.timeVoids {
            let known = voids[void.entry]
            if known.map({ ($0.recordedAt, $0.reason) < (void.recordedAt, void.reason) }) ?? true {
                voids[void.entry] = void
            }
        }
        for courtesy in facts.courtesies {
            let known = courtesies[courtesy.entry]
            let isLater =
                known.map {
                    ($0.recordedAt, $0.reason, $0.by) < (courtesy.recordedAt, courtesy.reason, courtesy.by)
                } ?? true
            if isLater { courtesies[courtesy.entry] = courtesy }
        }
        for (entry, correction) in corrections where requests[entry] != nil {
            requests[entry] = correction.entry.request
        }
        for approval in facts.timeApprovals {
            let known = approvals[approval.entry]
            if known.map({ ($0.recordedAt, $0.by) < (approval.recordedAt, approval.by) }) ?? true {
                approvals[approval.entry] = approval
            }
        }
        for (contract, at) in facts.planChanges.map({ ($0.contract, $0.recordedAt) })
            + facts.negotiatedTerms.map({ ($0.contract, $0.recordedAt) })
            + facts.contractEnds.map({ ($0.contract, $0.recordedAt) })
            + facts.contracts.map({ ($0.id, $0.recordedAt) })
        {
            agreements[contract] = max(agreements[contract] ?? at, at)
        }
        for permit in facts.permits {
            let known = permits[permit.request]
            if known.map({ ($0.recordedAt, $0.by) < (permit.recordedAt, permit.by) }) ?? true {
                permits[permit.request] = permit
            }
        }
    }

    /// Why a position of a period closed at an instant differs from what was issued: what was recorded since then about its
    /// entry, the gravest first, else about one of the contracts.
    func cause(of position: IssuedPosition, closedAt: Instant, _ contracts: [ContractID]) -> Adjustment.Cause {
        switch position.key {
        case .entry(let entry), .entryRounding(let entry):
            if let cause = cause(of: entry, closedAt) { return cause }
        case .fee(let contract):
            if let at = agreements[contract], at > closedAt { return .agreed(contract) }
        case .block, .requestRounding, .dayRounding: break
        }
        if let permit = permit(for: position, closedAt) { return permit }
        let agreed = contracts.filter { agreements[$0].map { $0 > closedAt } ?? false }.min()
        return agreed.map { .agreed($0) } ?? .rerated
    }

    private func cause(of entry: EntryID, _ closedAt: Instant) -> Adjustment.Cause? {
        if let void = voids[entry], void.recordedAt > closedAt { return .void(entry, reason: void.reason) }
        if let recordedAt = entries[entry], recordedAt > closedAt { return .lateTime(entry) }
        if let correction = corrections[entry], correction.entry.recordedAt > closedAt {
            return .correction(entry, reason: correction.reason)
        }
        if let courtesy = courtesies[entry], courtesy.recordedAt > closedAt {
            return .courtesy(entry, by: courtesy.by, reason: courtesy.reason)
        }
        if let request = requests[entry], let move = moves[request], move.request.recordedAt > closedAt {
            return .moved(request, reason: move.reason)
        }
        if let approval = approvals[entry], approval.recordedAt > closedAt { return .approved(entry, by: approval.by) }
        return nil
    }

    /// The permit since then that lets some of what was withheld be charged.
    private func permit(for position: IssuedPosition, _ closedAt: Instant) -> Adjustment.Cause? {
        guard position.withheld < .zero else { return nil }
        let request: RequestID? =
            switch position.key {
            case .entry(let entry), .entryRounding(let entry): requests[entry]
            case .requestRounding(let request), .dayRounding(let request, _): request
            case .fee, .block: nil
            }
        guard let permit = request.flatMap({ permits[$0] }), permit.recordedAt > closedAt else { return nil }
        return .permitted(permit.request, by: permit.by)
    }
}
