import Foundation
import Testing

@testable import Terminal

/// The program as its users run it: a process with arguments, output and an exit code.
enum Program {
    struct Run {
        var exitCode: Int32
        var output: String
        var errors: String
    }

    /// The package's folder.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The program lies beside the test bundle.
    private static let executable = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "mainstay")

    /// - Parameter umask: that of whoever runs it; that of the tests if left out.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], into full: String? = nil, umask: String? = nil
    ) throws -> Run {
        let process = Process()
        process.executableURL = umask == nil ? executable : URL(filePath: "/bin/sh")
        process.arguments =
            umask.map { ["-c", "umask \($0); exec \"$0\" \"$@\"", executable.path] + arguments } ?? arguments
        process.currentDirectoryURL = root
        // Nothing of who runs the tests: no configuration, no database of theirs.
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("MAINSTAY_") }
        process.environment = inherited.merging(["HOME": "/nonexistent"]) { $1 }.merging(environment) { $1 }
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files, not pipes: a pipe that nobody empties would stop the program.
        let output = folder.appending(path: "output")
        let errors = folder.appending(path: "errors")
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: full.map { URL(filePath: $0) } ?? output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Run(
            exitCode: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }

    /// A folder of its own for a test's files.
    static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mainstay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    static let allTerms = ["2009-11-06", "2012-08-20", "current"].map { "examples/terms/\($0).yaml" }
    static let agency = ["--terms"] + allTerms + ["--facts", "examples/agency/facts.jsonl"]
}

/// A folder with files that a test writes, removed when the test is over.
final class Files {
    let folder: URL

    init() throws { folder = try Program.folder() }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Data(text.utf8)) }

    @discardableResult
    func write(_ name: String, _ data: Data) throws -> String {
        let file = folder.appending(path: name)
        try data.write(to: file)
        return file.path
    }
}
