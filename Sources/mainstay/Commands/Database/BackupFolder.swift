import Database
import Foundation

/// The backups that lie beside one.
enum BackupFolder {
    private static let beginnings = ["{\"mainstay_backup\"", "age-encryption.org/v1"].map { Data($0.utf8) }

    /// Takes the rights of others away from backups that an earlier version or another hand left open, and says so.
    static func close(of file: String) -> [String] {
        let folder = WorkFolder.folder(of: file)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().map { "\(folder)/\($0)" }.filter(isBackup).compactMap { PrivateFile.close($0) }
    }

    private static func isBackup(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular,
            let handle = FileHandle(forReadingAtPath: path)
        else { return false }
        let start = (try? handle.read(upToCount: 32)) ?? Data()
        return beginnings.contains { start.starts(with: $0) }
    }
}
