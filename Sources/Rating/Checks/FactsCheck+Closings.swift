import Agreements
import Values

/// Closings: one for each period, about things that are there, and what reopens them (design X1).
extension FactsCheck {
    func checkClosings(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        checkOrder(facts, index, &found)
        for closing in facts.closings {
            let subject = "closing of \(closing.client) \(closing.period)"
            if index.clients[closing.client] == nil {
                found.unknown(subject, "client", closing.client, among: index.clients.keys.lazy.map(\.text))
            }
            for grant in closing.available.keys { checkGrant(grant, subject, index, &found) }
            for (period, available) in closing.availableEarlier {
                if period >= closing.period {
                    found.add(
                        subject, "it says what was available in \(period), which is not earlier",
                        fix: "leave it out")
                }
                for grant in available.keys { checkGrant(grant, subject, index, &found) }
            }
            var positions: Set<Position> = []
            for position in closing.positions {
                if position.period > closing.period {
                    found.add(
                        subject, "it issues something for \(position.period), a later period",
                        fix: "issue that with its own period")
                }
                if !positions.insert(Position(period: position.period, key: position.key)).inserted {
                    found.add(
                        subject,
                        "it has two positions for \(position.period) about one thing: \(name(of: position.key))",
                        fix: "add them up")
                }
                checkKey(position.key, subject, index, &found)
                for grant in position.draws.keys { checkGrant(grant, subject, index, &found) }
                checkCurrency(position.amount, subject, &found)
            }
        }
    }

    /// A closing or a reopening, for going through them in the order in which they were recorded.
    private struct Step {
        var client: ClientID
        var period: Period
        var at: Moment
        var opens: Bool
    }

    /// A period is closed once, until it is reopened; and only a client's last closed period is reopened.
    private func checkOrder(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        var steps = facts.closings.map { Step(client: $0.client, period: $0.period, at: $0.recorded, opens: false) }
        for reopening in facts.reopenings {
            steps.append(
                Step(client: reopening.client, period: reopening.period, at: reopening.recorded, opens: true))
            guard index.clients[reopening.client] == nil else { continue }
            found.unknown(
                "reopening of \(reopening.client) \(reopening.period)", "client", reopening.client,
                among: index.clients.keys.lazy.map(\.text))
        }
        var closed: [ClientID: Set<Period>] = [:]
        for step in steps.sorted(by: { $0.at < $1.at }) {
            guard step.opens else {
                if !closed[step.client, default: []].insert(step.period).inserted {
                    found.add(
                        "closing of \(step.client) \(step.period)", "the period is closed twice",
                        fix: "keep one closing, or reopen the period before it is closed again")
                }
                continue
            }
            let subject = "reopening of \(step.client) \(step.period)"
            if closed[step.client]?.remove(step.period) == nil {
                found.add(subject, "the period is not closed at that time", fix: "leave it out, or check its period")
            } else if let last = closed[step.client]?.max(), last > step.period {
                found.add(
                    subject, "\(last), a later period, is closed at that time",
                    fix: "reopen \(last) first: only the last closed period can be reopened")
            }
        }
    }

    private struct Position: Hashable {
        var period: Period
        var key: PositionKey
    }

    private func checkGrant(_ grant: GrantID, _ subject: String, _ index: FactIndex, _ found: inout Findings) {
        switch grant {
        case .allotment(let contract, _): checkKey(.fee(contract), subject, index, &found)
        case .block(let block): checkKey(.block(block), subject, index, &found)
        }
    }

    private func checkKey(_ key: PositionKey, _ subject: String, _ index: FactIndex, _ found: inout Findings) {
        switch key {
        case .fee(let contract) where index.contracts[contract] == nil:
            found.unknown(subject, "contract", contract, among: index.contracts.keys.lazy.map(\.text))
        case .block(let block) where index.blocks[block] == nil:
            found.unknown(subject, "block", block, among: index.blocks.keys.lazy.map(\.text))
        case .entry(let entry) where !index.entries.contains(entry),
            .entryRounding(let entry) where !index.entries.contains(entry):
            found.add(subject, "there is no time entry \"\(entry)\"", fix: "add the entry, or check its id")
        case .requestRounding(let request) where index.request(request) == nil,
            .dayRounding(let request, _) where index.request(request) == nil:
            found.add(subject, "there is no request \"\(request)\"", fix: "add the request, or check its id")
        default: break
        }
    }

    private func name(of key: PositionKey) -> String {
        switch key {
        case .fee(let contract): "the fee of \(contract)"
        case .block(let block): "block \(block)"
        case .entry(let entry): "time entry \(entry)"
        case .entryRounding(let entry): "the rounding of time entry \(entry)"
        case .requestRounding(let request): "the rounding of request \(request)"
        case .dayRounding(let request, let date): "the rounding of request \(request) on \(date)"
        }
    }
}
