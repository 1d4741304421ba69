import Agreements
import Exchange
import Foundation
import Rating
import Testing
import Values

@Suite("Statement JSON")
struct StatementJSONTests {
    private typealias Object = [String: Any]

    /// The seconds of hours as they are written.
    private static func seconds(_ value: Any?) -> Int {
        guard let text = value as? String else { return 0 }
        let size = Hours(text: text.hasPrefix("-") ? text.dropFirst() : text[...])?.seconds ?? 0
        return text.hasPrefix("-") ? -size : size
    }

    private static func minorUnits(_ value: Any?) -> Int {
        guard let text = value as? String else { return 0 }
        let size = Money(text: text.hasPrefix("-") ? text.dropFirst() : text[...], .usd)?.minorUnits ?? 0
        return text.hasPrefix("-") ? -size : size
    }

    private func statements(_ text: String) throws -> [Object] {
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
        #expect(document["mainstay_statements"] as? Int == 1)
        return try #require(document["statements"] as? [Object])
    }

    @Test("Hours and money that are written add up as those of the statement do")
    func sums() throws {
        let example = try AgencyExample()
        let rated = example.statements
        let written = try statements(StatementJSON.document(rated, words: example.words))
        #expect(written.count == rated.count && !rated.isEmpty)
        for (statement, written) in zip(rated, written) {
            let place = "\(statement.client.id) \(statement.period)"
            func objects(_ key: String) -> [Object] { written[key] as? [Object] ?? [] }
            let lines = objects("lines")
            #expect(lines.count == statement.lines.count, "\(place)")
            func sum(_ keys: String...) -> Int {
                lines.flatMap { line in keys.map { StatementJSONTests.seconds(line[$0]) } }.reduce(0, +)
            }
            let totals = statement.totals
            #expect(sum("worked") == totals.worked.seconds, "\(place)")
            #expect(sum("drawn") == totals.drawn.seconds, "\(place)")
            #expect(sum("charged") == totals.charged.seconds, "\(place)")
            #expect(
                sum("worked", "rounding", "weighting")
                    == sum(
                        "drawn", "charged", "courtesy", "within_tolerance", "rounding_waived", "late_waived",
                        "not_charged", "withheld"), "\(place)")
            let taken = lines.flatMap { $0["grants"] as? [Object] ?? [] }.map {
                StatementJSONTests.seconds($0["taken"])
            }
            #expect(taken.reduce(0, +) == totals.drawn.seconds, "\(place)")
            for grant in objects("grants") {
                let parts = ["drawn", "lapsed", "left"].map { StatementJSONTests.seconds(grant[$0]) }
                #expect(StatementJSONTests.seconds(grant["opening"]) == parts.reduce(0, +), "\(place)")
            }
            let amounts =
                (lines + objects("adjustments")).map { StatementJSONTests.minorUnits($0["amount"]) }
                + objects("contracts").map { StatementJSONTests.minorUnits($0["fee"]) }
                + objects("purchases").map { StatementJSONTests.minorUnits($0["price"]) }
            #expect(amounts.reduce(0, +) == statement.total.minorUnits, "\(place)")
            #expect(StatementJSONTests.minorUnits(written["total"]) == statement.total.minorUnits, "\(place)")
        }
    }

    @Test("Every line says its verdict, what that rests on, and what set its rate")
    func reasons() throws {
        let example = try AgencyExample()
        for statement in try statements(StatementJSON.document(example.statements, words: example.words)) {
            for line in statement["lines"] as? [Object] ?? [] {
                let coverage = line["coverage"] as? String
                #expect((line["verdict"] as? String)?.isEmpty == false)
                #expect((line["checklist"] as? [Object])?.isEmpty == false)
                #expect((coverage == "covered") == (line["contract"] != nil))
                #expect((coverage == "not-charged") == (line["rate"] == nil))
                #expect((line["rate"] == nil) == (line["rate_because"] == nil))
            }
            for adjustment in statement["adjustments"] as? [Object] ?? [] {
                #expect((adjustment["because"] as? String)?.isEmpty == false)
                let causes = try #require(adjustment["causes"] as? [Object])
                #expect(!causes.isEmpty && causes.allSatisfy { ($0["cause"] as? String)?.isEmpty == false })
            }
        }
    }

    @Test("The same facts in any order give the same bytes, as JSON and as CSV")
    func anyOrder() throws {
        let example = try AgencyExample()
        let (json, csv) = (
            StatementJSON.document(example.statements, words: example.words),
            StatementCSV.document(example.statements, words: example.words)
        )
        for seed in 1...3 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            let shuffled = example.statements(of: example.facts.shuffled(using: &random))
            #expect(StatementJSON.document(shuffled, words: example.words) == json, "seed \(seed)")
            #expect(StatementCSV.document(shuffled, words: example.words) == csv, "seed \(seed)")
        }
    }

    @Test("No statements are an empty list")
    func none() throws {
        let example = try AgencyExample()
        #expect(try statements(StatementJSON.document([], words: example.words)).isEmpty)
    }

    @Test("A closing made of a statement is written, read back the same, and sound")
    func closings() throws {
        let example = try AgencyExample()
        var facts = example.facts
        let closed = Set(facts.closings.map { "\($0.client) \($0.period)" })
        for statement in example.statements where !closed.contains("\(statement.client.id) \(statement.period)") {
            let at = Instant(seconds: (statement.period.lastDay.day + 3) * 86_400)
            facts.closings.append(Closing(of: statement, recordedAt: at))
        }
        #expect(facts.closings.count > closed.count)
        let read = try readFacts(FactsFile.jsonLines(facts))
        for closing in facts.closings {
            let same = read.closings.first { $0.client == closing.client && $0.period == closing.period }
            #expect(same?.available == closing.available)
            #expect(Set(same?.positions ?? []) == Set(closing.positions))
            #expect(same?.recordedAt == closing.recordedAt)
        }
        #expect(FactsCheck(terms: example.history).problems(in: read).map(\.description) == [])
    }
}
