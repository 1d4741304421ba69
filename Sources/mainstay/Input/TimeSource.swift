import Agreements
import Exchange
import Foundation
import Rating
import Terminal
import Values

/// A time tracker's export with its mapping.
struct TimeSource {
    let export: String
    let mapping: String

    struct Imported {
        var facts: Facts
        /// What was left out: bad rows because --skip-bad says so, timers that still run, breaks.
        var skipped: [Problem]
        var allowsLongEntries: Bool
    }

    func read(terms: TermsHistory, known: Facts, now: Instant, skipsBad: Bool, allowsLong: Bool = false)
        throws(Problems) -> Imported
    {
        let mapping = try MappingFile.read([UInt8](InputFile.read(mapping)), file: mapping, terms: terms)
        let export = try TimeSource.rows(
            export, dateFormat: mapping.dateFormat, lengthUnit: mapping.lengthUnit,
            allowsLongEntries: mapping.allowsLongEntries || allowsLong, now: now
        ).judged(by: mapping)
        guard export.badRows.isEmpty || skipsBad else { throw Problems(export.badRows) }
        let facts = try TimeImport(mapping: mapping, terms: terms, known: known).facts(of: export)
        return Imported(
            facts: facts, skipped: export.badRows + export.leftOut, allowsLongEntries: mapping.allowsLongEntries)
    }

    /// The rows of an export.
    static func rows(
        _ path: String, dateFormat: TimeExport.DateFormat? = nil, lengthUnit: TimeExport.LengthUnit? = nil,
        allowsLongEntries: Bool, now: Instant
    ) throws(Problems) -> TimeExport {
        let data = try InputFile.read(path)
        // A day begins somewhere on earth 14 hours before it does in UTC.
        let today = Zone.utc.date(of: now + Hours(14))
        let result: Result<TimeExport, Problems> = data.withUnsafeBytes { raw in
            let bytes = raw.bindMemory(to: UInt8.self)
            return Result { () throws(Problems) -> TimeExport in
                try TimeExport.read(
                    bytes, file: path, dateFormat: dateFormat, lengthUnit: lengthUnit,
                    allowsLongEntries: allowsLongEntries, today: today)
            }
        }
        return try result.get()
    }
}
