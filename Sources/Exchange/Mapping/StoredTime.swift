package import Agreements
package import Rating
import Values

/// The ids of a row: the one that it is given, and the one that its text was given when ids were made from it as it is written.
struct RowIDs {
    var own: EntryID
    var written: EntryID

    var all: [EntryID] { own == written ? [own] : [own, written] }
}

/// The time that is there, as far as the rows of an export may be among it.
package struct StoredTime: Sendable {
    /// Entries that are there, or are spoken of, by their ids.
    fileprivate var ids: Set<EntryID>
    /// The time of the export's clients in its dates, by client.
    fileprivate var time: [ClientID: Facts]

    /// Whether nothing is there.
    var isEmpty: Bool { ids.isEmpty && time.allSatisfy(\.value.timeEntries.isEmpty) }

    /// - Parameters:
    ///   - ids: those of ``TimeImport/possibleIDs(of:)`` that are there.
    ///   - time: the time of the export's clients in its dates, by client.
    package init(ids: Set<EntryID>, time: [ClientID: Facts]) {
        self.ids = ids
        self.time = time
    }

    /// The entries that facts speak of.
    init(mentionedIn facts: Facts) {
        ids = Set(facts.timeEntries.map(\.id))
        ids.formUnion(facts.courtesies.map(\.entry))
        ids.formUnion(facts.timeVoids.map(\.entry))
        ids.formUnion(facts.timeCorrections.map(\.entry.id))
        ids.formUnion(facts.timeApprovals.map(\.entry))
        time = [:]
    }
}

/// Finds the rows of an export among the time that is there: by the ids that they have or were given before, else by what they
/// say. Of several rows that say the same, each finds one of its own.
struct StoredFinder {
    /// What else makes a row the same: whose it is, where, and whether its time is given.
    struct Place {
        var client: ClientID
        var zone: Zone
        var isGiven: Bool
    }

    /// The entries that rows have found.
    private(set) var claimed: Set<EntryID> = []
    private let ids: Set<EntryID>
    /// The stored entries of one client and person that begin in one minute, or are of one day.
    private var entries: [Key: [Stored]] = [:]
    private var isOpen: Bool { !entries.isEmpty }

    private struct Key: Hashable {
        var client: ClientID
        var person: String
        /// The minute since 1970, or the day where the entry has no clock times.
        var time: Int
        var isDated: Bool
    }

    private struct Stored {
        var entry: TimeEntry
        var isGiven: Bool
        var isWithdrawn: Bool
    }

    init(_ stored: StoredTime) {
        ids = stored.ids
        for (client, facts) in stored.time {
            let given = Set(facts.courtesies.lazy.filter { $0.hours == nil }.map(\.entry))
            let withdrawn = Set(facts.timeVoids.map(\.entry))
            for entry in facts.timeEntries.sorted(by: { $0.id < $1.id }) {
                entries[StoredFinder.key(client, entry), default: []].append(
                    Stored(
                        entry: entry, isGiven: given.contains(entry.id), isWithdrawn: withdrawn.contains(entry.id)))
            }
        }
    }

    private static func key(_ client: ClientID, _ entry: TimeEntry) -> Key {
        switch entry.when {
        case .clocked(let start, _):
            Key(client: client, person: entry.person, time: floorDivide(start.seconds, 60), isDated: false)
        case .dated(let date, _): Key(client: client, person: entry.person, time: date.day, isDated: true)
        }
    }

    /// The stored id of a row, where it is there under an id of its own.
    mutating func claim(_ ids: RowIDs) -> EntryID? {
        for id in ids.all where self.ids.contains(id) && claimed.insert(id).inserted { return id }
        return nil
    }

    /// Gives rows that are there in other words the ids that they are there by.
    ///
    /// - Returns: for each entry whether it is there; nothing where none is.
    mutating func match(_ rows: inout [TimeEntry], _ place: (Int) -> Place) -> [Bool] {
        guard isOpen || !claimed.isEmpty else { return [] }
        var isKnown = rows.map { claimed.contains($0.id) }
        for index in rows.indices where !isKnown[index] {
            let place = place(index)
            let found = entries[StoredFinder.key(place.client, rows[index])]?.first { stored in
                !claimed.contains(stored.entry.id) && EntryNames.isAnyName(stored.entry.id.text)
                    && stored.isGiven == place.isGiven && StoredFinder.isSame(rows[index], stored.entry)
            }
            guard let found else { continue }
            claimed.insert(found.entry.id)
            rows[index].id = found.entry.id
            isKnown[index] = true
        }
        return isKnown
    }

    /// Whether two entries of one person that begin alike are the same work, written otherwise.
    private static func isSame(_ row: TimeEntry, _ stored: TimeEntry) -> Bool {
        guard row.request == stored.request, row.workType == stored.workType,
            RowText.plain(row.note) == RowText.plain(stored.note)
        else { return false }
        let (new, old) = (row.when.length.seconds, stored.when.length.seconds)
        if case .clocked(let start, _) = row.when, case .clocked(let other, _) = stored.when, start != other {
            // One of them was written to the minute.
            guard start.seconds % 60 == 0 || other.seconds % 60 == 0 else { return false }
            return abs(new - old) < 60
        }
        return new == old || RowText.isRounded(old, from: new) || RowText.isRounded(new, from: old)
    }

    /// New entries that may be the same as stored ones, in words: of the same person and client, with the same start, or the
    /// same day and length.
    func alike(_ rows: [TimeEntry], _ isKnown: [Bool], _ place: (Int) -> Place) -> [String] {
        guard isOpen else { return [] }
        var byDay: [Key: [Stored]] = [:]
        var found: [String] = []
        var zones: [ClientID: Zone] = [:]
        for index in rows.indices where !isKnown[index] {
            let place = place(index)
            zones[place.client] = place.zone
        }
        for (key, stored) in entries {
            guard let zone = zones[key.client] else { continue }
            for one in stored where !one.isWithdrawn && !claimed.contains(one.entry.id) {
                var key = key
                key.time = one.entry.when.date(in: zone).day
                key.isDated = true
                byDay[key, default: []].append(one)
            }
        }
        for index in rows.indices where !isKnown[index] {
            let row = rows[index]
            let place = place(index)
            var key = StoredFinder.key(place.client, row)
            key.time = row.when.date(in: place.zone).day
            key.isDated = true
            let near = (byDay[key] ?? []).filter { stored in
                if stored.entry.when.length == row.when.length { return true }
                guard case .clocked(let start, _) = row.when, case .clocked(let other, _) = stored.entry.when else {
                    return false
                }
                return floorDivide(start.seconds, 60) == floorDivide(other.seconds, 60)
            }
            guard let first = near.min(by: { $0.entry.id < $1.entry.id }) else { continue }
            found.append(
                "\(row.when.date(in: place.zone)), \(row.when.length) by \(row.person), may be the same as "
                    + "\(first.entry.id), \(first.entry.when.length)")
        }
        return found
    }
}

extension TimeEntry.When {
    fileprivate var length: Hours {
        switch self {
        case .clocked(let start, let end): end - start
        case .dated(_, let hours): hours
        }
    }

    fileprivate func date(in zone: Zone) -> CivilDate {
        switch self {
        case .clocked(let start, _): zone.date(of: start)
        case .dated(let date, _): date
        }
    }
}

/// What makes two texts and two lengths the same.
private enum RowText {
    /// Without the blanks around it, its line ends alike.
    static func plain(_ text: String) -> String {
        text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").trimmingBlanks
    }

    /// Whether a length is another one after it was rounded to one to four decimals of an hour, as older versions took it.
    static func isRounded(_ rounded: Int, from exact: Int) -> Bool {
        [10, 100, 1000, 10_000].contains { scale in
            let parts = (exact * scale * 2 + 3600) / 7200
            return (parts * 7200 + scale) / (2 * scale) == rounded
        }
    }
}
