import Formats
package import Rating
public import Values

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

    /// What a whole number is in a column of lengths that names no unit.
    public enum LengthUnit: String, CaseIterable, Sendable {
        /// 2 is two hours.
        case hours
        /// 7200 is two hours.
        case seconds
    }

    /// One row.
    struct Row: Sendable {
        /// The line of the file it starts on.
        var line: Int
        var date: CivilDate
        /// For rows with clock times: seconds since midnight of ``date`` on the tracker's wall clock.
        var start: Int?
        /// The end, on the same clock; the duration decides where it is missing.
        var end: Int?
        var hours: Hours
        /// Where its length differs from start and end: what a change of the clocks would have to explain.
        var doubt: ClockDoubt?
        /// Whether its length is known from start and end alone.
        var isFromClock = false
        /// Whether its length is a whole number of which nothing tells whether it is seconds or hours.
        var asksUnit = false
        var client: Int32
        var project: Int32
        var projectCode: Int32
        var task: Int32
        var person: Int32
        var reference: Int32
        var note: String
        /// Whether the tracker says that it is not to be billed.
        var isNotBillable: Bool
        /// Whether the tracker says that it was invoiced, or exported to be.
        var isInvoiced: Bool
        /// Tells what the row says, whatever line it is on and however it is written: the same on every run.
        var contentHash: UInt64
        /// What ``contentHash`` was when it was made from the text as it is written.
        var writtenHash: UInt64
    }

    /// Which tracker wrote it.
    public let format: ExportFormat
    /// The file's path, for problems.
    let file: String
    /// The rows that can be used.
    var rows: [Row]
    /// What the numbers in the rows stand for.
    let names: [String]
    /// The rows that cannot, each with its line and reason.
    public internal(set) var badRows: [Problem]
    /// How many rows have no time at all; they are left out.
    public let emptyRowCount: Int
    /// The lines of rows whose timer still runs; they are left out.
    public let runningLines: [Int]
    /// How many rows are breaks, time off and holidays; they are left out.
    public let noWorkRowCount: Int
    /// Their hours.
    public let noWorkHours: Hours
    /// Whether the file is no UTF-8, and was read as Windows-1252.
    public let isWindows1252: Bool

    /// The first and the last date of its rows; nil where there are none.
    package var dates: ClosedRange<CivilDate>? {
        guard let first = rows.lazy.map(\.date).min(), let last = rows.lazy.map(\.date).max() else { return nil }
        return first...last
    }

    /// Whether an id is one that a row of this tracker is given.
    package func mayHaveNamed(_ id: EntryID) -> Bool {
        EntryNames.isName(id.text, of: format)
    }

    /// How many rows the tracker says were invoiced, and their hours.
    public var invoiced: (rowCount: Int, hours: Hours) {
        rows.reduce(into: (0, Hours.zero)) { sum, row in
            guard row.isInvoiced else { return }
            sum.0 += 1
            sum.1 += row.hours
        }
    }

    /// What is left out of it without being asked, for it is no work, or not yet done.
    public var leftOut: [Problem] {
        var leftOut = runningLines.map { line in
            Problem(
                "row", "its timer still runs: it has a start, and neither an end nor a duration",
                fix: "export it again once the timer is stopped", file: file, line: line)
        }
        if noWorkRowCount > 0 {
            leftOut.append(
                Problem(
                    noWorkRowCount == 1 ? "1 row" : "\(noWorkRowCount) rows",
                    "breaks, time off and holidays, \(noWorkHours) in all, are no work for a client", fix: "",
                    file: file))
        }
        return leftOut
    }

    /// How many rows can be used.
    public var rowCount: Int { rows.count }
    /// The hours of all usable rows.
    public var hours: Hours { rows.reduce(.zero) { $0 + $1.hours } }
}

extension TimeExport {
    /// The export with every length that differs from start and end judged by a mapping: it is kept where the clocks change in
    /// between in the zone of the mapping, or of the client, and is a bad row elsewhere.
    public func judged(by mapping: Mapping) -> TimeExport {
        guard rows.contains(where: { $0.doubt != nil }) else { return self }
        var judged = self
        judged.rows.removeAll { row in
            guard row.doubt != nil, let zone = mapping.zone ?? mapping.clients[name(row.client)]?.zone,
                row.elapsed(in: zone) == nil
            else { return false }
            judged.badRows.append(row.contradiction(in: zone, file: file))
            return true
        }
        judged.badRows.sort { ($0.line ?? 0) < ($1.line ?? 0) }
        return judged
    }

    /// What a number in a row stands for.
    func name(_ number: Int32) -> String { number < 0 ? "" : names[Int(number)] }

    /// What the mapping has to say before the rows can be used, each as a question.
    func questions(for mapping: Mapping) -> [Problem] {
        var questions: [Problem] = []
        let asking = rows.filter(\.asksUnit)
        if let first = asking.first {
            questions.append(
                Problem(
                    asking.count == 1 ? "1 row" : "\(asking.count) rows",
                    "the duration is a whole number, and nothing tells whether of seconds or of hours",
                    fix: "write duration_unit: seconds or hours in the mapping", file: file, line: first.line))
        }
        let invoiced = invoiced
        if invoiced.rowCount > 0, mapping.invoiced == nil {
            questions.append(
                Problem(
                    invoiced.rowCount == 1 ? "1 row" : "\(invoiced.rowCount) rows",
                    "marked as \(format.invoicedWord) in \(format.name), \(invoiced.hours) in all; are they to be charged here?",
                    fix: "write invoiced: left-out, given or charged in the mapping", file: file,
                    line: rows.first(where: \.isInvoiced)?.line))
        }
        return questions
    }

    /// What is said of the whole file beside its rows: what is left out, what was invoiced, and how it was read.
    package func remarks(for mapping: Mapping) -> [String] {
        var remarks: [String] = []
        func rows(_ count: Int, _ one: String, _ many: String) -> String {
            count == 1 ? "1 row \(one)" : "\(count) rows \(many)"
        }
        if !runningLines.isEmpty {
            remarks.append(
                rows(runningLines.count, "has a timer that still runs", "have timers that still run") + ": left out.")
        }
        if noWorkRowCount > 0 {
            remarks.append(
                rows(noWorkRowCount, "is", "are") + " breaks, time off or holidays, \(noWorkHours) in all: left out.")
        }
        let invoiced = invoiced
        if invoiced.rowCount > 0 {
            remarks.append(
                rows(invoiced.rowCount, "is", "are")
                    + " marked as \(format.invoicedWord) in \(format.name), \(invoiced.hours) in all: "
                    + "\(mapping.invoiced?.words ?? "undecided").")
        }
        if isWindows1252 {
            remarks.append("The file is no UTF-8, and was read as Windows-1252: look at letters with accents.")
        }
        return remarks
    }
}

extension ExportFormat {
    /// What it calls rows that went to an invoice.
    var invoicedWord: String { self == .kimai ? "exported" : "invoiced" }
}
