import Synchronization

/// Whether what is written can be saved, as the last tries have it. Whoever reads is told by it and kept from nothing.
package final class Saving: Sendable {
    private let words = Mutex<String?>(nil)

    package init() {}

    /// Why nothing can be saved now, in words for staff; nil where it can, as far as is known.
    package var trouble: String? { words.withLock { $0 } }

    /// Something was saved. A transaction that had nothing to write tells nothing.
    package func succeeded() { words.withLock { $0 = nil } }

    /// Something was not saved. Not every error tells whether others would be.
    package func failed(_ error: any Error) {
        guard let why = (error as? StorageError)?.whyNothingIsSaved else { return }
        words.withLock { $0 = why }
    }
}
