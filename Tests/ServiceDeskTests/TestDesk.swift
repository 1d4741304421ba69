import Agreements
import Database
import Exchange
import Foundation
import Rating
import ServiceDesk
import Storage
import Testing
import TestSupport
import Values
import Wording

/// A service desk on a database of its own, with a clock that the test turns.
final class TestDesk: Sendable {
    let store: Store
    let desk: ServiceDesk
    let owner = Actor(id: "olga", role: .owner)
    let clock: Clock

    /// The database, gone after the test.
    let engines: TestEngines

    init(_ kind: EngineKind = .sqlite, at now: String = "2026-11-23T12:00:00Z", terms files: [String] = ["current"])
        throws
    {
        engines = try TestEngines(kind)
        store = try Store(settingUp: engines.open())
        let start = Instant(now) ?? Instant(seconds: 0)
        let clock = Clock(start)
        desk = ServiceDesk(
            store: store, clock: { clock.now }, random: { (0..<$0).map { _ in .random(in: .min ... .max) } })
        self.clock = clock
        try desk.setUp(owner: "olga", fullName: "Olga Owner")
        for file in files {
            let yaml = try String(contentsOfFile: Examples.path("terms/\(file).yaml"), encoding: .utf8)
            _ = try desk.perform(AddTerms(yaml: yaml, file: file), by: owner)
        }
    }

    /// A clock that stands until it is set.
    final class Clock: @unchecked Sendable {
        private let lock = NSLock()
        private var instant: Instant
        init(_ instant: Instant) { self.instant = instant }
        var now: Instant { lock.withLock { instant } }
        func set(_ text: String) { lock.withLock { instant = Instant(text) ?? instant } }
    }

    /// A desk with an empty database.
    init(empty kind: EngineKind) throws {
        engines = try TestEngines(kind)
        store = try Store(settingUp: engines.open())
        let clock = Clock("2026-11-23T12:00:00Z")
        desk = ServiceDesk(store: store, clock: { clock.now }, random: { Array(repeating: 7, count: $0) })
        self.clock = clock
    }

    /// A desk in September 2026 with a client on a plan of two hours, who has a request.
    static func withAcme(_ kind: EngineKind) throws -> TestDesk {
        let test = try TestDesk(kind, at: "2026-09-01T08:00:00Z")
        try test.perform(AddClient(id: "acme", fullName: "Acme", zone: .utc))
        try test.perform(
            SignContract(
                id: "acme-web", client: "acme", serviceLine: "website-maintenance", plan: "care-2", from: "2026-09-01"))
        try test.perform(OpenRequest(client: "acme", serviceLine: "website-maintenance", title: "Slow pages"))
        test.clock.set("2026-09-20T08:00:00Z")
        return test
    }

    /// Logs research on the last request.
    @discardableResult func log(_ date: CivilDate, _ hours: Hours, as actor: Actor? = nil, key: String? = nil) throws
        -> Recorded
    {
        try perform(
            LogTime(request: lastRequest(), workType: "research", when: .dated(date, hours)), as: actor, key: key)
    }

    /// Checks the whole database.
    func verify() throws -> VerificationReport {
        var verification = Verification(store)
        return try verification.run()
    }

    /// Expects the same statements, byte for byte, from snapshots and from the first fact on.
    func expectSnapshotsChangeNothing(_ client: String, _ periods: [Period]) throws {
        let words = Wording(try store.read(store.terms))
        for period in periods {
            let (with, without) = try (
                statements(client, through: "\(period)").last,
                statements(client, through: "\(period)", usesSnapshots: false).last { $0.period == period }
            )
            #expect(with?.period == period)
            #expect(
                StatementJSON.document([with].compactMap(\.self), words: words)
                    == StatementJSON.document([without].compactMap(\.self), words: words))
        }
    }

    @discardableResult func perform<Asked: DeskOperation>(
        _ operation: Asked, as actor: Actor? = nil, key: String? = nil
    )
        throws -> Asked.Answer
    {
        try desk.perform(operation, by: actor ?? owner, key: key)
    }

    /// The request opened last.
    func lastRequest() throws -> RequestID {
        let id = try store.read {
            try $0.first("SELECT subject FROM fact WHERE kind = 'request' ORDER BY seq DESC LIMIT 1") { $0.text(0) }
        }
        return RequestID(id ?? "")
    }

    /// The statements of a client up to a month, from snapshots or from the first fact on.
    func statements(_ client: String, through period: String, usesSnapshots: Bool = true) throws -> [Statement] {
        let last = Period(period) ?? Period(index: 0)
        return try store.read { connection in
            try store.account(
                connection, of: ClientID(client), through: last, wanting: last...last, usesSnapshots: usesSnapshots)?
                .statements ?? []
        }
    }
}

/// The examples of the repository.
enum Examples {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("examples/\(name)").path
    }
}
