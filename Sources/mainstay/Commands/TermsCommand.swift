import Agreements
import ArgumentParser
import ServiceDesk
import Terminal
import Values
import Wording

/// `mainstay terms`: check, show and compare versions of the terms.
struct TermsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terms", abstract: "Check, show and compare versions of the terms.",
        subcommands: [Check.self, Show.self, Diff.self, Add.self])

    /// `mainstay terms add`.
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a version of the terms to the database.",
            discussion: "Example:\n\n  mainstay terms add examples/terms/current.yaml")

        @Argument(help: ArgumentHelp("A terms file.", valueName: "file"))
        var file: String

        @OptionGroup var options: DeskOptions

        func run() throws {
            try atDesk(options) { session in
                let yaml = String(decoding: try InputFile.read(file), as: UTF8.self)
                let added = try session.perform(AddTerms(yaml: yaml, file: file))
                return ["The terms of \(added.id) are added."]
            }
        }
    }

    /// `mainstay terms check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find everything that is wrong with terms files, in one go.",
            discussion: """
                Example:

                  mainstay terms check examples/terms/*.yaml
                """)

        @Argument(help: ArgumentHelp("Terms files, one for each version.", valueName: "file"))
        var files: [String]

        func run() throws {
            try refusing("Checking") { progress in
                let history = try Inputs.terms(files)
                progress.done()
                put(
                    history.versions.map {
                        "\($0.effective)  \($0.name): \($0.plans.count) plans, \($0.workTypes.count) work types. Good."
                    })
            }
        }
    }

    /// `mainstay terms show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell the terms in plain language, with examples computed as they are printed.",
            discussion: """
                Example:

                  mainstay terms show examples/terms/current.yaml
                """)

        @Argument(help: ArgumentHelp("Terms files; of several versions the one in force is shown.", valueName: "file"))
        var files: [String]

        @Option(help: ArgumentHelp("The version in force on this date; the latest if left out.", valueName: "date"))
        var on: String?

        func validate() throws {
            if let on, CivilDate(on) == nil { throw ValidationError("\"\(on)\" is no date: write 2026-09-15.") }
        }

        func run() throws {
            try refusing("Reading") { progress in
                let history = try Inputs.terms(files)
                let date = on.flatMap { CivilDate($0) }
                guard let terms = date.map({ history.inForce(on: $0) }) ?? history.latest else {
                    throw Problems([
                        Problem(
                            "terms", "no version is in force on \(on ?? "")",
                            fix: "the first is effective on \(history.versions[0].effective)")
                    ])
                }
                progress.done()
                put(lines(terms))
            }
        }

        private func lines(_ terms: Terms) -> [String] {
            var lines = wrap("\(printable(terms.name)), from \(terms.effective.written)", width: 80)
            lines.append(String(repeating: "=", count: 80))
            for answer in TermsInPlainLanguage(terms).answers {
                lines += [""] + wrap(printable(answer.question), width: 80)
                for sentence in answer.sentences {
                    lines += wrap(printable(sentence), width: 76).map { "  \($0)" }
                }
                for sentence in answer.example {
                    let wrapped = wrap("Example: " + printable(sentence), width: 74)
                    lines += wrapped.map { "  > \($0)" }
                }
            }
            return lines
        }
    }

    /// `mainstay terms diff`.
    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what a new version changes for a client.",
            discussion: """
                Example:

                  mainstay terms diff examples/terms/2012-08-20.yaml examples/terms/current.yaml
                """)

        @Argument(help: ArgumentHelp("The version before.", valueName: "old"))
        var old: String

        @Argument(help: ArgumentHelp("The version after.", valueName: "new"))
        var new: String

        func run() throws {
            try refusing("Reading") { progress in
                // Read as one history, so that two versions on one date are refused here too.
                _ = try Inputs.terms([old, new])
                let difference = TermsDifference(
                    from: try Inputs.terms([old]).latest, to: try Inputs.terms([new]).latest)
                progress.done()
                var lines: [String] = []
                for change in difference.changes {
                    let wrapped = wrap(printable(change.sentence), width: 78)
                    lines += wrapped.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 }
                }
                put(lines.isEmpty ? ["Nothing changes for a client."] : lines)
            }
        }
    }
}
