import NIOCore
import NIOSSL
import Synchronization

/// The certificate that handshakes use: read from its files when the server starts, and again when it is told to.
final class CurrentCertificate: Sendable {
    private struct Read: Sendable {
        var chain: [NIOSSLCertificateSource]
        var key: NIOSSLPrivateKeySource
    }

    private let files: WebServer.Certificate
    private let current: Mutex<Read>

    /// - Throws: where the files are no certificate and its key.
    init(_ files: WebServer.Certificate) throws {
        self.files = files
        current = Mutex(try CurrentCertificate.read(files))
    }

    /// Reads the files again, for the connections that come.
    ///
    /// - Throws: where they are no certificate and its key; then the one before stays.
    func readAgain() throws {
        let read = try CurrentCertificate.read(files)
        // What does not fit together would fail at each handshake.
        _ = try NIOSSLContext(configuration: CurrentCertificate.configuration(read))
        current.withLock { $0 = read }
    }

    /// What a server needs, with the certificate of the moment for each connection.
    var configuration: TLSConfiguration {
        var configuration = CurrentCertificate.configuration(current.withLock { $0 })
        configuration.sslContextCallback = { [self] _, promise in
            let read = current.withLock { $0 }
            var override = NIOSSLContextConfigurationOverride()
            override.certificateChain = read.chain
            override.privateKey = read.key
            promise.succeed(override)
        }
        return configuration
    }

    private static func read(_ files: WebServer.Certificate) throws -> Read {
        Read(
            chain: try NIOSSLCertificate.fromPEMFile(files.chain).map { .certificate($0) },
            key: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
    }

    private static func configuration(_ read: Read) -> TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(certificateChain: read.chain, privateKey: read.key)
        tls.minimumTLSVersion = .tlsv12
        tls.cipherSuiteValues = ciphers
        return tls
    }

    /// Of TLS 1.2 what keeps a key for each connection and is proved as a whole (RFC 9325, section 4.2): no static RSA, no CBC.
    /// TLS 1.3 has no others.
    private static let ciphers: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]
}
