public import Agreements
public import Rating

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
    /// The same rows in any order give the same facts, and rows that were there before keep their ids when the export grows.
    ///
    /// - Throws: every name that the mapping does not know, with how many rows have it.
    public func facts(of export: TimeExport) throws(Problems) -> Facts {
        var resolver = NameResolver(mapping, export.names, file: export.file)
        for row in export.rows { resolver.count(row) }
        try resolver.throwIfUnknown()

        var facts = Facts()
        var origin: [ClientID: Instant] = [:]
        var zones: [ClientID: Zone] = Dictionary(
            known.clients.map { ($0.id, $0.zone) }, uniquingKeysWith: { first, _ in first })
        addClients(&facts, export, &zones, &origin)

        var ids = EntryNames(format: export.format, count: export.rows.count)
        var requests: [RequestKey: Int] = [:]
        var requestIDs: [RequestID] = []
        var taken = Set(known.requests.map(\.id))
        var projects = Set(known.projects.map(\.id))
        facts.timeEntries.reserveCapacity(export.rows.count)
        for row in export.rows {
            guard let client = resolver.client(row.client), let task = resolver.task(row.task) else { continue }
            let project = resolver.project(row.project)
            let line = project?.serviceLine ?? task.serviceLine ?? client.serviceLine
            guard let line else { continue }
            let recordedAt = origin[client.id] ?? Instant(seconds: 0)
            if let id = project?.id, projects.insert(id).inserted {
                let name = row.project >= 0 ? export.names[Int(row.project)] : id.text
                facts.projects.append(Project(id: id, client: client.id, name: name, recordedAt: recordedAt))
            }
            let key = requestKey(row, line, project?.id)
            let number: Int
            if let found = requests[key] {
                number = found
            } else {
                number = requestIDs.count
                requests[key] = number
                let request = request(row, export.names, client.id, line, project?.id, recordedAt)
                requestIDs.append(request.id)
                if taken.insert(request.id).inserted { facts.requests.append(request) }
            }
            let when = when(row, client, zones)
            let logged = loggedAt(when, zones[client.id] ?? .utc)
            facts.timeEntries.append(
                TimeEntry(
                    id: ids.name(for: row.contentHash), request: requestIDs[number],
                    person: resolver.person(row.person),
                    workType: task.workType, when: when, note: row.note, recordedAt: logged))
        }
        return facts
    }

    // MARK: Clients

    /// Adds the clients and contracts of the mapping that rows belong to. They count as recorded on the first day that
    /// anything is known of them.
    private func addClients(
        _ facts: inout Facts, _ export: TimeExport, _ zones: inout [ClientID: Zone], _ origin: inout [ClientID: Instant]
    ) {
        let used = Set(export.rows.lazy.map(\.client))
        let firstDay = export.rows.lazy.map(\.date).min() ?? CivilDate(day: 0)
        let taken = Set(known.contracts.map(\.id))
        for number in used.sorted() where number >= 0 {
            let theirs = export.names[Int(number)]
            guard let rule = mapping.clients[theirs], origin[rule.id] == nil else { continue }
            let day = min(firstDay, rule.contracts.map(\.from).min() ?? firstDay)
            let recordedAt = Instant(seconds: day.day * 86_400)
            origin[rule.id] = recordedAt
            if zones[rule.id] == nil {
                let zone = rule.zone ?? mapping.zone ?? .utc
                zones[rule.id] = zone
                facts.clients.append(
                    Client(
                        id: rule.id, name: rule.name ?? theirs, zone: zone, currency: terms.currency,
                        recordedAt: recordedAt))
            }
            for contract in rule.contracts where !taken.contains(contract.id) {
                facts.contracts.append(
                    Contract(
                        id: contract.id, client: rule.id, serviceLine: contract.serviceLine, plan: contract.plan,
                        from: contract.from, recordedAt: recordedAt))
            }
        }
    }

    // MARK: Requests

    /// What makes two rows of one request: the chosen column, within a client, a line and a project.
    private struct RequestKey: Hashable {
        var client: Int32
        var a: Int32
        var b: Int32
        var text: String
        var line: ServiceLineID
        var project: ProjectID?
    }

    private func requestKey(_ row: TimeExport.Row, _ line: ServiceLineID, _ project: ProjectID?) -> RequestKey {
        var key = RequestKey(client: row.client, a: -1, b: -1, text: "", line: line, project: project)
        switch mapping.requestColumn {
        case .projectCode: key.a = row.projectCode
        case .project: key.a = row.project
        case .task: key.a = row.task
        case .projectAndTask: (key.a, key.b) = (row.project, row.task)
        case .note: key.text = row.note
        case .reference: key.a = row.reference
        case .client: break
        }
        return key
    }

    private func request(
        _ row: TimeExport.Row, _ names: [String], _ client: ClientID, _ line: ServiceLineID, _ project: ProjectID?,
        _ recordedAt: Instant
    ) -> Request {
        func name(_ number: Int32) -> String { number >= 0 ? names[Int(number)] : "" }
        let title: String
        switch mapping.requestColumn {
        case .projectCode: title = name(row.projectCode)
        case .project: title = name(row.project)
        case .task: title = name(row.task)
        case .projectAndTask:
            title = [name(row.project), name(row.task)].filter { !$0.isEmpty }.joined(separator: ": ")
        case .note: title = row.note
        case .reference: title = name(row.reference)
        case .client: title = name(row.client)
        }
        // The id says all that makes the request, so that no two can be the same.
        let parts = [client.text, line.text, project?.text ?? "", title]
        let id = parts.filter { !$0.isEmpty }.joined(separator: "/")
        return Request(
            id: RequestID(id.utf8.count <= 200 ? id : EntryNames.short(id)), client: client, serviceLine: line,
            project: project, title: title.isEmpty ? "Work" : title, recordedAt: recordedAt)
    }

    // MARK: Time

    private func when(_ row: TimeExport.Row, _ client: Mapping.ClientRule, _ zones: [ClientID: Zone]) -> TimeEntry.When
    {
        guard let start = row.start else { return .dated(row.date, row.hours) }
        let zone = mapping.zone ?? zones[client.id] ?? .utc
        let begin = zone.instant(ofLocal: row.date.day * 86_400 + start)
        // The tracker counted the elapsed time; the wall clock may have changed in between.
        return .clocked(start: begin, end: begin + row.hours)
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
private struct EntryNames {
    private let letter: String
    private var counts: [UInt64: Int] = [:]

    init(format: ExportFormat, count: Int) {
        letter = String(format.rawValue.prefix(1))
        counts.reserveCapacity(count)
    }

    mutating func name(for hash: UInt64) -> EntryID {
        let number = counts[hash, default: 0] + 1
        counts[hash] = number
        let name = letter + String(hash, radix: 36)
        return EntryID(number == 1 ? name : "\(name)-\(number)")
    }

    /// A short name for a long text.
    static func short(_ text: String) -> String {
        Array(text.utf8).withUnsafeBufferPointer { "r" + String(contentHash($0), radix: 36) }
    }
}

/// Looks each name of an export up once, and counts the rows whose names the mapping does not know.
private struct NameResolver {
    private let mapping: Mapping
    private let names: [String]
    private let file: String
    private let clients: [Mapping.ClientRule?]
    private let projects: [Mapping.ProjectRule?]
    private let tasks: [Mapping.TaskRule?]
    private let people: [String]
    private var unknownClients: [Int32: Int] = [:]
    private var unknownProjects: [Int32: Int] = [:]
    private var unknownTasks: [Int32: Int] = [:]
    private var withoutLine: [Int32: Int] = [:]

    init(_ mapping: Mapping, _ names: [String], file: String) {
        self.mapping = mapping
        self.names = names
        self.file = file
        clients = names.map { mapping.clients[$0] }
        projects = names.map { mapping.projects[$0] }
        tasks = names.map { mapping.tasks[$0] ?? mapping.otherTasks }
        people = names.map { mapping.people[$0] ?? $0 }
    }

    func client(_ number: Int32) -> Mapping.ClientRule? { number < 0 ? mapping.clients[""] : clients[Int(number)] }
    func project(_ number: Int32) -> Mapping.ProjectRule? { number < 0 ? nil : projects[Int(number)] }
    func task(_ number: Int32) -> Mapping.TaskRule? {
        number < 0 ? mapping.tasks[""] ?? mapping.otherTasks : tasks[Int(number)]
    }
    func person(_ number: Int32) -> String { number < 0 ? "" : people[Int(number)] }

    mutating func count(_ row: TimeExport.Row) {
        let client = client(row.client)
        let project = project(row.project)
        let task = task(row.task)
        if client == nil { unknownClients[row.client, default: 0] += 1 }
        if project == nil, row.project >= 0, !mapping.ignoresOtherProjects {
            unknownProjects[row.project, default: 0] += 1
        }
        if task == nil { unknownTasks[row.task, default: 0] += 1 }
        if let client, let task, project?.serviceLine == nil, task.serviceLine == nil, client.serviceLine == nil {
            withoutLine[row.client, default: 0] += 1
        }
    }

    func throwIfUnknown() throws(Problems) {
        var problems: [Problem] = []
        func add(_ kind: String, _ counts: [Int32: Int], _ known: [String], _ elsewhere: String) {
            for (number, count) in counts.sorted(by: { $0.key < $1.key }) {
                let name = number < 0 ? "" : names[Int(number)]
                let rows = count == 1 ? "1 row" : "\(count) rows"
                let fix = nearestName(to: name, among: known).map { "add it to \(elsewhere); \"\($0)\" is there" }
                problems.append(
                    Problem(
                        "\(kind) \"\(name)\"", "\(rows) have it, and the mapping does not",
                        fix: fix ?? "add it to \(elsewhere)", file: file))
            }
        }
        add("client", unknownClients, Array(mapping.clients.keys), "clients")
        add("project", unknownProjects, Array(mapping.projects.keys), "projects, or write other_projects: none")
        add("task", unknownTasks, Array(mapping.tasks.keys), "tasks, or write other_tasks")
        for (number, count) in withoutLine.sorted(by: { $0.key < $1.key }) {
            problems.append(
                Problem(
                    "client \"\(number < 0 ? "" : names[Int(number)])\"", "\(count) rows have no service line",
                    fix: "give the client, its projects or the tasks a service_line", file: file))
        }
        guard problems.isEmpty else { throw Problems(problems) }
    }
}
