import Agreements

/// What was recorded about a time entry besides the entry itself (design T5, P5): kept for the reasons on a statement.
public struct EntryNotes: Sendable {
    /// The entry as it was first logged, where it was corrected since.
    public internal(set) var logged: TimeEntry?
    /// Its corrections, earliest first.
    public internal(set) var corrections: [TimeCorrection] = []
    /// The time given of it.
    public internal(set) var courtesies: [Courtesy] = []
    /// Its approvals, earliest first.
    public internal(set) var approvals: [TimeApproval] = []

    /// What was recorded about each entry that anything was recorded about, the same whatever the order of the facts.
    static func all(_ facts: Facts) -> [EntryID: EntryNotes] {
        var notes: [EntryID: EntryNotes] = [:]
        for fact in facts.timeCorrections { notes[fact.entry.id, default: EntryNotes()].corrections.append(fact) }
        for fact in facts.courtesies { notes[fact.entry, default: EntryNotes()].courtesies.append(fact) }
        for fact in facts.timeApprovals { notes[fact.entry, default: EntryNotes()].approvals.append(fact) }
        guard !notes.isEmpty else { return notes }
        for entry in facts.timeEntries where notes[entry.id]?.corrections.isEmpty == false {
            notes[entry.id]?.logged = entry
        }
        return notes.mapValues { found in
            var sorted = found
            sorted.corrections.sort { ($0.entry.recorded, $0.reason) < ($1.entry.recorded, $1.reason) }
            sorted.courtesies.sort { ($0.recorded, $0.reason, $0.by) < ($1.recorded, $1.reason, $1.by) }
            sorted.approvals.sort { ($0.recorded, $0.by) < ($1.recorded, $1.by) }
            return sorted
        }
    }
}
