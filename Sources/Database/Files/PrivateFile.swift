import Foundation

/// Files that are for their owner alone: the database, backups, keys.
package enum PrivateFile {
    /// Takes the rights of others away from a file that is there. What is asked of the system is its mode alone: a file of
    /// SQLite's must not be opened and closed beside it, or its locks are gone. A symbolic link is not followed: whoever may
    /// put one there must not choose a file of ours whose mode is changed. Where it leads to an open file, its owner is told.
    ///
    /// - Parameter keepsGroup: whether the file's group may go on reading it, as that of a certificate's key often does.
    /// - Returns: a word on what was done, or what its owner is to do; nil where nothing was wrong.
    package static func close(_ path: String, keepsGroup: Bool = false) -> String? {
        var found = stat()
        guard lstat(path, &found) == 0 else { return nil }
        let isLink = found.st_mode & S_IFMT == S_IFLNK
        guard !isLink || stat(path, &found) == 0, found.st_mode & S_IFMT == S_IFREG else { return nil }
        let others: mode_t = keepsGroup ? 0o007 : 0o077
        guard found.st_mode & others != 0 else { return nil }
        let open = String(found.st_mode & 0o777, radix: 8)
        let closed = found.st_mode & 0o7777 & ~others
        guard !isLink, fchmodat(AT_FDCWD, path, closed, AT_SYMLINK_NOFOLLOW) == 0 else {
            let link = isLink ? ", which is a symbolic link," : ""
            return
                "\(path)\(link) is open to others (mode \(open)): its owner should run chmod \(String(closed, radix: 8)) \(path)"
        }
        return "\(path) was open to others (mode \(open)); now it is its owner's alone"
    }

    /// A word on a folder in which others could put another file in place of ours; nil where they cannot.
    package static func word(onFolderOf path: String) -> String? {
        let folder = WorkFolder.folder(of: path)
        var found = stat()
        // With the sticky bit, as /tmp has it, nobody can rename what is another's.
        guard stat(folder, &found) == 0, found.st_mode & 0o002 != 0, found.st_mode & S_ISVTX == 0 else { return nil }
        return "others can put files of theirs into the folder \(folder): its owner should run chmod o-w \(folder)"
    }
}
