import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Asks other machines over HTTP: one call, one connection, no redirects, nothing kept.
package struct WebClient: Sendable {
    /// What may be reached.
    package enum Reach: Sendable {
        /// Any machine.
        case anywhere
        /// Machines of the public network and of one's own, judged as below: never what is nobody's own, nor a cloud's
        /// metadata.
        case ownNetworks
        /// Machines of the public network alone: every address that a name stands for is judged, and a judged one is
        /// connected to, so that a name cannot mean another machine a moment later.
        case publicOnly
    }

    /// What came back.
    package struct Answer: Sendable {
        /// Its status.
        package var status: Int
        /// Its headers, by their names in small letters; of several of a name the last.
        package var headers: [String: String]
        /// Its body.
        package var body: [UInt8]
    }

    /// Why nothing came back, for people.
    package struct Failure: Error, Hashable, CustomStringConvertible {
        package var description: String
    }

    private let reach: Reach
    private let patience: TimeAmount
    private let largest: Int

    /// - Parameters:
    ///   - patience: how many seconds a call may last.
    ///   - largest: how many bytes of a body are read; more is a failure.
    package init(_ reach: Reach, patience: Int, largest: Int) {
        self.reach = reach
        self.patience = .seconds(Int64(patience))
        self.largest = largest
    }

    /// Makes a call and waits for its answer. Not to be called on an event loop.
    ///
    /// - Parameter readsBody: false where the head says all: what follows it is not waited for.
    package func call(
        _ method: String, _ url: String, headers: [String: String], body: [UInt8]?, readsBody: Bool = true
    ) throws(Failure) -> Answer {
        guard let parsed = URL(string: url), let host = parsed.host else { throw Failure(description: "no address") }
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5), read: patience))
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = WebClient.tls
        // Whoever calls knows when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        switch reach {
        case .anywhere: break
        case .ownNetworks: configuration.dnsOverride = [host: try Hosts.address(of: host)]
        case .publicOnly: configuration.dnsOverride = [host: try Hosts.publicAddress(of: host)]
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        defer { try? client.syncShutdown() }
        do {
            var fields = HTTPHeaders(headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            fields.replaceOrAdd(name: "connection", value: "close")
            let request = try HTTPClient.Request(
                url: parsed, method: HTTPMethod(rawValue: method), headers: fields, body: body.map { .bytes($0) })
            guard readsBody else { return try head(client, request) }
            let response = try client.execute(
                request: request, delegate: ResponseAccumulator(request: request, maxBodySize: largest),
                deadline: .now() + patience
            ).wait()
            return answer(response.status, response.headers, response.body.map { Array($0.readableBytesView) } ?? [])
        } catch {
            throw Failure(description: words(error))
        }
    }

    /// As the server's own: of TLS 1.2 no static RSA and no CBC.
    private static let tls: TLSConfiguration = {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        return tls
    }()

    private func answer(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: [UInt8]) -> Answer {
        Answer(
            status: Int(status.code),
            headers: Dictionary(headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }), body: body)
    }

    private func head(_ client: HTTPClient, _ request: HTTPClient.Request) throws -> Answer {
        let promise = client.eventLoopGroup.any().makePromise(of: HTTPResponseHead.self)
        let task = client.execute(request: request, delegate: HeadOnly(promise), deadline: .now() + patience)
        let head = try promise.futureResult.wait()
        task.cancel()
        return answer(head.status, head.headers, [])
    }

    private func words(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout: "it could not be reached within 5 s"
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            "it did not answer within \(patience.nanoseconds / 1_000_000_000) s"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            "it closed the connection without an answer"
        case is ResponseAccumulator.ResponseTooBigError: "its answer is larger than \(largest / 1024) KB"
        case let error as NIOConnectionError:
            error.connectionErrors.isEmpty ? "its name is not known" : "nobody listens there"
        case let error as IOError:
            error.errnoCode == ECONNREFUSED
                ? "nobody listens there" : "the connection failed: \(String(cString: strerror(error.errnoCode)))"
        case is NIOSSLError, is BoringSSLError: "its certificate is not good"
        case is HTTPParserError: "it does not answer as a web server does"
        default: "the connection failed: \(error)"
        }
    }
}
