extension Facts {
    /// The time on a request as it stands: with its corrections, without what was withdrawn, by id.
    public func standingEntries(on request: RequestID) -> [TimeEntry] {
        let voided = Set(timeVoids.map(\.entry))
        var entries: [EntryID: TimeEntry] = [:]
        for entry in timeEntries { entries[entry.id] = entry }
        for correction in timeCorrections { entries[correction.entry.id] = correction.entry }
        return entries.values.filter { $0.request == request && !voided.contains($0.id) }.sorted { $0.id < $1.id }
    }
}
