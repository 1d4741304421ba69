package import Agreements
package import Database
import Exchange
package import Rating
import Storage
package import Values

/// What was written about a request, and the files that came with it.
package struct Conversation {
    /// A message.
    package struct Message: Hashable, Sendable {
        /// Its id.
        package var id: String
        /// The request it was written on: another than the one asked about, where that was merged into it.
        package var request: RequestID
        /// Who wrote it: a member of staff or a contact.
        package var from: String
        /// When.
        package var at: Instant
        /// Whether only staff may read it.
        package var isInternal: Bool
        /// Whether the client wrote it.
        package var isFromClient: Bool
        /// The member of staff who wrote down what the client said; nil where they wrote it themselves.
        package var notedBy: String?
        /// What it says.
        package var text: String
        /// The whole of the mail, where the text is a part of it: for staff alone, for what it quotes was said elsewhere.
        package var whole: String?
        /// Whether it came by mail.
        package var cameByMail = false
        /// The files that came with it.
        package var attachments: [Attachment] = []
    }

    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection) { self.connection = connection }

    /// A request's conversation and those of the requests merged into it, the earliest message first.
    ///
    /// - Parameter client: whose eyes it is for: internal notes, what was written while the request was another client's, and
    ///   what mails have besides the words that were meant for them, stay hidden; nil for staff.
    package func messages(of request: RequestID, for client: ClientID? = nil) throws -> [Message] {
        var found: [(seq: Int, message: Message)] = []
        var attachments: [String: [Attachment]] = [:]
        for id in [request] + (try RequestBoard(connection).merged(into: request)) {
            try connection.forEachRow(
                """
                SELECT seq, kind, recorded_at, body, words, client, actor FROM fact
                WHERE parent = $1 AND kind IN ('message', 'attachment') ORDER BY seq
                """, [.text(id.text)]
            ) { row in
                if let client, row.text(5) != client.text { return }
                let texts = try row.texts(3, 4)
                if row.text(1) == "attachment" {
                    attachments[texts["message"] ?? "", default: []].append(Attachment(texts))
                } else {
                    found.append(
                        (
                            row.integer(0),
                            Message(
                                id: texts["id"] ?? "", request: id, from: texts["from"] ?? "",
                                at: Instant(seconds: row.integer(2)), isInternal: texts["for"] == "staff",
                                isFromClient: texts["side"] == "client",
                                notedBy: texts["side"] == "client" && texts["from"] != row.text(6) ? row.text(6) : nil,
                                text: texts["text"] ?? FactPieces.erased,
                                whole: client == nil ? texts["rest"] : nil, cameByMail: texts["way"] == "mail")
                        ))
                }
            }
        }
        if client != nil { found.removeAll { $0.message.isInternal } }
        return found.sorted { $0.seq < $1.seq }.map { _, message in
            var message = message
            message.attachments = attachments[message.id] ?? []
            return message
        }
    }

    /// An attachment with its content; nil where there is none of that id that a client may see.
    package func attachment(_ id: String, for client: ClientID) throws -> (attachment: Attachment, content: [UInt8])? {
        guard let found = try attachment(id),
            try messages(of: found.attachment.request, for: client).contains(where: {
                $0.attachments.contains(found.attachment)
            })
        else { return nil }
        return found
    }

    /// An attachment with its content; nil where there is none of that id.
    package func attachment(_ id: String) throws -> (attachment: Attachment, content: [UInt8])? {
        let found = try connection.first(
            "SELECT body, words FROM fact WHERE subject = $1 AND kind = 'attachment'", [.text(id)]
        ) { try Attachment($0.texts(0, 1)) }
        guard let found, let content = try AttachmentContent(connection).bytes(of: found.digest) else { return nil }
        return (found, content)
    }
}

/// A file that came with a message.
package struct Attachment: Hashable, Sendable {
    /// Its id.
    package var id: String
    /// The request it belongs to.
    package var request: RequestID
    /// What it was called.
    package var name: String
    /// What it is.
    package var mediaType: String
    /// Its size in bytes.
    package var size: Int
    /// The SHA-256 of its content, in hexadecimal digits.
    var digest: String

    init(_ texts: [String: String]) {
        id = texts["id"] ?? ""
        request = RequestID(texts["request"] ?? "")
        name = texts["name"] ?? FactPieces.erased
        mediaType = texts["type"] ?? "application/octet-stream"
        size = Int(texts["size"] ?? "") ?? 0
        digest = texts["sha256"] ?? ""
    }
}
