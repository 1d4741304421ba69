import Exchange
import Testing
import Values

/// Numbers that look random and are the same in every run (SplitMix64).
private struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Mutated terms files")
struct TermsMutationTests {
    private let fragments = [
        "", " ", "\t", "-", "- ", "? ", ": ", "{", "}", "[", "]", "\"", "'", "|", ">", "#", "&a ", "*a", "<<: *a",
        "!t ",
        "---", "...", "null", "-1", "0", "1e9", "999999999999999999999", "0x10", "é", "\u{0}", "\u{E000}", "\u{FEFF}",
        "plans:", "  care-2: {}", "hours: 2:30", "mainstay_terms: 2", "%YAML 1.2", "@", "`", ",", "\r",
    ]

    @Test(
        "Whatever is done to its lines, a file reads or its problems have lines; nothing crashes",
        arguments: [1, 2, 3, 4])
    func lines(_ seed: UInt64) throws {
        print("seed \(seed)")
        var numbers = SeededNumbers(state: seed)
        let original = String(decoding: try repositoryFile("examples/terms/current.yaml"), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var sound = 0
        for round in 0..<1000 {
            var lines = original
            for _ in 0...Int.random(in: 0..<4, using: &numbers) { mutate(&lines, &numbers) }
            let text = lines.joined(separator: "\n")
            // A carriage return ends a line too.
            let lineCount = lines.count + text.unicodeScalars.count { $0 == "\r" }
            do throws(Problems) {
                _ = try TermsFile.read(Array(text.utf8), file: "t.yaml")
                sound += 1
            } catch {
                #expect(!error.all.isEmpty)
                for problem in error.all {
                    let line = problem.line ?? 0
                    #expect((1...lineCount + 1).contains(line), "round \(round): \(problem)")
                    #expect(problem.file == "t.yaml" && !problem.message.isEmpty && !problem.fix.isEmpty)
                }
                #expect(error.all == error.all.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
            }
        }
        // Both ways out were taken.
        #expect((50..<950).contains(sound))
    }

    @Test("Whatever is done to its bytes, nothing crashes", arguments: [11, 12])
    func bytes(_ seed: UInt64) throws {
        print("seed \(seed)")
        var numbers = SeededNumbers(state: seed)
        let original = try repositoryFile("examples/terms/current.yaml")
        for _ in 0..<1000 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<6, using: &numbers) {
                let place = Int.random(in: 0..<bytes.count, using: &numbers)
                switch Int.random(in: 0..<4, using: &numbers) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
                case 1: bytes[place] = UInt8.random(in: 32...126, using: &numbers)
                case 2: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 32...126, using: &numbers), at: place)
                }
            }
            do throws(Problems) { _ = try TermsFile.read(bytes, file: "t.yaml") } catch { #expect(!error.all.isEmpty) }
        }
    }

    private func mutate(_ lines: inout [String], _ numbers: inout SeededNumbers) {
        let place = Int.random(in: 0..<lines.count, using: &numbers)
        let other = Int.random(in: 0..<lines.count, using: &numbers)
        switch Int.random(in: 0..<6, using: &numbers) {
        case 0: if lines.count > 1 { lines.remove(at: place) }
        case 1: lines.insert(lines[place], at: other)
        case 2: lines[place] = lines[other]
        case 3: lines[place] = (fragments.randomElement(using: &numbers) ?? "") + lines[place]
        case 4: lines[place] += fragments.randomElement(using: &numbers) ?? ""
        default:
            var letters = Array(lines[place])
            let cut = Int.random(in: 0...letters.count, using: &numbers)
            letters.insert(contentsOf: fragments.randomElement(using: &numbers) ?? "", at: cut)
            lines[place] = String(letters)
        }
    }
}
