import Agreements
import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import Rating
import ServiceDesk
import Storage
import TestSupport
import Values
import Wording

@testable import SiteKit
@testable import WebApp

/// A site on a database of its own: an agency with a client, requests, time, and an owner, a manager and two agents who are
/// signed in.
final class TestSite: Sendable {
    let site: Site
    let store: Store
    let desk: ServiceDesk
    let application: Application<SiteResponder>
    let clock: Clock
    /// The tokens of the sessions, by the ids of their people.
    let sessions: [String: String]
    private let engines: TestEngines
    private let lanes = Lanes()

    static let people: [(id: String, role: Role)] = [
        ("olga", .owner), ("mia", .manager), ("ari", .agent), ("bo", .agent),
    ]
    /// People at clients, by a name of the test: one of each role at the first, one at another.
    static let contacts: [(id: String, client: ClientID, role: ContactRole)] = [
        ("vera", "acme", .viewer), ("rick", "acme", .requester), ("anna", "acme", .approver),
        ("bill", "acme", .billing),
        ("bea", "beta", .billing),
    ]
    static let password = "seven grey herons at dusk"

    /// A clock that stands until it is set.
    final class Clock: @unchecked Sendable {
        private let lock = NSLock()
        private var instant: Instant
        init(_ instant: Instant) { self.instant = instant }
        var now: Instant { lock.withLock { instant } }
        func set(_ instant: Instant) { lock.withLock { self.instant = instant } }
    }

    init(
        _ kind: EngineKind = .sqlite, at now: Instant = "2026-11-23T12:00:00Z",
        publicURL: String = "http://localhost:8080",
        settings change: (inout SiteSettings) -> Void = { _ in }
    ) throws {
        engines = try TestEngines(kind)
        store = try Store(settingUp: engines.open())
        let clock = Clock(now)
        self.clock = clock
        let random: @Sendable (Int) -> [UInt8] = { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } }
        desk = ServiceDesk(store: store, clock: { clock.now }, random: random)
        let cheap = PasswordHasher(cost: .init(logRounds: 4, blockSize: 8, parallelism: 1), random: random)
        let signIn = SignIn(desk: desk, hasher: cheap, random: random)
        var settings = SiteSettings(publicURL: publicURL)
        change(&settings)
        site = Site(
            desk: desk, store: store, signIn: signIn, settings: settings, metrics: PrometheusMetrics(), random: random)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        lanes.start()
        application = try TestSite.application(site, lanes, logger)
        sessions = try TestSite.fill(desk, signIn)
    }

    /// Another server on the database of one.
    init(beside other: TestSite) throws {
        engines = other.engines
        store = try Store(opening: engines.open())
        clock = other.clock
        let (clock, random) = (other.clock, other.site.random)
        desk = ServiceDesk(store: store, clock: { clock.now }, random: random)
        let signIn = SignIn(desk: desk, hasher: PasswordHasher(random: random), random: random)
        site = Site(
            desk: desk, store: store, signIn: signIn, settings: other.site.settings, metrics: PrometheusMetrics(),
            random: random)
        lanes.start()
        application = try TestSite.application(site, lanes, Logger(label: "other"))
        sessions = other.sessions
    }

    private static func application(_ site: Site, _ lanes: Lanes, _ logger: Logger) throws
        -> Application<SiteResponder>
    {
        try WebServer(settings: site.settings, random: site.random, host: "127.0.0.1", port: 0, logger: logger)
            .application(responder: SiteResponder(site: site, routes: RouteTable.all, lanes: lanes))
    }

    /// A session with its database, where that is PostgreSQL.
    func connection() throws -> PostgreSQLConnection { try PostgreSQLConnection(url: engines.url) }

    /// Another engine on its database.
    func other() throws -> any SQLEngine { try engines.open() }

    /// Asks a server that waits for its database.
    static func whileWaiting(_ body: @escaping @Sendable ((String) async throws -> Answer) async throws -> Void)
        async throws
    {
        let server = try WebServer(
            settings: SiteSettings(publicURL: "http://localhost:8080"), random: { [UInt8](repeating: 7, count: $0) },
            host: "127.0.0.1", port: 0, logger: Logger(label: "waiting"))
        try await server.application(responder: server.switchboard).test(.router) { client in
            try await body { path in
                try await client.execute(uri: path, method: .get) {
                    Answer(status: $0.status, headers: $0.headers, text: String(buffer: $0.body))
                }
            }
        }
    }

    deinit {
        let lanes = lanes
        Task { try await lanes.stop() }
    }

    /// Adds the people and what there is.
    private static func fill(_ desk: ServiceDesk, _ signIn: SignIn) throws -> [String: String] {
        let owner = Actor(id: "olga", role: .owner)
        try desk.setUp(owner: "olga", fullName: "Olga Owner")
        let yaml = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "examples/terms/current.yaml"), encoding: .utf8)
        _ = try desk.perform(AddTerms(yaml: yaml, file: "current"), by: owner)
        var sessions: [String: String] = [:]
        for (id, role) in people {
            if id != "olga" { _ = try desk.perform(AddUser(id: id, fullName: id.capitalized, role: role), by: owner) }
            _ = try desk.perform(SetEmail(id: id, email: "\(id)@agency.example"), by: owner)
            let link = try signIn.resetAccess(of: id, by: owner)
            if case .signedIn(let token) = try signIn.useLink(link, newPassword: password, address: "", agent: "test") {
                sessions[id] = token
            }
        }
        _ = try desk.perform(AddClient(id: "acme", fullName: "Acme <Outdoor>", zone: .utc), by: owner)
        _ = try desk.perform(
            SignContract(
                id: "acme-web", client: "acme", serviceLine: "website-maintenance", plan: "care-2", from: "2026-09-01"),
            by: owner)
        _ = try desk.perform(
            OpenRequest(
                client: "acme", serviceLine: "website-maintenance", title: "Images & \"alt\" texts",
                message: "They are slow.",
                attachments: [NewAttachment(name: "log.txt", content: Array("one\ntwo\n".utf8))]), by: owner)
        try addContacts(desk, signIn, owner, &sessions)
        return sessions
    }

    /// Adds another client before the request that tests take for the last, and the people at both.
    private static func addContacts(
        _ desk: ServiceDesk, _ signIn: SignIn, _ owner: Actor, _ sessions: inout [String: String]
    ) throws {
        _ = try desk.perform(AddClient(id: "beta", fullName: "Beta Secret Ltd", zone: .utc), by: owner)
        _ = try desk.perform(
            SignContract(
                id: "beta-web", client: "beta", serviceLine: "website-maintenance", plan: "care-2", from: "2026-09-01"),
            by: owner)
        for (id, client, role) in contacts {
            let (_, token) = try signIn.inviteContact(
                nil, of: client, fullName: id.capitalized, email: "\(id)@\(client).example", role: role, by: owner)
            if case .signedIn(let session) = try signIn.enter(token, address: "", agent: "test") {
                sessions[id] = session
            }
        }
    }

    /// Gives the other client a request with a file and time, all of them secrets; what they are called.
    func fillBeta() throws -> [String: String] {
        let owner = Actor(id: "olga", role: .owner)
        let request = try desk.perform(
            OpenRequest(
                client: "beta", serviceLine: "website-maintenance", title: "Secret plans", message: "Our secret words",
                attachments: [NewAttachment(name: "secret.txt", content: Array("secret".utf8))]), by: owner
        ).id
        let entry = try desk.perform(
            LogTime(
                request: RequestID(request), workType: "research", when: .dated("2026-11-20", "1:00"),
                note: "Secret note"),
            by: owner
        ).id
        let theirs = ["request": request, "attachment": try last("attachment"), "entry": entry]
        return theirs
    }

    /// The id of a contact of this test.
    func contact(_ name: String) throws -> String {
        try site.signIn.person(token: sessions[name] ?? "")?.actor.id ?? ""
    }

    /// The subject of the fact of a kind that was recorded last.
    func last(_ kind: String) throws -> String {
        try store.read {
            try $0.first("SELECT subject FROM fact WHERE kind = $1 ORDER BY seq DESC LIMIT 1", [.text(kind)]) {
                $0.text(0)
            }
        } ?? ""
    }

    /// Logs time as somebody, and gives its id.
    func log(_ person: String, _ hours: Hours = "0:30", on date: CivilDate = "2026-11-20") throws -> String {
        let role = TestSite.people.first { $0.id == person }?.role ?? .agent
        return try desk.perform(
            LogTime(
                request: RequestID(last("request")), workType: "research", when: .dated(date, hours), note: "Read <b>"),
            by: Actor(id: person, role: role)
        ).id
    }

    /// What a request of a browser comes to.
    struct Answer {
        var status: HTTPResponse.Status
        var headers: HTTPFields
        var text: String
    }

    /// Somebody's browser.
    struct Browser {
        fileprivate let site: TestSite
        fileprivate let client: any TestClientProtocol
        fileprivate let token: String?

        func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
            try await send(.get, path, headers: headers)
        }

        /// Sends a form with the token that one of our pages would have put into it.
        func post(
            _ path: String, _ fields: KeyValuePairs<String, String> = [:], hasToken: Bool = true,
            headers: HTTPFields = [:]
        )
            async throws -> Answer
        {
            var pairs = fields.map { "\($0.key)=\(Link.escaped($0.value))" }
            if hasToken { pairs.append("csrf=\(Secret.proof(of: "form", by: token ?? TestSite.visitor))") }
            var headers = headers
            if headers[.contentType] == nil { headers[.contentType] = "application/x-www-form-urlencoded" }
            return try await send(.post, path, body: pairs.joined(separator: "&"), headers: headers)
        }

        func send(_ method: HTTPRequest.Method, _ path: String, body: String? = nil, headers: HTTPFields = [:])
            async throws
            -> Answer
        {
            var headers = headers
            let name = site.site.settings.isSecure ? "__Host-mainstay-" : "mainstay-"
            if headers[.cookie] == nil {
                headers[.cookie] = token.map { "\(name)session=\($0)" } ?? "\(name)visitor=\(TestSite.visitor)"
            }
            return try await client.execute(
                uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
            ) { Answer(status: $0.status, headers: $0.headers, text: String(buffer: $0.body)) }
        }
    }

    static let visitor = "visitor-secret-of-a-test"

    /// The browsers of everybody; under "" is nobody's.
    struct Browsers: Sendable {
        fileprivate let site: TestSite
        fileprivate let client: any TestClientProtocol

        func callAsFunction(_ id: String) -> Browser { Browser(site: site, client: client, token: site.sessions[id]) }
    }

    /// Runs a closure with the browsers of everybody.
    func browse(_ body: @escaping @Sendable (Browsers) async throws -> Void) async throws {
        try await application.test(.router) { try await body(Browsers(site: self, client: $0)) }
    }
}
