import Database
package import Foundation
package import Storage
import Values

/// Takes over an export into an empty database: every fact as it was, and the chain proven on the way.
package struct LedgerImport {
    /// Its name in the audit trail.
    static let name = "ledger.import"

    private let store: Store
    private let actor: String

    /// - Parameter actor: who takes it over, for the audit trail.
    package init(_ store: Store, by actor: String = "import") {
        self.store = store
        self.actor = actor
    }

    /// Takes over all facts of a file, or none.
    ///
    /// - Returns: how many.
    /// - Throws: `Problems` with the line that is not as it was exported, or where the database is not empty.
    package func run(_ data: Data, file: String) throws -> Int {
        try store.write { connection in
            var ledger = try Ledger(connection, store.engine.dialect, actor: "")
            guard ledger.lastSeq == 0 else {
                throw Problems([
                    Problem("database", "it has facts already", fix: "take over an export into an empty one")
                ])
            }
            var chain = ChainCheck()
            var batch: [LedgerRecord] = []
            var number = 0
            var rest = data[...]
            while !rest.isEmpty {
                number += 1
                let line = rest.prefix { $0 != 0x0A }
                rest = rest[line.endIndex...].dropFirst()
                let text = String(decoding: line, as: UTF8.self)
                if number == 1 {
                    guard text == FactExport.header else {
                        throw problem(file, 1, "it is no export of mainstay", "give what `mainstay export` wrote")
                    }
                    continue
                }
                guard let record = FactExport.record(text) else {
                    throw problem(file, number, "the line cannot be read", "is the file whole? Export it again")
                }
                if let fault = chain.fault(of: record) { throw problem(file, number, fault, "export it again") }
                batch.append(record)
                if batch.count == 500 {
                    try takeOver(batch, &ledger, file, number)
                    batch.removeAll(keepingCapacity: true)
                }
            }
            try takeOver(batch, &ledger, file, number)
            try ledger.finish(from: 1)
            try store.keepAllSnapshots(connection)
            guard chain.head.seq > 0 else {
                throw problem(file, 1, "there are no facts in it", "is the file whole? Export it again")
            }
            try AuditTrail(connection).append(
                AuditLine(
                    id: 0, at: ledger.lastRecordedAt ?? Instant(seconds: 0), actor: actor, operation: LedgerImport.name,
                    client: "", subject: "ledger", facts: 1...chain.head.seq))
            return chain.head.seq
        }
    }

    private func takeOver(_ batch: [LedgerRecord], _ ledger: inout Ledger, _ file: String, _ line: Int) throws {
        do {
            try ledger.takeOver(batch)
        } catch let fault as LedgerFault {
            throw problem(file, line, fault.description, "export it again")
        }
    }

    private func problem(_ file: String, _ line: Int, _ message: String, _ fix: String) -> Problems {
        Problems([Problem("export", message, fix: fix, file: file, line: line)])
    }
}
