import Agreements
import Rating
import ServiceDesk
import Testing
import TestSupport
import Values

@Suite("E3: what is given of a time, and what stays as it was")
struct GivenTimeTests {
    private let zones = ZoneTimeline(
        first: Zone(identifier: "America/Los_Angeles") ?? .utc,
        changes: [
            ZoneChange(
                client: "acme", zone: Zone(identifier: "Europe/Oslo") ?? .utc, from: "2026-11",
                recordedAt: "2026-10-20T00:00:00Z")
        ])
    private let now: Instant = "2026-11-23T12:00:00Z"
    /// 09:15:20 to 10:45:20 in Los Angeles.
    private let clocked = TimeEntry.When.clocked(start: "2026-10-05T16:15:20Z", end: "2026-10-05T17:45:20Z")
    private let dated = TimeEntry.When.dated("2026-10-05", "1:30")

    private func corrected(_ before: TimeEntry.When, _ given: GivenTime) throws -> TimeEntry.When {
        try given.time(correcting: before, zones, now: now)
    }

    @Test("A new length leaves the start, and the date")
    func length() throws {
        let when = try corrected(clocked, GivenTime(hours: "1:00"))
        #expect(when == .clocked(start: "2026-10-05T16:15:20Z", end: "2026-10-05T17:15:20Z"))
        #expect(try corrected(dated, GivenTime(hours: "1:00")) == .dated("2026-10-05", "1:00"))
    }

    @Test("A new end leaves the start, and a new start the end")
    func ends() throws {
        let end: Instant = "2026-10-05T18:00:00Z"
        #expect(try corrected(clocked, GivenTime(end: end)) == .clocked(start: "2026-10-05T16:15:20Z", end: end))
        let start: Instant = "2026-10-05T16:00:00Z"
        #expect(try corrected(clocked, GivenTime(start: start)) == .clocked(start: start, end: "2026-10-05T17:45:20Z"))
    }

    @Test("Another date leaves the time of day to the second, on the clock of that date, and the length")
    func date() throws {
        #expect(
            try corrected(clocked, GivenTime(date: "2026-10-06"))
                == .clocked(start: "2026-10-06T16:15:20Z", end: "2026-10-06T17:45:20Z"))
        // In November the client is in Oslo.
        #expect(
            try corrected(clocked, GivenTime(date: "2026-11-06"))
                == .clocked(start: "2026-11-06T08:15:20Z", end: "2026-11-06T09:45:20Z"))
        #expect(try corrected(dated, GivenTime(date: "2026-10-06")) == .dated("2026-10-06", "1:30"))
    }

    @Test("Another time of day leaves the date and the length")
    func clock() throws {
        #expect(
            try corrected(clocked, GivenTime(clock: 8 * 3600))
                == .clocked(start: "2026-10-05T15:00:00Z", end: "2026-10-05T16:30:00Z"))
        #expect(
            try corrected(dated, GivenTime(clock: 8 * 3600))
                == .clocked(start: "2026-10-05T15:00:00Z", end: "2026-10-05T16:30:00Z"))
    }

    @Test("An hour that comes twice stays the one that it was")
    func twice() throws {
        let oslo = ZoneTimeline(first: Zone(identifier: "Europe/Oslo") ?? .utc, changes: [])
        // The second 02:30 of 25 October.
        let before = TimeEntry.When.clocked(start: "2026-10-25T01:30:00Z", end: "2026-10-25T02:30:00Z")
        #expect(
            try GivenTime(date: "2026-10-25", hours: "0:30").time(correcting: before, oslo, now: now)
                == .clocked(start: "2026-10-25T01:30:00Z", end: "2026-10-25T02:00:00Z"))
    }

    @Test("New time with a time of day is read on the clock of its date, not of today")
    func oldZone() throws {
        // Nine in the morning of October was in Los Angeles, of November in Oslo.
        #expect(
            try GivenTime(date: "2026-10-05", hours: "1:00", clock: 9 * 3600).time(zones, now: now)
                == .clocked(start: "2026-10-05T16:00:00Z", end: "2026-10-05T17:00:00Z"))
        #expect(
            try GivenTime(hours: "1:00", clock: 9 * 3600).time(zones, now: now)
                == .clocked(start: "2026-11-23T08:00:00Z", end: "2026-11-23T09:00:00Z"))
        #expect(try GivenTime(hours: "1:00").time(zones, now: now) == .dated("2026-11-23", "1:00"))
    }

    struct Contradiction: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var given: GivenTime
        var says: String
    }

    static let contradictions = [
        Contradiction(
            testDescription: "hours beside a start and an end",
            given: GivenTime(hours: "1:30", start: "2026-10-05T16:00:00Z", end: "2026-10-05T18:00:00Z"),
            says: "they say 1:30, and from start to end it is 2:00"),
        Contradiction(
            testDescription: "hours beside a time of day and an end",
            given: GivenTime(date: "2026-10-05", hours: "1:30", clock: 9 * 3600, end: "2026-10-05T18:00:00Z"),
            says: "they say 1:30, and from start to end it is 2:00"),
        Contradiction(
            testDescription: "a date beside another day's start",
            given: GivenTime(date: "2026-10-06", start: "2026-10-05T16:00:00Z", end: "2026-10-05T18:00:00Z"),
            says: "where the client is the start is on 2026-10-05"),
        Contradiction(
            testDescription: "an end before the start",
            given: GivenTime(start: "2026-10-05T18:00:00Z", end: "2026-10-05T16:00:00Z"), says: "not after it starts"),
        Contradiction(
            testDescription: "a time of day beside a start",
            given: GivenTime(hours: "1:00", clock: 0, start: "2026-10-05T18:00:00Z"), says: "beside a start"),
    ]

    @Test("What contradicts itself is refused, for new time and for corrections", arguments: contradictions)
    func contradiction(wrong: Contradiction) throws {
        for body in [
            { () throws -> TimeEntry.When in try wrong.given.time(zones, now: now) },
            { try corrected(clocked, wrong.given) }, { try corrected(dated, wrong.given) },
        ] {
            let problems = #expect(throws: Problems.self) { try body() }
            #expect(problems?.all.first?.message.contains(wrong.says) == true, "\(problems?.description ?? "")")
        }
    }

    @Test("Work without a length is refused")
    func noLength() throws {
        for given in [GivenTime(), GivenTime(date: "2026-10-05"), GivenTime(start: "2026-10-05T18:00:00Z")] {
            #expect(throws: Problems.self) { try given.time(zones, now: now) }
        }
    }

    // MARK: At the desk

    @Test(
        "A correction of the length, the note, the kind or the request moves no work to another month",
        arguments: EngineKind.tested)
    func correction(kind: EngineKind) throws {
        let test = try TestDesk.withAcme(kind)
        let request = try test.lastRequest()
        try test.perform(OpenRequest(client: "acme", serviceLine: "website-maintenance", title: "Another"))
        let other = try test.lastRequest()
        let when = TimeEntry.When.clocked(start: "2026-09-05T09:15:20Z", end: "2026-09-05T10:45:20Z")
        let logged = try test.perform(LogTime(request: request, workType: "research", when: when))
        let entry = EntryID(logged.id)
        test.clock.set("2026-11-20T08:00:00Z")
        func stands() throws -> TimeEntry { try test.desk.preview(by: test.owner) { try $0.entry(entry).entry } }
        try test.perform(CorrectTime(entry: entry, note: "Read the logs", reason: "x"))
        try test.perform(CorrectTime(entry: entry, workType: "training", reason: "x"))
        try test.perform(CorrectTime(entry: entry, request: other, reason: "x"))
        #expect(try stands().when == when)
        try test.perform(CorrectTime(entry: entry, given: GivenTime(hours: "1:00"), reason: "x"))
        #expect(try stands().when == .clocked(start: "2026-09-05T09:15:20Z", end: "2026-09-05T10:15:20Z"))
        #expect(try stands().request == other)
        #expect(throws: Problems.self) {
            try test.perform(CorrectTime(entry: entry, given: GivenTime(hours: "1:00"), reason: "x"))
        }
        #expect(try test.verify().faults == [])
    }

    @Test("A line with a length and a range that disagree is refused, and says both lengths")
    func line() throws {
        let test = try TestDesk.withAcme(.sqlite)
        let request = try test.lastRequest()
        func log(_ range: String) throws {
            try test.perform(LogTimeLine(line: "\(request) 2026-09-05 \(range) research: read the logs"))
        }
        for range in ["0:20 9:30-10:15", "9:30-10:15 20m"] {
            let problems = #expect(throws: Problems.self) { try log(range) }
            #expect(problems?.all.first?.message == "they say 0:20, and from start to end it is 0:45")
        }
        try log("9:30-10:15 45m")
        #expect(try test.statements("acme", through: "2026-09").last?.totals.worked == "0:45")
    }
}
