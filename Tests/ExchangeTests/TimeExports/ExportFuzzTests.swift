import Agreements
import Rating
import Testing
import Values

@testable import Exchange

/// Numbers that are the same on every run: SplitMix64 (Steele, Lea, Flood, 2014).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// An export of random work, written in one of the ways in which trackers write.
private struct RandomExport {
    enum Form: CaseIterable { case decimal, clock, words, seconds }

    struct Work {
        var day: CivilDate
        var start: Int
        var seconds: Int
    }

    let format: ExportFormat
    let hasTimes: Bool
    /// How lengths are written in the first column, and in Clockify's second.
    var form: Form
    var digits: Int
    var hasExactColumn: Bool
    var dates: TimeExport.DateFormat
    var isTwelveHours: Bool
    let work: [Work]

    init(_ random: inout Seeded) {
        format = ExportFormat.allCases.randomElement(using: &random) ?? .harvest
        hasTimes = format == .toggl || Bool.random(using: &random)
        let form = Form.allCases.randomElement(using: &random) ?? .decimal
        self.form = format == .clockify || format == .harvest && !hasTimes && form == .seconds ? .decimal : form
        digits = Int.random(in: 0...4, using: &random)
        hasExactColumn = format == .clockify && Bool.random(using: &random)
        dates = TimeExport.DateFormat.allCases.randomElement(using: &random) ?? .iso
        isTwelveHours = Bool.random(using: &random)
        var work = (0..<Int.random(in: 1...8, using: &random)).map { _ in
            Work(
                day: CivilDate(day: Int.random(in: 20_600..<20_700, using: &random)),
                start: Int.random(in: 0..<86_400, using: &random),
                seconds: Bool.random(using: &random)
                    ? Int.random(in: 1...7200, using: &random) : Int.random(in: 1...1440, using: &random) * 60)
        }
        // A day that cannot be a month says how dates are written.
        work.append(Work(day: CivilDate("2026-05-28") ?? CivilDate(day: 0), start: 36_000, seconds: 1800))
        self.work = work
    }

    func date(_ date: CivilDate) -> String {
        let (year, month, day) = date.parts
        return switch dates {
        case .iso: "\(date)"
        case .dayFirst: "\(twoDigits(day)).\(twoDigits(month)).\(year)"
        case .monthFirst: "\(twoDigits(month))/\(twoDigits(day))/\(year)"
        }
    }

    func time(_ second: Int) -> String {
        let hour = second / 3600 % 24
        let rest = ":\(twoDigits(second / 60 % 60)):\(twoDigits(second % 60))"
        guard isTwelveHours else { return twoDigits(hour) + rest }
        return "\(hour % 12 == 0 ? 12 : hour % 12)\(rest) \(hour < 12 ? "AM" : "PM")"
    }

    static func clock(_ seconds: Int) -> String {
        "\(twoDigits(seconds / 3600)):\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
    }

    static func decimal(_ seconds: Int, _ digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let parts = (seconds * scale * 2 + 3600) / 7200
        let fraction = String(parts % scale)
        let zeros = String(repeating: "0", count: max(0, digits - fraction.count))
        return digits == 0 ? "\(parts)" : "\(parts / scale).\(zeros)\(fraction)"
    }

    func length(_ seconds: Int) -> String {
        switch form {
        case .decimal: RandomExport.decimal(seconds, digits)
        case .clock: RandomExport.clock(seconds)
        case .words: "\(seconds / 3600) h \(seconds / 60 % 60) min \(seconds % 60) sec"
        case .seconds: "\(seconds)"
        }
    }

    func row(_ work: Work, _ length: String) -> String {
        let end = work.start + work.seconds
        let (from, to) = hasTimes ? (time(work.start), time(end)) : ("", "")
        let last = hasTimes ? date(work.day + end / 86_400) : ""
        let first = date(work.day)
        return switch format {
        case .harvest: "\(first),A,P,T,n,\(length),Ann,Kay,\(from),\(to)"
        case .toggl: "Ann,A,P,T,n,\(first),\(from),\(last),\(to),\(length)"
        case .clockify:
            "P,A,n,T,Ann,\(first),\(from),\(last),\(to),\(hasExactColumn ? RandomExport.clock(work.seconds) : ""),\(length)"
        case .kimai: "\(first),\(from),\(to),\(length),Ann,A,P,T,n"
        }
    }

    var header: String {
        switch format {
        case .harvest: "Date,Client,Project,Task,Notes,Hours,First Name,Last Name,Started At,Ended At"
        case .toggl: "User,Client,Project,Task,Description,Start date,Start time,End date,End time,Duration"
        case .clockify:
            "Project,Client,Description,Task,User,Start Date,Start Time,End Date,End Time,Duration (h),Duration (decimal)"
        case .kimai: "Date,Begin,End,Duration,Name,Customer,Project,Activity,Description"
        }
    }

    var text: String { ([header] + work.map { row($0, length($0.seconds)) }).joined(separator: "\n") }

    /// Whether a length is the true one, or, where the file says nothing more exact, one that is written the same.
    func isTrue(_ seconds: Int, _ work: Work) -> Bool {
        if seconds == work.seconds { return true }
        guard form == .decimal, !hasTimes, !hasExactColumn else { return false }
        return RandomExport.decimal(seconds, digits) == RandomExport.decimal(work.seconds, digits)
    }
}

@Suite("Random time exports") struct ExportFuzzTests {
    @Test("However a tracker writes a length, it is read back as it was, or refused", arguments: 0..<20)
    func roundTrip(_ seed: Int) throws {
        var random = Seeded(state: UInt64(seed))
        var readCount = 0
        let mapping = try Fixture.mapping("zone: UTC", rules: rules)
        for _ in 0..<50 {
            let export = RandomExport(&random)
            let found = try read(export.text, nil, long: true).judged(by: mapping)
            for row in found.rows where !row.asksUnit {
                let work = export.work[row.line - 2]
                #expect(export.isTrue(row.hours.seconds, work), "line \(row.line) of \n\(export.text)")
                #expect(row.date == work.day)
                readCount += 1
            }
            // What says it exactly is read.
            if export.hasTimes || export.form == .clock || export.form == .words {
                #expect(found.rows.count == export.work.count, "\(found.badRows) of \n\(export.text)")
            }
        }
        #expect(readCount > 100)
    }

    @Test("A length that is off by more than its own rounding is never read", arguments: 0..<10)
    func contradictions(_ seed: Int) throws {
        var random = Seeded(state: UInt64(seed) &+ 1_000_000)
        let mapping = try Fixture.mapping("zone: UTC", rules: rules)
        for _ in 0..<50 {
            let export = RandomExport(&random)
            guard export.hasTimes || export.hasExactColumn else { continue }
            let work = export.work[0]
            let off = Int.random(in: 3661...40_000, using: &random)
            let wrong = export.length(work.seconds + off)
            let text = [export.header, export.row(work, wrong), export.row(export.work.last ?? work, "0:30:00")].joined(
                separator: "\n")
            let found = try read(text, export.dates, long: true).judged(by: mapping)
            #expect(!found.rows.contains { $0.line == 2 }, "\(text)")
        }
    }

    @Test("An export in another format of dates and times has the same ids", arguments: 0..<5)
    func ids(_ seed: Int) throws {
        var random = Seeded(state: UInt64(seed) &+ 2_000_000)
        for _ in 0..<20 {
            let export = RandomExport(&random)
            var hashes: Set<[UInt64]> = []
            for dates in TimeExport.DateFormat.allCases {
                for isTwelveHours in [false, true] {
                    var other = export
                    other.dates = dates
                    other.isTwelveHours = isTwelveHours
                    hashes.insert(try read(other.text, dates, long: true).rows.map(\.contentHash))
                }
            }
            #expect(hashes.count == 1, "\(export.text)")
        }
    }

    @Test("What was taken over in one form is known in every other", arguments: 0..<10)
    func known(_ seed: Int) throws {
        var random = Seeded(state: UInt64(seed) &+ 5_000_000)
        let mapping = try Fixture.mapping("zone: UTC\nother_projects: none\nother_tasks: content", rules: rules)
        let importer = TimeImport(mapping: mapping, terms: try Fixture.terms())
        for _ in 0..<20 {
            var export = RandomExport(&random)
            guard export.hasTimes else { continue }
            let stored = try importer.facts(of: try read(export.text, export.dates, long: true))
            export.dates = TimeExport.DateFormat.allCases.randomElement(using: &random) ?? .iso
            export.isTwelveHours.toggle()
            export.digits = Int.random(in: 0...4, using: &random)
            if export.format == .clockify {
                export.hasExactColumn.toggle()
            } else {
                export.form = RandomExport.Form.allCases.randomElement(using: &random) ?? .clock
            }
            let other = try read(export.text, export.dates, long: true)
            let possible = Set(importer.possibleIDs(of: other))
            let found = try importer.rows(
                of: other,
                stored: StoredTime(
                    ids: possible.intersection(stored.timeEntries.map(\.id)), time: [ClientID("a"): stored]))
            #expect(found.known == Set(stored.timeEntries.map(\.id)), "\(export.text)")
            #expect(found.known == Set(found.facts.timeEntries.map(\.id)))
            #expect(found.alike == [])
        }
    }

    @Test("Files with bytes changed, left out and put in are read or refused, and never crash", arguments: 0..<8)
    func mutations(_ seed: Int) throws {
        var random = Seeded(state: UInt64(seed) &+ 3_000_000)
        let mapping = try Fixture.mapping("invoiced: given")
        let terms = try Fixture.terms()
        let marks = Array("0123456789:.,;\"hm-/ \n\rsep=PK".utf8)
        for _ in 0..<100 {
            var bytes = Array(RandomExport(&random).text.utf8)
            for _ in 0...Int.random(in: 0...6, using: &random) {
                let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
                let byte =
                    Bool.random(using: &random)
                    ? marks.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
                guard place < bytes.count else { continue }
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(byte, at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 12))
                default: bytes[place] = byte
                }
            }
            bytes.withUnsafeBufferPointer { bytes in
                for format in [nil, TimeExport.DateFormat.dayFirst] {
                    guard
                        let export = try? TimeExport.read(
                            bytes, file: "export.csv", dateFormat: format, lengthUnit: .seconds,
                            allowsLongEntries: true,
                            today: CivilDate(day: 21_000))
                    else { continue }
                    // The draft of a mapping for it can be read as one, once the gaps in it are filled.
                    #expect(MappingDraft(export, terms: terms).text.hasPrefix("#"))
                    do throws(Problems) {
                        let facts = try TimeImport(mapping: mapping, terms: terms).facts(of: export.judged(by: mapping))
                        #expect(facts.timeEntries.allSatisfy { $0.worked > .zero })
                    } catch {
                        #expect(!error.all.isEmpty && error.all.allSatisfy { !$0.fix.isEmpty })
                    }
                }
            }
        }
    }

    @Test("Every text is a length or none, and none crashes")
    func lengths() {
        var random = Seeded(state: 4_000_000)
        let marks = Array("0123456789:.,hms in td\u{A0}-".utf8)
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...14, using: &random)).map { _ in marks.randomElement(using: &random) ?? 0
            }
            guard let length = WrittenLength(text) else { continue }
            #expect(length.seconds >= 0 && length.seconds <= Hours.limit.seconds)
            #expect(length.range.contains(length.seconds))
        }
    }

    private let rules = "mainstay_mapping: 1\nclients: {A: {id: a, service_line: website-maintenance}}"
}
