public import Values

/// The moment at which something became known: by the number of its fact, and where there are no numbers by the clock
/// (docs/rules.md, "What was known when").
public struct Moment: Hashable, Comparable, Sendable {
    /// The fact's number in the ledger, from 1; 0 where it has none, as in a facts file without numbers.
    public var number: Int
    /// What the clock said.
    public var at: Instant
    /// The place among facts of one second that have no numbers: 0, but for closings and reopenings, which come last.
    public var place: Int

    /// A moment.
    public init(number: Int = 0, at instant: Instant, place: Int = 0) {
        self.number = number
        at = instant
        self.place = place
    }

    /// The end of an instant: everything recorded at it comes before.
    public static func end(of instant: Instant) -> Moment { Moment(at: instant, place: .max) }

    /// Whether something was known earlier. Numbers decide where both have one, whatever the clock said; those that are only
    /// asked about have one number, and among them the clock decides.
    public static func < (a: Moment, b: Moment) -> Bool {
        if a.number != 0, b.number != 0, a.number != b.number { return a.number < b.number }
        return (a.at, a.place) < (b.at, b.place)
    }
}

/// Something that happened and was recorded.
public protocol Fact: Hashable, Sendable {
    /// When it was recorded, by the clock.
    var recordedAt: Instant { get set }
    /// Its number in the ledger; 0 where it has none. It belongs to the place where the fact is kept, not to what it says.
    var number: Int { get set }
    /// When it became known.
    var recorded: Moment { get }
}

extension Fact {
    /// When it became known.
    public var recorded: Moment { Moment(number: number, at: recordedAt) }
}
