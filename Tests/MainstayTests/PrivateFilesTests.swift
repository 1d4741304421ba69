import Foundation
import Glibc
import Testing

/// The program run as somebody runs it whose umask leaves files open to everybody.
@Suite("What the program writes is for its user alone")
struct PrivateFilesTests {
    private let files: Files
    private var folder: URL { files.folder }

    init() throws { files = try Files() }

    private func mode(_ name: String) throws -> String {
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.appending(path: name).path)
        return String((attributes[.posixPermissions] as? Int ?? 0), radix: 8)
    }

    private func open(_ name: String, _ mode: Int = 0o644) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: folder.appending(path: name).path)
    }

    private func run(_ arguments: String...) throws -> Program.Run { try run(arguments) }

    private func done(_ arguments: String...) throws -> Program.Run {
        let run = try run(arguments)
        #expect(run.exitCode == 0, "\(arguments): \(run.errors)")
        return run
    }

    private func run(_ arguments: [String]) throws -> Program.Run {
        try Program.run(
            arguments,
            environment: [
                "MAINSTAY_DATABASE": "sqlite:\(folder.path)/desk.sqlite", "MAINSTAY_USER": "ada",
                "TMPDIR": folder.appending(path: "tmp").path,
            ], umask: "000")
    }

    private func setUp() throws {
        try FileManager.default.createDirectory(
            at: folder.appending(path: "tmp"), withIntermediateDirectories: true)
        _ = try done("setup", "--name", "Ada Park")
        _ = try done("terms", "add", Program.root.appending(path: "examples/terms/current.yaml").path)
    }

    @Test("A database, a backup and a key are of mode 600, whatever the umask")
    func made() throws {
        try setUp()
        let key = try done("backup-key", folder.appending(path: "key.txt").path).output
        _ = try done("backup", folder.appending(path: "a.jsonl").path)
        _ = try done(
            "backup", folder.appending(path: "a.age").path, "--recipient",
            key.trimmingCharacters(in: .whitespacesAndNewlines))
        for name in ["desk.sqlite", "a.jsonl", "a.age", "key.txt"] { #expect(try mode(name) == "600", "\(name)") }
        // Nothing is left beside them, or elsewhere.
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(
            Set(left).subtracting(["desk.sqlite-wal", "desk.sqlite-shm"]) == [
                "a.age", "a.jsonl", "desk.sqlite", "key.txt", "tmp",
            ])
        let restored = try done(
            "restore", folder.appending(path: "a.age").path, "--identity", folder.appending(path: "key.txt").path,
            "--verify")
        #expect(restored.output.contains("Whole."))
        #expect(try run("backup-key", folder.appending(path: "key.txt").path).exitCode == 1)
        _ = try done(
            "restore", folder.appending(path: "a.jsonl").path, "--database", "sqlite:\(folder.path)/copy.sqlite")
        #expect(try mode("copy.sqlite") == "600")
    }

    @Test("A symbolic link is not followed: what it leads to keeps its mode, and its owner is told")
    func links() throws {
        try setUp()
        try open("desk.sqlite")
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "link.sqlite"), withDestinationURL: folder.appending(path: "desk.sqlite"))
        let words = try done(
            "audit", "--database", "sqlite:\(folder.path)/link.sqlite"
        ).errors
        #expect(words.contains("link.sqlite, which is a symbolic link, is open to others (mode 644)"), "\(words)")
        #expect(try mode("desk.sqlite") == "644")
    }

    @Test("What an earlier version left open is closed, with a word")
    func repaired() throws {
        try setUp()
        _ = try done("backup", folder.appending(path: "old.jsonl").path)
        try open("desk.sqlite")
        try open("old.jsonl", 0o664)
        let words = try done("backup", folder.appending(path: "new.jsonl").path).errors
        #expect(words.contains("desk.sqlite was open to others (mode 644)"))
        #expect(words.contains("old.jsonl was open to others (mode 664)"))
        for name in ["desk.sqlite", "old.jsonl"] { #expect(try mode(name) == "600", "\(name)") }
        try open("new.jsonl")
        #expect(
            try done("restore", folder.appending(path: "new.jsonl").path, "--verify").errors.contains(
                "was open to others"))
        #expect(try mode("new.jsonl") == "600")
        // Nothing more is said once it is so.
        #expect(try done("verify").errors.isEmpty)
        // A configuration with a token may be shared with a group, and with nobody else.
        let config = try files.write("config.yaml", "server: https://desk.example.com\ntoken: msty_x\n")
        try open("config.yaml", 0o664)
        let run = try Program.run(["client", "list"], environment: ["MAINSTAY_CONFIG": config], umask: "000")
        #expect(run.errors.contains("config.yaml was open to others"))
        #expect(try mode("config.yaml") == "660")
    }

    @Test("What a backup is restored into to be checked lies beside it, and goes; what a kill left goes with the next")
    func work() throws {
        try setUp()
        _ = try done("backup", folder.appending(path: "a.jsonl").path)
        // A work folder of a program that is gone, and one of a program that works.
        let (gone, kept) = (
            folder.appending(path: ".mainstay-work-gone"), folder.appending(path: ".mainstay-work-kept")
        )
        for left in [gone, kept] {
            try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
            try Data("secret".utf8).write(to: left.appending(path: "restored.sqlite"))
        }
        let descriptor = Glibc.open(kept.path, O_RDONLY | O_DIRECTORY)
        #expect(flock(descriptor, LOCK_EX) == 0)
        defer { close(descriptor) }
        #expect(try done("restore", folder.appending(path: "a.jsonl").path, "--verify").output.contains("Whole."))
        #expect(!FileManager.default.fileExists(atPath: gone.path))
        #expect(FileManager.default.fileExists(atPath: kept.path))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.filter { $0.hasPrefix(".mainstay-work") } == [".mainstay-work-kept"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "tmp").path).isEmpty)
        // Elsewhere, where that is wanted.
        _ = try done(
            "restore", folder.appending(path: "a.jsonl").path, "--verify", "--work", folder.appending(path: "tmp").path)
    }

    @Test("verify and restore hold the records against what is expected of them")
    func expected() throws {
        try setUp()
        let printed = try done("verify").output.split(separator: "\n").map(String.init)
        let anchor = try #require(printed.firstIndex { $0.hasPrefix("To expect") }.map { printed[$0 + 1] })
        #expect(try done("verify", "--expect", anchor).output.hasSuffix("Whole.\n"))
        let backup = folder.appending(path: "a.jsonl").path
        #expect(try done("backup", backup).output.contains(anchor))
        _ = try done("restore", backup, "--verify", "--expect", anchor)
        _ = try done("client", "add", "acme", "--name", "Acme", "--zone", "UTC")
        #expect(try done("verify", "--expect", anchor).output.hasSuffix("Whole.\n"))
        let later = try done("verify").output.split(separator: "\n").map(String.init)
        let newer = try #require(later.firstIndex { $0.hasPrefix("To expect") }.map { later[$0 + 1] })
        let older = try run("restore", backup, "--verify", "--expect", newer)
        #expect(older.exitCode == 1)
        #expect(older.errors.contains("the last were deleted"))
        #expect(try run("verify", "--expect", "57").exitCode == 1)
    }
}
