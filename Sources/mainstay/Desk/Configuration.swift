import Database
import Exchange
import Foundation
import Terminal

/// Where the database is and who asks: from the options, else the environment, else the configuration file.
struct Configuration {
    /// `sqlite:path` or `postgres://…`.
    var database: String
    /// The id of the member of staff who asks.
    var user: String
    /// The file that a server adds anchors to where nothing else names one; nil for none.
    var anchors: String?
    /// Whom backups are written for; nil where they are not sealed.
    var backupRecipient: String?
    /// The server to log time at; nil for the database.
    var server: String?
    /// The token for the server.
    private var token: String?
    /// The configuration file's token, and the server that it is for.
    private var fileToken: (server: String, token: String)?

    /// - Parameters:
    ///   - database: the option, where it was given.
    ///   - user: the option, where it was given.
    /// - Throws: what is wrong with the configuration file.
    init(database: String?, user: String?, environment: [String: String] = ProcessInfo.processInfo.environment)
        throws
    {
        let file = try Configuration.file(environment)
        self.database =
            database ?? environment["MAINSTAY_DATABASE"] ?? file["database"] ?? "sqlite:mainstay.sqlite"
        self.user = user ?? environment["MAINSTAY_USER"] ?? file["user"] ?? environment["USER"] ?? NSUserName()
        anchors = file["anchors"]
        backupRecipient = environment["MAINSTAY_BACKUP_RECIPIENT"] ?? file["backup_recipient"]
        // What is set for this shell goes before what is configured for all.
        server = environment["MAINSTAY_SERVER"] ?? (environment["MAINSTAY_DATABASE"] == nil ? file["server"] : nil)
        token = environment["MAINSTAY_TOKEN"]
        fileToken = file["server"].flatMap { name in file["token"].map { (name, $0) } }
    }

    /// The token for a server: that of the configuration file goes to the server named there alone.
    func token(for server: String) -> String? { token ?? (fileToken?.server == server ? fileToken?.token : nil) }

    /// The configuration file's path: MAINSTAY_CONFIG, else ~/.config/mainstay/config.yaml.
    private static func path(_ environment: [String: String]) -> (path: String, isGiven: Bool) {
        if let path = environment["MAINSTAY_CONFIG"] { return (path, true) }
        let base = environment["XDG_CONFIG_HOME"] ?? (environment["HOME"] ?? "") + "/.config"
        return (base + "/mainstay/config.yaml", false)
    }

    private static func file(_ environment: [String: String]) throws -> [String: String] {
        let (path, isGiven) = path(environment)
        guard isGiven || FileManager.default.fileExists(atPath: path) else { return [:] }
        let settings = try ConfigurationFile.read([UInt8](InputFile.read(path)), file: path)
        // A group may share it, as that of a service does.
        let isSecret = settings["token"] != nil || settings["database"].map(DatabaseOptions.hasPassword) ?? false
        if isSecret, let word = PrivateFile.close(path, keepsGroup: true) { remark(word) }
        return settings
    }
}
