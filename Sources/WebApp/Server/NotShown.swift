import Database
import ServiceDesk
import SiteKit
import Values

/// What somebody sent was saved, all of it or a part; what came of it cannot be shown.
struct NotShown: Error {
    /// Whether all of it was saved.
    let isComplete: Bool
    /// Why it cannot be shown.
    let cause: any Error

    /// Does what somebody asked for. Where it fails after something was saved, the error says so.
    ///
    /// - Throws: what the body throws, or ``NotShown`` in place of an error of the database or of ours.
    static func telling<Value>(_ body: () throws -> Value) throws -> Value {
        let work = SavedWork()
        do {
            return try SavedWork.$current.withValue(work, operation: body)
        } catch {
            guard work.share != .nothing, isOurs(error) else { throw error }
            throw NotShown(isComplete: work.share == .everything, cause: error)
        }
    }

    /// Whether an error is not the answer to what somebody sent.
    private static func isOurs(_ error: any Error) -> Bool {
        switch error {
        case is Problems, is Refusal, is PageError, is APIProblem, StorageError.commitUnknown: false
        default: true
        }
    }
}
