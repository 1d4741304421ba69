public import Agreements
import Formats
public import Rating
public import Values

/// Turns the rows of an export into facts, by a mapping.
public struct TimeImport: Sendable {
    private let mapping: Mapping
    private let terms: TermsHistory
    private let known: Facts

    /// - Parameter known: facts there are already: clients and contracts in them are not made again.
    public init(mapping: Mapping, terms: TermsHistory, known: Facts = Facts()) {
        self.mapping = mapping
        self.terms = terms
        self.known = known
    }

    /// The clients, contracts, projects, requests and time entries of an export.
    ///
    /// The same rows in any order give the same facts, and rows that were there before keep their ids when the export grows. A
    /// row that the known facts speak of by an id that it was once given keeps that one.
    ///
    /// - Throws: every name that the mapping does not know, with how many rows have it, and every question it leaves open.
    public func facts(of export: TimeExport) throws(Problems) -> Facts {
        try rows(of: export, stored: StoredTime(mentionedIn: known)).facts
    }

    /// The ids that rows of an export have, or may have been given before.
    package func possibleIDs(of export: TimeExport) -> [EntryID] {
        var names = RowNames(export)
        return Array(Set(export.rows.flatMap { row in names.next(row).all })).sorted()
    }

    /// What an export comes to beside the time that is there.
    package struct Rows: Sendable {
        /// The facts of all rows, those that are there included.
        package var facts = Facts()
        /// The entries that are there already, by their ids, those of rows that are left out included.
        package var known: Set<EntryID> = []
        /// New entries that may be the same as ones that are there, each in words.
        package var alike: [String] = []
    }

    /// The facts of an export, each row known by what it says: one that is stored has the id that it is stored by.
    ///
    /// - Throws: every name that the mapping does not know, with how many rows have it, and every question it leaves open.
    package func rows(of export: TimeExport, stored: StoredTime) throws(Problems) -> Rows {
        var problems = export.questions(for: mapping)
        let names: ResolvedNames
        do {
            names = try ResolvedNames(mapping, export)
        } catch {
            throw Problems(problems + error.all)
        }
        var result = Rows()
        let recordedAt = addClients(&result.facts, export, names)
        let zones = Dictionary(
            (known.clients + result.facts.clients).map { ($0.id, $0.zone) }, uniquingKeysWith: { a, _ in a })
        let zoneOfName = names.clients.map { $0.map { zones[$0.id] ?? .utc } ?? .utc }

        var requests: [RequestKey: RequestID] = [:]
        var taken = Set(known.requests.map(\.id))
        var projects = Set(known.projects.map(\.id))
        var notes: [String: Int32] = [:]
        var rowNames = RowNames(export)
        var finder = StoredFinder(stored)
        var given: [Int] = []
        var entries: [TimeEntry] = []
        entries.reserveCapacity(export.rows.count)
        for row in export.rows {
            let key = requestKey(row, names, &notes)
            let request: RequestID
            if let known = requests[key] {
                request = known
            } else {
                request = makeRequest(row, names, export, recordedAt, &result.facts, &taken, &projects)
                requests[key] = request
            }
            let zone = zoneOfName[names.client(of: row)]
            let when: TimeEntry.When
            if let found = self.when(row, zone) {
                when = found
            } else {
                problems.append(row.contradiction(in: mapping.zone ?? zone, file: export.file))
                continue
            }
            if isGiven(row) { given.append(entries.count) }
            let id: EntryID
            if stored.isEmpty {
                id = rowNames.own(row)
            } else {
                let ids = rowNames.next(row)
                id = finder.claim(ids) ?? ids.own
            }
            entries.append(
                TimeEntry(
                    id: id, request: request, person: names.people[names.place(row.person)],
                    workType: names.workTypes[names.place(row.task)], when: when, note: row.note,
                    recordedAt: loggedAt(when, zone)))
        }
        guard problems.isEmpty else { throw Problems(problems) }
        let isKnown = finder.match(&entries) { index in
            let row = export.rows[index]
            return StoredFinder.Place(
                client: names.clients[names.client(of: row)]?.id ?? ClientID(""),
                zone: zoneOfName[names.client(of: row)], isGiven: isGiven(row))
        }
        result.known = finder.claimed
        result.alike = finder.alike(entries, isKnown) { index in
            let row = export.rows[index]
            return StoredFinder.Place(
                client: names.clients[names.client(of: row)]?.id ?? ClientID(""),
                zone: zoneOfName[names.client(of: row)], isGiven: isGiven(row))
        }
        for index in given {
            let reason =
                export.rows[index].isInvoiced && mapping.invoiced == .given
                ? "\(export.format.invoicedWord) in \(export.format.name) before"
                : "marked as not billable in \(export.format.name)"
            let entry = entries[index]
            result.facts.courtesies.append(
                Courtesy(entry: entry.id, hours: nil, by: entry.person, reason: reason, recordedAt: entry.recordedAt))
        }
        result.facts.timeEntries = entries
        if mapping.invoiced == .leftOut { leaveOutInvoiced(&result.facts, export) }
        return result
    }

    /// Takes rows that were invoiced out of the facts, with what only they belong to.
    private func leaveOutInvoiced(_ facts: inout Facts, _ export: TimeExport) {
        let left = Set(zip(export.rows, facts.timeEntries).lazy.filter { $0.0.isInvoiced }.map { $0.1.id })
        guard !left.isEmpty else { return }
        facts.timeEntries.removeAll { left.contains($0.id) }
        facts.courtesies.removeAll { left.contains($0.entry) }
        let used = Set(facts.timeEntries.lazy.map(\.request))
        facts.requests.removeAll { !used.contains($0.id) }
    }

    /// Whether a row's time is given to the client.
    private func isGiven(_ row: TimeExport.Row) -> Bool {
        row.isNotBillable && mapping.givesNotBillable || row.isInvoiced && mapping.invoiced == .given
    }

    // MARK: Clients

    /// Adds the clients and contracts of the mapping that rows belong to. They count as recorded on the first day that
    /// anything is known of them, which is handed back for each.
    private func addClients(
        _ facts: inout Facts, _ export: TimeExport, _ names: ResolvedNames
    ) -> [ClientID: Instant] {
        var recorded: [ClientID: Instant] = [:]
        let isLeftOut = mapping.invoiced == .leftOut
        let used = Set(export.rows.lazy.filter { !(isLeftOut && $0.isInvoiced) }.map { names.client(of: $0) })
        let firstDay = export.rows.lazy.map(\.date).min() ?? CivilDate(day: 0)
        let knownClients = Set(known.clients.map(\.id))
        let knownContracts = Set(known.contracts.map(\.id))
        for number in used.sorted() {
            guard let rule = names.clients[number], recorded[rule.id] == nil else { continue }
            let theirs = names.clientNames[number]
            let day = min(firstDay, rule.contracts.map(\.from).min() ?? firstDay)
            let recordedAt = Instant(seconds: day.day * 86_400)
            recorded[rule.id] = recordedAt
            if !knownClients.contains(rule.id) {
                facts.clients.append(
                    Client(
                        id: rule.id, name: rule.name ?? theirs, zone: rule.zone ?? mapping.zone ?? .utc,
                        currency: terms.currency, recordedAt: recordedAt))
            }
            for contract in rule.contracts where !knownContracts.contains(contract.id) {
                facts.contracts.append(
                    Contract(
                        id: contract.id, client: rule.id, serviceLine: contract.serviceLine, plan: contract.plan,
                        from: contract.from, recordedAt: recordedAt))
            }
        }
        return recorded
    }

    // MARK: Requests

    /// What makes two rows of one request: the chosen column, within what decides client, line and project.
    private struct RequestKey: Hashable {
        var client: Int32
        var project: Int32
        var task: Int32
        var column: Int32
    }

    private func requestKey(_ row: TimeExport.Row, _ names: ResolvedNames, _ notes: inout [String: Int32]) -> RequestKey
    {
        var column: Int32 = -1
        switch mapping.requestColumn {
        case .projectCode: column = row.projectCode
        case .reference: column = row.reference
        case .note:
            column = notes[row.note] ?? Int32(notes.count)
            notes[row.note] = column
        case .project, .task, .projectAndTask, .client: break
        }
        return RequestKey(client: Int32(names.client(of: row)), project: row.project, task: row.task, column: column)
    }

    /// The request of a row, and with it its project, added to the facts where they are new. Rows that differ only in what
    /// does not make a request come to the same id.
    private func makeRequest(
        _ row: TimeExport.Row, _ names: ResolvedNames, _ export: TimeExport, _ recordedAt: [ClientID: Instant],
        _ facts: inout Facts, _ taken: inout Set<RequestID>, _ projects: inout Set<ProjectID>
    ) -> RequestID {
        func name(_ number: Int32) -> String { number >= 0 ? export.names[Int(number)] : "" }
        guard let client = names.clients[names.client(of: row)], let line = names.serviceLine(of: row)
        else { return RequestID("") }
        let project = names.projects[names.place(row.project)]?.id
        let at = recordedAt[client.id] ?? Instant(seconds: 0)
        if let project, projects.insert(project).inserted {
            facts.projects.append(Project(id: project, client: client.id, name: name(row.project), recordedAt: at))
        }
        let title =
            switch mapping.requestColumn {
            case .projectCode: name(row.projectCode)
            case .project: name(row.project)
            case .task: name(row.task)
            case .projectAndTask:
                [name(row.project), name(row.task)].filter { !$0.isEmpty }.joined(separator: ": ")
            case .note: row.note
            case .reference: name(row.reference)
            case .client: name(row.client)
            }
        // The id says all that makes the request, so that no two can be the same.
        let parts = [client.id.text, line.text, project?.text ?? "", title]
        let text = parts.filter { !$0.isEmpty }.joined(separator: "/")
        let id = RequestID(text.utf8.count <= 200 ? text : EntryNames.short(text))
        if taken.insert(id).inserted {
            facts.requests.append(
                Request(
                    id: id, client: client.id, serviceLine: line, project: project,
                    title: title.isEmpty ? "Work" : title, recordedAt: at))
        }
        return id
    }

    // MARK: Time

    /// When a row's work was done; nil where its length contradicts its start and end.
    private func when(_ row: TimeExport.Row, _ zone: Zone) -> TimeEntry.When? {
        guard row.start != nil else { return .dated(row.date, row.hours) }
        // The tracker counted the elapsed time; the wall clock may have changed in between.
        guard let (begin, length) = row.elapsed(in: mapping.zone ?? zone) else { return nil }
        return .clocked(start: begin, end: begin + length)
    }

    private func loggedAt(_ when: TimeEntry.When, _ zone: Zone) -> Instant {
        if case .at(let instant) = mapping.logged { return instant }
        switch when {
        case .clocked(_, let end): return end
        case .dated(let date, _): return Instant(seconds: zone.start(of: date + 1).seconds - 1)
        }
    }
}

/// Ids for rows: what a row says, and for rows that say the same which of them it is.
struct EntryNames {
    private let letter: String
    private var counts: [UInt64: Int] = [:]

    init(format: ExportFormat, count: Int) {
        letter = String(format.rawValue.prefix(1))
        counts.reserveCapacity(count)
    }

    /// The name of the next row with a hash.
    mutating func name(for hash: UInt64) -> EntryID {
        let number = counts[hash, default: 0] + 1
        counts[hash] = number
        return name(hash, number)
    }

    private func name(_ hash: UInt64, _ number: Int) -> EntryID {
        let name = letter + String(hash, radix: 36)
        return EntryID(number == 1 ? name : "\(name)-\(number)")
    }

    /// Whether a text is a name that a row of any tracker's export is given.
    static func isAnyName(_ text: String) -> Bool { ExportFormat.allCases.contains { isName(text, of: $0) } }

    /// Whether a text is a name that a row of a tracker's export is given: its letter, a number in base 36, and which of
    /// several alike it is.
    static func isName(_ text: String, of format: ExportFormat) -> Bool {
        guard text.first == format.rawValue.first else { return false }
        let parts = text.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
        return parts.count <= 2 && UInt64(parts[0], radix: 36) != nil && parts[0].count > 6
            && (parts.count == 1 || Int(parts[1]) != nil)
    }

    /// A short name for a long text.
    static func short(_ text: String) -> String {
        Array(text.utf8).withUnsafeBufferPointer { "r" + String(contentHash($0), radix: 36) }
    }
}

/// The names of an export's rows, one row after the other.
private struct RowNames {
    private var own: EntryNames
    private var written: EntryNames

    init(_ export: TimeExport) {
        own = EntryNames(format: export.format, count: export.rows.count)
        written = EntryNames(format: export.format, count: 0)
    }

    /// The name of the next row, where those of before do not matter.
    mutating func own(_ row: TimeExport.Row) -> EntryID { own.name(for: row.contentHash) }

    mutating func next(_ row: TimeExport.Row) -> RowIDs {
        RowIDs(own: own.name(for: row.contentHash), written: written.name(for: row.writtenHash))
    }
}

/// What each name of an export means, looked up once: lists by the name's number, and a last place for no name.
private struct ResolvedNames {
    let clients: [Mapping.ClientRule?]
    let projects: [Mapping.ProjectRule?]
    let people: [String]
    let workTypes: [WorkTypeID]
    /// What the clients are called, by the same places.
    let clientNames: [String]
    private let tasks: [Mapping.TaskRule?]
    private let count: Int
    /// The places of the clients that projects name, for rows that name none.
    private let clientOfProject: [Int]

    /// - Throws: every name that the mapping does not know, with how many rows have it.
    init(_ mapping: Mapping, _ export: TimeExport) throws(Problems) {
        let names = export.names + [""]
        count = export.names.count
        // Clients that only projects name stand behind those of the rows.
        let further = Set(mapping.projects.values.compactMap(\.client)).sorted()
        clientNames = names + further
        clients = clientNames.map { mapping.clients[$0] }
        projects = export.names.map { mapping.projects[$0] } + [nil]
        let nobody = export.names.count
        clientOfProject = projects.map { rule in
            rule?.client.flatMap { further.firstIndex(of: $0) }.map { names.count + $0 } ?? nobody
        }
        tasks = names.map { mapping.tasks[$0] ?? mapping.otherTasks }
        people = names.map { mapping.people[$0] ?? $0 }
        workTypes = tasks.map { $0?.workType ?? WorkTypeID("") }
        try check(mapping, export)
    }

    /// The place of a name in the lists.
    func place(_ number: Int32) -> Int { number < 0 ? count : Int(number) }

    /// The place of a row's client: the one it names, else the one its project belongs to.
    func client(of row: TimeExport.Row) -> Int {
        row.client >= 0 ? Int(row.client) : clientOfProject[place(row.project)]
    }

    /// The line of a row's request: the project's, else the task's, else the client's.
    func serviceLine(of row: TimeExport.Row) -> ServiceLineID? {
        projects[place(row.project)]?.serviceLine ?? tasks[place(row.task)]?.serviceLine
            ?? clients[client(of: row)]?.serviceLine
    }

    private func check(_ mapping: Mapping, _ export: TimeExport) throws(Problems) {
        // Rows that have the same names are counted together.
        var rows: [NameSet: Int] = [:]
        for row in export.rows {
            rows[NameSet(client: row.client, project: row.project, task: row.task), default: 0] += 1
        }
        var unknownClients: [Int32: Int] = [:]
        var unknownProjects: [Int32: Int] = [:]
        var unknownTasks: [Int32: Int] = [:]
        var withoutLine: [Int32: Int] = [:]
        for (set, count) in rows {
            let project = projects[place(set.project)]
            let client = clients[set.client >= 0 ? Int(set.client) : clientOfProject[place(set.project)]]
            let task = tasks[place(set.task)]
            if client == nil { unknownClients[set.client, default: 0] += count }
            if project == nil, set.project >= 0, !mapping.ignoresOtherProjects {
                unknownProjects[set.project, default: 0] += count
            }
            if task == nil { unknownTasks[set.task, default: 0] += count }
            if let client, let task, (project?.serviceLine ?? task.serviceLine ?? client.serviceLine) == nil {
                withoutLine[set.client, default: 0] += count
            }
        }
        var problems: [Problem] = []
        func add(_ kind: String, _ counts: [Int32: Int], _ known: [String], _ elsewhere: String) {
            for (number, count) in counts.sorted(by: { $0.key < $1.key }) {
                let name = number < 0 ? "" : export.names[Int(number)]
                let said = count == 1 ? "1 row has it" : "\(count) rows have it"
                let near = nearestName(to: name, among: known).map { "add it to \(elsewhere); \"\($0)\" is there" }
                problems.append(
                    Problem(
                        "\(kind) \"\(name)\"", "\(said), and the mapping does not",
                        fix: near ?? "add it to \(elsewhere)", file: export.file))
            }
        }
        add("client", unknownClients, Array(mapping.clients.keys), "clients")
        add("project", unknownProjects, Array(mapping.projects.keys), "projects, or write other_projects: none")
        add("task", unknownTasks, Array(mapping.tasks.keys), "tasks, or write other_tasks")
        for (number, count) in withoutLine.sorted(by: { $0.key < $1.key }) {
            let name = number < 0 ? "" : export.names[Int(number)]
            problems.append(
                Problem(
                    "client \"\(name)\"",
                    count == 1 ? "1 row has no service line" : "\(count) rows have no service line",
                    fix: "give the client, its projects or the tasks a service_line", file: export.file))
        }
        guard problems.isEmpty else { throw Problems(problems) }
    }

    private struct NameSet: Hashable {
        var client: Int32
        var project: Int32
        var task: Int32
    }
}
