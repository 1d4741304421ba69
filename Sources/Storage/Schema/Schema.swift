package import Database

/// The tables, brought to their newest form in numbered steps that only go forward.
///
/// Each step is one transaction, so that a killed program leaves a schema whole, old or new.
package enum Schema {
    /// The newest schema that this program knows.
    package static var latest: Int { steps.count }

    /// The steps, the first making schema 1 of an empty database. Released ones are never edited.
    private static let steps = [schema1, schema2, schema3, schema4, schema5, schema6, schema7, schema8]

    /// Brings a database to the newest schema.
    ///
    /// - Throws: ``StorageError/newerSchema(found:known:)`` where it is newer than this program.
    package static func update(_ engine: any SQLEngine, to target: Int = latest) throws {
        while try engine.write({ try step($0, engine.dialect, target) }) {}
    }

    /// Throws where a database is not of the newest schema: reading an older one needs ``update(_:to:)`` first.
    package static func check(_ engine: any SQLEngine) throws {
        let found = try engine.read { try number($0, engine.dialect) }
        guard found > 0 else { throw StorageError.notSetUp }
        guard found <= latest else { throw StorageError.newerSchema(found: found, known: latest) }
        if found < latest { try update(engine) }
    }

    /// Does one step; false where there is none left to do.
    private static func step(_ connection: any SQLConnection, _ dialect: SQLDialect, _ target: Int) throws -> Bool {
        let found = try number(connection, dialect)
        guard found <= latest else { throw StorageError.newerSchema(found: found, known: latest) }
        guard found < target else { return false }
        try connection.runScript(dialect.write(steps[found]).replacing("{search_table}", with: dialect.searchTable))
        if found == 0 { try connection.runScript(dialect.guards) }
        // What is made of facts is made of those that are there.
        if found == 1 || found == 4 { try Derived.rebuild(connection, dialect) }
        try connection.run("INSERT INTO schema_step (number) VALUES ($1)", [.integer(found + 1)])
        return true
    }

    /// The number of the schema; 0 for an empty database.
    package static func number(_ connection: any SQLConnection, _ dialect: SQLDialect) throws -> Int {
        guard try connection.first(dialect.tableExists, [.text("schema_step")], { $0.integer(0) }) ?? 0 > 0
        else { return 0 }
        return try connection.first("SELECT MAX(number) FROM schema_step") { $0.optionalInteger(0) ?? 0 } ?? 0
    }
}
