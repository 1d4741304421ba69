import Values

/// HTML that is whole: what a page says goes in as text and is escaped on its way, what the source says goes in as it is.
///
/// A value is written as a string with interpolations, `"<td>\(client.name)</td>"`: its literal parts are markup, a text in
/// it becomes text of the page, other HTML stays what it is. A field that does not exist does not compile.
package struct HTML: Sendable, Hashable {
    /// The markup.
    package private(set) var markup: String

    /// Nothing.
    package static let empty = HTML(markup: "")

    private init(markup: String) { self.markup = markup }

    /// A text of the page.
    package init(text: some StringProtocol) {
        markup = ""
        HTML.escape(text, into: &markup)
    }

    /// Markup followed by markup.
    package static func + (a: HTML, b: HTML) -> HTML { HTML(markup: a.markup + b.markup) }
    package static func += (a: inout HTML, b: HTML) { a.markup += b.markup }

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
    package init(stringLiteral markup: String) { self.init(markup: markup) }
    package init(stringInterpolation: Interpolation) { self.init(markup: stringInterpolation.markup) }

    /// Takes markup and texts apart by their types.
    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: String) { markup += literal }
        /// A text of the page, or of a quoted attribute.
        package mutating func appendInterpolation(_ text: some StringProtocol) { HTML.escape(text, into: &markup) }
        /// A number.
        package mutating func appendInterpolation(_ number: Int) { markup += String(number) }
        /// Other HTML.
        package mutating func appendInterpolation(_ html: HTML) { markup += html.markup }
        /// Other HTML, or nothing.
        package mutating func appendInterpolation(_ html: HTML?) { markup += html?.markup ?? "" }
        /// One after another.
        package mutating func appendInterpolation(_ all: [HTML]) { for html in all { markup += html.markup } }
        /// What describes itself: hours, money, an id, a date.
        @_disfavoredOverload
        package mutating func appendInterpolation(_ value: some CustomStringConvertible & Sendable) {
            HTML.escape(value.description, into: &markup)
        }
    }
}

extension Array where Element == HTML {
    /// One after another, with something between them.
    package func joined(separator: HTML) -> HTML {
        var all = HTML.empty
        for (place, html) in enumerated() {
            if place > 0 { all += separator }
            all += html
        }
        return all
    }
}
