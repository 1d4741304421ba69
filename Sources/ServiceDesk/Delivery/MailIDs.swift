import Rating
import Values

/// The ids of our mails, by which an answer says what it belongs to.
enum MailIDs {
    /// The id that all mails about a request refer to, so that programs show them together.
    static func thread(of request: String, host: String) -> String { "\(request).thread@\(host)" }

    /// The id of one mail to one reader. Its token is known to who had the mail, and to nobody else.
    static func mail(message: Int, delivery: Int, token: String, host: String) -> String {
        "m\(message).\(delivery).\(token)@\(host)"
    }

    /// The requests whose threads some ids are of, the nearest last.
    static func requests(in ids: [String]) -> [RequestID] {
        ids.compactMap { id in
            let name = id.prefix { $0 != "@" }
            return name.hasSuffix(".thread") ? RequestID(String(name.dropLast(7))) : nil
        }
    }

    /// The tokens in some ids, the nearest last.
    static func tokens(in ids: [String]) -> [String] {
        ids.compactMap { id in
            let parts = id.prefix { $0 != "@" }.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 3 && parts[0].hasPrefix("m") && parts[2].utf8.count == 2 * tokenBytes
                ? String(parts[2]) : nil
        }
    }

    /// How many bytes of a token cannot be guessed.
    static let tokenBytes = 16
}
