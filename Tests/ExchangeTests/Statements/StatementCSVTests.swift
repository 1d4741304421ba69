import Agreements
import Rating
import Testing
import Values

@testable import Exchange
@testable import Formats

@Suite("Statement CSV")
struct StatementCSVTests {
    /// The rows of a text by RFC 4180, read as plainly as can be.
    private static func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = [[]]
        var field = ""
        var isQuoted = false
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"" where isQuoted && scalars.first == "\"":
                field += "\""
                scalars = scalars.dropFirst()
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                rows[rows.count - 1].append(field)
                field = ""
            case "\r" where !isQuoted && scalars.first == "\n":
                scalars = scalars.dropFirst()
                rows[rows.count - 1].append(field)
                field = ""
                rows.append([])
            default: field.unicodeScalars.append(scalar)
            }
        }
        rows[rows.count - 1].append(field)
        return rows
    }

    @Test(
        "A text that a spreadsheet would take for a formula is made a text",
        arguments: [
            ("=1+1", "'=1+1"), ("+49 30 1234", "'+49 30 1234"), ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"), ("\rx", "\"'\rx\""), ("=A1,B1", "\"'=A1,B1\""),
            ("=\"x\"", "\"'=\"\"x\"\"\""), ("＝1+1", "'＝1+1"), ("＠SUM(A1)", "'＠SUM(A1)"),
        ])
    func formulas(text: String, field: String) {
        #expect(CSVText.field(text) == field)
    }

    @Test(
        "Other texts and negative figures stay as they are, in quotes where they need them",
        arguments: [
            ("", ""), ("plain", "plain"), ("a=b", "a=b"), ("-0:30", "-0:30"), ("-12.50", "-12.50"), ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""), ("two\nlines", "\"two\nlines\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("é漢🧰", "é漢🧰"),
        ])
    func plainTexts(text: String, field: String) {
        #expect(CSVText.field(text) == field)
        if !text.isEmpty { #expect(StatementCSVTests.rows("x,\(field),y") == [["x", text, "y"]]) }
    }

    @Test("Every row has every column, and the amounts of a statement add up to its total")
    func amounts() throws {
        let example = try AgencyExample()
        let rows = StatementCSVTests.rows(StatementCSV.document(example.statements, words: example.words))
        let header = rows[0]
        for row in rows { #expect(row.count == header.count, "\(row)") }
        func column(_ name: String) throws -> Int { try #require(header.firstIndex(of: name)) }
        let (client, period, amount) = (try column("client"), try column("period"), try column("amount"))
        var sums: [String: Int] = [:]
        for row in rows.dropFirst() where !row[amount].isEmpty {
            let text = row[amount]
            let isCredit = text.hasPrefix("-")
            let money = try #require(Money(text: isCredit ? text.dropFirst() : text[...], .usd), "\(text)")
            sums["\(row[client]) \(row[period])", default: 0] += isCredit ? -money.minorUnits : money.minorUnits
        }
        for statement in example.statements {
            #expect(sums["\(statement.client.id) \(statement.period)", default: 0] == statement.total.minorUnits)
        }
    }

    @Test("The hours of every line add up in its row")
    func hours() throws {
        let example = try AgencyExample()
        let rows = StatementCSVTests.rows(StatementCSV.document(example.statements, words: example.words))
        func seconds(_ row: [String], _ names: [String]) throws -> Int {
            try names.map { name in
                let text = row[try #require(rows[0].firstIndex(of: name))]
                if text.isEmpty { return 0 }
                let hours = Hours(text: text.hasPrefix("-") ? text.dropFirst() : text[...])
                return try #require(hours, "\(text)").seconds * (text.hasPrefix("-") ? -1 : 1)
            }.reduce(0, +)
        }
        let because = try #require(rows[0].firstIndex(of: "because"))
        let date = try #require(rows[0].firstIndex(of: "date"))
        var lines = 0
        for row in rows.dropFirst() where !row[date].isEmpty && !row[because].hasPrefix("set aside") {
            lines += 1
            #expect(
                try seconds(row, ["worked", "rounding", "weighting"])
                    == seconds(row, ["drawn", "charged", "courtesy", "waived", "not_charged", "withheld"]), "\(row)")
        }
        #expect(lines == example.statements.reduce(0) { $0 + $1.lines.count })
    }
}
