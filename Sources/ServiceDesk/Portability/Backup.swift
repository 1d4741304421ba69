import Crypto
import Database
import Exchange
import Formats
package import Foundation
package import Storage
package import Values

/// A whole database in one file of JSON Lines, of one moment, readable into either kind. See docs/storage.md.
package enum Backup {
    /// The newest version of the format. The first has a manifest without parts.
    private static let version = 2

    /// What the audit trail calls it.
    package static let operation = "database.backup"

    // MARK: Writing

    /// Writes a backup and reads it again. The file is there whole, or not at all.
    ///
    /// - Parameters:
    ///   - recipient: whom it is sealed for; nil leaves it open.
    ///   - random: so many bytes that nobody can guess.
    ///   - progress: told what is done now.
    /// - Returns: what is in it, and the SHA-256 of the file.
    /// - Throws: `Problems` where the file is there already or cannot be written.
    package static func write(
        _ store: Store, to path: String, at now: Instant, for recipient: AgeRecipient? = nil,
        random: (Int) -> [UInt8] = { _ in [] }, progress: (String) -> Void = { _ in }
    ) throws -> (manifest: BackupManifest, digest: String) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Problems([Problem(path, "there is such a file already", fix: "give another name")])
        }
        let work = try WorkFolder(in: WorkFolder.folder(of: path))
        // It goes with its last use, and that is the end of this.
        defer { withExtendedLifetime(work) {} }
        let unfinished = work.path + "/backup"
        let file = try BackupFile(unfinished, for: recipient, random: random)
        let manifest = try store.read { try write($0, store.engine.dialect, to: file, at: now, progress) }
        try file.close()
        progress("Reading the backup again")
        let digest = file.digest
        guard try isWritten(unfinished, as: digest),
            try recipient != nil || check(FileSource(unfinished), file: path) == manifest
        else {
            throw Problems([Problem(path, "what was written cannot be read again", fix: "try another disk")])
        }
        try FileManager.default.moveItem(atPath: unfinished, toPath: path)
        return (manifest, digest)
    }

    private static func write(
        _ connection: any SQLConnection, _ dialect: SQLDialect, to file: BackupFile, at now: Instant,
        _ progress: (String) -> Void
    ) throws -> BackupManifest {
        let schema = try Schema.number(connection, dialect)
        var tally = BackupTally(schema: schema)
        func put(_ line: String, of part: String? = nil) throws {
            if let part { tally.take(Array(line.utf8), of: part) } else { tally.take(Array(line.utf8)) }
            try file.write(line)
        }
        try put(
            FactPieces.object([("mainstay_backup", "\(version)"), ("at", "\(now)"), ("schema", "\(schema)")]))
        var count = Count("Writing", of: try Ledger.head(connection)?.seq ?? 0)
        try LedgerReader(connection).forEach { record, _ in
            count.add(progress)
            try put(FactExport.line(record), of: BackupTally.facts)
            tally.take(fact: record.seq, hash: record.hash)
        }
        for table in BackupTables.all {
            // Attachments are large: few at a time.
            let count = table.name == "content" ? 4 : 1000
            try connection.forEachRow(of: table.name, table.columns, keys: table.keys, atATime: count) { row in
                guard BackupTables.isKept(table.name, row) else { return }
                try put(BackupTables.line(table.name, table.columns, row), of: table.name)
            }
        }
        if let last = try AuditTrail(connection).head() { tally.take(line: last.id, hash: Hex.text(last.hash)) }
        for line in tally.endParts() { try put(line) }
        let manifest = tally.whole
        try file.write(manifest.line(version: version))
        return manifest
    }

    private static func isWritten(_ path: String, as digest: String) throws -> Bool {
        var source = try FileSource(path)
        var hasher = SHA256()
        while case let part = try source.next(), !part.isEmpty { hasher.update(data: part) }
        return Hex.text(Array(hasher.finalize())) == digest
    }

    // MARK: Reading

    /// Fills an empty database from the backup in a file.
    ///
    /// - Parameters:
    ///   - identities: what opens it where it is sealed.
    ///   - anchors: what is known from elsewhere of how far the records in it go.
    ///   - progress: told what is done now.
    /// - Throws: `Problems` where the backup is not whole, was changed since it was made, or the database is not empty;
    ///   nothing is restored then.
    package static func restore(
        file path: String, identities: [AgeIdentity] = [], anchors: [Anchor] = [], into store: Store,
        progress: (String) -> Void = { _ in }
    ) throws -> BackupManifest {
        try restore({ try opened(FileSource(path), path, identities) }, file: path, anchors, into: store, progress)
    }

    /// Fills an empty database from a backup in memory.
    package static func restore(_ data: Data, file: String, into store: Store) throws -> BackupManifest {
        try restore({ DataSource(data) }, file: file, [], into: store) { _ in }
    }

    private static func opened(_ source: FileSource, _ path: String, _ identities: [AgeIdentity]) throws
        -> any ByteSource
    {
        var first = source
        let start = try first.next()
        guard start.starts(with: AgeFormat.intro.utf8) else { return Joined(first: start, rest: first) }
        guard !identities.isEmpty else {
            throw Problems([Problem(path, "it is sealed", fix: "give the key that opens it: --identity FILE")])
        }
        do {
            return try AgeOpener(Joined(first: start, rest: first), identities)
        } catch let failure as AgeFailure {
            throw Problems([Problem(path, failure.words.what, fix: failure.words.fix)])
        }
    }

    /// A source of which a part was read already.
    private struct Joined: ByteSource {
        var first: [UInt8]
        var rest: FileSource

        mutating func next() throws -> [UInt8] {
            guard !first.isEmpty else { return try rest.next() }
            defer { first = [] }
            return first
        }
    }

    private static func restore(
        _ source: () throws -> any ByteSource, file: String, _ anchors: [Anchor], into store: Store,
        _ progress: (String) -> Void
    ) throws -> BackupManifest {
        try store.write { connection in
            var ledger = try Ledger(connection, store.engine.dialect, actor: "")
            let hasRows = try connection.first("SELECT COUNT(*) FROM audit") { $0.integer(0) } ?? 0 > 0
            guard ledger.lastSeq == 0, !hasRows else {
                throw Problems([Problem("database", "it is not empty", fix: "restore into a new one")])
            }
            var batch: [LedgerRecord] = []
            var count = Count("Restoring")
            // Opened anew for each try: a transaction that lost its connection begins again.
            let manifest = try read(source(), file: file) { record in
                batch.append(record)
                count.add(progress)
                guard batch.count == 500 else { return }
                try takeOver(batch, &ledger, file)
                batch.removeAll(keepingCapacity: true)
            } row: { table, texts in
                do {
                    try BackupTables.insert(texts, table, connection)
                } catch StorageError.internalFault {
                    throw Problems([
                        Problem(
                            "backup", "a row of the table \(table) does not fit into it",
                            fix: "use another backup: this one was changed", file: file)
                    ])
                }
            }
            try takeOver(batch, &ledger, file)
            try ledger.finish(from: 1)
            // A manifest is made anew as easily as a backup is changed: what is in it has to agree with itself.
            var records = RecordsCheck(connection)
            try records.run(anchors: anchors, werePlaced: true, progress)
            guard records.faults.isEmpty else {
                throw Problems(
                    records.faults.prefix(20).map {
                        Problem("backup", $0, fix: "use another backup: this one was changed", file: file)
                    })
            }
            progress("Rating closed months")
            try store.keepAllSnapshots(connection)
            return manifest
        }
    }

    private static func takeOver(_ batch: [LedgerRecord], _ ledger: inout Ledger, _ file: String) throws {
        do {
            try ledger.takeOver(batch)
        } catch let fault as LedgerFault {
            throw Problems([
                Problem(
                    "backup", fault.description, fix: "use another backup: this one was changed", file: file)
            ])
        }
    }

    /// Checks that a backup is whole: its digests, its counts and the chain of its facts.
    private static func check(_ source: any ByteSource, file: String) throws -> BackupManifest {
        try read(source, file: file, fact: { _ in }, row: { _, _ in })
    }

    private static func read(
        _ source: any ByteSource, file: String, fact: (LedgerRecord) throws -> Void,
        row: (_ table: String, _ texts: [String: String]) throws -> Void
    ) throws -> BackupManifest {
        var reader = BackupReader(source, file: file)
        return try reader.read(newest: version, fact: fact, row: row)
    }
}
