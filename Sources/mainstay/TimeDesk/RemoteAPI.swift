import Formats
import Foundation
import ServiceDesk
import Storage
import Terminal
import Values
import HTTPClient

/// The JSON API of a server elsewhere, as a command asks it: patient, and never twice for the same thing.
struct RemoteAPI {
    /// A member of what is sent.
    enum Member: Encodable {
        case text(String)
        case flag(Bool)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .flag(let flag): try container.encode(flag)
            }
        }
    }

    private let server: String
    private let token: String
    /// Names what is done, so that it is done once however often it is sent.
    private let key: String
    private let client = WebClient(.anywhere, patience: 30, largest: 4 << 20)

    /// - Throws: `Problems` where the address or the token cannot be used.
    init(server: String, token: String?, key: String?) throws {
        let parts = URLComponents(string: server)
        let isHere = ["127.0.0.1", "localhost", "[::1]"].contains(parts?.host ?? "")
        guard let parts, let host = parts.host, !host.isEmpty, ["http", "https"].contains(parts.scheme ?? ""),
            ["", "/"].contains(parts.path), parts.query == nil, parts.user == nil
        else {
            throw Problems([
                Problem("server \"\(server)\"", "it is no address of a site", fix: "write https://desk.example.com")
            ])
        }
        guard parts.scheme == "https" || isHere else {
            throw Problems([
                Problem("server \"\(server)\"", "a token does not go over plain HTTP", fix: "write https://\(host)")
            ])
        }
        guard let token, !token.isEmpty else {
            throw Problems([
                Problem(
                    "token", "there is none for \(server)",
                    fix: "make one on your account page there, or by `mainstay token make`, and put it into "
                        + "MAINSTAY_TOKEN or the configuration file")
            ])
        }
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.token = token
        self.key = key ?? Hex.text(randomBytes(12))
    }

    func get<Answer: Decodable>(_: Answer.Type, _ path: String...) throws -> Answer {
        try call("GET", path, nil)
    }

    func post<Answer: Decodable>(_: Answer.Type, _ body: [String: Member], _ path: String...) throws -> Answer {
        let body = Array(try JSONEncoder().encode(body))
        return try SavedWork.saving { try call("POST", path, body) }
    }

    /// What is told where an answer is not what the API promises.
    var strange: Problems {
        Problems([
            Problem(
                "server \(server)", "it does not answer as Mainstay does",
                fix: "check the address, and that server and program are of one version")
        ])
    }

    // MARK: One call

    /// How often something is tried: a line drops, a server restarts.
    private static let tries = 4

    private func call<Answer: Decodable>(_ method: String, _ path: [String], _ body: [UInt8]?) throws -> Answer {
        let url = server + "/api/v1/" + path.map(PercentEncoding.escaped).joined(separator: "/")
        var headers = ["authorization": "Bearer \(token)", "accept": "application/json", "user-agent": "mainstay"]
        if body != nil {
            headers["content-type"] = "application/json"
            headers["idempotency-key"] = key
        }
        var failure = ""
        for attempt in 1...RemoteAPI.tries {
            let pause: Double
            switch Result(catching: { () throws(WebClient.Failure) in
                try client.call(method, url, headers: headers, body: body)
            }) {
            case .success(let answer):
                guard let wait = RemoteAPI.wait(answer, attempt), attempt < RemoteAPI.tries else {
                    return try read(answer)
                }
                pause = wait
            case .failure(let found):
                failure = found.description
                pause = Double(attempt) / 2
            }
            if attempt < RemoteAPI.tries { Thread.sleep(forTimeInterval: pause) }
        }
        throw Problems([
            Problem(
                "server \(server)", failure,
                fix: "try again later"
                    + (body == nil ? "" : " with --key \(key): what was done already is not done twice"))
        ])
    }

    /// How long to wait before a call is tried again; nil where its answer stands.
    private static func wait(_ answer: WebClient.Answer, _ attempt: Int) -> Double? {
        guard [409, 429, 502, 503, 504].contains(answer.status) else { return nil }
        let asked = answer.headers["retry-after"].flatMap { Double($0) } ?? Double(attempt)
        return asked <= 10 ? max(0.2, asked) : nil
    }

    private func read<Answer: Decodable>(_ answer: WebClient.Answer) throws -> Answer {
        let data = Data(answer.body)
        guard answer.status >= 400 else {
            guard let found = try? JSONDecoder().decode(Answer.self, from: data) else { throw strange }
            return found
        }
        guard let refused = try? JSONDecoder().decode(Refused.self, from: data) else { throw strange }
        throw refused.problems(server)
    }

    /// An error as the API has it (RFC 9457).
    private struct Refused: Decodable {
        struct Fault: Decodable {
            var pointer: String?
            var detail: String
            var fix: String
        }

        var status: Int
        var title: String
        var detail: String?
        var errors: [Fault]?

        func problems(_ server: String) -> Problems {
            if let errors, !errors.isEmpty {
                return Problems(
                    errors.map { Problem($0.pointer.map { "\($0.dropFirst())" } ?? "server", $0.detail, fix: $0.fix) })
            }
            let fix =
                switch status {
                case 401: "make a token on your account page there, and put it into MAINSTAY_TOKEN"
                case 404: "check what you named"
                default: detail ?? "ask whoever runs the server"
                }
            return Problems([Problem("server \(server)", title.prefix(1).lowercased() + title.dropFirst(), fix: fix)])
        }
    }
}
