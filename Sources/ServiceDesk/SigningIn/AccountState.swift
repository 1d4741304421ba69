import Crypto
import Formats
import Foundation
import Storage

/// What lets somebody in, as the line of the audit trail that changed it says it: a check finds what was changed past the
/// program. Digests with a salt that lies with the account: once that is gone they tell nothing.
struct AccountState: Hashable {
    /// Whose account it is.
    var user: String
    /// The digest of the address.
    var address: String
    /// The digest of the hash of the password.
    var password: String
    /// The digest of the key of the second factor.
    var code: String

    init(user: String, email: String, password: String?, totpSecret: [UInt8]?, salt: [UInt8]) {
        func digest(_ name: String, _ value: String?) -> String {
            StateDigest.of([Hex.text(salt), user, name] + (value.map { [$0] } ?? []))
        }
        self.user = user
        address = digest("address", email)
        self.password = digest("password", password)
        code = digest("code", totpSecret.map { Hex.text($0) })
    }

    /// As a line of the audit trail has it: an id has no spaces.
    var text: String { "\(user) \(address) \(password) \(code)" }

    init?(_ text: String) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 4 else { return nil }
        (user, address, password, code) = (parts[0], parts[1], parts[2], parts[3])
    }
}

/// What an endpoint's messages are signed with, as the line of the audit trail that changed it says it.
struct WebhookState: Hashable {
    /// The endpoint.
    var webhook: String
    /// The digest of its secret, which nobody can guess: it needs no salt.
    var secret: String

    init(webhook: String, secret: String) {
        self.webhook = webhook
        self.secret = StateDigest.of([webhook, "secret", secret])
    }

    /// As a line of the audit trail has it.
    var text: String { "\(webhook) \(secret)" }

    init?(_ text: String) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 2 else { return nil }
        (webhook, secret) = (parts[0], parts[1])
    }
}

private enum StateDigest {
    /// Each text behind its length, so that no two lists give the same.
    static func of(_ texts: [String]) -> String {
        let content = texts.map { "\($0.utf8.count):\($0)" }.joined()
        return Hex.text(Array(SHA256.hash(data: Data(content.utf8)).prefix(16)))
    }
}
