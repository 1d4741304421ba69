import Agreements
import Values

/// Time entries, their corrections, and courtesies.
extension FactsCheck {
    /// How long an entry may be unasked.
    private static let day = Hours(24)
    /// How long all of them may be together: more than eleven thousand years, and few enough for every sum of amounts.
    private static let most = Hours(100_000_000)
    /// How long it may be at all: over a year without a pause, and few enough hours for every sum of amounts.
    private static let longest = Hours(10_000)

    func checkTime(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        var check = EntryCheck(self, index)
        // By place, for an entry has many parts to copy.
        let entries = facts.timeEntries
        for index in entries.indices { check.check(entries[index], "time entry", &found) }
        for correction in facts.timeCorrections { check.check(correction.entry, "correction of time entry", &found) }
        if check.total > FactsCheck.most {
            found.add("time entries", "they add up to over \(FactsCheck.most)", fix: "correct their lengths")
        }
        check.tellOfLines(&found)
        checkCourtesies(facts, &found)
    }

    /// One entry after another. What many entries have in common is told once.
    private struct EntryCheck {
        private let terms: TermsHistory
        private let index: FactIndex
        /// The work type that was last found in a version of the terms: most entries have the one before's.
        private var lastFound: (version: Int, workType: WorkTypeID)?
        private let now: Instant?
        /// The date on the wall where it is latest, for what has no zone.
        private let today: CivilDate?
        private let allowsLongEntries: Bool
        /// The time of all entries that are not too long.
        private(set) var total = Hours.zero
        private var missingLines: Set<MissingLine> = []
        /// For each version of the terms, whether it has the service line of each request.
        private let hasLine: [[Bool]]

        /// A request whose service line a version of the terms does not have, though there is work on it then.
        private struct MissingLine: Hashable {
            var request: Int
            var version: Int
        }

        init(_ check: FactsCheck, _ index: FactIndex) {
            terms = check.terms
            self.index = index
            now = check.now
            today = check.now.map { CivilDate(day: floorDivide($0.seconds + 14 * 3600, 86_400)) }
            allowsLongEntries = check.allowsLongEntries
            hasLine = check.terms.versions.map { version in
                index.requests.requests.map { version.serviceLines[$0.serviceLine] != nil }
            }
        }

        mutating func check(_ entry: TimeEntry, _ kind: String, _ found: inout Findings) {
            checkLength(entry, kind, &found)
            if entry.worked <= FactsCheck.longest { total += entry.worked }
            guard let place = index.requests.index(of: entry.request) else {
                found.add(
                    "\(kind) \(entry.id)", "there is no request \"\(entry.request)\"",
                    fix: "add the request, or check its id")
                return
            }
            let (first, last) = dates(of: entry, index.requests.requests[place].client)
            guard let version = terms.index(on: first) else {
                found.add(
                    "\(kind) \(entry.id)", "no terms were in force on \(first)", fix: "give the terms of that time")
                return
            }
            checkNames(entry, place, version, kind, &found)
            if last > first, let next = terms.index(on: last), next > version {
                checkNames(entry, place, next, kind, &found)
            }
        }

        private func checkLength(_ entry: TimeEntry, _ kind: String, _ found: inout Findings) {
            switch entry.when {
            case .dated(let date, let hours):
                if hours <= .zero {
                    found.add(
                        "\(kind) \(entry.id)", "it has \(hours) hours", fix: "write more than none, or leave it out")
                }
                if let today, date > today {
                    found.add(
                        "\(kind) \(entry.id)", "it lies in the future, on \(date)",
                        fix: "give the date on which the work was done")
                }
            case .clocked(let start, let end):
                if end <= start {
                    found.add(
                        "\(kind) \(entry.id)", "it ends at \(end), not after it starts at \(start)",
                        fix: "give a later end")
                }
                if let now, end > now {
                    found.add(
                        "\(kind) \(entry.id)", "it lies in the future: it ends at \(end)",
                        fix: "give the time at which the work was done")
                }
            }
            let worked = entry.worked
            if worked > FactsCheck.longest {
                found.add(
                    "\(kind) \(entry.id)", "it lasts \(worked), over \(FactsCheck.longest)", fix: "split it by months")
            } else if worked > FactsCheck.day, !allowsLongEntries {
                found.add(
                    "\(kind) \(entry.id)", "it lasts \(worked), over 24 hours",
                    fix: "split it by days, or allow long entries if it is meant")
            }
        }

        /// The first and the last date of an entry, where its client is.
        private func dates(of entry: TimeEntry, _ client: ClientID) -> (first: CivilDate, last: CivilDate) {
            switch entry.when {
            case .dated(let date, _): return (date, date)
            case .clocked(let start, let end):
                let zones = index.zones[client] ?? ZoneTimeline(first: .utc, changes: [])
                let first = zones.date(of: start)
                // Only a new version of the terms makes the last date matter.
                guard terms.versions.count > 1, end > start else { return (first, first) }
                return (first, zones.date(of: Instant(seconds: end.seconds - 1)))
            }
        }

        private mutating func checkNames(
            _ entry: TimeEntry, _ request: Int, _ version: Int, _ kind: String, _ found: inout Findings
        ) {
            if !hasLine[version][request] { missingLines.insert(MissingLine(request: request, version: version)) }
            if let lastFound, lastFound.version == version, lastFound.workType == entry.workType { return }
            let terms = terms.versions[version]
            guard terms.workTypes[entry.workType] == nil else {
                lastFound = (version, entry.workType)
                return
            }
            found.add(
                "\(kind) \(entry.id)", "the terms of \(terms.effective) have no work type \"\(entry.workType)\"",
                fix: suggestion(for: entry.workType.text, among: terms.workTypes.keys.map(\.text)))
        }

        /// Says which requests have work in versions of the terms that do not have their line. A line that no version has
        /// was told before.
        func tellOfLines(_ found: inout Findings) {
            for missing in missingLines {
                let request = index.requests.requests[missing.request]
                let version = terms.versions[missing.version]
                guard terms.versions.contains(where: { $0.serviceLines[request.serviceLine] != nil }) else { continue }
                found.add(
                    "request \(request.id)",
                    "it has work while the terms of \(version.effective) are in force, and these have no service line "
                        + "\"\(request.serviceLine)\"",
                    fix: suggestion(for: request.serviceLine.text, among: version.serviceLines.keys.map(\.text)))
            }
        }
    }

    /// No more may be given of an entry than was ever written down of it.
    private func checkCourtesies(_ facts: Facts, _ found: inout Findings) {
        guard !facts.courtesies.isEmpty else { return }
        var given: [EntryID: Hours] = [:]
        for courtesy in facts.courtesies {
            guard let hours = courtesy.hours else { continue }
            if hours <= .zero {
                found.add(
                    "courtesy for time entry \(courtesy.entry)", "it gives \(hours)",
                    fix: "give more than none, or leave the hours out to give all")
            }
            given[courtesy.entry, default: .zero] += hours
        }
        var worked: [EntryID: Hours] = [:]
        for entry in facts.timeEntries where given[entry.id] != nil {
            worked[entry.id] = max(worked[entry.id] ?? .zero, entry.worked)
        }
        for entry in facts.timeCorrections.lazy.map(\.entry) where worked[entry.id] != nil {
            worked[entry.id] = max(worked[entry.id] ?? .zero, entry.worked)
        }
        for (entry, hours) in given {
            guard let most = worked[entry], hours > most else { continue }
            found.add(
                "courtesy for time entry \(entry)", "it gives \(hours) of \(most)",
                fix: "give at most what was worked")
        }
    }
}
