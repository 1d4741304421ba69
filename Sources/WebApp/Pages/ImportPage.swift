import Foundation
import Rating
import ServiceDesk
import SiteKit
import Storage
import Values

/// Taking over a time tracker's export: first what it would add, then adding it.
enum ImportPage {
    static let routes: [Route] = [
        .get(Link.importTime, .manager) { .page(try form($0)) },
        .post(Link.importTime, .manager, limit: .upload, run).takingLong("Importing time"),
    ]

    private static func form(_ visit: StaffVisit, problems: Problems? = nil) throws -> Page {
        let parts = FormParts(visit.visit, problems: problems)
        return try visit.page("Import time", in: .importTime, problems: problems) {
            """
            <div class="panel stack"><p>Exports of Harvest, Toggl Track, Clockify and Kimai are read by their headers; a mapping file says what their names mean. Rows that are there already are left out, so the same file twice adds nothing.</p>
            \(parts.form(Link.importTime, submit: "See what it would add", holdsFiles: true, """
                \(parts.files("export", "The tracker's export", hint: "CSV, at most 20 MB", isMultiple: false, isRequired: true))
                \(parts.files("mapping", "The mapping file", hint: "YAML. Without one, a draft is made from the export for you to correct.", isMultiple: false))
                \(parts.check("skip", "Leave out bad rows; they are listed"))
                """))</div>
            """
        }
    }

    private static func run(_ visit: StaffVisit) throws -> Reply {
        try visit.submit({ try form(visit, problems: $0) }) {
            let files = try files(visit)
            guard let mapping = files.mapping else { return try draft(visit, files) }
            let terms = try visit.terms()
            let skips = visit.form.optional("skip") != nil
            let (operation, badRows) = try files.export.withUnsafeBufferPointer { bytes throws in
                try ImportTime.reading(
                    bytes, file: files.exportName, mapping: Array(mapping.utf8), mappingFile: files.mappingName,
                    terms: terms, skipsBad: skips, now: visit.now)
            }
            guard visit.form.optional("save") != nil else {
                let report = try PreviewImport(operation).report(visit.site.desk, by: visit.actor)
                let staged = try visit.site.staging.keep(
                    [(files.exportName, files.export), (files.mappingName, Array(mapping.utf8))], of: visit.actor.id,
                    at: visit.now)
                return .page(try dryRun(visit, report, badRows, staged: staged, skips: skips))
            }
            let report = try visit.perform(operation)
            visit.site.staging.drop(visit.form.text("staged"), of: visit.actor.id)
            return .redirect(
                Link.importTime,
                saying:
                    "\(Written.count(report.newEntries, "entry is", "entries are")) added, \(Hours(seconds: report.newSeconds)) in all; \(report.known) were there already."
            )
        }
    }

    private struct Files {
        var exportName: String
        var export: [UInt8]
        var mappingName: String
        var mapping: String?
    }

    /// The files that were sent, or those that were kept when their dry run was shown.
    private static func files(_ visit: StaffVisit) throws -> Files {
        if let id = visit.form.optional("staged") {
            guard let kept = visit.site.staging.files(id, of: visit.actor.id, at: visit.now), kept.count == 2 else {
                throw Problems([
                    Problem("import", "its files are kept for an hour, and that is over", fix: "choose them again")
                ])
            }
            return Files(
                exportName: kept[0].name, export: kept[0].bytes, mappingName: kept[1].name,
                mapping: visit.form.optional("mapping_text") ?? String(decoding: kept[1].bytes, as: UTF8.self))
        }
        guard let export = visit.form.files("export").first, !export.bytes.isEmpty else {
            throw Problems([Problem("export", "there is no file", fix: "choose the tracker's export")])
        }
        let mapping = visit.form.files("mapping").first.flatMap { $0.bytes.isEmpty ? nil : $0 }
        return Files(
            exportName: export.filename, export: export.bytes, mappingName: mapping?.filename ?? "mapping",
            mapping: mapping.map { String(decoding: $0.bytes, as: UTF8.self) })
    }

    /// A mapping drafted from the export, to be corrected.
    private static func draft(_ visit: StaffVisit, _ files: Files) throws -> Reply {
        let terms = try visit.terms()
        let text = try files.export.withUnsafeBufferPointer { bytes throws in
            try ImportTime.draftMapping(of: bytes, file: files.exportName, terms: terms, now: visit.now)
        }
        let staged = try visit.site.staging.keep(
            [(files.exportName, files.export), ("mapping", Array(text.utf8))], of: visit.actor.id, at: visit.now)
        let parts = FormParts(visit.visit)
        return .page(
            try visit.page("Say what its names mean", in: .importTime, trail: [("Import", Link.importTime)]) {
                """
                <div class="panel stack"><p>This mapping was drafted from \(files.exportName). Correct it, then see what the import would add.</p>
                \(parts.form(Link.importTime, submit: "See what it would add", FormParts.hiddenField("staged", staged) + parts.area("mapping_text", "Mapping", value: text)))</div>
                """
            })
    }

    private static func dryRun(
        _ visit: StaffVisit, _ report: ImportReport, _ badRows: [Problem], staged: String, skips: Bool
    ) throws -> Page {
        let parts = FormParts(visit.visit)
        func list(_ title: String, _ count: Int, _ items: [String]) -> HTML {
            count == 0 ? .empty : "<h2>\(title): \(count)</h2><ul>\(items.map { "<li>\($0)</li>" as HTML })</ul>"
        }
        return try visit.page("What it would add", in: .importTime, trail: [("Import", Link.importTime)]) {
            """
            <div class="panel stack"><dl class="key-figures">
            <div><dt>Rows</dt><dd>\(report.rows)</dd></div><div><dt>There already</dt><dd>\(report.known)</dd></div>
            <div><dt>Would be added</dt><dd>\(report.newEntries)</dd></div><div><dt>Their time</dt><dd>\(Hours(seconds: report.newSeconds))</dd></div>
            </dl>
            \(list("New clients", report.newClients.count, report.newClients))
            \(report.newContracts + report.newRequests == 0 ? .empty : "<p>\(Written.count(report.newContracts, "new contract")), \(Written.count(report.newRequests, "new request")).</p>" as HTML)
            \(report.late == 0 ? .empty : "<p class=\"notice warn\">\(Written.count(report.late, "entry lies", "entries lie")) in closed months: what they change goes on the next statement.</p>" as HTML)
            \((report.remarks ?? []).map { "<p class=\"notice warn\">\($0)</p>" as HTML })
            \(list("May be there already, in other words", report.mayBeSameCount ?? 0, report.mayBeSame ?? []))
            \(list("Near a month's edge", report.nearMonthEdgeCount, report.nearMonthEdge))
            \(list("Overlaps of one person", report.overlapCount, report.overlaps))
            \(list("Taken over before, and not in this file", report.goneCount, report.gone))
            \(list("Left out", badRows.count, badRows.prefix(20).map { "\($0)" }))
            \(report.newEntries == 0
                ? "<p>Nothing is new.</p>"
                : parts.form(Link.importTime, submit: "Add \(Written.count(report.newEntries, "entry", "entries"))",
                    FormParts.hiddenField("staged", staged) + FormParts.hiddenField("save", "yes") + (skips ? FormParts.hiddenField("skip", "yes") : .empty)))
            </div>
            """
        }
    }
}
