import Values

/// HTML that is whole: what a page says goes in as text and is escaped on its way, what the source says goes in as it is.
///
/// A value is written as a string with interpolations, `"<td>\(client.name)</td>"`: its literal parts are markup, a text in
/// it becomes text of the page, other HTML stays what it is. A field that does not exist does not compile.
struct HTML: Sendable, Hashable {
    /// The markup.
    private(set) var markup: String

    /// Nothing.
    static let empty = HTML(markup: "")

    private init(markup: String) { self.markup = markup }

    /// A text of the page.
    init(text: some StringProtocol) {
        markup = ""
        HTML.escape(text, into: &markup)
    }

    /// Markup followed by markup.
    static func + (a: HTML, b: HTML) -> HTML { HTML(markup: a.markup + b.markup) }
    static func += (a: inout HTML, b: HTML) { a.markup += b.markup }

    /// The bytes that would be markup, in text or in a quoted attribute, as what stands for them; and what turns the order of
    /// letters around, as what can be seen.
    fileprivate static func escape(_ text: some StringProtocol, into markup: inout String) {
        for byte in text.utf8 where byte < 0x40 || byte == 0xE2 {
            guard isMarkup(byte) else { continue }
            for character in text.unicodeScalars {
                switch character {
                case "&": markup += "&amp;"
                case "<": markup += "&lt;"
                case ">": markup += "&gt;"
                case "\"": markup += "&quot;"
                case "'": markup += "&#39;"
                case _ where character.turnsLetters: markup.unicodeScalars.append("\u{FFFD}")
                default: markup.unicodeScalars.append(character)
                }
            }
            return
        }
        markup += text
    }

    private static func isMarkup(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
        // The first byte of signs that turn the order of letters around, among others.
        case 0xE2: true
        default: false
        }
    }
}

extension HTML: ExpressibleByStringInterpolation {
    init(stringLiteral markup: String) { self.init(markup: markup) }
    init(stringInterpolation: Interpolation) { self.init(markup: stringInterpolation.markup) }

    /// Takes markup and texts apart by their types.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { markup += literal }
        /// A text of the page, or of a quoted attribute.
        mutating func appendInterpolation(_ text: some StringProtocol) { HTML.escape(text, into: &markup) }
        /// A number.
        mutating func appendInterpolation(_ number: Int) { markup += String(number) }
        /// Other HTML.
        mutating func appendInterpolation(_ html: HTML) { markup += html.markup }
        /// Other HTML, or nothing.
        mutating func appendInterpolation(_ html: HTML?) { markup += html?.markup ?? "" }
        /// One after another.
        mutating func appendInterpolation(_ all: [HTML]) { for html in all { markup += html.markup } }
        /// What describes itself: hours, money, an id, a date.
        @_disfavoredOverload
        mutating func appendInterpolation(_ value: some CustomStringConvertible & Sendable) {
            HTML.escape(value.description, into: &markup)
        }
    }
}

extension Array where Element == HTML {
    /// One after another, with something between them.
    func joined(separator: HTML) -> HTML {
        var all = HTML.empty
        for (place, html) in enumerated() {
            if place > 0 { all += separator }
            all += html
        }
        return all
    }
}
