import Formats
import Values

/// One way in which a row says how long it lasts: a column, or its start and end.
struct LengthClaim: Sendable {
    var seconds: Int
    /// The lengths that it is true of: those that are rounded or cut off to what it says.
    var range: ClosedRange<Int>
    /// Whether it is a decimal, which trackers round from the length that they know.
    var isDecimal = false

    var isExact: Bool { range.lowerBound == range.upperBound && !isDecimal }

    /// What a column says.
    init(_ written: WrittenLength) {
        seconds = written.seconds
        range = written.range
        isDecimal = written.isDecimal
    }

    /// A whole number of seconds.
    init(seconds: Int) {
        self.seconds = seconds
        range = seconds...seconds
    }

    /// From a start to an end, both cut off to the second, or to the minute.
    init(from start: Int, to end: Int, isToMinute: Bool) {
        seconds = end - start
        range = isToMinute ? (seconds - 59)...(seconds + 59) : (seconds - 1)...(seconds + 1)
    }

    func agrees(with other: LengthClaim) -> Bool { range.overlaps(other.range) }
}

/// A length that differs from start and end, as one does where the clocks change in between.
struct ClockDoubt: Hashable, Sendable {
    /// The lengths that the columns are true of.
    var range: ClosedRange<Int>
    /// Whether a column says it exactly.
    var isExact: Bool
    /// Whether the times are cut off to the minute.
    var isToMinute: Bool
}

/// Puts together what a row says about its length. An exact column counts before start and end, these before a decimal, for a
/// decimal is rounded; and nothing counts where two contradict each other.
enum RowLength {
    /// Start and end may differ from the duration by this where the clocks change in between.
    static let clockChange = 7_260

    enum Verdict {
        case length(Int)
        /// Only a change of the clocks can explain it.
        case doubt(Int, ClockDoubt)
        /// Two columns differ.
        case columnsDiffer
        /// A column differs from start and end.
        case differsFromSpan(LengthClaim)
    }

    /// - Parameters:
    ///   - first: what a column says.
    ///   - second: what another column says, where there is one.
    ///   - span: what start and end say.
    ///   - isToMinute: whether start and end are cut off to the minute.
    static func judge(
        _ first: LengthClaim, _ second: LengthClaim?, span: LengthClaim?, isToMinute: Bool
    ) -> Verdict {
        if second == nil, span == nil { return .length(first.seconds) }
        // The most exact first.
        let columns = [first, second].compactMap(\.self).sorted { trust($0) > trust($1) }
        let best = columns[0]
        for other in columns.dropFirst() where !best.agrees(with: other) { return .columnsDiffer }
        guard let span else { return .length(pick(columns).seconds) }
        if columns.allSatisfy(span.agrees) {
            if best.isExact { return .length(best.seconds) }
            if !isToMinute { return .length(span.seconds) }
            // Times that are cut off to the minute count where they fit exactly.
            return .length(
                columns.allSatisfy { $0.range.contains(span.seconds) } ? span.seconds : pick(columns).seconds)
        }
        let said = pick(columns)
        guard abs(said.seconds - span.seconds) <= clockChange else {
            return .differsFromSpan(columns.first { !span.agrees(with: $0) } ?? best)
        }
        let low = columns.map(\.range.lowerBound).max() ?? said.seconds
        let high = columns.map(\.range.upperBound).min() ?? said.seconds
        return .doubt(
            said.seconds,
            ClockDoubt(range: min(low, high)...max(low, high), isExact: best.isExact, isToMinute: isToMinute))
    }

    private static func trust(_ claim: LengthClaim) -> Int { claim.isExact ? 2 : claim.isDecimal ? 0 : 1 }

    /// The first that is true of all, or the first.
    private static func pick(_ columns: [LengthClaim]) -> LengthClaim {
        columns.first { claim in columns.allSatisfy { $0.range.contains(claim.seconds) } } ?? columns[0]
    }
}

extension TimeExport.Row {
    /// When a row with clock times began, and how long it lasted by a zone's clock; nil where that contradicts its duration.
    ///
    /// A wall clock that is set back shows some times twice: of the two it is the one that fits the duration.
    func elapsed(in zone: Zone) -> (begin: Instant, length: Hours)? {
        guard let start else { return nil }
        let starts = zone.instants(showing: date.day * 86_400 + start)
        guard let end else { return (starts[0], hours) }
        let ends = zone.instants(showing: date.day * 86_400 + end)
        if let doubt {
            let leeway = doubt.isToMinute ? 59 : 1
            for begin in starts {
                for end in ends {
                    let length = (end - begin).seconds
                    guard length > 0, length != self.end.map({ $0 - start }),
                        ((length - leeway)...(length + leeway)).overlaps(doubt.range)
                    else { continue }
                    let isTaken = !doubt.isExact && doubt.range.contains(length)
                    return (begin, isTaken ? Hours(seconds: length) : hours)
                }
            }
            return nil
        }
        if isFromClock, ends[0] > starts[0] { return (starts[0], ends[0] - starts[0]) }
        return (starts[0], hours)
    }

    /// What is wrong where no change of the clocks explains its length.
    func contradiction(in zone: Zone, file: String) -> Problem {
        let span = Hours(seconds: (end ?? 0) - (start ?? 0))
        return Problem(
            "row",
            "start and end are \(span) apart, the duration is \(hours), and the clocks of \(zone.identifier) do not change "
                + "in between",
            fix: "correct it in the tracker, or the zone in the mapping", file: file, line: line)
    }
}

extension Zone {
    /// The instants at which the wall clock shows a time: two where it is set back over it. The first after it where a gap
    /// skips it.
    func instants(showing local: Int) -> [Instant] {
        let first = instant(ofLocal: local)
        // The clock an hour or so after a change back is the one that shows the time again.
        let later = first + Hours(24)
        let second = Instant(seconds: local - (self.local(later) - later.seconds))
        return second != first && self.local(second) == local ? [first, second] : [first]
    }
}
