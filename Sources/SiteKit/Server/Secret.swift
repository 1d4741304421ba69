import Crypto
import Formats
import Foundation

/// Texts made of bytes that nobody can guess, and what proves that one knows them.
package enum Secret {
    /// Bytes as text that goes into addresses, cookies and forms (RFC 4648, section 5).
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        Base64.address(bytes)
    }

    /// What only somebody with the secret can make of a text.
    package static func proof(of text: String, by secret: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(text.utf8), using: SymmetricKey(data: Data(SHA256.hash(data: Data(secret.utf8)))))
        return Self.text(code)
    }

    /// Whether a proof is right, in a time that tells nothing.
    package static func isProof(_ proof: String, of text: String, by secret: String) -> Bool {
        ConstantTime.areEqual(Self.proof(of: text, by: secret).utf8, proof.utf8)
    }
}
