import Database
package import ServiceDesk
package import SiteKit
package import Storage
import Synchronization
package import Values

/// What all pages share: the service desk, and what is known of the outside.
package final class Site: Sendable {
    /// The service desk.
    let desk: ServiceDesk
    /// Its database.
    let store: Store
    /// Signing in.
    let signIn: SignIn
    /// The rows of the clients at risk, kept as long as nothing changes them.
    let risk: RiskCache
    /// The last twelve months of clients, likewise.
    let year: YearCache
    /// How much people and companies ask for.
    let limits: RateLimits
    /// What all who ask have to share.
    let shares: Shares
    /// The keys of calls that are being worked on, each after its person.
    let keysAtWork = Mutex<Set<String>>([])
    /// How the site is run.
    let settings: SiteSettings
    /// The figures for those who watch the server.
    let metrics: PrometheusMetrics
    /// What an owner should see to, as it was when somebody last looked.
    var troubles: [Trouble] { foundTroubles.withLock { $0 } }
    private let foundTroubles = Mutex<[Trouble]>([])
    /// What takes longer than people wait for a page.
    let longWork: LongWork
    /// Files that wait for a second look.
    let staging: Staging
    /// So many bytes that nobody can guess.
    let random: @Sendable (Int) -> [UInt8]

    package init(
        desk: ServiceDesk, store: Store, signIn: SignIn, settings: SiteSettings, metrics: PrometheusMetrics,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.desk = desk
        self.store = store
        self.signIn = signIn
        risk = RiskCache()
        year = YearCache()
        limits = RateLimits(callsPerMinute: settings.callsPerMinute)
        shares = Shares(patience: settings.patienceInLine)
        longWork = LongWork(random: random)
        staging = Staging(random: random)
        self.settings = settings
        self.metrics = metrics
        self.random = random
    }

    /// The address of a one-time link, for whoever made it to hand it on; nil where mail is sent: then only its owner ever
    /// sees it, and nobody can use it in their place.
    func linkToShow(_ token: String) -> String? { settings.sendsMail ? nil : settings.publicURL + Link.oneTime(token) }

    /// Looks for what an owner should see to. Pages show what was found.
    ///
    /// - Throws: `StorageError`.
    package func lookForTrouble() throws -> (signs: TroubleSigns, troubles: [Trouble]) {
        let now = desk.now
        let asked = ContinuousClock.now
        _ = try store.read { try $0.first("SELECT 1") { $0.integer(0) } }
        let took = ContinuousClock.now - asked
        var signs = try store.read { try TroubleSigns($0, now: now, looksForBackups: settings.backupDays != nil) }
        signs.took = took
        let found = signs.troubles(at: now, sendsMail: settings.sendsMail, backupDays: settings.backupDays)
        foundTroubles.withLock { $0 = found }
        return (signs, found)
    }

    /// Works out what the first visitor would have to wait for.
    ///
    /// - Throws: `StorageError`.
    func warmUp() throws { _ = try store.read { try risk.rows($0, desk: desk) } }
}

/// How the site is run.
package struct SiteSettings: Sendable {
    /// Where browsers find it: `https://desk.example.com`, without a path.
    package var publicURL: String
    /// The zone in which times that belong to no client are written.
    package var zone: Zone
    /// Whether a proxy of ours stands before it, which says where requests come from.
    package var isBehindProxy: Bool
    /// Who may read the metrics from elsewhere; nil where only this machine may.
    package var metricsToken: String?
    /// Whether people may ask for a link by mail when they have forgotten their password.
    package var sendsMail: Bool
    /// The only name that it answers to, with a port where it has one: `desk.example.com`; nil for any.
    package var host: String?
    /// How many calls of the API each person may make a minute.
    package var callsPerMinute = 600
    /// Whether webhooks may go to networks of one's own, and over plain HTTP.
    package var allowsPrivateWebhooks = false
    /// What the agency is called, on pages and mails for clients.
    package var agency = "Mainstay"
    /// How long somebody waits in the line of passwords.
    var patienceInLine = Duration.seconds(25)
    /// After how many days without a backup owners are told; nil for never.
    package var backupDays: Int?
    /// What every page says at its top: that its data is an example.
    package var banner: String?

    package init(
        publicURL: String, zone: Zone = .utc, isBehindProxy: Bool = false, metricsToken: String? = nil,
        sendsMail: Bool = false, banner: String? = nil
    ) {
        self.publicURL = publicURL
        self.zone = zone
        self.isBehindProxy = isBehindProxy
        self.metricsToken = metricsToken
        self.sendsMail = sendsMail
        self.banner = banner
    }

    /// Whether browsers reach it over TLS.
    var isSecure: Bool { publicURL.hasPrefix("https://") }
}
