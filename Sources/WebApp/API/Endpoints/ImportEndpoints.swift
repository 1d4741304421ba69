import Agreements
import Crypto
import Exchange
import Formats
import Foundation
import HTTPTypes
import Rating
import ServiceDesk
import Storage
import Values

/// Taking over what trackers and other databases have.
enum ImportEndpoints {
    private static let export: [APISchema.Property] = [
        .must("export", .text("The tracker's export: CSV of Harvest, Toggl Track, Clockify or Kimai."))
    ]
    private static let body = APISchema.object(
        export + [
            .must("mapping", .text("What its names mean, as YAML; docs/time-exports.md describes it.")),
            .may("skip_bad", .flag("Whether bad rows are left out; they are told.")),
        ])

    private static let report = APISchema.object([
        .must("rows", .whole(0...Int(Int32.max), "Rows that can be used.")),
        .must("known", .whole(0...Int(Int32.max), "Those that are there already.")),
        .must("new_entries", .whole(0...Int(Int32.max), "Entries that are added.")), .must("new_hours", .hours),
        .must("new_clients", .list(.id)), .must("new_contracts", .whole(0...Int(Int32.max), "Contracts.")),
        .must("new_requests", .whole(0...Int(Int32.max), "Requests.")),
        .must("late", .whole(0...Int(Int32.max), "Entries in closed months.")),
        .must("near_month_edge", .list(.text("A row whose month depends on the clock; the first few."))),
        .must("overlaps", .list(.text("Two entries of one person at one time; the first few."))),
        .must("gone", .list(.text("An entry that the file does not have any more; the first few."))),
        .must("may_be_same", .list(.text("A new entry that may be the same as one that is there; the first few."))),
        .must("remarks", .list(.text("What is said of the whole file: rows left out, rows that were invoiced."))),
        .must("left_out", .list(.text("A row that was left out: a bad one, a running timer, a break."))),
    ])

    static let all: [APIEndpoint] = [
        large(
            .post(
                "/imports/time", "importTime",
                "Take over a tracker's time, all or nothing. Rows that are there already are left out.", .agreements,
                body: body, answer: report
            ) { visit in
                try visit.reading { read in
                    .json(json(try visit.perform(read.operation), read.badRows))
                }
            }),
        large(
            .post(
                "/imports/time/preview", "previewImport", "What an import would add; nothing is recorded.", .agreements,
                body: body, answer: report, status: .ok
            ) { visit in
                try visit.forManagers()
                return try visit.reading { read in
                    .json(
                        json(
                            try PreviewImport(read.operation).report(visit.site.desk, by: visit.actor), read.badRows))
                }
            }, isPreview: true),
        large(
            .post(
                "/imports/time/mapping", "draftMapping", "A mapping drafted from an export, to be corrected.",
                .agreements, body: .object(export),
                answer: .object([.must("mapping", .text("The mapping, as YAML."))]), status: .ok
            ) { visit in
                try visit.forManagers()
                let terms = try visit.terms()
                let draft = try Array(visit.required("export").utf8).withUnsafeBufferPointer { bytes throws in
                    try ImportTime.draftMapping(of: bytes, file: "export", terms: terms, now: visit.now)
                }
                return .json(.object([("mapping", .string(draft))]))
            }, isPreview: true),
        large(
            .post(
                "/imports/facts", "importFacts",
                "Take over the facts of a file, where nothing later is recorded yet; docs/facts.md describes it.",
                .admin,
                body: .object([.must("facts", .text("The file: JSON, or JSON Lines."))])
            ) { visit in
                guard visit.actor.may(.owner) else { throw Refusal.notAllowed("Facts are taken over by owners.") }
                let bytes = Array(visit.required("facts").utf8)
                let facts = try FactsFile.read(bytes, file: "facts", currency: visit.terms().currency)
                return try visit.recorded(
                    ImportFacts(facts: facts, digest: Hex.text(Array(SHA256.hash(data: bytes)))))
            }),
    ]

    private static func large(_ endpoint: APIEndpoint, isPreview: Bool = false) -> APIEndpoint {
        var endpoint = endpoint
        endpoint.isLarge = true
        endpoint.isPreview = isPreview
        return endpoint.takingLong
    }

    private static func json(_ report: ImportReport, _ leftOut: [Problem]) -> JSONText {
        func list(_ texts: [String]) -> JSONText { .list(texts.map { .string($0) }) }
        return .object([
            ("rows", .number(report.rows)), ("known", .number(report.known)),
            ("new_entries", .number(report.newEntries)),
            ("new_hours", .string("\(Hours(seconds: report.newSeconds))")), ("new_clients", list(report.newClients)),
            ("new_contracts", .number(report.newContracts)), ("new_requests", .number(report.newRequests)),
            ("late", .number(report.late)), ("near_month_edge", list(report.nearMonthEdge)),
            ("overlaps", list(report.overlaps)), ("gone", list(report.gone)),
            ("may_be_same", list(report.mayBeSame ?? [])), ("remarks", list(report.remarks ?? [])),
            ("left_out", list(leftOut.prefix(100).map { "\($0)" })),
        ])
    }
}

extension APIVisit {
    /// What the body's export and mapping come to.
    fileprivate func reading(_ body: ((operation: ImportTime, badRows: [Problem])) throws -> APIReply) throws
        -> APIReply
    {
        let terms = try terms()
        let read = try Array(required("export").utf8).withUnsafeBufferPointer { bytes throws in
            try ImportTime.reading(
                bytes, file: "export", mapping: Array(required("mapping").utf8), mappingFile: "mapping", terms: terms,
                skipsBad: flag("skip_bad"), now: now)
        }
        return try body(read)
    }

    fileprivate func forManagers() throws {
        guard actor.may(.manager) else { throw Refusal.notAllowed("Imports are for managers.") }
    }
}
