import Foundation

/// Writes lines to standard output in one go.
package func put(_ lines: [String]) { write(lines.joined(separator: "\n") + "\n") }

/// Writes text to standard output. Where that cannot be written, the program says so and ends: what was asked for is not
/// there.
package func write(_ text: String) {
    do {
        try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
        remark("\(ProcessInfo.processInfo.processName): the output cannot be written; is the disk full?")
        exit(1)
    }
}

/// Writes a line to standard error.
package func remark(_ text: String) { tell(printable(text) + "\n") }

/// Writes to standard error; where even that cannot be written, nobody is there to be told.
package func tell(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
