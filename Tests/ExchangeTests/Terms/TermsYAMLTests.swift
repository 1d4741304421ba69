import Agreements
import Exchange
import Testing
import Values

@Suite("Terms in YAML that is none, or that is hostile")
struct TermsYAMLTests {
    /// The sound terms with line 35 replaced.
    private func atLine35(_ text: String) -> [String] {
        termsProblems(soundTerms.replacing("late_time: adjust", with: text))
    }

    @Test("A syntax error is told with its line and what usually mends it")
    func syntax() {
        let tab = "found character that cannot start any token (while scanning for the next token)"
        let mend = "indent with spaces, not tabs, and quote a value that begins with @, % or `"
        #expect(atLine35("\tlate_time: adjust") == ["35 terms: this is no YAML: \(tab) -> \(mend)"])
        #expect(atLine35("late_time: @x") == ["35 terms: this is no YAML: \(tab) -> \(mend)"])
        for (text, start, end) in [
            ("late_time: \"adjust", "35 ", "close the quote"),
            ("late_time: [a, b", "36 ", "close the bracket, and part its elements by commas"),
            (
                " late_time: adjust", "35 ",
                "indent the keys of one block alike, and quote values with special characters"
            ),
            ("late_time adjust", "35 ", "write \"key: value\""),
            ("late_time: a: b", "35 ", "quote a value that has a colon and a space in it, and indent alike"),
            ("late_time: *gone", "35 ", "write the value out, or quote it where it begins with *"),
        ] {
            let problems = atLine35(text)
            #expect(problems.count == 1)
            #expect(problems.first?.hasPrefix(start + "terms: this is no YAML: ") == true, "\(problems)")
            #expect(problems.first?.hasSuffix(" -> " + end) == true, "\(problems)")
        }
    }

    @Test("A second document is refused where it begins")
    func documents() {
        #expect(
            atLine35("---\nlate_time: adjust") == [
                "35 terms: a second document begins here -> keep one document in a file"
            ])
        #expect(termsProblems("---\n" + soundTerms) == [])
    }

    @Test("A file with nothing in it, or with no keys, says so", arguments: ["", "# a remark\n", "\u{FEFF}"])
    func empty(_ text: String) {
        #expect(termsProblems(text) == ["1 terms: the file is empty -> write its keys, one a line"])
    }

    @Test("A file that is no mapping says so", arguments: ["just words", "- a\n- b", "42", "null", "---\n", "[]"])
    func noMapping(_ text: String) {
        let problems = termsProblems(text)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("1 terms: here belong keys with values, not ") == true)
    }

    @Test("A file with far too many lines is not parsed")
    func lines() {
        let text = String(repeating: "a: b\n", count: 50_001)
        #expect(
            termsProblems(text) == ["1 terms: the file has 50001 lines -> keep it under 50000; is it the right file?"])
    }

    @Test("UTF-16 is named, with a mark or without")
    func utf16() {
        let problem = ["1 terms: the file is in UTF-16 -> save it as UTF-8"]
        let little = soundTerms.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = soundTerms.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(termsProblems(little) == problem)
        #expect(termsProblems(big) == problem)
        #expect(termsProblems([0xFF, 0xFE] + little) == problem)
        #expect(termsProblems([0xFE, 0xFF] + big) == problem)
    }

    @Test("Bytes that are no UTF-8, and control characters, are told with their line")
    func bytes() {
        let lines = soundTerms.split(separator: "\n", omittingEmptySubsequences: false)
        let before = lines[..<5].map { $0 + "\n" }.joined().utf8
        let after = lines[5...].map { $0 + "\n" }.joined().utf8
        let broken = Array(before) + [UInt8(ascii: "#"), 0xC3, 0x28, 0x0A] + Array(after)
        #expect(termsProblems(broken) == ["6 terms: the file is not UTF-8 -> save it as UTF-8"])
        #expect(atLine35("# \u{0}") == ["35 terms: there is a control character, number 0 -> remove it"])
        #expect(atLine35("# \u{1B}[31m") == ["35 terms: there is a control character, number 27 -> remove it"])
        #expect(
            atLine35("# \u{84}") == [
                "35 terms: this is no YAML: control characters are not allowed -> remove that character"
            ])
    }

    @Test("A byte order mark of UTF-8 and line ends of Windows change nothing")
    func windows() {
        #expect(termsProblems([0xEF, 0xBB, 0xBF] + Array(soundTerms.utf8)) == [])
        let windows = soundTerms.replacing("\n", with: "\r\n")
        #expect(termsProblems(windows) == [])
        let twice = windows.replacing("name: Support terms", with: "name: A\r\nname: B")
        #expect(termsProblems(twice) == ["3 terms: \"name\" is there twice, first on line 2 -> keep one of them"])
    }

    @Test("An alias stands for what it names")
    func alias() throws {
        let text = soundTerms.replacing("covers: [research, training]", with: "covers: &both [research, training]")
            .replacing(
                "work_types:\n",
                with: "  shop: {name: Shop, covers: *both}\nwork_types:\n")
        let terms = try TermsFile.read(Array(text.utf8), file: "t.yaml")
        #expect(terms.serviceLines[ServiceLineID("shop")]?.covers == terms.serviceLines[ServiceLineID("web")]?.covers)
    }

    @Test("Core tags are harmless: amounts are still read from their text")
    func coreTags() throws {
        let text = soundTerms.replacing("list_rate: 165.00", with: "list_rate: !!float 165.00")
        #expect(try TermsFile.read(Array(text.utf8), file: "t.yaml").listRate.perHour.minorUnits == 165_00)
    }

    @Test("Nesting of 100,000 levels is refused", arguments: ["[", "- ", "? ", "{a: ", "[{a: "])
    func nesting(_ opening: String) {
        let problems = termsProblems(String(repeating: opening, count: 100_000))
        #expect(problems == ["1 terms: it nests too deeply -> keep to the levels that the format has"])
        let inside = atLine35("late_time: " + String(repeating: "[", count: 100_000))
        #expect(inside == ["35 terms: it nests too deeply -> keep to the levels that the format has"])
    }

    @Test("Aliases that would expand to more than memory holds are refused")
    func expansion() {
        var text = "a: &a [x, x, x]\n"
        for level in 0..<30 {
            let inner = level == 0 ? "*a" : "*b\(level - 1)"
            text += "b\(level): &b\(level) [\(inner), \(inner), \(inner)]\n"
        }
        // A key is compared with every other, down to the last leaf.
        text += "? *b29\n: x\n"
        #expect(
            termsProblems(text) == [
                "- terms: there are too many aliases (*name) for a file of this kind -> write the values out, and quote "
                    + "words that begin with *"
            ])
    }

    @Test("A file of 10 MB is refused by its size")
    func size() {
        let problems = termsProblems(String(repeating: "x: 1\n", count: 2_000_000))
        #expect(problems == ["1 terms: the file has 10000000 bytes -> keep it under 4 MiB; is it the right file?"])
    }

    @Test("A scalar or a key of a million letters is named by its beginning")
    func hugeScalars() {
        let huge = String(repeating: "x", count: 1_000_000)
        let start = huge.prefix(60)
        #expect(
            termsProblems(soundTerms.replacing("name: Support terms", with: "name: \(huge)")) == [
                "2 terms, name: it has 1000000 characters -> write at most 200"
            ])
        #expect(
            termsProblems(soundTerms.replacing("    fee: 290.00", with: "    fee: \(huge)")) == [
                "23 plan care-2, fee: \"\(start)…\" is no amount -> write a plain number such as 165.00, without a "
                    + "currency or thousands separators"
            ])
        let digits = String(repeating: "9", count: 1_000_000)
        #expect(termsProblems(soundTerms.replacing("hours: 2\n", with: "hours: \(digits)\n")).count == 1)
        #expect(atLine35("? \(huge)\n: 1").first?.hasPrefix("35 terms: there is no key \"\(start)…\"") == true)
    }

    @Test("Another kind of file with thousands of keys gives no endless list")
    func otherFile() {
        let problems = termsProblems((0..<5000).map { "key-\($0): 1\n" }.joined() + soundTerms)
        #expect(problems.count == 101)
        #expect(problems.contains("1 terms: 5000 of its keys are unknown -> see whether it is the right file"))
    }
}
