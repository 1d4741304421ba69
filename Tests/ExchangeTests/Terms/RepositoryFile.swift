import Foundation

/// A file of this package, found from the place of this source.
func repositoryFile(_ path: String) throws -> [UInt8] {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    return [UInt8](try Data(contentsOf: root.appending(path: path)))
}
