public import Agreements

extension TimeExport {
    /// Reads an export of any known format.
    ///
    /// - Parameters:
    ///   - dateFormat: how dates are written; found out from all rows where nil.
    ///   - allowsLongEntries: whether rows over 24 hours are taken as meant.
    ///   - today: the latest date on which work can have been done.
    /// - Throws: what makes the whole file unreadable. Single bad rows are in ``badRows``.
    public static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, file: String, dateFormat: DateFormat? = nil,
        allowsLongEntries: Bool = false,
        today: CivilDate
    ) throws(Problems) -> TimeExport {
        do {
            var reader = try TimeExportReader(bytes, file: file)
            try reader.readRows()
            return try reader.export(dateFormat, allowsLongEntries: allowsLongEntries, today: today)
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
    private var bad: [Problem] = []
    private var emptyRows = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws {
        self.file = file
        csv = try CSVReader(bytes)
        var fields: [CSVReader.Field] = []
        guard let row = try csv.next(&fields) else {
            throw CSVError(line: 1, "the file is empty", fix: "export it again")
        }
        let header = try row.fields.indices.map { index in
            guard let text = row.text(index) else {
                throw CSVError(line: 1, "the header is not UTF-8", fix: "save or export it as UTF-8")
            }
            return text.lowercased().trimmingBlanks
        }
        columnCount = header.count
        (format, places) = try TimeExportReader.recognize(header)
    }

    private static func recognize(_ header: [String]) throws -> (ExportFormat, [ExportFormat.Column: Int]) {
        guard header.count > 1 else {
            throw CSVError(
                line: 1, "the header has one column: \"\(header.first?.prefix(60) ?? "")\"",
                fix: "export with a comma, a semicolon or a tab between the columns")
        }
        for format in [ExportFormat.clockify, .toggl, .harvest, .kimai] {
            if let places = format.places(in: header) { return (format, places) }
        }
        // The format that lacks least is the one that was meant.
        let lacking = ExportFormat.allCases.map { (format: $0, missing: $0.missing(in: header)) }
        let nearest = lacking.min { $0.missing.count < $1.missing.count }
        let missing = nearest?.missing.map { "\"\($0)\"" }.joined(separator: ", ") ?? ""
        throw CSVError(
            line: 1, "the header is of no known export; for \(nearest?.format.name ?? "one") it lacks \(missing)",
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
        if rows.isEmpty, bad.isEmpty, emptyRows == 0 {
            throw CSVError(line: 2, "there are no rows under the header", fix: "export a range with time in it")
        }
    }

    /// The columns' places as plain numbers, -1 where there is none.
    private struct Places {
        let date, startTime, endDate, endTime, hours, clock, client, project, code, task, note, person, lastName,
            reference, billable: Int

        init(_ places: [ExportFormat.Column: Int]) {
            date = places[.date] ?? -1
            startTime = places[.startTime] ?? -1
            endDate = places[.endDate] ?? -1
            endTime = places[.endTime] ?? -1
            hours = places[.hours] ?? -1
            clock = places[.hoursAsClock] ?? -1
            client = places[.client] ?? -1
            project = places[.project] ?? -1
            code = places[.projectCode] ?? -1
            task = places[.task] ?? -1
            note = places[.note] ?? -1
            person = places[.person] ?? -1
            lastName = places[.lastName] ?? -1
            reference = places[.reference] ?? -1
            billable = places[.billable] ?? -1
        }
    }

    private mutating func note(_ line: Int, _ message: String, fix: String) {
        bad.append(Problem("row", message, fix: fix, file: file, line: line))
    }

    private mutating func read(_ row: CSVReader.Row, _ place: Places) {
        guard let date = RawDate(row.bytes(place.date)) else {
            note(row.line, "\"\(show(row, place.date))\" is no date", fix: "write 2026-01-31")
            return
        }
        guard let hours = hours(row, place) else { return }
        var start: Int?
        var end: Int?
        if place.startTime >= 0, !row.bytes(place.startTime).isEmpty {
            guard let second = clockSecond(row, place.startTime) else { return }
            start = second
            if place.endTime >= 0, !row.bytes(place.endTime).isEmpty {
                guard let second = clockSecond(row, place.endTime) else { return }
                end = second
            }
        }
        var endDate: RawDate?
        if place.endDate >= 0, end != nil, !row.bytes(place.endDate).isEmpty {
            guard let found = RawDate(row.bytes(place.endDate)) else {
                note(row.line, "\"\(show(row, place.endDate))\" is no date", fix: "write 2026-01-31")
                return
            }
            endDate = found
        }
        var hash: UInt64 = contentHash(row.bytes(place.date))
        func mix(_ other: UInt64) { hash = (hash ^ other) &* 0x9e37_79b9_7f4a_7c15; hash ^= hash >> 29 }
        guard let client = number(row, place.client), let project = number(row, place.project),
            let code = number(row, place.code), let task = number(row, place.task),
            let person = person(row, place), let reference = number(row, place.reference)
        else {
            note(row.line, "a text is not UTF-8", fix: "save or export the file as UTF-8")
            return
        }
        func mix(_ number: Int32) { mix(number < 0 ? 1 : names.hashes[Int(number)]) }
        mix(client)
        mix(project)
        mix(code)
        mix(task)
        mix(person)
        mix(reference)
        var text = ""
        if place.note >= 0 {
            guard let found = row.text(place.note) else {
                note(row.line, "a text is not UTF-8", fix: "save or export the file as UTF-8")
                return
            }
            text = found
            mix(contentHash(row.bytes(place.note)))
        }
        // Rows that are billable, as most are, keep the ids they had before this column was read.
        let isNotBillable = place.billable >= 0 && TimeExportReader.isNo(row.bytes(place.billable))
        if isNotBillable { mix(UInt64(2)) }
        mix(UInt64(bitPattern: Int64(hours?.seconds ?? -1)))
        mix(UInt64(bitPattern: Int64(start ?? -1)))
        mix(UInt64(bitPattern: Int64(end ?? -1)))
        rows.append(
            TimeExport.Row(
                line: row.line, date: CivilDate(day: 0), rawDate: date, rawEndDate: endDate, start: start, end: end,
                hours: hours ?? Hours(seconds: -1), client: client, project: project, projectCode: code, task: task,
                person: person, reference: reference, note: text,
                isNotBillable: isNotBillable, contentHash: hash))
    }

    /// Whether a column of yes and no says no, in English or German; "0" is Kimai's word for it.
    private static func isNo(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first, bytes.count <= 5 else { return false }
        return [UInt8(ascii: "N"), UInt8(ascii: "n"), UInt8(ascii: "0"), UInt8(ascii: "f"), UInt8(ascii: "F")].contains(
            first)
    }

    private func show(_ row: CSVReader.Row, _ field: Int) -> String {
        row.text(field).map { String($0.prefix(40)) } ?? "?"
    }

    /// The row's duration: nil inside where the times decide, nil outside where it is bad.
    private mutating func hours(_ row: CSVReader.Row, _ place: Places) -> Hours?? {
        for field in [place.hours, place.clock] where field >= 0 {
            let bytes = row.bytes(field)
            if bytes.isEmpty { continue }
            if let hours = quickHours(bytes) ?? Hours(text: (row.text(field) ?? "").trimmingBlanks) {
                return .some(hours)
            }
            if bytes.first == UInt8(ascii: "-") {
                note(
                    row.line, "the time is negative: \(show(row, field))",
                    fix: "leave the row out, or correct it in the tracker")
            } else {
                note(row.line, "\"\(show(row, field))\" is no length of time", fix: "write 1.5 or 1:30")
            }
            return nil
        }
        if place.endTime >= 0, !row.bytes(place.endTime).isEmpty { return .some(nil) }
        note(row.line, "the row has no duration", fix: "correct it in the tracker")
        return nil
    }

    private mutating func clockSecond(_ row: CSVReader.Row, _ field: Int) -> Int? {
        if let second = ClockTime.second(row.text(field) ?? "") { return second }
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

    // MARK: Dates

    /// Settles the dates and hands over the export.
    mutating func export(
        _ given: TimeExport.DateFormat?, allowsLongEntries: Bool, today: CivilDate
    ) throws -> TimeExport {
        let format = try given ?? RawDate.format(of: rows.lazy.map(\.rawDate), file: file)
        // Good rows move up in place, for there may be millions.
        var kept = 0
        for index in rows.indices {
            var row = rows[index]
            guard settle(&row, format, allowsLongEntries: allowsLongEntries, today: today) else { continue }
            rows[kept] = row
            kept += 1
        }
        rows.removeLast(rows.count - kept)
        return TimeExport(
            format: self.format, file: file, rows: rows, names: names.names,
            badRows: bad.sorted { ($0.line ?? 0) < ($1.line ?? 0) }, emptyRowCount: emptyRows)
    }

    /// Settles the date and the times of a row; false where it is bad, which is noted, or has no time at all.
    private mutating func settle(
        _ row: inout TimeExport.Row, _ format: TimeExport.DateFormat, allowsLongEntries: Bool, today: CivilDate
    ) -> Bool {
        guard let date = row.rawDate.date(format) else {
            note(
                row.line, "the date \(row.rawDate) is not written \(format.rawValue), like the others",
                fix: "write it like the others")
            return false
        }
        row.date = date
        guard settleTimes(&row, format) else { return false }
        if row.hours == .zero {
            emptyRows += 1
            return false
        }
        if row.hours > Hours(24), !allowsLongEntries {
            note(
                row.line, "it lasts \(row.hours), over 24 hours",
                fix: "split it, or write long_entries: allow in the mapping")
            return false
        }
        if date > today {
            note(row.line, "it lies in the future, on \(date)", fix: "correct its date")
            return false
        }
        return true
    }

    /// Puts start, end and duration together; false where they contradict each other.
    private mutating func settleTimes(_ row: inout TimeExport.Row, _ format: TimeExport.DateFormat) -> Bool {
        guard let start = row.start else { return true }
        let isGiven = row.hours.seconds >= 0
        guard var end = row.end else {
            row.end = start + row.hours.seconds
            return true
        }
        if let endDate = row.rawEndDate {
            guard let date = endDate.date(format) else {
                note(
                    row.line, "the date \(endDate) is not written \(format.rawValue), like the others",
                    fix: "write it like the others")
                return false
            }
            end += (date.day - row.date.day) * 86_400
        } else if end < start {
            // Without a date of its own an end before the start is on the next day.
            end += 86_400
        }
        if end < start {
            note(row.line, "it ends before it starts", fix: "correct it in the tracker")
            return false
        }
        row.end = end
        if !isGiven { row.hours = Hours(seconds: end - start) }
        // Two hours of leeway: a change of the clocks between start and end, and times cut off to the minute.
        if abs(end - start - row.hours.seconds) > 7_260 {
            note(
                row.line, "start and end are \(Hours(seconds: end - start)) apart, and the duration is \(row.hours)",
                fix: "correct it in the tracker")
            return false
        }
        return true
    }
}

/// The length of a decimal with at most four digits on each side, the common case, without making a string of it.
private func quickHours(_ bytes: UnsafeBufferPointer<UInt8>) -> Hours? {
    guard bytes.count <= 9, !bytes.isEmpty else { return nil }
    var whole = 0
    var scale = 0
    for byte in bytes {
        if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            whole = whole * 10 + Int(byte - UInt8(ascii: "0"))
            scale *= 10
        } else if scale == 0, byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") {
            scale = 1
        } else {
            return nil
        }
    }
    guard bytes.count > 1 || scale == 0 else { return nil }
    let parts = max(1, scale)
    return Hours(seconds: (whole * 7200 + parts) / (2 * parts))
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while let first = text.unicodeScalars.first, first == " " || first == "\u{A0}" || first == "\t" {
            text = text.dropFirst()
        }
        while let last = text.unicodeScalars.last, last == " " || last == "\u{A0}" || last == "\t" {
            text = text.dropLast()
        }
        return String(text)
    }
}
