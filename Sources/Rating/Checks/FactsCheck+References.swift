import Agreements
import Values

/// Facts that name other facts, and names of the terms, that nobody knows; and permits for nothing.
extension FactsCheck {
    func checkReferences(_ facts: Facts, _ index: FactIndex, _ found: inout Findings) {
        func client(_ id: ClientID, _ subject: @autoclosure () -> String) {
            guard index.clients[id] == nil else { return }
            found.unknown(subject(), "client", id, among: index.clients.keys.lazy.map(\.text))
        }
        func contract(_ id: ContractID, _ subject: @autoclosure () -> String) {
            guard index.contracts[id] == nil else { return }
            found.unknown(subject(), "contract", id, among: index.contracts.keys.lazy.map(\.text))
        }
        func request(_ id: RequestID, _ subject: @autoclosure () -> String) {
            guard index.requests.index(of: id) == nil else { return }
            found.unknown(subject(), "request", id, among: facts.requests.lazy.map(\.id.text))
        }
        func entry(_ id: EntryID, _ subject: @autoclosure () -> String) {
            guard !index.entries.contains(id) else { return }
            found.unknown(subject(), "time entry", id, among: facts.timeEntries.lazy.map(\.id.text))
        }
        for fact in facts.clients where fact.currency != terms.currency {
            found.add(
                "client \(fact.id)",
                "its currency is \(fact.currency.code), and that of the terms is \(terms.currency.code)",
                fix: "keep one currency")
        }
        for fact in facts.zoneChanges { client(fact.client, "change of zone of \(fact.client)") }
        for fact in facts.projects { client(fact.client, "project \(fact.id)") }
        for fact in facts.projectsDone where index.projects[fact.project] == nil {
            found.unknown(
                "end of project \(fact.project)", "project", fact.project, among: index.projects.keys.lazy.map(\.text))
        }
        for fact in facts.contracts { client(fact.client, "contract \(fact.id)") }
        for fact in facts.planChanges { contract(fact.contract, "change of plan of \(fact.contract)") }
        for fact in facts.contractEnds { contract(fact.contract, "end of contract \(fact.contract)") }
        for fact in facts.negotiatedTerms { contract(fact.contract, "negotiated terms of \(fact.contract)") }
        for fact in facts.blocks { client(fact.client, "block \(fact.id)") }
        for fact in facts.blockChanges where index.blocks[fact.block] == nil {
            found.unknown(
                "change of block \(fact.block)", "block", fact.block, among: index.blocks.keys.lazy.map(\.text))
        }
        for fact in facts.requests { checkRequest(fact, "request \(fact.id)", index, &found) }
        for fact in facts.requestMoves {
            checkRequest(fact.request, "move of request \(fact.request.id)", index, &found)
            request(fact.request.id, "move of request \(fact.request.id)")
        }
        for fact in facts.requestApprovals { request(fact.request, "approval of request \(fact.request)") }
        for fact in facts.permits {
            let subject = "permit for request \(fact.request)"
            request(fact.request, subject)
            if fact.hours <= .zero {
                found.add(subject, "it allows \(fact.hours)", fix: "allow more than none, or leave it out")
            }
        }
        for fact in facts.timeCorrections { entry(fact.entry.id, "correction of time entry \(fact.entry.id)") }
        for fact in facts.timeVoids { entry(fact.entry, "withdrawal of time entry \(fact.entry)") }
        for fact in facts.timeApprovals { entry(fact.entry, "approval of time entry \(fact.entry)") }
        for fact in facts.courtesies { entry(fact.entry, "courtesy for time entry \(fact.entry)") }
    }

    private func checkRequest(_ request: Request, _ subject: String, _ index: FactIndex, _ found: inout Findings) {
        if index.clients[request.client] == nil {
            found.unknown(subject, "client", request.client, among: index.clients.keys.lazy.map(\.text))
        }
        checkServiceLine(request.serviceLine, subject, &found)
        if let project = request.project { checkProject(project, of: request.client, subject, index, &found) }
    }

    /// A service line must be in some version of the terms.
    func checkServiceLine(_ line: ServiceLineID, _ subject: @autoclosure () -> String, _ found: inout Findings) {
        guard !terms.versions.contains(where: { $0.serviceLines[line] != nil }) else { return }
        found.add(
            subject(), "the terms have no service line \"\(line)\"",
            fix: suggestion(for: line.text, among: terms.latest.serviceLines.keys.map(\.text)))
    }

    /// A project must be there, and be the client's.
    func checkProject(
        _ project: ProjectID, of client: ClientID, _ subject: String, _ index: FactIndex, _ found: inout Findings
    ) {
        guard let known = index.projects[project] else {
            found.unknown(subject, "project", project, among: index.projects.keys.lazy.map(\.text))
            return
        }
        guard known.client != client else { return }
        found.add(
            subject, "project \"\(project)\" belongs to client \"\(known.client)\"",
            fix: "name a project of \"\(client)\"")
    }

    /// An amount must be in the currency of the terms.
    func checkCurrency(_ money: Money, _ subject: String, _ found: inout Findings) {
        guard money.currency != terms.currency else { return }
        found.add(
            subject, "it has an amount in \(money.currency.code), and the terms are in \(terms.currency.code)",
            fix: "keep one currency")
    }
}
