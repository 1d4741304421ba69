import Synchronization
package import Values

/// Files that were looked at and not yet taken over: kept in memory for an hour, for whoever sent them and for nobody else. A
/// server that starts anew has forgotten them, and another one never knew them: they are asked for again.
package final class Staging: Sendable {
    /// A file.
    package struct File: Sendable {
        package var name: String
        package var bytes: [UInt8]
    }

    private struct Kept {
        var user: String
        var at: Instant
        var files: [File]
        var size: Int
    }

    private static let lifetime = Hours(1)
    private static let mostBytes = 256 << 20

    private let random: @Sendable (Int) -> [UInt8]
    private let kept = Mutex<[String: Kept]>([:])

    package init(random: @escaping @Sendable (Int) -> [UInt8]) { self.random = random }

    /// Keeps files and gives the name to find them by. The oldest give way where there are too many.
    package func keep(_ files: [(name: String, bytes: [UInt8])], of user: String, at now: Instant) throws -> String {
        let id = Secret.text(random(16))
        let size = files.reduce(0) { $0 + $1.bytes.count }
        kept.withLock { kept in
            kept = kept.filter { now - $0.value.at < Staging.lifetime }
            while kept.values.reduce(size, { $0 + $1.size }) > Staging.mostBytes,
                let oldest = kept.min(by: { $0.value.at < $1.value.at })?.key
            {
                kept[oldest] = nil
            }
            kept[id] = Kept(user: user, at: now, files: files.map { File(name: $0.name, bytes: $0.bytes) }, size: size)
        }
        return id
    }

    /// The files of that name, if they are this person's and still there.
    package func files(_ id: String, of user: String, at now: Instant) -> [File]? {
        kept.withLock { kept in
            guard let found = kept[id], found.user == user, now - found.at < Staging.lifetime else { return nil }
            return found.files
        }
    }

    /// Forgets them.
    package func drop(_ id: String, of user: String) {
        kept.withLock { kept in if kept[id]?.user == user { kept[id] = nil } }
    }
}
