import Crypto
import Formats
import Foundation
import Storage

/// A token as the database keeps it. Its id is made of all the rest, and the audit trail has the id: a token that was put
/// there, or whose owner, scopes or end were changed, has no line.
struct TokenRow {
    var hash: [UInt8]
    var owner: String
    var name: String
    var scopes: String
    var createdAt: Int
    var expiresAt: Int

    /// What people call it, to revoke it.
    var id: String {
        let texts = [Hex.text(hash), owner, name, scopes, "\(createdAt)", "\(expiresAt)"]
        // Each behind its length, so that no two rows give the same.
        let content = texts.map { "\($0.utf8.count):\($0)" }.joined()
        let digest = Data(SHA256.hash(data: Data(content.utf8))).prefix(12)
        return "t-" + Base64.address(digest)
    }

    /// Ids of tokens that were made before ids were: of chance alone.
    static func isOfChance(_ id: String) -> Bool { id.utf8.count == 12 }
}
