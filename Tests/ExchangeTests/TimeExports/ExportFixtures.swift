import Agreements
import Foundation
import Testing
import Values

@testable import Exchange
@testable import Rating

/// What the tests of time exports share.
enum Fixture {
    private static let always = Result { () throws -> TermsHistory in
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../examples/terms/current.yaml")
        return TermsHistory(always: try TermsFile.read([UInt8](Data(contentsOf: file)), file: "current.yaml"))
    }

    static func terms() throws -> TermsHistory { try always.get() }

    static let rules = """
        mainstay_mapping: 1
        zone: America/Los_Angeles
        clients:
          Orchard Books: {id: orchard, service_line: website-maintenance}
          Librairie Verger: {id: verger, service_line: website-maintenance}
          "": {id: somebody, service_line: website-maintenance}
        other_projects: none
        other_tasks: troubleshooting
        """

    static func mapping(_ more: String = "", rules: String = Fixture.rules) throws -> Mapping {
        try MappingFile.read(Array((rules + "\n" + more + "\n").utf8), file: "map.yaml", terms: try terms())
    }

    /// The lengths of the entries of an export, as facts.
    static func lengths(_ export: TimeExport, _ more: String = "") throws -> [String] {
        let facts = try TimeImport(mapping: try mapping(more), terms: try terms()).facts(of: export)
        return facts.timeEntries.map { "\($0.worked)" }
    }

    static func facts(_ text: String, _ more: String = "") throws -> Facts {
        let mapping = try mapping(more)
        return try TimeImport(mapping: mapping, terms: try terms()).facts(of: try read(text).judged(by: mapping))
    }

    static let clockifyHeader = """
        "Project","Client","Description","Task","User","Group","Email","Tags","Billable","Start Date","Start Time","End Date","End Time","Duration (h)","Duration (decimal)"

        """
    static let harvestHeader = "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,First Name,Last Name\n"
    static let togglHeader =
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n"
    static let kimaiHeader = "Date,Begin,End,Duration,Name,Customer,Project,Activity,Description,Billable\n"
}

extension TimeExport {
    var lengths: [String] { rows.map { "\($0.hours)" } }
}
