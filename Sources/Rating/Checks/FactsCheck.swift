public import Agreements
public import Values

/// Finds what is wrong with facts, all of it in one go: names that nobody knows, two contracts for the same work, a block of
/// 7 hours, time that ends before it starts. The order of the facts makes no difference to what it says.
public struct FactsCheck: Sendable {
    let terms: TermsHistory
    let now: Instant?
    let allowsLongEntries: Bool

    /// A check of facts under these terms.
    ///
    /// - Parameters:
    ///   - now: the time of asking, after which no work can have been done; nil if any date will do.
    ///   - allowsLongEntries: whether entries over 24 hours are taken as meant.
    public init(terms: TermsHistory, now: Instant? = nil, allowsLongEntries: Bool = false) {
        self.terms = terms
        self.now = now
        self.allowsLongEntries = allowsLongEntries
    }

    /// Every problem, sorted. Linear in the facts, with a look-up or two for each, but for the contracts of one client,
    /// which are compared with each other.
    public func problems(in facts: Facts) -> [Problem] {
        var found = Findings()
        found.problems = FactsCheck.farDates(in: facts)
        let entries = Set(facts.timeEntries.lazy.map(\.id))
        let facts = withUniqueIDs(facts, entries, &found)
        let index = FactIndex(facts, entries: entries)
        checkReferences(facts, index, &found)
        checkContracts(facts, index, &found)
        checkBlocks(facts, index, &found)
        checkTime(facts, index, &found)
        checkClosings(facts, index, &found)
        return Set(found.problems).sorted { ($0.subject, $0.message, $0.fix) < ($1.subject, $1.message, $1.fix) }
    }

    /// What was found so far.
    struct Findings {
        var problems: [Problem] = []

        mutating func add(_ subject: String, _ message: String, fix: String) {
            problems.append(Problem(subject, message, fix: fix))
        }

        /// A name that nobody has, and the nearest one that somebody has, unless those are too many to compare.
        mutating func unknown(
            _ subject: String, _ kind: String, _ id: some CustomStringConvertible, among known: some Collection<String>
        ) {
            let fix =
                known.count <= 1000
                ? suggestion(for: "\(id)", among: Array(known)) : "add the \(kind), or check its id"
            add(subject, "there is no \(kind) \"\(id)\"", fix: fix)
        }
    }

    // MARK: Ids

    /// The facts with one fact for each id: of several, one that does not depend on their order, so that nothing that is
    /// said later does. Time entries stay as they are, for each is judged by itself.
    private func withUniqueIDs(_ facts: Facts, _ entries: Set<EntryID>, _ found: inout Findings) -> Facts {
        func check<Kind>(_ ids: some Collection<Identifier<Kind>>, _ kind: String) {
            for id in ids where !id.isFit {
                found.add(
                    "\(kind) \"\(id.text.prefix(40))\"", "the id cannot be used",
                    fix: "give it a name of 1 to 200 bytes without control characters")
            }
        }
        func unique<Fact, Kind>(
            _ facts: [Fact], _ kind: String, _ id: (Fact) -> Identifier<Kind>, content: (Fact) -> String
        ) -> [Fact] {
            check(facts.lazy.map(id), kind)
            guard Set(facts.lazy.map(id)).count < facts.count else { return facts }
            return Dictionary(grouping: facts, by: id).map { id, facts in
                tell(kind, id, facts.count)
                return facts.count == 1 ? facts[0] : facts.min { content($0) < content($1) } ?? facts[0]
            }
        }
        func tell<Kind>(_ kind: String, _ id: Identifier<Kind>, _ count: Int) {
            guard count > 1 else { return }
            found.add(
                "\(kind) \(id)", "the id is there \(count == 2 ? "twice" : "\(count) times")",
                fix: "give each \(kind) an id of its own")
        }
        var one = facts
        one.clients = unique(facts.clients, "client", \.id) { "\($0)" }
        one.projects = unique(facts.projects, "project", \.id) { "\($0)" }
        one.contracts = unique(facts.contracts, "contract", \.id) { contract in
            // A set's own description has another order in each run.
            var plain = contract
            plain.projects = []
            return "\(plain) \(contract.projects.sorted())"
        }
        one.blocks = unique(facts.blocks, "block", \.id) { "\($0)" }
        one.requests = unique(facts.requests, "request", \.id) { "\($0)" }
        check(entries, "time entry")
        if entries.count < facts.timeEntries.count {
            var counts: [EntryID: Int] = [:]
            for id in facts.timeEntries.lazy.map(\.id) { counts[id, default: 0] += 1 }
            for (id, count) in counts { tell("time entry", id, count) }
        }
        return one
    }
}
