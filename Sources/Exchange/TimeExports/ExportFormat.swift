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
        case date, startTime, endDate, endTime, hours, hoursAsClock, pause
        case client, project, projectCode, task, note, person, lastName, reference, billable, kind, invoiced
    }

    /// The names a column has had, in small letters, in the languages that a tracker has.
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
                .endTime: ["ended at"], .billable: ["billable?"], .invoiced: ["invoiced?", "invoiced"],
                .kind: ["type"],
            ]
        case .toggl:
            [
                .date: ["start date"], .startTime: ["start time"], .endDate: ["end date", "stop date"],
                .endTime: ["end time", "stop time"], .hoursAsClock: ["duration"], .client: ["client"],
                .project: ["project"], .task: ["task"], .note: ["description"], .person: ["user", "member"],
                .billable: ["billable"], .invoiced: ["invoiced", "invoiced?", "invoice"], .kind: ["type"],
            ]
        case .clockify:
            [
                .date: ["start date", "startdatum", "date de début", "fecha de inicio", "data de início"],
                .startTime: ["start time", "startzeit", "heure de début", "hora de inicio", "hora de início"],
                .endDate: [
                    "end date", "enddatum", "date de fin", "fecha de finalización", "fecha de fin",
                    "data de término",
                ],
                .endTime: [
                    "end time", "endzeit", "heure de fin", "hora de finalización", "hora de fin", "hora de término",
                ],
                .hoursAsClock: ["duration (h)", "dauer (h)", "durée (h)", "duración (h)", "duração (h)"],
                .hours: [
                    "duration (decimal)", "dauer (dezimal)", "durée (décimale)", "durée (décimal)",
                    "duración (decimal)", "duração (decimal)",
                ],
                .client: ["client", "kunde", "cliente"],
                .project: ["project", "projekt", "projet", "proyecto", "projeto"],
                .task: ["task", "activity", "aufgabe", "tâche", "tarea", "tarefa"],
                .note: ["description", "beschreibung", "descripción", "descrição"],
                .person: ["user", "benutzer", "utilisateur", "usuario", "usuário", "email", "e-mail"],
                .billable: ["billable", "abrechenbar", "facturable", "faturável"],
                .invoiced: [
                    "invoiced", "invoiced?", "invoice", "invoice id", "invoice number", "invoice status",
                    "in rechnung gestellt", "fakturiert", "facturé", "facturado", "faturado",
                ],
                .kind: ["type", "typ", "tipo"],
            ]
        case .kimai:
            [
                .date: ["date", "datum", "fecha", "data"],
                .startTime: ["from", "begin", "von", "beginn", "début", "de", "desde", "inicio", "van", "inizio"],
                .endTime: ["to", "end", "bis", "ende", "fin", "à", "hasta", "tot", "eind", "einde", "fine"],
                .hours: ["duration", "dauer", "durée", "duración", "duur", "durata"],
                .pause: ["break", "pause", "pausendauer", "pausa", "pauze"],
                .client: ["customer", "kunde", "client", "cliente", "klant"],
                .project: ["project", "projekt", "projet", "proyecto", "progetto"],
                .task: ["activity", "tätigkeit", "activité", "actividad", "activiteit", "attività"],
                .note: [
                    "description", "beschreibung", "descripción", "beschrijving", "omschrijving", "descrizione",
                ],
                .person: [
                    "user", "username", "name", "benutzer", "utilisateur", "nom", "usuario", "nombre", "gebruiker",
                    "naam", "utente", "nome",
                ],
                .projectCode: ["order number", "bestellnummer"],
                .billable: ["billable", "abrechenbar", "facturable", "factureerbaar", "fatturabile"],
                .invoiced: ["exported", "exportiert", "exporté", "exportado", "geëxporteerd", "esportato"],
                .kind: [
                    "category", "kategorie", "catégorie", "categoría", "categorie", "categoria", "type", "typ", "tipo",
                ],
            ]
        }
    }

    /// The columns without which a header is not of this format.
    var required: [Column] {
        switch self {
        case .harvest: [.date, .client, .project, .task, .hours]
        case .toggl: [.date, .startTime, .hoursAsClock, .project]
        case .clockify: [.date, .project]
        case .kimai: [.date, .hours, .client, .project, .task]
        }
    }

    /// Whether the header of the lengths names their unit, so that a whole number among them is one of hours.
    var namesUnit: Bool { self == .harvest || self == .clockify }

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
        var required = required
        if self == .clockify { required += [.startTime, .client, .hoursAsClock] }
        return required.filter { column in !(columns[column] ?? []).contains { header.contains($0) } }
            .compactMap { columns[$0]?.first }
    }
}

/// What trackers write into columns of a few words, in the languages that they have.
enum ExportWords {
    private static let no: Set<String> = [
        "no", "n", "nein", "non", "não", "nao", "nee", "0", "false", "f", "falsch", "faux", "falso", "-",
    ]
    private static let notBillable: Set<String> = [
        "non-billable", "not billable", "nicht abrechenbar", "non facturable", "no facturable",
    ]
    private static let notInvoiced: Set<String> = [
        "uninvoiced", "not invoiced", "unbilled", "not exported", "unexported", "open", "none", "offen",
        "nicht exportiert", "nicht fakturiert", "non facturé", "non exporté", "no facturado", "no exportado",
    ]
    private static let noWork: Set<String> = [
        "break", "breaks", "lunch", "pause", "pausa", "descanso", "pauze", "time off", "time-off", "time_off",
        "timeoff", "pto", "paid time off", "vacation", "leave", "absence", "day off", "holiday", "holidays",
        "public holiday", "sick", "sickness", "sick leave", "parental", "parental leave", "freizeit", "auszeit",
        "abwesenheit", "abwesend", "urlaub", "feiertag", "krankheit", "krank", "elternzeit", "freistellung",
        "congé", "congés", "vacances", "absence", "jour férié", "férié", "maladie", "temps libre",
        "tiempo libre", "ausencia", "vacaciones", "festivo", "día festivo", "feriado", "folga", "férias", "ausência",
        "vakantie", "verlof", "feestdag", "ziekte", "afwezigheid", "ferie", "festività", "malattia", "assenza",
        "permesso",
    ]
    private static let work: Set<String> = [
        "regular", "regulär", "normal", "work", "arbeit", "arbeitszeit", "régulier", "standard", "travail", "trabajo",
        "ordinario", "timesheet", "time entry", "time", "zeit", "zeiteintrag",
    ]

    private static func word(_ text: String) -> String { text.lowercased().trimmingBlanks }

    /// Whether a column of yes and no says no to billing.
    static func isNotBillable(_ text: String) -> Bool {
        let word = word(text)
        return no.contains(word) || notBillable.contains(word)
    }

    /// Whether a column says that a row is invoiced: yes, a state, or an invoice's number.
    static func isInvoiced(_ text: String) -> Bool {
        let word = word(text)
        return !word.isEmpty && !no.contains(word) && !notInvoiced.contains(word)
    }

    /// Whether a kind of row is no work: breaks, time off, holidays. Nil where the word is not known.
    static func isNoWork(_ text: String) -> Bool? {
        let word = word(text)
        if noWork.contains(word) { return true }
        return word.isEmpty || work.contains(word) ? false : nil
    }
}

extension String {
    /// Without the blanks around it.
    var trimmingBlanks: String {
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
