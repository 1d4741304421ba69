import ArgumentParser
import Database
import Foundation
import ServiceDesk
import Storage
import Terminal
import Values

/// `mainstay backup`.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write the whole database into one file, and read it again to be sure.",
        discussion: """
            Others may go on working meanwhile: it holds one moment. It holds how people
            sign in, too: seal it, for a key that `mainstay backup-key` makes and that is
            kept elsewhere.

            Example:

              mainstay backup agency-2026-11-23.jsonl
              mainstay backup --recipient age1… agency-2026-11-23.age
            """)

    @Argument(help: "The file to write.") var file: String
    @Option(
        help: ArgumentHelp(
            "Seal it for this key; else for MAINSTAY_BACKUP_RECIPIENT, else for that of the configuration file.",
            valueName: "age1…"))
    var recipient: String?
    @OptionGroup var options: DatabaseOptions

    func run() throws {
        // Before the database is open: to close a file that SQLite has open takes its locks away.
        for word in BackupFolder.close(of: file) { remark(word) }
        try refusing("Backing up") { progress in
            let session = try Session(options)
            guard session.actor.may(.owner) else {
                throw Refusal.notAllowed("\(session.actor.id) may not back up: it takes an owner")
            }
            let configured = try Configuration(database: options.database, user: options.user).backupRecipient
            let recipient = try (recipient ?? configured).map { try AgeRecipient(text: $0) }
            let (manifest, digest) = try Backup.write(
                session.desk.store, to: file, at: currentInstant(), for: recipient, random: randomBytes
            ) { progress.now($0) }
            noteBackup(session)
            progress.done()
            let how = recipient == nil ? "read again and whole" : "sealed, and read again byte by byte"
            put([
                "\(file): \(manifest.facts) facts and \(manifest.rows) other rows, \(how).",
                "To expect at a restore or a later check:", manifest.anchor, "Its SHA-256 is \(digest).",
            ])
        }
    }

    /// Whoever watches the server is told when the last one was made. Where nothing can be written, it is good all the same.
    private func noteBackup(_ session: Session) {
        let name = URL(fileURLWithPath: file).lastPathComponent
        try? session.desk.store.write { connection in
            try AuditTrail(connection).append(
                AuditLine(
                    id: 0, at: currentInstant(), actor: session.actor.id, operation: Backup.operation, client: "",
                    subject: name, facts: nil))
        }
    }
}

/// `mainstay backup-key`.
struct BackupKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup-key", abstract: "Make a key that backups are sealed for.",
        discussion: """
            The file opens every backup that is sealed for it: keep it, and a copy of it,
            away from the server. What is printed seals and opens nothing. Both are keys
            of age (age-encryption.org), which opens backups without mainstay.

            Example:

              mainstay backup-key backup-key.txt
            """)

    @Argument(help: "The file to write the secret key into.") var file: String

    func run() throws {
        try refusing("Making a key") { progress in
            let identity = try AgeIdentity(random: randomBytes(32))
            let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw Problems([
                    Problem(file, "it is there already, or cannot be written", fix: "give another name")
                ])
            }
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try handle.write(contentsOf: Data(identity.file(at: currentInstant()).utf8))
            try handle.synchronize()
            progress.done()
            put([identity.recipient.text])
        }
    }
}

/// `mainstay restore`.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Fill a new database from a backup, of either kind.",
        discussion: """
            A backup that is not whole, or in which tokens, webhooks or facts are that the
            audit trail in it does not know, is refused.

            With --verify nothing is kept: the backup is restored into a database beside it
            that is thrown away, and everything in it is checked as by `mainstay verify`.

            Example:

              mainstay restore agency-2026-11-23.jsonl --verify
              mainstay restore agency-2026-11-23.jsonl --database sqlite:new.sqlite
              mainstay restore agency-2026-11-23.age --identity backup-key.txt
            """)

    @Argument(help: "The backup.") var file: String
    @Flag(help: "Only check that it can be restored and is whole.") var verify = false
    @Option(help: ArgumentHelp("What opens it, where it is sealed.", valueName: "file")) var identity: String?
    @Option(
        help: ArgumentHelp("Where to unpack it with --verify; beside the backup if left out.", valueName: "folder"))
    var work: String?
    @OptionGroup var expected: ExpectedOptions
    @OptionGroup var options: DatabaseOptions

    func validate() throws {
        if work != nil, !verify { throw ValidationError("--work goes with --verify.") }
    }

    func run() throws {
        try refusing("Restoring") { progress in
            let identities = try identity.map { path in
                if let word = PrivateFile.close(path) { remark(word) }
                return try AgeIdentity.read(InputFile.read(path), file: path)
            }
            let anchors = try expected.known()
            if let word = PrivateFile.close(file) { remark(word) }
            if verify {
                try check(identities ?? [], anchors, progress)
                return
            }
            let configuration = try Configuration(database: options.database, user: options.user)
            let store = try Store(
                settingUp: Database.open(url: configuration.database, mayCreate: true, told: remark))
            let manifest = try Backup.restore(
                file: file, identities: identities ?? [], anchors: anchors, into: store
            ) { progress.now($0) }
            progress.done()
            put(["\(manifest.facts) facts and \(manifest.rows) other rows are restored, and the chain is whole."])
        }
    }

    private func check(_ identities: [AgeIdentity], _ anchors: [Anchor], _ progress: ProgressLine) throws {
        let folder = try WorkFolder(in: work ?? WorkFolder.folder(of: file))
        // It goes with its last use, and that is the end of this.
        defer { withExtendedLifetime(folder) {} }
        let store = try Store(settingUp: Database.open(url: "sqlite:\(folder.path)/restored.sqlite", mayCreate: true))
        let manifest = try Backup.restore(
            file: file, identities: identities, anchors: anchors, into: store
        ) { progress.now($0) }
        var verification = Verification(store)
        let report = try verification.run(anchors: anchors) { progress.now($0) }
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
