import Agreements
import ArgumentParser
import Foundation
import ServiceDesk
import Storage

/// `mainstay backup`.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write the whole database into one file, and read it again to be sure.",
        discussion: """
            Others may go on working meanwhile: it holds one moment.

            Example:

              mainstay backup agency-2026-11-23.jsonl
            """)

    @Argument(help: "The file to write.") var file: String
    @OptionGroup var options: DeskOptions

    func run() throws {
        try atDesk(options, "Backing up") { session in
            guard session.actor.may(.owner) else {
                throw Refusal.notAllowed("\(session.actor.id) may not back up: it takes an owner")
            }
            let manifest = try Backup.write(session.desk.store, to: file, at: currentInstant())
            return [
                "\(file): \(manifest.facts) facts and \(manifest.rows) other rows, read again and whole.",
                "The last fact's hash is \(manifest.hash).",
            ]
        }
    }
}

/// `mainstay restore`.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Fill a new database from a backup, of either kind.",
        discussion: """
            With --verify nothing is kept: the backup is restored into a database that is
            thrown away, and everything in it is checked as by `mainstay verify`.

            Example:

              mainstay restore agency-2026-11-23.jsonl --verify
              mainstay restore agency-2026-11-23.jsonl --database sqlite:new.sqlite
            """)

    @Argument(help: "The backup.") var file: String
    @Flag(help: "Only check that it can be restored and is whole.") var verify = false
    @OptionGroup var options: DeskOptions

    func run() throws {
        try refusing("Restoring") { progress in
            let data = try InputFile.read(file)
            if verify {
                try check(data, progress)
                return
            }
            let configuration = try Configuration(database: options.database, user: options.user)
            let store = try Store(settingUp: Database.open(url: configuration.database, mayCreate: true))
            let manifest = try Backup.restore(data, file: file, into: store)
            progress.done()
            put(["\(manifest.facts) facts and \(manifest.rows) other rows are restored, and the chain is whole."])
        }
    }

    private func check(_ data: Data, _ progress: Progress) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mainstay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("restored.sqlite").path
        let store = try Store(settingUp: Database.open(url: "sqlite:\(path)", mayCreate: true))
        let manifest = try Backup.restore(data, file: file, into: store)
        var verification = Verification(store)
        let report = try verification.run { progress.now($0) }
        progress.done()
        guard report.faults.isEmpty else {
            for fault in report.faults { remark(fault) }
            remark("mainstay: the backup is not whole.")
            throw ExitCode(1)
        }
        put([
            "\(file): \(manifest.facts) facts, \(report.closings) closings, \(report.statements) statements. Whole."
        ])
    }
}
