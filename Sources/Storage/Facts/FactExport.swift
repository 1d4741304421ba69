import Exchange
import Formats
import Foundation

/// The ledger as JSON Lines: every fact with its hash, so that an empty database of either kind can take it over and prove
/// that nothing was changed on the way. See docs/storage.md.
package enum FactExport {
    /// The first line.
    package static let header = "{\"mainstay_export\":1}"

    /// A fact's line.
    package static func line(_ record: LedgerRecord) -> String {
        var fields: [(String, String)] = [
            ("recorded_at", String(record.recordedAt)), ("actor", record.actor), ("kind", record.kind),
            ("body", record.body),
        ]
        if let words = record.words { fields.append(("words", words)) }
        if let salt = record.salt { fields.append(("salt", Hex.text(salt))) }
        if let hash = record.wordsHash { fields.append(("words_hash", Hex.text(hash))) }
        fields.append(("hash", Hex.text(record.hash)))
        return FactPieces.object([("seq", String(record.seq))] + fields)
    }

    /// The fact of a line; nil where it is none.
    package static func record(_ line: String) -> LedgerRecord? {
        (try? FactPieces.texts(body: line, words: nil)).flatMap { record($0) }
    }

    /// The fact of the texts of a line; nil where they are none.
    package static func record(_ texts: [String: String]) -> LedgerRecord? {
        guard let seq = texts["seq"].flatMap({ Int($0) }), let at = texts["recorded_at"].flatMap({ Int($0) }),
            let actor = texts["actor"], let kind = texts["kind"], let body = texts["body"],
            let hash = texts["hash"].flatMap(Hex.bytes)
        else { return nil }
        return LedgerRecord(
            seq: seq, recordedAt: at, actor: actor, kind: kind, body: body, words: texts["words"],
            salt: texts["salt"].flatMap(Hex.bytes), wordsHash: texts["words_hash"].flatMap(Hex.bytes), hash: hash)
    }
}
