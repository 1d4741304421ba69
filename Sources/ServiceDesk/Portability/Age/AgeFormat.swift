import Crypto
import Formats
import Foundation

/// The file format of age, version 1 (age-encryption.org/v1), for one kind of recipient: a header with the file's key,
/// sealed by X25519, and the content in pieces by ChaCha20-Poly1305. Any program that reads age opens such a file.
enum AgeFormat {
    static let intro = "age-encryption.org/v1\n"
    private static let wrapping = "age-encryption.org/v1/X25519"
    /// How many bytes of content are in a piece.
    static let piece = 64 << 10
    /// How many more it has with its tag.
    static let tag = 16
    /// The longest header that is read.
    static let longestHeader = 64 << 10

    // MARK: The header

    /// A header for one recipient.
    ///
    /// - Parameters:
    ///   - fileKey: 16 random bytes.
    ///   - ephemeral: 32 random bytes.
    static func header(fileKey: [UInt8], for recipient: AgeRecipient, ephemeral: [UInt8]) throws -> [UInt8] {
        let secret = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: ephemeral)
        let share = Array(secret.publicKey.rawRepresentation)
        let theirs = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: recipient.bytes)
        let key = try wrappingKey(secret.sharedSecretFromKeyAgreement(with: theirs), share, recipient.bytes)
        let box = try ChaChaPoly.seal(fileKey, using: key, nonce: nonce(0, isLast: false))
        let head = intro + "-> X25519 \(Base64.plain(share))\n\(Base64.plain(Array(box.ciphertext + box.tag)))\n---"
        return Array(head.utf8) + Array(" \(Base64.plain(mac(of: Array(head.utf8), fileKey)))\n".utf8)
    }

    /// The file's key; nil where no identity is one that it was sealed for.
    ///
    /// - Parameter header: all of it, with the line of its MAC.
    /// - Throws: ``AgeFailure`` where it is no header, or was changed.
    static func fileKey(_ header: [UInt8], _ identities: [AgeIdentity]) throws -> [UInt8]? {
        guard let text = String(validating: header, as: UTF8.self), text.hasPrefix(intro), text.hasSuffix("\n") else {
            throw AgeFailure.header
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        guard let last = lines.last, last.hasPrefix("--- "), let told = Base64.bytes(plain: last.dropFirst(4)) else {
            throw AgeFailure.header
        }
        let covered = header.dropLast(last.utf8.count + 1) + Array("---".utf8)
        for (place, line) in lines.enumerated() where line.hasPrefix("-> X25519 ") && place + 1 < lines.count {
            guard let share = Base64.bytes(plain: line.dropFirst(10)), share.count == 32,
                let body = Base64.bytes(plain: lines[place + 1]),
                body.count == 32
            else { throw AgeFailure.header }
            for identity in identities {
                guard let key = try? open(body, share, identity) else { continue }
                guard HMAC<SHA256>.isValidAuthenticationCode(told, authenticating: covered, using: macKey(key)) else {
                    throw AgeFailure.header
                }
                return key
            }
        }
        return nil
    }

    private static func open(_ body: [UInt8], _ share: [UInt8], _ identity: AgeIdentity) throws -> [UInt8] {
        let theirs = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: share)
        let secret = try identity.key.sharedSecretFromKeyAgreement(with: theirs)
        let box = try ChaChaPoly.SealedBox(
            nonce: nonce(0, isLast: false), ciphertext: body.dropLast(tag), tag: body.suffix(tag))
        return Array(try ChaChaPoly.open(box, using: wrappingKey(secret, share, identity.recipient.bytes)))
    }

    private static func wrappingKey(_ secret: SharedSecret, _ share: [UInt8], _ recipient: [UInt8]) -> SymmetricKey {
        secret.hkdfDerivedSymmetricKey(
            using: SHA256.self, salt: share + recipient, sharedInfo: Array(wrapping.utf8), outputByteCount: 32)
    }

    private static func macKey(_ fileKey: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: fileKey), info: Array("header".utf8), outputByteCount: 32)
    }

    private static func mac(of head: [UInt8], _ fileKey: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: head, using: macKey(fileKey)))
    }

    // MARK: The content

    /// What the pieces are sealed with.
    static func contentKey(_ fileKey: [UInt8], nonce: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: fileKey), salt: nonce, info: Array("payload".utf8),
            outputByteCount: 32)
    }

    /// The number of a piece as its nonce, and whether it is the last: none can be left out or put elsewhere.
    static func nonce(_ number: UInt64, isLast: Bool) throws -> ChaChaPoly.Nonce {
        var bytes = [UInt8](repeating: 0, count: 3)
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
        return try ChaChaPoly.Nonce(data: bytes + [isLast ? 1 : 0])
    }
}

/// Why a sealed file cannot be opened.
enum AgeFailure: Error, Hashable {
    /// Its beginning is not that of such a file, or was changed.
    case header
    /// What it was sealed for is none of the keys given.
    case otherKey
    /// It was changed, or it is cut off.
    case content

    var words: (what: String, fix: String) {
        switch self {
        case .header: ("its beginning was changed, or is not that of a sealed file", "use another copy of it")
        case .otherKey: ("it was sealed for another key", "give the identity of its recipient")
        case .content: ("it was changed, or is cut off", "use another copy of it")
        }
    }
}
