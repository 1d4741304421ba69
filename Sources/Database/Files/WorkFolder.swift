import Foundation
import Values

/// A folder for what is not finished, beside where the result goes and for its owner alone. It goes when the work is over;
/// where the program was killed, with the next work beside it.
package final class WorkFolder {
    /// Where it is.
    package let path: String
    /// Open and locked as long as somebody works in it: the system lets go of it when they end, however that is.
    private let descriptor: Int32

    private static let prefix = ".mainstay-work-"

    /// Makes one in a folder, and removes those there whose makers are gone.
    ///
    /// - Throws: `Problems` where the folder cannot be written.
    package init(in folder: String) throws {
        WorkFolder.removeLeft(in: folder)
        for _ in 0..<100 {
            let path = folder + "/" + WorkFolder.prefix + UUID().uuidString.lowercased()
            guard mkdir(path, 0o700) == 0 else { break }
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            // Somebody who looks for what was left may have been faster than the lock: then another is made.
            if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0, access(path, F_OK) == 0 {
                self.path = path
                self.descriptor = descriptor
                return
            }
            if descriptor >= 0 { Glibc.close(descriptor) }
        }
        throw Problems([Problem(folder, "nothing can be written there", fix: "choose a folder that you may write")])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        Glibc.close(descriptor)
    }

    /// The folder that a file is in.
    package static func folder(of file: String) -> String {
        URL(fileURLWithPath: file).deletingLastPathComponent().path
    }

    /// Removes what killed programs left in a folder.
    package static func removeLeft(in folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(prefix) {
            let path = folder + "/" + name
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { Glibc.close(descriptor) }
            var found = stat()
            // Nobody else's, and nobody's who still works in it.
            guard fstat(descriptor, &found) == 0, found.st_uid == geteuid(), flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}
