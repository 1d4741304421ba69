import Agreements

/// Blocks: how many hours, for what, until when (design D4).
extension FactsCheck {
    /// The most hours a block may have: more than ten years of hours, and few enough for every sum of prices.
    private static let largest = Hours(100_000)

    /// The most that the blocks of all clients may cost together, in minor units: few enough for every sum.
    private static let dearest = 1_000_000_000_000_000_000

    func checkBlocks(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        var sum = 0
        for block in facts.blocks where block.hours <= FactsCheck.largest {
            let (next, isTooMuch) = sum.addingReportingOverflow(block.price.minorUnits)
            sum = isTooMuch ? .max : next
            guard sum > FactsCheck.dearest else { continue }
            found.add("blocks", "their prices are more than can be added", fix: "correct their hours and prices")
            break
        }
        for block in facts.blocks {
            let subject = "block \(block.id)"
            let version = terms.inForce(on: block.boughtOn)
            if version == nil {
                found.add(
                    subject, "it was bought on \(block.boughtOn), before the first terms",
                    fix: "give the terms of that time")
            } else if version?.blocks == nil {
                found.add(
                    subject, "the terms in force on \(block.boughtOn) sell no blocks",
                    fix: "add blocks to these terms, or leave it out")
            }
            checkSize(block.hours, subject, version?.blocks, &found)
            checkCurrency(block.pricePerHour.perHour, subject, &found)
            if let lastDay = block.lastDay { checkLastDay(lastDay, of: block, subject, &found) }
            switch block.scope {
            case .project(let project): checkProject(project, of: block.client, subject, index, &found)
            case .serviceLine(let line): checkServiceLine(line, subject, &found)
            case .client: break
            }
        }
        let issued = facts.blockChanges.isEmpty ? [:] : issuedDraws(facts)
        for change in facts.blockChanges {
            guard let block = index.blocks[change.block] else { continue }
            let subject = "change of block \(change.block)"
            if let hours = change.hours {
                // More hours are another purchase; fewer take back what nobody was billed as using (edge cases E19, E21).
                let used = issued[change.block] ?? .zero
                if hours > block.hours {
                    checkSize(hours, subject, terms.inForce(on: block.boughtOn)?.blocks, &found)
                } else if hours < used {
                    found.add(
                        subject, "it leaves \(hours), and closed months used \(used) of it",
                        fix: "leave at least \(used): what was used cannot be taken back")
                }
            }
            if let lastDay = change.lastDay { checkLastDay(lastDay, of: block, subject, &found) }
        }
    }

    /// The hours of each block that closings issued as drawn.
    private func issuedDraws(_ facts: Facts) -> [BlockID: Hours] {
        var draws: [BlockID: Hours] = [:]
        for position in facts.closings.lazy.flatMap(\.positions) {
            for case (.block(let block), let hours) in position.draws { draws[block, default: .zero] += hours }
        }
        return draws
    }

    private func checkSize(_ hours: Hours, _ subject: String, _ sale: BlockTerms?, _ found: inout Findings) {
        let minimum = sale?.minimum ?? Hours(5)
        let step = max(sale?.step ?? Hours(5), Hours(seconds: 1))
        if hours < minimum || hours.seconds % step.seconds != 0 {
            found.add(subject, "it has \(hours)", fix: "blocks are sold from \(minimum) in steps of \(step)")
        } else if hours > FactsCheck.largest {
            found.add(subject, "it has \(hours)", fix: "a block has at most \(FactsCheck.largest)")
        }
    }

    private func checkLastDay(_ lastDay: CivilDate, of block: Block, _ subject: String, _ found: inout Findings) {
        guard lastDay < block.effective else { return }
        found.add(
            subject, "its last day \(lastDay) is before its first day \(block.effective)", fix: "give a later last day")
    }
}
