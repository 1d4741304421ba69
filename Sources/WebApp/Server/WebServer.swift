import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import SiteKit

/// The site on a port.
package struct WebServer: Sendable {
    /// The files of a certificate of its own.
    package struct Certificate: Sendable {
        /// The chain, as PEM.
        package var chain: String
        /// The key, as PEM.
        package var key: String

        package init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    private let host: String
    private let port: Int
    private let certificate: CurrentCertificate?
    private let logger: Logger
    let switchboard: Switchboard
    private let lanes = Lanes()

    /// A server that listens before there is a site: until one is served it says that it waits.
    ///
    /// - Parameter port: 0 for any that is free.
    /// - Throws: where the certificate is none.
    package init(
        settings: SiteSettings, random: @escaping @Sendable (Int) -> [UInt8], host: String, port: Int,
        certificate: Certificate? = nil, logger: Logger
    ) throws {
        self.host = host
        self.port = port
        self.certificate = try certificate.map { try CurrentCertificate($0) }
        self.logger = logger
        switchboard = Switchboard(settings: settings, random: random)
    }

    /// Serves a site from now on.
    package func serve(_ site: Site) {
        lanes.start()
        switchboard.open(SiteResponder(site: site, routes: RouteTable.all, lanes: lanes))
        // Looks up what the first visitor would wait for. Where that fails, their page says why.
        Task { [lanes, logger] in
            do {
                try await lanes[.long].run { try site.warmUp() }
            } catch {
                logger.warning("warming up failed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Serves until the process is told to stop; requests that run are finished first.
    ///
    /// - Parameter ready: called once it listens, with the port.
    /// - Throws: what keeps it from listening.
    package func run(ready: @escaping @Sendable (Int) -> Void) async throws {
        let application = try application(responder: switchboard, ready: ready)
        do {
            try await application.runService()
        } catch {
            try await lanes.stop()
            throw error
        }
        try await lanes.stop()
    }

    /// Reads the certificate's files again, where it has one.
    ///
    /// - Throws: where they are no certificate and its key; then the one before stays.
    package func readCertificateAgain() throws { try certificate?.readAgain() }

    /// A connection without a whole request is closed after this long.
    private static let idleTimeout = TimeAmount.seconds(30)

    func application<Responder: HTTPResponder>(
        responder: Responder, ready: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws -> Application<Responder> where Responder.Context == SiteContext {
        let unread = UnreadAnswers.Room(logger: logger)
        var channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [UnreadAnswers(unread)], idleTimeout: WebServer.idleTimeout)
        channel.httpDecoder = .init(
            maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100)
        let server: HTTPServerBuilder =
            if let certificate {
                try .tls(.http1(configuration: channel), tlsConfiguration: certificate.configuration)
            } else {
                .http1(configuration: channel)
            }
        var configuration = ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil)
        configuration.backlog = 4096
        configuration.availableConnectionsDelegate = Connections(logger: logger)
        return Application(
            responder: responder, server: server, configuration: configuration,
            onServerRunning: { [logger] channel in
                try? await channel.pipeline.addHandler(AcceptErrors(logger), position: .first).get()
                ready(channel.localAddress?.port ?? 0)
            }, logger: logger)
    }
}
