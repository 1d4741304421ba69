import Agreements
import ArgumentParser
import Foundation

/// Runs a command; what is wrong with the input is listed on standard error, and the exit code is 1.
func refusing(_ doing: String, _ body: (Progress) throws -> Void) throws {
    let progress = Progress(doing)
    do {
        try body(progress)
        progress.done()
    } catch let problems as Problems {
        progress.done()
        let count = problems.all.count
        let shown = 200
        var text = problems.all.prefix(shown).map { printable("\($0)") }.joined(separator: "\n") + "\n"
        if count > shown { text += "… and \(count - shown) more.\n" }
        text += "mainstay: \(count == 1 ? "1 problem" : "\(count) problems"); nothing was done.\n"
        FileHandle.standardError.write(Data(text.utf8))
        throw ExitCode(1)
    } catch {
        progress.done()
        throw error
    }
}

/// Writes lines to standard output in one go.
func put(_ lines: [String]) {
    FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
}

/// Writes a line to standard error.
func remark(_ text: String) { FileHandle.standardError.write(Data((printable(text) + "\n").utf8)) }

/// The clock, read here and nowhere else.
func currentInstant() -> Instant { Instant(seconds: Int(Date().timeIntervalSince1970)) }
