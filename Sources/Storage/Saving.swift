import Synchronization

/// Whether what is written can be saved, as the last tries have it. Whoever reads is told by it and kept from nothing.
package final class Saving: Sendable {
    private let words = Mutex<String?>(nil)

    /// Why nothing can be saved now, in words for staff; nil where it can, as far as is known.
    package var trouble: String? { words.withLock { $0 } }

    /// Something was saved. A transaction that had nothing to write tells nothing.
    func succeeded() { words.withLock { $0 = nil } }

    /// Something was not saved. Not every error tells whether others would be.
    func failed(_ error: any Error) {
        guard let why = (error as? StorageError)?.whyNothingIsSaved else { return }
        words.withLock { $0 = why }
    }
}

extension Store {
    /// Tries to save something small, which is taken away again by the next try: what it comes to is in ``saving``.
    ///
    /// - Throws: ``StorageError``.
    package func trySaving(at second: Int) throws {
        try write { connection in
            try connection.run("DELETE FROM throttle WHERE subject = $1", [.text("saving")])
            try connection.run(
                "INSERT INTO throttle (subject, failures, at) VALUES ($1, 0, $2)", [.text("saving"), .integer(second)])
        }
        saving.succeeded()
    }
}
