import Foundation
import Synchronization

/// A time zone of the IANA database, as a table of its offsets: it tells where a client's days and months begin.
///
/// Copies share the table; the first use of a zone builds it (some milliseconds), every later one finds it.
public struct Zone: Sendable {
    /// `America/Los_Angeles`.
    public let identifier: String
    private let table: OffsetTable

    /// A zone by its IANA name, or nil where this system knows no such zone. Abbreviations such as `PST`, which have
    /// no rules, are not names.
    public init?(identifier: String) {
        guard let table = OffsetTable.shared(for: identifier) else { return nil }
        self.identifier = identifier
        self.table = table
    }

    /// Coordinated universal time.
    public static let utc = Zone(identifier: "UTC", table: OffsetTable(starts: [Int.min], offsets: [0]))

    private init(identifier: String, table: OffsetTable) {
        self.identifier = identifier
        self.table = table
    }

    /// Local seconds since the epoch: what a wall clock shows.
    package func local(_ instant: Instant) -> Int { instant.seconds + table.offset(at: instant.seconds) }

    /// The date on the wall at an instant.
    public func date(of instant: Instant) -> CivilDate { CivilDate(day: floorDivide(local(instant), 86_400)) }

    /// The first instant of a date. A local midnight that does not exist is the first instant after it; one that
    /// comes twice is the first (design T3).
    public func start(of date: CivilDate) -> Instant { instant(ofLocal: date.day * 86_400) }

    /// The first instant at which the wall clock shows a time, or the first after it where a gap skips that time.
    package func instant(ofLocal local: Int) -> Instant { Instant(seconds: table.first(showing: local)) }

    /// The first instant of a month.
    public func start(of period: Period) -> Instant { start(of: period.firstDay) }

    /// `2026-01-31 09:00` as the wall clock shows it.
    public func wallClock(_ instant: Instant) -> String {
        let local = local(instant)
        let date = CivilDate(day: floorDivide(local, 86_400))
        let second = local - date.day * 86_400
        let clock = Instant.clock(second)
        return "\(date) " + (second % 60 == 0 ? String(clock.dropLast(3)) : clock)
    }
}

extension Zone: Hashable {
    /// Whether the names are the same.
    public static func == (a: Zone, b: Zone) -> Bool { a.identifier == b.identifier }
    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
}

/// The offsets of a zone, each with the instant it starts at. The first starts before all time.
private final class OffsetTable: Sendable {
    let starts: [Int]
    let offsets: [Int]

    init(starts: [Int], offsets: [Int]) {
        self.starts = starts
        self.offsets = offsets
    }

    private static let known = Mutex<[String: OffsetTable]>([:])

    static func shared(for identifier: String) -> OffsetTable? {
        if let table = known.withLock({ $0[identifier] }) { return table }
        guard identifier == "UTC" || identifier.contains("/"), identifier.utf8.count <= 64,
            let zone = TimeZone(identifier: identifier)
        else { return nil }
        let table = OffsetTable(sampling: zone)
        known.withLock { $0[identifier] = table }
        return table
    }

    /// Finds every change of offset by asking for it once a day from 1970 to 2100 and halving where it differs.
    /// Foundation names the next daylight-saving change, but not every change of the standard offset.
    private convenience init(sampling zone: TimeZone) {
        func offset(_ second: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))) }
        var starts = [Int.min]
        var offsets = [offset(0)]
        var previous = 0
        for day in 1...(130 * 366) {
            let sample = day * 86_400
            let here = offset(sample)
            defer { previous = sample }
            guard here != offsets[offsets.count - 1] else { continue }
            var before = previous
            var after = sample
            while after - before > 1 {
                let middle = (before + after) / 2
                if offset(middle) == here { after = middle } else { before = middle }
            }
            starts.append(after)
            offsets.append(here)
        }
        self.init(starts: starts, offsets: offsets)
    }

    /// The place in the table of the offset in force at an instant.
    private func place(of second: Int) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= second { low = middle } else { high = middle }
        }
        return low
    }

    func offset(at second: Int) -> Int { offsets[place(of: second)] }

    func first(showing local: Int) -> Int {
        // No offset exceeds a day, so the answer lies within the offsets in force a day before and after.
        let last = place(of: local + 86_400)
        for place in self.place(of: local - 86_400)...last {
            // Local times before this stretch of the table belong to the gap that its change of offset made.
            let candidate = max(local - offsets[place], starts[place])
            if place == starts.count - 1 || candidate < starts[place + 1] { return candidate }
        }
        return local - offsets[last]
    }
}
