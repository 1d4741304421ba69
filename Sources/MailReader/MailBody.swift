import CGMime
import Exchange

/// What is in a mail: its texts, and the files that came with it.
struct MailBody {
    /// All that it says.
    private(set) var text = ""
    /// What its sender wrote.
    private(set) var written = ""
    /// The files meant as such.
    private(set) var files: [IncomingMail.File] = []
    /// The pictures of its text.
    private(set) var pictures: [IncomingMail.File] = []
    /// How many more parts are looked at.
    private var left: Int
    /// How many more bytes of text are taken apart, in all parts together: more than is kept of any mail.
    private var textLeft = 1 << 20
    private let largestFile: Int

    init(left: Int, largestFile: Int) {
        self.left = left
        self.largestFile = largestFile
    }

    /// `text/plain`.
    static func mediaType(of object: UnsafeMutablePointer<GMimeObject>) -> String {
        let type = g_mime_object_get_content_type(object)
        let names = [g_mime_content_type_get_media_type(type), g_mime_content_type_get_media_subtype(type)]
        return names.map { MailReader.text($0)?.lowercased() ?? "" }.joined(separator: "/")
    }

    /// Takes a part, and those in it. GMime reads no more than some hundred within each other.
    mutating func take(_ object: UnsafeMutablePointer<GMimeObject>) {
        guard left > 0 else { return }
        left -= 1
        let type = MailBody.mediaType(of: object)
        if let multipart = mail_as_multipart(object) { return take(multipart, type) }
        guard let part = mail_as_part(object) else {
            // A mail in the mail: passed on as a whole, it is not what its sender wrote.
            if type == "message/rfc822" { files.append(.init(name: "a forwarded mail", content: nil)) }
            return
        }
        let name = MailReader.text(g_mime_part_get_filename(part))
        let isFile = g_mime_part_is_attachment(part) != 0
        if !isFile, name == nil, let words = mail_as_text(object), ["text/plain", "text/html"].contains(type) {
            return take(words, type)
        }
        // Signatures of the mail itself say nothing to people.
        if ["application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"].contains(type)
        {
            return
        }
        var file = file(named: name ?? type.replacing("/", with: "."), part)
        file.isOfText = !isFile && type.hasPrefix("image/")
        if file.isOfText { pictures.append(file) } else { files.append(file) }
    }

    private mutating func take(_ multipart: UnsafeMutablePointer<GMimeMultipart>, _ type: String) {
        let parts = (0..<g_mime_multipart_get_count(multipart)).compactMap {
            g_mime_multipart_get_part(multipart, $0)
        }
        guard type == "multipart/alternative" else {
            for part in parts { take(part) }
            return
        }
        // The same thing several times: the plainest that says something. What else is in them is taken as it comes.
        var best: MailBody?
        for part in parts {
            var one = MailBody(left: left, largestFile: largestFile)
            one.textLeft = textLeft
            one.take(part)
            (left, textLeft) = (one.left, one.textLeft)
            files += one.files
            pictures += one.pictures
            if best == nil, !one.text.allSatisfy(\.isWhitespace) { best = one }
        }
        if let best { add(best.text, best.written) }
    }

    private mutating func take(_ part: UnsafeMutablePointer<GMimeTextPart>, _ type: String) {
        let content = text(of: part)
        guard type == "text/html" else {
            let object = UnsafeMutableRawPointer(part).assumingMemoryBound(to: GMimeObject.self)
            let format = MailReader.text(g_mime_object_get_content_type_parameter(object, "format"))
            let delSp = MailReader.text(g_mime_object_get_content_type_parameter(object, "delsp"))
            let plain = PlainText.cleaned(content)
            let lines =
                format?.lowercased() == "flowed" ? PlainText.unflowed(plain, delSp?.lowercased() == "yes") : plain
            return add(lines, ReplyText.written(lines))
        }
        let page = HTMLText(content)
        let (all, own) = (PlainText.cleaned(page.all), PlainText.cleaned(page.own))
        add(all, own.isEmpty ? ReplyText.written(all) : ReplyText.written(own))
    }

    private mutating func add(_ all: String, _ own: String) {
        text += text.isEmpty || all.isEmpty ? all : "\n\n" + all
        written += written.isEmpty || own.isEmpty ? own : "\n\n" + own
    }

    /// The words of a part. Letters that are of no charset are as in Latin-1, as mail programs that name none mean them.
    private mutating func text(of part: UnsafeMutablePointer<GMimeTextPart>) -> String {
        guard textLeft > 0, let array = mail_utf8(part) else { return "" }
        defer { g_byte_array_free(array, 1) }
        guard let data = array.pointee.data else { return "" }
        let whole = UnsafeBufferPointer(start: data, count: Int(array.pointee.len))
        let bytes = whole.prefix(textLeft).filter { $0 != 0 }
        let isCut = whole.count > textLeft
        textLeft -= min(textLeft, whole.count)
        if !isCut, String(validating: bytes, as: UTF8.self) == nil {
            return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        }
        return String(decoding: bytes, as: UTF8.self)
            + (isCut ? "\n\n[The mail goes on: it has \(whole.count >> 20) MB of text.]" : "")
    }

    private func file(named name: String, _ part: UnsafeMutablePointer<GMimePart>) -> IncomingMail.File {
        let bytes = MailBody.bytes(of: part)
        return IncomingMail.File(name: name, content: bytes.count > largestFile ? nil : bytes, size: bytes.count)
    }

    private static func bytes(of part: UnsafeMutablePointer<GMimePart>) -> [UInt8] {
        guard let array = mail_content(part) else { return [] }
        defer { g_byte_array_free(array, 1) }
        return array.pointee.data.map { Array(UnsafeBufferPointer(start: $0, count: Int(array.pointee.len))) } ?? []
    }
}
