public import Agreements
import Formats
import Rating
import Values

/// Drafts a mapping file from an export and the terms: every name in it, with what it could mean and how much hangs on it.
public struct MappingDraft {
    private let export: TimeExport
    private let terms: Terms
    /// The first date on which a contract can begin.
    private let firstDay: CivilDate

    /// A draft for an export under the terms of its last day.
    public init(_ export: TimeExport, terms: TermsHistory) {
        self.export = export
        self.terms = export.rows.lazy.map(\.date).max().map { terms.offered(on: $0) } ?? terms.latest
        let first = export.rows.lazy.map(\.date).min() ?? terms.latest.effective
        firstDay = terms.isOpenStart ? first : max(first, terms.versions[0].effective)
    }

    /// How many rows and hours have a name.
    private struct Weight {
        var rows = 0
        var hours = Hours.zero
        var firstDay: CivilDate?

        mutating func add(_ row: TimeExport.Row) {
            rows += 1
            hours += row.hours
            firstDay = min(firstDay ?? row.date, row.date)
        }

        var remark: String { "# \(rows == 1 ? "1 row" : "\(rows) rows"), \(hours)" }
    }

    /// The file's text. It can be used as it stands; what is a guess says so.
    public var text: String {
        var clients: [Int32: Weight] = [:]
        var projects: [Int32: Weight] = [:]
        var tasks: [Int32: Weight] = [:]
        var months: [Int32: [Period: Hours]] = [:]
        for row in export.rows {
            clients[row.client, default: Weight()].add(row)
            if row.project >= 0 { projects[row.project, default: Weight()].add(row) }
            tasks[row.task, default: Weight()].add(row)
            months[row.client, default: [:]][Period(containing: row.date), default: .zero] += row.hours
        }
        let isLong = export.rows.contains { $0.hours > Hours(24) }
        let hasCodes = export.rows.contains { $0.projectCode >= 0 }
        var lines = [
            "# A draft of a mapping, made from \(export.rowCount) rows of \(export.format.name). Read it through:",
            "# work types, plans and zones are guesses.",
            "mainstay_mapping: 1",
            "",
            "# The time zone of the clock times in the export, and of clients that have none of their own.",
            "zone: UTC",
            "# When entries count as logged: at the end of the work, or at one instant.",
            "recorded_at: worked",
            "# What makes a request: project-code, project, task, project-and-task, note, reference or client.",
            "request_per: \(hasCodes ? "project-code" : "project-and-task")",
        ]
        if isLong {
            lines += [
                "# Some rows are longer than 24 hours: refuse them, or take them as meant.", "long_entries: allow",
            ]
        }
        let notBillable = export.rows.count { $0.isNotBillable }
        if notBillable > 0 {
            lines += [
                "# \(notBillable == 1 ? "1 row says that it is" : "\(notBillable) rows say that they are") not billable: given to the client (shown, not",
                "# charged), or charged like the others.", "not_billable: given",
            ]
        }
        lines += questions
        lines += ["", "clients:"]
        var used: Set<String> = []
        for (number, weight) in sorted(clients) {
            let name = self.name(number)
            lines.append("  \(quote(name)):  \(weight.remark)")
            if name.isEmpty { lines.append("    # These rows name no client: say whose they are, or leave them out.") }
            // Two names may come to one id; two clients never do.
            let wanted = identifier(name)
            var id = wanted
            var count = 2
            while !used.insert(id).inserted {
                id = "\(wanted)-\(count)"
                count += 1
            }
            lines.append("    id: \(quote(id))")
            if let line = mainLine { lines.append("    service_line: \(line)") }
            if !name.isEmpty, let guess = plan(for: Array((months[number] ?? [:]).values)) {
                let start = Period(containing: firstDay).firstDay
                lines.append(
                    "    # A guess, from the median month of \(guess.median). Its first row is of \(weight.firstDay ?? start):"
                )
                lines.append("    # the fee is billed from the date given here on.")
                lines.append("    contract: {plan: \(guess.plan), from: \(start)}")
            }
        }
        lines += ["", "# A project may have an id, which blocks can be bought for, and a service_line of its own."]
        if export.rows.contains(where: { $0.client < 0 && $0.project >= 0 }) {
            lines.append("# For rows that name no client it may say whose it is: {client: \"a name under clients\"}.")
        }
        lines.append(projects.isEmpty ? "projects: {}" : "projects:")
        for (number, weight) in sorted(projects) {
            lines.append("  \(quote(name(number))): {}  \(weight.remark)")
        }
        lines += ["", "tasks:"]
        for (number, weight) in sorted(tasks) {
            let guess = workType(for: name(number))
            let doubt = guess.isFallback ? "; nothing like it in the terms: check" : ""
            lines.append("  \(quote(name(number))): \(guess.type)  \(weight.remark)\(doubt)")
        }
        return lines.joined(separator: "\n")
    }

    /// What a person has to decide, or should know, about the rows.
    private var questions: [String] {
        func rows(_ count: Int, _ one: String, _ many: String) -> String {
            count == 1 ? "1 row \(one)" : "\(count) rows \(many)"
        }
        var lines: [String] = []
        let invoiced = export.invoiced
        if invoiced.rowCount > 0 {
            lines += [
                "# \(rows(invoiced.rowCount, "is", "are")) marked as \(export.format.invoicedWord) in \(export.format.name), \(invoiced.hours) in all. Decide:",
                "# left-out (they come to no statement), given (shown, not charged), or charged here, too.",
                "invoiced: left-out",
            ]
        }
        let asking = export.rows.count(where: \.asksUnit)
        if asking > 0 {
            lines += [
                "# \(rows(asking, "has a duration that is a whole number", "have durations that are whole numbers")): say whether of seconds or of hours.",
                "# duration_unit: seconds",
            ]
        }
        let doubtful = export.rows.count { $0.doubt != nil }
        if doubtful > 0 {
            lines.append(
                "# \(rows(doubtful, "has a duration that differs", "have durations that differ")) from start and end: taken only where the zone's clocks change."
            )
        }
        let running = export.runningLines.count
        if running > 0 {
            lines.append(
                "# \(rows(running, "has a timer that still runs", "have timers that still run")), and no length: left out."
            )
        }
        if export.noWorkRowCount > 0 {
            lines.append(
                "# \(rows(export.noWorkRowCount, "is", "are")) breaks, time off or holidays, \(export.noWorkHours) in all: left out."
            )
        }
        if export.isWindows1252 {
            lines.append("# The file is no UTF-8, and was read as Windows-1252: look at letters with accents.")
        }
        return lines
    }

    private func sorted(_ weights: [Int32: Weight]) -> [(key: Int32, value: Weight)] {
        weights.sorted { (name($0.key), $0.key) < (name($1.key), $1.key) }
    }

    private func name(_ number: Int32) -> String { number < 0 ? "" : export.names[Int(number)] }

    /// In double quotes, as YAML takes any text.
    private func quote(_ text: String) -> String { JSONText.string(text).line }

    private func identifier(_ name: String) -> String {
        var id = ""
        for scalar in name.lowercased().unicodeScalars {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                id.unicodeScalars.append(scalar)
            } else if id.last != "-", !id.isEmpty {
                id += "-"
            }
        }
        while id.last == "-" { id.removeLast() }
        return id.isEmpty ? "no-client" : String(id.prefix(60))
    }

    /// The line with the most plans.
    private var mainLine: ServiceLineID? {
        let counts = Dictionary(grouping: terms.plans.values, by: \.serviceLine).mapValues(\.count)
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.first?.key
    }

    /// The largest plan of the main line whose hours the median month fills, or the smallest.
    private func plan(for months: [Hours]) -> (plan: PlanID, median: Hours)? {
        guard let line = mainLine, !months.isEmpty else { return nil }
        let median = months.sorted()[months.count / 2]
        let plans = terms.plans.filter { $0.value.serviceLine == line }.sorted {
            ($0.value.hours.seconds, $0.key) < ($1.value.hours.seconds, $1.key)
        }
        return (plans.last { $0.value.hours <= median } ?? plans.first).map { ($0.key, median) }
    }

    /// The work type whose name shares the most letters with a word of the task's, or the first covered one.
    private func workType(for task: String) -> (type: String, isFallback: Bool) {
        let words = task.lowercased().split { !$0.isLetter }.map(String.init)
        let hints = [
            "bug": "troubleshooting", "fix": "troubleshooting", "issue": "troubleshooting",
            "support": "troubleshooting", "programming": "custom-development", "coding": "custom-development",
            "enhancement": "custom-development", "feature": "custom-development", "development": "custom-development",
            "meeting": "research", "specification": "research", "analysis": "research", "documentation": "content",
            "marketing": "content", "design": "content", "install": "module-installation", "release": "hosting-care",
            "hosting": "hosting-care", "backup": "hosting-care", "infrastructure": "server",
        ]
        let known = Set(terms.workTypes.keys.map(\.text))
        for word in words.reversed() where known.contains(word) { return (word, false) }
        for word in words.reversed() {
            if let hint = hints[word], known.contains(hint) { return (hint, false) }
        }
        for word in words.reversed() {
            if let near = nearestName(to: word, among: known), word.count > 3 { return (near, false) }
        }
        let covered = mainLine.flatMap { terms.serviceLines[$0]?.covers } ?? []
        return ((covered.min() ?? terms.workTypes.keys.min())?.text ?? "research", true)
    }
}
