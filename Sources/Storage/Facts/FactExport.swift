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
        (try? FactPieces.texts(body: line, words: nil)).flatMap { record($0) }
    }

    /// The fact of the texts of a line; nil where they are none.
    package static func record(_ texts: [String: String]) -> LedgerRecord? {
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
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (place, byte) in bytes.enumerated() {
                text[2 * place] = digit(byte >> 4)
                text[2 * place + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The bytes of hexadecimal digits; nil where they are none.
    package static func bytes(_ hex: String) -> [UInt8]? {
        guard hex.utf8.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hex.utf8.count / 2)
        var first: UInt8?
        for letter in hex.utf8 {
            guard let value = value(letter) else { return nil }
            if let high = first { bytes.append(high << 4 | value) }
            first = first == nil ? value : nil
        }
        return bytes
    }

    private static func value(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): letter - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): letter - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
