package import Agreements
import Crypto
import Exchange
package import Foundation
package import Storage

/// What a backup holds, as its last line says.
package struct BackupManifest: Hashable, Sendable {
    /// The number of facts.
    package var facts: Int
    /// The hash of the last fact, in hexadecimal digits.
    package var hash: String
    /// The rows of the other tables.
    package var rows: Int
    /// The SHA-256 of all lines before, in hexadecimal digits.
    package var digest: String
}

/// A whole database in one file of JSON Lines, of one moment, readable into either kind. See docs/storage.md.
package enum Backup {
    private static let version = "1"

    /// The tables beside the facts, with their columns. Snapshots are a cache: they are made anew.
    private static let tables: [(name: String, columns: [Column])] = [
        (
            "audit",
            [
                .number("id"), .number("at"), .text("actor"), .text("operation"), .text("client"), .text("subject"),
                .number("first_seq"), .number("last_seq"), .bytes("hash"),
            ]
        ),
        (
            "outbox",
            [
                .number("id"), .number("at"), .text("kind"), .text("client"), .text("body"), .bytes("hash"),
                .number("delivered_at"),
            ]
        ),
        (
            "idempotency",
            [
                .text("actor"), .text("key"), .text("operation"), .bytes("digest"), .text("answer"), .number("at"),
                .bytes("hash"),
            ]
        ),
        (
            "account",
            [
                .text("user_id"), .text("email"), .text("password"), .bytes("totp_secret"), .number("totp_step"),
                .number("single_keys"),
            ]
        ),
        ("content", [.bytes("sha256"), .bytes("body")]),
        (
            "api_token",
            [
                .bytes("token_hash"), .text("id"), .text("owner"), .text("name"), .text("scopes"),
                .number("created_at"), .number("expires_at"), .number("used_at"),
            ]
        ),
        ("feed", [.text("owner"), .bytes("token_hash")]),
        ("hours_alert", [.text("client"), .text("service_line"), .number("period"), .number("mark")]),
        (
            "delivery",
            [
                .number("id"), .number("outbox_id"), .text("person"), .text("state"), .number("attempts"),
                .number("next_at"), .text("result"), .text("token"),
            ]
        ),
        (
            "mail_in",
            [
                .number("id"), .number("at"), .text("person"), .text("outcome"), .text("request"), .text("reason"),
            ]
        ),
        ("mail_waiting", [.number("id"), .number("at"), .text("sender"), .text("reason"), .text("body")]),
        (
            "webhook",
            [
                .text("id"), .text("url"), .text("kinds"), .text("secret"), .text("old_secret"),
                .number("old_until"), .text("created_by"), .number("created_at"), .text("off_reason"),
            ]
        ),
        (
            "webhook_delivery",
            [
                .number("id"), .number("outbox_id"), .text("webhook"), .text("state"), .number("attempts"),
                .number("next_at"), .number("tried_at"), .text("result"),
            ]
        ),
    ]

    private enum Column {
        case number(String)
        case text(String)
        case bytes(String)

        var name: String {
            switch self {
            case .number(let name), .text(let name), .bytes(let name): name
            }
        }
    }

    // MARK: Writing

    /// Writes a backup and reads it again. The file is there whole, or not at all.
    ///
    /// - Throws: `Problems` where the file is there already or cannot be written.
    package static func write(_ store: Store, to path: String, at now: Instant) throws -> BackupManifest {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Problems([Problem(path, "there is such a file already", fix: "give another name")])
        }
        let unfinished = path + ".unfinished"
        let file = try BackupFile(unfinished)
        do {
            let manifest = try store.read { try write($0, to: file, at: now) }
            try file.close()
            guard try check(Data(contentsOf: URL(fileURLWithPath: unfinished)), file: path) == manifest else {
                throw Problems([Problem(path, "what was written cannot be read again", fix: "try another disk")])
            }
            try FileManager.default.moveItem(atPath: unfinished, toPath: path)
            return manifest
        } catch {
            try? FileManager.default.removeItem(atPath: unfinished)
            throw error
        }
    }

    private static func write(_ connection: any SQLConnection, to file: BackupFile, at now: Instant) throws
        -> BackupManifest
    {
        try file.write(FactPieces.object([("mainstay_backup", version), ("at", "\(now)")]))
        var manifest = BackupManifest(facts: 0, hash: "", rows: 0, digest: "")
        try LedgerReader(connection).forEach { record, _ in
            try file.write(FactExport.line(record))
            manifest.facts = record.seq
            manifest.hash = FactExport.hex(record.hash)
        }
        for table in tables {
            let columns = table.columns.map(\.name).joined(separator: ", ")
            try connection.forEachRow("SELECT \(columns) FROM \(table.name) ORDER BY 1, 2", []) { row in
                var texts = [("table", table.name)]
                for (place, column) in table.columns.enumerated() where !row.isNull(place) {
                    switch column {
                    case .number(let name): texts.append((name, String(row.integer(place))))
                    case .text(let name): texts.append((name, row.text(place)))
                    case .bytes(let name): texts.append((name, FactExport.hex(row.bytes(place))))
                    }
                }
                try file.write(FactPieces.object(texts))
                manifest.rows += 1
            }
        }
        manifest.digest = file.digest
        try file.write(line(manifest))
        return manifest
    }

    private static func line(_ manifest: BackupManifest) -> String {
        FactPieces.object([
            ("manifest", version), ("facts", String(manifest.facts)), ("hash", manifest.hash),
            ("rows", String(manifest.rows)), ("sha256", manifest.digest),
        ])
    }

    // MARK: Reading

    /// Checks that a backup is whole: its digest, its counts and the chain of its facts.
    package static func check(_ data: Data, file: String) throws -> BackupManifest {
        try read(data, file: file, fact: { _ in }, row: { _, _ in })
    }

    /// Fills an empty database from a backup.
    ///
    /// - Throws: `Problems` where the backup is not whole or the database not empty; nothing is restored then.
    package static func restore(_ data: Data, file: String, into store: Store) throws -> BackupManifest {
        try store.write { connection in
            var ledger = try Ledger(connection, store.engine.dialect, actor: "")
            let hasRows = try connection.first("SELECT COUNT(*) FROM audit") { $0.integer(0) } ?? 0 > 0
            guard ledger.lastSeq == 0, !hasRows else {
                throw Problems([Problem("database", "it is not empty", fix: "restore into a new one")])
            }
            var batch: [LedgerRecord] = []
            let manifest = try read(data, file: file) { record in
                batch.append(record)
                guard batch.count == 500 else { return }
                try ledger.takeOver(batch)
                batch.removeAll(keepingCapacity: true)
            } row: { table, texts in
                try insert(texts, table, connection)
            }
            try ledger.takeOver(batch)
            try ledger.finish(from: 1)
            try store.keepAllSnapshots(connection)
            return manifest
        }
    }

    private static func insert(_ texts: [String: String], _ name: String, _ connection: any SQLConnection) throws {
        guard let table = tables.first(where: { $0.name == name }) else {
            throw Problems([Problem("backup", "there is no table \"\(name)\"", fix: "use a newer mainstay")])
        }
        let values = table.columns.map { column -> SQLValue in
            guard let text = texts[column.name] else { return .null }
            switch column {
            case .number: return .optional(Int(text))
            case .text: return .text(text)
            case .bytes: return FactExport.bytes(text).map { .bytes($0) } ?? .null
            }
        }
        let places = table.columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let columns = table.columns.map(\.name).joined(separator: ", ")
        try connection.run("INSERT INTO \(name) (\(columns)) VALUES (\(places))", values)
    }

    private static func read(
        _ data: Data, file: String, fact: (LedgerRecord) throws -> Void,
        row: (_ table: String, _ texts: [String: String]) throws -> Void
    ) throws -> BackupManifest {
        var number = 0
        func problem(_ message: String) -> Problems {
            Problems([
                Problem("backup", message, fix: "use another backup: this one is not whole", file: file, line: number)
            ])
        }
        var hasher = SHA256()
        var chain = ChainCheck()
        var rows = 0
        var manifest: BackupManifest?
        var rest = data[...]
        while !rest.isEmpty {
            number += 1
            let line = rest.prefix { $0 != 0x0A }
            guard line.endIndex < rest.endIndex else { throw problem("its last line is cut off") }
            rest = rest[line.endIndex...].dropFirst()
            guard manifest == nil else { throw problem("something follows the manifest") }
            let text = String(decoding: line, as: UTF8.self)
            let texts = FactPieces.texts(body: text, words: nil)
            if texts["manifest"] != nil {
                manifest = BackupManifest(
                    facts: Int(texts["facts"] ?? "") ?? -1, hash: texts["hash"] ?? "",
                    rows: Int(texts["rows"] ?? "") ?? -1, digest: texts["sha256"] ?? "")
                continue
            }
            hasher.update(data: line)
            hasher.update(data: [0x0A])
            if number == 1 {
                guard texts["mainstay_backup"] == version else { throw problem("it is no backup of mainstay") }
            } else if let table = texts["table"] {
                try row(table, texts)
                rows += 1
            } else {
                guard let record = FactExport.record(text) else { throw problem("the line cannot be read") }
                if let fault = chain.fault(of: record) { throw problem(fault) }
                try fact(record)
            }
        }
        let found = BackupManifest(
            facts: chain.head.seq, hash: chain.head.seq == 0 ? "" : FactExport.hex(chain.head.hash), rows: rows,
            digest: FactExport.hex(Array(hasher.finalize())))
        guard let manifest else { throw problem("it ends without its manifest") }
        guard manifest == found else { throw problem("it is not what its manifest says") }
        return manifest
    }
}

/// A file that is written line by line, with a digest of what was written.
private final class BackupFile {
    private let handle: FileHandle
    private var hasher = SHA256()
    private var buffer = Data()

    init(_ path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw Problems([Problem(path, "it cannot be written", fix: "choose another folder")]) }
        self.handle = handle
    }

    /// The SHA-256 of all lines so far, in hexadecimal digits.
    var digest: String { FactExport.hex(Array(hasher.finalize())) }

    func write(_ line: String) throws {
        let bytes = Array(line.utf8) + [0x0A]
        hasher.update(data: bytes)
        buffer.append(contentsOf: bytes)
        if buffer.count > 1 << 20 { try flush() }
    }

    private func flush() throws {
        do {
            try handle.write(contentsOf: buffer)
        } catch {
            throw Problems([Problem("backup", "the disk cannot be written, or is full", fix: "choose another disk")])
        }
        buffer.removeAll(keepingCapacity: true)
    }

    func close() throws {
        try flush()
        // On the disk before anybody relies on it.
        try handle.synchronize()
        try handle.close()
    }
}
