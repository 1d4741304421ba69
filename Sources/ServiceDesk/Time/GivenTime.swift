package import Rating
package import Values

/// When work was, as far as somebody says it: a date, a length, a time of day, a start, an end. Every way to log or correct time
/// reads what is given here, so that all understand it alike.
package struct GivenTime: Hashable, Sendable {
    /// The date, where the client is.
    package var date: CivilDate?
    /// How long it took.
    package var hours: Hours?
    /// When it began, as a second of the day on the client's clock of that date.
    package var clock: Int?
    /// When it began.
    package var start: Instant?
    /// When it ended.
    package var end: Instant?

    package init(
        date: CivilDate? = nil, hours: Hours? = nil, clock: Int? = nil, start: Instant? = nil, end: Instant? = nil
    ) {
        self.date = date
        self.hours = hours
        self.clock = clock
        self.start = start
        self.end = end
    }

    /// All that there is to say.
    package init(_ when: TimeEntry.When) {
        switch when {
        case .dated(let date, let hours): self.init(date: date, hours: hours)
        case .clocked(let start, let end): self.init(start: start, end: end)
        }
    }

    /// Whether nothing is said.
    package var isEmpty: Bool { self == GivenTime() }

    /// What contradicts itself, whatever the client and the entry are. The subject of each problem is the name of what is wrong.
    package var contradictions: [Problem] {
        var found: [Problem] = []
        if clock != nil, start != nil {
            found.append(Problem("at", "it is there beside a start", fix: "give one of them"))
        }
        if let start, let end {
            if end <= start {
                found.append(GivenTime.ending(at: end, before: start))
            } else if let hours, hours != end - start {
                found.append(GivenTime.disagreement(hours, end - start))
            }
        }
        return found
    }

    private static func ending(at end: Instant, before start: Instant) -> Problem {
        Problem("end", "it would end at \(end), not after it starts at \(start)", fix: "give a later end")
    }

    static func disagreement(_ hours: Hours, _ length: Hours) -> Problem {
        Problem(
            "hours", "they say \(hours), and from start to end it is \(length)",
            fix: "leave one of them out, or make them agree")
    }

    // MARK: New time

    /// When new work was. Without a date it was today, where the client is.
    ///
    /// - Throws: `Problems` where the length is missing, two things contradict each other, or it lies in the future.
    package func time(_ zones: ZoneTimeline, now: Instant) throws(Problems) -> TimeEntry.When {
        try GivenTime.notInFuture(asGiven(zones, now), zones, now)
    }

    private func asGiven(_ zones: ZoneTimeline, _ now: Instant) throws(Problems) -> TimeEntry.When {
        try refuseContradictions()
        let start =
            self.start
            ?? clock.map { zones.instant(of: date ?? zones.date(of: now), second: $0) }
        if let start, let end { return try clocked(start, end, zones) }
        guard let hours else {
            throw Problems([
                Problem("hours", "how long it took is missing", fix: "give hours, or start and end")
            ])
        }
        if let start { return try clocked(start, start + hours, zones) }
        if let end { return try clocked(end + -hours, end, zones) }
        return .dated(date ?? zones.date(of: now), hours)
    }

    // MARK: Corrections

    /// When work was, with what is given put right and everything else as it was: a new length leaves the start, a new end
    /// too, another date leaves the time of day, another time of day the length.
    ///
    /// - Throws: `Problems` where two things contradict each other, or it would lie in the future.
    package func time(
        correcting before: TimeEntry.When, _ zones: ZoneTimeline, now: Instant
    ) throws(Problems) -> TimeEntry.When {
        try GivenTime.notInFuture(corrected(before, zones), zones, now)
    }

    private func corrected(_ before: TimeEntry.When, _ zones: ZoneTimeline) throws(Problems) -> TimeEntry.When {
        try refuseContradictions()
        switch before {
        case .dated(let oldDate, let oldHours):
            let length = hours ?? oldHours
            let begin = start ?? clock.map { zones.instant(of: date ?? oldDate, second: $0) }
            if let begin { return try clocked(begin, end ?? begin + length, zones) }
            if let end { return try clocked(end + -length, end, zones) }
            return .dated(date ?? oldDate, length)
        case .clocked(let oldStart, let oldEnd):
            if let start { return try clocked(start, end ?? hours.map { start + $0 } ?? oldEnd, zones) }
            guard date != nil || clock != nil else {
                if let end { return try clocked(hours.map { end + -$0 } ?? oldStart, end, zones) }
                return .clocked(start: oldStart, end: hours.map { oldStart + $0 } ?? oldEnd)
            }
            let begin = moved(oldStart, zones)
            return try clocked(begin, end ?? begin + (hours ?? oldEnd - oldStart), zones)
        }
    }

    /// A start on the given date, at the given time of day, and otherwise as it was, to the second.
    private func moved(_ start: Instant, _ zones: ZoneTimeline) -> Instant {
        let oldDate = zones.date(of: start)
        let oldSecond = zones.zone(at: start).local(start) - oldDate.day * 86_400
        // An hour that comes twice stays the one that it was.
        if date ?? oldDate == oldDate, clock ?? oldSecond == oldSecond { return start }
        return zones.instant(of: date ?? oldDate, second: clock ?? oldSecond)
    }

    // MARK: Both

    /// Nobody has worked tomorrow, by the calendar where the client is, which dates count in.
    private static func notInFuture(
        _ when: TimeEntry.When, _ zones: ZoneTimeline, _ now: Instant
    ) throws(Problems) -> TimeEntry.When {
        let date =
            switch when {
            case .dated(let date, _): date
            case .clocked(let start, _): zones.date(of: start)
            }
        let today = zones.date(of: now)
        guard date > today else { return when }
        throw Problems([
            Problem(
                "date", "it lies in the future, on \(date)",
                fix: "give the date on which the work was done; where the client is, today is \(today)")
        ])
    }

    private func refuseContradictions() throws(Problems) {
        let found = contradictions
        if !found.isEmpty { throw Problems(found) }
    }

    /// Clocked time, where all that is given agrees with it.
    private func clocked(_ start: Instant, _ end: Instant, _ zones: ZoneTimeline) throws(Problems) -> TimeEntry.When {
        guard end > start else {
            throw Problems([GivenTime.ending(at: end, before: start)])
        }
        if let hours, hours != end - start { throw Problems([GivenTime.disagreement(hours, end - start)]) }
        if let date, zones.date(of: start) != date {
            throw Problems([
                Problem(
                    "date", "it says \(date), and where the client is the start is on \(zones.date(of: start))",
                    fix: "leave one of them out, or make them agree")
            ])
        }
        return .clocked(start: start, end: end)
    }
}
