import Foundation

/// Base64 without its padding, which some formats leave out.
package enum Base64 {
    /// Bytes in the plain alphabet (RFC 4648, section 4), as age and password hashes have them.
    package static func plain(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("=", with: "")
    }

    /// Bytes in the alphabet of addresses (RFC 4648, section 5).
    package static func address(_ bytes: some Sequence<UInt8>) -> String {
        plain(bytes).replacing("+", with: "-").replacing("/", with: "_")
    }

    /// The bytes of a text in the plain alphabet; nil where it is none, or is padded.
    package static func bytes(plain text: some StringProtocol) -> [UInt8]? {
        guard !text.utf8.contains(UInt8(ascii: "=")) else { return nil }
        let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: padded).map { Array($0) }
    }
}
