import CGMime
package import Exchange

/// Reads mails as they come over the wire (RFC 5322, RFC 2045), by GMime: of any charset, and broken as they may be.
package enum MailReader {
    /// Why a mail cannot be read.
    package enum Unreadable: Error, Hashable, CustomStringConvertible {
        /// There is nothing that could be one.
        case noMail
        /// Nobody is named who it could be from.
        case noSender
        /// Several are: who of them wrote it cannot be told, and servers judge one of them.
        case severalSenders

        package var description: String {
            switch self {
            case .noMail: "what came is no mail"
            case .noSender: "the mail does not say whom it is from"
            case .severalSenders: "the mail says that it is from several people"
            }
        }
    }

    /// How many parts of a mail are looked at.
    private static let mostParts = 200
    /// How many of the mails that a mail answers are looked at.
    private static let mostReferences: Int32 = 50

    /// Reads a mail from an open file, from where it stands. The file stays open.
    ///
    /// GMime's readers of addresses go into groups within groups as deep as a mail has them: what strangers send is read in
    /// a process of its own, which may end.
    ///
    /// - Parameter largestFile: of larger files the size alone is told.
    package static func read(descriptor: Int32, largestFile: Int = .max) throws(Unreadable) -> IncomingMail {
        _ = isReady
        guard let stream = g_mime_stream_fs_new(descriptor) else { throw .noMail }
        defer { mail_unref(stream) }
        g_mime_stream_fs_set_owner(UnsafeMutableRawPointer(stream).assumingMemoryBound(to: GMimeStreamFs.self), 0)
        guard let parser = g_mime_parser_new_with_stream(stream) else { throw .noMail }
        defer { mail_unref(parser) }
        // The parts of a large mail are read from the file when they are wanted.
        g_mime_parser_set_persist_stream(parser, 1)
        guard let message = g_mime_parser_construct_message(parser, nil) else { throw .noMail }
        defer { mail_unref(message) }
        return try mail(message, largestFile)
    }

    /// GMime is set up once.
    private static let isReady: Void = g_mime_init()

    private static func mail(_ message: UnsafeMutablePointer<GMimeMessage>, _ largestFile: Int) throws(Unreadable)
        -> IncomingMail
    {
        let object = mail_as_object(message)
        func header(_ name: String) -> String? { text(g_mime_object_get_header(object, name)) }
        let senders = addresses(g_mime_message_get_from(message))
        // Not who it says that it was sent by: servers judge who wrote it.
        guard let sender = senders.first, sender.utf8.count <= 254 else { throw .noSender }
        guard senders.count < 2, headers(of: object, named: "from").count < 2 else { throw .severalSenders }
        var body = MailBody(left: mostParts, largestFile: largestFile)
        let subject = String(
            decoding: (text(g_mime_message_get_subject(message)) ?? "").utf8.prefix(4000), as: UTF8.self
        )
        .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var mediaType = ""
        if let root = g_mime_message_get_mime_part(message) {
            mediaType = MailBody.mediaType(of: root)
            body.take(root)
        }
        return IncomingMail(
            id: text(g_mime_message_get_message_id(message)), date: header("Date"),
            references: ids(header("References")) + ids(header("In-Reply-To")), sender: sender, subject: subject,
            text: body.text, written: body.written, files: body.files + body.pictures,
            automatic: AutomaticMail.reason(header: header, sender: sender, mediaType: mediaType),
            authenticationResults: headers(of: object, named: "authentication-results"))
    }

    // MARK: Pieces

    static func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }

    private static func addresses(_ list: UnsafeMutablePointer<InternetAddressList>?) -> [String] {
        guard let list else { return [] }
        return (0..<internet_address_list_length(list)).compactMap { index in
            guard let mailbox = mail_as_mailbox(internet_address_list_get_address(list, index)),
                let found = text(internet_address_mailbox_get_addr(mailbox)), found.contains("@")
            else { return nil }
            return found
        }
    }

    private static func ids(_ value: String?) -> [String] {
        guard let value, let references = g_mime_references_parse(nil, value) else { return [] }
        defer { g_mime_references_free(references) }
        // A thread is long; what is answered stands at its end.
        let count = g_mime_references_length(references)
        return (max(0, count - mostReferences)..<count).compactMap {
            text(g_mime_references_get_message_id(references, $0))
        }
    }

    private static func headers(of object: UnsafeMutablePointer<GMimeObject>?, named name: String) -> [String] {
        guard let list = g_mime_object_get_header_list(object) else { return [] }
        return (0..<g_mime_header_list_get_count(list)).compactMap { index in
            guard let header = g_mime_header_list_get_header_at(list, index),
                text(g_mime_header_get_name(header))?.lowercased() == name
            else { return nil }
            return text(g_mime_header_get_value(header))
        }
    }
}
