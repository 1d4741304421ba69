import Agreements
import Values

/// What texts of people may be.
enum Words {
    /// The longest line of text, in bytes: a title, a name, a reason.
    static let longestLine = 1000
    /// The longest text, in bytes: a note, a message.
    static let longestText = 64 << 10

    /// Throws where a line of text is empty, too long, or has control characters.
    static func check(_ text: String, _ what: String) throws {
        try check(text, what, longest: longestLine, mayBeEmpty: false, mayBreak: false)
    }

    /// Throws where a longer text cannot be kept.
    static func checkText(_ text: String, _ what: String, mayBeEmpty: Bool = false) throws {
        try check(text, what, longest: longestText, mayBeEmpty: mayBeEmpty, mayBreak: true)
    }

    /// Throws where an id cannot be used.
    static func checkID(_ id: String, _ kind: String) throws {
        guard Identifier<Client>(id).isFit, !id.contains(where: \.isWhitespace) else {
            throw Problems([
                Problem(
                    "\(kind) \"\(id.cut(toBytes: 40))\"", "the id cannot be used",
                    fix: "give 1 to 200 bytes without spaces or control characters")
            ])
        }
    }

    /// Whether an id is like those that records get: a letter, a hyphen and a number.
    static func isGenerated(_ id: String) -> Bool {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].count == 1 && !parts[1].isEmpty && parts[1].allSatisfy(\.isNumber)
    }

    private static func check(_ text: String, _ what: String, longest: Int, mayBeEmpty: Bool, mayBreak: Bool) throws {
        func refuse(_ message: String, _ fix: String) -> Problems { Problems([Problem(what, message, fix: fix)]) }
        if !mayBeEmpty, text.allSatisfy(\.isWhitespace) { throw refuse("it is empty", "write something") }
        if text.utf8.count > longest {
            throw refuse("it has \(text.utf8.count) bytes", "write at most \(longest)")
        }
        let isPlain = text.unicodeScalars.allSatisfy {
            ($0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value)) || (mayBreak && ($0 == "\n" || $0 == "\t"))
        }
        guard isPlain else { throw refuse("it has control characters", "leave them out") }
        // A line stands among others, which it would turn around too.
        guard mayBreak || !text.unicodeScalars.contains(where: \.turnsLetters) else {
            throw refuse("it has signs that turn letters around", "leave them out")
        }
    }
}
