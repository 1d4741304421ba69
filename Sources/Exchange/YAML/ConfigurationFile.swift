package import Agreements

/// The program's configuration file: YAML with `database` and `user`.
package enum ConfigurationFile {
    /// The settings of a file.
    ///
    /// - Throws: every problem, each with its line.
    package static func read(_ bytes: [UInt8], file: String) throws(Problems) -> [String: String] {
        let log = ProblemLog(file: file)
        var settings: [String: String] = [:]
        if let node = ConfigNode.document(bytes, log, subject: "configuration"), node.requireMapping() {
            node.allow("database", "user")
            settings["database"] = node.child("database")?.text("sqlite:/srv/mainstay/agency.sqlite")
            settings["user"] = node.child("user")?.text("ada")
        }
        try log.throwIfAny()
        return settings
    }
}
