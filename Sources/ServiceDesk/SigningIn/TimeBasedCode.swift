import Crypto
import Formats
import Foundation
package import Values

/// A key that a person's app and the desk share, and the codes that follow from it (RFC 6238: SHA-1, six digits, half
/// minutes).
package struct TOTPSecret: Hashable, Sendable {
    /// The key.
    package let bytes: [UInt8]

    /// A new key of 20 bytes.
    package init(random: (Int) -> [UInt8]) { bytes = random(20) }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// A key as apps take it; nil where the text is none.
    package init?(text: String) {
        var bytes: [UInt8] = []
        var buffer = 0
        var bits = 0
        for character in text.uppercased().utf8 where character != UInt8(ascii: " ") && character != UInt8(ascii: "=") {
            guard let value = TOTPSecret.alphabet.firstIndex(of: character) else { return nil }
            buffer = buffer << 5 | value
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(buffer >> bits & 0xFF))
                buffer &= (1 << bits) - 1
            }
        }
        guard bytes.count >= 16, bytes.count <= 64 else { return nil }
        self.bytes = bytes
    }

    /// The key as apps take it (RFC 4648, base 32).
    package var text: String {
        var text: [UInt8] = []
        var buffer = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | Int(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(TOTPSecret.alphabet[buffer >> bits & 31])
            }
            buffer &= (1 << bits) - 1
        }
        if bits > 0 { text.append(TOTPSecret.alphabet[buffer << (5 - bits) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// The address that opens it in an app.
    package func url(for email: String) -> String {
        let name = PercentEncoding.escaped(email)
        return "otpauth://totp/Mainstay:\(name)?secret=\(text)&issuer=Mainstay"
    }

    /// The code of a half minute.
    package func code(step: Int) -> String {
        let counter = withUnsafeBytes(of: UInt64(clamping: step).bigEndian) { Array($0) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: bytes)))
        let offset = Int(mac[19] & 15)
        let number = mac[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The half minute whose code it is, now or one to either side; nil where it is of none, or of one used before.
    package func step(of code: String, at now: Instant, after used: Int) -> Int? {
        guard code.utf8.count <= 64 else { return nil }
        let typed = code.filter { !$0.isWhitespace }
        let current = now.seconds / TOTPSecret.stepSeconds
        return (current - 1...current + 1).first { $0 > used && self.code(step: $0) == typed }
    }

    private static let stepSeconds = 30
}
