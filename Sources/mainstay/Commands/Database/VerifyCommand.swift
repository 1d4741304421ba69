import ArgumentParser
import ServiceDesk
import Terminal
import Values

/// `mainstay verify`.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Prove that nothing recorded was changed and every figure follows from it.",
        discussion: """
            Checks the chain of hashes over all facts and the audit trail, holds the two,
            tokens, webhooks and sessions against each other, rebuilds every closed month
            from what was known when it was closed, compares every snapshot with a rating
            from the first fact on, and counts every second once.

            Whoever can write the database can make its hashes anew. That shows where you
            know how far it went before: by what an earlier verify or backup printed, or by
            the anchors that `mainstay serve --anchors` wrote and you kept elsewhere.

            Example:

              mainstay verify
              mainstay verify --anchors /mnt/elsewhere/anchors.txt
            """)

    @OptionGroup var expected: ExpectedOptions
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        try refusing("Checking") { progress in
            let anchors = try expected.known()
            let session = try Session(options)
            var verification = Verification(session.desk.store)
            let report = try verification.run(anchors: anchors) { progress.now($0) }
            progress.done()
            put([
                "Facts       \(report.facts), the last with hash \(report.hash.prefix(16))…",
                "Closings    \(report.closings), rebuilt from what was known then",
                "Snapshots   \(report.snapshots), compared with a rating from the first fact on",
                "Statements  \(report.statements), with \(Hours(seconds: report.worked)) worked, each second counted once",
            ])
            if report.anchors > 0 { put(["Anchors     \(report.anchors), each held against the records"]) }
            if report.unstated > 0 {
                put([
                    "Accounts    \(report.unstated) and webhooks were last changed by an earlier version: of these the audit trail",
                    "            does not know the address, password, second factor or secret",
                ])
            }
            guard report.faults.isEmpty else {
                for fault in report.faults { remark(fault) }
                remark("mainstay: the database is not whole; restore the last good backup.")
                throw ExitCode(1)
            }
            if !report.anchor.isEmpty { put(["To expect at a later check:", report.anchor]) }
            put(["Whole."])
        }
    }
}

/// The options that say how far the records went before.
struct ExpectedOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What an earlier verify or backup printed: the last fact and line of the audit trail, each with its hash.",
            valueName: "seq:hash"))
    var expect: String?
    @Option(help: ArgumentHelp("What `mainstay serve --anchors` wrote.", valueName: "file")) var anchors: String?

    /// - Throws: `Problems` with what is no anchor.
    func known() throws -> [Anchor] {
        let kept = try anchors.map { try AnchorFile.read(InputFile.read($0), file: $0) } ?? []
        return try kept + (expect.map { [try Anchor(expected: $0)] } ?? [])
    }
}
