public import Agreements
import Formats
public import Values

/// A mapping as a YAML file: see docs/time-exports.md for every key.
public enum MappingFile {
    /// The version of the format that this program reads.
    package static let version = 1

    /// Reads a mapping, its names of lines, plans and work types checked against the terms.
    ///
    /// - Throws: every problem of the file at once, each with its line.
    public static func read(_ bytes: [UInt8], file: String, terms: TermsHistory) throws(Problems) -> Mapping {
        let log = ProblemLog(file: file)
        let mapping = ConfigNode.document(bytes, log, subject: "mapping").flatMap { MappingReader($0, terms).mapping }
        try log.throwIfAny()
        guard let mapping else {
            throw Problems([Problem("mapping", "the file cannot be read", fix: "see docs/time-exports.md", file: file)])
        }
        return mapping
    }
}

private struct MappingReader {
    private let root: ConfigNode
    private let terms: TermsHistory
    private let lines: [String]
    private let types: [String]

    init(_ root: ConfigNode, _ terms: TermsHistory) {
        self.root = root
        self.terms = terms
        lines = Set(terms.versions.flatMap { $0.serviceLines.keys.map(\.text) }).sorted()
        types = Set(terms.versions.flatMap { $0.workTypes.keys.map(\.text) }).sorted()
    }

    var mapping: Mapping? {
        guard root.requireMapping() else { return nil }
        if let version = root.required("mainstay_mapping", "1")?.number(1...1_000_000), version != MappingFile.version {
            root.problem(
                "it is of version \(version), and this program reads version \(MappingFile.version)",
                fix: "use a newer mainstay")
            return nil
        }
        root.allow(
            "mainstay_mapping", "zone", "date_format", "duration_unit", "invoiced", "long_entries", "recorded_at",
            "request_per", "clients",
            "projects", "not_billable", "other_projects", "tasks", "other_tasks", "people")
        var mapping = Mapping()
        mapping.zone = root.child("zone").flatMap(zone)
        mapping.dateFormat = root.child("date_format")?.choice(TimeExport.DateFormat.self)
        mapping.lengthUnit = root.child("duration_unit")?.choice(TimeExport.LengthUnit.self)
        mapping.invoiced = root.child("invoiced")?.choice(Mapping.Invoiced.self)
        mapping.allowsLongEntries = root.child("long_entries")?.choice([("allow", true), ("refuse", false)]) ?? false
        mapping.logged = root.child("recorded_at").flatMap(logged) ?? .whenWorked
        mapping.requestColumn = root.child("request_per")?.choice(Mapping.RequestColumn.self) ?? .projectAndTask
        mapping.ignoresOtherProjects =
            root.child("other_projects")?.choice([("none", true), ("refuse", false)]) ?? false
        mapping.givesNotBillable =
            root.child("not_billable")?.choice([("given", true), ("charged", false)]) ?? true
        for (name, node) in root.required("clients", "…")?.entries("client") ?? [] {
            mapping.clients[name] = client(name, node)
        }
        for (name, node) in root.child("projects")?.entries("project") ?? [] {
            mapping.projects[name] = project(node, clients: Array(mapping.clients.keys))
        }
        for (name, node) in root.child("tasks")?.entries("task") ?? [] { mapping.tasks[name] = task(node) }
        mapping.otherTasks = root.child("other_tasks").flatMap(task)
        for (name, node) in root.child("people")?.entries("person") ?? [] { mapping.people[name] = node.text("Ann") }
        return mapping
    }

    private func zone(_ node: ConfigNode) -> Zone? { node.value("America/Los_Angeles") { Zone(identifier: $0) } }

    private func logged(_ node: ConfigNode) -> Mapping.Logged? {
        node.value("worked, or 2026-11-01T00:00:00Z") { text in
            text == "worked" ? .whenWorked : Instant(text).map { .at($0) }
        }
    }

    private func name<Kind>(_ node: ConfigNode, _ kind: String, _ known: [String]) -> Identifier<Kind>? {
        guard let text = node.text("an id") else { return nil }
        if known.contains(text) { return Identifier(text) }
        node.problem("the terms have no \(kind) \"\(text.prefix(60))\"", fix: suggestion(for: text, among: known))
        return nil
    }

    private func client(_ theirs: String, _ node: ConfigNode) -> Mapping.ClientRule? {
        guard node.requireMapping() else { return nil }
        node.allow("id", "name", "zone", "service_line", "contract", "contracts")
        guard let id = node.required("id", "acme")?.text("acme") else { return nil }
        var rule = Mapping.ClientRule(
            id: ClientID(id), name: node.child("name")?.text(theirs), zone: node.child("zone").flatMap(zone),
            serviceLine: node.child("service_line").flatMap { name($0, "service line", lines) })
        let contracts = [node.child("contract")].compactMap(\.self) + (node.child("contracts")?.elements ?? [])
        for (index, contract) in contracts.enumerated() {
            if let signed = self.contract(contract, of: id, number: index) { rule.contracts.append(signed) }
        }
        return rule
    }

    private func contract(_ node: ConfigNode, of client: String, number: Int) -> Mapping.ContractRule? {
        guard node.requireMapping() else { return nil }
        node.allow("id", "plan", "from")
        let plans = terms.versions.reduce(into: [PlanID: Plan]()) { $0.merge($1.plans) { _, later in later } }
        guard let planNode = node.required("plan", plans.keys.min()?.text ?? "care-5"),
            let plan: PlanID = name(planNode, "plan", plans.keys.map(\.text)), let line = plans[plan]?.serviceLine,
            let from = node.required("from", "2026-01-01")?.date()
        else { return nil }
        let id = node.child("id")?.text("acme-web") ?? (number == 0 ? client : "\(client)-\(number + 1)")
        return Mapping.ContractRule(id: ContractID(id), plan: plan, serviceLine: line, from: from)
    }

    private func client(of node: ConfigNode, among clients: [String]) -> String? {
        guard let text = node.text("a name under clients") else { return nil }
        if clients.contains(text) { return text }
        node.problem("there is no client \"\(text.prefix(60))\"", fix: suggestion(for: text, among: clients))
        return nil
    }

    private func project(_ node: ConfigNode, clients: [String]) -> Mapping.ProjectRule? {
        guard node.requireMapping() else { return nil }
        node.allow("id", "client", "service_line")
        return Mapping.ProjectRule(
            id: node.child("id")?.text("relaunch").map { ProjectID($0) },
            client: node.child("client").flatMap { client(of: $0, among: clients) },
            serviceLine: node.child("service_line").flatMap { name($0, "service line", lines) })
    }

    /// A task is a work type, or one with a service line.
    private func task(_ node: ConfigNode) -> Mapping.TaskRule? {
        if node.child("work_type") == nil, !node.isMapping {
            let type: WorkTypeID? = name(node, "work type", types)
            return type.map { Mapping.TaskRule(workType: $0) }
        }
        guard node.requireMapping() else { return nil }
        node.allow("work_type", "service_line")
        guard let typeNode = node.required("work_type", types.first ?? "research"),
            let type: WorkTypeID = name(typeNode, "work type", types)
        else { return nil }
        return Mapping.TaskRule(
            workType: type, serviceLine: node.child("service_line").flatMap { name($0, "service line", lines) })
    }
}
