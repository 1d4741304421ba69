import ArgumentParser
import Database
import Foundation
import Logging
import Metrics
import ServiceDesk
import SiteKit
import Storage
import Terminal
import Values
import WebApp
import HTTPClient

/// Wires the site to the outside: clock, log, mail, signals.
struct Serving {
    private let options: ServerOptions
    private let publicURL: String?
    private let zone: Zone
    private let mail: MailCommand?
    private let metricsToken: String?
    private let callsPerMinute: Int
    private let allowsPrivateWebhooks: Bool
    /// What every page says at its top.
    var banner: String?
    /// What the agency is called; nil where nobody said.
    var agency: String?
    /// Where it is noted how far the records go; nil for nowhere.
    var anchors: AnchorFile?
    /// After how many days without a backup owners are told; nil for never.
    var backupDays: Int?
    /// How passwords are kept.
    var hasher = PasswordHasher(random: randomBytes)

    /// - Throws: `Problems` with what is wrong with the options or the environment.
    init(_ options: ServerOptions, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        self.options = options
        publicURL = try (options.publicUrl ?? environment["MAINSTAY_URL"]).map(Serving.checked)
        zone = try options.zone.map { try TypedInput.zone($0) } ?? Zone(identifier: TimeZone.current.identifier) ?? .utc
        metricsToken = environment["MAINSTAY_METRICS_TOKEN"]
        guard let calls = TypedInput.whole(environment["MAINSTAY_CALLS_PER_MINUTE"] ?? "600", in: 1...1_000_000) else {
            throw Problems([Problem("MAINSTAY_CALLS_PER_MINUTE", "it is no number of calls", fix: "write 600")])
        }
        callsPerMinute = calls
        guard let days = TypedInput.whole(environment["MAINSTAY_BACKUP_DAYS"] ?? "7", in: 0...3650) else {
            throw Problems([Problem("MAINSTAY_BACKUP_DAYS", "it is no number of days", fix: "write 7, or 0 for never")])
        }
        backupDays = days == 0 ? nil : days
        allowsPrivateWebhooks = Serving.allowsPrivateWebhooks(environment)
        mail = try Serving.mail(environment)
        anchors = (options.anchors ?? environment["MAINSTAY_ANCHORS"]).map { AnchorFile($0) }
        try anchors?.check()
        agency = environment["MAINSTAY_AGENCY"].flatMap { $0.isEmpty ? nil : $0 }
        for file in [options.certificate, options.privateKey].compactMap(\.self) {
            guard FileManager.default.isReadableFile(atPath: file) else {
                throw Problems([Problem(file, "it cannot be read", fix: "give a PEM file that this user may read")])
            }
        }
        if let key = options.privateKey, let word = PrivateFile.close(key, keepsGroup: true) { remark(word) }
    }

    private static func checked(_ url: String) throws -> String {
        guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme), parts.host != nil,
            ["", "/"].contains(parts.path), parts.query == nil, parts.user == nil
        else {
            throw Problems([
                Problem("public URL \"\(url)\"", "it is no address of a site", fix: "write https://desk.example.com")
            ])
        }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// MAINSTAY_WEBHOOKS_ALLOW_PRIVATE=1 lets webhooks go to one's own networks, and over plain HTTP.
    static func allowsPrivateWebhooks(_ environment: [String: String]) -> Bool {
        environment["MAINSTAY_WEBHOOKS_ALLOW_PRIVATE"] == "1"
    }

    /// MAINSTAY_MAIL_COMMAND is a program with arguments, as `/usr/sbin/sendmail -i`; MAINSTAY_MAIL_FROM whom mail is from;
    /// MAINSTAY_MAIL_REPLY_TO an address whose mail goes to `mainstay mail-in`, where there is one.
    static func mail(_ environment: [String: String]) throws -> MailCommand? {
        guard let command = environment["MAINSTAY_MAIL_COMMAND"], !command.isEmpty else { return nil }
        let words = command.split(separator: " ").map(String.init)
        guard let program = words.first, FileManager.default.isExecutableFile(atPath: program) else {
            throw Problems([
                Problem(
                    "MAINSTAY_MAIL_COMMAND", "there is no such program", fix: "give its path: /usr/sbin/sendmail -i")
            ])
        }
        func address(_ name: String, _ fix: String) throws -> String? {
            guard let text = environment[name], !text.isEmpty else { return nil }
            guard text.contains("@"), !text.contains(where: \.isNewline) else {
                throw Problems([Problem(name, "it is no address", fix: fix)])
            }
            return text
        }
        let fix = "say whom mail is from: desk@example.com"
        guard let sender = try address("MAINSTAY_MAIL_FROM", fix) else {
            throw Problems([Problem("MAINSTAY_MAIL_FROM", "it is missing", fix: fix)])
        }
        let replyTo = try address("MAINSTAY_MAIL_REPLY_TO", "say where answers go: desk@example.com, or leave it out")
        let agency = environment["MAINSTAY_AGENCY"].flatMap { $0.isEmpty ? nil : $0 }
        return MailCommand(command: words, sender: sender, name: sender.contains("<") ? nil : agency, replyTo: replyTo)
    }

    /// Serves until the process is told to stop.
    ///
    /// - Parameters:
    ///   - open: opens the database. Where it is away it is waited for, while the server says that it waits.
    ///   - ready: called once it listens and the database is there, with its address.
    func run(opening open: @escaping @Sendable () throws -> Store, ready: (@Sendable (String) -> Void)? = nil)
        async throws
    {
        Serving.raiseFileLimit()
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        let log = Serving.log(metrics)
        // What waits at the end is written, unless nobody reads it.
        defer { log.flush(within: 2) }
        LoggingSystem.bootstrap { label in JSONLogHandler(label: label, now: { Date() }, write: log.add) }
        let logger = Logger(label: "mainstay")
        let clock = Serving.clock(logger)
        let scheme = options.certificate == nil ? "http" : "https"
        let port = options.port == 0 ? Serving.freePort(options.host) : options.port
        let url = publicURL ?? "\(scheme)://\(options.host.contains(":") ? "[\(options.host)]" : options.host):\(port)"
        var settings = SiteSettings(
            publicURL: url, zone: zone, isBehindProxy: options.behindProxy, metricsToken: metricsToken,
            sendsMail: mail != nil, banner: banner)
        settings.host = publicURL.flatMap { URLComponents(string: $0) }.flatMap { parts in
            parts.host.map { $0.lowercased() + (parts.port.map { ":\($0)" } ?? "") }
        }
        settings.callsPerMinute = callsPerMinute
        settings.allowsPrivateWebhooks = allowsPrivateWebhooks
        settings.backupDays = backupDays
        if let agency { settings.agency = agency }
        let certificate = options.certificate.map { WebServer.Certificate(chain: $0, key: options.privateKey ?? "") }
        let server = try WebServer(
            settings: settings, random: randomBytes, host: options.host, port: port, certificate: certificate,
            logger: logger)
        let signals = Signals(server, logger) { log.flush(within: 1) }
        signals.listen()
        let parts = ServingParts()
        defer {
            parts.stop()
            withExtendedLifetime(signals) {}
        }
        do {
            try await server.run { [settings] _ in
                logger.info("listening", metadata: ["url": "\(url)"])
                // The thread that took the connection must not wait for the database.
                Thread.detachNewThread {
                    let store = DatabaseWait(logger).store(open)
                    let desk = ServiceDesk(store: store, clock: { clock.now }, random: randomBytes)
                    let signIn = SignIn(desk: desk, hasher: hasher, random: randomBytes)
                    let site = Site(
                        desk: desk, store: store, signIn: signIn, settings: settings, metrics: metrics,
                        random: randomBytes)
                    server.serve(site)
                    logger.info("serving", metadata: ["url": "\(url)"])
                    let posting = posting(desk, url, logger)
                    parts.start(posting, Watch(site: site, store: store, signIn: signIn, logger: logger))
                    ready?(url)
                }
            }
        } catch {
            remark("mainstay: it cannot listen on \(options.host), port \(port): \(error)")
            throw ExitCode(1)
        }
    }

    private func posting(_ desk: ServiceDesk, _ url: String, _ logger: Logger) -> Posting {
        Posting(
            desk: desk, alerts: AlertRoom(desk: desk),
            mail: mail.map { MailRoom(desk: desk, mail: $0, publicURL: url) },
            webhooks: WebhookRoom(desk: desk, send: WebClient.webhooks(allowsPrivate: allowsPrivateWebhooks)),
            anchors: anchors.map { AnchorRoom(store: desk.store, file: $0) }, logger: logger)
    }

    /// The log on standard error: a reader that stops keeps nobody waiting.
    private static func log(_ metrics: PrometheusMetrics) -> LogQueue {
        let dropped = metrics.makeCounter(label: "mainstay_log_lines_dropped_total", dimensions: [])
        return LogQueue(
            line: { count in
                JSONLogHandler.line(
                    [
                        "level": "warning", "logger": "mainstay", "lines": "\(count)",
                        "message": "lines of the log were dropped: whoever reads standard error was too slow",
                    ], at: Date())
            }, told: { dropped.increment(by: Int64($0)) },
            put: { try? FileHandle.standardError.write(contentsOf: $0) })
    }

    /// The system's clock, whose steps are believed once they have held for a while.
    private static func clock(_ logger: Logger) -> SteadyClock {
        let began = ContinuousClock.now
        return SteadyClock(
            system: { currentInstant() }, counted: { Int(began.duration(to: .now).components.seconds) },
            told: { step, isBelieved in
                logger.warning(
                    isBelieved
                        ? "the clock stepped, and the step is believed"
                        : "the clock stepped, and the step is not believed before it has held for a minute",
                    metadata: ["seconds": "\(step.seconds)"])
            })
    }

    /// Each connection is an open file: as many as the system lets us have.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// A port that nobody listens on now; the address of pages has to be known before they are served.
    private static func freePort(_ host: String) -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let found = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        return found ? Int(UInt16(bigEndian: address.sin_port)) : 8080
    }
}
