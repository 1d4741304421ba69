import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle

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

    private let site: Site
    private let host: String
    private let port: Int
    private let certificate: Certificate?
    private let logger: Logger

    /// - Parameter port: 0 for any that is free.
    package init(site: Site, host: String, port: Int, certificate: Certificate? = nil, logger: Logger) {
        self.site = site
        self.host = host
        self.port = port
        self.certificate = certificate
        self.logger = logger
    }

    /// Serves until the process is told to stop; requests that run are finished first.
    ///
    /// - Parameter ready: called once it listens, with the port.
    /// - Throws: what keeps it from listening.
    package func run(ready: @escaping @Sendable (Int) -> Void) async throws {
        let lanes = Lanes()
        let application = try application(lanes: lanes, ready: ready)
        do {
            try await application.runService()
        } catch {
            try await lanes.stop()
            throw error
        }
        try await lanes.stop()
    }

    /// A connection without a whole request is closed after this long.
    private static let idleTimeout = TimeAmount.seconds(30)

    func application(lanes: Lanes, ready: @escaping @Sendable (Int) -> Void = { _ in }) throws
        -> Application<SiteResponder>
    {
        var channel = HTTP1Channel.Configuration(idleTimeout: WebServer.idleTimeout)
        channel.httpDecoder = .init(
            maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100)
        let server: HTTPServerBuilder =
            if let certificate {
                try .tls(.http1(configuration: channel), tlsConfiguration: WebServer.tls(certificate))
            } else {
                .http1(configuration: channel)
            }
        var configuration = ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil)
        configuration.backlog = 4096
        return Application(
            responder: SiteResponder(site: site, routes: RouteTable.all, lanes: lanes), server: server,
            configuration: configuration,
            onServerRunning: { channel in
                ready(channel.localAddress?.port ?? 0)
                Task { try await lanes[.long].run { warmUp() } }
            }, logger: logger)
    }

    /// Looks up what the first visitor would wait for. Where that fails, their page says why.
    private func warmUp() {
        do { try site.warmUp() } catch { logger.warning("warming up failed", metadata: ["error": "\(error)"]) }
    }

    /// Of TLS 1.2 what keeps a key for each connection and is proved as a whole (RFC 9325, section 4.2): no static RSA, no CBC.
    /// TLS 1.3 has no others.
    private static let ciphers: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    private static func tls(_ certificate: Certificate) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.chain).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.key, format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        tls.cipherSuiteValues = WebServer.ciphers
        return tls
    }
}
