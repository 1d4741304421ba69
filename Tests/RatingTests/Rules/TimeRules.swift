import Agreements
import Rating
import Testing
import Values

@Suite("T1 periods") struct T1 {
    @Test("E2: work logged in Manila on 1 February is January's in Portland")
    func otherSideOfTheWorld() throws {
        var story = Story()
        story.contract()
        // 09:00 in Manila on 1 February is 17:00 in Portland on 31 January.
        story.work("e1", from: "2026-02-01T09:00:00+08:00", to: "2026-02-01T10:00:00+08:00")
        #expect(try story.statement("2026-01").brief == ["e1 1:00 = plan c 1:00"])
        #expect(try story.statement("2026-01").lines[0].date == Story.date("2026-01-31"))
        #expect(try story.statement("2026-02").lines.isEmpty)
    }

    @Test("E4: an instant on the boundary belongs to the new month only")
    func boundary() throws {
        var story = Story()
        story.contract()
        story.work("e1", from: "2026-01-31T23:00:00-08:00", to: "2026-02-01T00:00:00-08:00")
        story.work("e2", from: "2026-02-01T00:00:00-08:00", to: "2026-02-01T01:00:00-08:00")
        #expect(try story.statement("2026-01").brief == ["e1 1:00 = plan c 1:00"])
        #expect(try story.statement("2026-02").brief == ["e2 1:00 = plan c 1:00"])
    }

    @Test("E48: a change of zone holds from a period on, and every instant lies in one period")
    func changeOfZone() throws {
        var story = Story()
        story.contract()
        story.facts.zoneChanges.append(
            ZoneChange(
                client: story.client, zone: Story.zone("Europe/Paris"), from: Story.period("2026-02"),
                recordedAt: Story.at("2026-01-15")))
        // 1 February 00:30 in Paris is still January in Los Angeles; February begins in Paris.
        story.work("e1", from: "2026-02-01T00:30:00+01:00", to: "2026-02-01T01:00:00+01:00")
        story.work("e2", from: "2026-01-31T23:30:00+01:00", to: "2026-02-01T00:00:00+01:00")
        #expect(try story.statement("2026-01").brief == ["e2 0:30 = plan c 0:30"])
        #expect(try story.statement("2026-02").brief == ["e1 0:30 = plan c 0:30"])
    }

    @Test(
        "A month has the seconds its zone gives it",
        arguments: [
            ("Europe/Paris", "2026-03", 743 * 3600), ("Europe/Paris", "2026-10", 745 * 3600),
            ("America/New_York", "2026-03", 743 * 3600), ("Asia/Kolkata", "2026-03", 744 * 3600),
            ("Australia/Lord_Howe", "2026-04", 720 * 3600 + 1800), ("Pacific/Apia", "2011-12", 720 * 3600),
            ("America/Los_Angeles", "2026-02", 672 * 3600),
        ])
    func lengths(_ name: String, _ text: String, _ seconds: Int) {
        let zone = Story.zone(name)
        let period = Story.period(text)
        #expect((zone.start(of: period.next) - zone.start(of: period)).seconds == seconds)
    }
}

@Suite("T2 durations") struct T2 {
    @Test(
        "E3: clocked work lasts what elapsed, whatever the wall clock did",
        arguments: [
            // Spring: 01:30 to 03:30 on the wall is one hour.
            ("2026-03-08T01:30:00-08:00", "2026-03-08T03:30:00-07:00", "1:00"),
            // Autumn: 01:30 to the second 01:30 is one hour.
            ("2026-11-01T01:30:00-07:00", "2026-11-01T01:30:00-08:00", "1:00"),
        ])
    func daylightSaving(_ start: String, _ end: String, _ hours: String) throws {
        var story = Story()
        story.contract()
        story.work("e1", from: start, to: end)
        let statement = try story.statements().first { !$0.lines.isEmpty }.orThrow()
        #expect(statement.lines.map(\.worked) == [Story.hours(hours)])
    }

    @Test("E5: dated work belongs to its date, in any zone", arguments: ["Pacific/Apia", "America/Los_Angeles", "UTC"])
    func dated(_ zone: String) throws {
        var story = Story(zone: zone)
        story.contract()
        story.work("e1", "1:00", on: "2026-01-31")
        #expect(try story.statement("2026-01").lines.map(\.date) == [Story.date("2026-01-31")])
    }
}

@Suite("T3 parts") struct T3 {
    @Test("E1: an entry across the end of a month stays one entry with two parts that show")
    func acrossMonths() throws {
        var story = Story()
        story.contract()
        story.work("e1", from: "2026-01-31T23:30:00-08:00", to: "2026-02-01T00:30:00-08:00")
        let january = try story.statement("2026-01")
        let february = try story.statement("2026-02")
        #expect(january.brief == ["e1 0:30 = plan c 0:30"])
        #expect(february.brief == ["e1 0:30 = plan c 0:30"])
        #expect([january.lines[0].part, january.lines[0].parts] == [1, 2])
        #expect([february.lines[0].part, february.lines[0].parts] == [2, 2])
    }

    @Test("A midnight that the zone skips is the first instant after it")
    func skippedMidnight() throws {
        // Chile sprang forward at 24:00 on 5 September 2026: the 6th began at 01:00.
        let zone = Story.zone("America/Santiago")
        #expect(zone.start(of: Story.date("2026-09-06")) == Story.at("2026-09-06T01:00:00-03:00"))
        // Samoa skipped the whole 30 December 2011.
        let apia = Story.zone("Pacific/Apia")
        #expect(apia.start(of: Story.date("2011-12-30")) == apia.start(of: Story.date("2011-12-31")))
    }

    @Test("A midnight that comes twice is the first")
    func doubledMidnight() {
        // Cuba falls back at 01:00 to 00:00 on 1 November 2026: that month's midnight comes twice.
        let havana = Story.zone("America/Havana")
        #expect(havana.start(of: Story.period("2026-11")) == Story.at("2026-11-01T00:00:00-04:00"))
    }

    @Test("An entry over three months has three parts, none lost")
    func threeMonths() throws {
        var story = Story(zone: "UTC")
        story.contract()
        story.work("e1", from: "2026-01-31T12:00:00Z", to: "2026-03-01T12:00:00Z")
        let worked = story.statements().flatMap(\.lines).map(\.worked)
        #expect(worked == [Hours(12), Hours(28 * 24), Hours(12)])
    }
}

@Suite("T4 order of work") struct T4 {
    @Test("Within a day dated work comes before clocked, then by start, then by id")
    func order() throws {
        var story = Story(zone: "UTC")
        story.contract(plan: "care-0")
        story.work("d", from: "2026-01-05T09:00:00Z", to: "2026-01-05T10:00:00Z")
        story.work("c", from: "2026-01-05T09:00:00Z", to: "2026-01-05T10:00:00Z")
        story.work("e", from: "2026-01-05T08:00:00Z", to: "2026-01-05T09:00:00Z")
        story.work("b", "1:00", on: "2026-01-05")
        story.work("a", "1:00", on: "2026-01-06")
        let statement = try story.statement("2026-01")
        #expect(statement.lines.map { statement.entry(of: $0).id.text } == ["b", "e", "c", "d", "a"])
    }

    @Test("E8: work typed later but done earlier draws first; the order of typing never matters")
    func typing() throws {
        var story = Story()
        story.contract()
        story.work("late", "2:00", on: "2026-01-20")
        story.work("early", "2:00", on: "2026-01-10", recorded: "2026-01-21")
        let expected = ["early 2:00 = plan c 2:00", "late 2:00 = charged 2:00 $300.00"]
        #expect(try story.statement("2026-01").brief == expected)
        story.facts.timeEntries.reverse()
        #expect(try story.statement("2026-01").brief == expected)
    }
}

@Suite("T5 four times") struct T5 {
    @Test("Each time is kept: worked, logged, approved, invoiced")
    func kept() throws {
        var story = Story()
        story.terms = [Story.terms { $0.approvalRequired = true }]
        story.contract()
        story.work("e1", "1:00", on: "2026-01-10", recorded: "2026-01-12")
        story.facts.timeApprovals.append(
            TimeApproval(entry: EntryID("e1"), by: "mara", recordedAt: Story.at("2026-01-20")))
        story.close("2026-01", at: "2026-02-03")
        let statement = try story.statement("2026-01")
        #expect(statement.lines[0].date == Story.date("2026-01-10"))
        #expect(statement.entry(of: statement.lines[0]).recordedAt == Story.at("2026-01-12"))
        #expect(story.facts.timeApprovals[0].recordedAt == Story.at("2026-01-20"))
        #expect(statement.closedAt == Story.at("2026-02-03"))
    }

    @Test("What is corrected after its approval waits for another")
    func correctedAfterApproval() throws {
        var story = Story()
        story.terms = [Story.terms { $0.approvalRequired = true }]
        story.contract("c")
        story.request("r")
        story.work("e", "0:30", on: "2026-01-05", request: "r", recorded: "2026-01-05")
        story.facts.timeApprovals.append(
            TimeApproval(entry: EntryID("e"), by: "mara", recordedAt: Story.at("2026-01-06")))
        #expect(try story.statement("2026-01").totals.worked == Hours(0, 30))
        story.correct("e", to: "8:00", on: "2026-01-05", recorded: "2026-01-07")
        let waiting = try story.statement("2026-01")
        #expect(waiting.totals.worked == .zero)
        #expect(waiting.setAside.map(\.hours) == [Hours(8)])
        story.facts.timeApprovals.append(
            TimeApproval(entry: EntryID("e"), by: "mara", recordedAt: Story.at("2026-01-08")))
        #expect(try story.statement("2026-01").totals.worked == Hours(8))
    }

    @Test("E11: unapproved work is set aside, and once approved after the closing it is late time")
    func unapproved() throws {
        var story = Story()
        story.terms = [Story.terms { $0.approvalRequired = true }]
        story.contract()
        story.work("e1", "3:00", on: "2026-01-10")
        let before = try story.statement("2026-01")
        #expect(before.lines.isEmpty)
        #expect(before.setAside.map(\.entry) == [EntryID("e1")])
        #expect(before.setAside.map(\.hours) == [Hours(3)])
        #expect(before.setAside.map(\.reason) == [.awaitingApproval])
        story.close("2026-01", at: "2026-02-03")
        story.facts.timeApprovals.append(
            TimeApproval(entry: EntryID("e1"), by: "mara", recordedAt: Story.at("2026-02-04")))
        #expect(
            try story.statement("2026-02").briefAdjustments
                == ["2026-01 time entry e1: plan c 2:00, worked 3:00, charged 1:00 $150.00"])
        #expect(
            try story.statement("2026-02").adjustments.map { $0.causes[0].reason } == [
                .approved(EntryID("e1"), by: "mara")
            ])
    }
}
