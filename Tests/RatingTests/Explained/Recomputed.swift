import Agreements
import Exchange
import Foundation
import Rating
import Values
import Wording

/// A folder of explained statements, and what `Tests/Explain/recompute.py` says of them: a program that knows nothing else.
struct Recomputed {
    static let root: URL = {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root
    }()

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "mainstay-explain-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Writes every statement of some facts, as people see them.
    ///
    /// - Returns: how many.
    @discardableResult
    func write(_ facts: Facts, _ terms: TermsHistory, as name: String, through last: Period? = nil) throws -> Int {
        let words = Wording(terms)
        let place = folder.appending(path: name)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        var count = 0
        for statement in Rater(terms: terms).statements(of: facts, through: last).flatMap(\.statements) {
            let file = place.appending(path: "\(statement.client.id)-\(statement.period).json")
            try Data(ExplanationJSON.document(statement, words: words).utf8).write(to: file)
            count += 1
        }
        return count
    }

    /// Runs the program on the folder.
    func run() throws -> (exitCode: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", Recomputed.root.appending(path: "Tests/Explain/recompute.py").path, folder.path,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// The example agency, which lived under three versions of its terms.
    static func agency() throws -> (facts: Facts, terms: TermsHistory) {
        let examples = root.appending(path: "examples")
        let versions = try ["2009-11-06.yaml", "2012-08-20.yaml", "current.yaml"].map { name in
            try TermsFile.read(
                [UInt8](try Data(contentsOf: examples.appending(path: "terms").appending(path: name))), file: name)
        }
        let terms = try TermsHistory(versions)
        let data = try Data(contentsOf: examples.appending(path: "agency").appending(path: "facts.jsonl"))
        return (try FactsFile.read([UInt8](data), file: "facts.jsonl", currency: terms.currency), terms)
    }
}
