package import Foundation
package import Values

/// Reads a whole file, or says in plain words why not.
package enum InputFile {
    /// The largest file read.
    package static let limit = 4 << 30

    package static func read(_ path: String) throws(Problems) -> Data {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Problems([Problem(path, "there is no such file", fix: "check the path")])
        }
        if isFolder.boolValue {
            throw Problems([Problem(path, "it is a folder", fix: "give a file in it")])
        }
        do {
            // Mapped, so that a file far larger than memory is refused by its reader, not by the system.
            return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw Problems([Problem(path, "it cannot be read", fix: "check that you may read it")])
        }
    }

    /// Reads standard input to its end.
    package static func readStandardInput() throws(Problems) -> Data {
        do {
            return try FileHandle.standardInput.readToEnd() ?? Data()
        } catch {
            throw Problems([Problem("-", "standard input cannot be read", fix: "pipe a file into it, or name one")])
        }
    }
}
