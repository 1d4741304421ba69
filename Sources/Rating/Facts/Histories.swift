import Agreements
import Values

/// Sorts the facts of all clients into one history each. Linear in the facts, and n log(entries of a period) where the
/// entries are not in order.
struct Histories {
    private(set) var all: [ClientHistory] = []
    private var place: [ClientID: Int] = [:]

    init(_ facts: Facts, terms: TermsHistory) {
        addClients(facts, terms)
        addContracts(facts)
        addBlocks(facts)
        for closing in facts.closingsInForce.sorted(by: { $0.recorded < $1.recorded }) {
            guard let client = place[closing.client] else { continue }
            all[client].closings[closing.period] = closing
            all[client].issued.add(closing)
        }
        for client in all.indices where !all[client].closings.isEmpty {
            all[client].terms = KnownTerms(terms, closings: all[client].closings)
        }
        addWork(facts, terms)
        for client in all.indices { all[client].sortParts() }
    }

    private mutating func addClients(_ facts: Facts, _ terms: TermsHistory) {
        let changes = Dictionary(grouping: facts.zoneChanges, by: \.client)
        for client in facts.clients.sorted(by: { $0.id < $1.id }) where place[client.id] == nil {
            place[client.id] = all.count
            let zones = ZoneTimeline(first: client.zone, changes: changes[client.id] ?? [])
            all.append(ClientHistory(client: client, zones: zones, terms: terms))
        }
    }

    private mutating func addContracts(_ facts: Facts) {
        let changes = Dictionary(grouping: facts.planChanges, by: \.contract)
        let ends = Dictionary(grouping: facts.contractEnds, by: \.contract)
        let negotiated = Dictionary(grouping: facts.negotiatedTerms, by: \.contract)
        for contract in facts.contracts.sorted(by: { $0.id < $1.id }) {
            guard let client = place[contract.client] else { continue }
            let end = ends[contract.id]?.max { ($0.recorded, $0.on) < ($1.recorded, $1.on) }
            all[client].contracts.append(
                ContractHistory(
                    contract: contract,
                    changes: (changes[contract.id] ?? []).sorted {
                        ($0.on, $0.recorded, $0.plan) < ($1.on, $1.recorded, $1.plan)
                    },
                    negotiated: (negotiated[contract.id] ?? []).sorted {
                        // Two of one date and second: the content decides, so that their order in a file never does.
                        ($0.from, $0.recorded, "\($0)") < ($1.from, $1.recorded, "\($1)")
                    },
                    lastDay: end.map { Period(containing: $0.on).lastDay }))
        }
    }

    private mutating func addBlocks(_ facts: Facts) {
        let done = Dictionary(grouping: facts.projectsDone, by: \.project)
        let changes = Dictionary(grouping: facts.blockChanges, by: \.block)
        for block in facts.blocks.sorted(by: { $0.id < $1.id }) {
            guard let client = place[block.client] else { continue }
            var ends: [ProjectDone] = []
            if block.endsWithProject, case .project(let project) = block.scope { ends = done[project] ?? [] }
            all[client].blocks.append(BlockHistory(block, changes: changes[block.id] ?? [], projectEnds: ends))
        }
    }

    /// Cuts the entries into parts and deals these out to their clients.
    private mutating func addWork(_ facts: Facts, _ terms: TermsHistory) {
        let requests = RequestBook(facts)
        let corrections = Histories.latestCorrections(facts.timeCorrections)
        let entries =
            corrections.isEmpty ? facts.timeEntries : facts.timeEntries.map { corrections[$0.id]?.entry ?? $0 }
        let voided = Set(facts.timeVoids.lazy.map(\.entry))
        let courtesies = Histories.courtesies(facts.courtesies)
        let needsApproval = terms.versions.contains(where: \.approvalRequired)
        // What was corrected afterwards was never approved.
        let approvals = needsApproval ? facts.timeApprovals : []
        let approved = Set(
            approvals.lazy.filter { $0.recorded >= corrections[$0.entry]?.entry.recorded ?? $0.recorded }.map(
                \.entry))
        let clients = requests.requests.map { place[$0.client] ?? -1 }
        for permit in facts.permits.sorted(by: { $0.until < $1.until }) {
            guard let request = requests.index(of: permit.request), clients[request] >= 0 else { continue }
            all[clients[request]].permits[permit.request, default: []].append(permit)
        }
        let references = EntryReferences(entries, requests)

        let notes = EntryNotes.all(facts)

        var counts = [Int](repeating: 0, count: all.count)
        for request in references.requests where request >= 0 && clients[Int(request)] >= 0 {
            counts[clients[Int(request)]] += 1
        }
        for client in all.indices {
            // All clients share the one array, so that no entry is copied.
            all[client].entries = entries
            all[client].notes = notes
            all[client].parts.reserveCapacity(counts[client])
        }

        var cutters = all.map { PartCutter(zones: $0.zones, terms: $0.terms) }
        var kinds = KindTable(workTypes: references.workTypes, likenesses: requests.likenessCount, clients: all.count)
        // By place, for an entry has many parts to copy.
        for index in entries.indices {
            let request = Int(references.requests[index])
            guard request >= 0, clients[request] >= 0 else { continue }
            if !voided.isEmpty, voided.contains(entries[index].id) { continue }
            let client = clients[request]
            let courtesy =
                courtesies.isEmpty ? .zero : min(courtesies[entries[index].id] ?? .zero, entries[index].worked)
            let waits = needsApproval && !approved.contains(entries[index].id)
            cutters[client].forEachPart(of: entries[index].when, courtesy: courtesy) { part, isOutside in
                if waits, all[client].terms.known(in: part.period).requiresApproval(in: part.period) {
                    all[client].setAside(entries[index].id, part)
                    return
                }
                part.kind = kinds.number(
                    client: client, likeness: requests.likeness(of: request), workType: references.types[index],
                    isOutside: isOutside
                ) {
                    all[client].add(
                        WorkKind(
                            serviceLine: requests.requests[request].serviceLine,
                            project: requests.requests[request].project, isApproved: requests.isApproved(request),
                            workType: entries[index].workType, isOutsideHours: isOutside))
                }
                part.entry = Int32(index)
                part.request = Int32(request)
                all[client].parts.append(part)
            }
        }
    }

    private static func latestCorrections(_ corrections: [TimeCorrection]) -> [EntryID: TimeCorrection] {
        var latest: [EntryID: TimeCorrection] = [:]
        for correction in corrections {
            guard let known = latest[correction.entry.id] else {
                latest[correction.entry.id] = correction
                continue
            }
            // Of two in one second the content decides, so that their order in a file never does.
            let (a, b) = (known.entry.recorded, correction.entry.recorded)
            if a < b || (a == b && "\(known)" < "\(correction)") { latest[correction.entry.id] = correction }
        }
        return latest
    }

    /// The time given of each entry; one without hours gives more than any entry has.
    private static func courtesies(_ courtesies: [Courtesy]) -> [EntryID: Hours] {
        var given: [EntryID: Hours] = [:]
        for courtesy in courtesies {
            given[courtesy.entry, default: .zero] += courtesy.hours ?? .limit
        }
        return given
    }
}

extension TermsHistory {
    /// Whether time of a period counts only once it is approved.
    fileprivate func requiresApproval(in period: Period) -> Bool {
        (inForce(on: period.firstDay) ?? versions[0]).approvalRequired
    }
}
