package import Agreements
package import Rating
import Storage
package import Values

/// Time in one line, as somebody types it between two calls: `r-17 20m troubleshooting: checked the labels`.
///
/// First, in any order: the request, how long (or from when to when), and, if it matters, the day and the kind of work. What
/// follows is the note.
package struct QuickEntry: Hashable, Sendable {
    /// The request.
    package let request: RequestID
    /// The kind of work.
    package let workType: WorkTypeID
    /// When.
    package let when: TimeEntry.When
    /// What was done.
    package let note: String
    /// All of it as it was understood.
    package let echo: String
    /// The day on which it was read, where the client is: what "yesterday" and a line without a day count from.
    package let readOn: CivilDate

    /// The request that a line names.
    ///
    /// - Throws: `Problems` where it names none.
    package static func request(in line: String) throws -> RequestID {
        guard let word = words(line).first(where: isRequest) else {
            throw Problems([
                Problem(
                    "time", "the line names no request",
                    fix: "begin with one: r-17 20m troubleshooting: checked the labels")
            ])
        }
        return RequestID(word.hasSuffix(":") ? String(word.dropLast()) : word)
    }

    /// Understands a line as whoever asks would log it now: with the clock of the request's client, and the kind of work
    /// that was set for the request.
    ///
    /// - Parameter day: the day on which it was read before, where it was shown then and is to mean the same.
    /// - Throws: `Problems` that say what is missing, or which word was not understood.
    package init(_ line: String, in desk: DeskTransaction, readOn day: CivilDate? = nil) throws {
        let request = try desk.request(try QuickEntry.request(in: line)).request
        let history = try desk.terms()
        let zones = try desk.zones(of: request.client, desk.standing(of: request.client))
        let workType = try RequestBoard(desk.connection).request(request.id)?.workType
        func read(_ terms: Terms) throws -> QuickEntry {
            try QuickEntry(line, terms: terms, zones: zones, now: desk.now, defaultWorkType: workType, readOn: day)
        }
        let today = history.offered(on: zones.date(of: desk.now))
        let entry = try read(today)
        // Work of another day is of a kind that there was then.
        let then =
            switch entry.when {
            case .dated(let date, _): history.offered(on: date)
            case .clocked(let start, _): history.offered(on: zones.date(of: start))
            }
        self = then.effective == today.effective ? entry : try read(then)
    }

    /// What logs it.
    package var operation: LogTime { LogTime(request: request, workType: workType, when: when, note: note) }

    /// Understands a line.
    ///
    /// - Parameters:
    ///   - terms: the kinds of work that there are.
    ///   - zones: the clock that times of day are read on.
    ///   - defaultWorkType: the kind of work where the line has none.
    ///   - day: the day that it is read on, where that is not today.
    /// - Throws: `Problems` that say what is missing, or which word was not understood.
    package init(
        _ line: String, terms: Terms, zones: ZoneTimeline, now: Instant, defaultWorkType: WorkTypeID? = nil,
        readOn day: CivilDate? = nil
    ) throws {
        func refuse(_ message: String, _ fix: String) -> Problems { Problems([Problem("time", message, fix: fix)]) }
        let today = day ?? zones.date(of: now)
        readOn = today
        request = try QuickEntry.request(in: line)
        var rest = QuickEntry.words(line)[...]
        var length: Hours?
        var clock: (start: Int, end: Int)?
        var date: CivilDate?
        var type: WorkTypeID?
        var hasRequest = false
        while let word = rest.first {
            let endsParts = word.hasSuffix(":") && word.count > 1 && !QuickEntry.isClockRange(word)
            let plain = endsParts ? String(word.dropLast()) : word
            if !hasRequest, plain == request.text {
                hasRequest = true
            } else if clock == nil, let range = QuickEntry.clockRange(plain) {
                clock = range
            } else if length == nil, let found = QuickEntry.length(rest) {
                length = found.hours
                rest = rest.dropFirst(found.words)
                if found.endsParts { break }
                continue
            } else if date == nil, let found = try QuickEntry.date(plain, today) {
                date = found
            } else if type == nil, let found = QuickEntry.workType(plain, terms) {
                type = found
            } else {
                break
            }
            rest = rest.dropFirst()
            // A colon begins the note, except after the request, where people put one too.
            if endsParts, length != nil || clock != nil { break }
        }
        note = rest.joined(separator: " ")
        guard length != nil || clock != nil else {
            throw refuse("how long it took is missing", "write 20m, 1:30, 1h30 or 9:30-10:15 before the note")
        }
        guard let workType = type ?? defaultWorkType else {
            let names = terms.workTypes.keys.map(\.text).sorted().joined(separator: ", ")
            throw refuse("the kind of work is missing", "write one of: \(names)")
        }
        self.workType = workType
        let worked = date ?? today
        if let clock {
            let start = zones.instant(of: worked, second: clock.start)
            // An end before the start is on the next day.
            let end = zones.instant(of: clock.end > clock.start ? worked : worked + 1, second: clock.end)
            when = try GivenTime(hours: length, start: start, end: end).time(zones, now: now)
        } else {
            when = try GivenTime(date: worked, hours: length).time(zones, now: now)
        }
        echo = QuickEntry.echo(request, when, clock, worked, terms.workTypes[workType]?.name ?? workType.text, note)
    }

    private static func echo(
        _ request: RequestID, _ when: TimeEntry.When, _ clock: (start: Int, end: Int)?, _ date: CivilDate,
        _ type: String,
        _ note: String
    ) -> String {
        let length: Hours
        switch when {
        case .dated(_, let hours): length = hours
        case .clocked(let start, let end): length = end - start
        }
        func time(_ second: Int) -> String { "\(second / 3600):\(twoDigits(second / 60 % 60))" }
        let weekday = date.weekday.rawValue.prefix(1).uppercased() + date.weekday.rawValue.dropFirst()
        let range = clock.map { " from \(time($0.start)) to \(time($0.end))" } ?? ""
        return "\(request), \(weekday), \(date.written)\(range), \(length), \(type)" + (note.isEmpty ? "" : ": \(note)")
    }

    // MARK: Words

    private static func words(_ line: String) -> [String] {
        line.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Letters, a hyphen and something after it, as ids of requests are made; those of trackers have more parts.
    private static func isRequest(_ word: String) -> Bool {
        let plain = word.hasSuffix(":") ? word.dropLast() : word[...]
        let parts = plain.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].first, first.isLetter, let last = parts[1].first else {
            return false
        }
        return last.isNumber
    }

    /// A length with its unit or a colon, of up to four words: `1h 30m`, `1 h 30 min`. A bare number could be anything. The
    /// longest reading counts.
    private static func length(_ words: ArraySlice<String>) -> (hours: Hours, words: Int, endsParts: Bool)? {
        for count in stride(from: min(4, words.count), through: 1, by: -1) {
            var text = words.prefix(count).joined(separator: " ")
            let endsParts = text.hasSuffix(":")
            if endsParts { text.removeLast() }
            // A number without a unit behind the length is the beginning of the note: "1h 30 labels".
            guard text.first?.isNumber == true, text.contains(where: { $0.isLetter || ":.,".contains($0) }),
                count == 1 || text.last?.isLetter == true || text.last == ".", let hours = Hours(text: text),
                hours > .zero
            else { continue }
            return (hours, count, endsParts)
        }
        return nil
    }

    private static func isClockRange(_ word: String) -> Bool { clockRange(word) != nil }

    private static func clockRange(_ word: String) -> (start: Int, end: Int)? {
        let sides = word.split(whereSeparator: { $0 == "-" || $0 == "–" }).map(String.init)
        guard sides.count == 2, let start = try? TypedInput.clock(sides[0]), let end = try? TypedInput.clock(sides[1]),
            start != end
        else { return nil }
        return (start, end)
    }

    /// - Throws: `Problems` where a word can be meant for nothing but a date, and is none.
    private static func date(_ word: String, _ today: CivilDate) throws -> CivilDate? {
        // A number alone is no date here, nor is "-3".
        guard word.count >= 3, !word.hasPrefix("-") else { return nil }
        let parts = word.split(separator: "-", omittingEmptySubsequences: false)
        let isMeant = parts.count == 3 && parts[0].count == 4 && parts.allSatisfy { $0.allSatisfy(\.isNumber) }
        return isMeant ? try TypedInput.date(word, today: today) : try? TypedInput.date(word, today: today)
    }

    /// A kind of work by its id, or by a beginning of it or of its name that no other has.
    private static func workType(_ word: String, _ terms: Terms) -> WorkTypeID? {
        let small = word.lowercased()
        if terms.workTypes[WorkTypeID(small)] != nil { return WorkTypeID(small) }
        guard small.count >= 4 else { return nil }
        let found = terms.workTypes.filter {
            $0.key.text.hasPrefix(small) || $0.value.name.lowercased().hasPrefix(small)
        }
        return found.count == 1 ? found.first?.key : nil
    }
}
