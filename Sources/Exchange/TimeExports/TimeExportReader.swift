import Formats
public import Values

extension TimeExport {
    /// Reads an export of any known format.
    ///
    /// - Parameters:
    ///   - dateFormat: how dates are written; found out from all rows where nil.
    ///   - lengthUnit: what whole numbers are in a column of lengths without a unit; found out from all rows where nil.
    ///   - allowsLongEntries: whether rows over 24 hours are taken as meant.
    ///   - today: the latest date on which work can have been done.
    /// - Throws: what makes the whole file unreadable. Single bad rows are in ``badRows``.
    public static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, file: String, dateFormat: DateFormat? = nil,
        lengthUnit: LengthUnit? = nil, allowsLongEntries: Bool = false, today: CivilDate
    ) throws(Problems) -> TimeExport {
        do {
            func read(_ bytes: UnsafeBufferPointer<UInt8>, isWindows1252: Bool) throws -> TimeExport {
                var reader = try TimeExportReader(bytes, file: file)
                try reader.readRows()
                return try reader.export(
                    dateFormat, lengthUnit, allowsLongEntries: allowsLongEntries, today: today,
                    isWindows1252: isWindows1252)
            }
            if let text = Windows1252.utf8(of: bytes) {
                return try text.withUnsafeBufferPointer { try read($0, isWindows1252: true) }
            }
            return try read(bytes, isWindows1252: false)
        } catch let error as CSVError {
            throw Problems([error.problem(file: file)])
        } catch let problems as Problems {
            throw problems
        } catch {
            throw Problems([Problem("CSV", "the file cannot be read", fix: "export it again", file: file)])
        }
    }
}

/// Reads rows first with their dates undecided, then settles how dates are written, for that takes all rows.
private struct TimeExportReader {
    private let file: String
    private var csv: CSVReader
    private let format: ExportFormat
    private let places: [ExportFormat.Column: Int]
    private let columnCount: Int
    private var names = NameTable()
    private var rows: [TimeExport.Row] = []
    /// What is not settled yet about each row.
    private var drafts: [Draft] = []
    private var bad: [Problem] = []
    private var emptyRows = 0
    private var running: [Int] = []
    private var noWorkRows = 0
    private var noWork = Hours.zero
    /// The lengths of rows that have more to settle than one length.
    private var cells: [Cells] = []
    /// What the last words of the columns of a few words meant: most rows have the same.
    private var billable = Memory()
    private var invoiced = Memory()
    /// The hash of the last date, as ids have it.
    private var lastDate: (date: CivilDate, hash: UInt64)?
    /// What whole numbers were, in rows that tell.
    private var unitsSeen: Set<TimeExport.LengthUnit> = []

    private struct Memory {
        var hash: UInt64?
        var meaning = false
    }

    /// A length as a column has it.
    private struct Cell {
        var written: WrittenLength
        var field: CSVReader.Field
    }

    /// The lengths of a row, in the order of the columns: none, one or two.
    private struct Cells {
        var first: Cell?
        var second: Cell?

        var isEmpty: Bool { first == nil }
        var isZero: Bool { (first?.written.seconds ?? 0) == 0 && (second?.written.seconds ?? 0) == 0 }

        mutating func append(_ cell: Cell) {
            if first == nil { first = cell } else { second = cell }
        }
    }

    /// What a row says, before it is known how dates are written.
    private struct Draft {
        var date: RawDate
        var endDate: RawDate?
        /// The place of its lengths; -1 where its length is settled already.
        var cells: Int
        var pause: Int
        /// Whether start or end is cut off to the minute.
        var isToMinute: Bool
        /// What its id was made from when it was made from the text as it is written.
        var written: RowHash
        /// The hash of its note, however it is written.
        var noteHash: UInt64?
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws {
        self.file = file
        csv = try CSVReader(bytes) { row in
            guard row.fields.count <= TimeExportReader.mostColumns else { return false }
            return TimeExportReader.header(row).map { TimeExportReader.find(in: $0) != nil } ?? false
        }
        var fields: [CSVReader.Field] = []
        guard let row = try csv.next(&fields) else {
            throw CSVError(line: 1, "the file is empty", fix: "export it again")
        }
        guard row.fields.count <= TimeExportReader.mostColumns else {
            throw CSVError(
                line: row.line, "the header has \(row.fields.count) columns", fix: "is it the export of a time tracker?"
            )
        }
        guard let header = TimeExportReader.header(row) else {
            throw CSVError(line: row.line, "the header is not UTF-8", fix: "save or export it as UTF-8")
        }
        columnCount = header.count
        (format, places) = try TimeExportReader.recognize(header, line: row.line)
    }

    /// Trackers' exports have a few dozen.
    private static let mostColumns = 1000

    private static func header(_ row: CSVReader.Row) -> [String]? {
        var header: [String] = []
        for index in row.fields.indices {
            guard let text = row.text(index) else { return nil }
            header.append(text.lowercased().trimmingBlanks)
        }
        return header
    }

    private static func find(in header: [String]) -> (ExportFormat, [ExportFormat.Column: Int])? {
        guard header.count > 1 else { return nil }
        for format in [ExportFormat.clockify, .toggl, .harvest, .kimai] {
            if let places = format.places(in: header) { return (format, places) }
        }
        return nil
    }

    private static func recognize(_ header: [String], line: Int) throws -> (ExportFormat, [ExportFormat.Column: Int]) {
        guard header.count > 1 else {
            throw CSVError(
                line: line, "the header has one column: \"\(header.first?.prefix(60) ?? "")\"",
                fix: "export with a comma, a semicolon or a tab between the columns")
        }
        if let found = find(in: header) { return found }
        // The format that lacks least is the one that was meant.
        let lacking = ExportFormat.allCases.map { (format: $0, missing: $0.missing(in: header)) }
        let nearest = lacking.min { $0.missing.count < $1.missing.count }
        let missing = nearest?.missing.map { "\"\($0)\"" }.joined(separator: ", ") ?? ""
        throw CSVError(
            line: line, "the header is of no known export; for \(nearest?.format.name ?? "one") it lacks \(missing)",
            fix: "export the detailed report with all columns, in English")
    }

    // MARK: Rows

    mutating func readRows() throws {
        var fields: [CSVReader.Field] = []
        let place = Places(places)
        while let row = try csv.next(&fields) {
            if row.isEmpty { continue }
            guard row.fields.count == columnCount else {
                note(
                    row.line, "the row has \(row.fields.count) fields, and the header has \(columnCount)",
                    fix: "is the row whole?")
                continue
            }
            read(row, place)
        }
        if rows.isEmpty, bad.isEmpty, running.isEmpty, noWorkRows == 0, emptyRows == 0 {
            throw CSVError(line: 2, "there are no rows under the header", fix: "export a range with time in it")
        }
    }

    /// The columns' places as plain numbers, -1 where there is none.
    private struct Places {
        let date, startTime, endDate, endTime, hours, clock, pause, client, project, code, task, note, person, lastName,
            reference, billable, kind, invoiced: Int

        init(_ places: [ExportFormat.Column: Int]) {
            date = places[.date] ?? -1
            startTime = places[.startTime] ?? -1
            endDate = places[.endDate] ?? -1
            endTime = places[.endTime] ?? -1
            hours = places[.hours] ?? -1
            clock = places[.hoursAsClock] ?? -1
            pause = places[.pause] ?? -1
            client = places[.client] ?? -1
            project = places[.project] ?? -1
            code = places[.projectCode] ?? -1
            task = places[.task] ?? -1
            note = places[.note] ?? -1
            person = places[.person] ?? -1
            lastName = places[.lastName] ?? -1
            reference = places[.reference] ?? -1
            billable = places[.billable] ?? -1
            kind = places[.kind] ?? -1
            invoiced = places[.invoiced] ?? -1
        }
    }

    private mutating func note(_ line: Int, _ message: String, fix: String) {
        bad.append(Problem("row", message, fix: fix, file: file, line: line))
    }

    private mutating func read(_ row: CSVReader.Row, _ place: Places) {
        func has(_ field: Int) -> Bool { field >= 0 && !row.bytes(field).isEmpty }
        guard let isNoWork = isNoWork(row, place) else { return }
        if isNoWork {
            // Nobody has to correct a row that reaches nobody.
            noWorkRows += 1
            noWork += noWorkLength(row, place)
            return
        }
        guard let date = RawDate(row.bytes(place.date)) else {
            note(row.line, "\"\(show(row, place.date))\" is no date", fix: "write 2026-01-31")
            return
        }
        guard let lengths = lengths(row, place) else { return }
        var start: Int?
        var end: Int?
        var isToMinute = false
        if has(place.startTime) {
            guard let time = clockTime(row, place.startTime) else { return }
            (start, isToMinute) = time
            if has(place.endTime) {
                guard let time = clockTime(row, place.endTime) else { return }
                end = time.second
                isToMinute = isToMinute || time.isToMinute
            }
        }
        if end == nil, lengths.isZero, lengths.isEmpty || place.endTime >= 0 {
            guard start != nil else {
                // A zero is no time, and nothing at all is no row.
                if lengths.isEmpty {
                    note(row.line, "the row has no duration", fix: "correct it in the tracker")
                } else {
                    emptyRows += 1
                }
                return
            }
            running.append(row.line)
            return
        }
        var pause = 0
        if has(place.pause) {
            guard let length = pauseSeconds(row, place.pause) else { return }
            pause = length
        }
        var endDate: RawDate?
        if end != nil, has(place.endDate) {
            guard let found = RawDate(row.bytes(place.endDate)) else {
                note(row.line, "\"\(show(row, place.endDate))\" is no date", fix: "write 2026-01-31")
                return
            }
            endDate = found
        }
        guard let client = number(row, place.client), let project = number(row, place.project),
            let code = number(row, place.code), let task = number(row, place.task),
            let person = person(row, place), let reference = number(row, place.reference),
            let note = place.note >= 0 ? row.text(place.note) : ""
        else {
            self.note(row.line, "a text is not UTF-8", fix: "save or export the file as UTF-8")
            return
        }
        let isNotBillable = TimeExportReader.says(row, place.billable, &billable, ExportWords.isNotBillable)
        let isInvoiced = TimeExportReader.says(row, place.invoiced, &invoiced, ExportWords.isInvoiced)
        var result = TimeExport.Row(
            line: row.line, date: CivilDate(day: 0), start: start, end: end, hours: .zero, client: client,
            project: project, projectCode: code, task: task, person: person, reference: reference, note: note,
            isNotBillable: isNotBillable, isInvoiced: isInvoiced, contentHash: 0, writtenHash: 0)
        let written = RowHash(
            date: contentHash(row.bytes(place.date)), note: place.note >= 0 ? contentHash(row.bytes(place.note)) : nil,
            isNotBillable: place.billable >= 0 && TimeExportReader.beginsLikeNo(row.bytes(place.billable)),
            seconds: lengths.first?.written.seconds, end: end)
        let noteHash =
            written.note == nil ? nil : RowHash.isPlain(row.bytes(place.note)) ? written.note : RowHash.note(note)
        result.writtenHash = written.value(of: result, names)
        var cells = -1
        if let first = lengths.first?.written, start == nil, lengths.second == nil,
            first.number == nil || format.namesUnit
        {
            // One length and no times, as most exports have it.
            result.hours = Hours(seconds: first.seconds)
            if !format.namesUnit { unitsSeen.insert(.hours) }
        } else {
            cells = self.cells.count
            self.cells.append(lengths)
        }
        rows.append(result)
        drafts.append(
            Draft(
                date: date, endDate: endDate, cells: cells, pause: pause, isToMinute: isToMinute, written: written,
                noteHash: noteHash))
    }

    /// What a column of a few words says.
    private static func says(
        _ row: CSVReader.Row, _ field: Int, _ memory: inout Memory, _ meaning: (String) -> Bool
    ) -> Bool {
        guard field >= 0, !row.bytes(field).isEmpty else { return false }
        let hash = contentHash(row.bytes(field))
        if memory.hash != hash { memory = Memory(hash: hash, meaning: meaning(row.text(field) ?? "")) }
        return memory.meaning
    }

    /// How it was once told that a row is not billable: ids made then depend on it.
    private static func beginsLikeNo(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first, bytes.count <= 5 else { return false }
        return [UInt8(ascii: "N"), UInt8(ascii: "n"), UInt8(ascii: "0"), UInt8(ascii: "f"), UInt8(ascii: "F")].contains(
            first)
    }

    private func show(_ row: CSVReader.Row, _ field: Int) -> String {
        row.text(field).map { String($0.prefix(40)) } ?? "?"
    }

    /// Whether a row is a break, time off or a holiday; nil where its kind is not known, which is noted.
    private mutating func isNoWork(_ row: CSVReader.Row, _ place: Places) -> Bool? {
        guard place.kind >= 0, !row.bytes(place.kind).isEmpty else { return false }
        if let isNoWork = ExportWords.isNoWork(row.text(place.kind) ?? "") { return isNoWork }
        // Elsewhere a column of that name may say anything.
        guard format == .clockify else { return false }
        note(
            row.line, "\"\(show(row, place.kind))\" may be work or a break",
            fix: "write Regular, Break, Time off or Holiday")
        return nil
    }

    /// How long a row that is no work lasted, as far as it says.
    private func noWorkLength(_ row: CSVReader.Row, _ place: Places) -> Hours {
        func text(_ field: Int) -> String { field >= 0 ? (row.text(field) ?? "").trimmingBlanks : "" }
        for field in [place.clock, place.hours] {
            if let length = Hours(text: text(field)), length <= Hours(24) { return length }
        }
        guard let start = ClockTime.read(text(place.startTime)), let end = ClockTime.read(text(place.endTime)) else {
            return .zero
        }
        return Hours(seconds: end.second - start.second + (end.second < start.second ? 86_400 : 0))
    }

    /// The row's lengths, in the order of the columns; nil where one is bad.
    private mutating func lengths(_ row: CSVReader.Row, _ place: Places) -> Cells? {
        var lengths = Cells()
        for isSecond in [false, true] {
            let field = isSecond ? place.clock : place.hours
            guard field >= 0, case let bytes = row.bytes(field), !bytes.isEmpty else { continue }
            if let length = WrittenLength(plainNumber: bytes) ?? WrittenLength(Array(bytes))
                ?? WrittenLength(Array((row.text(field) ?? "").trimmingBlanks.utf8))
            {
                lengths.append(Cell(written: length, field: row.fields[field]))
                continue
            }
            let text = show(row, field)
            if text.trimmingBlanks.isEmpty { continue }
            if text.trimmingBlanks.hasPrefix("-") {
                note(
                    row.line, "the time is negative: \(text)", fix: "leave the row out, or correct it in the tracker")
            } else {
                note(row.line, "\"\(text)\" is no length of time", fix: "write 1.5, 1:30 or 1h 30m")
            }
            return nil
        }
        return lengths
    }

    /// The length of the break within a row, whole numbers being seconds as Kimai keeps them.
    private mutating func pauseSeconds(_ row: CSVReader.Row, _ field: Int) -> Int? {
        if let length = WrittenLength(Array((row.text(field) ?? "").trimmingBlanks.utf8)) {
            return length.number ?? length.seconds
        }
        note(row.line, "\"\(show(row, field))\" is no length of a break", fix: "write 0:30")
        return nil
    }

    private mutating func clockTime(_ row: CSVReader.Row, _ field: Int) -> (second: Int, isToMinute: Bool)? {
        if let time = ClockTime.read(row.text(field) ?? "") { return time }
        note(row.line, "\"\(show(row, field))\" is no time of day", fix: "write 09:30, 09:30:00 or 9:30 AM")
        return nil
    }

    private mutating func number(_ row: CSVReader.Row, _ field: Int) -> Int32? {
        field < 0 || row.bytes(field).isEmpty ? -1 : names.number(row, field)
    }

    private mutating func person(_ row: CSVReader.Row, _ place: Places) -> Int32? {
        guard place.lastName >= 0, !row.bytes(place.lastName).isEmpty else { return number(row, place.person) }
        guard let first = place.person >= 0 ? row.text(place.person) : "", let last = row.text(place.lastName)
        else { return nil }
        return names.number("\(first) \(last)".trimmingBlanks)
    }

    // MARK: Dates and lengths

    /// Settles the dates and lengths and hands over the export.
    mutating func export(
        _ given: TimeExport.DateFormat?, _ unit: TimeExport.LengthUnit?, allowsLongEntries: Bool, today: CivilDate,
        isWindows1252: Bool
    ) throws -> TimeExport {
        let format = try given ?? RawDate.format(of: drafts.lazy.map(\.date), file: file)
        // Good rows move up in place, for there may be millions.
        var kept = 0
        for index in rows.indices {
            guard settle(index, format, unit) else { continue }
            if kept != index {
                rows[kept] = rows[index]
                drafts[kept] = drafts[index]
            }
            kept += 1
        }
        rows.removeLast(rows.count - kept)
        // What whole numbers are in some rows, they are in the others, unless rows differ.
        let found = unit ?? (unitsSeen.count == 1 ? unitsSeen.first : nil)
        kept = 0
        for index in rows.indices {
            if rows[index].asksUnit, let found {
                rows[index].asksUnit = false
                let number = cells(of: drafts[index]).first?.written.number ?? 0
                rows[index].hours = Hours(seconds: found == .hours ? number * 3600 : number)
            }
            guard isTaken(index, allowsLongEntries: allowsLongEntries, today: today) else { continue }
            if kept != index { rows[kept] = rows[index] }
            kept += 1
        }
        rows.removeLast(rows.count - kept)
        return TimeExport(
            format: self.format, file: file, rows: rows, names: names.names,
            badRows: bad.sorted { ($0.line ?? 0) < ($1.line ?? 0) }, emptyRowCount: emptyRows, runningLines: running,
            noWorkRowCount: noWorkRows, noWorkHours: noWork, isWindows1252: isWindows1252)
    }

    /// Settles the date and the times of a row; false where it is bad, which is noted.
    private mutating func settle(
        _ index: Int, _ format: TimeExport.DateFormat, _ unit: TimeExport.LengthUnit?
    ) -> Bool {
        guard let date = date(drafts[index].date, format, rows[index].line) else { return false }
        rows[index].date = date
        let draft = drafts[index]
        if draft.cells < 0 { return true }
        let lengths = cells[draft.cells]
        guard let start = rows[index].start, var end = rows[index].end else {
            return settleLength(index, span: nil, end: nil, unit)
        }
        var sameDay: Int?
        if let endDate = draft.endDate {
            guard let last = self.date(endDate, format, rows[index].line) else { return false }
            end += (last.day - date.day) * 86_400
            if end < start, end > start - RowLength.clockChange, !lengths.isEmpty { sameDay = end }
            if end < start, sameDay == nil {
                note(rows[index].line, "it ends before it starts", fix: "correct it in the tracker")
                return false
            }
        } else if end < start {
            // Without a date of its own an end before the start is on the next day, unless the clocks were set back.
            if end > start - RowLength.clockChange { sameDay = end }
            end += 86_400
        }
        let span = LengthClaim(from: start, to: end - draft.pause, isToMinute: draft.isToMinute)
        if let sameDay, let length = (lengths.second ?? lengths.first)?.written.seconds,
            length - (sameDay - start) <= 3_660
        {
            let back = LengthClaim(from: start, to: sameDay - draft.pause, isToMinute: draft.isToMinute)
            return settleLength(index, span: back, end: sameDay, unit)
        }
        if end < start {
            note(rows[index].line, "it ends before it starts", fix: "correct it in the tracker")
            return false
        }
        return settleLength(index, span: span, end: end, unit)
    }

    private mutating func date(_ raw: RawDate, _ format: TimeExport.DateFormat, _ line: Int) -> CivilDate? {
        if let date = raw.date(format) { return date }
        note(
            line, "the date \(raw) is not written \(format.rawValue), like the others", fix: "write it like the others")
        return nil
    }

    /// Puts start, end and duration together; false where they contradict each other.
    private mutating func settleLength(
        _ index: Int, span: LengthClaim?, end: Int?, _ unit: TimeExport.LengthUnit?
    ) -> Bool {
        let draft = drafts[index]
        let lengths = cells(of: draft)
        rows[index].end = end
        guard !lengths.isEmpty else {
            rows[index].isFromClock = draft.pause == 0
            rows[index].hours = Hours(seconds: max(0, span?.seconds ?? 0))
            return true
        }
        let second = claim(lengths.second, beside: lengths.first, span, unit)
        guard let first = claim(lengths.first, beside: lengths.second, span, unit),
            second != nil || lengths.second == nil
        else {
            rows[index].asksUnit = true
            return true
        }
        switch RowLength.judge(first, second, span: span, isToMinute: draft.isToMinute) {
        case .length(let seconds): rows[index].hours = Hours(seconds: max(0, seconds))
        case .doubt(let seconds, let doubt):
            rows[index].hours = Hours(seconds: seconds)
            rows[index].doubt = doubt
        case .differsFromSpan(let claim):
            note(
                rows[index].line,
                "start and end are \(Hours(seconds: span?.seconds ?? 0)) apart, and the duration is "
                    + "\(Hours(seconds: claim.seconds))", fix: "correct it in the tracker")
            return false
        case .columnsDiffer:
            func said(_ cell: Cell?, _ claim: LengthClaim?) -> String {
                let text = cell.flatMap { csv.text($0.field) } ?? ""
                return "\"\(text.prefix(40))\" is \(Hours(seconds: claim?.seconds ?? 0))"
            }
            note(
                rows[index].line,
                "its two lengths differ: \(said(lengths.first, first)), and \(said(lengths.second, second))",
                fix: isShareOfDay(first, second)
                    ? "write hours: one of them is a share of a day" : "correct it in the tracker")
            return false
        }
        return true
    }

    /// Whether of two lengths one is the other as a share of a day, as spreadsheets keep them.
    private func isShareOfDay(_ first: LengthClaim, _ second: LengthClaim?) -> Bool {
        guard let second else { return false }
        let (short, long) = (min(first.seconds, second.seconds), max(first.seconds, second.seconds))
        return short > 0 && abs(short * 24 - long) <= 24
    }

    /// What a length says, where that is plain: a whole number may be hours or seconds, which another column tells, or start
    /// and end. Nil where nothing tells.
    private mutating func claim(
        _ cell: Cell?, beside other: Cell?, _ span: LengthClaim?, _ unit: TimeExport.LengthUnit?
    ) -> LengthClaim? {
        guard let written = cell?.written else { return nil }
        let hours = LengthClaim(written)
        guard written.isDecimal, let number = written.number ?? wholeHours(written) else {
            if !format.namesUnit { unitsSeen.insert(.hours) }
            return hours
        }
        let exact = other.flatMap { $0.written.isDecimal ? nil : LengthClaim($0.written) }
        guard number > 0, let other = exact ?? span else {
            if number == 0 || format.namesUnit || unit == .hours || written.number == nil {
                if written.number == nil { unitsSeen.insert(.hours) }
                return hours
            }
            return unit == .seconds ? LengthClaim(seconds: number) : nil
        }
        if hours.agrees(with: other) {
            unitsSeen.insert(.hours)
            return hours
        }
        // A whole number that is no hours of a day may be off by what the times are cut off by.
        if number == other.seconds || number > 24 && other.range.contains(number) {
            unitsSeen.insert(.seconds)
            return LengthClaim(seconds: number)
        }
        return unit == .seconds ? LengthClaim(seconds: number) : hours
    }

    /// The number of a decimal with nothing but zeros behind the mark, where it is too large for the hours of a day.
    private func wholeHours(_ written: WrittenLength) -> Int? {
        written.seconds % 3600 == 0 && written.seconds > 24 * 3600 ? written.seconds / 3600 : nil
    }

    /// Whether a row is taken: it has time, and not too much or too late of it. Makes its hash, too.
    private mutating func isTaken(_ index: Int, allowsLongEntries: Bool, today: CivilDate) -> Bool {
        let (hours, date, line) = (rows[index].hours, rows[index].date, rows[index].line)
        if hours == .zero, !rows[index].asksUnit {
            emptyRows += 1
            return false
        }
        if hours > Hours(24), !allowsLongEntries {
            note(
                line, "it lasts \(hours), over 24 hours",
                fix: "split it, or write long_entries: allow in the mapping")
            return false
        }
        if date > today {
            note(line, "it lies in the future, on \(date)", fix: "correct its date")
            return false
        }
        // The id says the length of the first column, as ids always did: it stays where a more exact one counts.
        let draft = drafts[index]
        var seconds = draft.written.seconds
        if draft.cells >= 0, let number = cells[draft.cells].first?.written.number, number == hours.seconds {
            seconds = number
        }
        let hash = RowHash(
            date: dateHash(date), note: draft.noteHash, isNotBillable: rows[index].isNotBillable, seconds: seconds,
            end: rows[index].end.map { $0 - floorDivide($0, 86_400) * 86_400 })
        rows[index].contentHash = hash == draft.written ? rows[index].writtenHash : hash.value(of: rows[index], names)
        return true
    }

    private func cells(of draft: Draft) -> Cells { draft.cells < 0 ? Cells() : cells[draft.cells] }

    private mutating func dateHash(_ date: CivilDate) -> UInt64 {
        if let lastDate, lastDate.date == date { return lastDate.hash }
        let hash = Array("\(date)".utf8).withUnsafeBufferPointer { contentHash($0) }
        lastDate = (date, hash)
        return hash
    }
}
