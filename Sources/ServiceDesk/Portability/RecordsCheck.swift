import Database
import Formats
import Storage

/// Checks that what was recorded is as it was recorded: each chain, each against the other, and what gives rights against
/// the lines of the audit trail that gave them. What the facts come to is another check: ``Verification``.
struct RecordsCheck {
    /// Everything that is not as it should be.
    private(set) var faults: [String] = []
    /// How far the records go: the number of facts, their last hash, and both chains as an anchor.
    private(set) var facts = 0
    private(set) var hash = ""
    /// How many accounts and webhooks nothing is known of but that they are there: an earlier version changed them last.
    private(set) var unstated = 0

    private let connection: any SQLConnection

    init(_ connection: any SQLConnection) { self.connection = connection }

    /// Checks all. Linear in the facts and in the lines of the audit trail.
    ///
    /// - Parameters:
    ///   - anchors: what is known from elsewhere of how far the records went.
    ///   - werePlaced: whether the facts were given their places in this very transaction, which then need no check.
    ///   - progress: told what is done now.
    mutating func run(
        anchors: [Anchor], werePlaced: Bool = false, _ progress: (String) -> Void = { _ in }
    ) throws {
        progress("Checking the audit trail")
        var anchors = AnchorCheck(anchors)
        var recorded = RecordedFacts()
        var access = try AccessCheck(connection)
        var erasures = Erasures()
        var others: [String] = []
        let trailFault = try AuditTrail(connection).fault { line, hash in
            others += [anchors.fault(line: line.id, hash: hash), recorded.take(line)].compactMap(\.self)
            access.take(line)
            erasures.take(line)
        }
        var chain = ChainCheck()
        var places = PlacementCheck(connection)
        var count = Count("Checking", of: try Ledger.head(connection)?.seq ?? 0)
        try LedgerReader(connection).forEach { record, place in
            count.add(progress)
            guard faults.isEmpty else { return }
            if let found = try chain.fault(of: record) ?? (werePlaced ? nil : places.fault(of: record, at: place)) {
                faults.append(found)
                return
            }
            others += [
                anchors.fault(fact: record.seq, hash: record.hash),
                trailFault == nil ? recorded.fault(of: record) : nil,
            ].compactMap(\.self)
            erasures.take(record, subject: place.subject)
        }
        progress("Checking what is beside the facts")
        facts = chain.head.seq
        hash = Hex.text(chain.head.hash)
        if let trailFault { faults.append(trailFault) }
        faults += others
        // Where a chain is broken, what is not in it proves nothing.
        if faults.isEmpty || faults == others {
            faults += anchors.missing + [recorded.missing(after: facts)].compactMap(\.self)
            faults += erasures.faults
            faults += try access.faults(connection)
            unstated = access.unstated
        }
        let beside: [() throws -> String?] = [
            Outbox(connection).fault, Answers(connection).fault, { [connection] in try Derived.fault(connection) },
            AttachmentContent(connection).fault,
        ]
        for check in beside { try add(check) }
    }

    /// Adds what a check finds. What it cannot read is a fault too.
    private mutating func add(_ check: () throws -> String?) throws {
        do {
            if let found = try check() { faults.append(found) }
        } catch StorageError.internalFault(let words) {
            faults.append(words)
        }
    }
}

/// Which facts the lines of the audit trail recorded: each fact is in one line, by the same person.
private struct RecordedFacts {
    /// Small, for there may be one for each fact.
    private struct Run {
        var first: Int
        var last: Int
        /// The place of the name.
        var actor: Int32
        /// Whether they came from another database, where others recorded them.
        var isTakenOver: Bool
    }

    private var runs: [Run] = []
    private var names: [String] = []
    private var places: [String: Int32] = [:]
    private var place = 0
    private var isTold = false

    /// Takes the facts of a line; what is wrong with them.
    mutating func take(_ line: AuditLine) -> String? {
        guard let facts = line.facts else { return nil }
        let isTakenOver = line.operation == LedgerImport.name
        let actor = place(of: line.actor)
        if let last = runs.last {
            guard facts.lowerBound > last.last else {
                return "line \(line.id) of the audit trail says that it recorded what another line recorded"
            }
            if last.last == facts.lowerBound - 1, last.actor == actor, !last.isTakenOver, !isTakenOver {
                runs[runs.count - 1].last = facts.upperBound
                return nil
            }
        }
        runs.append(
            Run(first: facts.lowerBound, last: facts.upperBound, actor: actor, isTakenOver: isTakenOver))
        return nil
    }

    private mutating func place(of name: String) -> Int32 {
        if let known = places[name] { return known }
        let place = Int32(truncatingIfNeeded: names.count)
        names.append(name)
        places[name] = place
        return place
    }

    /// What is wrong with the next fact; nil where a line recorded it. Only the first is told.
    mutating func fault(of record: LedgerRecord) -> String? {
        while place < runs.count, runs[place].last < record.seq { place += 1 }
        let run = place < runs.count ? runs[place] : nil
        // Before the first line are the facts of a database that was taken over when that made no line yet.
        guard let run, run.first <= record.seq else {
            return place == 0 ? nil : tell("fact \(record.seq) (\(record.kind)) is in no line of the audit trail")
        }
        let actor = names[Int(run.actor)]
        guard !run.isTakenOver, actor != record.actor else { return nil }
        return tell(
            "fact \(record.seq) (\(record.kind)) says that \(record.actor) recorded it, and the audit trail says \(actor)"
        )
    }

    /// What lines recorded and is not there.
    func missing(after last: Int) -> String? {
        guard let run = runs.last, run.last > last else { return nil }
        return
            "fact \(run.last) is missing: by the audit trail \(names[Int(run.actor)]) recorded it, and the facts end at \(last)"
    }

    private mutating func tell(_ fault: String) -> String? {
        defer { isTold = true }
        return isTold ? nil : fault
    }
}

/// Holds words that are gone against the erasures that took them away.
private struct Erasures {
    /// Who was erased, and by which fact; by a line of the audit trail alone where that was before there were such facts.
    private var erased: [String: Int] = [:]
    private var gone: [(seq: Int, kind: String, subject: String)] = []
    /// The facts about people whose words are there, by whom they are about.
    private var kept: [String: [Int]] = [:]

    private static let kinds: Set<String> = ["contact", "contact-email", "user", "user-email"]

    mutating func take(_ line: AuditLine) {
        if line.operation == ErasePerson.name, erased[line.subject] == nil {
            erased[line.subject] = line.facts?.upperBound ?? 0
        }
    }

    mutating func take(_ record: LedgerRecord, subject: String) {
        if record.kind == "person-erase" { erased[subject] = record.seq }
        if record.wordsHash != nil, record.words == nil {
            gone.append((record.seq, record.kind, subject))
        } else if record.words != nil, Erasures.kinds.contains(record.kind) {
            kept[subject, default: []].append(record.seq)
        }
    }

    var faults: [String] {
        let taken = gone.filter { !Erasures.kinds.contains($0.kind) || erased[$0.subject] == nil }
        let back = erased.compactMap { id, seq in kept[id]?.first { $0 < seq }.map { (id: id, seq: $0) } }
        return taken.prefix(20).map {
            "the words of fact \($0.seq) (\($0.kind) \($0.subject)) are gone, and nobody erased them"
        }
            + back.sorted { $0.id < $1.id }.map { "\($0.id) was erased, and the words of fact \($0.seq) are there" }
    }
}
