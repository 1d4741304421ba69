import NIOCore
import Testing

@testable import SiteKit
@testable import WebApp

@Suite("Forms")
struct FormTests {
    private func fields(_ text: String) throws -> FormFields { try FormFields(urlEncoded: text.utf8) }

    @Test(
        "Fields are read as browsers write them",
        arguments: [
            ("a=b", "b"), ("a=b+c", "b c"), ("a=b%20c", "b c"), ("a=%C3%A9", "é"), ("a=", ""), ("a", ""), ("", ""),
            ("b=1&a=2", "2"), ("a=1&a=2", "1"), ("a=b=c", "b=c"), ("a=100%", "100%"), ("a=%zz", "%zz"), ("a=%4", "%4"),
            ("a=++x++", "x"), ("&&a=1&&", "1"), ("%61=1", "1"), ("a=%26%3D", "&="),
        ])
    func urlEncoded(text: String, value: String) throws {
        #expect(try fields(text).text("a") == value)
    }

    @Test("What is not text is refused, not mended", arguments: ["a=%FF", "a=%C3", "a=%00", "%00=a", "a=%ED%A0%80"])
    func notText(text: String) {
        #expect(throws: PageError.self) { try fields(text) }
    }

    @Test("A password keeps its spaces; other fields lose those around them")
    func secrets() throws {
        var form = try fields("p=+x+")
        #expect(form.secret("p") == "")
        form.waitedInLine = true
        #expect(form.secret("p") == " x ")
        #expect(try fields("p=+x+").text("p") == "x")
        #expect(try fields("p=+").optional("p") == nil)
        #expect(try fields("p=+%F0%9F%87%A9%F0%9F%87%AA+").text("p") == "🇩🇪")
    }

    @Test("More fields than any form has are refused")
    func many() throws {
        let most = (0..<FormFields.most).map { "f\($0)=1" }.joined(separator: "&")
        #expect(try fields(most).text("f999") == "1")
        #expect(throws: PageError.self) { try fields(most + "&one=more") }
    }

    // MARK: With files

    private static let form =
        "--xyz\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nTwo\r\nlines\r\n--xyz\r\n"
        + "Content-Disposition: form-data; name=\"file\"; filename=\"a \u{22}b\u{22}.txt\"\r\nContent-Type: text/plain\r\n\r\n"
        + "--xy\r\n\r\n--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--xyz--\r\n"

    private func multipart(_ text: String, boundary: String = "xyz") throws -> FormFields {
        try FormBody.fields(
            of: ByteBuffer(string: text), contentType: "multipart/form-data; boundary=\(boundary)")
    }

    @Test("Parts are read to their boundary and no further; a file that nobody chose is none")
    func parts() throws {
        let form = Self.form.replacing("a \"b\".txt", with: "a %22b%22.txt")
        let fields = try multipart(form)
        #expect(fields.text("note") == "Two\r\nlines")
        #expect(fields.files("file").map(\.filename) == ["a \"b\".txt"])
        #expect(fields.files("file").first?.bytes == Array("--xy\r\n".utf8))
        let quoted = try multipart(form, boundary: "\"xyz\"")
        #expect(quoted.text("note") == fields.text("note"))
    }

    @Test("A file of any bytes comes back byte by byte")
    func bytes() throws {
        let content = (0..<70_000).map { _ in UInt8.random(in: .min ... .max) } + Array("\r\n--xy\r\n--xz".utf8)
        var body = ByteBuffer(string: "--xyz\r\ncontent-disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n")
        body.writeBytes(content)
        body.writeString("\r\n--xyz--\r\n")
        let fields = try FormBody.fields(of: body, contentType: "multipart/form-data; boundary=xyz")
        #expect(fields.files("f").first?.bytes == content)
    }

    @Test("Whatever is cut, doubled or changed of a form is read or refused, never worse")
    func mutations() throws {
        let bytes = Array(Self.form.utf8)
        for length in bytes.indices {
            // Cut anywhere before its end mark it is no form.
            if length < bytes.count - 4 {
                #expect(throws: PageError.self) { try multipart(String(decoding: bytes[..<length], as: UTF8.self)) }
            }
        }
        for _ in 0..<3000 {
            var changed = bytes
            for _ in 0...Int.random(in: 0...4) {
                let place = Int.random(in: 0..<changed.count)
                switch Int.random(in: 0..<3) {
                case 0: changed[place] = UInt8.random(in: .min ... .max)
                case 1: changed.remove(at: place)
                default: changed.insert(changed[Int.random(in: 0..<changed.count)], at: place)
                }
            }
            let body = ByteBuffer(bytes: changed)
            do {
                _ = try FormBody.fields(of: body, contentType: "multipart/form-data; boundary=xyz")
            } catch is PageError {}
        }
    }

    @Test(
        "Other kinds of bodies, and forms without an end mark of their own, are refused",
        arguments: [
            "application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=",
            "multipart/form-data; boundary=" + String(repeating: "x", count: 71), "multipart/mixed; boundary=xyz",
        ])
    func kinds(type: String) {
        #expect(throws: PageError.self) {
            try FormBody.fields(of: ByteBuffer(string: Self.form), contentType: type)
        }
    }
}
