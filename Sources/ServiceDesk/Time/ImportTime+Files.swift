package import Agreements
import Crypto
import Exchange
import Formats
import Foundation
import Storage
package import Values

extension ImportTime {
    /// Reads an export and its mapping.
    ///
    /// - Parameters:
    ///   - skipsBad: whether bad rows are left out, instead of refusing them.
    ///   - now: no work is dated later.
    /// - Returns: what takes them over, and the rows that it leaves out: bad ones, timers that still run, breaks.
    /// - Throws: every problem with the mapping; else with the rows.
    package static func reading(
        _ export: UnsafeBufferPointer<UInt8>, file: String, mapping: [UInt8], mappingFile: String, terms: TermsHistory,
        skipsBad: Bool, now: Instant
    ) throws(Problems) -> (operation: ImportTime, badRows: [Problem]) {
        let map = try MappingFile.read(mapping, file: mappingFile, terms: terms)
        let rows = try TimeExport.read(
            export, file: file, dateFormat: map.dateFormat, lengthUnit: map.lengthUnit,
            allowsLongEntries: map.allowsLongEntries, today: lastDay(now)
        ).judged(by: map)
        guard rows.badRows.isEmpty || skipsBad else { throw Problems(rows.badRows) }
        var hasher = SHA256()
        hasher.update(bufferPointer: UnsafeRawBufferPointer(export))
        hasher.update(data: mapping)
        let digest = Hex.text(Array(hasher.finalize()))
        return (ImportTime(export: rows, mapping: map, digest: digest), rows.badRows + rows.leftOut)
    }

    /// A mapping drafted from an export, as YAML, for a person to correct.
    package static func draftMapping(
        of export: UnsafeBufferPointer<UInt8>, file: String, terms: TermsHistory, now: Instant
    ) throws(Problems) -> String {
        let rows = try TimeExport.read(
            export, file: file, dateFormat: nil, allowsLongEntries: false, today: lastDay(now))
        return MappingDraft(rows, terms: terms).text
    }

    /// A day begins somewhere on earth 14 hours before it does in UTC.
    private static func lastDay(_ now: Instant) -> CivilDate { Zone.utc.date(of: now + Hours(14)) }
}
