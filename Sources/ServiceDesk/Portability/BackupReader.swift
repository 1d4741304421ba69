import Exchange
import Storage
import Values

/// Reads a backup line by line, and holds it against its manifest.
struct BackupReader {
    private var lines: LineReader
    private let file: String
    private var number = 0
    private var tally = BackupTally(schema: 0)
    private var told = BackupManifest()
    private var chain = ChainCheck()
    private var version = 0

    init(_ source: any ByteSource, file: String) {
        lines = LineReader(source)
        self.file = file
    }

    /// Hands over every fact and every other row.
    ///
    /// - Returns: the manifest, once all before it is what it says.
    /// - Throws: `Problems` with what is wrong, and what the closures throw.
    mutating func read(
        newest: Int, fact: (LedgerRecord) throws -> Void,
        row: (_ table: String, _ texts: [String: String]) throws -> Void
    ) throws -> BackupManifest {
        while let line = try next() {
            let text = String(decoding: line, as: UTF8.self)
            // What cannot be read has no texts, and is no line of any kind.
            let texts = (try? FactPieces.texts(body: text, words: nil)) ?? [:]
            if number == 1 {
                try begin(texts, newest: newest)
                tally.take(line)
            } else if texts["manifest"] != nil {
                return try end(texts)
            } else if let part = texts["part"] {
                told.parts[part] = BackupManifest.Part(
                    rows: Int(texts["rows"] ?? "") ?? -1, bytes: Int(texts["bytes"] ?? "") ?? -1,
                    digest: texts["sha256"] ?? "")
                tally.take(line)
            } else if let table = texts["table"] {
                tally.take(line, of: table)
                if table == "audit", let id = texts["id"].flatMap({ Int($0) }) {
                    tally.take(line: id, hash: texts["hash"] ?? "")
                }
                try row(table, texts)
            } else {
                guard let record = FactExport.record(texts) else { throw problem("the line cannot be read") }
                if let fault = chain.fault(of: record) { throw problem(fault) }
                tally.take(line, of: BackupTally.facts)
                tally.take(fact: record.seq, hash: record.hash)
                try fact(record)
            }
        }
        throw problem("it ends without its manifest")
    }

    private mutating func next() throws -> ArraySlice<UInt8>? {
        number += 1
        do {
            return try lines.next()
        } catch LineReader.Failure.cutOff {
            throw problem("its last line is cut off")
        } catch LineReader.Failure.tooLong {
            throw problem("the line is too long")
        } catch let failure as AgeFailure {
            throw Problems([Problem("backup", failure.words.what, fix: failure.words.fix, file: file)])
        }
    }

    private mutating func begin(_ texts: [String: String], newest: Int) throws {
        guard let found = texts["mainstay_backup"].flatMap({ Int($0) }) else {
            throw problem("it is no backup of mainstay")
        }
        version = found
        let schema = texts["schema"].flatMap { Int($0) } ?? 0
        guard (1...newest).contains(found), schema <= Schema.latest else {
            throw Problems([
                Problem("backup", "a newer mainstay wrote it", fix: "use that to restore it", file: file, line: number)
            ])
        }
        tally = BackupTally(schema: schema)
    }

    private mutating func end(_ texts: [String: String]) throws -> BackupManifest {
        func count(_ name: String) -> Int { texts[name].flatMap { Int($0) } ?? -1 }
        tally.endParts()
        var found = tally.whole
        guard try next() == nil else { throw problem("something follows the manifest") }
        if version == 1 {
            guard
                (found.facts, found.hash, found.rows, found.digest)
                    == (count("facts"), texts["hash"] ?? "", count("rows"), texts["sha256"] ?? "")
            else { throw problem("it is not what its manifest says") }
            found.parts = [:]
            return found
        }
        for name in Set(found.parts.keys).union(told.parts.keys).sorted() {
            let (has, says) = (found.parts[name] ?? .init(), told.parts[name] ?? .init())
            if has.rows != says.rows {
                throw problem("the part \(name) has \(has.rows) rows, and its manifest says \(says.rows)")
            }
            if has != says { throw problem("the part \(name) is not what its manifest says") }
        }
        told.facts = count("facts")
        told.hash = texts["hash"] ?? ""
        told.lines = max(0, count("audit"))
        told.lineHash = texts["audit_hash"] ?? ""
        told.schema = count("schema")
        told.rows = count("rows")
        told.digest = texts["sha256"] ?? ""
        guard found == told else { throw problem("it is not what its manifest says") }
        return found
    }

    private func problem(_ message: String) -> Problems {
        Problems([
            Problem("backup", message, fix: "use another backup: this one is not whole", file: file, line: number)
        ])
    }
}
