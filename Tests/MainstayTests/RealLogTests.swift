import Foundation
import Testing

/// Ten years of a real time log, where it lies beside the repository: see docs/real-log.md.
enum RealLog {
    static let file = Program.root.deletingLastPathComponent().appending(path: "shared/data/sip/harvest.csv")
    static let isThere = FileManager.default.fileExists(atPath: file.path)
}

@Suite("Real log", .enabled(if: RealLog.isThere)) struct RealLogTests {
    /// The hours column added up in hundredths of an hour, by its place from the end: no field after it holds a comma.
    private func hundredths() throws -> (rows: Int, sum: Int) {
        let text = try String(contentsOf: RealLog.file, encoding: .utf8)
        var rows = 0
        var sum = 0
        for line in text.split(whereSeparator: \.isNewline).dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let hours = fields[fields.count - 14].split(separator: ".")
            let fraction = hours.count > 1 ? hours[1] + String(repeating: "0", count: 2 - hours[1].count) : "00"
            sum += (Int(hours[0]) ?? 0) * 100 + (Int(fraction) ?? 0)
            rows += 1
        }
        return (rows, sum)
    }

    private func hours(_ text: Substring) -> Int {
        let parts = text.split(separator: ":").compactMap { Int($0) }
        return parts[0] * 3600 + parts[1] * 60 + (parts.count > 2 ? parts[2] : 0)
    }

    @Test("Every client has every month from June 2004 to December 2014, and no second is lost or made")
    func everyMonth() throws {
        let (rows, sum) = try hundredths()
        #expect(rows == 9713)
        #expect(sum == 5_473_130)

        let files = try Files()
        let input = ["--terms", Program.allTerms[2], "--as-if-always", "--time", RealLog.file.path]
        let draft = try Program.run(["rate"] + input + ["--draft-mapping"])
        #expect(draft.exitCode == 0)
        let map = try files.write("map.yaml", draft.output)
        let choice = ["--mapping", map, "--period", "2004-06..2014-12"]
        let run = try Program.run(["rate"] + input + choice + ["--format", "csv"])
        #expect(run.exitCode == 0)

        var months: Set<String> = []
        var entries = 0
        for row in run.output.split(separator: "\r\n").dropFirst() {
            let fields = row.split(separator: ",", omittingEmptySubsequences: false)
            months.insert("\(fields[0]) \(fields[1])")
            if fields[2].hasPrefix("entry:") { entries += 1 }
        }
        #expect(months.count == 18 * 127)
        #expect(entries == rows)

        let summary = try Program.run(["rate"] + input + choice + ["--summary"])
        let proof = summary.output.split(separator: "\n").suffix(3).joined(separator: " ")
        let figures = proof.split(separator: " ").filter { $0.contains(":") }.map(hours)
        // worked = drawn + charged + given + not charged; granted = drawn + lapsed + left.
        #expect(figures.count == 9)
        #expect(figures[0] == sum * 36)
        #expect(figures[0] == figures[1...4].reduce(0, +))
        #expect(figures[5] == figures[6] + figures[7] + figures[8])
        #expect(figures[6] == figures[1])
    }

    @Test("The same statements from rows in any order, byte for byte")
    func anyOrder() throws {
        let files = try Files()
        let input = ["rate", "--terms", Program.allTerms[2], "--as-if-always"]
        let draft = try Program.run(input + ["--time", RealLog.file.path, "--draft-mapping"])
        let map = try files.write("map.yaml", draft.output)
        let choice = ["--mapping", map, "--period", "2009-01..2009-03", "--format", "json"]
        let expected = try Program.run(input + ["--time", RealLog.file.path] + choice)
        let lines = try String(contentsOf: RealLog.file, encoding: .utf8).split(whereSeparator: \.isNewline)
        let reversed = try files.write(
            "reversed.csv", ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n"))
        let run = try Program.run(input + ["--time", reversed] + choice)
        #expect(run.exitCode == 0)
        #expect(run.output == expected.output)
        #expect(expected.output.count > 100_000)
    }
}
