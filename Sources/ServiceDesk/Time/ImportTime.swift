import Agreements
import Database
package import Exchange
import Rating
import Storage
import Values

/// Takes over the time of a tracker's export, all or nothing. Rows that are there already are left out, so that the same
/// file twice adds nothing (edge case E49).
package struct ImportTime: DeskOperation {
    package static let name = "import.time"
    package static let role = Role.manager

    package var export: TimeExport
    package var mapping: Mapping
    /// The files' content, which makes two imports the same.
    package var digest: String

    package init(export: TimeExport, mapping: Mapping, digest: String) {
        self.export = export
        self.mapping = mapping
        self.digest = digest
    }

    package var about: (client: String, subject: String) { ("", "time export") }
    package var content: RequestContent { ["files": digest] }

    package func perform(in desk: DeskTransaction) throws -> ImportReport {
        let (facts, report) = try ImportPlan(desk, export, mapping).make()
        guard report.newEntries > 0 else { return report }
        try desk.recordUnchecked(facts)
        try desk.tell(.timeImported, client: "", [("entries", "\(report.newEntries)")])
        return report
    }
}

/// What an import adds, or would add.
public struct ImportReport: Codable, Hashable, Sendable {
    /// Rows of the file that can be used.
    public var rows = 0
    /// Those that are there already.
    public var known = 0
    /// Entries that are added.
    public var newEntries = 0
    /// Their seconds.
    public var newSeconds = 0
    /// Clients, contracts, projects and requests that are added.
    public var newClients: [String] = []
    /// Contracts that are added.
    public var newContracts = 0
    /// Requests that are added.
    public var newRequests = 0
    /// Entries added to closed months: what they change goes on the next statement.
    public var late = 0
    /// Rows whose month differs between the tracker's clock and the client's, the first few.
    public var nearMonthEdge: [String] = []
    /// Two entries of one person at one time, the first few.
    public var overlaps: [String] = []
    /// Entries taken over before from the same tracker, in the file's clients and dates, that the file does not have: they
    /// were deleted or changed there. The first few.
    public var gone: [String] = []
    /// How many there are.
    public var goneCount = 0
    /// How many rows near a month's edge, and overlaps, there are.
    public var nearMonthEdgeCount = 0
    /// How many overlaps there are.
    public var overlapCount = 0
    /// What is said of the whole file: rows that are left out, rows that were invoiced. Nil in reports of older versions.
    public var remarks: [String]?
    /// New entries that may be the same as ones that are there, the first few. Nil in reports of older versions.
    public var mayBeSame: [String]?
    /// How many there are.
    public var mayBeSameCount: Int?
}

/// Works out what an import adds.
struct ImportPlan {
    private let desk: DeskTransaction
    private let export: TimeExport
    private let mapping: Mapping
    private static let shown = 5

    init(_ desk: DeskTransaction, _ export: TimeExport, _ mapping: Mapping) {
        self.desk = desk
        self.export = export
        self.mapping = mapping
    }

    /// The facts that are new, checked, and what to say about them.
    func make() throws -> (Facts, ImportReport) {
        WorkProgress.now("reading what is there")
        let terms = try desk.terms()
        var known = Facts()
        for client in Set(mapping.clientIDs).sorted() where try desk.exists("client", client.text) {
            known.append(try desk.standing(of: client))
            known.append(try desk.facts().requests(of: client))
        }
        let importer = TimeImport(mapping: mapping, terms: terms, known: known)
        let there = try desk.facts().entryIDs(among: importer.possibleIDs(of: export))
        let time = try storedTime()
        WorkProgress.now("comparing the rows with it")
        let rows = try importer.rows(of: export, stored: StoredTime(ids: there, time: time))
        var facts = rows.facts
        var report = ImportReport()
        report.rows = facts.timeEntries.count
        report.remarks = export.remarks(for: mapping)
        report.mayBeSame = Array(rows.alike.prefix(ImportPlan.shown))
        report.mayBeSameCount = rows.alike.count
        facts.timeEntries.removeAll { rows.known.contains($0.id) }
        facts.courtesies.removeAll { rows.known.contains($0.entry) }
        let used = Set(facts.timeEntries.lazy.map(\.request))
        facts.requests.removeAll { !used.contains($0.id) }
        report.known = report.rows - facts.timeEntries.count
        report.newEntries = facts.timeEntries.count
        report.newSeconds = facts.timeEntries.reduce(0) { $0 + $1.worked.seconds }
        recordNow(&facts)

        WorkProgress.now("checking the new entries")
        let check = FactsCheck(terms: terms, now: desk.now, allowsLongEntries: mapping.allowsLongEntries)
        var all = known
        all.append(facts)
        let found = check.problems(in: all)
        guard found.isEmpty else { throw Problems(found) }
        findGone(Set(facts.timeEntries.map(\.id)).union(rows.known), time, &report)
        if facts.timeEntries.isEmpty { return (Facts(), report) }
        report.newClients = facts.clients.map(\.id.text).sorted()
        report.newContracts = facts.contracts.count
        report.newRequests = facts.requests.count
        try look(at: facts, all, &report)
        return (facts, report)
    }

    /// The time of the mapping's clients in the file's months, and a day before and after for other clocks.
    private func storedTime() throws -> [ClientID: Facts] {
        guard let dates = export.dates else { return [:] }
        let periods = Period(containing: dates.lowerBound + -1)...Period(containing: dates.upperBound + 1)
        var time: [ClientID: Facts] = [:]
        for client in Set(mapping.clientIDs).sorted() where try desk.exists("client", client.text) {
            time[client] = try desk.facts().facts(of: client, in: [periods])
        }
        return time
    }

    /// Finds what an earlier export of the same tracker had in the file's dates, and this one has no more.
    private func findGone(_ inFile: Set<EntryID>, _ time: [ClientID: Facts], _ report: inout ImportReport) {
        guard let dates = export.dates else { return }
        for (client, known) in time.sorted(by: { $0.key < $1.key }) {
            let withdrawn = Set(known.timeVoids.map(\.entry))
            let zones = desk.zones(of: client, known)
            for entry in known.timeEntries where export.mayHaveNamed(entry.id) && !inFile.contains(entry.id) {
                let date: CivilDate
                switch entry.when {
                case .dated(let day, _): date = day
                case .clocked(let start, _): date = zones.date(of: start)
                }
                guard dates.contains(date), !withdrawn.contains(entry.id) else { continue }
                report.goneCount += 1
                if report.gone.count < ImportPlan.shown {
                    report.gone.append("\(entry.id), \(date), \(entry.worked) by \(entry.person)")
                }
            }
        }
    }

    /// What is imported is known from now on.
    private func recordNow(_ facts: inout Facts) {
        for index in facts.clients.indices { facts.clients[index].recordedAt = desk.now }
        for index in facts.contracts.indices { facts.contracts[index].recordedAt = desk.now }
        for index in facts.projects.indices { facts.projects[index].recordedAt = desk.now }
        for index in facts.requests.indices { facts.requests[index].recordedAt = desk.now }
        for index in facts.courtesies.indices { facts.courtesies[index].recordedAt = desk.now }
        for index in facts.timeEntries.indices { facts.timeEntries[index].recordedAt = desk.now }
    }

    /// Finds what a person should look at.
    private func look(at facts: Facts, _ all: Facts, _ report: inout ImportReport) throws {
        let clients = Dictionary(all.requests.map { ($0.id, $0.client) }, uniquingKeysWith: { a, _ in a })
        var zones: [ClientID: ZoneTimeline] = [:]
        var closed: [ClientID: Period] = [:]
        for client in Set(clients.values) {
            zones[client] = desk.zones(of: client, all)
            closed[client] = try Closings(desk.connection).last(of: client)
        }
        for entry in facts.timeEntries {
            guard let client = clients[entry.request], let zone = zones[client] else { continue }
            let period: Period
            switch entry.when {
            case .dated(let date, _): period = Period(containing: date)
            case .clocked(let start, let end):
                period = zone.period(containing: start)
                let theirs = mapping.zone.map { Period(containing: $0.date(of: start)) } ?? period
                if theirs != period || zone.period(containing: Instant(seconds: end.seconds - 1)) != period {
                    report.nearMonthEdgeCount += 1
                    if report.nearMonthEdge.count < ImportPlan.shown {
                        report.nearMonthEdge.append("\(entry.id), \(start) to \(end): \(period) where \(client) is")
                    }
                }
            }
            if let last = closed[client], period <= last { report.late += 1 }
        }
        findOverlaps(facts, &report)
    }

    private func findOverlaps(_ facts: Facts, _ report: inout ImportReport) {
        var clocked: [String: [(start: Instant, end: Instant, id: EntryID)]] = [:]
        for entry in facts.timeEntries {
            if case .clocked(let start, let end) = entry.when {
                clocked[entry.person, default: []].append((start, end, entry.id))
            }
        }
        for (person, entries) in clocked.sorted(by: { $0.key < $1.key }) {
            var latest: (end: Instant, id: EntryID)?
            for entry in entries.sorted(by: { ($0.start, $0.id) < ($1.start, $1.id) }) {
                if let latest, entry.start < latest.end {
                    report.overlapCount += 1
                    if report.overlaps.count < ImportPlan.shown {
                        report.overlaps.append("\(person): \(latest.id) and \(entry.id), at \(entry.start)")
                    }
                }
                if latest.map({ $0.end < entry.end }) ?? true { latest = (entry.end, entry.id) }
            }
        }
    }
}

/// Says what an import would add, and adds nothing.
package struct PreviewImport: Sendable {
    private let operation: ImportTime

    package init(_ operation: ImportTime) { self.operation = operation }

    /// What it would add.
    package func report(_ desk: ServiceDesk, by actor: Actor) throws -> ImportReport {
        try desk.preview(by: actor) { try ImportPlan($0, operation.export, operation.mapping).make().1 }
    }
}
