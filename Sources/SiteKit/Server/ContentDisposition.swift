import Formats

/// What tells a browser to save a file instead of showing it (RFC 6266).
package enum ContentDisposition {
    /// The header's value for a file of a name: in ASCII for old programs, and as it is for the others.
    package static func attachment(_ name: String) -> String {
        let name = Shown.text(name)
        let plain = String(
            decoding: name.utf8.map { (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C ? $0 : 0x5F },
            as: UTF8.self)
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(PercentEncoding.escaped(name))"
    }
}
