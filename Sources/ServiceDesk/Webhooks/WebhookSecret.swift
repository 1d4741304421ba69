import Crypto
import Foundation

/// The key that an endpoint and the desk share, and what is signed with it (Standard Webhooks, symmetric signatures).
package struct WebhookSecret: Hashable, Sendable {
    /// The key.
    private let bytes: [UInt8]

    /// How long a key may be.
    static let lengths = 24...64
    private static let prefix = "whsec_"

    /// A new key of 32 bytes.
    package init(random: (Int) -> [UInt8]) { bytes = random(32) }

    /// A key as ``text`` writes it; nil where the text is none.
    package init?(text: String) {
        guard text.hasPrefix(WebhookSecret.prefix),
            let data = Data(base64Encoded: String(text.dropFirst(WebhookSecret.prefix.count))),
            WebhookSecret.lengths.contains(data.count)
        else { return nil }
        bytes = Array(data)
    }

    /// The key as its owner gets it, once.
    package var text: String { WebhookSecret.prefix + Data(bytes).base64EncodedString() }

    /// The value of the header `webhook-signature`.
    ///
    /// - Parameters:
    ///   - id: the message's id, the same at every try.
    ///   - timestamp: when it is tried, in seconds since 1970.
    ///   - body: just the bytes that are sent.
    package func signature(id: String, timestamp: Int, body: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(id).\(timestamp).\(body)".utf8), using: SymmetricKey(data: bytes))
        return "v1," + Data(code).base64EncodedString()
    }
}

extension WebhookSecret: CustomStringConvertible {
    /// Never the key: descriptions end in logs.
    package var description: String { "a webhook's secret" }
}

extension WebhookSecret: CustomReflectable {
    /// Nothing: dumps and failed tests end in logs too.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
