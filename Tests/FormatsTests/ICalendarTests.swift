import Testing
import Values

@testable import Formats

@Suite("Calendars (RFC 5545)")
struct ICalendarTests {
    @Test("An event on a day and one at a time, byte for byte")
    func document() throws {
        let day = try #require(CivilDate("2026-11-30") as CivilDate?)
        let at = try #require(Instant("2026-11-23T14:05:00Z") as Instant?)
        let calendar = ICalendar(
            name: "Hours", host: "desk.example",
            events: [
                .init(id: "a", when: .day(day), title: "Lapse; all, of it\\", text: "one\ntwo\r", url: "https://x/"),
                .init(id: "b", when: .at(at), title: "Answer"),
            ])
        #expect(
            calendar.document(at: at)
                == [
                    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mainstay//Mainstay//EN", "CALSCALE:GREGORIAN",
                    "METHOD:PUBLISH", "NAME:Hours", "X-WR-CALNAME:Hours", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
                    "BEGIN:VEVENT", "UID:a@desk.example", "DTSTAMP:20261123T140500Z", "DTSTART;VALUE=DATE:20261130",
                    "DTEND;VALUE=DATE:20261201", "TRANSP:TRANSPARENT", "SUMMARY:Lapse\\; all\\, of it\\\\",
                    "DESCRIPTION:one\\ntwo", "URL:https://x/", "END:VEVENT", "BEGIN:VEVENT", "UID:b@desk.example",
                    "DTSTAMP:20261123T140500Z", "DTSTART:20261123T140500Z", "DTEND:20261123T140500Z", "SUMMARY:Answer",
                    "END:VEVENT", "END:VCALENDAR", "",
                ].joined(separator: "\r\n"))
    }

    @Test("Lines are folded at 75 bytes, never inside a character, and unfold to what they were")
    func folding() {
        for text in [
            String(repeating: "é", count: 200), String(repeating: "a", count: 75), "",
            String(repeating: "😀x", count: 60),
        ] {
            let folded = ICalendar.folded(text)
            #expect(
                folded.split(separator: "\r\n", omittingEmptySubsequences: false).allSatisfy { $0.utf8.count <= 75 })
            #expect(folded.replacing("\r\n ", with: "") == text)
        }
    }
}
