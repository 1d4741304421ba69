import Exchange
import Formats
import Foundation

/// What a mail says, once for both of its forms.
struct Letter: Hashable, Sendable {
    /// Its subject, on one line.
    var subject: String
    /// Its paragraphs, in order.
    var paragraphs: [String]
    /// Figures with their names.
    var figures: [(name: String, value: String)] = []
    /// Where to go on: what it is called, and its address.
    var link: (name: String, url: String)?
    /// What the mail belongs to, so that mail programs show it with the others: a request's id.
    var thread: String?
    /// Whether it is about several requests, so that an answer to it belongs to none of them.
    var isAboutSeveral = false
    /// What an answer to it would be; nil where none is taken.
    var answer: String?

    static func == (a: Letter, b: Letter) -> Bool { a.text == b.text && a.subject == b.subject }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// As plain text.
    var text: String {
        var parts = (answer == nil ? [] : [ReplyText.marker]) + paragraphs
        if !figures.isEmpty { parts.append(figures.map { "\($0.name): \($0.value)" }.joined(separator: "\n")) }
        if let link { parts.append("\(link.name):\n\(link.url)") }
        if let answer { parts.append(answer) }
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// As HTML of its own, without anything from elsewhere.
    var html: String {
        func escaped(_ text: String) -> String {
            text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
                .replacing("\"", with: "&quot;")
        }
        let body = paragraphs.map {
            "<p style=\"margin:0 0 16px;white-space:pre-line\">\(escaped($0))</p>"
        }.joined(separator: "\n")
        let rows = figures.map {
            "<tr><td style=\"padding:4px 16px 4px 0;color:#555\">\(escaped($0.name))</td><td style=\"padding:4px 0;font-weight:600\">\(escaped($0.value))</td></tr>"
        }.joined(separator: "\n")
        let table =
            rows.isEmpty
            ? "" : "<table role=\"presentation\" style=\"margin:0 0 16px;border-collapse:collapse\">\(rows)</table>"
        let button =
            link.map {
                "<p style=\"margin:24px 0\"><a href=\"\(escaped($0.url))\" style=\"background:#0b5563;color:#fff;padding:10px 16px;border-radius:6px;text-decoration:none;font-weight:600\">\(escaped($0.name))</a></p>"
            } ?? ""
        func small(_ text: String) -> String {
            "<p style=\"margin:0 0 16px;color:#555;font-size:14px\">\(escaped(text))</p>"
        }
        let (top, bottom) = answer.map { (small(ReplyText.marker), small($0)) } ?? ("", "")
        return """
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>\(escaped(subject))</title></head>
            <body style="margin:0;padding:24px;font:16px/1.5 sans-serif;color:#1b1f23;background:#fff"><div style="max-width:36em">
            \(top)\(body)\(table)\(button)\(bottom)
            </div></body></html>

            """
    }

    /// The whole message (RFC 5322), in both forms (RFC 2046, multipart/alternative).
    ///
    /// - Parameters:
    ///   - id: what no other message of the site has.
    ///   - replyTo: where answers go; nil for whom it is from.
    ///   - host: the site's name, for ids.
    func message(
        id: String, to recipient: String, from sender: String, called name: String? = nil, replyTo: String? = nil,
        host: String, date: Date
    ) -> String {
        let boundary = "=_\(id.prefix { $0 != "@" })_="
        var headers = [
            "From: \(Letter.from(sender, name))", "To: \(Letter.plain(recipient))",
            "Subject: \(Letter.encoded(subject))",
            "Date: \(Letter.date(date))", "Message-ID: <\(id)>", "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0", "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
        ]
        if let replyTo { headers.append("Reply-To: \(Letter.plain(replyTo))") }
        if let thread {
            let id = MailIDs.thread(of: thread, host: host)
            headers += ["In-Reply-To: <\(id)>", "References: <\(id)>"]
        }
        func part(_ type: String, _ text: String) -> String {
            let base64 = Data(text.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
            return
                "--\(boundary)\nContent-Type: \(type); charset=utf-8\nContent-Transfer-Encoding: base64\n\n\(base64)\n"
        }
        return headers.joined(separator: "\n") + "\n\n" + part("text/plain", text) + part("text/html", html)
            + "--\(boundary)--\n"
    }

    /// An address with a name: quoted where that is of plain letters, else encoded (RFC 5322, section 3.4).
    private static func from(_ address: String, _ name: String?) -> String {
        guard let name else { return plain(address) }
        let encoded = encoded(name)
        let quoted = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\(encoded == name ? "\"\(quoted)\"" : encoded) <\(plain(address))>"
    }

    /// Without what would end a header.
    private static func plain(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init))
    }

    /// A text of a header; of other than plain letters in encoded words of at most 75 characters (RFC 2047).
    static func encoded(_ text: String) -> String {
        let text = plain(text)
        guard !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) || text.utf8.count > 900 else { return text }
        var words: [String] = []
        var piece = ""
        for character in text {
            if (piece + String(character)).utf8.count > 42 {
                words.append(piece)
                piece = ""
            }
            piece.append(character)
        }
        words.append(piece)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\n ")
    }

    private static func date(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss +0000"
        return formatter.string(from: date)
    }
}
