import Agreements
import Database
import Foundation

@testable import ServiceDesk

/// A mail command that keeps what it is given.
final class TestPost {
    struct Mail {
        var to: String
        var subject: String
        var text: String

        /// The token of a link in it.
        func token(_ path: String = "links") -> String? {
            text.firstMatch(of: /https:\/\/desk.example\/([a-z]+)\/([0-9a-f]{64})/).flatMap {
                $0.1 == path ? String($0.2) : nil
            }
        }
    }

    private let folder = NSTemporaryDirectory() + "test-post-\(UUID().uuidString)"
    private let room: MailRoom

    init(_ desk: ServiceDesk) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let keep = "{ echo \"X-Given-To: $2\"; cat; } > \"$0/$(ls $0 | wc -l | xargs printf %05d)-$$\""
        room = MailRoom(
            desk: desk, mail: MailCommand(command: ["/bin/sh", "-c", keep, folder], sender: "desk@agency.example"),
            publicURL: "https://desk.example")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Sends what is due, and gives what was sent since the last time.
    func mails() throws -> [Mail] {
        _ = try room.round()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return try names.map { name in
            let message = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            func header(_ name: String) -> String {
                message.split(separator: "\n").first { $0.hasPrefix("\(name): ") }.map {
                    String($0.dropFirst(name.count + 2))
                } ?? ""
            }
            let part = message.components(separatedBy: "Content-Type: text/plain").last ?? ""
            let base64 =
                part.components(separatedBy: "\n\n").dropFirst().first?.components(separatedBy: "\n--").first ?? ""
            let text = String(
                decoding: Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data(), as: UTF8.self)
            return Mail(to: header("X-Given-To"), subject: header("Subject"), text: text)
        }
    }
}

extension TestDesk {
    /// Signing in at this desk, with passwords that are quickly checked.
    var signIn: SignIn {
        let random: @Sendable (Int) -> [UInt8] = { count in (0..<count).map { _ in .random(in: .min ... .max) } }
        return SignIn(
            desk: desk, hasher: PasswordHasher(cost: .init(logRounds: 4, blockSize: 8, parallelism: 1), random: random),
            random: random)
    }

    /// Invites somebody and lets them in by their link.
    ///
    /// - Returns: their id and the token of their session.
    func letIn(_ name: String, _ client: ClientID, _ role: ContactRole) throws -> (id: String, session: String) {
        let invited = try signIn.inviteContact(
            nil, of: client, fullName: name.capitalized, email: "\(name)@\(client).example", role: role, by: owner)
        guard case .signedIn(let session) = try signIn.enter(invited.token, address: "", agent: "") else {
            throw StorageError.internalFault("the link lets nobody in")
        }
        return (invited.id, session)
    }
}
