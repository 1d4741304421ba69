import Agreements
import Exchange
import Foundation
import Rating
import Testing
import Wording

/// Every figure of every statement can be computed again from its explanation alone (docs/explain.md).
/// `MAINSTAY_EXPLAIN` says of how many random histories, `MAINSTAY_SEED` of which.
@Suite("Explained") struct RecomputeTests {
    static let count = Int(ProcessInfo.processInfo.environment["MAINSTAY_EXPLAIN"] ?? "") ?? 200

    @Test("The statements of the example agency come out by their explanations")
    func agency() throws {
        let folder = try Recomputed()
        defer { folder.remove() }
        let (facts, terms) = try Recomputed.agency()
        let count = try folder.write(facts, terms, as: "agency")
        #expect(count > 20)
        let (exitCode, output) = try folder.run()
        print("agency: \(output.suffix(80))")
        #expect(exitCode == 0, "\(output)")
        #expect(output.hasPrefix("\(count) statements recomputed, "))
    }

    @Test("The statements of random histories come out by their explanations")
    func histories() throws {
        let folder = try Recomputed()
        defer { folder.remove() }
        var count = 0
        for number in 0..<RecomputeTests.count {
            let seed = OracleAgreementTests.seed &+ UInt64(number)
            let generator = HistoryGenerator(seed: seed)
            count += try folder.write(
                generator.facts, try TermsHistory(generator.versions), as: "history-\(seed)")
        }
        let (exitCode, output) = try folder.run()
        let which = "MAINSTAY_SEED=\(OracleAgreementTests.seed) MAINSTAY_EXPLAIN=\(RecomputeTests.count)"
        print("\(which): \(output.suffix(80))")
        #expect(exitCode == 0, "\(which)\n\(output)")
        #expect(output.hasPrefix("\(count) statements recomputed, "))
    }

    static let realLog = Recomputed.root.deletingLastPathComponent().appending(
        path: "shared/data/sip/harvest.csv")

    @Test(
        "The statements of the real log come out by their explanations",
        .enabled(if: FileManager.default.fileExists(atPath: realLog.path)))
    func everyMonthOfTheLog() throws {
        let current = Recomputed.root.appending(path: "examples/terms/current.yaml")
        let terms = TermsHistory(
            always: try TermsFile.read([UInt8](try Data(contentsOf: current)), file: "current.yaml"))
        let today = Story.date("2026-01-01")
        let bytes = [UInt8](try Data(contentsOf: RecomputeTests.realLog))
        let export = try bytes.withUnsafeBufferPointer {
            try TimeExport.read($0, file: "harvest.csv", dateFormat: nil, allowsLongEntries: true, today: today)
        }
        let draft = [UInt8](MappingDraft(export, terms: terms).text.utf8)
        let mapping = try MappingFile.read(draft, file: "map.yaml", terms: terms)
        let facts = try TimeImport(mapping: mapping, terms: terms, known: Facts()).facts(of: export)
        let folder = try Recomputed()
        defer { folder.remove() }
        let count = try folder.write(facts, terms, as: "log", through: Story.period("2014-12"))
        let (exitCode, output) = try folder.run()
        print("real log: \(output.suffix(80))")
        #expect(exitCode == 0, "\(output)")
        #expect(count == 18 * 127)
    }

    // MARK: The test of the test

    private typealias Object = [String: Any]

    /// One figure made wrong by hand.
    private struct Break: Sendable {
        var name: String
        /// Breaks a document, and says whether it has such a figure.
        var apply: @Sendable (inout Object) -> Bool

        init(_ name: String, _ apply: @escaping @Sendable (inout Object) -> Bool) {
            self.name = name
            self.apply = apply
        }

        /// Adds to one number of the first element that has it above zero.
        init(
            _ list: String, _ field: String, add: Int = 1,
            where isMeant: @escaping @Sendable (Object) -> Bool = { _ in true }
        ) {
            self.init("\(list): \(field)") { document in
                guard var elements = document[list] as? [Object],
                    let place = elements.firstIndex(where: { ($0[field] as? Int ?? 0) > 0 && isMeant($0) })
                else { return false }
                elements[place][field] = (elements[place][field] as? Int ?? 0) + add
                document[list] = elements
                return true
            }
        }
    }

    /// Changes one element of a list in an object, and says whether there was one to change.
    private static func change(_ object: inout Object, _ list: String, _ change: (inout Object) -> Bool) -> Bool {
        guard var elements = object[list] as? [Object] else { return false }
        for place in elements.indices where change(&elements[place]) {
            object[list] = elements
            return true
        }
        return false
    }

    private static func add(_ number: Int, to field: String, of object: inout Object) -> Bool {
        guard let value = object[field] as? Int else { return false }
        object[field] = value + number
        return true
    }

    private static let breaks: [Break] = [
        Break("lines", "worked"), Break("lines", "drawn"), Break("lines", "charged"), Break("lines", "amount"),
        Break("lines", "rate"), Break("lines", "base_rate", add: 100) { ($0["charged"] as? Int ?? 0) > 0 },
        Break("lines", "courtesy"), Break("lines", "within_tolerance"), Break("lines", "withheld"),
        Break("lines", "rounding"), Break("lines", "rounding_waived"), Break("lines", "weighting"),
        Break("lines", "not_charged"), Break("lines", "end"), Break("grants", "opening"), Break("grants", "drawn"),
        Break("grants", "lapsed"), Break("grants", "left"), Break("groups", "billed", add: 900),
        Break("groups", "asked"), Break("contracts", "fee"), Break("contracts", "hours"), Break("contracts", "overage"),
        Break("purchases", "price"), Break("permits", "left"), Break("set_aside", "hours"),
        Break("billed") { add(1, to: "billed", of: &$0) },
        Break("a draw from another grant") { document in
            change(&document, "lines") { line in
                guard let grants = line["may_draw_on"] as? [String], grants.count > 1 else { return false }
                return change(&line, "draws") { draw in
                    guard let other = grants.first(where: { $0 != draw["grant"] as? String }) else { return false }
                    draw["grant"] = other
                    return true
                }
            }
        },
        Break("the share of an upgrade") { document in
            change(&document, "contracts") { contract in
                guard var terms = contract["fee_terms"] as? Object else { return false }
                defer { contract["fee_terms"] = terms }
                return change(&terms, "upgrades") { step in
                    guard var share = step["share"] as? Object else { return false }
                    defer { step["share"] = share }
                    return add(-1, to: "days", of: &share)
                }
            }
        },
        Break("the fee of an upgrade's plan") { document in
            change(&document, "contracts") { contract in
                guard var terms = contract["fee_terms"] as? Object else { return false }
                defer { contract["fee_terms"] = terms }
                return change(&terms, "upgrades") { add(1000, to: "before", of: &$0) }
            }
        },
        Break("what an earlier month drew of a block") { document in
            change(&document, "grants") { grant in change(&grant, "drawn_earlier") { add(-1, to: "hours", of: &$0) } }
        },
        Break("the margin of a tolerance") { document in
            change(&document, "contracts") { contract in
                guard var tolerance = contract["tolerance"] as? Object else { return false }
                defer { contract["tolerance"] = tolerance }
                return add(60, to: "margin", of: &tolerance)
            }
        },
        Break("the amount of a cause") { document in
            change(&document, "adjustments") { change(&$0, "causes") { add(1, to: "amount", of: &$0) } }
        },
        Break("the rate before a fact") { document in
            change(&document, "adjustments") { adjustment in
                change(&adjustment, "causes") { change(&$0, "before") { add(100, to: "rate", of: &$0) } }
            }
        },
        Break("the hours of a group's price") { document in
            change(&document, "groups") { change(&$0, "prices") { add(1, to: "amount", of: &$0) } }
        },
    ]

    @Test("A figure that is made wrong by hand is noticed, whichever it is")
    func noticed() throws {
        let folder = try Recomputed()
        defer { folder.remove() }
        var documents: [(name: String, text: String)] = []
        var histories = [try Recomputed.agency()]
        for number in 0..<150 as Range<UInt64> {
            let generator = HistoryGenerator(seed: 1 + number)
            histories.append((generator.facts, try TermsHistory(generator.versions)))
        }
        for (number, history) in histories.enumerated() {
            for statement in Rater(terms: history.terms).statements(of: history.facts).flatMap(\.statements) {
                documents.append(
                    (
                        "\(number) \(statement.client.id) \(statement.period)",
                        ExplanationJSON.document(statement, words: Wording(history.terms))
                    ))
            }
        }
        let file = folder.folder.appending(path: "statement.json")
        for wrong in RecomputeTests.breaks {
            var isFound = false
            for (name, text) in documents {
                guard var document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object,
                    wrong.apply(&document)
                else { continue }
                isFound = true
                try Data(text.utf8).write(to: file)
                #expect(try folder.run().exitCode == 0, "\(name) as it was")
                try JSONSerialization.data(withJSONObject: document).write(to: file)
                let (exitCode, output) = try folder.run()
                #expect(exitCode == 1 && output.contains(", computed "), "\(wrong.name) of \(name): \(output)")
                break
            }
            #expect(isFound, "no statement has \(wrong.name)")
        }
    }

    @Test("The same facts in any order give the same bytes")
    func anyOrder() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let generator = HistoryGenerator(seed: seed)
            let terms = try TermsHistory(generator.versions)
            func documents(_ facts: Facts) -> [String] {
                Rater(terms: terms).statements(of: facts).flatMap(\.statements).map {
                    ExplanationJSON.document($0, words: Wording(terms))
                }
            }
            var random = Seeded(seed)
            var shuffled = generator.facts
            shuffled.shuffle(&random)
            #expect(documents(shuffled) == documents(generator.facts), "history \(seed)")
        }
    }
}
