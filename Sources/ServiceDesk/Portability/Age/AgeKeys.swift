import Crypto
package import Foundation
package import Values

/// Whom a backup is sealed for: a public key, as `age` writes it. It may lie beside the server: it opens nothing.
package struct AgeRecipient: Hashable, Sendable {
    static let name = "age"

    /// The key's 32 bytes.
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: a problem where the text is no key.
    package init(text: String) throws {
        guard let bytes = Bech32.bytes(AgeRecipient.name, text), bytes.count == 32 else {
            throw Problems([
                Problem(
                    "recipient", "it is no key to seal backups with",
                    fix: "give what `mainstay backup-key` printed: age1…")
            ])
        }
        self.bytes = bytes
    }

    /// The key as text: `age1…`.
    package var text: String { Bech32.text(AgeRecipient.name, bytes) }
}

/// What opens sealed backups: a secret key, as `age` writes it. It is kept away from the server.
package struct AgeIdentity: Sendable {
    private static let name = "age-secret-key-"

    let key: Curve25519.KeyAgreement.PrivateKey

    /// - Parameter random: 32 bytes that nobody can guess.
    package init(random: [UInt8]) throws {
        key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: random)
    }

    /// The identities of a file: one a line, beside comments.
    ///
    /// - Throws: a problem where there is none in it.
    package static func read(_ data: Data, file: String) throws -> [AgeIdentity] {
        let lines = String(decoding: data.prefix(64 << 10), as: UTF8.self).split(whereSeparator: \.isNewline)
        let found = lines.map { $0.trimmingCharacters(in: .whitespaces) }.compactMap { line -> AgeIdentity? in
            guard let bytes = Bech32.bytes(name, line), bytes.count == 32 else { return nil }
            return try? AgeIdentity(random: bytes)
        }
        guard !found.isEmpty else {
            throw Problems([
                Problem(
                    "identity", "there is no key in it", fix: "give the file that `mainstay backup-key` wrote",
                    file: file)
            ])
        }
        return found
    }

    /// The key as text: `AGE-SECRET-KEY-1…`.
    private var text: String { Bech32.text(AgeIdentity.name, Array(key.rawRepresentation)).uppercased() }

    /// Whom backups are sealed for that this opens.
    package var recipient: AgeRecipient { AgeRecipient(bytes: Array(key.publicKey.rawRepresentation)) }

    /// The file to keep it in.
    package func file(at now: Instant) -> String {
        "# created: \(now)\n# public key: \(recipient.text)\n\(text)\n"
    }
}
