import Agreements
import Exchange
import Foundation
import Rating
import ServiceDesk
import Storage

/// A service desk on a database of its own, with a clock that the test turns.
final class TestDesk {
    let store: Store
    let desk: ServiceDesk
    let owner = Actor(id: "olga", role: .owner)
    let clock: Clock

    init(at now: String = "2026-11-23T12:00:00Z", terms files: [String] = ["current"]) throws {
        let path = NSTemporaryDirectory() + "desk-\(UUID().uuidString).sqlite"
        store = try Store(settingUp: SQLiteEngine(path: path, mayCreate: true))
        let start = Instant(now) ?? Instant(seconds: 0)
        let clock = Clock(start)
        desk = ServiceDesk(
            store: store, clock: { clock.now }, random: { (0..<$0).map { UInt8(truncatingIfNeeded: $0) } })
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
