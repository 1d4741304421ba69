package import NIOCore

/// The body of a form, of either kind that browsers send.
package enum FormBody {
    /// - Throws: ``PageError/otherType`` where it is of neither kind.
    package static func checkType(_ contentType: String) throws {
        guard ["application/x-www-form-urlencoded", "multipart/form-data", ""].contains(plain(contentType)) else {
            throw PageError.otherType
        }
    }

    private static func plain(_ contentType: String) -> String {
        contentType.split(separator: ";").first.map { $0.filter { $0 != " " }.lowercased() } ?? ""
    }

    /// - Throws: a 400 where it cannot be read.
    package static func fields(of body: ByteBuffer, contentType: String) throws -> FormFields {
        switch plain(contentType) {
        case "application/x-www-form-urlencoded", "": return try FormFields(urlEncoded: body.readableBytesView)
        case "multipart/form-data":
            guard let boundary = boundary(of: contentType) else {
                throw PageError.unreadable("The form does not say where its parts end.")
            }
            return try Multipart(Array(body.readableBytesView), boundary: boundary).fields()
        default: throw PageError.otherType
        }
    }

    /// What stands between the parts: 1 to 70 characters (RFC 2046, section 5.1.1).
    private static func boundary(of contentType: String) -> String? {
        guard let range = contentType.firstRange(of: "boundary=") else { return nil }
        var text = contentType[range.upperBound...].prefix { $0 != ";" }
        if text.hasPrefix("\""), text.hasSuffix("\""), text.count > 1 { text = text.dropFirst().dropLast() }
        let isFit = (1...70).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        return isFit ? String(text) : nil
    }
}
