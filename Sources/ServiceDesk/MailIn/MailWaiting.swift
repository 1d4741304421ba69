package import Database
package import Exchange
import Foundation
package import Values

/// Mail that waits for staff, because nobody else can tell whose it is. It is kept as it came, for 30 days, and no fact.
package struct MailWaiting {
    /// A mail that waits.
    package struct Mail: Hashable, Sendable {
        /// Its number.
        package var id: Int
        /// When it came.
        package var at: Instant
        /// Why it waits.
        package var reason: Reason
        /// All of it.
        package var mail: IncomingMail
        /// Whose it may be: the contacts with its sender's address.
        package var candidates: [Directory.Contact]
    }

    /// Why nobody can tell whose a mail is.
    package enum Reason: String, Hashable, Sendable, CustomStringConvertible {
        case severalClients = "several-clients"
        case notProved = "not-proved"

        package var description: String {
            switch self {
            case .severalClients:
                "its address belongs to contacts of several clients, and it answers no request of them"
            case .notProved: "a client named its address, and nobody has used a link that went there"
            }
        }
    }

    /// The most that wait of one sender, and in all: what comes then comes again later.
    package static let most = (ofSender: 10, inAll: 500)
    /// The most bytes of files of one mail.
    static let largest = 10 << 20
    private static let lasts = Hours(30 * 24)

    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// The first mails, the earliest first, without what their files hold: of those only one mail's are read at a time.
    package func mails(limit: Int) throws -> [Mail] {
        try mails("ORDER BY id LIMIT $1", limit) { mail in
            for place in mail.files.indices { mail.files[place].content = nil }
        }
    }

    /// A mail by its number; nil where none waits.
    package func mail(_ id: Int) throws -> Mail? { try mails("WHERE id = $1", id).first }

    /// How many wait.
    package func count() throws -> Int {
        try connection.first("SELECT COUNT(*) FROM mail_waiting") { $0.integer(0) } ?? 0
    }

    private func mails(_ which: String, _ value: Int, _ shorten: (inout IncomingMail) -> Void = { _ in }) throws
        -> [Mail]
    {
        var mails: [Mail] = []
        try connection.forEachRow("SELECT id, at, reason, body FROM mail_waiting \(which)", [.integer(value)]) { row in
            var mail = try JSONDecoder().decode(Wire.self, from: Data(row.text(3).utf8)).mail
            shorten(&mail)
            mails.append(
                Mail(
                    id: row.integer(0), at: Instant(seconds: row.integer(1)),
                    reason: Reason(rawValue: row.text(2)) ?? .notProved, mail: mail, candidates: []))
        }
        for place in mails.indices {
            mails[place].candidates = try Directory(connection).contacts(withEmail: mails[place].mail.sender)
                .filter { !$0.isEnded }
        }
        return mails
    }

    /// Keeps a mail; false where there are too many. The same mail again is the one that waits.
    func keep(_ mail: IncomingMail, _ reason: Reason, at now: Instant) throws -> Bool {
        let sure = try Clocks.sure(connection, now: now)
        try connection.run(
            "DELETE FROM mail_waiting WHERE at < $1", [.integer((sure + -MailWaiting.lasts).seconds)])
        let sender = mail.sender.lowercased()
        let theirs = try connection.all(
            "SELECT body FROM mail_waiting WHERE sender = $1 ORDER BY id", [.text(sender)]
        ) { $0.text(0) }
        let body = String(decoding: try JSONEncoder().encode(Wire(mail)), as: UTF8.self)
        let isKept = try theirs.contains { text in
            let known = try JSONDecoder().decode(Wire.self, from: Data(text.utf8)).mail
            return mail.id.map { $0 == known.id } ?? (known == Wire(mail).mail)
        }
        guard !isKept else { return true }
        guard theirs.count < MailWaiting.most.ofSender, try count() < MailWaiting.most.inAll else { return false }
        let id = (try connection.first("SELECT MAX(id) FROM mail_waiting") { $0.optionalInteger(0) ?? 0 } ?? 0) + 1
        try connection.run(
            "INSERT INTO mail_waiting (id, at, sender, reason, body) VALUES ($1, $2, $3, $4, $5)",
            [.integer(id), .integer(now.seconds), .text(sender), .text(reason.rawValue), .text(body)])
        return true
    }

    /// Takes a mail away; false where none waits under the number.
    func remove(_ id: Int) throws -> Bool {
        try connection.run("DELETE FROM mail_waiting WHERE id = $1", [.integer(id)]) > 0
    }

    /// Forgets what somebody sent.
    func forget(_ sender: String) throws {
        try connection.run("DELETE FROM mail_waiting WHERE sender = $1", [.text(sender)])
    }

    /// A mail as it is kept; files that are too large for it are named and left out.
    private struct Wire: Codable {
        struct File: Codable {
            var name: String
            var content: Data?
            var size: Int
            var isOfText: Bool
        }

        var id: String?
        var date: String?
        var references: [String]
        var sender: String
        var subject: String
        var text: String
        var written: String
        var files: [File] = []

        init(_ mail: IncomingMail) {
            id = mail.id
            date = mail.date
            references = mail.references
            sender = mail.sender
            subject = mail.subject
            text = mail.text.cut(toBytes: 1 << 20)
            written = mail.written.cut(toBytes: 1 << 20)
            var left = MailWaiting.largest
            for file in mail.files.prefix(100) {
                let fits = (file.content?.count ?? 0) <= left
                if fits { left -= file.content?.count ?? 0 }
                files.append(
                    File(
                        name: file.name, content: fits ? file.content.map { Data($0) } : nil, size: file.size,
                        isOfText: file.isOfText))
            }
        }

        var mail: IncomingMail {
            IncomingMail(
                id: id, date: date, references: references, sender: sender, subject: subject, text: text,
                written: written,
                files: files.map {
                    .init(name: $0.name, content: $0.content.map { Array($0) }, size: $0.size, isOfText: $0.isOfText)
                })
        }
    }
}
