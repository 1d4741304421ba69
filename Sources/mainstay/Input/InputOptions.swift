import Agreements
import ArgumentParser
import Database
import Exchange
import Foundation
import Rating
import ServiceDesk
import Storage
import Terminal
import Values

/// The options that say what to rate, shared by the commands that do.
struct InputOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Terms files, one for each version.", valueName: "file"))
    var terms: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Facts files, JSON or JSON Lines. \"-\" reads standard input.", valueName: "file"))
    var facts: [String] = []

    @Option(
        name: .customLong("time"),
        help: ArgumentHelp("A time tracker's CSV export; needs --mapping.", valueName: "file"))
    var exports: [String] = []

    /// The one export; nil where none is given.
    var time: String? { exports.first }

    @Option(help: ArgumentHelp("The mapping file for --time.", valueName: "file"))
    var mapping: String?

    @Flag(help: "Leave out bad rows of the export instead of refusing it; they are listed.")
    var skipBad = false

    @Flag(help: "Accept time entries over 24 hours.")
    var allowLong = false

    @Flag(help: "Rate all dates under the one version given, as if it had always been in force.")
    var asIfAlways = false

    @Option(
        help: ArgumentHelp(
            "Rate with the facts recorded up to then: 2026-02-01 or 2026-02-01T09:30:00Z.", valueName: "instant"))
    var asKnownAt: String?

    @OptionGroup(title: "Database, where no files are given") var database: DatabaseOptions

    /// Whether terms and facts come from the database: where no file is named.
    var usesDatabase: Bool { terms.isEmpty && facts.isEmpty && time == nil }

    func validate() throws {
        if exports.count > 1 { throw ValidationError("--time takes one export; put several into one file first.") }
        if !usesDatabase {
            if terms.isEmpty { throw ValidationError("Give at least one terms file with --terms.") }
            if facts.isEmpty, time == nil {
                throw ValidationError("Give --facts, or --time with --mapping, or both.")
            }
        }
        if time == nil, mapping != nil { throw ValidationError("--mapping goes with --time.") }
        if asIfAlways, terms.count != 1 { throw ValidationError("--as-if-always goes with one terms file.") }
        if let asKnownAt, Inputs.instant(asKnownAt) == nil {
            throw ValidationError(
                "\"\(asKnownAt)\" is no instant: write 2026-02-01 or 2026-02-01T09:30:00Z.")
        }
    }

    /// Reads, checks and puts together everything that is to be rated.
    ///
    /// - Parameters:
    ///   - now: the time of the call, after which no work can have been done.
    ///   - client: the one client that is asked about, if only one is.
    func read(now: Instant, _ progress: ProgressLine, client: String? = nil) throws -> Inputs {
        if usesDatabase {
            progress.now("Reading the database")
            let session = try Session(database)
            let instant = asKnownAt.flatMap(Inputs.instant)
            let inputs = try Inputs(session, client: client.map { ClientID($0) }, knownAt: instant)
            // With everybody there, a misspelt client can be told the nearest.
            return inputs.facts.clients.isEmpty ? try Inputs(session, client: nil, knownAt: instant) : inputs
        }
        var history = try Inputs.terms(terms, asIfAlways: asIfAlways)
        var facts = Facts()
        var problems: [Problem] = []
        if time != nil, mapping == nil {
            throw ValidationError("--time needs --mapping; `mainstay rate --time FILE --draft-mapping` drafts one.")
        }
        progress.now("Reading facts")
        for path in self.facts {
            do {
                let data = path == "-" ? try InputFile.readStandardInput() : try InputFile.read(path)
                facts.append(try FactsFile.read([UInt8](data), file: path, currency: history.currency))
            } catch {
                problems += error.all
            }
        }
        if self.facts.count > 1 { problems += facts.numberingProblems }
        guard problems.isEmpty else { throw Problems(problems) }
        var skipped: [Problem] = []
        var long = allowLong
        if let time, let mapping {
            progress.now("Reading time")
            let imported = try TimeSource(export: time, mapping: mapping).read(
                terms: history, known: facts, now: now, skipsBad: skipBad, allowsLong: allowLong)
            facts.append(imported.facts)
            skipped = imported.skipped
            long = long || imported.allowsLongEntries
        }
        progress.now("Checking")
        if let instant = asKnownAt.flatMap(Inputs.instant) {
            let moment = facts.moment(of: instant)
            facts = facts.known(before: moment)
            history = history.known(before: moment)
        }
        let found = FactsCheck(terms: history, now: now, allowsLongEntries: long).problems(in: facts)
        guard found.isEmpty else { throw Problems(found) }
        return Inputs(terms: history, facts: facts, skipped: skipped)
    }
}

/// What is to be rated.
struct Inputs {
    let terms: TermsHistory
    let facts: Facts
    /// Rows of the export that were left out.
    let skipped: [Problem]

    init(terms: TermsHistory, facts: Facts, skipped: [Problem]) {
        self.terms = terms
        self.facts = facts
        self.skipped = skipped
    }

    /// What the database has, of one client or of all, as known now or at an instant.
    init(_ session: Session, client: ClientID?, knownAt instant: Instant? = nil) throws {
        let all = try session.terms()
        (terms, facts) = try session.read { connection in
            let moment = try instant.map { try Ledger.moment(of: $0, connection) }
            let loader = FactLoader(connection, currency: all.currency, upTo: moment.map { $0.number - 1 })
            let facts = try client.map { try loader.all(of: $0) } ?? loader.all()
            return (moment.map { all.known(before: $0) } ?? all, facts)
        }
        skipped = []
    }

    static func terms(_ paths: [String], asIfAlways: Bool = false) throws -> TermsHistory {
        var versions: [Terms] = []
        var problems: [Problem] = []
        for path in paths {
            do {
                versions.append(try TermsFile.read([UInt8](InputFile.read(path)), file: path))
            } catch {
                problems += error.all
            }
        }
        guard problems.isEmpty else { throw Problems(problems) }
        if asIfAlways, let only = versions.first { return TermsHistory(always: only) }
        return try TermsHistory(versions)
    }

    /// A date, meaning its end in UTC, or an instant.
    static func instant(_ text: String) -> Instant? {
        if let date = CivilDate(text) { return Instant(seconds: (date.day + 1) * 86_400 - 1) }
        return Instant(text)
    }

    /// The client of that id, or a problem that names the nearest.
    func client(_ id: String) throws(Problems) -> ClientID {
        if facts.clients.contains(where: { $0.id.text == id }) { return ClientID(id) }
        throw Problems([
            Problem(
                "client \(id)", "there is no such client", fix: suggestion(for: id, among: facts.clients.map(\.id.text))
            )
        ])
    }
}
