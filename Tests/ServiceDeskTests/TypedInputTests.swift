import Agreements
import Rating
import ServiceDesk
import Storage
import TestSupport
import Testing
import Values

@Suite("Days as people type them")
struct TypedInputTests {
    /// A Monday.
    private let today: CivilDate = "2026-11-23"

    @Test(
        "What is a day",
        arguments: [
            ("2026-11-02", "2026-11-02"), ("today", "2026-11-23"), ("Yesterday", "2026-11-22"),
            ("tomorrow", "2026-11-24"), ("monday", "2026-11-23"), ("tue", "2026-11-17"), ("-3", "2026-11-20"),
            ("-0", "2026-11-23"), ("-999", "2024-02-28"),
        ] as [(String, CivilDate)])
    func days(text: String, date: CivilDate) throws {
        #expect(try TypedInput.date(text, today: today) == date)
    }

    @Test(
        "What is none is refused, with what would be right",
        arguments: [
            "-junk-3", "--3", "-", "-3-", "-3x", "- 3", "-1000", "-99999999999999999999", "3", "+3", "", " ", "mo",
            "mondayx", "2026-02-31", "2026-1-1", "2026/01/01", "31.12.2026", "1899-12-31", "2047-01-01", "٢٠٢٦-٠١-٠١",
            "−3", "today-3",
        ])
    func junk(text: String) {
        let problems = #expect(throws: Problems.self) { try TypedInput.date(text, today: today) }
        #expect(problems?.all.first?.fix.isEmpty == false)
    }

    @Test("Nobody has worked tomorrow, whichever way they say so, and all are told alike", arguments: EngineKind.tested)
    func future(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        // It is late enough that somewhere it is tomorrow already.
        test.clock.set("2026-09-20T22:00:00Z")
        let request = try test.lastRequest()
        let entry = EntryID(try test.log("2026-09-19", "1:00").id)
        let tomorrow: CivilDate = "2026-09-21"
        let ways: [(String, () throws -> Void)] = [
            ("a date", { try test.log(tomorrow, "1:00") }),
            (
                "a time of day",
                {
                    try test.perform(
                        LogTime(
                            request: request, workType: "research",
                            given: GivenTime(date: tomorrow, hours: "1:00", clock: 0)))
                }
            ),
            ("a line", { try test.perform(LogTimeLine(line: "\(request) 20m tomorrow research: x")) }),
            ("a line with a clock", { try test.perform(LogTimeLine(line: "\(request) 9:30-10:00 tomorrow research")) }),
            (
                "a preview",
                {
                    _ = try test.desk.preview(by: test.owner) {
                        try EntryPreview($0, request: request, workType: "research", when: .dated(tomorrow, "1:00"))
                    }
                }
            ),
            (
                "a correction",
                { try test.perform(CorrectTime(entry: entry, given: GivenTime(date: tomorrow), reason: "x")) }
            ),
            (
                "a whole correction",
                { try test.perform(CorrectTime(entry: entry, when: .dated(tomorrow, "1:00"), reason: "x")) }
            ),
        ]
        for (name, way) in ways {
            let problems = #expect(throws: Problems.self, "\(name)") { try way() }
            #expect(problems?.all.map(\.message) == ["it lies in the future, on 2026-09-21"], "\(name)")
        }
    }

    @Test("In a line what can only be meant for a day is one, or is refused")
    func inLine() throws {
        let test = try TestDesk.withAcme(.sqlite)
        let request = try test.lastRequest()
        for junk in ["2026-02-31", "2026-9-1", "1026-09-01"] {
            #expect(throws: Problems.self, "\(junk)") {
                try test.perform(LogTimeLine(line: "\(request) 20m research \(junk) read"))
            }
        }
        // Behind the colon it is what was done.
        let logged = try test.perform(LogTimeLine(line: "\(request) 20m research: 2026-02-31 is no day"))
        #expect(logged.understood.hasSuffix("2026-02-31 is no day"))
    }
}
