import Database
import Foundation
import Testing
import TestSupport

/// What both engines promise.
@Suite("Both engines")
struct EngineTests {
    private struct Stop: Error {}

    private func counter(_ engines: TestEngines) throws -> any SQLEngine {
        let engine = try engines.open()
        try engine.write {
            try $0.runScript(
                engine.dialect.write(
                    """
                    CREATE TABLE item (id {integer} NOT NULL PRIMARY KEY, name {text} UNIQUE, data {bytes}){table_end};
                    INSERT INTO item (id, name) VALUES (0, 'zero');
                    """))
        }
        return engine
    }

    private func ids(_ engine: any SQLEngine) throws -> [Int] {
        try engine.read { try $0.all("SELECT id FROM item ORDER BY id") { $0.integer(0) } }
    }

    // MARK: Values

    @Test("Values come back as they went in", arguments: EngineKind.tested)
    func values(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try engines.open()
        try engine.write {
            try $0.runScript(
                engine.dialect.write(
                    "CREATE TABLE held (id {integer} PRIMARY KEY, n {integer}, t {text}, b {bytes}){table_end}"))
        }
        let numbers: [Int?] = [nil, 0, 1, -1, 255, -256, .max, .min]
        let texts: [String?] = [nil, "", "a", "Zoë", "e\u{301}", "日本語", "👩‍👩‍👧", "'\"\\%_;--", "\n\t\r", "{a}", "$1"]
        let bytes: [[UInt8]?] = [nil, [], [0], [0, 0, 1, 0], Array(0...255), Array(repeating: 7, count: 100_000)]
        for index in 0..<11 {
            let (number, text, data) = (numbers[index % 8], texts[index], bytes[index % 6])
            try engine.write {
                let changed = try $0.run(
                    "INSERT INTO held (id, n, t, b) VALUES ($1, $2, $3, $4)",
                    [.integer(index), .optional(number), .optional(text), data.map { .bytes($0) } ?? .null])
                #expect(changed == 1)
            }
            try engine.read {
                try $0.forEachRow("SELECT n, t, b FROM held WHERE id = $1", [.integer(index)]) { row in
                    #expect(row.optionalInteger(0) == number)
                    #expect(row.optionalText(1).map { Array($0.utf8) } == text.map { Array($0.utf8) })
                    #expect((row.isNull(2) ? nil : row.bytes(2)) == data)
                }
            }
        }
    }

    @Test("What a query works out is a number or a text", arguments: EngineKind.tested)
    func derived(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        try engine.write { transaction in
            for id in 1...10 { try transaction.run("INSERT INTO item (id) VALUES ($1)", [.integer(id)]) }
        }
        try engine.read { transaction in
            let sum = "SELECT count(*), sum(id), sum(-id), sum(id) * 100000000, max(id), 1, min(name) FROM item"
            try transaction.forEachRow(sum, []) { row in
                #expect((0..<6).map(row.integer) == [11, 55, -55, 5_500_000_000, 10, 1])
                #expect(row.text(6) == "zero")
            }
            #expect(try transaction.first("SELECT 2 > 1, 1 > 2") { [$0.integer(0), $0.integer(1)] } == [1, 0])
            #expect(
                try transaction.first("SELECT -7, -40000, -1") { row in (0..<3).map(row.integer) } == [-7, -40000, -1])
            #expect(try transaction.first("SELECT sum(id) FROM item WHERE id > 99") { $0.isNull(0) } == true)
            let sums = try transaction.all("SELECT sum(id * 9999) FROM item GROUP BY id ORDER BY id") { $0.integer(0) }
            #expect(sums == (0...10).map { $0 * 9999 })
        }
    }

    @Test("A column that is read as what it is not is a fault of ours, with its name", arguments: EngineKind.tested)
    func otherType(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        let wrong: [(String, (any SQLRow) throws -> Void)] = [
            ("column 0 (id) was read as a text", { _ = $0.text(0) }),
            ("column 0 (id) was read as bytes", { _ = $0.bytes(0) }),
            ("column 1 (name) was read as a number", { _ = $0.integer(1) }),
            ("column 1 (name) was read as bytes", { _ = $0.bytes(1) }),
            // Null is no value.
            ("column 2 (data) was read as bytes", { _ = $0.bytes(2) }),
            ("column 2 (data) was read as a text", { _ = $0.text(2) }),
            ("column 2 (data) was read as a number", { _ = $0.integer(2) }),
            // The first is told, and not what came of it.
            (
                "column 0 (id) was read as a text",
                {
                    if $0.text(0).isEmpty, $0.integer(1) == 0 { throw Stop() }
                }
            ),
        ]
        for (words, read) in wrong {
            #expect(throws: StorageError.internalFault("\(words), which it is not"), "\(words)") {
                try engine.read { try $0.first("SELECT id, name, data FROM item") { try read($0) } }
            }
        }
        try engine.read { transaction in
            let read = try transaction.first("SELECT id, name, data FROM item") { row in
                (row.integer(0), row.text(1), row.optionalText(2))
            }
            #expect(read?.0 == 0 && read?.1 == "zero" && read?.2 == nil)
        }
        if kind == .postgreSQL {
            #expect(throws: StorageError.self) { try engine.read { try $0.first("SELECT now()") { $0.text(0) } } }
        }
    }

    @Test("A sum that no whole number holds is an error", arguments: EngineKind.tested)
    func overflow(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        try engine.write {
            try $0.runMany("INSERT INTO item (id) VALUES ($1)", [[.integer(.max)], [.integer(.max - 1)]])
        }
        #expect(throws: StorageError.self) {
            try engine.read { try $0.first("SELECT sum(id) FROM item") { $0.integer(0) } }
        }
    }

    @Test("A null and a value may follow each other in one statement", arguments: EngineKind.tested)
    func nullThenValue(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        try counter(engines).write { transaction in
            for value in [SQLValue.null, .text("x"), .null, .text("")] {
                let found = try transaction.first("SELECT $1, $2", [value, .integer(5)]) { row in
                    (row.optionalText(0), row.integer(1))
                }
                #expect(found?.0 == (value == .null ? nil : value == .text("") ? "" : "x"))
                #expect(found?.1 == 5)
                #expect(try transaction.first("SELECT $1", [value]) { $0.isNull(0) } == (value == .null))
            }
        }
    }

    @Test("A query may run again while its own rows are handed over", arguments: EngineKind.tested)
    func again(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        try engine.write {
            try $0.runMany(
                "INSERT INTO item (id, name) VALUES ($1, $2)", [2, 3, 4].map { [.integer($0), .text("n\($0)")] })
        }
        let query = "SELECT id FROM item WHERE id > $1 ORDER BY id"
        var seen: [[Int]] = []
        try engine.read { transaction in
            try transaction.forEachRow(query, [.integer(1)]) { row in
                let id = row.integer(0)
                seen.append([id] + (try transaction.all(query, [.integer(id)]) { $0.integer(0) }))
            }
        }
        #expect(seen == [[2, 3, 4], [3, 4], [4]])
    }

    @Test("Text is in the order of its bytes", arguments: EngineKind.tested)
    func order(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        let names = ["B", "a", "Z", "é", "e", "_", "10", "9", "日"]
        try engine.write {
            try $0.runMany(
                "INSERT INTO item (id, name) VALUES ($1, $2)",
                names.enumerated().map { [.integer($0 + 1), .text($1)] })
        }
        let sorted = try engine.read {
            try $0.all("SELECT name FROM item WHERE id > 0 ORDER BY name") { $0.text(0) }
        }
        #expect(sorted == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    @Test("Other statements may run while rows are handed over", arguments: EngineKind.tested)
    func nested(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        try engine.write { try $0.runMany("INSERT INTO item (id) VALUES ($1)", (1...5).map { [.integer($0)] }) }
        try engine.write { transaction in
            try transaction.forEachRow("SELECT id FROM item ORDER BY id", []) { row in
                let id = row.integer(0)
                try transaction.run("UPDATE item SET name = $1 WHERE id = $2", [.text("n\(id)"), .integer(id)])
                #expect(row.integer(0) == id)
            }
        }
        let names = try engine.read { try $0.all("SELECT name FROM item ORDER BY id") { $0.text(0) } }
        #expect(names == (0...5).map { "n\($0)" })
    }

    @Test("A statement says how many rows it changed", arguments: EngineKind.tested)
    func changed(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        try counter(engines).write { transaction in
            try transaction.runMany("INSERT INTO item (id) VALUES ($1)", (1...9).map { [.integer($0)] })
            #expect(try transaction.run("UPDATE item SET name = NULL WHERE id > $1", [.integer(4)]) == 5)
            #expect(try transaction.run("DELETE FROM item WHERE id > $1", [.integer(99)]) == 0)
            #expect(try transaction.run("DELETE FROM item") == 10)
        }
    }

    // MARK: Transactions

    @Test("What a transaction wrote is undone where it throws", arguments: EngineKind.tested)
    func undone(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        #expect(throws: Stop.self) {
            try engine.write {
                try $0.run("INSERT INTO item (id) VALUES (1)")
                throw Stop()
            }
        }
        #expect(try ids(engine) == [0])
    }

    @Test("A shared transaction inside another is refused, not waited for", arguments: EngineKind.tested)
    func inside(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        let writer = GroupCommit(engine, Saving())
        try writer.perform { transaction in
            #expect(throws: StorageError.self) { try writer.perform { _ in } }
            try transaction.run("INSERT INTO item (id) VALUES (11)")
        }
        // The refusal undoes nothing, and others go on.
        try writer.perform { _ = try $0.run("INSERT INTO item (id) VALUES (12)") }
        let ids = try engine.read { try $0.all("SELECT id FROM item WHERE id > 10 ORDER BY id") { $0.integer(0) } }
        #expect(ids == [11, 12])
    }

    @Test("What a savepoint wrote is undone alone", arguments: EngineKind.tested)
    func savepoint(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        try engine.write { transaction in
            try transaction.run("INSERT INTO item (id) VALUES (1)")
            #expect(throws: Stop.self) {
                try transaction.savepoint {
                    try transaction.run("INSERT INTO item (id) VALUES (2)")
                    throw Stop()
                }
            }
            #expect(throws: StorageError.self) {
                try transaction.savepoint {
                    try transaction.run("INSERT INTO item (id) VALUES (3)")
                    try transaction.run("INSERT INTO item (id) VALUES (1)")
                }
            }
            try transaction.savepoint { _ = try transaction.run("INSERT INTO item (id) VALUES (4)") }
        }
        #expect(try ids(engine) == [0, 1, 4])
    }

    @Test("A refused statement leaves the connection working", arguments: EngineKind.tested)
    func constraint(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        for statement in [
            "INSERT INTO item (id) VALUES (0)", "INSERT INTO item (id, name) VALUES (1, 'zero')", "no statement",
        ] {
            let error = #expect(throws: StorageError.self) { try engine.write { try $0.run(statement) } }
            guard case .internalFault = error else {
                Issue.record("\(statement): \(String(describing: error))")
                continue
            }
        }
        #expect(throws: StorageError.self) { try engine.read { try $0.all("SELECT none FROM item") { $0.integer(0) } } }
        try engine.write { try $0.run("INSERT INTO item (id) VALUES (1)") }
        #expect(try ids(engine) == [0, 1])
    }

    @Test("Reading writes nothing", arguments: EngineKind.tested)
    func readOnly(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        let error = #expect(throws: StorageError.self) {
            try engine.read { try $0.run("INSERT INTO item (id) VALUES (1)") }
        }
        guard case .disk = error else { Issue.record("\(String(describing: error))"); return }
        #expect(try ids(engine) == [0])
    }

    @Test("Writers in two processes lose nothing", arguments: EngineKind.tested)
    func writers(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let both = [try counter(engines), try engines.open()]
        try onThreads(8) { number in
            for _ in 0..<25 {
                // Not one UPDATE: what was read is written back, so that a second writer at the same time would show.
                try both[number % 2].write { transaction in
                    let last = try transaction.first("SELECT max(id) FROM item") { $0.integer(0) } ?? 0
                    try transaction.run("INSERT INTO item (id) VALUES ($1)", [.integer(last + 1)])
                }
            }
        }
        #expect(try ids(both[0]) == Array(0...200))
    }

    @Test("More readers than connections all read", arguments: EngineKind.tested)
    func readers(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        try onThreads(16) { _ in
            for _ in 0..<20 {
                let count = try engine.read { try $0.first("SELECT count(*) FROM item") { $0.integer(0) } }
                #expect(count == 1)
            }
        }
    }

    @Test("A reader sees one state while a writer commits", arguments: EngineKind.tested)
    func snapshot(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let (engine, other) = (try counter(engines), try engines.open())
        let count = "SELECT count(*) FROM item"
        try engine.read { transaction in
            #expect(try transaction.first(count) { $0.integer(0) } == 1)
            try onThreads(1) { _ in _ = try other.write { try $0.run("INSERT INTO item (id) VALUES (1)") } }
            #expect(try transaction.first(count) { $0.integer(0) } == 1)
        }
        #expect(try engine.read { try $0.first(count) { $0.integer(0) } } == 2)
    }

    @Test("A writer sees what another wrote while it waited", arguments: EngineKind.tested)
    func waiting(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let both = [try counter(engines), try engines.open()]
        let holds = DispatchSemaphore(value: 0)
        try onThreads(2) { number in
            if number == 1 { holds.wait() }
            try both[number].write { (transaction) -> Void in
                if number == 0 {
                    holds.signal()
                    Thread.sleep(forTimeInterval: 0.2)
                    try transaction.run("INSERT INTO item (id) VALUES (1)")
                } else {
                    #expect(try transaction.first("SELECT max(id) FROM item") { $0.integer(0) } == 1)
                }
            }
        }
    }

    // MARK: Many rows

    @Test("Many rows go in", arguments: EngineKind.tested)
    func many(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        let sql = "INSERT INTO item (id, name, data) VALUES ($1, $2, $3)"
        try engine.write { transaction in
            try transaction.runMany(sql, [])
            try transaction.runMany(
                sql,
                (1...1_234).map {
                    [.integer($0), $0 % 3 == 0 ? .null : .text("n\($0)"), $0 % 2 == 0 ? .null : .bytes([0])]
                })
        }
        #expect(try ids(engine) == Array(0...1_234))
        #expect(
            try engine.read {
                try $0.first("SELECT count(name), count(data) FROM item") { [$0.integer(0), $0.integer(1)] }
            } == [824, 617])
    }

    @Test("One refused row of many undoes them, and the transaction's rest stays", arguments: EngineKind.tested)
    func manyRefused(_ kind: EngineKind) throws {
        let engines = try TestEngines(kind)
        let engine = try counter(engines)
        let rows = ((1...700).map { $0 } + [0] + Array(701...1_600)).map { [SQLValue.integer($0)] }
        try engine.write { transaction in
            try transaction.run("INSERT INTO item (id) VALUES (5000)")
            let error = #expect(throws: StorageError.self) {
                try transaction.savepoint { try transaction.runMany("INSERT INTO item (id) VALUES ($1)", rows) }
            }
            guard case .internalFault = error else { Issue.record("\(String(describing: error))"); return }
            try transaction.runMany("INSERT INTO item (id) VALUES ($1)", [[.integer(5001)]])
        }
        #expect(try ids(engine) == [0, 5000, 5001])
    }
}
