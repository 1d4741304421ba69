import Agreements
import ArgumentParser
import ServiceDesk

/// `mainstay verify`.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Prove that nothing recorded was changed and every figure follows from it.",
        discussion: """
            Checks the chain of hashes over all facts, rebuilds every closed month from
            what was known when it was closed, compares every snapshot with a rating from
            the first fact on, and counts every second once.

            Example:

              mainstay verify
            """)

    @OptionGroup var options: DeskOptions

    func run() throws {
        try refusing("Checking") { progress in
            let session = try Session(options)
            var verification = Verification(session.desk.store)
            let report = try verification.run { progress.now($0) }
            progress.done()
            put([
                "Facts       \(report.facts), the last with hash \(report.hash.prefix(16))…",
                "Closings    \(report.closings), rebuilt from what was known then",
                "Snapshots   \(report.snapshots), compared with a rating from the first fact on",
                "Statements  \(report.statements), with \(Hours(seconds: report.worked)) worked, each second counted once",
            ])
            guard report.faults.isEmpty else {
                for fault in report.faults { remark(fault) }
                remark("mainstay: the database is not whole; restore the last good backup.")
                throw ExitCode(1)
            }
            put(["Whole."])
        }
    }
}
