import Agreements
import Foundation
import Rating
import Testing
import Values

/// The laws of closed months (docs/rules.md, "The laws") on random histories, engine and oracle apart: `MAINSTAY_LAWS` says
/// how many, `MAINSTAY_SEED` which, `MAINSTAY_LAW` which law alone. A history that breaks one is made smaller before it is shown.
@Suite("Laws") struct Laws {
    static let count = Int(ProcessInfo.processInfo.environment["MAINSTAY_LAWS"] ?? "") ?? 5000
    static let seed = OracleAgreementTests.seed
    static let shards = 4
    static let subject: LawSubject =
        ProcessInfo.processInfo.environment["MAINSTAY_LAWS_OF"] == "oracle" ? .oracle : .engine

    /// What is asked of each history.
    struct Law {
        var name: String
        /// What breaks it; nil where it holds.
        var breach: (LawHistory) -> String?
    }

    /// All laws, or the one that is asked for.
    static func asked(_ compared: Comparisons) -> [Law] {
        let all = [
            Law(name: "rest", breach: rest),
            Law(name: "leastChange", breach: leastChange),
            Law(name: "keepsMost", breach: keepsMost),
            Law(name: "sum", breach: sum),
            Law(name: "sumOpen") { sumOpen($0, compared) },
            Law(name: "cause", breach: cause),
            Law(name: "namedCauses", breach: namedCauses),
            Law(name: "order", breach: order),
            Law(name: "sweepsEnd", breach: sweepsEnd),
        ]
        guard let name = ProcessInfo.processInfo.environment["MAINSTAY_LAW"] else { return all }
        return all.filter { $0.name == name }
    }

    static func history(_ seed: UInt64, _ time: OracleTime) -> LawHistory {
        let closer = subject.closer(time)
        let generator = HistoryGenerator(seed: seed, close: closer)
        return LawHistory(
            facts: generator.facts, versions: generator.versions, client: generator.client, time: time, close: closer)
    }

    /// Asks all laws of each history, which is dear to make. Of each law the first history that breaks it is shown.
    @Test("Closed months keep the laws on random histories", arguments: 0..<shards)
    func hold(_ shard: Int) {
        let compared = Comparisons()
        var laws = Laws.asked(compared)
        #expect(!laws.isEmpty, "MAINSTAY_LAW names no law")
        if shard == 0 {
            print("MAINSTAY_SEED=\(Laws.seed) MAINSTAY_LAWS=\(Laws.count): \(laws.map(\.name).joined(separator: ", "))")
        }
        let time = OracleTime()
        for number in stride(from: shard, to: Laws.count, by: Laws.shards) {
            let seed = Laws.seed &+ UInt64(number)
            let history = Laws.history(seed, time)
            laws.removeAll { law in
                guard let found = law.breach(history) else { return false }
                let smallest = history.shrunk { law.breach($0) != nil }
                Issue.record(
                    "\(law.name), history \(seed): \(law.breach(smallest) ?? found)\n\(smallest.text)")
                return true
            }
        }
        guard compared.closed > 1000 else { return }
        print("as if open: \(compared.compared) of \(compared.closed) closed months compared without an exception")
        #expect(compared.compared * 10 > compared.closed * 3)
    }

    // MARK: Rest

    /// Rest: where no fact but closings is new, nothing is adjusted.
    static func rest(_ history: LawHistory) -> String? {
        func adjusted(_ history: LawHistory, after closed: Period) -> String? {
            let month = subject.months(history, through: closed.next).first { $0.period == closed.next }
            guard let found = month?.adjustments, !found.isEmpty else { return nil }
            return "after the closing of \(closed), \(closed.next) adjusts\n" + Laws.text(found)
        }
        // After each closing of the history.
        for closing in history.facts.closings {
            var known = history
            known.facts = history.facts.known(at: closing.recordedAt)
            guard known.lastClosed == closing.period else { continue }
            if let found = adjusted(known, after: closing.period) { return found }
        }
        // And after it, month after month.
        var now = history
        guard let last = history.lastClosed else { return nil }
        for number in 1...2 {
            let latest = (now.facts.closings.map(\.recordedAt) + history.events.map(\.at)).max()
            let instant = Instant(seconds: (latest?.seconds ?? 0) + 1)
            guard let closing = history.close(now.facts, now.versions, now.client, last + number, instant) else {
                return nil
            }
            now.facts.closings.append(closing)
            if let found = adjusted(now, after: last + number) { return "(closed once more) " + found }
        }
        return nil
    }

    // MARK: Least change

    /// Least change: engine and oracle have the same months.
    static func leastChange(_ history: LawHistory) -> String? {
        guard subject == .engine else { return nil }
        return OracleAgreementTests.difference(history.facts, history.versions, history.time)
    }

    /// Least change: no exchange of hours between lines keeps more of what was issued.
    static func keepsMost(_ history: LawHistory) -> String? {
        var random = Seeded(1)
        for month in history.months
        where month.isClosed && month.drawOrder == .bestForClient {
            if hasHoursThatCameLater(history, month, nil) { continue }
            let issued = issued(history, month.period)
            // Lines that are a position by themselves; what all others draw stays where it is.
            let lines = month.lines.filter { line in
                line.asked > 0 && month.lines.filter { $0.key == line.key }.count == 1
            }
            guard lines.count > 1 else { continue }
            let names = month.grants.map(\.name)
            let homes = lines.map { line in home(issued[line.key]?.draws ?? [:], names, line.asked) }
            func kept(_ takes: [[String: Int]]) -> Int {
                takes.indices.reduce(0) { sum, line in
                    sum + names.reduce(0) { $0 + min(homes[line][$1] ?? 0, takes[line][$1] ?? 0) }
                }
            }
            let takes = lines.map(\.draws)
            for _ in 0..<20 {
                let other = exchanged(takes, lines, names, &random)
                guard kept(other) > kept(takes) else { continue }
                let texts = lines.indices.map { line in
                    "  \(lines[line].key): issued \(homes[line]), now \(takes[line]), could be \(other[line])"
                }
                return "\(month.period) keeps \(kept(takes)) s and could keep \(kept(other)) s\n"
                    + texts.joined(separator: "\n")
            }
        }
        return nil
    }

    /// Another lawful assignment with as much covered of each rate and used of each grant: a few random exchanges.
    private static func exchanged(
        _ takes: [[String: Int]], _ lines: [LawMonth.Line], _ names: [String], _ random: inout Seeded
    ) -> [[String: Int]] {
        var takes = takes
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let (one, two) = (random.pick(Array(lines.indices)), random.pick(Array(lines.indices)))
            let (grant, other) = (random.pick(names), random.pick(names))
            guard one != two, lines[two].eligible.contains(grant) else { continue }
            var most = takes[one][grant] ?? 0
            let isSwap = random.chance(60)
            if isSwap {
                guard lines[one].eligible.contains(other), grant != other else { continue }
                most = min(most, takes[two][other] ?? 0)
            } else {
                guard lines[one].rate == lines[two].rate else { continue }
                most = min(most, lines[two].asked - takes[two].values.reduce(0, +))
            }
            guard most > 0 else { continue }
            let seconds = random.chance(60) ? most : Int.random(in: 1...most, using: &random)
            takes[one][grant, default: 0] -= seconds
            takes[two][grant, default: 0] += seconds
            if isSwap {
                takes[two][other, default: 0] -= seconds
                takes[one][other, default: 0] += seconds
            }
        }
        return takes
    }

    /// What was issued as drawn, and no more than there is work now: of grants that are gone, then of the last ones, the
    /// rest falls away.
    private static func home(_ issued: [String: Int], _ names: [String], _ most: Int) -> [String: Int] {
        var home = issued
        var over = max(0, issued.values.reduce(0, +) - most)
        for name in issued.keys.filter({ !names.contains($0) }) + names.reversed() {
            let less = min(over, home[name] ?? 0)
            home[name, default: 0] -= less
            over -= less
        }
        return home.filter { $0.value > 0 }
    }

    // MARK: Sum

    /// Sum: what was issued and what is adjusted is what closed months come to now.
    static func sum(_ history: LawHistory) -> String? {
        guard let last = history.lastClosed else { return nil }
        let months = history.months
        let adjustments = months.first { $0.period == last.next }?.adjustments ?? [:]
        var unused = Set(adjustments.keys)
        for month in months where month.isClosed {
            let issued = issued(history, month.period)
            let adjusted = adjustments.filter { $0.key.hasPrefix("\(month.period) ") }
            var sum: [String: Oracle.Difference] = [:]
            for (key, position) in issued { sum["\(month.period) \(key)", default: .init()].add(position, 1) }
            for (key, position) in adjusted {
                sum[key, default: .init()].add(position, 1)
                unused.remove(key)
            }
            for key in Set(month.positions.keys.map { "\(month.period) \($0)" }).union(sum.keys).sorted() {
                let now = month.positions.first { "\(month.period) \($0.key)" == key }?.value ?? .init()
                if now != sum[key] ?? .init() {
                    return "\(key)\n issued + adjusted \(sum[key] ?? .init())\n now               \(now)"
                }
            }
        }
        return unused.isEmpty ? nil : "adjustments of months that are not closed: \(unused.sorted())"
    }

    /// How many closed months could be compared with what they would be if they had never been closed.
    final class Comparisons {
        var compared = 0
        var closed = 0
    }

    /// Sum: closed months cover and use what they would if they had never been closed.
    static func sumOpen(_ history: LawHistory, _ compared: Comparisons) -> String? {
        guard let last = history.lastClosed else { return nil }
        // Two open months more: what closed ones drew is missing there.
        let months = history.months.filter { $0.period <= last + 2 }
        var neverClosed = history
        neverClosed.facts.closings = []
        neverClosed.facts.reopenings = []
        let open = subject.months(neverClosed, through: last + 2)
        var wasExcepted = false
        for month in months {
            // A month of which nothing is left but its closing is no month where it was never closed.
            let other = open.first { $0.period == month.period } ?? LawMonth(nothingIn: month.period)
            if month.isClosed { compared.closed += 1 }
            let blocks = month.eligible.union(other.eligible).filter { $0.hasPrefix("block ") }
            if isExcepted(history, month, other, months) || (wasExcepted && !blocks.isEmpty) {
                // What it draws otherwise is missing, or left, in later months.
                wasExcepted = true
                continue
            }
            if month.isClosed { compared.compared += 1 }
            if month.drawnByGrant != other.drawnByGrant {
                return "\(month.period) uses \(month.drawnByGrant), open it would use \(other.drawnByGrant)"
            }
            if month.coveredByRate != other.coveredByRate {
                return "\(month.period) covers by rate \(month.coveredByRate), open \(other.coveredByRate)"
            }
        }
        return nil
    }

    /// The exceptions that the law names.
    private static func isExcepted(
        _ history: LawHistory, _ month: LawMonth, _ other: LawMonth, _ months: [LawMonth]
    ) -> Bool {
        guard month.isClosed else { return false }
        // Late time waived or refused.
        if month.hasLateTimeGiven { return true }
        // Hours that later closed months hold, of a block that this one could draw on.
        for later in months where later.isClosed && later.period > month.period {
            for (grant, seconds) in later.drawnByGrant where grant.hasPrefix("block ") && seconds > 0 {
                if other.eligible.contains(grant) { return true }
            }
        }
        return hasHoursThatCameLater(history, month, other)
    }

    /// Hours that came after the invoice: a block bought or changed, or an allotment raised, after a closing that issued
    /// something for the month. Of blocks only those that the month may draw on, where an open month shows which.
    private static func hasHoursThatCameLater(_ history: LawHistory, _ month: LawMonth, _ open: LawMonth?) -> Bool {
        let layers = history.facts.closingsInForce.filter { closing in
            closing.period == month.period || closing.positions.contains { $0.period == month.period }
        }
        guard let first = layers.map(\.recordedAt).min() else { return false }
        for block in history.facts.blocks {
            if let open, !open.eligible.contains("block \(block.id)") { continue }
            if block.recordedAt > first { return true }
            let changes = history.facts.blockChanges.filter { $0.block == block.id }
            if changes.contains(where: { $0.recordedAt > first }) { return true }
            if block.endsWithProject, history.facts.projectsDone.contains(where: { $0.recordedAt > first }) {
                return true
            }
        }
        for grant in (open ?? month).grants where grant.name.hasPrefix("plan ") {
            for layer in layers {
                let said = layer.period == month.period ? layer.available : layer.availableEarlier[month.period]
                let hours = said?[Oracle.grant(grant.name, month.period)]?.seconds
                if layer.period == month.period || hours != nil, grant.opening > hours ?? 0 { return true }
            }
        }
        return false
    }

    // MARK: Order and ends

    /// Order: the same months from facts in any order.
    static func order(_ history: LawHistory) -> String? {
        guard let last = history.lastClosed else { return nil }
        var random = Seeded(UInt64(history.facts.timeEntries.count))
        var shuffled = history
        shuffled.facts.shuffle(&random)
        for (one, two) in zip(history.months, subject.months(shuffled, through: last.next))
        where one.positions != two.positions || one.adjustments != two.adjustments {
            return "\(one.period)\n in order \(one.positions)\n shuffled \(two.positions)"
        }
        return nil
    }

    /// The oracle's sweeps over closed months end, and soon.
    static func sweepsEnd(_ history: LawHistory) -> String? {
        guard history.lastClosed != nil else { return nil }
        let oracle = Oracle(history.facts, history.versions, history.client, history.time)
        _ = oracle.months(history.months.map { "\($0.period)" })
        return oracle.sweeps < 12 ? nil : "\(oracle.sweeps) sweeps"
    }

    // MARK: Helpers

    /// What all standing closings together issued for a month.
    static func issued(_ history: LawHistory, _ month: Period) -> [PositionKey: Oracle.Difference] {
        var sum: [PositionKey: Oracle.Difference] = [:]
        for closing in history.facts.closingsInForce where closing.client == history.client {
            for position in closing.positions where position.period == month {
                sum[position.key, default: .init()].add(Oracle.difference(position), 1)
            }
        }
        return sum
    }

    static func text(_ adjustments: [String: Oracle.Difference]) -> String {
        adjustments.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value.text)" }.joined(separator: "\n")
    }
}

extension Oracle.Difference {
    /// What is not nothing.
    var text: String {
        var parts = draws.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        for (name, value) in [
            ("worked", worked), ("charged", charged), ("courtesy", courtesy), ("waived", waived), ("free", free),
            ("withheld", withheld), ("amount", amount),
        ] where value != 0 {
            parts.append("\(name) \(value)")
        }
        return parts.joined(separator: ", ")
    }
}
