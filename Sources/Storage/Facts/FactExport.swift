import Exchange
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
        if let salt = record.salt { fields.append(("salt", hex(salt))) }
        if let hash = record.wordsHash { fields.append(("words_hash", hex(hash))) }
        fields.append(("hash", hex(record.hash)))
        return FactPieces.object([("seq", String(record.seq))] + fields)
    }

    /// The fact of a line; nil where it is none.
    package static func record(_ line: String) -> LedgerRecord? {
        let texts = FactPieces.texts(body: line, words: nil)
        guard let seq = texts["seq"].flatMap({ Int($0) }), let at = texts["recorded_at"].flatMap({ Int($0) }),
            let actor = texts["actor"], let kind = texts["kind"], let body = texts["body"],
            let hash = texts["hash"].flatMap(bytes)
        else { return nil }
        return LedgerRecord(
            seq: seq, recordedAt: at, actor: actor, kind: kind, body: body, words: texts["words"],
            salt: texts["salt"].flatMap(bytes), wordsHash: texts["words_hash"].flatMap(bytes), hash: hash)
    }

    /// Bytes as hexadecimal digits.
    package static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The bytes of hexadecimal digits; nil where they are none.
    package static func bytes(_ hex: String) -> [UInt8]? {
        let digits = hex.utf8.map { digit -> UInt8? in Character(UnicodeScalar(digit)).hexDigitValue.map { UInt8($0) } }
        guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { (digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0) }
    }
}
