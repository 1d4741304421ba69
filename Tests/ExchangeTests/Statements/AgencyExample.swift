import Agreements
import Exchange
import Foundation
import Rating
import Wording

/// The example agency of the repository, which lived under three versions of its terms.
struct AgencyExample {
    let history: TermsHistory
    let facts: Facts

    init() throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let examples = root.appending(path: "examples")
        let versions = try ["2009-11-06.yaml", "2012-08-20.yaml", "current.yaml"].map { name in
            let data = try Data(contentsOf: examples.appending(path: "terms").appending(path: name))
            return try TermsFile.read([UInt8](data), file: name)
        }
        history = try TermsHistory(versions)
        let data = try Data(contentsOf: examples.appending(path: "agency").appending(path: "facts.jsonl"))
        facts = try FactsFile.read([UInt8](data), file: "facts.jsonl", currency: history.currency)
    }

    func statements(of facts: Facts) -> [Statement] {
        Rater(terms: history).accounts(of: facts).flatMap(\.statements)
    }

    var statements: [Statement] { statements(of: facts) }
    var words: Wording { Wording(history) }
}
