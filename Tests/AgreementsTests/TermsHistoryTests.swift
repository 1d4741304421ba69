import Agreements
import Testing
import Values

@Suite("Terms history") struct TermsHistoryTests {
    private func terms(_ date: String, _ currency: Currency = .usd) -> Terms {
        Terms(
            name: date, effective: CivilDate(date) ?? CivilDate(day: 0), currency: currency,
            listRate: HourlyRate(perHour: .zero(currency)), serviceLines: [:], workTypes: [:], plans: [:])
    }

    @Test("A version is in force from its date until the next one's")
    func inForce() throws {
        let history = try TermsHistory([terms("2021-01-01"), terms("2009-11-06"), terms("2012-08-20")])
        func name(_ date: String) -> String? { CivilDate(date).flatMap { history.inForce(on: $0)?.name } }
        #expect(name("2009-11-05") == nil)
        #expect(name("2009-11-06") == "2009-11-06")
        #expect(name("2012-08-19") == "2009-11-06")
        #expect(name("2012-08-20") == "2012-08-20")
        #expect(name("2030-01-01") == "2021-01-01")
    }

    @Test("Two versions of one date, two currencies, and none at all are refused")
    func refuse() throws {
        let euro = try #require(Currency(code: "EUR"))
        #expect(throws: Problems.self) { try TermsHistory([]) }
        #expect(throws: Problems.self) { try TermsHistory([terms("2021-01-01"), terms("2021-01-01")]) }
        #expect(throws: Problems.self) { try TermsHistory([terms("2021-01-01"), terms("2022-01-01", euro)]) }
    }
}

@Suite("Texts") struct TextTests {
    @Test("A text is cut by bytes, and no letter's bytes are cut through")
    func cutting() {
        for (text, most, cut) in [
            ("abc", 3, "abc"), ("abc", 2, "ab"), ("abc", 0, ""), ("", 5, ""), ("aé", 2, "a"), ("aé", 3, "aé"),
            ("€€", 5, "€"), ("😀", 3, ""), ("😀x", 4, "😀"),
        ] {
            #expect(text.cut(toBytes: most) == cut)
        }
        // Of a letter with marks without end, as many as fit.
        let letter = "a" + String(repeating: "\u{301}", count: 100_000)
        #expect(letter.count == 1 && letter.cut(toBytes: 200).utf8.count == 199)
    }
}
