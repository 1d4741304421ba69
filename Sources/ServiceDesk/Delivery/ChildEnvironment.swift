/// What programs that we start get of our environment: what any program needs. The rest is nobody else's: the address of the
/// database, tokens, keys.
package enum ChildEnvironment {
    private static let needed: Set<String> = [
        "PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "LD_LIBRARY_PATH",
    ]

    /// - Parameter ours: our own environment.
    package static func of(_ ours: [String: String]) -> [String: String] {
        let standard = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]
        return standard.merging(ours.filter { needed.contains($0.key) }) { $1 }
    }
}
