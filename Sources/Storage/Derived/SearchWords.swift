import Foundation

/// Texts as words to search by: small letters and digits, without accents, the same for both engines.
package enum SearchWords {
    /// The words of a text, in order.
    package static func words(of text: some StringProtocol) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var isPlain = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): word.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
            case 0x80...:
                isPlain = false
            default:
                if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
                word.removeAll(keepingCapacity: true)
            }
            if !isPlain { break }
        }
        guard isPlain else { return folded(String(text)) }
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    private static func folded(_ text: String) -> [String] {
        let plain = text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
        return plain.unicodeScalars.split { !CharacterSet.alphanumerics.contains($0) }.map {
            String(String.UnicodeScalarView($0))
        }
    }

    /// The most words of a query, and the longest of them.
    private static let mostWords = 12
    private static let longestWord = 60

    /// What somebody typed, as words to find: the last may be unfinished. Signs are of no account.
    package static func query(_ text: String) -> [String] {
        words(of: text.prefix(2000)).prefix(mostWords).map { String($0.prefix(longestWord)) }
    }
}
