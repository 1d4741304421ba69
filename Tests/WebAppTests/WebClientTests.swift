import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import HTTPClient

@Suite("Calls to other machines")
struct WebClientTests {
    /// A server that writes what it is given to whoever connects, whatever they ask, and closes.
    private final class Server: @unchecked Sendable {
        let port: Int
        private let descriptor: Int32
        private let lock = NSLock()
        private var asked: [String] = []
        private let answer: [UInt8]
        private let staysSilent: Bool

        init(_ answer: String, staysSilent: Bool = false) throws {
            self.answer = Array(answer.utf8)
            self.staysSilent = staysSilent
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let descriptor = descriptor
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
                        && getsockname(descriptor, $0, &length) == 0
                }
            }
            try #require(isBound)
            port = Int(UInt16(bigEndian: address.sin_port))
            Thread.detachNewThread { [self] in serve() }
        }

        private func serve() {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                // Head and body may come apart: what is asked here ends with the body that `call` sends.
                var request = ""
                while !request.hasSuffix("\r\n\r\n{}") {
                    let count = read(connection, &buffer, buffer.count)
                    guard count > 0 else { break }
                    request += String(decoding: buffer.prefix(count), as: UTF8.self)
                }
                lock.withLock { asked.append(request) }
                if staysSilent {
                    // Until the other side has had enough.
                    _ = read(connection, &buffer, buffer.count)
                } else {
                    var rest = answer[...]
                    while !rest.isEmpty {
                        let sent = rest.withUnsafeBytes {
                            send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                        }
                        guard sent > 0 else { break }
                        rest = rest.dropFirst(sent)
                    }
                }
                close(connection)
            }
        }

        var requests: [String] { lock.withLock { asked } }

        deinit { close(descriptor) }
    }

    private func call(_ server: Server, _ client: WebClient = WebClient(.anywhere, patience: 5, largest: 1024)) throws
        -> WebClient.Answer
    {
        try client.call(
            "POST", "http://127.0.0.1:\(server.port)/hooks?a=b", headers: ["webhook-id": "msg_1"],
            body: Array("{}".utf8))
    }

    private func failure(_ body: () throws -> WebClient.Answer) -> String {
        do {
            return "\(try body().status)"
        } catch {
            return "\(error)"
        }
    }

    @Test("What is sent arrives, and the answer is read")
    func answers() throws {
        let server = try Server("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno")
        let answer = try call(server)
        #expect(answer.status == 429)
        #expect(answer.headers["retry-after"] == "7")
        #expect(answer.body == Array("no".utf8))
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /hooks?a=b HTTP/1.1\r\n"))
        #expect(request.lowercased().contains("\r\nwebhook-id: msg_1\r\n"))
        #expect(request.hasSuffix("\r\n\r\n{}"))
    }

    @Test("Redirects are not followed")
    func redirects() throws {
        let other = try Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let server = try Server(
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:\(other.port)/\r\nContent-Length: 0\r\n\r\n")
        #expect(try call(server).status == 302)
        #expect(other.requests.isEmpty)
    }

    @Test("Silence, floods and rubbish end with a word on what was wrong")
    func failures() throws {
        let silent = try Server("", staysSilent: true)
        #expect(
            failure { try call(silent, WebClient(.anywhere, patience: 1, largest: 1024)) }
                == "it did not answer within 1 s")
        let flood = try Server(
            "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "a", count: 100_000))
        #expect(failure { try call(flood) } == "its answer is larger than 1 KB")
        let rubbish = try Server("220 mail.example ESMTP\r\n")
        #expect(failure { try call(rubbish) } == "it does not answer as a web server does")
        let closed = try Server("")
        #expect(failure { try call(closed) } == "it closed the connection without an answer")
        #expect(
            failure {
                try WebClient(.anywhere, patience: 5, largest: 1024).call(
                    "POST", "http://127.0.0.1:1/", headers: [:], body: nil)
            } == "nobody listens there")
    }

    @Test(
        "Where networks of one's own are meant, a machine there is asked, and a cloud's metadata never, whatever its name",
        arguments: [
            "169.254.169.254", "2852039166", "0xa9fea9fe", "0.0.0.0", "[::ffff:169.254.169.254]", "[fe80::1]",
            "[fd00:ec2::254]", "168.63.129.16", "100.100.100.200",
        ])
    func ownNetworks(host: String) throws {
        let server = try Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let client = WebClient(.ownNetworks, patience: 2, largest: 1024)
        #expect(try call(server, client).status == 200)
        let said = failure {
            try client.call("POST", "http://\(host):\(server.port)/", headers: [:], body: nil)
        }
        #expect(said == "nothing is ever sent to that address" || said == "its name is not known")
        #expect(server.requests.count == 1)
    }

    @Test(
        "Where only public machines may be reached, none of ours is asked, whatever its name",
        arguments: [
            "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]",
        ])
    func publicOnly(host: String) throws {
        let server = try Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let client = WebClient(.publicOnly, patience: 2, largest: 1024)
        let said = failure {
            try client.call("POST", "http://\(host):\(server.port)/", headers: [:], body: nil)
        }
        #expect(said == "it is in a network of our own, where webhooks do not go" || said == "its name is not known")
        #expect(server.requests.isEmpty)
    }
}
