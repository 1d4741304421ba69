import Database
import Foundation
import Storage
import Testing
import TestSupport

/// What only a server can do to a transaction.
@Suite("PostgreSQL engine")
struct PostgreSQLEngineTests {
    private func engine(_ engines: TestEngines) throws -> any SQLEngine {
        let engine = try engines.open()
        try engine.write { try $0.runScript("CREATE TABLE item (id BIGINT PRIMARY KEY)") }
        return engine
    }

    private func ids(_ engine: any SQLEngine) throws -> [Int] {
        try engine.read { try $0.all("SELECT id FROM item ORDER BY id") { $0.integer(0) } }
    }

    /// Ends a transaction's connection from another one, and waits until it is gone.
    private func end(_ transaction: any SQLConnection, _ engines: TestEngines) throws {
        let backend = try transaction.first("SELECT pg_backend_pid()") { $0.integer(0) } ?? 0
        let other = try engines.open()
        _ = try other.read { try $0.first("SELECT pg_terminate_backend($1::int, 5000)", [.integer(backend)]) { _ in } }
    }

    @Test("A commit waits for the disk, whatever the database's settings say", arguments: EngineKind.testedServers)
    func synchronous(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        try engine(engines).write {
            try $0.runScript(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$"
            )
        }
        #expect(try PostgreSQLEngine(url: engines.url).synchronousCommit() == "on")
    }

    @Test("A transaction whose connection is lost is run again", arguments: EngineKind.testedServers)
    func lostOnce(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try engine(engines)
        var attempts = 0
        try engine.write { transaction in
            attempts += 1
            try transaction.run("INSERT INTO item (id) VALUES ($1)", [.integer(attempts)])
            if attempts == 1 { try end(transaction, engines) }
            try transaction.run("INSERT INTO item (id) VALUES ($1)", [.integer(attempts + 10)])
        }
        #expect(attempts == 2)
        #expect(try ids(engine) == [2, 12])
    }

    @Test(
        "A connection lost again and again is an error, and the next write works", arguments: EngineKind.testedServers)
    func lostTwice(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try engine(engines)
        var attempts = 0
        let error = #expect(throws: StorageError.self) {
            try engine.write { transaction in
                attempts += 1
                try end(transaction, engines)
                // In a savepoint and in many rows, the loss is still what it is.
                try transaction.savepoint {
                    try transaction.runMany("INSERT INTO item (id) VALUES ($1)", [[.integer(1)]])
                }
            }
        }
        guard case .connectionLost = error else { Issue.record("\(String(describing: error))"); return }
        #expect(attempts == 2)
        try engine.write { try $0.run("INSERT INTO item (id) VALUES (2)") }
        #expect(try ids(engine) == [2])
    }

    @Test("Connections that died while idle are replaced", arguments: EngineKind.testedServers)
    func lostIdle(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try engine(engines)
        // Four readers at once, so that four connections are there to die.
        let all = DispatchSemaphore(value: 0)
        try onThreads(4) { number in
            try engine.read { transaction in
                _ = try transaction.first("SELECT 1") { $0.integer(0) }
                if number == 0 { (0..<3).forEach { _ in all.wait() } } else { all.signal() }
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
        let other = try engines.open()
        try other.write {
            _ = try $0.all(
                """
                SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            ) { _ in }
        }
        for _ in 0..<5 { #expect(try ids(engine) == []) }
        try engine.write { try $0.run("INSERT INTO item (id) VALUES (1)") }
        #expect(try ids(engine) == [1])
    }

    @Test("A connection lost at the commit is not run again", arguments: EngineKind.testedServers)
    func lostAtCommit(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try engine(engines)
        try engine.write {
            try $0.runScript(
                """
                CREATE FUNCTION fall() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER falls AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW WHEN (NEW.id = 1) EXECUTE FUNCTION fall();
                """)
        }
        var attempts = 0
        let error = #expect(throws: StorageError.self) {
            try engine.write {
                attempts += 1
                try $0.run("INSERT INTO item (id) VALUES (1)")
            }
        }
        guard case .commitUnknown = error else { Issue.record("\(String(describing: error))"); return }
        #expect(attempts == 1)
        try engine.write { try $0.run("INSERT INTO item (id) VALUES (2)") }
        #expect(try ids(engine) == [2])
    }

    @Test("A transaction that met another is run again", arguments: ["40001", "40P01"])
    func conflict(_ state: String) throws {
        for kind in EngineKind.testedServers {
            let engines = try TestEngines(kind)
            let engine = try engine(engines)
            let raise = "DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '\(state)'; END $$"
            var attempts = 0
            try engine.write { transaction in
                attempts += 1
                try transaction.run("INSERT INTO item (id) VALUES ($1)", [.integer(attempts)])
                if attempts <= 5 { try transaction.savepoint { try transaction.runScript(raise) } }
            }
            #expect(attempts == 6)
            #expect(try ids(engine) == [6])
            attempts = 0
            #expect(throws: StorageError.busy) {
                try engine.write {
                    attempts += 1
                    try $0.runScript(raise)
                }
            }
            #expect(attempts == 6)
        }
    }

    @Test("A table changed by another process does not spoil prepared statements", arguments: EngineKind.testedServers)
    func changedTable(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let (engine, other) = (try engine(engines), try engines.open())
        let store = try Store(settingUp: engine)
        let query = "SELECT * FROM item"
        func read() throws -> [Int] { try engine.read { try $0.all(query) { $0.integer(0) } } }
        func written() throws -> [Int] { try store.write { try $0.all(query) { $0.integer(0) } } }
        #expect(try read() == [] && written() == [])
        try other.write { try $0.runScript("ALTER TABLE item ADD COLUMN note TEXT; INSERT INTO item (id) VALUES (1)") }
        #expect(try read() == [1])
        #expect(try written() == [1])
    }

    @Test("What a server cannot do at all is tried once", arguments: EngineKind.testedServers)
    func unsupported(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try engine(engines)
        var attempts = 0
        #expect(throws: StorageError.self) {
            try engine.write {
                attempts += 1
                try $0.runScript("DO $$ BEGIN RAISE EXCEPTION 'not here' USING ERRCODE = '0A000'; END $$")
            }
        }
        #expect(attempts == 1)
    }

    @Test(
        "Writes that were put together are run again where the server forgot what was prepared",
        arguments: ["26000", "forgotten"])
    func groupedAgain(_ state: String) throws {
        for kind in EngineKind.testedServers {
            let engines = try TestEngines(kind)
            let engine = try engine(engines)
            let store = try Store(settingUp: engine)
            let isLeading = Locked(false)
            let tries = Locked(0)
            @Sendable func insert(_ connection: any SQLConnection, _ id: Int) throws {
                try connection.run("INSERT INTO item (id) VALUES ($1)", [.integer(id)])
            }
            try onThreads(4) { number in
                guard number > 0 else {
                    // While it writes, the others gather behind it.
                    try store.write { connection in
                        try insert(connection, 100)
                        isLeading.change { $0 = true }
                        Thread.sleep(forTimeInterval: 0.5)
                    }
                    return
                }
                while !isLeading.value { Thread.sleep(forTimeInterval: 0.01) }
                try store.write { connection in
                    try insert(connection, number)
                    guard number == 2 else { return }
                    tries.change { $0 += 1 }
                    guard tries.value == 1 else { return }
                    if state == "forgotten" {
                        try connection.runScript("DEALLOCATE ALL")
                        try insert(connection, 200)
                    } else {
                        try connection.runScript(
                            "DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '\(state)'; END $$")
                    }
                }
            }
            #expect(tries.value == 2)
            #expect(try ids(engine) == [1, 2, 3, 100])
        }
    }

    @Test("A lock that is held too long is said to be busy", arguments: EngineKind.testedServers)
    func busy(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try engine(engines)
        let impatient = try PostgreSQLEngine(url: engines.url, patience: 1)
        try engine.write { _ in
            #expect(throws: StorageError.busy) { try impatient.write { _ in } }
            let read = try impatient.read { try $0.first("SELECT 1") { $0.integer(0) } }
            #expect(read == 1)
        }
        try impatient.write { _ in }
    }

    @Test("A swallowed failure does not pass for a commit", arguments: EngineKind.testedServers)
    func swallowed(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try engine(engines)
        #expect(throws: StorageError.self) {
            try engine.write { transaction in
                try transaction.run("INSERT INTO item (id) VALUES (1)")
                _ = try? transaction.run("INSERT INTO item (id) VALUES (1)")
            }
        }
        #expect(try ids(engine) == [])
    }

    @Test("A transaction inside another of its kind is refused, not waited for", arguments: EngineKind.testedServers)
    func reentered(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try engine(engines)
        try engine.write { _ in #expect(throws: StorageError.self) { try engine.write { _ in } } }
        _ = try engine.read { _ in #expect(throws: StorageError.self) { try engine.read { _ in } } }
        let read = try engine.write { _ in try ids(engine) }
        #expect(read == [])
    }

    @Test("Who waits for a connection too long is told that the database is busy", arguments: EngineKind.testedServers)
    func crowded(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try PostgreSQLEngine(url: engines.url, patience: 1)
        let (isHeld, isOver) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        Thread.detachNewThread {
            _ = try? engine.write { _ in
                isHeld.signal()
                isOver.wait()
            }
            isHeld.signal()
        }
        isHeld.wait()
        let error = #expect(throws: StorageError.self) { try engine.write { _ in } }
        guard case .busy? = error else {
            Issue.record("\(error.debugDescription) is not busy")
            return
        }
        isOver.signal()
        isHeld.wait()
        try engine.write { _ in }
    }

    @Test("Text with a NUL is refused before it is sent", arguments: EngineKind.testedServers)
    func nul(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        try engine(engines).write { transaction in
            #expect(throws: StorageError.self) { try transaction.first("SELECT $1", [.text("a\0b")]) { $0.text(0) } }
            #expect(throws: StorageError.self) { try transaction.runMany("SELECT $1", [[.text("a\0b")]]) }
            // Nothing was sent, so the transaction goes on.
            let found = try transaction.first("SELECT $1", [.text("ab")]) { $0.text(0) }
            #expect(found == "ab")
        }
    }

    @Test("An error quotes no value", arguments: EngineKind.testedServers)
    func quotesNothing(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try engine(engines)
        for statement in ["SELECT $1::bigint", "SELECT $1::date", "SELECT ('{\"a\":\"' || $1)::jsonb ->> 'a'"] {
            let error = #expect(throws: StorageError.self) {
                try engine.write { try $0.run(statement, [.text("Zoë Secret")]) }
            }
            #expect(!String(describing: error).contains("Secret"))
        }
    }

    @Test("A server that says nothing is given up, and asked again later", arguments: EngineKind.testedServers)
    func silent(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        _ = try engine(engines)
        let engine = try PostgreSQLEngine(url: engines.url, silence: 1)
        let error = #expect(throws: StorageError.self) {
            try engine.read { try $0.first("SELECT pg_sleep(3600)") { _ in } }
        }
        guard case .connectionLost = error else { Issue.record("\(String(describing: error))"); return }
        // Nobody else waits in the next second: whether this one comes within it or not, it is answered.
        let next = Result { try ids(engine) }
        switch next {
        case .success(let found): #expect(found == [])
        case .failure(let failure): #expect(failure as? StorageError == error)
        }
        Thread.sleep(forTimeInterval: 1.1)
        #expect(try ids(engine) == [])
        #expect(engine.connections.inUse == 0)
    }

    @Test("A server that is away is told at once to all but one who tries", arguments: EngineKind.testedServers)
    func away(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let gone = TestEngines.changing(engines.url, "host=/nowhere/at/all")
        let error = #expect(throws: StorageError.self) { try PostgreSQLEngine(url: gone) }
        guard case .away = error else { Issue.record("\(String(describing: error))"); return }
        #expect(error?.passes == true)
    }
}
