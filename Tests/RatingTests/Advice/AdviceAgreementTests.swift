import Agreements
import Foundation
import Rating
import Testing
import Values

/// The advisor against every way there is, on random months. `MAINSTAY_MONTHS` says how many, `MAINSTAY_SEED` which.
@Suite("P6 oracle") struct AdviceAgreementTests {
    static let count = Int(ProcessInfo.processInfo.environment["MAINSTAY_MONTHS"] ?? "") ?? 150
    static let isThorough = ProcessInfo.processInfo.environment["MAINSTAY_MONTHS"] != nil
    static let seed =
        UInt64(ProcessInfo.processInfo.environment["MAINSTAY_SEED"] ?? "") ?? UInt64.random(in: 0..<1_000_000_000)

    /// A random month with work in it, and hours on sale in random steps and at a random price.
    struct Month {
        var versions: [Terms]
        var facts: Facts
        var client: ClientID
        var period: Period
        var date: CivilDate

        init?(seed: UInt64, isOpen: Bool) {
            var random = Seeded(seed &* 7919)
            let generator = HistoryGenerator(seed: seed)
            versions = generator.versions
            facts = generator.facts
            client = generator.client
            let closed = Set(facts.closingsInForce.map(\.period))
            let months = (0..<3).map { Period(index: 2026 * 12) + $0 }.filter { !isOpen || !closed.contains($0) }
            guard !months.isEmpty else { return nil }
            period = random.pick(months)
            date = random.pick([period.firstDay, period.firstDay + 1, period.firstDay + 14])
            guard
                let oracle = AdviceOracle(versions, facts, client, period, date: date, isOpen: isOpen),
                let asked = oracle.statement().map(AdviceOracle.asked), asked > .zero
            else { return nil }
            // So few sizes that all of them can be tried together.
            let quarters = max(1, asked.seconds / 900 / random.pick([1, 2, 3]))
            let step = Hours(seconds: random.pick([quarters, quarters, 20]) * 900)
            let sale = BlockTerms(
                pricePerHour: random.pick(["150.00", "99.99", "75.00", "140.00", "33.33"].map { Story.rate($0) }),
                minimum: random.pick([step, step, Hours(seconds: step.seconds * 2), Hours(0, 10)]), step: step,
                expiry: random.pick([.months(1), .months(0), .never, .projectDone]),
                usableBeforePaid: random.chance(80))
            let isSold = random.chance(95)
            for index in versions.indices { versions[index].blocks = isSold ? sale : nil }
        }
    }

    static func months(isOpen: Bool) -> [(seed: UInt64, month: Month)] {
        var months: [(seed: UInt64, month: Month)] = []
        var next = seed
        while months.count < count {
            if let month = Month(seed: next, isOpen: isOpen) { months.append((next, month)) }
            next &+= 1
        }
        return months
    }

    @Test("No lawful way over a month is cheaper than the one that is named")
    func cheapest() throws {
        print("MAINSTAY_SEED=\(AdviceAgreementTests.seed) MAINSTAY_MONTHS=\(AdviceAgreementTests.count)")
        var wrong = 0
        for (seed, month) in AdviceAgreementTests.months(isOpen: true) {
            let advisor = Advisor(
                terms: try TermsHistory(month.versions), facts: month.facts, client: month.client)
            let oracle = try AdviceOracle(
                month.versions, month.facts, month.client, month.period, date: month.date, isOpen: true
            ).orThrow()
            let best = try oracle.cheapest(blocks: AdviceAgreementTests.isThorough ? 3 : 2).orThrow()
            let ways = advisor.ways(for: month.period, on: month.date)
            let named = try ways.first.orThrow()
            let isRight = named.total.minorUnits <= best.total && AdviceAgreementTests.isTrue(ways, oracle)
            if isRight { continue }
            wrong += 1
            if wrong <= 5 {
                Issue.record("\(seed) \(month.period): named \(named.way) \(named.total), there is \(best)")
            }
        }
        #expect(wrong == 0, "of \(AdviceAgreementTests.count) months")
    }

    /// Whether each way listed comes to just what rating gives, and the list is in order.
    static func isTrue(_ ways: [Alternative], _ oracle: AdviceOracle) -> Bool {
        let totals = ways.map(\.total.minorUnits)
        return totals == totals.sorted() && Set(ways.map(\.way)).count == ways.count
            && ways.allSatisfy { oracle.figures($0.way).map($0.isLike) ?? false }
    }

    @Test("On a past month no way is cheaper than the ones that are listed, closed or not")
    func pastMonth() throws {
        var wrong = 0
        var random = Seeded(AdviceAgreementTests.seed)
        for (seed, month) in AdviceAgreementTests.months(isOpen: false) {
            let advisor = Advisor(terms: try TermsHistory(month.versions), facts: month.facts, client: month.client)
            let history = advisor.history(month.period...month.period)
            // What is agreed, and of the rest enough.
            let others = Set(history.dropFirst().map(\.way.agreement)).subtracting([.asAgreed])
            let few = others.sorted { "\($0)" < "\($1)" }.shuffled(using: &random)
            for agreement in [.asAgreed] + few.prefix(AdviceAgreementTests.isThorough ? .max : 1) {
                let oracle = try AdviceOracle(
                    month.versions, AdviceOracle.facts(month.facts, agreement), month.client, month.period,
                    date: month.period.firstDay, isOpen: false
                ).orThrow()
                let listed = history.filter { $0.way.agreement == agreement }
                let named = try listed.map(\.total.minorUnits).min().orThrow()
                let best = try oracle.cheapest(
                    blocks: AdviceAgreementTests.isThorough ? 3 : 2, changingPlans: false
                ).orThrow()
                let areTrue = listed.allSatisfy { way in
                    oracle.figures(.init(.asAgreed, ahead: way.way.ahead)).map(way.isLike) ?? false
                }
                if named <= best.total, areTrue { continue }
                wrong += 1
                if wrong <= 5 {
                    Issue.record("\(seed) \(month.period) \(agreement): named \(named) \(areTrue), there is \(best)")
                }
            }
        }
        #expect(wrong == 0, "of \(AdviceAgreementTests.count) months")
    }

    @Test("Over several months each way is what rating gives, and buying is listed only where it is cheaper")
    func severalMonths() throws {
        let first = Period(index: 2026 * 12)
        var bought = 0
        for (seed, month) in AdviceAgreementTests.months(isOpen: false).prefix(AdviceAgreementTests.count / 3) {
            let terms = try TermsHistory(month.versions)
            let history = Advisor(terms: terms, facts: month.facts, client: month.client).history(first...(first + 2))
            #expect(history[0].way == .asAgreed, "\(seed)")
            for way in history {
                let facts = AdviceOracle.facts(month.facts, way.way.agreement)
                let oracle = try AdviceOracle(
                    month.versions, facts, month.client, first + 2, date: first.firstDay, isOpen: false
                ).orThrow()
                let rated = oracle.figures(.init(.asAgreed, ahead: way.way.ahead), since: first)
                #expect(rated.map(way.isLike) ?? false, "\(seed) \(way)")
                guard !way.way.ahead.isEmpty else { continue }
                bought += 1
                let plain = history.first { $0.way == .init(way.way.agreement) }
                #expect(plain.map { way.total.minorUnits < $0.total.minorUnits } ?? false, "\(seed) \(way)")
                // No purchase of these is one too many.
                for place in way.way.ahead.indices {
                    var fewer = way.way.ahead
                    fewer.remove(at: place)
                    let other = oracle.figures(.init(.asAgreed, ahead: fewer), since: first)
                    #expect(other.map { way.total.minorUnits <= $0.total } ?? false, "\(seed) \(way)")
                }
            }
        }
        #expect(bought > 0)
    }

    @Test("The laws that bound the search: more hours never raise a charge, and pay for at most as many hours")
    func laws() throws {
        var random = Seeded(AdviceAgreementTests.seed &+ 1)
        for (seed, month) in AdviceAgreementTests.months(isOpen: true) {
            let oracle = try AdviceOracle(
                month.versions, month.facts, month.client, month.period, date: month.date, isOpen: true
            ).orThrow()
            func some(_ blocks: Int) -> [(scope: Block.Scope, hours: Hours)] {
                oracle.scopes.shuffled(using: &random).prefix(blocks).map {
                    ($0, Hours(seconds: Int.random(in: 1...40, using: &random) * 450))
                }
            }
            let few = some(Int.random(in: 0...2, using: &random))
            let more = some(1)
            let before = try oracle.statement(.init(blocks: few)).orThrow()
            // A block of its own, for one that the few have may have other hours.
            let after = try oracle.statement(.init(blocks: few + more)).orThrow()
            func over(_ line: WorkLine) -> Int { line.charged.seconds + line.toleranceWaived.seconds }
            for (line, now) in zip(before.lines, after.lines) {
                #expect(now.charged <= line.charged && over(now) <= over(line), "\(seed) \(few) \(more)")
            }
            let paid = before.lines.reduce(0) { $0 + over($1) } - after.lines.reduce(0) { $0 + over($1) }
            #expect(paid <= more[0].hours.seconds, "\(seed) \(few) \(more)")
            // Hours that nobody draws change nothing.
            let drawn = after.grants.first { $0.id == .block(BlockID("advice-z\(few.count)")) }?.drawn ?? .zero
            guard drawn < more[0].hours else { continue }
            let larger = [(scope: more[0].scope, hours: more[0].hours + Hours(10))]
            let end = try oracle.statement(.init(blocks: few + larger)).orThrow()
            #expect(end.lines.map(\.amount) == after.lines.map(\.amount), "\(seed) \(few) \(more)")
        }
    }
}
