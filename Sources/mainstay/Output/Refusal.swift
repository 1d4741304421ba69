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
        text += "mainstay: \(count == 1 ? "1 problem" : "\(count) problems"); nothing was done.\n"
        tell(text)
        throw ExitCode(1)
    } catch let refusal as Refusal {
        progress.done()
        remark("mainstay: \(refusal). Nothing was done.")
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
    switch saved {
    case .nothing: break
    case .part: remark("mainstay: a part of it was saved; the rest failed.")
    case .everything: remark("mainstay: it was saved; what failed came after that.")
    }
    if case .internalFault = error {
        let id = Hex.text(randomBytes(4))
        let nothing = saved == .nothing ? "Nothing was done. " : ""
        remark("mainstay: internal error \(id). \(nothing)MAINSTAY_DEBUG=1 shows more.")
        if ProcessInfo.processInfo.environment["MAINSTAY_DEBUG"] != nil { remark("\(id): \(error)") }
    } else {
        remark("mainstay: \(error).")
    }
    throw ExitCode(1)
}
