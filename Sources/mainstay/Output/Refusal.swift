import ArgumentParser
import Database
import Formats
import Foundation
import ServiceDesk
import Terminal
import Values

/// Runs a command; what is wrong with the input is listed on standard error, and the exit code is 1.
func refusing(_ doing: String, _ body: (ProgressLine) throws -> Void) throws {
    let progress = ProgressLine(doing)
    let work = SavedWork()
    do {
        try SavedWork.$current.withValue(work) { try body(progress) }
        progress.done()
    } catch let problems as Problems {
        progress.done()
        let count = problems.all.count
        let shown = 200
        var text = problems.all.prefix(shown).map { printable("\($0)") }.joined(separator: "\n") + "\n"
        if count > shown { text += "… and \(count - shown) more.\n" }
        text += "mainstay: \(count == 1 ? "1 problem" : "\(count) problems"); \(work.share.words).\n"
        tell(text)
        throw ExitCode(1)
    } catch let refusal as Refusal {
        progress.done()
        remark("mainstay: \(refusal). \(work.share.sentence)")
        throw ExitCode(1)
    } catch let error as StorageError {
        progress.done()
        try refuse(error, work.share)
    } catch {
        progress.done()
        throw error
    }
}

/// Tells what is wrong with the database. What is our fault, not the person's, has a number and no detail, which goes to
/// those who ask for it by MAINSTAY_DEBUG.
private func refuse(_ error: StorageError, _ saved: SavedWork.Share) throws -> Never {
    switch error {
    case .internalFault:
        let id = Hex.text(randomBytes(4))
        remark("mainstay: internal error \(id). \(saved.sentence) MAINSTAY_DEBUG=1 shows more.")
        if ProcessInfo.processInfo.environment["MAINSTAY_DEBUG"] != nil { remark("\(id): \(error)") }
    case .commitUnknown where saved == .nothing: remark("mainstay: \(error).")
    default: remark("mainstay: \(error). \(saved.sentence)")
    }
    throw ExitCode(1)
}

extension SavedWork.Share {
    /// How much was saved, to end a sentence.
    fileprivate var words: String {
        switch self {
        case .nothing: "nothing was done"
        case .part: "a part of it was saved, the rest was not"
        case .everything: "it was saved; only showing the result failed"
        }
    }

    /// The same as a sentence.
    fileprivate var sentence: String { words.prefix(1).uppercased() + words.dropFirst() + "." }
}
