import Foundation
import Testing

@testable import Formats

@Suite("Bytes as text")
struct TextEncodingTests {
    @Test(
        "Base64 as RFC 4648 has it, without padding",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(bytes: String, text: String) {
        #expect(Base64.plain(bytes.utf8) == text)
        #expect(Base64.address(bytes.utf8) == text)
        #expect(Base64.bytes(plain: text) == Array(bytes.utf8))
    }

    @Test("The two alphabets differ in two signs")
    func alphabets() {
        let bytes: [UInt8] = [0xFB, 0xEF, 0xFF]
        #expect(Base64.plain(bytes) == "++//")
        #expect(Base64.address(bytes) == "--__")
    }

    @Test("What is padded or no Base64 is not read", arguments: ["Zg==", "Z", "Zm9v!", "Zm 9v"])
    func noBase64(text: String) { #expect(Base64.bytes(plain: text) == nil) }

    @Test("Hexadecimal digits and back")
    func hex() {
        let bytes = [UInt8](0...255)
        let text = Hex.text(bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff") && text.utf8.count == 512)
        #expect(Hex.bytes(text) == bytes)
        #expect(Hex.bytes(text.uppercased()) == bytes)
        for wrong in ["0", "0g", "0x", "é0", " 00"] { #expect(Hex.bytes(wrong) == nil) }
    }

    @Test(
        "Parts of addresses as RFC 3986 has them",
        arguments: [
            ("", ""), ("AZaz09-._~", "AZaz09-._~"), ("a b", "a%20b"), ("a/b?c#d", "a%2Fb%3Fc%23d"),
            ("100 %", "100%20%25"),
            ("é", "%C3%A9"), ("\"", "%22"), ("a+b", "a%2Bb"),
        ])
    func percent(text: String, escaped: String) {
        #expect(PercentEncoding.escaped(text) == escaped)
        #expect(escaped.removingPercentEncoding == text)
    }

    @Test("The same and not the same, in constant time")
    func constantTime() {
        #expect(ConstantTime.areEqual("secret".utf8, "secret".utf8))
        #expect(ConstantTime.areEqual([], []))
        for other in ["secreT", "secre", "secrets", ""] { #expect(!ConstantTime.areEqual("secret".utf8, other.utf8)) }
    }
}
