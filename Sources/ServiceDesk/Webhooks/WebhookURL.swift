import Foundation
import Values

/// Where a webhook may go.
package enum WebhookURL {
    private static let longest = 500
    /// Names that are never those of the public network (RFC 6761, RFC 6762, RFC 9476, ICANN's .internal).
    private static let ownNames = ["localhost", "local", "internal", "alt", "test", "invalid", "onion"]

    /// Checks an address as it is written; what its name stands for is judged when something is sent.
    ///
    /// - Parameter allowsPrivate: whether networks of one's own are meant, and plain HTTP with them.
    /// - Throws: `Problems` with what is wrong.
    package static func check(_ text: String, allowsPrivate: Bool) throws {
        func refuse(_ message: String, _ fix: String) -> Problems { Problems([Problem("url", message, fix: fix)]) }
        guard text.utf8.count <= longest, text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }),
            let parts = URLComponents(string: text), let host = parts.host?.lowercased(), !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme)
        else { throw refuse("it is no address", "write https://example.com/hooks") }
        guard parts.port.map((1...65_535).contains) ?? true else {
            throw refuse("there is no such port", "write a port up to 65535, or none")
        }
        guard parts.user == nil, parts.password == nil, parts.fragment == nil else {
            throw refuse("a name, a password or a # does not belong in it", "write https://example.com/hooks")
        }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        if let address = NetworkAddress(text: bare), address.isNeverAsked {
            throw refuse("nothing is ever sent to that address", "give another")
        }
        guard !allowsPrivate else { return }
        guard scheme == "https" else { throw refuse("what is sent could be read on its way", "write https://") }
        guard isPublic(host) else {
            throw refuse(
                "it is in a network of your own",
                "give a public address; a whole installation is allowed others by MAINSTAY_WEBHOOKS_ALLOW_PRIVATE=1")
        }
    }

    private static func isPublic(_ host: String) -> Bool {
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        if let address = NetworkAddress(text: bare) { return address.isPublic }
        // Systems read 2130706433, 0x7f.1 and 0177.0.0.1 as addresses too.
        let labels = bare.split(separator: ".", omittingEmptySubsequences: true)
        guard labels.count > 1, let last = labels.last, last.first?.isNumber == false, !bare.contains(":") else {
            return false
        }
        return !ownNames.contains(String(last))
    }
}
