package import Agreements
import Exchange
import Rating
import Storage
package import Values

/// Adds a version of the terms.
package struct AddTerms: DeskOperation {
    package static let name = "terms.add"
    package static let role = Role.owner

    package var yaml: String
    package var file: String

    package init(yaml: String, file: String) {
        self.yaml = yaml
        self.file = file
    }

    package var about: (client: String, subject: String) { ("", "terms") }
    package var content: RequestContent { ["yaml": yaml] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let terms = try TermsFile.read([UInt8](yaml.utf8), file: file)
        if try desk.exists("terms", "\(terms.effective)") {
            throw Problems([
                Problem(
                    "terms", "there is a version of \(terms.effective) already",
                    fix: "terms are never edited: give the next version a later date", file: file)
            ])
        }
        var versions = try TermsStore(desk.connection).versions().map(\.terms)
        if let latest = versions.map(\.effective).max(), terms.effective < latest {
            throw Problems([
                Problem(
                    "terms", "they are effective on \(terms.effective), before the latest version of \(latest)",
                    fix: "add versions in the order of their dates", file: file)
            ])
        }
        versions.append(terms)
        _ = try TermsHistory(versions)
        try desk.record("terms", [("effective", "\(terms.effective)"), ("yaml", yaml)])
        try desk.tell(.termsAdded, client: "", [("effective", "\(terms.effective)")])
        // What is closed is rated under the terms known at its closing (edge case E32).
        guard let (client, closed) = try Closings(desk.connection).latest(), terms.effective <= closed.lastDay else {
            return Recorded(id: "\(terms.effective)")
        }
        let remark = "\(closed) is closed for \(client): what is closed stays as it was issued"
        return Recorded(id: "\(terms.effective)", remarks: [remark])
    }
}

/// Adds a client.
package struct AddClient: DeskOperation {
    package static let name = "client.add"
    package static let role = Role.manager

    package var id: ClientID
    package var fullName: String
    package var zone: Zone

    package init(id: ClientID, fullName: String, zone: Zone) {
        self.id = id
        self.fullName = fullName
        self.zone = zone
    }

    package var about: (client: String, subject: String) { (id.text, id.text) }
    package var content: RequestContent { ["id": id, "name": fullName, "zone": zone] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        try Words.checkID(id.text, "client")
        try Words.check(fullName, "name")
        _ = try desk.name(id.text, "client", letter: "c")
        var facts = Facts()
        facts.clients = [
            Client(id: id, name: fullName, zone: zone, currency: try desk.terms().currency, recordedAt: desk.now)
        ]
        try desk.record(facts, knowing: Facts())
        try desk.tell(.clientAdded, client: id.text, [])
        return Recorded(id: id.text)
    }
}

/// Moves a client to another time zone, from the start of a period (edge case E48).
package struct ChangeZone: DeskOperation {
    package static let name = "client.zone"
    package static let role = Role.manager

    package var client: ClientID
    package var zone: Zone
    /// The first period that is counted in it; nil for the next one, where the client is.
    package var from: Period?

    package init(client: ClientID, zone: Zone, from: Period? = nil) {
        self.client = client
        self.zone = zone
        self.from = from
    }

    package var about: (client: String, subject: String) { (client.text, client.text) }
    package var content: RequestContent { ["client": client, "zone": zone, "from": from] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let known = try desk.standing(of: client)
        let zones = desk.zones(of: client, known)
        let next = zones.period(containing: desk.now).next
        let from = from ?? next
        var facts = Facts()
        facts.zoneChanges = [ZoneChange(client: client, zone: zone, from: from, recordedAt: desk.now)]
        if let closed = try Closings(desk.connection).last(of: client) {
            let new = desk.zones(of: client, known.adding(facts))
            try refuse(from, after: closed, rather: next, zones.start(of: from), new.start(of: from), desk)
        }
        try desk.record(facts, knowing: known)
        return Recorded(
            id: client.text, remarks: ["months are counted in \(zone.identifier) from \(from.written) on"])
    }

    /// Nothing that is closed is counted otherwise: no closed period, and no work at the end of the last one, which ends where
    /// the next one begins.
    private func refuse(
        _ from: Period, after closed: Period, rather next: Period, _ oldStart: Instant, _ newStart: Instant,
        _ desk: DeskTransaction
    ) throws {
        func refusal(_ message: String) -> Problems {
            Problems([Problem("zone of \(client) from \(from)", message, fix: "write \(next) or a later month")])
        }
        guard from > closed else { throw refusal("\(closed) is closed, and what is closed stays as it is") }
        guard from == closed.next else { return }
        let moved = min(oldStart, newStart)..<max(oldStart, newStart)
        let facts = try desk.facts().facts(of: client, in: [closed...from])
        for request in Set(facts.timeEntries.map(\.request)).sorted()
        where try desk.request(request).request.client == client {
            for entry in facts.standingEntries(on: request) {
                guard case .clocked(let start, let end) = entry.when, start < moved.upperBound, end > moved.lowerBound
                else { continue }
                throw refusal("the end of \(closed), which is closed, would move, and \(entry.id) lies there")
            }
        }
    }
}

/// Begins a project.
package struct AddProject: DeskOperation {
    package static let name = "project.add"
    package static let role = Role.manager

    package var id: ProjectID
    package var client: ClientID
    package var title: String

    package init(id: ProjectID, client: ClientID, title: String) {
        self.id = id
        self.client = client
        self.title = title
    }

    package var about: (client: String, subject: String) { (client.text, id.text) }
    package var content: RequestContent { ["id": id, "client": client, "title": title] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let known = try desk.standing(of: client)
        try Words.checkID(id.text, "project")
        try Words.check(title, "name")
        _ = try desk.name(id.text, "project", letter: "j")
        var facts = Facts()
        facts.projects = [Project(id: id, client: client, name: title, recordedAt: desk.now)]
        try desk.record(facts, knowing: known)
        try desk.tell(.projectAdded, client: client.text, [("project", id.text)])
        return Recorded(id: id.text)
    }
}

/// Ends a project, and with it the blocks that live until then.
package struct EndProject: DeskOperation {
    package static let name = "project.done"
    package static let role = Role.manager

    package var project: ProjectID
    /// Nil for today, where the client is.
    package var on: CivilDate?

    package init(project: ProjectID, on date: CivilDate?) {
        self.project = project
        on = date
    }

    package var content: RequestContent { ["project": project, "on": on] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let client = try desk.client(of: "project", project.text)
        desk.note(about: client, project.text)
        let known = try desk.standing(of: client)
        let on = try on ?? desk.today(of: client, known)
        for block in known.blocks where block.endsWithProject && block.scope == .project(project) {
            let problems = try BlockUse(of: block, desk).problems(withEnd: on, "project \(project)")
            guard problems.isEmpty else { throw Problems(problems) }
        }
        var facts = Facts()
        facts.projectsDone = [ProjectDone(project: project, on: on, recordedAt: desk.now)]
        try desk.record(facts, knowing: known)
        try desk.tell(.projectDone, client: client.text, [("project", project.text)])
        return Recorded(id: project.text, on: on)
    }
}

/// Signs a contract. Two that cover the same work are refused, or ranked (design D6).
package struct SignContract: DeskOperation {
    package static let name = "contract.sign"
    package static let role = Role.manager

    package var id: ContractID?
    package var client: ClientID
    package var serviceLine: ServiceLineID
    package var plan: PlanID
    /// Nil for today, where the client is.
    package var from: CivilDate?
    package var projects: [ProjectID]
    package var rank: Int?

    package init(
        id: ContractID? = nil, client: ClientID, serviceLine: ServiceLineID, plan: PlanID, from: CivilDate?,
        projects: [ProjectID] = [], rank: Int? = nil
    ) {
        self.id = id
        self.client = client
        self.serviceLine = serviceLine
        self.plan = plan
        self.from = from
        self.projects = projects
        self.rank = rank
    }

    package var about: (client: String, subject: String) { (client.text, id?.text ?? "\(plan)") }
    package var content: RequestContent {
        [
            "id": id, "client": client, "line": serviceLine, "plan": plan, "from": from, "projects": Set(projects),
            "rank": rank,
        ]
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let known = try desk.standing(of: client)
        let from = try from ?? desk.today(of: client, known)
        if let id { try Words.checkID(id.text, "contract") }
        let wanted = "\(client)-\(serviceLine)"
        let isFree = try id == nil && !desk.exists("contract", wanted)
        let id = try isFree ? wanted : desk.name(id?.text, "contract", letter: "k")
        var facts = Facts()
        facts.contracts = [
            Contract(
                id: ContractID(id), client: client, serviceLine: serviceLine, plan: plan, from: from,
                projects: Set(projects), rank: rank, recordedAt: desk.now)
        ]
        try desk.record(facts, knowing: known)
        try desk.tell(.contractSigned, client: client.text, [("contract", id)])
        return Recorded(id: id, on: from)
    }
}

/// Changes a contract's plan (design L1).
package struct ChangePlan: DeskOperation {
    package static let name = "contract.change"
    package static let role = Role.manager

    package var contract: ContractID
    package var plan: PlanID
    /// Nil for today, where the client is.
    package var on: CivilDate?

    package init(contract: ContractID, plan: PlanID, on date: CivilDate?) {
        self.contract = contract
        self.plan = plan
        on = date
    }

    package var content: RequestContent { ["contract": contract, "plan": plan, "on": on] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let client = try desk.client(of: "contract", contract.text)
        desk.note(about: client, contract.text)
        let known = try desk.standing(of: client)
        let on = try on ?? desk.today(of: client, known)
        var facts = Facts()
        facts.planChanges = [PlanChange(contract: contract, plan: plan, on: on, recordedAt: desk.now)]
        try desk.record(facts, knowing: known)
        try desk.tell(
            .contractChanged, client: client.text, [("contract", contract.text), ("plan", plan.text)])
        return Recorded(id: contract.text, on: on)
    }
}

/// Ends a contract at the end of the period that a date lies in (design L1).
package struct EndContract: DeskOperation {
    package static let name = "contract.end"
    package static let role = Role.manager

    package var contract: ContractID
    /// Nil for today, where the client is.
    package var on: CivilDate?

    package init(contract: ContractID, on date: CivilDate?) {
        self.contract = contract
        on = date
    }

    package var content: RequestContent { ["contract": contract, "on": on] }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        let client = try desk.client(of: "contract", contract.text)
        desk.note(about: client, contract.text)
        let known = try desk.standing(of: client)
        let on = try on ?? desk.today(of: client, known)
        var facts = Facts()
        facts.contractEnds = [ContractEnd(contract: contract, on: on, recordedAt: desk.now)]
        try desk.record(facts, knowing: known)
        try desk.tell(.contractEnded, client: client.text, [("contract", contract.text)])
        return Recorded(id: contract.text, on: on)
    }
}

/// Records what a contract sets otherwise than the terms, from a date.
package struct Negotiate: DeskOperation {
    package static let name = "contract.negotiate"
    package static let role = Role.manager

    package var terms: NegotiatedTerms

    /// - Parameter terms: what is overridden; when it was recorded is set here.
    package init(terms: NegotiatedTerms) { self.terms = terms }

    /// As the fact will say it, without when it is recorded.
    package var content: RequestContent {
        var facts = Facts()
        facts.negotiatedTerms = [terms]
        return ["terms": FactPieces.pieces(of: facts).map(\.body)]
    }

    package func perform(in desk: DeskTransaction) throws -> Recorded {
        guard !terms.subjects.isEmpty else {
            throw Problems([
                Problem("negotiated terms", "they change nothing", fix: "give a rate, hours, a fee or a policy")
            ])
        }
        let client = try desk.client(of: "contract", terms.contract.text)
        desk.note(about: client, terms.contract.text)
        let known = try desk.standing(of: client)
        var facts = Facts()
        var terms = terms
        terms.recordedAt = desk.now
        facts.negotiatedTerms = [terms]
        try desk.record(facts, knowing: known)
        try desk.tell(.contractNegotiated, client: client.text, [("contract", terms.contract.text)])
        return Recorded(id: terms.contract.text)
    }
}
