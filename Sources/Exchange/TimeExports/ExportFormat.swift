/// The time trackers whose exports are read, told apart by the header and not by the place of a column.
public enum ExportFormat: String, CaseIterable, Sendable {
    /// Harvest, detailed time report: a date and hours, no clock time.
    case harvest
    /// Toggl Track, detailed report: the classic header ("User", "End date") and the newer one ("Member", "Stop date").
    case toggl
    /// Clockify, detailed report.
    case clockify
    /// Kimai, timesheet export, with English or German header.
    case kimai

    /// What it is called.
    public var name: String {
        switch self {
        case .harvest: "Harvest"
        case .toggl: "Toggl Track"
        case .clockify: "Clockify"
        case .kimai: "Kimai"
        }
    }

    /// What a column is about.
    enum Column: CaseIterable {
        case date, startTime, endDate, endTime, hours, hoursAsClock
        case client, project, projectCode, task, note, person, lastName, reference, billable
    }

    /// The names a column has had, in small letters.
    ///
    /// Sources: Harvest help, "Exporting time"; Toggl support, "Editing and uploading a CSV file" (the detailed report has the
    /// same columns); Clockify help, "Detailed report"; Kimai documentation, "Export". Older and newer names side by side.
    var columns: [Column: [String]] {
        switch self {
        case .harvest:
            [
                .date: ["date"], .hours: ["hours"], .client: ["client"], .project: ["project"],
                .projectCode: ["project code"], .task: ["task"], .note: ["notes"], .person: ["first name"],
                .lastName: ["last name"], .reference: ["external reference url"], .startTime: ["started at"],
                .endTime: ["ended at"], .billable: ["billable?"],
            ]
        case .toggl:
            [
                .date: ["start date"], .startTime: ["start time"], .endDate: ["end date", "stop date"],
                .endTime: ["end time", "stop time"], .hoursAsClock: ["duration"], .client: ["client"],
                .project: ["project"], .task: ["task"], .note: ["description"], .person: ["user", "member"],
                .billable: ["billable"],
            ]
        case .clockify:
            [
                .date: ["start date"], .startTime: ["start time"], .endDate: ["end date"], .endTime: ["end time"],
                .hoursAsClock: ["duration (h)"], .hours: ["duration (decimal)"], .client: ["client"],
                .project: ["project"], .task: ["task", "activity"], .note: ["description"], .person: ["user", "email"],
                .billable: ["billable"],
            ]
        case .kimai:
            [
                .date: ["date", "datum"], .startTime: ["from", "begin", "von"], .endTime: ["to", "end", "bis"],
                .hours: ["duration", "dauer"], .client: ["customer", "kunde"], .project: ["project", "projekt"],
                .task: ["activity", "tätigkeit"], .note: ["description", "beschreibung"],
                .person: ["user", "username", "name", "benutzer"], .projectCode: ["order number", "bestellnummer"],
                .billable: ["billable", "abrechenbar"],
            ]
        }
    }

    /// The columns without which a header is not of this format.
    var required: [Column] {
        switch self {
        case .harvest: [.date, .client, .project, .task, .hours]
        case .toggl: [.date, .startTime, .hoursAsClock, .project]
        case .clockify: [.date, .startTime, .client, .project]
        case .kimai: [.date, .hours, .client, .project, .task]
        }
    }

    /// Finds the columns of a header; nil where one that is required is missing.
    func places(in header: [String]) -> [Column: Int]? {
        var places: [Column: Int] = [:]
        for (column, names) in columns {
            if let place = names.lazy.compactMap({ header.firstIndex(of: $0) }).first { places[column] = place }
        }
        // Clockify names its durations with a unit, and that tells it from Toggl.
        if self == .clockify, places[.hours] == nil, places[.hoursAsClock] == nil { return nil }
        return required.allSatisfy { places[$0] != nil } ? places : nil
    }

    /// The required columns that a header lacks.
    func missing(in header: [String]) -> [String] {
        required.filter { column in !(columns[column] ?? []).contains { header.contains($0) } }
            .compactMap { columns[$0]?.first }
    }
}
