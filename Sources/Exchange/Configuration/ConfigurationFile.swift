import Formats
package import Values

/// The program's configuration file: YAML with `database`, `user`, `anchors` and `backup_recipient`, or `server` and
/// `token`.
package enum ConfigurationFile {
    /// The settings of a file.
    ///
    /// - Throws: every problem, each with its line.
    package static func read(_ bytes: [UInt8], file: String) throws(Problems) -> [String: String] {
        let log = ProblemLog(file: file)
        var settings: [String: String] = [:]
        if let node = ConfigNode.document(bytes, log, subject: "configuration"), node.requireMapping() {
            node.allow("database", "user", "anchors", "backup_recipient", "server", "token")
            settings["database"] = node.child("database")?.text("sqlite:/srv/mainstay/agency.sqlite")
            settings["user"] = node.child("user")?.text("ada")
            settings["anchors"] = node.child("anchors")?.text("/mnt/elsewhere/anchors.txt")
            settings["backup_recipient"] = node.child("backup_recipient")?.text("age1…")
            settings["server"] = node.child("server")?.text("https://desk.example.com")
            settings["token"] = node.child("token")?.text("msty_…")
        }
        try log.throwIfAny()
        return settings
    }
}
