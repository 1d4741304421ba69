public import Agreements
public import Values

extension Statement {
    /// What a line is a position of.
    public func positionKey(of line: WorkLine) -> PositionKey {
        let entry = entry(of: line)
        guard line.kind == .rounding else { return .entry(entry.id) }
        switch increment(of: line)?.group {
        case .requestAndPeriod: return .requestRounding(entry.request)
        case .requestAndDay: return .dayRounding(entry.request, line.date)
        case .entry, nil: return .entryRounding(entry.id)
        }
    }

    /// The increment that a line is billed in: its contract's, or the list's.
    public func increment(of line: WorkLine) -> Increment? {
        guard case .covered(let contract) = workClass(of: line).verdict else { return listIncrement }
        return contracts.first { $0.contract == contract }?.policies.increment
    }

    /// Every position of the period: fees, blocks, entries and rounding, each with its figures as they come to now.
    public var positions: [IssuedPosition] {
        var positions: [PositionKey: IssuedPosition] = [:]
        func add(_ position: IssuedPosition) {
            positions[position.key, default: position.nothing].add(position)
        }
        for contract in contracts {
            add(IssuedPosition(period: period, key: .fee(contract.contract), amount: contract.fee))
        }
        for purchase in purchases {
            add(IssuedPosition(period: period, key: .block(purchase.block), amount: purchase.price))
        }
        for line in lines {
            var drawn: [GrantID: Hours] = [:]
            for draw in draws(of: line) { drawn[grants[draw.grant].id, default: .zero] += draw.hours }
            add(
                IssuedPosition(
                    period: period, key: positionKey(of: line), worked: line.worked, draws: drawn,
                    charged: line.charged, courtesy: line.courtesy, waived: line.waived, notCharged: line.notCharged,
                    withheld: line.withheld, amount: line.amount))
        }
        return positions.values.sorted { $0.key < $1.key }
    }
}

extension Closing {
    /// The closing of a statement's period: its positions, the differences it shows for earlier periods, and the hours
    /// its grants had.
    public init(of statement: Statement, recordedAt: Instant) {
        self.init(
            client: statement.client.id, period: statement.period,
            positions: statement.positions + statement.adjustments.map(\.position),
            available: statement.available, availableEarlier: statement.availableEarlier, recordedAt: recordedAt)
    }
}

extension Statement {
    /// The hours that the grants of the period had.
    var available: [GrantID: Hours] { Dictionary(uniqueKeysWithValues: grants.map { ($0.id, $0.opening) }) }
}
