import HTTPTypes
import NIOCore
import SiteKit

/// What a handler answers.
struct Reply: Sendable {
    /// What is sent.
    enum Content: Sendable {
        /// A page within the site's frame.
        case page(Page)
        /// A part of a page, for the script that asked for it.
        case fragment(HTML)
        /// A file or a text, of a media type.
        case file([UInt8], type: String)
        /// A file that is the same for all: its bytes are there once, however many are being sent it.
        case shared(ByteBuffer, type: String)
        /// Nothing.
        case nothing
    }

    var status: HTTPResponse.Status = .ok
    var content: Content
    var headers: [HTTPField] = []
    /// Cookies to set: an empty value takes one away.
    var cookies: [SetCookie] = []

    /// A cookie of ours.
    struct SetCookie: Sendable {
        var name: SiteCookie
        var value: String
        /// How long the browser keeps it, in seconds; nil for as long as it is open.
        var lifetime: Int?
    }

    /// A page.
    static func page(_ page: Page) -> Reply { Reply(status: page.status, content: .page(page)) }

    /// A part of a page.
    static func fragment(_ html: HTML) -> Reply { Reply(content: .fragment(html)) }

    /// Another page, to be got anew; what was done is said there.
    static func redirect(_ path: String, saying notice: String? = nil) -> Reply {
        var reply = Reply(status: .seeOther, content: .nothing)
        reply.headers = [HTTPField(name: .location, value: path)]
        if let notice { reply.cookies = [SetCookie(name: .notice, value: notice, lifetime: 60)] }
        return reply
    }

    /// A file to be saved, not shown: it comes from somebody else.
    static func download(_ bytes: [UInt8], name: String, type: String) -> Reply {
        var reply = Reply(content: .file(bytes, type: type))
        reply.headers = [HTTPField(name: .contentDisposition, value: ContentDisposition.attachment(name))]
        return reply
    }
}

/// The cookies of the site.
enum SiteCookie: String, Sendable, CaseIterable {
    /// Who is signed in.
    case session = "session"
    /// Who has given a password and not yet a code.
    case half = "half"
    /// In which somebody signed in before.
    case device = "device"
    /// Whoever fills in a form without being signed in.
    case visitor = "visitor"
    /// What the next page says.
    case notice = "notice"
}
