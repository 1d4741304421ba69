import Agreements
import Foundation
import Rating
import Testing
import Values

/// The engine and the oracle on random histories. `MAINSTAY_HISTORIES` says how many, `MAINSTAY_SEED` which.
@Suite("Oracle") struct OracleAgreementTests {
    static let count = Int(ProcessInfo.processInfo.environment["MAINSTAY_HISTORIES"] ?? "") ?? 4000
    static let seed =
        UInt64(ProcessInfo.processInfo.environment["MAINSTAY_SEED"] ?? "") ?? UInt64.random(in: 0..<1_000_000_000)
    static let shards = 4
    /// For as long as the engine keeps another law for closed months.
    static let openOnly = ProcessInfo.processInfo.environment["MAINSTAY_OPEN_ONLY"] != nil

    /// Where engine and oracle part, or nil.
    static func difference(_ facts: Facts, _ versions: [Terms], _ time: OracleTime) -> String? {
        guard let history = try? TermsHistory(versions) else { return nil }
        for account in Rater(terms: history).accounts(of: facts, causes: false) {
            let oracle = Oracle(facts, versions, account.client.id, time)
            let expected = oracle.months(account.statements.map { "\($0.period)" })
            for (statement, month) in zip(account.statements, expected) {
                if openOnly, statement.closedAt != nil || !facts.closings.isEmpty { continue }
                var (found, month) = (Oracle.Month(statement), month)
                if openOnly {
                    // Shares of what is rounded up as one are new, too.
                    for index in found.lines.indices { found.lines[index].amount = 0 }
                    for index in month.lines.indices { month.lines[index].amount = 0 }
                }
                if found == month { continue }
                for (a, b) in zip(found.lines, month.lines) where a != b {
                    return "\(account.client.id) \(month.month)\n engine \(a)\n oracle \(b)"
                }
                return """
                    \(account.client.id) \(month.month)
                     engine \(found.contracts) \(found.grants) \(found.purchases) \(found.setAside) \(found.adjustments) \
                    \(found.lines.count)
                     oracle \(month.contracts) \(month.grants) \(month.purchases) \(month.setAside) \(month.adjustments) \
                    \(month.lines.count)
                    """
            }
        }
        return nil
    }

    @Test("Engine and oracle agree on random histories, to the second and the cent", arguments: 0..<shards)
    func agree(_ shard: Int) throws {
        if shard == 0 {
            print("MAINSTAY_SEED=\(OracleAgreementTests.seed) MAINSTAY_HISTORIES=\(OracleAgreementTests.count)")
        }
        let time = OracleTime()
        for number in stride(from: shard, to: OracleAgreementTests.count, by: OracleAgreementTests.shards) {
            let generator = HistoryGenerator(seed: OracleAgreementTests.seed &+ UInt64(number))
            if let difference = OracleAgreementTests.difference(generator.facts, generator.versions, time) {
                Issue.record("history \(OracleAgreementTests.seed &+ UInt64(number)): \(difference)")
                return
            }
        }
    }

    @Test("On small cases the oracle's own draw-down is the best of all lawful assignments, by trying every one")
    func exhaustive() {
        var random = Seeded(OracleAgreementTests.seed)
        for _ in 0..<1500 {
            let asks = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 0...3, using: &random) }
            let grants = (0..<Int.random(in: 1...3, using: &random)).map { _ in Int.random(in: 0...4, using: &random) }
            let draw = OracleDraw(
                asks: asks, rates: asks.map { _ in random.pick([0, 1, 1, 2]) }, grants: grants,
                allowed: asks.map { _ in grants.map { _ in random.chance(60) } })
            #expect(draw.bestForClient() == draw.exhaustive(), "\(draw)")
        }
    }

    @Test("On small cases the oracle keeps the most of what was issued of all lawful assignments, by trying every one")
    func keepsMost() {
        var random = Seeded(OracleAgreementTests.seed)
        for _ in 0..<1500 {
            let asks = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...3, using: &random) }
            let pieces = (0..<Int.random(in: 1...3, using: &random)).map { _ in Int.random(in: 1...4, using: &random) }
            let grantOf = random.pick([[0, 0, 1], [0, 1, 1], [0, 1, 2]]).prefix(pieces.count).map { $0 }
            let keep = OracleKeep(
                draw: OracleDraw(
                    asks: asks, rates: asks.map { _ in random.pick([0, 1, 1, 2]) }, grants: pieces,
                    allowed: asks.map { _ in pieces.map { _ in random.chance(70) } }),
                grantOf: grantOf, grantCount: 3,
                homes: asks.map { ask in (0..<3).map { _ in random.pick([0, 0, 1, ask]) } },
                isLeftOut: asks.map { _ in false })
            #expect(keep.takes(isGreedy: false) == keep.exhaustive(), "\(keep)")
        }
    }

    @Test("The same statements from facts in any order")
    func anyOrder() throws {
        for number in 0..<300 {
            let seed = OracleAgreementTests.seed &+ UInt64(number)
            let generator = HistoryGenerator(seed: seed)
            let history = try TermsHistory(generator.versions)
            var random = Seeded(seed)
            var shuffled = generator.facts
            shuffled.shuffle(&random)
            func months(_ facts: Facts) -> [Oracle.Month] {
                Rater(terms: history).accounts(of: facts).flatMap(\.statements).map { Oracle.Month($0) }
            }
            #expect(months(generator.facts) == months(shuffled), "history \(seed)")
        }
    }

    @Test(
        "Nothing is lost or made: every line and every grant adds up, and no entry is overage while an eligible hour idles"
    )
    func conservation() throws {
        for number in 0..<1000 {
            let seed = OracleAgreementTests.seed &+ UInt64(number)
            let generator = HistoryGenerator(seed: seed)
            let history = try TermsHistory(generator.versions)
            for account in Rater(terms: history).accounts(of: generator.facts) {
                let grants = GrantTotals(account.statements)
                #expect(grants.granted == grants.drawn + grants.lapsed + grants.left, "history \(seed)")
                for statement in account.statements {
                    #expect(statement.totals.isWhole, "history \(seed)")
                    for grant in statement.grants {
                        #expect(grant.opening == grant.drawn + grant.lapsed + grant.left, "history \(seed)")
                    }
                    guard statement.closedAt == nil else { continue }
                    for line in statement.lines where line.charged + line.toleranceWaived + line.withheld > .zero {
                        for grant in statement.workClass(of: line).eligible {
                            #expect(
                                statement.grants[grant].opening == statement.grants[grant].drawn,
                                "history \(seed): an eligible hour idles")
                        }
                    }
                }
            }
        }
    }

    @Test("A month rated again from what was known when it was closed comes to what was issued, withheld hours and all")
    func nothingNew() throws {
        for number in 0..<2000 {
            let seed = OracleAgreementTests.seed &+ UInt64(number)
            let generator = HistoryGenerator(seed: seed)
            let history = try TermsHistory(generator.versions)
            guard let first = generator.facts.closings.min(by: { $0.recordedAt < $1.recordedAt }) else { continue }
            let known = generator.facts.known(at: first.recordedAt)
            for account in Rater(terms: history).accounts(of: known) where account.client.id == first.client {
                #expect(account.statements.allSatisfy { $0.adjustments.isEmpty }, "history \(seed)")
            }
        }
    }

    @Test("The random histories meet every kind of trouble")
    func variety() throws {
        var met: [String: Int] = [:]
        for number in 0..<3000 {
            let generator = HistoryGenerator(seed: OracleAgreementTests.seed &+ UInt64(number))
            let history = try TermsHistory(generator.versions)
            var seen: Set<String> = []
            if !generator.facts.reopenings.isEmpty { seen.insert("reopened") }
            for statement in Rater(terms: history).accounts(of: generator.facts).flatMap(\.statements) {
                if !statement.adjustments.isEmpty { seen.insert("adjustments") }
                if !statement.setAside.isEmpty { seen.insert("set aside") }
                for line in statement.lines {
                    if line.kind == .rounding { seen.insert("rounding") }
                    if line.weighting != .zero { seen.insert("weighting") }
                    if line.parts > 1 { seen.insert("parts") }
                    if statement.draws(of: line).count > 1 { seen.insert("several grants") }
                    if line.toleranceWaived > .zero { seen.insert("tolerance") }
                    if line.roundingWaived > .zero { seen.insert("rounding waived") }
                    if line.lateWaived > .zero { seen.insert("late waived") }
                    if line.courtesy > .zero { seen.insert("courtesy") }
                    if line.notCharged > .zero { seen.insert("not charged") }
                    if line.withheld > .zero { seen.insert("withheld") }
                    if line.withheld > .zero, line.charged > .zero { seen.insert("partly withheld") }
                    switch statement.workClass(of: line).verdict {
                    case .covered where line.charged > .zero: seen.insert("overage")
                    case .chargedAtList where line.charged > .zero: seen.insert("at list")
                    default: break
                    }
                    for draw in statement.draws(of: line) {
                        if case .block = statement.grants[draw.grant].id { seen.insert("block") }
                    }
                }
            }
            for kind in seen { met[kind, default: 0] += 1 }
        }
        for kind in [
            "adjustments", "set aside", "rounding", "weighting", "parts", "several grants", "tolerance",
            "rounding waived",
            "late waived", "courtesy", "not charged", "overage", "at list", "block",
            "withheld", "partly withheld", "reopened",
        ] {
            #expect(met[kind, default: 0] >= 30, "\(kind): \(met[kind, default: 0]) of 3000 histories")
        }
    }
}

extension Facts {
    mutating func shuffle(_ random: inout Seeded) {
        clients.shuffle(using: &random)
        zoneChanges.shuffle(using: &random)
        projects.shuffle(using: &random)
        projectsDone.shuffle(using: &random)
        contracts.shuffle(using: &random)
        planChanges.shuffle(using: &random)
        contractEnds.shuffle(using: &random)
        negotiatedTerms.shuffle(using: &random)
        blocks.shuffle(using: &random)
        blockChanges.shuffle(using: &random)
        requests.shuffle(using: &random)
        requestMoves.shuffle(using: &random)
        requestApprovals.shuffle(using: &random)
        permits.shuffle(using: &random)
        timeEntries.shuffle(using: &random)
        timeCorrections.shuffle(using: &random)
        timeVoids.shuffle(using: &random)
        timeApprovals.shuffle(using: &random)
        courtesies.shuffle(using: &random)
        closings.shuffle(using: &random)
        reopenings.shuffle(using: &random)
    }
}
