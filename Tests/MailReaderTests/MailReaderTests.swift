import Exchange
import Formats
import Foundation
import MailReader
import Testing

@Suite("Mails as people send them")
struct MailReaderTests {
    private func read(_ mail: String) throws -> IncomingMail { try read(Array(mail.utf8)) }

    private func read(_ bytes: [UInt8]) throws -> IncomingMail {
        let file = try #require(tmpfile())
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        rewind(file)
        return try MailReader.read(descriptor: fileno(file))
    }

    private func head(_ more: String = "") -> String {
        "From: Anna =?utf-8?Q?=C3=85kesson?= <Anna@acme.example>\r\nTo: desk@agency.example\r\n"
            + "Subject: =?iso-8859-1?Q?Bilder_l=E5ngsamma?=\r\nMessage-ID: <abc@acme.example>\r\n"
            + "MIME-Version: 1.0\r\n\(more)"
    }

    @Test("Headers: encoded words, ids, references")
    func headers() throws {
        let mail = try read(
            head(
                "References: <r-17.thread@desk.example>\r\n <m1.2.x@desk.example>\r\nIn-Reply-To: <m1.2.x@desk.example>\r\n"
            )
                + "\r\nHej\r\n")
        #expect(mail.sender == "Anna@acme.example")
        #expect(mail.subject == "Bilder långsamma")
        #expect(mail.id == "abc@acme.example")
        #expect(mail.references == ["r-17.thread@desk.example", "m1.2.x@desk.example", "m1.2.x@desk.example"])
        #expect(mail.text == "Hej\n")
        #expect(mail.automatic == nil)
    }

    @Test(
        "Charsets: declared, not declared, declared wrongly, unknown",
        arguments: [
            ("text/plain; charset=iso-8859-1", [0x6C, 0xE5, 0x6E, 0x67], "lång"),
            ("text/plain; charset=windows-1252", [0x80, 0x35], "€5"),
            ("text/plain; charset=utf-8", [0x6C, 0xC3, 0xA5], "lå"),
            ("text/plain", [0x6C, 0xC3, 0xA5], "lå"),
            ("text/plain; charset=iso-2022-jp", [0x1B, 0x24, 0x42, 0x46, 0x7C, 0x1B, 0x28, 0x42], "日"),
        ] as [(String, [UInt8], String)])
    func charsets(type: String, bytes: [UInt8], expected: String) throws {
        let mail = try read(
            Array((head("Content-Type: \(type)\r\nContent-Transfer-Encoding: 8bit\r\n") + "\r\n").utf8) + bytes)
        #expect(mail.text == expected)
    }

    @Test(
        "Bytes that are of no charset are read as far as they go", arguments: ["utf-8", "no-such-charset", "us-ascii"])
    func broken(charset: String) throws {
        let mail = try read(
            Array((head("Content-Type: text/plain; charset=\(charset)\r\n") + "\r\nab").utf8) + [0xFF, 0xE5, 0x00]
                + Array("cd".utf8))
        #expect(mail.text.hasPrefix("ab"))
        #expect(mail.text.hasSuffix("cd"))
        #expect(!mail.text.unicodeScalars.contains("\u{0}"))
    }

    @Test("Quoted-printable, base64, flowed lines")
    func encodings() throws {
        let quoted = try read(
            head("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n")
                + "\r\nna=C3=AFve =\r\nline\r\n")
        #expect(quoted.text == "naïve line\n")
        let flowed = try read(head("Content-Type: text/plain; format=flowed\r\n") + "\r\nOne \r\nline\r\n")
        #expect(flowed.text == "One line\n")
    }

    @Test("HTML alone: words, lists, links; styles and scripts say nothing")
    func html() throws {
        let mail = try read(
            head("Content-Type: text/html; charset=utf-8\r\n")
                + """
                \r\n<html><head><title>t</title><style>p{color:red}</style></head><body>
                <p>Hello   <b>there</b>,</p><p>it   is<br>slow &amp; broken:</p>
                <ul><li>one</li><li>two</li></ul><a href="https://shop.example/x">this page</a>
                <script>alert(1)</script><table><tr><td>a</td><td>b</td></tr></table></body></html>
                """)
        #expect(
            mail.text
                == "Hello there,\n\nit is\nslow & broken:\n\n- one\n- two\n\nthis page <https://shop.example/x>\n\na b")
    }

    @Test(
        "Answers in HTML alone: what is answered is left out",
        arguments: [
            "<div>New</div><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon, Ari wrote:</div><blockquote>Old</blockquote></div>",
            "<p>New</p><div class=\"moz-cite-prefix\">Am 23.11. schrieb Ari:</div><blockquote type=\"cite\">Old</blockquote>",
            "<div>New</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>From:</b> Ari</div><div>Old</div>",
            "<p>New</p><div style=\"border-top:solid\"><p><b>From:</b> Ari<br><b>Sent:</b> Monday<br><b>To:</b> Anna<br><b>Subject:</b> x</p></div><p>Old</p>",
            "<p>New</p><div class=\"yahoo_quoted\">Old</div>",
        ])
    func answersInHTML(body: String) throws {
        let mail = try read(head("Content-Type: text/html\r\n") + "\r\n<html><body>\(body)</body></html>")
        #expect(mail.written == "New")
        #expect(mail.text.contains("Old"))
    }

    @Test("Both forms and files: the plain one is read, files come in order, pictures of the text last")
    func files() throws {
        let mail = try read(
            head("Content-Type: multipart/mixed; boundary=m\r\n")
                + """
                \r\n--m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: multipart/alternative; boundary=a\r
                \r\n--a\r\nContent-Type: text/plain\r\n\r\nPlain\r\n--a\r\nContent-Type: text/html\r\n\r\n<p>Rich</p>\r\n--a--\r
                --r\r\nContent-Type: image/png; name=logo.png\r\nContent-Disposition: inline\r\nContent-ID: <l@x>\r\n\r\nPNG\r\n--r--\r
                --m\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''r%C3%A4kning.pdf\r
                Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r
                --m\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\n\r\ninner\r\n--m--\r\n
                """)
        #expect(mail.text.trimmingCharacters(in: .whitespacesAndNewlines) == "Plain")
        #expect(mail.files.map(\.name) == ["räkning.pdf", "a forwarded mail", "logo.png"])
        #expect(mail.files.first?.content == Array("%PDF-".utf8))
    }

    @Test("An empty plain form gives way to the other")
    func emptyPlain() throws {
        let mail = try read(
            head("Content-Type: multipart/alternative; boundary=a\r\n")
                + "\r\n--a\r\nContent-Type: text/plain\r\n\r\n  \r\n--a\r\nContent-Type: text/html\r\n\r\n<p>Rich</p>\r\n--a--\r\n"
        )
        #expect(mail.text == "Rich")
    }

    @Test(
        "Machines are known",
        arguments: [
            "Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <x.example>", "Return-Path: <>",
            "X-Autoreply: yes", "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        ])
    func machines(header: String) throws {
        #expect(try read(head("\(header)\r\n") + "\r\nGone fishing\r\n").automatic != nil)
        #expect(try read("From: MAILER-DAEMON@x.example\r\n\r\nx").automatic != nil)
        #expect(try read(head("Auto-Submitted: no\r\n") + "\r\nx").automatic == nil)
    }

    @Test("What our own server noted is found, what others wrote under another name is not")
    func verified() throws {
        let mail = try read(
            "Authentication-Results: mx.agency.example; dkim=pass header.d=acme.example;\r\n dmarc=pass header.from=acme.example\r\n"
                + head("Authentication-Results: evil.example; dmarc=pass\r\n") + "\r\nx")
        #expect(mail.isVerified(by: "MX.agency.example"))
        #expect(!mail.isVerified(by: "agency.example"))
        for forged in [
            #"mx.agency.example; spf=fail smtp.mailfrom="a; dmarc=pass header.from=acme.example b"@evil.example; dmarc=fail"#,
            "mx.agency.example; spf=fail (x; dmarc=pass header.from=acme.example) smtp.mailfrom=y; dmarc=fail",
            "mx.agency.example; dmarc=pass header.from=evil.example", "mx.agency.example; dmarc=pass",
        ] {
            #expect(
                try !read("Authentication-Results: \(forged)\r\n" + head() + "\r\nx").isVerified(
                    by: "mx.agency.example"))
        }
        // Our server's own word stands above what the sender wrote under its name.
        let below = "Authentication-Results: mx.agency.example; dmarc=pass header.from=acme.example\r\n"
        for own in ["dmarc=fail header.from=acme.example", "none", "dmarc=pass header.from=acme.example; dmarc=fail"] {
            let mail = try read("Authentication-Results: mx.agency.example; \(own)\r\n" + head(below) + "\r\nx")
            #expect(!mail.isVerified(by: "mx.agency.example"), "\(own)")
        }
        let failed = try read("Authentication-Results: mx.agency.example; dmarc=fail (p=none)\r\n" + head() + "\r\nx")
        #expect(!failed.isVerified(by: "mx.agency.example"))
    }

    @Test(
        "What is no mail says so",
        arguments: ["", "\r\n\r\n", "Subject: x\r\n\r\nhello", "From: nobody\r\n\r\nx", "From: @\r\n\r\nx"])
    func noMail(text: String) {
        #expect(throws: MailReader.Unreadable.self) { try read(text) }
    }

    @Test("Parts within parts within parts, a million divs, and mails cut anywhere do no harm")
    func bombs() throws {
        var nested = head("Content-Type: multipart/mixed; boundary=b0\r\n") + "\r\n"
        for depth in 0..<20_000 {
            nested += "--b\(depth)\r\nContent-Type: multipart/mixed; boundary=b\(depth + 1)\r\n\r\n"
        }
        #expect(try read(nested).sender == "Anna@acme.example")
        let mails =
            head("Content-Type: message/rfc822\r\n") + "\r\n"
            + String(repeating: "Content-Type: message/rfc822\r\n\r\n", count: 20_000)
        #expect(try read(mails).sender == "Anna@acme.example")
        let divs = head("Content-Type: text/html\r\n") + "\r\n" + String(repeating: "<div>", count: 200_000) + "deep"
        #expect(try read(divs).sender == "Anna@acme.example")
        let parts =
            head("Content-Type: multipart/mixed; boundary=b\r\n") + "\r\n"
            + String(repeating: "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", count: 50_000)
        #expect(try read(parts).text.utf8.count < 1000)
        let whole = Array(
            (head("Content-Type: multipart/mixed; boundary=m\r\n")
                + "\r\n--m\r\nContent-Type: text/html; charset=\"utf-8\r\n\r\n<p>x <b\r\n--m\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBOR=w0\r\n--m--")
                .utf8)
        for length in stride(from: 0, to: whole.count, by: 3) { _ = try? read(Array(whole[..<length])) }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var changed = whole
            for _ in 0..<8 {
                changed[Int.random(in: 0..<changed.count, using: &generator)] = .random(
                    in: .min ... .max, using: &generator)
            }
            _ = try? read(changed)
        }
    }
}
