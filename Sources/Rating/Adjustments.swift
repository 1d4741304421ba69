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
            .map { Adjustment(position: $0, cause: late.cause(of: $0, closedAt: closedAt)) }
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
        for permit in facts.permits {
            let known = permits[permit.request]
            if known.map({ ($0.recordedAt, $0.by) < (permit.recordedAt, permit.by) }) ?? true {
                permits[permit.request] = permit
            }
        }
    }

    /// Why a position of a period closed at an instant differs from what was issued: what was recorded about its entry
    /// since then, the gravest first.
    func cause(of position: IssuedPosition, closedAt: Instant) -> Adjustment.Cause {
        guard case .entry(let entry) = position.key else { return permit(for: position, closedAt) ?? .rerated }
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
        return permit(for: position, closedAt) ?? .rerated
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
