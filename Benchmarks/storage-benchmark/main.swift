import Agreements
import Database
import Exchange
import Foundation
import Rating
import ServiceDesk
import Storage
import Values

// The database beside raw limits of the same run. Run by hand: see docs/benchmarks.md.

let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mainstay-benchmark-\(UUID().uuidString)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }

let clock = ContinuousClock()
let owner = Actor(id: "ada", role: .owner)
let now = Instant("2026-11-23T12:00:00Z") ?? Instant(seconds: 0)

func milliseconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) * 1000 + Double(duration.components.attoseconds) / 1e15
}

func say(_ name: String, _ figure: String) { print(name.padding(toLength: 58, withPad: " ", startingAt: 0) + figure) }

@Sendable func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}

func makeDesk(_ url: String) throws -> ServiceDesk {
    let store = try Store(settingUp: Database.open(url: url, mayCreate: true))
    let desk = ServiceDesk(store: store, clock: { now }, random: bytes)
    try desk.setUp(owner: "ada", fullName: "Ada")
    let yaml = try String(contentsOfFile: "examples/terms/current.yaml", encoding: .utf8)
        .replacingOccurrences(of: "effective: 2021-01-01", with: "effective: 2010-01-01")
    _ = try desk.perform(AddTerms(yaml: yaml, file: "terms"), by: owner)
    return desk
}

/// Runs a closure on so many threads, and says how often a second all of them together ran it.
func perSecond(_ writers: Int, _ turns: Int, _ body: @escaping @Sendable (Int) -> Void) -> Int {
    let duration = clock.measure {
        DispatchQueue.concurrentPerform(iterations: writers) { writer in
            for turn in 0..<turns { body(writer * turns + turn) }
        }
    }
    return Int(Double(writers * turns) * 1000 / milliseconds(duration))
}

let urls =
    ["sqlite:\(folder.path)/desk.sqlite"]
    + [ProcessInfo.processInfo.environment["MAINSTAY_BENCHMARK_POSTGRES"]].compactMap(\.self)

for url in urls {
    let kind = url.hasPrefix("sqlite") ? "SQLite" : "PostgreSQL"
    print("\n\(kind)")
    let desk = try makeDesk(url)
    _ = try desk.perform(AddClient(id: ClientID("acme"), fullName: "Acme", zone: .utc), by: owner)
    _ = try desk.perform(
        SignContract(
            client: ClientID("acme"), serviceLine: ServiceLineID("website-maintenance"), plan: PlanID("care-20"),
            from: CivilDate(day: 20_000)), by: owner)
    let request = RequestID(
        try desk.perform(
            OpenRequest(
                client: ClientID("acme"), serviceLine: ServiceLineID("website-maintenance"), title: "Work"), by: owner
        ).id)

    // The same rows in the same tables, without anything that makes them right.
    let raw = try Database.open(
        url: kind == "SQLite" ? "sqlite:\(folder.path)/raw.sqlite" : url, mayCreate: true)
    try raw.write {
        try $0.runScript(
            raw.dialect.write(
                """
                CREATE TABLE raw_fact (seq {integer} PRIMARY KEY, body {text}, hash {bytes}, client {text}, subject {text});
                CREATE INDEX raw_a ON raw_fact (client, seq);
                CREATE INDEX raw_b ON raw_fact (subject);
                CREATE TABLE raw_audit (id {integer} PRIMARY KEY, body {text});
                """))
    }
    let hash = bytes(32)
    let body = String(repeating: "x", count: 200)
    for writers in [1, 32] {
        let turns = writers == 1 ? 400 : 60
        let base = writers * 1_000_000
        let plain = perSecond(writers, turns) { number in
            try? raw.write {
                try $0.run(
                    "INSERT INTO raw_fact (seq, body, hash, client, subject) VALUES ($1, $2, $3, $4, $5)",
                    [.integer(base + number), .text(body), .bytes(hash), .text("acme"), .text("e-\(number)")])
                try $0.run(
                    "INSERT INTO raw_audit (id, body) VALUES ($1, $2)",
                    [.integer(base + number), .text("time.log ada")])
            }
        }
        let ours = perSecond(writers, turns) { _ in
            _ = try? desk.perform(
                LogTime(
                    request: request, workType: WorkTypeID("research"),
                    when: .dated(CivilDate(day: 20_500), Hours(0, 5)),
                    note: "Looked into it"), by: owner)
        }
        say("raw transactions, \(writers) writers", "\(plain)/s")
        say("time entries, \(writers) writers", "\(ours)/s, \(ours * 100 / max(1, plain)) % of raw")
    }

    // A tracker's exports of 100,000 rows each, MAINSTAY_BENCHMARK_EXPORTS of them: 10 make a million entries.
    let clients = (0..<50).map {
        "  Client \($0): {id: c\($0), service_line: website-maintenance, contract: {plan: care-5, from: 2013-01-01}}"
    }
    let mapping =
        "mainstay_mapping: 1\nrequest_per: client\nclients:\n\(clients.joined(separator: "\n"))\nother_projects: none\n"
        + "tasks:\n  Research: research\n"
    let terms = try desk.store.read { try desk.store.terms($0) }
    let exports = Int(ProcessInfo.processInfo.environment["MAINSTAY_BENCHMARK_EXPORTS"] ?? "1") ?? 1
    for number in 0..<exports {
        var csv = "Date,Client,Project,Task,Notes,Hours,First Name,Last Name\n"
        for row in 0..<100_000 {
            let date = CivilDate(day: 16_000 + row / 40)
            csv += "\(date),Client \(row % 50),Site,Research,Note \(number)/\(row),0.\(row % 9 + 1),Ben,Okri\n"
        }
        let imported = try clock.measure {
            let export = try Array(csv.utf8).withUnsafeBufferPointer {
                try TimeExport.read($0, file: "export", today: CivilDate(day: 20_700))
            }
            let map = try MappingFile.read(Array(mapping.utf8), file: "map", terms: terms)
            _ = try desk.perform(ImportTime(export: export, mapping: map, digest: "\(number)"), by: owner)
        }
        if number == 0 { say("import of 100,000 rows", "\(Int(1e8 / milliseconds(imported))) rows/s") }
    }

    // Statements of clients with more and more behind them.
    for entries in [1_000, 10_000] {
        let client = ClientID("big\(entries)")
        _ = try desk.perform(AddClient(id: client, fullName: "Big", zone: .utc), by: owner)
        _ = try desk.perform(
            SignContract(
                client: client, serviceLine: ServiceLineID("website-maintenance"), plan: PlanID("care-20"),
                from: CivilDate(year: 2016, month: 11, day: 1) ?? CivilDate(day: 0)), by: owner)
        var big = "Date,Client,Project,Task,Notes,Hours,First Name,Last Name\n"
        let days = 3_650
        for row in 0..<entries {
            let date = CivilDate(day: 20_780 - days + row * days / entries)
            big += "\(date),Big,Site,Research,Note \(row),0.\(row % 9 + 1),Ben,Okri\n"
        }
        let map = try MappingFile.read(
            Array(
                "mainstay_mapping: 1\nrequest_per: note\nclients:\n  Big: {id: \(client), service_line: website-maintenance}\nother_projects: none\ntasks:\n  Research: research\n"
                    .utf8), file: "map", terms: terms)
        let export = try Array(big.utf8).withUnsafeBufferPointer {
            try TimeExport.read($0, file: "export", today: CivilDate(day: 20_800))
        }
        _ = try desk.perform(ImportTime(export: export, mapping: map, digest: "\(client)"), by: owner)
        let first = Period("2016-11") ?? Period(index: 0)
        for month in first.index..<(Period("2026-11") ?? first).index {
            _ = try desk.perform(ClosePeriod(client: client, period: Period(index: month)), by: owner)
        }
        for (name, month) in [("open month", "2026-11"), ("five years back", "2021-11")] {
            let period = Period(month) ?? first
            for usesSnapshots in [true, false] {
                var runs: [Double] = []
                for _ in 0..<15 {
                    runs.append(
                        milliseconds(
                            try clock.measure {
                                _ = try desk.store.read {
                                    try desk.store.account(
                                        $0, of: client, through: period, wanting: period...period,
                                        usesSnapshots: usesSnapshots)
                                }
                            }))
                }
                say(
                    "statement, \(entries) entries, \(name), \(usesSnapshots ? "with" : "without") snapshots",
                    String(format: "%.2f ms", runs.sorted()[7]))
            }
        }
    }
}
