public import Agreements
package import Rating

/// The rows of a time tracker's export, read but not yet mapped to anything of ours.
public struct TimeExport: Sendable {
    /// How dates are written.
    public enum DateFormat: String, CaseIterable, Sendable {
        /// 2026-01-31.
        case iso = "iso"
        /// 31/01/2026 or 31.01.2026.
        case dayFirst = "day-first"
        /// 01/31/2026.
        case monthFirst = "month-first"
    }

    /// One row.
    struct Row: Sendable {
        /// The line of the file it starts on.
        var line: Int
        var date: CivilDate
        /// The date as it is written, until it is settled how dates are written.
        var rawDate: RawDate
        var rawEndDate: RawDate?
        /// For rows with clock times: seconds since midnight of ``date`` on the tracker's wall clock.
        var start: Int?
        /// The end, on the same clock; the duration decides where it is missing.
        var end: Int?
        var hours: Hours
        var client: Int32
        var project: Int32
        var projectCode: Int32
        var task: Int32
        var person: Int32
        var reference: Int32
        var note: String
        /// Whether the tracker says that it is not to be billed.
        var isNotBillable: Bool
        /// Tells what the row says, whatever line it is on: the same on every run.
        var contentHash: UInt64
    }

    /// Which tracker wrote it.
    public let format: ExportFormat
    /// The file's path, for problems.
    let file: String
    /// The rows that can be used.
    let rows: [Row]
    /// What the numbers in the rows stand for.
    let names: [String]
    /// The rows that cannot, each with its line and reason.
    public let badRows: [Problem]
    /// How many rows have no time at all; they are left out.
    public let emptyRowCount: Int

    /// The first and the last date of its rows; nil where there are none.
    package var dates: ClosedRange<CivilDate>? {
        guard let first = rows.lazy.map(\.date).min(), let last = rows.lazy.map(\.date).max() else { return nil }
        return first...last
    }

    /// Whether an id is one that a row of this tracker is given.
    package func mayHaveNamed(_ id: EntryID) -> Bool {
        EntryNames.isName(id.text, of: format)
    }

    /// How many rows can be used.
    public var rowCount: Int { rows.count }
    /// The hours of all usable rows.
    public var hours: Hours { rows.reduce(.zero) { $0 + $1.hours } }
}
