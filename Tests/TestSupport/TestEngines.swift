package import Database
import Foundation
import Testing

/// The kinds of database that each test of the storage runs on.
package enum EngineKind: CaseIterable, CustomTestStringConvertible {
    case sqlite, postgreSQL

    package var testDescription: String { self == .sqlite ? "SQLite" : "PostgreSQL" }

    /// What the tests run on. Without a server, PostgreSQL is left out on a desk; in CI it is not, and its tests fail.
    package static var tested: [EngineKind] {
        allCases.filter { $0 == .sqlite || TestEngines.server != nil || TestEngines.isCI }
    }

    /// PostgreSQL alone, for what only it can do.
    package static var testedServers: [EngineKind] { tested.filter { $0 == .postgreSQL } }
}

/// A fresh database for one test, taken away after it.
package final class TestEngines: Sendable {
    /// A database that could not be made.
    package struct NoServer: Error, CustomStringConvertible {
        package let description =
            "MAINSTAY_TEST_POSTGRES is not set; run ./test, or scripts/postgres-for-tests swift test"
    }

    /// The URL of a PostgreSQL user that may make databases.
    package static let server = ProcessInfo.processInfo.environment["MAINSTAY_TEST_POSTGRES"]
    package static let isCI = ["true", "1"].contains(ProcessInfo.processInfo.environment["CI"])

    /// The URL of the database.
    package let url: String
    private let name = "mainstay_test_" + UUID().uuidString.lowercased().replacing("-", with: "")
    private let kind: EngineKind

    package init(_ kind: EngineKind) throws {
        self.kind = kind
        switch kind {
        case .sqlite:
            let folder = NSTemporaryDirectory() + name
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            url = "sqlite:\(folder)/mainstay.sqlite"
        case .postgreSQL:
            guard let server = TestEngines.server else { throw NoServer() }
            try PostgreSQLConnection(url: server).runScript("CREATE DATABASE \(name)")
            url = TestEngines.changing(server, "dbname=\(name)")
        }
    }

    deinit {
        switch kind {
        case .sqlite: try? FileManager.default.removeItem(atPath: NSTemporaryDirectory() + name)
        case .postgreSQL:
            guard let server = TestEngines.server else { return }
            try? PostgreSQLConnection(url: server).runScript("DROP DATABASE \(name) WITH (FORCE)")
        }
    }

    /// Another engine on the same database, as another process would have.
    package func open() throws -> any SQLEngine { try Database.open(url: url, mayCreate: true) }

    /// A PostgreSQL URL with a setting that wins over what it says before.
    package static func changing(_ url: String, _ setting: String) -> String {
        url + (url.contains("?") ? "&" : "?") + setting
    }
}

/// Runs a closure on so many threads at once, waits for them all, and gives the first error.
package func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
    let failures = Locked<[any Error]>([])
    let group = DispatchGroup()
    for number in 0..<count {
        group.enter()
        Thread.detachNewThread {
            do { try body(number) } catch { failures.change { $0.append(error) } }
            group.leave()
        }
    }
    group.wait()
    if let failure = failures.value.first { throw failure }
}

/// A value that threads share.
package final class Locked<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var held: Value

    package init(_ value: Value) { held = value }

    package var value: Value { lock.withLock { held } }
    package func change(_ body: (inout Value) -> Void) { lock.withLock { body(&held) } }
}
