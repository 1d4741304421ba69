import Agreements
import ArgumentParser
import Database
import Foundation
import Rating
import ServiceDesk
import Storage
import Terminal
import Values
import Wording

/// The options that say which database, and who asks.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "sqlite:PATH or postgres://HOST/NAME; else MAINSTAY_DATABASE, else the configuration file.",
            valueName: "url"))
    var database: String?

    @Option(help: ArgumentHelp("Who asks; else MAINSTAY_USER, else the configuration file.", valueName: "id"))
    var user: String?

    func validate() throws { try DatabaseOptions.checkDatabase(database) }

    /// Throws where an address that was given as an argument has a password.
    static func checkDatabase(_ url: String?) throws {
        guard let url, hasPassword(url) else { return }
        throw ValidationError(
            "A password in an argument can be seen by others: put the address into MAINSTAY_DATABASE or the "
                + "configuration file.")
    }

    static func hasPassword(_ url: String) -> Bool {
        guard let slashes = url.firstRange(of: "://") else { return url.contains("password=") }
        let rest = url[slashes.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return url.contains("password=") }
        return authority[..<at].contains(":") || url.contains("password=")
    }
}

/// The same, of commands that do something once under a key. Only those offer it.
struct DeskOptions: ParsableArguments {
    @OptionGroup var place: DatabaseOptions

    @Option(
        help: ArgumentHelp(
            "Names this request: the same again does nothing and gives the first answer.", valueName: "key"))
    var key: String?

    func validate() throws {
        if let key, key.isEmpty || key.utf8.count > 200 {
            throw ValidationError("--key is 1 to 200 bytes long.")
        }
    }
}

/// The service desk on the database that is configured.
func openDesk(_ configuration: Configuration) throws -> ServiceDesk {
    let store = try Store(opening: Database.open(url: configuration.database, mayCreate: false, told: remark))
    return ServiceDesk(store: store, clock: { currentInstant() }, random: randomBytes)
}

/// A service desk with somebody before it.
struct Session {
    let desk: ServiceDesk
    let actor: Actor
    private let key: String?

    init(_ options: DeskOptions) throws { try self.init(options.place, key: options.key) }

    init(_ options: DatabaseOptions, key: String? = nil) throws {
        let configuration = try Configuration(database: options.database, user: options.user)
        desk = try openDesk(configuration)
        actor = try desk.store.read { try People($0).actor(configuration.user) }
        self.key = key
    }

    /// Does an operation, as whoever asks.
    ///
    /// - Parameter part: which part of the request it is, where the key stands for several.
    func perform<Asked: DeskOperation>(_ operation: Asked, part: String? = nil) throws -> Asked.Answer {
        try desk.perform(operation, by: actor, key: key.map { key in part.map { "\(key)/\($0)" } ?? key })
    }

    /// How a one-time link is asked for; nil where no key was given.
    var linkAsked: LinkAsked? { key.map { LinkAsked(key: $0) } }

    /// Reads one state of the database.
    func read<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value { try desk.store.read(body) }

    /// The versions of the terms.
    func terms() throws -> TermsHistory { try desk.store.read { try desk.store.terms($0) } }
}

extension Session {
    /// What stands for a client.
    ///
    /// - Throws: a problem where there is no such client.
    func standing(of client: ClientID) throws -> Facts {
        try desk.preview(by: actor) { try $0.standing(of: client) }
    }

    /// The date where a client is.
    func today(of client: ClientID) throws -> CivilDate {
        try desk.preview(by: actor) { try $0.today(of: client, $0.standing(of: client)) }
    }

    /// A client's statement of a month, as it comes to now; nil where nothing was agreed or done by then.
    func statement(of client: ClientID, _ period: Period) throws -> Statement? {
        try read { connection in
            try desk.store.statement(connection, of: client, period)
        }
    }
}

extension Session {
    /// A request as it stands.
    ///
    /// - Throws: a problem where there is no such request.
    func request(_ id: RequestID) throws -> Request { try desk.preview(by: actor) { try $0.request(id).request } }

    /// The zone that a client's days are counted in now.
    func zone(of client: ClientID) throws -> Zone {
        try desk.preview(by: actor) { desk in
            let zones = desk.zones(of: client, try desk.standing(of: client))
            return zones.zone(of: zones.period(containing: desk.now))
        }
    }
}
